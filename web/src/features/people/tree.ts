/** Node is somebody in the chart. */
export interface Node {
  id: string;
  name: string;
  title: string | null;
  status: "ACTIVE" | "INACTIVE" | "DELETED";
  department: { id: string; name: string } | null;
  /** How many report to them. */
  reportCount: number;
}

/** Branch is what is known of those who report to one person, or to nobody. */
export interface Branch {
  ids: string[];
  /** The cursor behind which there are more. */
  more?: string | undefined;
  loading?: boolean;
  problem?: string | undefined;
}

/** Tree is what has been read of the chart so far. The branch of "" are those without a manager. */
export interface Tree {
  people: ReadonlyMap<string, Node>;
  branches: ReadonlyMap<string, Branch>;
}

export const top = "";

/** Line is one line of the chart: somebody, or what stands for those who are still to come. */
export type Line =
  | { kind: "person"; id: string; level: number; parent: string; place: number; of: number; open: boolean }
  | { kind: "more" | "loading" | "problem"; id: string; level: number; parent: string };

/** linesOf lays the open part of the tree out from top to bottom. Nobody stands below themselves. */
export function linesOf(tree: Tree, opened: ReadonlySet<string>): Line[] {
  const lines: Line[] = [];
  const walk = (parent: string, level: number, above: ReadonlySet<string>) => {
    const branch = tree.branches.get(parent);
    const ids = branch?.ids.filter((id) => !above.has(id)) ?? [];
    ids.forEach((id, i) => {
      const open = opened.has(id);
      const of = branch?.more ? -1 : ids.length; // -1: not known yet, as WAI-ARIA has it
      lines.push({ kind: "person", id, level, parent, place: i + 1, of, open });
      if (open) walk(id, level + 1, new Set(above).add(id));
    });
    const rest = { id: `${parent}/rest`, level, parent };
    if (!branch || branch.loading) lines.push({ kind: "loading", ...rest });
    else if (branch.problem) lines.push({ kind: "problem", ...rest });
    else if (branch.more) lines.push({ kind: "more", ...rest });
  };
  walk(top, 1, new Set());
  return lines;
}

/** Move is what a key does: go to another line, open or close the one that has the focus. */
export type Move = { to: number } | { open: string } | { close: string } | undefined;

/** moveOf is what a key does on a line, as in every tree (WAI-ARIA's tree pattern). */
export function moveOf(key: string, lines: readonly Line[], at: number, tree: Tree): Move {
  const line = lines[at];
  if (!line) return undefined;
  const canOpen = line.kind === "person" && (tree.people.get(line.id)?.reportCount ?? 0) > 0;
  switch (key) {
    case "ArrowDown":
      return { to: Math.min(at + 1, lines.length - 1) };
    case "ArrowUp":
      return { to: Math.max(at - 1, 0) };
    case "Home":
      return { to: 0 };
    case "End":
      return { to: lines.length - 1 };
    case "ArrowRight":
      if (!canOpen) return undefined;
      return line.open ? { to: at + 1 } : { open: line.id };
    case "ArrowLeft": {
      if (line.kind === "person" && line.open) return { close: line.id };
      const parent = lines.findIndex((l) => l.id === line.parent);
      return parent < 0 ? undefined : { to: parent };
    }
    default:
      return undefined;
  }
}
