import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env";

/** graphql turns the text of an operation into a document whose types follow from schema.graphql. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Time: string; JSON: unknown };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from "gql.tada";
export { readFragment } from "gql.tada";
