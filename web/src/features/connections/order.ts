import type { MatchKey } from "./documents";

/** moved is an order in which one key stands by places further down. */
export function moved(order: readonly MatchKey[], key: MatchKey, by: number): MatchKey[] {
  const from = order.indexOf(key);
  const to = from + by;
  if (from < 0 || to < 0 || to >= order.length) return [...order];
  const next = order.filter((k) => k !== key);
  next.splice(to, 0, key);
  return next;
}
