import {
  type AnyVariables,
  Client,
  type CombinedError,
  cacheExchange,
  fetchExchange,
  mapExchange,
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
      message: e.message,
      ...(more?.field && { field: more.field }),
      ...(more?.reference && { reference: more.reference }),
    };
  });
}

export function isSignedOut(error: CombinedError | undefined): boolean {
  return error !== undefined && refusals(error).some((r) => r.code === "UNAUTHENTICATED");
}

/**
 * newClient returns the way to the API. signedOut is told when the session has
 * ended; headers are a credential other than the session.
 */
export function newClient(signedOut: () => void, headers: Record<string, string> = {}): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    exchanges: [
      cacheExchange,
      mapExchange({
        onError(error) {
          if (isSignedOut(error)) signedOut();
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
