import { graphql, type ResultOf } from "../../../lib/documents";

export const clientsDocument = graphql(`
  query ScimClients($id: ID!) {
    connection(id: $id) {
      id
      kind
      scimClients {
        id
        name
        tokenUrl
        tokenMinutes
        secrets {
          id
          hint
          addedAt
          expiresAt
          usedAt
        }
        federation {
          issuer
          subject
          audience
        }
        createdAt
        revokedAt
        lastUsedAt
      }
    }
  }
`);

export const createClientDocument = graphql(`
  mutation CreateScimClient($connectionId: ID!, $name: String!, $minutes: Int!) {
    createScimClient(connectionId: $connectionId, name: $name, tokenMinutes: $minutes) {
      client {
        id
      }
    }
  }
`);

export const addSecretDocument = graphql(`
  mutation AddScimClientSecret($id: ID!, $days: Int) {
    addScimClientSecret(clientId: $id, expiresInDays: $days) {
      secret
      client {
        id
        secrets {
          expiresAt
        }
      }
    }
  }
`);

export const removeSecretDocument = graphql(`
  mutation RemoveScimClientSecret($id: ID!, $secretId: ID!, $endTokens: Boolean!) {
    removeScimClientSecret(clientId: $id, secretId: $secretId, endTokens: $endTokens) {
      client {
        id
      }
    }
  }
`);

export const federationDocument = graphql(`
  mutation SetScimClientFederation($id: ID!, $federation: ScimFederationInput) {
    setScimClientFederation(clientId: $id, federation: $federation) {
      client {
        id
      }
    }
  }
`);

export const revokeDocument = graphql(`
  mutation RevokeScimClient($id: ID!) {
    revokeScimClient(clientId: $id) {
      client {
        id
      }
    }
  }
`);

export type Client = NonNullable<ResultOf<typeof clientsDocument>["connection"]>["scimClients"][number];
export type ClientSecret = Client["secrets"][number];

/** byClients makes urql read the list again where it was empty. */
export const byClients = { additionalTypenames: ["ScimClient"] };

/**
 * daysUntil is how many days a secret works that ends with a day chosen in a field,
 * 2027-01-31; undefined for no day.
 */
export function daysUntil(day: string, now: Date): number | undefined {
  if (!day) return undefined;
  return Math.ceil((new Date(`${day}T23:59:59Z`).getTime() - now.getTime()) / (24 * 3600 * 1000));
}

/**
 * removable says whether a secret can go without a failure: another one has been
 * used since it was added, and this one hasn't been used after that.
 */
export function removable(secret: ClientSecret, all: readonly ClientSecret[]): boolean {
  return all.some((other) => {
    if (other.id === secret.id || !other.usedAt) return false;
    return !secret.usedAt || other.usedAt > secret.usedAt;
  });
}
