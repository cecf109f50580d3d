import { useCallback, useEffect, useRef } from "react";

/** useReturn reads again when the browser's tab is looked at again: something was done in another one. */
export function useReturn(ask: (options: { requestPolicy: "network-only" }) => void): void {
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    const seen = () =>
      document.visibilityState === "visible" && latest.current({ requestPolicy: "network-only" });
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
}

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
