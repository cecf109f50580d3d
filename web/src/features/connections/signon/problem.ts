import type { CombinedError } from "urql";
import { refusals } from "../../../lib/client";

/** problemOf takes a refusal apart: the sentence at a field, and what belongs to none of them. */
export function problemOf(error: CombinedError | undefined, fields: readonly string[]) {
  const first = error && refusals(error)[0];
  const here = first?.field !== undefined && fields.includes(first.field);
  return {
    at: (field: string) => (first?.field === field ? first.message : undefined),
    rest: first && !here ? first.message : undefined,
  };
}
