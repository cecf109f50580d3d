import type { CombinedError } from "urql";
import { refusals } from "../../lib/client";

/** problemsOf sorts what the API refused by the field at fault; "" holds what belongs to none of them. */
export function problemsOf(
  error: CombinedError | undefined,
  fields: readonly string[],
): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const refusal of error ? refusals(error) : []) {
    const field = refusal.field && fields.includes(refusal.field) ? refusal.field : "";
    problems[field] = problems[field] ? `${problems[field]} ${refusal.message}` : refusal.message;
  }
  return problems;
}
