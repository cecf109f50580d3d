import { useCallback, useRef, useState } from "react";
import { useClient } from "urql";
import { once, refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { type Branch, type Node, type Tree, top } from "./tree";

const branchDocument = graphql(`
  query Branch($where: UserWhere!, $after: String) {
    users(where: $where, first: 200, after: $after, orderBy: { field: DISPLAY_NAME }) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        title
        status
        reportCount
        department {
          id
          name
        }
      }
    }
  }
`);

/** useTree reads the chart branch by branch, 200 people at a time. */
export function useTree() {
  const client = useClient();
  const [tree, setTree] = useState<Tree>({ people: new Map(), branches: new Map() });
  const asked = useRef(new Set<string>());

  const grow = useCallback((parent: string, branch: Branch, people: readonly Node[] = []) => {
    setTree((before) => ({
      people: new Map([...before.people, ...people.map((p) => [p.id, p] as const)]),
      // Who was placed meanwhile stays.
      branches: new Map(before.branches).set(parent, {
        ...branch,
        ids: [...new Set([...branch.ids, ...(before.branches.get(parent)?.ids ?? [])])],
      }),
    }));
  }, []);

  /** load reads those who report to parent, or more of them. */
  const load = useCallback(
    async (parent: string, known?: Branch) => {
      const key = `${parent} ${known?.more ?? ""}`;
      if (asked.current.has(key)) return;
      asked.current.add(key);
      const ids = known?.ids ?? [];
      grow(parent, { ids, loading: true });
      const where = parent === top ? { withoutManager: true } : { managerId: parent };
      const { data, error } = await once(
        client.query(
          branchDocument,
          { where, after: known?.more ?? null },
          { requestPolicy: "network-only" },
        ),
      );
      if (!data) {
        asked.current.delete(key);
        grow(parent, { ids, more: known?.more, problem: error && refusals(error)[0]?.message });
        return;
      }
      const { nodes, pageInfo } = data.users;
      const all = [...new Set([...ids, ...nodes.map((n) => n.id)])];
      grow(
        parent,
        { ids: all, more: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined },
        nodes,
      );
    },
    [client, grow],
  );

  /** place puts somebody into a branch of which their page hasn't been read. */
  const place = useCallback((parent: string, person: Node) => {
    setTree((before) => {
      const branch = before.branches.get(parent) ?? { ids: [] };
      if (branch.ids.includes(person.id)) return before;
      return {
        people: new Map(before.people).set(person.id, person),
        branches: new Map(before.branches).set(parent, { ...branch, ids: [...branch.ids, person.id] }),
      };
    });
  }, []);

  return { tree, load, place };
}
