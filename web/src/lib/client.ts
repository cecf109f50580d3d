import {
  type AnyVariables,
  Client,
  type CombinedError,
  cacheExchange,
  fetchExchange,
  makeOperation,
  mapExchange,
  type Operation,
  type OperationResult,
  type OperationResultSource,
} from "urql";

/** What an error of the API says beyond its sentence. */
export interface Refusal {
  code: string;
  message: string;
  field?: string;
  reference?: string;
}

/**
 * refusals takes an error apart. A request that got no answer from the API is
 * one of code OFFLINE.
 */
export function refusals(error: CombinedError): Refusal[] {
  if (error.networkError && error.graphQLErrors.length === 0) {
    return [{ code: "OFFLINE", message: error.networkError.message }];
  }
  return error.graphQLErrors.map((e) => {
    const more = e.extensions as { code?: string; field?: string; reference?: string } | undefined;
    return {
      code: more?.code ?? "INTERNAL",
      message: sentence(e.message),
      ...(more?.field && { field: more.field }),
      ...(more?.reference && { reference: more.reference }),
    };
  });
}

/** sentence begins with a capital, unless it begins with a name or a value. */
function sentence(text: string): string {
  return /^[a-z]+[ ,;:’']/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

export function isSignedOut(error: CombinedError | undefined): boolean {
  return error !== undefined && refusals(error).some((r) => r.code === "UNAUTHENTICATED");
}

/**
 * newClient returns the way to the API. signedOut is told when the session has
 * ended; headers are a credential other than the session.
 */
export function newClient(signedOut: () => void, headers: Record<string, string> = {}): Client {
  let changes = 0;
  const asked = new WeakMap<Operation, number>(); // how many changes there were when a query was asked
  const client: Client = new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    exchanges: [
      cacheExchange,
      mapExchange({
        onError(error) {
          if (isSignedOut(error)) signedOut();
        },
        onOperation(o) {
          if (o.kind === "query") asked.set(o, changes);
        },
        // An answer that was under way when a change ended may be from before, and come
        // after a newer one or be the only one: then the query is asked anew.
        onResult({ operation: o }) {
          if (o.kind === "mutation") changes++;
          if (o.kind !== "query" || asked.get(o) === changes) return;
          const again = makeOperation("query", o, { ...o.context, requestPolicy: "network-only" });
          void Promise.resolve().then(() => client.reexecuteOperation(again));
        },
      }),
      fetchExchange,
    ],
    // As a stream of one event, which urql would take too, an answer has come before
    // its body has ended; who leaves the page then cuts it off, an unhandled error.
    fetchOptions: {
      headers: { ...headers, Accept: "application/json" },
      credentials: "same-origin",
      cache: "no-store",
    },
  });
  return client;
}

/**
 * once is what a query answers, asked outside of a component. Where toPromise ends
 * the request while its body is still open, which the browser reports as an error,
 * this lets it end by itself.
 */
export function once<Data, Variables extends AnyVariables>(
  source: OperationResultSource<OperationResult<Data, Variables>>,
): Promise<OperationResult<Data, Variables>> {
  return new Promise((resolve) => {
    const asked = source.subscribe((result) => {
      if (result.stale || result.hasNext) return;
      resolve(result);
      setTimeout(() => asked.unsubscribe());
    });
  });
}
