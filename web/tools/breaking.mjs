// Compares the schema of the last release with today's and fails when a client
// that was written for the first would break with the second:
//
//	node tools/breaking.mjs RELEASED TODAY
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSchema, findBreakingChanges } from "graphql";

/**
 * breaking lists in a sentence each what is broken for clients of the first schema.
 * @param {string} released
 * @param {string} today
 */
export function breaking(released, today) {
  return findBreakingChanges(buildSchema(released), buildSchema(today)).map((change) => change.description);
}

/** @param {string[]} files */
function main([released, today]) {
  if (!released || !today) throw new Error("usage: breaking.mjs RELEASED TODAY");
  if (!existsSync(released)) {
    console.log(`${released} isn't there: no schema is released yet, and none can break`);
    return;
  }
  const changes = breaking(readFileSync(released, "utf8"), readFileSync(today, "utf8"));
  if (changes.length === 0) {
    console.log("the schema breaks nothing that is released");
    return;
  }
  console.error("the schema breaks clients of the last release; deprecate instead, or keep for them:");
  for (const change of changes) console.error(`  ${change}`);
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
