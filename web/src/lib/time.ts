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
