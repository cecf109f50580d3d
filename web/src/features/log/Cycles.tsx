import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useAddress } from "../../lib/address";
import { graphql } from "../../lib/documents";
import { usePages } from "../../lib/pages";
import { duration } from "../../lib/time";
import { useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Failure, Notice } from "../../ui/Notice";
import { Pager } from "../../ui/Pager";
import { Status } from "../../ui/Status";
import { When } from "../../ui/When";
import { useConnections } from "./RowTable";
import { ToConnections } from "./ToConnections";

const cyclesDocument = graphql(`
  query LogCycles($after: String) {
    provisioningCycles(first: 50, after: $after) {
      nodes {
        id
        startedAt
        seconds
        running
        connectionId
        client
        requests
        writes
        failures
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

/** Cycles lists what identity providers sent in one go. */
export function Cycles() {
  const { say, locale, number } = useText();
  const [{ after }] = useAddress();
  const connections = useConnections();
  const [{ data, error }, ask] = useQuery({ query: cyclesDocument, variables: { after: after ?? null } });
  const page = data?.provisioningCycles;
  const pages = usePages(page?.pageInfo);
  if (error && !page) return <Failure error={error} retry={() => ask({ requestPolicy: "network-only" })} />;
  return (
    <>
      <DataTable
        label={say("log.view.cycles")}
        rows={page?.nodes}
        id={(c) => c.id}
        href={(c) => `/log?cycle=${c.id}`}
        columns={[
          {
            key: "started",
            title: say("log.cycle.started"),
            cell: (c) => (
              <Anchor component={Link} to={`/log?cycle=${c.id}`} fw={500} c="var(--ink)">
                <When at={c.startedAt} />
              </Anchor>
            ),
          },
          {
            key: "connection",
            title: say("log.connection"),
            cell: (c) => connections?.get(c.connectionId) ?? (connections && say("log.connection.gone")),
          },
          { key: "client", title: say("log.cycle.client"), wide: true, cell: (c) => c.client },
          {
            key: "state",
            title: say("log.cycle.state"),
            width: "10rem",
            cell: (c) => (
              <Status tone={c.failures > 0 ? "bad" : "good"}>
                {c.failures > 0
                  ? say("log.cycle.failed", { count: c.failures })
                  : c.running
                    ? say("log.cycle.running")
                    : say("log.cycle.well")}
              </Status>
            ),
          },
          {
            key: "requests",
            title: say("log.cycle.requests"),
            numeric: true,
            width: "7rem",
            cell: (c) => number(c.requests),
          },
          {
            key: "writes",
            title: say("log.cycle.writes"),
            numeric: true,
            width: "7rem",
            cell: (c) => number(c.writes),
          },
          {
            key: "took",
            title: say("log.took"),
            numeric: true,
            width: "9rem",
            cell: (c) => duration(c.seconds * 1000, locale),
          },
        ]}
        empty={
          <Notice
            title={say("log.cycle.empty")}
            text={say("log.cycle.emptyText")}
            action={<ToConnections />}
          />
        }
      />
      {page && page.nodes.length > 0 && <Pager total={page.totalCount} {...pages} />}
    </>
  );
}
