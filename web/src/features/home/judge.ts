import type { Health } from "../../lib/health";
import type { Key } from "../../text";
import type { Tone } from "../../ui/Status";

/** Judged is what the verdict needs to know of a connection. */
export interface Judged {
  name: string;
  health: {
    status: Health;
    overdueSince: string | null;
    problems: readonly { targets: number }[];
  };
}

/** Verdict is the one sentence at the top. */
export interface Verdict {
  tone: Tone;
  text: Key;
  values: Record<string, unknown>;
}

/** verdictOf says whether everything is in sync, the worst first. There is at least one connection. */
export function verdictOf(connections: readonly Judged[]): Verdict {
  const of = (status: Health) => connections.filter((c) => c.health.status === status);
  const about = (some: readonly Judged[]) => ({
    count: some.length,
    name: some[0]?.name,
    all: connections.length,
  });
  const failing = of("FAILING");
  if (failing.length > 0) return { tone: "bad", text: "home.verdict.failing", values: about(failing) };
  const kept = connections
    .flatMap((c) => c.health.problems)
    .reduce((sum, problem) => sum + problem.targets, 0);
  if (kept > 0) return { tone: "warn", text: "home.verdict.kept", values: { count: kept } };
  const late = connections.filter((c) => c.health.overdueSince);
  if (late.length > 0) return { tone: "warn", text: "home.verdict.late", values: about(late) };
  if (of("DEGRADED").length > 0) return { tone: "warn", text: "home.verdict.degraded", values: {} };
  const paused = of("PAUSED");
  if (paused.length > 0) return { tone: "warn", text: "home.verdict.paused", values: about(paused) };
  const waiting = of("WAITING");
  if (waiting.length === connections.length)
    return { tone: "quiet", text: "home.verdict.waiting", values: about(waiting) };
  if (waiting.length > 0) return { tone: "good", text: "home.verdict.partly", values: about(waiting) };
  return { tone: "good", text: "home.verdict.good", values: {} };
}
