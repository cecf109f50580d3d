import connection from "./examples/connection.graphql?raw";
import departments from "./examples/departments.graphql?raw";
import failed from "./examples/failed.graphql?raw";
import follow from "./examples/follow.graphql?raw";
import token from "./examples/token.graphql?raw";

const variables = (values: object) => JSON.stringify(values, null, 2);

/** examples are the tabs that someone finds who comes for the first time. */
export const examples = [
  { query: failed },
  { query: departments, variables: variables({ filter: "active eq true" }) },
  { query: connection, variables: variables({ input: { name: "entra", kind: "ENTRA" } }) },
  { query: token, variables: variables({ connectionId: "", name: "entra" }) },
  { query: follow },
];
