/** parts are what a rehearsal plays, cycle by cycle, in its order. */
const parts = [
  "connection/test connection",
  "initial/people",
  "initial/managers",
  "initial/groups",
  "initial/member checks",
  "initial/members",
  "incremental/joiners",
  "incremental/changes",
  "incremental/managers",
  "incremental/groups",
  "incremental/members",
  "leavers/disable",
  "leavers/re-enable",
  "leavers/delete",
  "leavers/member checks",
  "leavers/members",
  "leavers/groups",
];

/** Standing is how far a rehearsal has come. */
export interface Standing {
  cycle: string;
  phase: string;
  done: number;
  total: number;
}

/** advance is how much of a rehearsal has been played, in percent. A part that isn't known counts as its cycle's first. */
export function advance({ cycle, phase, done, total }: Standing): number {
  const exact = parts.indexOf(`${cycle}/${phase}`);
  const at = exact >= 0 ? exact : parts.findIndex((p) => p.startsWith(`${cycle}/`));
  if (at < 0) return 0;
  const within = exact >= 0 && total > 0 ? Math.min(done / total, 1) : 0;
  return Math.round(((at + within) / parts.length) * 100);
}

const cycles = ["connection", "initial", "incremental", "leavers"] as const;
export type Cycle = (typeof cycles)[number];

/** cycleOf is a cycle that has a name in the texts. */
export const cycleOf = (name: string): Cycle => cycles.find((c) => c === name) ?? "connection";
