import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo, type ReactNode, useMemo } from "react";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { plainReason } from "../../lib/health";
import { duration } from "../../lib/time";
import { useText } from "../../text";
import { type Column, DataTable } from "../../ui/DataTable";
import { Status } from "../../ui/Status";
import { When } from "../../ui/When";
import { connectionsDocument, inWords, type Row } from "./rows";

/** useConnections names the connections of the organization, by id. */
export function useConnections(): ReadonlyMap<string, string> | undefined {
  const may = useMay();
  const [{ data }] = useQuery({ query: connectionsDocument, pause: !may("connections:read") });
  return useMemo(() => data && new Map(data.connections.map((c) => [c.id, c.name])), [data]);
}

/** RowTable lists rows of the log. */
export const RowTable = memo(function RowTable(props: {
  rows: readonly Row[] | undefined;
  empty: ReactNode;
}) {
  const { say, locale } = useText();
  const connections = useConnections();
  const columns: Column<Row>[] = [
    {
      key: "what",
      title: say("log.what"),
      cell: (r) => (
        <>
          <Anchor
            component={Link}
            to={`/log/${r.id}`}
            preload={false}
            fw={inWords(r).tone === "quiet" ? 400 : 500}
            c="var(--ink)"
            dir="auto"
          >
            {r.operation}
          </Anchor>
          {r.detail && inWords(r).tone === "bad" && (
            <Text size="sm" c="var(--faint)" dir="auto" lineClamp={2}>
              {plainReason(r.detail)}
            </Text>
          )}
        </>
      ),
    },
    {
      key: "outcome",
      title: say("log.outcome"),
      width: "11rem",
      cell: (r) => {
        const { key, tone } = inWords(r);
        return <Status tone={tone}>{say(key)}</Status>;
      },
    },
    {
      key: "took",
      title: say("log.took"),
      width: "6rem",
      numeric: true,
      wide: true,
      cell: (r) => duration(Math.max(1, Math.round(r.durationMs)), locale),
    },
    { key: "when", title: say("log.when"), width: "10rem", cell: (r) => <When at={r.createdAt} /> },
  ];
  if (connections && connections.size > 1)
    columns.splice(2, 0, {
      key: "connection",
      title: say("log.connection"),
      width: "10rem",
      cell: (r) => (r.connectionId ? (connections.get(r.connectionId) ?? say("log.connection.gone")) : ""),
    });
  return (
    <DataTable
      label={say("log.title")}
      columns={columns}
      rows={props.rows}
      id={(r) => r.id}
      name={(r) => r.operation}
      href={(r) => `/log/${r.id}`}
      empty={props.empty}
      expected={14}
    />
  );
});
