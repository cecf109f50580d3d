import { graphql, type ResultOf } from "../../../lib/documents";

export const signOnDocument = graphql(`
  query ConnectionSignOn($id: ID!) {
    connection(id: $id) {
      id
      name
      kind
      signOn {
        protocol
        enabled
        vouched
        updatedAt
        authority
        tenantId
        issuer
        clientId
        hybrid
        keyCredential
        entityId
        signInUrl
        signOutUrl
        metadataUrl
        certificates {
          subject
          fingerprint
          notBefore
          notAfter
        }
        providerInitiated
        legacySha1
        subjectClaim
        createPeople
        linkUntil
        roles {
          groupId
          claim
          value
          role
        }
        secrets {
          id
          key
          hint
          certificate
          addedAt
          expiresAt
          workedAt
          refusedAt
        }
      }
      signOnRemoval {
        sessions
        people
        withoutPasskey
      }
      signOnAddresses {
        redirectUri
        afterLogoutUrl
        frontChannelLogoutUrl
        backChannelLogoutUrl
        entityId
        replyUrl
        logoutUrl
        testUrl
      }
    }
  }
`);

export const configureOidcDocument = graphql(`
  mutation ConfigureOidc($id: ID!, $input: OidcInput!) {
    configureOidc(connectionId: $id, input: $input) {
      connection {
        id
        signOn {
          enabled
        }
      }
      warnings
    }
  }
`);

export const configureSamlDocument = graphql(`
  mutation ConfigureSaml($id: ID!, $input: SamlInput!) {
    configureSaml(connectionId: $id, input: $input) {
      connection {
        id
      }
      warnings
    }
  }
`);

export const updateSignOnDocument = graphql(`
  mutation UpdateSignOn($id: ID!, $input: UpdateSignOnInput!) {
    updateSignOn(connectionId: $id, input: $input) {
      connection {
        id
      }
    }
  }
`);

export const holdersDocument = graphql(`
  query ConnectionHolders($id: ID!) {
    connection(id: $id) {
      id
      tokens {
        id
        name
        status
        createdAt
        lastUsedAt
      }
      setUpLinks {
        id
        name
        status
        createdAt
        lastUsedAt
      }
      scimClients {
        id
        name
        revokedAt
        createdAt
        lastUsedAt
      }
    }
  }
`);

export const vouchDocument = graphql(`
  mutation VouchForSignOn($id: ID!, $updatedAt: Time!) {
    vouchForSignOn(connectionId: $id, updatedAt: $updatedAt) {
      connection {
        id
      }
    }
  }
`);

export const switchDocument = graphql(`
  mutation SwitchSignOn($id: ID!, $enabled: Boolean!, $endSessions: Boolean!) {
    switchSignOn(connectionId: $id, enabled: $enabled, endSessions: $endSessions) {
      connection {
        id
      }
    }
  }
`);

export const removeSignOnDocument = graphql(`
  mutation RemoveSignOn($id: ID!) {
    removeSignOn(connectionId: $id) {
      connection {
        id
      }
    }
  }
`);

export const addSecretDocument = graphql(`
  mutation AddClientSecret($id: ID!, $secret: String!, $expiresAt: Time) {
    addClientSecret(connectionId: $id, secret: $secret, expiresAt: $expiresAt) {
      connection {
        id
      }
    }
  }
`);

export const makeKeyDocument = graphql(`
  mutation MakeSignOnKey($id: ID!) {
    makeSignOnKey(connectionId: $id) {
      connection {
        id
      }
    }
  }
`);

export const removeSecretDocument = graphql(`
  mutation RemoveSignOnSecret($id: ID!, $secret: ID!) {
    removeSignOnSecret(connectionId: $id, id: $secret) {
      connection {
        id
      }
    }
  }
`);

/** SignOnConnection is a connection, as far as people sign in through it. */
export type SignOnConnection = NonNullable<ResultOf<typeof signOnDocument>["connection"]>;
export type SignOn = NonNullable<SignOnConnection["signOn"]>;
export type Secret = SignOn["secrets"][number];
export type RoleRule = SignOn["roles"][number];
export type Protocol = SignOn["protocol"];
