import { graphql, type ResultOf } from "../../../lib/documents";

/** progressDocument follows what a set-up hears; with a set-up link it needs no id. */
export const progressDocument = graphql(`
  subscription SetUpProgress($id: ID) {
    setUpProgress(connectionId: $id) {
      call {
        state
        at
        isTest
        client
        tokenEnd
        fix
        requestId
      }
      person {
        at
        operation
        attributes
        custom
        objectId
        requestId
      }
      group {
        at
        operation
      }
      failures {
        at
        detail
        fix
        count
        requestId
      }
    }
  }
`);

export const setUpDocument = graphql(`
  query SetUp {
    setUp {
      name
      kind
      enabled
      groups
      organizationName
      timeZone
      scimUrl
      attributes {
        id
        resource
        urn
        name
        type
        multiValued
        declared
      }
      userCount
      groupCount
      token {
        hint
        expiresAt
      }
      sentBy
      expiresAt
    }
  }
`);

export const setUpTokenDocument = graphql(`
  mutation SetUpToken {
    setUpToken {
      secret
      token {
        hint
        expiresAt
      }
    }
  }
`);

export const setUpAttributeDocument = graphql(`
  mutation SetUpAttribute($id: ID!) {
    setUpAttribute(id: $id) {
      attribute {
        id
        declared
      }
    }
  }
`);

export const linksDocument = graphql(`
  query SetUpLinks($id: ID!) {
    connection(id: $id) {
      id
      setUpLinks {
        id
        name
        hint
        status
        expiresAt
        lastUsedAt
        lastUsedFrom
      }
    }
  }
`);

export const createLinkDocument = graphql(`
  mutation CreateSetUpLink($id: ID!, $name: String!, $days: Int!) {
    createSetUpLink(connectionId: $id, name: $name, expiresInDays: $days) {
      link
      token {
        id
        expiresAt
      }
    }
  }
`);

export const endLinkDocument = graphql(`
  mutation EndSetUpLink($id: ID!) {
    revokeToken(id: $id) {
      token {
        id
        status
      }
    }
  }
`);

export type Progress = ResultOf<typeof progressDocument>["setUpProgress"];
export type Fix = Progress["failures"][number]["fix"];
export type LinkSetUp = ResultOf<typeof setUpDocument>["setUp"];
export type SetUpLink = NonNullable<ResultOf<typeof linksDocument>["connection"]>["setUpLinks"][number];
