import { type FragmentOf, graphql, type ResultOf } from "../../../lib/documents";

export const rehearsalFragment = graphql(`
  fragment RehearsalParts on Rehearsal {
    id
    connectionId
    users
    state
    cycle
    phase
    done
    total
    createdAt
    endedAt
    problem
    report {
      requests
      created
      patched
      deleted
      throttled
      wrong
      seconds
      cycles {
        name
        requests
        wrong
        seconds
      }
      latency {
        request
        count
        p50
        p95
        max
      }
      wrongAnswers {
        cycle
        phase
        method
        path
        requestBody
        status
        responseBody
        expected
      }
    }
  }
`);

/** rehearsalDocument brings a rehearsal by its id, else the newest one of a connection. */
export const rehearsalDocument = graphql(
  `
  query Rehearsal($id: ID!, $connection: ID!, $named: Boolean!) {
    rehearsal(id: $id) @include(if: $named) {
      ...RehearsalParts
    }
    connection(id: $connection) @skip(if: $named) {
      id
      rehearsal {
        ...RehearsalParts
      }
    }
  }
`,
  [rehearsalFragment],
);

export const rehearseDocument = graphql(`
  mutation Rehearse($connection: ID!) {
    rehearse(connectionId: $connection) {
      rehearsal {
        id
      }
    }
  }
`);

export type RehearsalParts = FragmentOf<typeof rehearsalFragment>;
export type OneRehearsal = ResultOf<typeof rehearsalFragment>;
export type Report = NonNullable<OneRehearsal["report"]>;
