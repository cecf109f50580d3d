import { gzipSync } from "node:zlib";

/** Part is what of a bundle's file counts for its weight. */
export interface Part {
  content: string | Uint8Array;
  /** The source file that it begins with. */
  begins?: string | null;
  imports?: readonly string[];
  styles?: Iterable<string>;
}

/**
 * weight is what a browser fetches before it can draw, in bytes: the parts that
 * begin with the given files or have such a name, all that they import, and their
 * styles. Fonts are packed already; the rest is packed with gzip.
 */
export function weight(parts: Readonly<Record<string, Part>>, first: readonly string[]): number {
  const names = Object.keys(parts);
  const wanted = first.map((f) => {
    const name = names.find((n) => parts[n]?.begins?.endsWith(f) || n.includes(f));
    if (!name) throw new Error(`nothing in the bundle begins with ${f}`);
    return name;
  });
  const fetched = new Set<string>();
  for (let name = wanted.pop(); name; name = wanted.pop()) {
    if (fetched.has(name)) continue;
    fetched.add(name);
    wanted.push(...(parts[name]?.imports ?? []), ...(parts[name]?.styles ?? []));
  }
  return [...fetched].reduce((sum, name) => {
    const content = parts[name]?.content ?? "";
    return sum + (name.endsWith(".woff2") ? content.length : gzipSync(content, { level: 9 }).length);
  }, 0);
}
