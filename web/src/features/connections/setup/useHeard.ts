import { useEffect, useRef, useState } from "react";
import { useQuery } from "urql";
import { type LiveState, useLive } from "../../../lib/live";
import { addedDocument, type LogRow, recentDocument } from "./documents";

const span = 24 * 3600 * 1000; // milliseconds: what is older says nothing about this set-up
const most = 300;
const pause = 200; // milliseconds between two drawings, however many requests come

/** useHeard is the log of the last day and what comes, newest first. */
export function useHeard(): { rows: LogRow[]; state: LiveState } {
  const [from] = useState(() => new Date(Date.now() - span).toISOString());
  const [{ data }, ask] = useQuery({ query: recentDocument, variables: { from } });
  const [rows, setRows] = useState<LogRow[]>([]);
  const coming = useRef<LogRow[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const recent = data?.provisioningLogs.nodes;
  useEffect(() => {
    if (recent) setRows((before) => merged(before, recent));
  }, [recent]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const state = useLive(
    addedDocument,
    {},
    ({ provisioningLogAdded: row }) => {
      coming.current.push(row);
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const some = coming.current;
        coming.current = [];
        setRows((before) => merged(before, some));
      }, pause);
    },
    { onOpen: () => ask({ requestPolicy: "network-only" }) },
  );
  return { rows, state };
}

/** merged is both lists in one, newest first: ids grow with time. */
function merged(before: readonly LogRow[], more: readonly LogRow[]): LogRow[] {
  const all = new Map([...before, ...more].map((row) => [row.id, row]));
  return [...all.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, most);
}
