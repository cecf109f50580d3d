import { graphql, type ResultOf } from "../../lib/documents";
import type { Key } from "../../text";
import type { Tone } from "../../ui/Status";

export const rowsDocument = graphql(`
  query LogRows($after: String, $where: ProvisioningLogWhere) {
    provisioningLogs(first: 50, after: $after, where: $where) {
      nodes {
        id
        createdAt
        durationMs
        operation
        outcome
        status
        scimType
        detail
        method
        connectionId
        cycleId
        targetId
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

/** addedDocument brings the same of rows as they are written. */
export const addedDocument = graphql(`
  subscription LogRowAdded($connectionId: ID) {
    provisioningLogAdded(connectionId: $connectionId) {
      id
      createdAt
      durationMs
      operation
      outcome
      status
      scimType
      detail
      method
      connectionId
      cycleId
      targetId
    }
  }
`);

export const connectionsDocument = graphql(`
  query LogConnections {
    connections {
      id
      name
    }
  }
`);

/** Row is one row of the log in a list. */
export type Row = ResultOf<typeof rowsDocument>["provisioningLogs"]["nodes"][number];

/** inWords is what came of a request, and how that is shown: a search that finds nobody is nothing bad. */
export function inWords(row: Pick<Row, "outcome" | "method" | "status">): { key: Key; tone: Tone } {
  if (row.outcome === "REFUSED" && row.status === 404 && row.method === "GET")
    return { key: "log.outcome.MISSING", tone: "quiet" };
  if (row.outcome === "UNCHANGED" && row.method === "GET") return { key: "log.outcome.READ", tone: "quiet" };
  const tone = { CHANGED: "good", UNCHANGED: "quiet", REFUSED: "bad", FAILED: "bad" } as const;
  return { key: `log.outcome.${row.outcome}`, tone: tone[row.outcome] };
}

/** How many rows are kept while the log is followed, shown and held back alike. */
export const mostKept = 300;

/** newestFirst puts rows together, each once, the newest in front; ids begin with the time. */
export function newestFirst(...lists: readonly (readonly Row[])[]): Row[] {
  const all = new Map(lists.flat().map((row) => [row.id, row]));
  return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
}
