import { type TextField, texts } from "./form";

/** Party is one of two who are to be merged. */
export interface Party extends Record<TextField, string | null> {
  id: string;
  name: string;
  userName: string;
  role: string;
  createdAt: string;
  connection: { id: string; name: string } | null;
  department: { id: string; name: string } | null;
  manager: { id: string; name: string } | null;
  managerValue: string | null;
  groups: { id: string; displayName: string; connection: { id: string } | null }[];
  reportCount: number;
}

/** Side is from whom a value is taken. */
export type Side = "keep" | "remove" | "none";

/** Outcome is one line of the preview: both values, and which of them stays. */
export interface Outcome {
  field: "userName" | "role" | "department" | "manager" | TextField;
  keep: string | null;
  remove: string | null;
  taken: Side;
}

/** outcomes are what a merge makes of each field: what keep lacks is taken from remove. */
export function outcomes(keep: Party, remove: Party): Outcome[] {
  const line = (field: Outcome["field"], a: string | null, b: string | null): Outcome => ({
    field,
    keep: a,
    remove: b,
    taken: a ? "keep" : b ? "remove" : "none",
  });
  const own = keep.manager && keep.manager.id !== remove.id ? keep.manager.name : keep.managerValue;
  const other = remove.manager && remove.manager.id !== keep.id ? remove.manager.name : null;
  return [
    line("userName", keep.userName, remove.userName),
    line("role", keep.role, remove.role),
    ...texts.map((t) => line(t, keep[t], remove[t])),
    line("department", keep.department?.name ?? null, remove.department?.name ?? null),
    line("manager", own, other),
  ].filter((o) => o.taken !== "none");
}

/** joined are the groups that come to keep: local ones, and those of keep's own directory. */
export function joined(keep: Party, remove: Party): string[] {
  const has = new Set(keep.groups.map((g) => g.id));
  return remove.groups
    .filter((g) => !has.has(g.id) && (!g.connection || g.connection.id === keep.connection?.id))
    .map((g) => g.displayName);
}

/** keepFirst says whether the first of two should stay: the provisioned one must, else the older one. */
export function keepFirst(a: Party, b: Party): boolean {
  if (!a.connection !== !b.connection) return a.connection !== null;
  return a.createdAt <= b.createdAt;
}
