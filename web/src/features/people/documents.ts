import { graphql, type ResultOf } from "../../lib/documents";

/** peopleDocument is a page of people. */
export const peopleDocument = graphql(`
  query People(
    $first: Int
    $after: String
    $last: Int
    $before: String
    $search: String
    $filter: String
    $where: UserWhere
    $orderBy: UserOrder
  ) {
    users(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      filter: $filter
      where: $where
      orderBy: $orderBy
    ) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        name
        userName
        status
        role
        email
        title
        employeeNumber
        costCenter
        division
        company
        userType
        externalId
        createdAt
        updatedAt
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
      }
    }
  }
`);

/** PersonRow is one line of the table of people. */
export type PersonRow = ResultOf<typeof peopleDocument>["users"]["nodes"][number];

/** connectionsDocument names the connections, for filters. */
export const connectionsDocument = graphql(`
  query ConnectionNames {
    connections {
      id
      name
    }
  }
`);

export const deactivateDocument = graphql(`
  mutation Deactivate($id: ID!) {
    deactivateUser(id: $id) {
      user {
        id
        status
      }
    }
  }
`);

export const reactivateDocument = graphql(`
  mutation Reactivate($id: ID!) {
    reactivateUser(id: $id) {
      user {
        id
        status
      }
    }
  }
`);
