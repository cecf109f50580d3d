import { useCallback, useEffect, useRef, useState } from "react";
import { type LiveState, useLive } from "../../lib/live";
import { matches as isOf, type Where } from "./filter";
import { addedDocument, mostKept, newestFirst, type Row } from "./rows";

const pause = 250; // milliseconds between two drawings, however fast rows come

/** Tail is what has come since the page was opened. */
export interface Tail {
  state: LiveState;
  rows: readonly Row[];
  /** How many came while it was paused; only the newest of them are kept. */
  waiting: number;
  /** show takes in what waits. */
  show: () => void;
  /** Rows were left out because too many came. */
  capped: boolean;
}

/**
 * useTail collects new rows of a condition. While it is paused they wait and are
 * counted. on says whether there is anything to follow; onOpen is called when the
 * stream opens, for what was missed.
 */
export function useTail(where: Where, options: { on: boolean; paused: boolean; onOpen: () => void }): Tail {
  const [shown, setShown] = useState<readonly Row[]>([]);
  const [held, setHeld] = useState<{ rows: readonly Row[]; count: number }>({ rows: [], count: 0 });
  const [capped, setCapped] = useState(false);
  const fresh = useRef<Row[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(options);
  latest.current = options;
  const key = JSON.stringify({ ...where, from: undefined });

  // biome-ignore lint/correctness/useExhaustiveDependencies: another condition begins anew
  useEffect(() => {
    fresh.current = [];
    setShown([]);
    setHeld({ rows: [], count: 0 });
    setCapped(false);
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [key]);

  const take = useCallback((rows: readonly Row[]) => {
    setShown((before) => {
      const all = newestFirst(before, rows);
      if (all.length > mostKept) setCapped(true);
      return all.slice(0, mostKept);
    });
  }, []);

  const draw = useCallback(() => {
    timer.current = undefined;
    const rows = fresh.current;
    fresh.current = [];
    if (latest.current.paused) {
      setHeld((before) => ({
        rows: newestFirst(before.rows, rows).slice(0, mostKept),
        count: before.count + rows.length,
      }));
    } else {
      take(rows);
    }
  }, [take]);

  const state = useLive(
    addedDocument,
    { connectionId: where.connectionId ?? null },
    ({ provisioningLogAdded: row }) => {
      if (!isOf(row, where)) return;
      fresh.current.push(row);
      timer.current ??= setTimeout(draw, pause);
    },
    { paused: !options.on, onOpen: options.onOpen },
  );

  const show = useCallback(() => {
    take(held.rows);
    if (held.count > held.rows.length) setCapped(true);
    setHeld({ rows: [], count: 0 });
  }, [held, take]);

  return { state, rows: shown, waiting: held.count, show, capped };
}
