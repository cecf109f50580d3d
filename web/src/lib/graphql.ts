import { readEvents } from "./events";

/** An operation as it is sent. */
export interface Operation {
  query: string;
  variables?: unknown;
  operationName?: string | null | undefined;
}

/** An answer: data, errors or both. */
export type Answer = Record<string, unknown>;

const address = "/graphql";

function send(operation: Operation, accept: string, headers: HeadersInit = {}, signal?: AbortSignal) {
  const all = new Headers(headers);
  all.set("Content-Type", "application/json");
  all.set("Accept", accept);
  return fetch(address, {
    method: "POST",
    headers: all,
    body: JSON.stringify(operation),
    credentials: "same-origin",
    cache: "no-store",
    ...(signal && { signal }),
  });
}

/** request sends a query or mutation as whoever is signed in. An answer that isn't GraphQL's throws. */
export async function request(operation: Operation, headers?: HeadersInit): Promise<Answer> {
  return answerOf(await send(operation, "application/json", headers));
}

async function answerOf(response: Response): Promise<Answer> {
  if (response.headers.get("Content-Type")?.startsWith("application/json")) return response.json();
  throw new Error(`The server answered with status ${response.status}. Its log has the details.`);
}

/**
 * subscribe sends a subscription and brings its answers as they come. It ends
 * when the server completes it or return is called, which needs no next answer
 * to take effect. A stream that breaks off throws.
 */
export function subscribe(
  operation: Operation,
  headers?: HeadersInit,
): AsyncIterableIterator<Answer, undefined> {
  const stop = new AbortController();
  const answers = stream(operation, headers, stop.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const { done, value } = await answers.next();
        return done ? { done, value: undefined } : { done: false, value };
      } catch (error) {
        if (stop.signal.aborted) return { done: true, value: undefined };
        throw error;
      }
    },
    async return() {
      stop.abort();
      return { done: true, value: undefined };
    },
  };
}

async function* stream(operation: Operation, headers: HeadersInit | undefined, signal: AbortSignal) {
  const response = await send(operation, "text/event-stream", headers, signal);
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream") || !response.body) {
    yield await answerOf(response);
    return;
  }
  for await (const { event, data } of readEvents(response.body)) {
    if (event === "complete") return;
    if (event === "next") yield JSON.parse(data) as Answer;
  }
  throw new Error("The stream broke off. Run the subscription again to go on.");
}
