import { Stack, Text, Title } from "@mantine/core";
import { duration } from "../../../lib/time";
import { useText } from "../../../text";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Figures } from "../../../ui/Figures";
import { Payload } from "../../../ui/Payload";
import { Status } from "../../../ui/Status";
import { cycleOf } from "./advance";
import type { Report as ReportOf } from "./documents";
import classes from "./Report.module.css";

type Cycle = ReportOf["cycles"][number];
type Latency = ReportOf["latency"][number];
type Wrong = ReportOf["wrongAnswers"][number];

/** Report says in one sentence how a rehearsal went, shows each wrong answer, and how long things took. */
export function Report({ report: r, users, whole }: { report: ReportOf; users: number; whole: boolean }) {
  const { say, number, locale } = useText();
  const cycles: Column<Cycle>[] = [
    { key: "name", title: say("rehearsal.part"), cell: (c) => say(`rehearsal.cycle.${cycleOf(c.name)}`) },
    { key: "requests", title: say("connections.requests"), cell: (c) => number(c.requests), numeric: true },
    { key: "wrong", title: say("rehearsal.wrong"), cell: (c) => number(c.wrong), numeric: true },
    {
      key: "took",
      title: say("rehearsal.took"),
      cell: (c) => duration(c.seconds * 1000, locale),
      numeric: true,
    },
  ];
  const ms = (value: number) => duration(Math.max(1, value), locale);
  const latency: Column<Latency>[] = [
    { key: "request", title: say("rehearsal.request"), cell: (l) => l.request },
    { key: "count", title: say("rehearsal.count"), cell: (l) => number(l.count), numeric: true },
    { key: "p50", title: say("rehearsal.p50"), cell: (l) => ms(l.p50), numeric: true },
    { key: "p95", title: say("rehearsal.p95"), cell: (l) => ms(l.p95), numeric: true },
    { key: "max", title: say("rehearsal.max"), cell: (l) => ms(l.max), numeric: true },
  ];
  const values = { users, requests: r.requests, wrong: r.wrong, time: duration(r.seconds * 1000, locale) };
  return (
    <Stack gap="lg">
      {whole && (
        <div className={classes.verdict}>
          <Status tone={r.wrong > 0 ? "bad" : "good"}>
            {say(r.wrong > 0 ? "rehearsal.bad" : "rehearsal.good")}
          </Status>
          <Text maw="42rem">{say(r.wrong > 0 ? "rehearsal.badText" : "rehearsal.goodText", values)}</Text>
        </div>
      )}
      <Figures
        figures={[
          { name: say("rehearsal.made"), value: number(r.created) },
          { name: say("rehearsal.changed"), value: number(r.patched) },
          { name: say("rehearsal.deleted"), value: number(r.deleted) },
          {
            name: say("rehearsal.wrong"),
            value: number(r.wrong),
            ...(r.wrong > 0 && { tone: "bad" as const }),
          },
          { name: say("rehearsal.took"), value: duration(r.seconds * 1000, locale) },
        ]}
      />
      {r.throttled > 0 && <Text maw="42rem">{say("rehearsal.throttled", { count: r.throttled })}</Text>}
      {r.wrongAnswers.length > 0 && (
        <div>
          <Title order={3} mb="xs">
            {say("rehearsal.wrongAnswers", {
              shown: r.wrongAnswers.length,
              more: r.wrong > r.wrongAnswers.length ? "yes" : "no",
            })}
          </Title>
          <ol className={classes.wrong}>
            {r.wrongAnswers.map((w, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes
              <li key={n}>
                <WrongAnswer wrong={w} open={n === 0} />
              </li>
            ))}
          </ol>
        </div>
      )}
      <DataTable label={say("rehearsal.parts")} columns={cycles} rows={r.cycles} id={(c) => c.name} />
      <details>
        <summary>{say("rehearsal.latency")}</summary>
        <DataTable
          label={say("rehearsal.latency")}
          columns={latency}
          rows={r.latency}
          id={(l) => l.request}
        />
      </details>
    </Stack>
  );
}

function WrongAnswer({ wrong: w, open }: { wrong: Wrong; open: boolean }) {
  const { say } = useText();
  const asked = `${w.method} ${w.path}`;
  const answered = w.status > 0 ? say("rehearsal.answered", { status: w.status }) : say("rehearsal.noAnswer");
  return (
    <details open={open}>
      <summary>
        {say(`rehearsal.cycle.${cycleOf(w.cycle)}`)}:{" "}
        {say("rehearsal.expected", { what: w.expected[0] ?? "" })}
      </summary>
      <Stack gap="xs" mt="xs">
        {w.expected.length > 1 && (
          <ul className={classes.expected}>
            {w.expected.slice(1).map((e) => (
              <li key={e}>{say("rehearsal.expected", { what: e })}</li>
            ))}
          </ul>
        )}
        <div className={classes.pair}>
          <Payload text={w.requestBody || asked} label={w.requestBody ? asked : say("rehearsal.asked")} />
          <Payload text={w.responseBody || answered} label={answered} />
        </div>
      </Stack>
    </details>
  );
}
