const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** relative says how long ago, or in how long, an instant is, in the words of a locale. */
export function relative(at: Date, now: Date, locale: string): string {
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "long" });
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 10) return words.format(0, "second");
  if (distance < minute) return words.format(seconds, "second");
  if (distance < hour) return words.format(Math.round(seconds / minute), "minute");
  if (distance < day) return words.format(Math.round(seconds / hour), "hour");
  if (distance < 45 * day) return words.format(Math.round(seconds / day), "day");
  if (distance < 365 * day) return words.format(Math.round(seconds / (30 * day)), "month");
  return words.format(Math.round(seconds / (365 * day)), "year");
}

/** knownZone is a time zone if this browser knows it; else its own zone has to do. */
export function knownZone(zone: string | null | undefined): string | undefined {
  try {
    return zone ? new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone : undefined;
  } catch {
    return undefined;
  }
}

/** exact is an instant to the second with its zone: the browser's own unless told. */
export function exact(at: Date, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: "medium",
    timeStyle: "long",
    ...(zone && { timeZone: zone }),
  }).format(at);
}

/** dateOf is the day of an instant, for what is far away: there "next year" says too little. */
export function dateOf(at: Date, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", ...(zone && { timeZone: zone }) }).format(at);
}

/** duration is a length of time in milliseconds in its largest fitting unit. */
export function duration(milliseconds: number, locale: string): string {
  const seconds = milliseconds / 1000;
  const [value, unit] =
    seconds < 1
      ? [milliseconds, "millisecond"]
      : seconds < 90
        ? [seconds, "second"]
        : seconds < 90 * minute
          ? [seconds / minute, "minute"]
          : seconds < 36 * hour
            ? [seconds / hour, "hour"]
            : [seconds / day, "day"];
  const digits = value < 10 && unit === "second" ? 1 : 0;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: seconds < 1 ? "short" : "long",
    maximumFractionDigits: digits,
  }).format(value);
}

/**
 * dayStart is when a day, such as 2026-03-29, begins in a zone (the browser's
 * unless told), or the day that is later by as many as told. undefined when there
 * is no such day.
 */
export function dayStart(day: string, zone?: string, later = 0): Date | undefined {
  const [, y, m, d] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day)?.map(Number) ?? [];
  if (y === undefined || m === undefined || d === undefined) return undefined;
  const given = new Date(Date.UTC(y, m - 1, d));
  if (given.getUTCMonth() !== m - 1 || given.getUTCDate() !== d) return undefined;
  const wanted = Date.UTC(y, m - 1, d + later);
  const first = new Date(wanted - ahead(new Date(wanted), zone));
  return new Date(wanted - ahead(first, zone)); // once more: the clock may change between the two
}

/** ahead is by how many milliseconds a zone's clock is before UTC's at an instant. */
function ahead(at: Date, zone: string | undefined): number {
  const parts = new Intl.DateTimeFormat("en", {
    ...(zone && { timeZone: zone }),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const n = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  const clock = Date.UTC(n("year"), n("month") - 1, n("day"), n("hour"), n("minute"), n("second"));
  return clock - Math.floor(at.getTime() / 1000) * 1000;
}
