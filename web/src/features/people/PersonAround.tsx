import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Page";
import { PersonStatus } from "./PersonStatus";
import type { One } from "./personDocument";

/** PersonAround are the groups of a person and who reports to them. */
export function PersonAround({ person }: { person: One }) {
  const { say } = useText();
  const none = (text: string) => <Text c="var(--faint)">{text}</Text>;
  return (
    <>
      <Section title={say("people.groups")}>
        <DataTable
          label={say("people.groups")}
          rows={person.groups}
          id={(g) => g.id}
          href={(g) => `/groups/${g.id}`}
          empty={none(say("people.noGroups"))}
          columns={[
            {
              key: "name",
              title: say("people.name"),
              cell: (g) => (
                <Anchor component={Link} to={`/groups/${g.id}`} c="var(--ink)" fw={500}>
                  {g.displayName}
                </Anchor>
              ),
            },
            {
              key: "source",
              title: say("people.column.source"),
              width: "14rem",
              cell: (g) => g.connection?.name ?? say("people.local"),
            },
          ]}
        />
      </Section>
      <Section
        title={say("people.reports")}
        about={person.reportCount > 0 && say("people.reportCount", { count: person.reportCount })}
        actions={
          <Anchor component={Link} to="/people/chart" search={{ at: person.id } as never} size="sm">
            {say("people.inChart")}
          </Anchor>
        }
      >
        <DataTable
          label={say("people.reports")}
          rows={person.reports.nodes}
          id={(p) => p.id}
          href={(p) => `/people/${p.id}`}
          empty={none(say("people.noReports"))}
          columns={[
            {
              key: "name",
              title: say("people.name"),
              cell: (p) => (
                <Anchor component={Link} to={`/people/${p.id}`} c="var(--ink)" fw={500}>
                  {p.name}
                </Anchor>
              ),
            },
            { key: "title", title: say("people.column.title"), cell: (p) => p.title },
            {
              key: "status",
              title: say("people.column.status"),
              width: "9rem",
              cell: (p) => <PersonStatus status={p.status} />,
            },
          ]}
        />
      </Section>
    </>
  );
}
