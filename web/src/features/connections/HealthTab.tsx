import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { plainReason, plainSummary } from "../../lib/health";
import { duration } from "../../lib/time";
import { useText } from "../../text";
import { type Column, DataTable } from "../../ui/DataTable";
import { Days } from "../../ui/Days";
import { Figures } from "../../ui/Figures";
import { Section } from "../../ui/Page";
import { When } from "../../ui/When";
import type { OneConnection } from "./documents";
import { Rehearsal } from "./rehearsal/Rehearsal";

type Problem = OneConnection["health"]["problems"][number];

/** HealthTab says how the connection is doing: its figures, its last 14 days, what fails, what the mapping lacks. */
export function HealthTab({ connection: c }: { connection: OneConnection }) {
  const { say, number, locale } = useText();
  const { health } = c;
  const columns: Column<Problem>[] = [
    {
      key: "detail",
      title: say("connections.problem"),
      cell: (p) => (
        <Anchor component={Link} to={`/log/${p.exampleId}`}>
          {plainReason(p.detail)}
        </Anchor>
      ),
    },
    { key: "targets", title: say("connections.keptBack"), cell: (p) => number(p.targets), numeric: true },
    { key: "requests", title: say("connections.requests"), cell: (p) => number(p.requests), numeric: true },
    { key: "seen", title: say("connections.lastSeen"), cell: (p) => <When at={p.lastSeenAt} /> },
  ];
  return (
    <Stack gap="xl">
      <Text maw="46rem">{plainSummary(health.summary)}</Text>
      <Figures
        figures={[
          {
            name: say("connections.heard"),
            value: <When at={health.lastHeardAt} none={say("connections.never")} />,
            ...(health.overdueSince && { tone: "warn" as const }),
          },
          {
            name: say("connections.rhythm"),
            value: health.usualIntervalMinutes
              ? say("connections.every", { time: duration(health.usualIntervalMinutes * 60_000, locale) })
              : say("connections.rhythmNone"),
          },
          { name: say("connections.people"), value: number(c.userCount) },
          { name: say("connections.groups"), value: number(c.groupCount) },
          {
            name: say("connections.requestsDay"),
            value: number(health.requests),
            note: say("connections.failuresDay", { count: health.failures }),
          },
        ]}
      />
      <Section title={say("connections.days")}>
        <Days days={c.days} label={say("connections.daysOf", { name: c.name })} />
      </Section>
      <Section title={say("connections.problems")} about={say("connections.problemsAbout")}>
        <DataTable
          label={say("connections.problems")}
          columns={columns}
          rows={health.problems}
          id={(p) => p.exampleId}
          href={(p) => `/log/${p.exampleId}`}
          empty={<Text c="var(--faint)">{say("connections.problemsNone")}</Text>}
        />
      </Section>
      <Section title={say("connections.advice")} about={say("connections.adviceAbout")}>
        {health.advice.length === 0 ? (
          <Text c="var(--faint)">{say("connections.adviceNone")}</Text>
        ) : (
          <Stack gap="sm" component="ul" m={0} ps="md">
            {health.advice.map((a) => (
              <li key={a.code}>
                <Text maw="46rem">{a.message}</Text>
              </li>
            ))}
          </Stack>
        )}
      </Section>
      <Rehearsal connection={c} />
    </Stack>
  );
}
