import type { Change } from "../../ui/Changes";

/** differences are what of an event's before and after isn't the same, by field. */
export function differences(before: unknown, after: unknown): Change[] {
  const was = fields(before);
  const is = fields(after);
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .toSorted()
    .map((attribute) => ({ attribute, old: was[attribute], new: is[attribute] }))
    .filter((c) => JSON.stringify(c.old ?? null) !== JSON.stringify(c.new ?? null));
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
