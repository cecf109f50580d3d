import type { Key } from "../../text";
import { log } from "../../text/en/log";
import type { Row } from "./rows";

/** Explanation is what a row means, and what to do about it where there is something to do. */
export interface Explanation {
  why: Key;
  todo?: Key;
}

const paging = ["invalidCursor", "expiredCursor", "invalidCount"];

/** explain finds the sentences of the catalogue for a row: SCIM's word says more than the status. */
export function explain(row: Pick<Row, "outcome" | "status" | "scimType" | "method">): Explanation {
  if (row.outcome === "CHANGED") return { why: "log.why.CHANGED" };
  if (row.outcome === "UNCHANGED")
    return { why: row.method === "GET" ? "log.why.READ" : "log.why.UNCHANGED" };
  if (row.status === 404 && row.method === "GET") return { why: "log.why.missing" };
  for (const word of [
    row.scimType && paging.includes(row.scimType) ? "paging" : row.scimType,
    row.status,
    row.status >= 500 ? "5xx" : "4xx",
  ]) {
    if (`log.why.${word}` in log && `log.do.${word}` in log)
      return { why: `log.why.${word}` as Key, todo: `log.do.${word}` as Key };
  }
  throw new Error("the catalogue lacks 4xx or 5xx");
}
