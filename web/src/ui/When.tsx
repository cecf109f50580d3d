import { createContext, useContext, useEffect, useState } from "react";
import { exact, relative } from "../lib/time";
import { useText } from "../text";

/** Zone is the time zone in which exact times are shown; without one the browser's. */
export const Zone = createContext<string | undefined>(undefined);

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** useNow is the time, every ten seconds anew, in step on the whole page. */
export function useNow(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const tell = () => setNow(new Date());
    listeners.add(tell);
    timer ??= setInterval(() => {
      for (const listener of listeners) listener();
    }, 10_000);
    return () => {
      listeners.delete(tell);
      if (listeners.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
    };
  }, []);
  return now;
}

/** When shows an instant as time that has passed, or is to come, and exactly on hover. */
export function When({ at, none }: { at: string | Date | null | undefined; none?: string }) {
  const { locale } = useText();
  const now = useNow();
  const zone = useContext(Zone);
  if (!at) return <>{none}</>;
  const date = new Date(at);
  return (
    <time dateTime={date.toISOString()} title={exact(date, locale, zone)}>
      {relative(date, now, locale)}
    </time>
  );
}
