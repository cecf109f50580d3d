import type { VariablesOf } from "../../lib/documents";
import { type Bounds, boundsOf } from "../../lib/period";
import type { Row, rowsDocument } from "./rows";

/** Address is what the page's address says. */
export type Address = Record<string, string | undefined>;

/** Where is the API's condition for rows. */
export type Where = NonNullable<VariablesOf<typeof rowsDocument>["where"]>;

export const outcomes = ["CHANGED", "UNCHANGED", "REFUSED", "FAILED"] as const;
export const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** scimTypes are SCIM's words for why something is refused. */
export const scimTypes = [
  "uniqueness",
  "invalidValue",
  "invalidSyntax",
  "invalidPath",
  "mutability",
  "noTarget",
  "invalidFilter",
  "tooMany",
] as const;

/** Parameters of the address that filter rows, those of the second line first. */
export const hidden = ["connection", "method", "type", "person", "ref"] as const;
export const filters = [...hidden, "q", "outcome", "since", "from", "to", "cycle"] as const;

/** someOf are the words of a comma-separated parameter that are in a list. */
function someOf<Word extends string>(text: string | undefined, known: readonly Word[]): Word[] {
  const words = (text ?? "").split(",");
  return known.filter((k) => words.includes(k));
}

/** whereOf is the condition that an address stands for. */
export function whereOf(address: Address, now: Date, zone: string | undefined): Where {
  const chosen = someOf(address.outcome, outcomes);
  const method = someOf(address.method, methods);
  const bounds: Bounds = boundsOf(
    {
      ...(address.since && { since: address.since }),
      ...(address.from && { from: address.from }),
      ...(address.to && { to: address.to }),
    },
    now,
    zone,
  );
  return {
    ...bounds,
    ...(chosen.length > 0 && { outcomes: chosen }),
    ...(method.length > 0 && { methods: method }),
    ...(address.type && { scimTypes: [address.type] }),
    ...(address.q?.trim() && { operation: address.q.trim() }),
    ...(address.connection && { connectionId: address.connection }),
    ...(address.person && { targetId: address.person }),
    ...(address.cycle && { cycleId: address.cycle }),
    ...(address.ref?.trim() && { reference: address.ref.trim() }),
  };
}

/** isFollowed says whether new rows can be judged here: not those of a time that is over, nor of a reference. */
export function isFollowed(where: Where, after: string | undefined): boolean {
  return !after && !where.before && !where.reference;
}

/** matches judges a row that has just come, as the API judges those of its list. */
export function matches(row: Row, where: Where): boolean {
  const words = (where.operation ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const operation = row.operation.toLowerCase();
  return (
    (!where.outcomes || where.outcomes.includes(row.outcome)) &&
    (!where.methods || where.methods.includes(row.method)) &&
    (!where.scimTypes || where.scimTypes.includes(row.scimType ?? "")) &&
    (!where.connectionId || where.connectionId === row.connectionId) &&
    (!where.targetId || where.targetId === row.targetId) &&
    (!where.cycleId || where.cycleId === row.cycleId) &&
    words.every((w) => operation.includes(w))
  );
}
