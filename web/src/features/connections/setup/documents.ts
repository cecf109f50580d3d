import { graphql, type ResultOf } from "../../../lib/documents";

export const recentDocument = graphql(`
  query SetupRecent($from: Time!) {
    provisioningLogs(first: 100, where: { from: $from }) {
      nodes {
        id
        createdAt
        method
        path
        status
        operation
        detail
        client
        connectionId
        targetId
        requestBody
      }
    }
  }
`);

export const addedDocument = graphql(`
  subscription SetupHeard {
    provisioningLogAdded {
      id
      createdAt
      method
      path
      status
      operation
      detail
      client
      connectionId
      targetId
      requestBody
    }
  }
`);

export type LogRow = ResultOf<typeof recentDocument>["provisioningLogs"]["nodes"][number];
