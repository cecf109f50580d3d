import { Anchor, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import type { ResultOf } from "../../lib/documents";
import { useLive } from "../../lib/live";
import { useRefresh } from "../../lib/refresh";
import { useText } from "../../text";
import { type Column, DataTable } from "../../ui/DataTable";
import { HealthStatus } from "../../ui/Health";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { When } from "../../ui/When";
import { changedDocument, listDocument } from "./documents";

type Row = ResultOf<typeof listDocument>["connections"][number];

/** Connections lists the links to identity providers. */
export function Connections() {
  const { say, number } = useText();
  const may = useMay();
  const [answer, ask] = useQuery({ query: listDocument });
  const refresh = useRefresh(ask);
  useLive(changedDocument, {}, refresh, { paused: !may("log:read") });
  const columns: Column<Row>[] = [
    {
      key: "name",
      title: say("connections.name"),
      cell: (c) => (
        <Anchor component={Link} to={`/connections/${c.id}`} fw={500}>
          {c.name}
        </Anchor>
      ),
    },
    { key: "kind", title: say("connections.provider"), cell: (c) => say(`kind.${c.kind}`) },
    {
      key: "status",
      title: say("connections.status"),
      cell: (c) => <HealthStatus status={c.health.status} />,
    },
    {
      key: "heard",
      title: say("connections.heard"),
      cell: (c) => <When at={c.health.lastHeardAt} none={say("connections.never")} />,
    },
    { key: "people", title: say("connections.people"), cell: (c) => number(c.userCount), numeric: true },
    { key: "groups", title: say("connections.groups"), cell: (c) => number(c.groupCount), numeric: true },
    {
      key: "failing",
      title: say("connections.failing"),
      cell: (c) => number(c.health.problems.reduce((sum, p) => sum + p.targets, 0)),
      numeric: true,
    },
  ];
  const create = may("connections:write") && (
    <Button component={Link} to="/connections/new">
      {say("connections.new")}
    </Button>
  );
  const table = (rows: Row[] | undefined) => (
    <DataTable
      label={say("connections.title")}
      columns={columns}
      rows={rows}
      id={(c) => c.id}
      name={(c) => c.name}
      href={(c) => `/connections/${c.id}`}
      expected={3}
      empty={<Notice title={say("connections.none")} text={say("connections.noneText")} action={create} />}
    />
  );
  return (
    <Page title={say("connections.title")} about={say("connections.about")} actions={create}>
      <Loaded answer={answer} retry={() => ask()} skeleton={table(undefined)}>
        {(data) => table(data.connections)}
      </Loaded>
    </Page>
  );
}
