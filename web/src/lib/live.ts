import type { TadaDocumentNode } from "gql.tada";
import { useEffect, useRef, useState } from "react";
import { stringifyDocument } from "urql";
import { subscribe } from "./graphql";

/** How a live view stands: its stream is open, is being opened again, or has been ended by the server. */
export type LiveState = "connecting" | "live" | "reconnecting" | "ended" | "paused";

const firstPause = 1000; // milliseconds; doubled with each failure
const longestPause = 15_000;

/**
 * useLive follows a subscription for as long as the component is there and
 * paused is false. A stream that breaks off is opened again; onOpen is then
 * called so that what was missed can be read. headers are a credential other
 * than the session.
 */
export function useLive<Data, Variables extends Record<string, unknown>>(
  document: TadaDocumentNode<Data, Variables>,
  variables: Variables,
  onData: (data: Data) => void,
  options: { paused?: boolean; headers?: HeadersInit; onOpen?: () => void; onEnd?: () => void } = {},
): LiveState {
  const { paused = false } = options;
  const [state, setState] = useState<LiveState>("connecting");
  const latest = useRef({ onData, ...options });
  latest.current = { onData, ...options };
  const key = JSON.stringify(variables);

  useEffect(() => {
    if (paused) {
      setState("paused");
      return;
    }
    let stop = () => {};
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = firstPause;
    const query = stringifyDocument(document);

    async function follow() {
      const answers = subscribe({ query, variables: JSON.parse(key) }, latest.current.headers);
      stop = () => void answers.return?.();
      try {
        latest.current.onOpen?.();
        setState("live");
        for await (const answer of answers) {
          if (gone) return;
          pause = firstPause;
          if (answer.errors) break;
          latest.current.onData(answer.data as Data);
        }
        if (gone) return;
        setState("ended");
        latest.current.onEnd?.();
      } catch {
        if (gone) return;
        setState("reconnecting");
      }
      timer = setTimeout(follow, pause);
      pause = Math.min(pause * 2, longestPause);
    }
    void follow();
    return () => {
      gone = true;
      clearTimeout(timer);
      stop();
    };
  }, [document, key, paused]);

  return state;
}
