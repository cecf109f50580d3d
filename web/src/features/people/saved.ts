import { useState } from "react";
import { narrowing } from "./list";

/** Saved is a named way of looking at the list. */
export interface Saved {
  name: string;
  address: Record<string, string>;
}

/** parameters are what a saved filter keeps of an address. */
const parameters = [...narrowing, "sort", "cols"] as const;

/** keptOf is what of an address is worth keeping. */
export function keptOf(address: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(parameters.flatMap((p) => (address[p] ? [[p, address[p]]] : [])));
}

/** changeTo is the change of an address that leads to a saved filter from wherever one is. */
export function changeTo(saved: Saved): Record<string, string | undefined> {
  return { ...Object.fromEntries(parameters.map((p) => [p, undefined])), ...saved.address };
}

/** readSaved takes what the browser has kept; what is damaged is passed over. */
export function readSaved(text: string | null): Saved[] {
  try {
    const all: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(all) ? all.filter(isSaved) : [];
  } catch {
    return [];
  }
}

function isSaved(value: unknown): value is Saved {
  if (typeof value !== "object" || value === null) return false;
  const { name, address } = value as Partial<Saved>;
  return typeof name === "string" && typeof address === "object" && address !== null;
}

/** useSaved keeps named filters in this browser, for each organization its own. */
export function useSaved(organization: string | null) {
  const key = `rollcall.people.filters.${organization ?? ""}`;
  const [saved, setSaved] = useState(() => readSaved(localStorage.getItem(key)));
  const keep = (next: Saved[]) => {
    localStorage.setItem(key, JSON.stringify(next));
    setSaved(next);
  };
  return {
    saved,
    add: (one: Saved) =>
      keep([...saved.filter((s) => s.name !== one.name), one].sort((a, b) => a.name.localeCompare(b.name))),
    remove: (name: string) => keep(saved.filter((s) => s.name !== name)),
  };
}
