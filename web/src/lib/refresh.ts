import { useCallback, useEffect, useRef } from "react";

/**
 * useRefresh reads again what a live stream says has changed: soon, and at most
 * once in pause milliseconds, however often the stream says so.
 */
export function useRefresh(
  ask: (options: { requestPolicy: "network-only" }) => void,
  pause = 2000,
): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      latest.current({ requestPolicy: "network-only" });
    }, pause);
  }, [pause]);
}
