import type { Client } from "urql";
import { afterEach, expect, test, vi } from "vitest";
import { newClient, once } from "./client";
import { graphql } from "./documents";

const read = graphql(`
  query ConnectionName($id: ID!) {
    connection(id: $id) {
      id
      name
    }
  }
`);
const write = graphql(`
  mutation RenameConnection($id: ID!, $name: String!) {
    updateConnection(id: $id, input: { name: $name }) {
      connection {
        id
        name
      }
    }
  }
`);

afterEach(() => vi.unstubAllGlobals());

/** api is the server behind the network: one connection, some of whose readers are kept waiting. */
function api() {
  let name = "before";
  let slow: Promise<void> | undefined;
  const reads: string[] = [];
  const answer = (data: unknown) =>
    new Response(JSON.stringify({ data }), { headers: { "Content-Type": "application/json" } });
  vi.stubGlobal("fetch", async (_: string, init: { body: string }) => {
    const { query, variables } = JSON.parse(init.body);
    if (query.startsWith("mutation")) {
      name = variables.name;
      const connection = { __typename: "Connection", id: "1", name };
      return answer({ updateConnection: { __typename: "ConnectionPayload", connection } });
    }
    const connection = { __typename: "Connection", id: "1", name }; // as it is when the database is asked
    reads.push(name);
    await slow;
    return answer({ connection });
  });
  return {
    reads,
    /** wait makes readers wait from now on, and lets them go with what it returns; later ones may go at once. */
    wait() {
      let open = () => {};
      slow = new Promise((resolve) => {
        open = resolve;
      });
      return { open, soon: () => (slow = undefined) };
    },
  };
}

/** watch shows what a page would. */
function watch(client: Client) {
  const shown: (string | undefined)[] = [];
  client.query(read, { id: "1" }).subscribe((result) => {
    if (!result.stale) shown.push(result.data?.connection?.name);
  });
  return shown;
}

test("an answer from before a change doesn’t stay when it overtakes the newer one", async () => {
  const server = api();
  const client = newClient(() => {});
  const shown = watch(client);
  await vi.waitFor(() => expect(shown).toEqual(["before"]));
  const { open, soon } = server.wait();
  client.query(read, { id: "1" }, { requestPolicy: "network-only" }).subscribe(() => {}); // as when a page looks again
  await vi.waitFor(() => expect(server.reads).toEqual(["before", "before"]));
  soon();
  await once(client.mutation(write, { id: "1", name: "after" }));
  await vi.waitFor(() => expect(shown.at(-1)).toBe("after"));
  open();
  await vi.waitFor(() => expect(server.reads).toEqual(["before", "before", "after", "after"]));
  await vi.waitFor(() => expect(shown.slice(-2)).toEqual(["before", "after"]));
});

test("nor when it is the first one", async () => {
  const server = api();
  const client = newClient(() => {});
  const { open, soon } = server.wait();
  const shown = watch(client);
  await vi.waitFor(() => expect(server.reads).toEqual(["before"]));
  soon();
  await once(client.mutation(write, { id: "1", name: "after" }));
  open();
  await vi.waitFor(() => expect(shown.at(-1)).toBe("after"));
});

test("a query that nothing has overtaken is asked once", async () => {
  const server = api();
  const client = newClient(() => {});
  await once(client.mutation(write, { id: "1", name: "after" }));
  expect((await once(client.query(read, { id: "1" }))).data?.connection?.name).toBe("after");
  await Promise.resolve();
  expect(server.reads).toEqual(["after"]);
});
