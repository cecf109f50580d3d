import type { Fetcher } from "@graphiql/toolkit";
import { getOperationAST, type OperationDefinitionNode, parse } from "graphql";
import { request, subscribe } from "../../lib/graphql";

/** fetcher is how the explorer asks the server: subscriptions as streams, all else at once. */
export const fetcher: Fetcher = ({ query, variables, operationName }, options) => {
  const chosen = operationOf(query, operationName);
  const operation = { query, variables, operationName: chosen?.name?.value };
  return chosen?.operation === "subscription"
    ? subscribe(operation, options?.headers)
    : request(operation, options?.headers);
};

/**
 * operationOf finds what is to be run. GraphiQL's own idea of it, the name
 * included, is for a moment that of the tab before.
 */
function operationOf(
  query: string,
  name: string | null | undefined,
): OperationDefinitionNode | null | undefined {
  try {
    const document = parse(query);
    return getOperationAST(document, name) ?? getOperationAST(document);
  } catch {
    return null; // the server says what is wrong with it
  }
}
