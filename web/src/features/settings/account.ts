import { graphql, type ResultOf } from "../../lib/documents";

export const accountDocument = graphql(`
  query Account {
    viewer {
      id
      sessions {
        id
        createdAt
        seenAt
        expiresAt
        method
        address
        agent
        isCurrent
      }
      passkeys {
        id
        name
        createdAt
        lastUsedAt
      }
    }
  }
`);

type Account = ResultOf<typeof accountDocument>["viewer"];
export type ASession = Account["sessions"][number];
export type APasskey = Account["passkeys"][number];
