import { graphql, type ResultOf } from "../../lib/documents";

export const oneDocument = graphql(`
  query LogRow($id: ID!, $users: Boolean!, $organization: Boolean!) {
    provisioningLog(id: $id) {
      id
      createdAt
      durationMs
      operation
      outcome
      status
      scimType
      detail
      warnings
      method
      path
      client
      activity
      address
      connectionId
      cycleId
      targetId
      user @include(if: $users) {
        id
        name
      }
      changes {
        attribute
        old
        new
      }
      eventIds
      requestBody
      responseBody
    }
    organization @include(if: $organization) {
      id
      scimUrl
    }
  }
`);

/** OneRow is a row of the log with all that is known of it. */
export type OneRow = NonNullable<ResultOf<typeof oneDocument>["provisioningLog"]>;
