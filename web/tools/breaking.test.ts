import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "schemas-"));
afterAll(() => rmSync(folder, { recursive: true }));

const released = `
  directive @can(scope: String!) on FIELD_DEFINITION
  type Query { user(id: ID!): User @can(scope: "users:read") }
  type User { name: String! nickname: String }
`;

/** compare runs the check as make test does. */
function compare(before: string | undefined, after: string) {
  const files = ["released.graphql", "today.graphql"].map((name) => join(folder, name));
  rmSync(files[0] as string, { force: true });
  if (before) writeFileSync(files[0] as string, before);
  writeFileSync(files[1] as string, after);
  const script = fileURLToPath(new URL("./breaking.mjs", import.meta.url));
  return new Promise<{ failed: boolean; said: string }>((resolve) => {
    execFile(process.execPath, [script, ...files], (error, out, complaint) =>
      resolve({ failed: error !== null, said: out + complaint }),
    );
  });
}

test("fields and arguments that go or become required are named", async () => {
  const { failed, said } = await compare(
    released,
    `directive @can(scope: String!) on FIELD_DEFINITION
     type Query { user(id: ID!, organization: ID!): User @can(scope: "users:read") }
     type User { name: String }`,
  );
  expect(failed).toBe(true);
  for (const what of ["User.nickname was removed", "User.name changed type", "organization on Query.user"]) {
    expect(said).toContain(what);
  }
});

test("what is added breaks nothing", async () => {
  const { failed, said } = await compare(released, `${released} extend type User { title: String }`);
  expect([failed, said]).toEqual([false, "the schema breaks nothing that is released\n"]);
});

test("before the first release nothing can break", async () => {
  const { failed, said } = await compare(undefined, released);
  expect([failed, said]).toEqual([false, expect.stringContaining("no schema is released yet")]);
});
