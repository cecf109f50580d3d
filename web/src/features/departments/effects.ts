import { useEffect, useState } from "react";
import { type Client, useClient } from "urql";
import { once } from "../../lib/client";
import { graphql } from "../../lib/documents";
import type { Answer } from "../../ui/Loaded";

export const mergeDocument = graphql(`
  mutation MergeDepartments($from: [ID!]!, $into: ID!) {
    mergeDepartments(from: $from, into: $into) {
      department {
        id
        userCount
      }
    }
  }
`);

const effectDocument = graphql(`
  query DepartmentEffect($id: ID!, $ids: [ID!]) {
    department(id: $id) {
      id
      name
      userCount
    }
    users(where: { departmentIds: $ids, local: false }, first: 1) {
      totalCount
    }
  }
`);

/** Effect is what would happen to one department. */
export interface Effect {
  id: string;
  name: string;
  userCount: number;
  /** Its provisioned people, whom a directory may put back. */
  sent: number;
}

async function effectsOf(client: Client, ids: readonly string[]): Promise<Answer<Effect[]>> {
  const answers = await Promise.all(
    ids.map((id) => once(client.query(effectDocument, { id, ids: [id] }, { requestPolicy: "network-only" }))),
  );
  const error = answers.find((a) => a.error)?.error;
  if (error) return { error, fetching: false };
  const data = answers.flatMap(({ data: d }) =>
    d?.department ? [{ ...d.department, sent: d.users.totalCount }] : [],
  );
  return { data, fetching: false };
}

/** useEffects reads what would happen to some departments. */
export function useEffects(ids: readonly string[]) {
  const client = useClient();
  const [answer, setAnswer] = useState<Answer<Effect[]>>({ fetching: true });
  const [turn, setTurn] = useState(0);
  const key = ids.join(".");
  // biome-ignore lint/correctness/useExhaustiveDependencies: turn asks again
  useEffect(() => {
    let gone = false;
    void effectsOf(client, key.split(".").filter(Boolean)).then((a) => {
      if (!gone) setAnswer(a);
    });
    return () => {
      gone = true;
    };
  }, [client, key, turn]);
  return { answer, again: () => setTurn((t) => t + 1) };
}
