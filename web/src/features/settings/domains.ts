import { graphql, type ResultOf } from "../../lib/documents";

export const domainsDocument = graphql(`
  query Domains {
    domains {
      id
      name
      recordName
      recordValue
      verifiedAt
      checkedAt
      missingSince
      lapsesAt
      connectionId
    }
    connections {
      id
      name
      signOn {
        enabled
      }
    }
  }
`);

export const claimDocument = graphql(`
  mutation ClaimDomain($name: String!) {
    claimDomain(name: $name) {
      domain {
        id
        name
      }
    }
  }
`);

export const proveDocument = graphql(`
  mutation ProveDomain($id: ID!) {
    proveDomain(id: $id) {
      domain {
        id
        verifiedAt
        missingSince
        lapsesAt
      }
    }
  }
`);

export const routeDocument = graphql(`
  mutation RouteDomain($id: ID!, $connectionId: ID) {
    routeDomain(id: $id, connectionId: $connectionId) {
      domain {
        id
        connectionId
      }
    }
  }
`);

export const removeDomainDocument = graphql(`
  mutation RemoveDomain($id: ID!) {
    removeDomain(id: $id) {
      id
    }
  }
`);

/** byDomains makes urql read the list again where it was empty. */
export const byDomains = { additionalTypenames: ["Domain"] };

export type DomainsData = ResultOf<typeof domainsDocument>;
export type ADomain = DomainsData["domains"][number];
