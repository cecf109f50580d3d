import { graphql, type ResultOf } from "../../lib/documents";

export const homeDocument = graphql(`
  query Home {
    connections {
      id
      name
      kind
      enabled
      userCount
      groupCount
      health {
        status
        summary
        lastHeardAt
        usualIntervalMinutes
        overdueSince
        requests
        failures
        problems {
          detail
          requests
          targets
          lastSeenAt
          exampleId
        }
        advice {
          code
          message
          users
        }
      }
      signOn {
        enabled
        vouched
        secrets {
          id
          key
          expiresAt
          needed
        }
        certificates {
          notAfter
        }
      }
      credentialsEnd {
        at
        unusedSpare
      }
      days {
        date
        requests
        writes
        failures
      }
    }
    userCounts {
      byConnection {
        connectionId
        active
      }
    }
    users(where: { linkAsked: true }, first: 100) {
      totalCount
      nodes {
        id
        name
        linkAskedBy {
          id
        }
      }
    }
    waitingAccounts {
      id
    }
    domains {
      id
      name
      verifiedAt
      checkedAt
      lapsesAt
    }
  }
`);

export const changedDocument = graphql(`
  subscription HomeChanged {
    connectionHealthChanged {
      connectionId
    }
  }
`);

/** touchedDocument tells of what else needs a hand: accounts that wait, secrets, domains and tokens. */
export const touchedDocument = graphql(`
  subscription HomeTouched {
    eventsAdded(types: ["pendinglink.*", "signon.*", "domain.*", "token.*", "scimclient.*"]) {
      cursor
    }
  }
`);

export type HomeData = ResultOf<typeof homeDocument>;
export type HomeConnection = HomeData["connections"][number];
