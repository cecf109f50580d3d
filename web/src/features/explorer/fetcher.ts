import type { Fetcher } from "@graphiql/toolkit";
import { getOperationAST } from "graphql";
import { request, subscribe } from "../../lib/graphql";

/** fetcher is how the explorer asks the server: subscriptions as streams, all else at once. */
export const fetcher: Fetcher = (operation, options) => {
  const document = options?.documentAST;
  const kind = document && getOperationAST(document, operation.operationName)?.operation;
  return kind === "subscription"
    ? subscribe(operation, options?.headers)
    : request(operation, options?.headers);
};
