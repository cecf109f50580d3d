import { graphql, type ResultOf } from "../../lib/documents";

export const listDocument = graphql(`
  query Connections {
    connections {
      id
      name
      kind
      enabled
      userCount
      groupCount
      health {
        status
        lastHeardAt
        problems {
          targets
        }
      }
    }
  }
`);

export const oneDocument = graphql(`
  query OneConnection($id: ID!) {
    connection(id: $id) {
      id
      name
      kind
      enabled
      createdAt
      scimUrl
      userCount
      groupCount
      settings {
        groups
        match
        localPeople
        revive
        domains
      }
      attributes {
        id
        resource
        urn
        name
        type
        multiValued
        declared
      }
      tokens {
        id
        name
        hint
        status
        createdAt
        expiresAt
        lastUsedAt
      }
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
      days {
        date
        requests
        writes
        failures
      }
      removal {
        activeUsers
        inactiveUsers
        administrators
        groups
        tokens
      }
      signOn {
        enabled
      }
      signOnRemoval {
        sessions
        people
        withoutPasskey
      }
    }
  }
`);

/** changedDocument follows the health of all connections, or of one. */
export const changedDocument = graphql(`
  subscription ConnectionChanged($id: ID) {
    connectionHealthChanged(connectionId: $id) {
      connectionId
    }
  }
`);

export const createDocument = graphql(`
  mutation CreateConnection($input: CreateConnectionInput!) {
    createConnection(input: $input) {
      connection {
        id
        name
      }
    }
  }
`);

export const updateDocument = graphql(`
  mutation UpdateConnection($id: ID!, $input: UpdateConnectionInput!) {
    updateConnection(id: $id, input: $input) {
      connection {
        id
        name
      }
    }
  }
`);

export const pauseDocument = graphql(`
  mutation PauseConnection($id: ID!) {
    pauseConnection(id: $id) {
      connection {
        id
        enabled
      }
    }
  }
`);

export const resumeDocument = graphql(`
  mutation ResumeConnection($id: ID!) {
    resumeConnection(id: $id) {
      connection {
        id
        enabled
      }
    }
  }
`);

export const removeDocument = graphql(`
  mutation RemoveConnection($id: ID!, $people: RemovedConnectionPeople!) {
    removeConnection(id: $id, people: $people) {
      id
      users
      groups
      tokens
    }
  }
`);

export const declareDocument = graphql(`
  mutation DeclareAttribute($id: ID!, $input: DeclareAttributeInput!) {
    declareAttribute(connectionId: $id, input: $input) {
      connection {
        id
      }
    }
  }
`);

export const undeclareDocument = graphql(`
  mutation RemoveAttribute($id: ID!) {
    removeAttribute(id: $id) {
      connection {
        id
      }
    }
  }
`);

export const createTokenDocument = graphql(`
  mutation CreateConnectionToken($id: ID!, $name: String!) {
    createScimToken(connectionId: $id, name: $name) {
      secret
      token {
        id
        hint
        expiresAt
      }
    }
  }
`);

export type OneConnection = NonNullable<ResultOf<typeof oneDocument>["connection"]>;
export type Kind = OneConnection["kind"];
export type MatchKey = OneConnection["settings"]["match"][number];
