import { graphql, type ResultOf } from "../../lib/documents";

/** personDocument is all that the page of one person shows above its history. */
export const personDocument = graphql(`
  query Person($id: ID!) {
    user(id: $id) {
      id
      version
      createdAt
      updatedAt
      status
      deletedAt
      role
      userName
      name
      externalId
      displayName
      formattedName
      givenName
      familyName
      title
      email
      employeeNumber
      costCenter
      division
      company
      userType
      preferredLanguage
      locale
      timezone
      departmentName
      managerValue
      reportCount
      ownedFields
      attributes
      emails {
        value
        kind
        primary
      }
      department {
        id
        name
      }
      manager {
        id
        name
      }
      connection {
        id
        name
      }
      linkAskedBy {
        id
        name
      }
      groups {
        id
        displayName
        connection {
          id
          name
        }
      }
      reports(first: 20) {
        pageInfo {
          hasNextPage
        }
        nodes {
          id
          name
          title
          status
        }
      }
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
      accounts {
        id
        connectionId
        issuer
        subject
        name
        email
        how
        createdAt
        lastUsedAt
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

/** One is the person of the page. */
export type One = NonNullable<ResultOf<typeof personDocument>["user"]>;
