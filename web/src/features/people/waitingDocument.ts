import { graphql, type ResultOf } from "../../lib/documents";

export const waitingDocument = graphql(`
  query WaitingAccounts($refused: Boolean!) {
    waitingAccounts(refused: $refused) {
      id
      connectionId
      connectionName
      issuer
      subject
      name
      email
      candidate {
        id
        name
        userName
        email
        role
        status
        externalId
      }
      looksLike
      reason
      attempts
      createdAt
      lastAt
    }
  }
`);

/** decidedDocument tells when an account comes to wait, is refused, or becomes somebody's. */
export const decidedDocument = graphql(`
  subscription AccountsDecided {
    eventsAdded(types: ["pendinglink.*", "identity.*"]) {
      cursor
    }
  }
`);

export const approveDocument = graphql(`
  mutation ApproveAccount($id: ID!, $userId: ID!) {
    approveAccount(id: $id, userId: $userId) {
      user {
        id
        name
      }
    }
  }
`);

export const refuseDocument = graphql(`
  mutation RefuseAccount($id: ID!) {
    refuseAccount(id: $id) {
      id
    }
  }
`);

/** WaitingAccount is one that signed in well at its provider and belongs to nobody here. */
export type WaitingAccount = ResultOf<typeof waitingDocument>["waitingAccounts"][number];

/** changing makes urql read again what the answers don't name. */
export const changing = { additionalTypenames: ["WaitingAccount", "User", "Account"] };
