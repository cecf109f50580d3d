import type { Tone } from "../ui/Status";

/** Health is a connection in one word, as the API says it. */
export type Health = "WAITING" | "HEALTHY" | "DEGRADED" | "FAILING" | "PAUSED";

export const healthTone: Record<Health, Tone> = {
  WAITING: "quiet",
  HEALTHY: "good",
  DEGRADED: "warn",
  FAILING: "bad",
  PAUSED: "quiet",
};

/**
 * plainReason is why requests fail, without the marks of what differs between them
 * and the ids that only the log has a use for.
 */
export function plainReason(detail: string): string {
  return detail.replace(/ by (user|group) (…|[0-9a-f-]{36})/gi, " by somebody else").replace(/ "…"/g, "");
}

/** plainSummary is a summary of the API without the reference in it, for which the console has a link. */
export function plainSummary(summary: string): string {
  return plainReason(summary)
    .replace(/ The newest such request is [0-9a-f-]{36} in the log\./, "")
    .replace(/ There (is|are) .{1,12} more problems?\.$/, "")
    .replace(/…\.$/, "…");
}
