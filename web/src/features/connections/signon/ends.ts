import type { Tone } from "../../../ui/Status";

const day = 24 * 3600 * 1000;

/** warnings are the days before its end from which on a secret is warned of. */
export const warnings = [60, 30, 14, 7, 1] as const;

/**
 * endOf is how near the end of a secret or certificate is: the mark that it has
 * passed, in days, 0 when it has ended, undefined while it is far away or not known.
 */
export function endOf(at: string | null | undefined, now: Date): number | undefined {
  if (!at) return undefined;
  const left = new Date(at).getTime() - now.getTime();
  if (left <= 0) return 0;
  return warnings.findLast((days) => left <= days * day);
}

/** toneOf is how much an end matters. */
export function toneOf(end: number | undefined): Tone {
  if (end === undefined) return "quiet";
  return end <= 14 ? "bad" : "warn";
}

/** dayEnd is the end of a day that was chosen in a field, as an instant; null for none. */
export function dayEnd(day: string): string | null {
  return day ? new Date(`${day}T23:59:59Z`).toISOString() : null;
}

/** dayOf is the day of an instant, for a field. */
export function dayOf(at: string | null | undefined): string {
  return at ? at.slice(0, 10) : "";
}
