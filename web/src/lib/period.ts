import { dayStart } from "./time";

const hours = { "1h": 1, "24h": 24, "7d": 7 * 24, "30d": 30 * 24 } as const;

/** The periods that end now, as they stand in an address. */
export const recent = Object.keys(hours) as (keyof typeof hours)[];

/** Bounds are the instants of a period: at or after from, before before. */
export interface Bounds {
  from?: string;
  before?: string;
}

/**
 * boundsOf reads a period out of an address: since (one of recent), or the days
 * from and to, both included, as they are in a time zone. What makes no sense is
 * no bound.
 */
export function boundsOf(
  address: { since?: string; from?: string; to?: string },
  now: Date,
  zone: string | undefined,
): Bounds {
  const length = hours[address.since as keyof typeof hours];
  if (length) return { from: new Date(now.getTime() - length * 3_600_000).toISOString() };
  const from = dayStart(address.from ?? "", zone);
  const to = dayStart(address.to ?? "", zone, 1);
  return { ...(from && { from: from.toISOString() }), ...(to && { before: to.toISOString() }) };
}
