import { useState } from "react";
import { type CombinedError, useClient } from "urql";
import { graphql, type ResultOf } from "../../lib/documents";

const result = graphql(`
  fragment BulkResult on BulkUserPayload @_unmask {
    results {
      id
      user {
        id
        name
        status
      }
      problem {
        code
        message
      }
    }
  }
`);

const documents = {
  deactivate: graphql(
    `
      mutation DeactivateUsers($ids: [ID!]!) {
        answer: deactivateUsers(ids: $ids) {
          ...BulkResult
        }
      }
    `,
    [result],
  ),
  reactivate: graphql(
    `
      mutation ReactivateUsers($ids: [ID!]!) {
        answer: reactivateUsers(ids: $ids) {
          ...BulkResult
        }
      }
    `,
    [result],
  ),
  delete: graphql(
    `
      mutation DeleteUsers($ids: [ID!]!) {
        answer: deleteUsers(ids: $ids) {
          ...BulkResult
        }
      }
    `,
    [result],
  ),
  role: graphql(
    `
      mutation ChangeRoles($ids: [ID!]!, $role: Role!) {
        answer: changeRoles(ids: $ids, role: $role) {
          ...BulkResult
        }
      }
    `,
    [result],
  ),
  move: graphql(
    `
      mutation MoveUsers($ids: [ID!]!, $departmentId: ID) {
        answer: moveUsers(ids: $ids, departmentId: $departmentId) {
          ...BulkResult
        }
      }
    `,
    [result],
  ),
};

type Role = "OWNER" | "ADMIN" | "AUDITOR" | "LEARNER";

/** Act is what is done to many people. */
export type Act =
  | { kind: "deactivate" | "reactivate" | "delete" }
  | { kind: "role"; role: Role }
  | { kind: "move"; departmentId: string | null };

/** Result is what became of one of them. */
export type Result = ResultOf<typeof result>["results"][number];

/** Progress is how far an act has come. */
export interface Progress {
  total: number;
  results: Result[];
  running: boolean;
  /** Why the rest was not tried. */
  error?: CombinedError | undefined;
}

const portion = 25; // people in one request, so that progress can be seen

/** useBulk does something to many people, some at a time. */
export function useBulk() {
  const client = useClient();
  const [progress, setProgress] = useState<Progress>();

  async function ask(act: Act, ids: string[]) {
    switch (act.kind) {
      case "role":
        return client.mutation(documents.role, { ids, role: act.role }).toPromise();
      case "move":
        return client.mutation(documents.move, { ids, departmentId: act.departmentId }).toPromise();
      default:
        return client.mutation(documents[act.kind], { ids }).toPromise();
    }
  }

  async function run(act: Act, ids: readonly string[]): Promise<Progress> {
    let at: Progress = { total: ids.length, results: [], running: true };
    setProgress(at);
    for (let i = 0; i < ids.length; i += portion) {
      const { data, error } = await ask(act, ids.slice(i, i + portion));
      at = { ...at, results: [...at.results, ...(data?.answer.results ?? [])], error };
      setProgress(at);
      if (error) break;
    }
    at = { ...at, running: false };
    setProgress(at);
    return at;
  }

  return { progress, run, forget: () => setProgress(undefined) };
}
