import { readFileSync } from "node:fs";
import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { examples } from "./examples";

const schema = buildSchema(readFileSync(new URL("../../../../schema.graphql", import.meta.url), "utf8"));

test.each(examples)("an example fits the schema: $query", ({ query }) => {
  expect(validate(schema, parse(query))).toEqual([]);
});
