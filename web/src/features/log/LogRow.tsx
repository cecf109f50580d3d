import { Anchor, Button, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useId } from "../../lib/address";
import { plainReason } from "../../lib/health";
import { duration } from "../../lib/time";
import { useText } from "../../text";
import { Changes } from "../../ui/Changes";
import { Copyable } from "../../ui/Copy";
import { Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Page, Section } from "../../ui/Page";
import { Payload } from "../../ui/Payload";
import { Status } from "../../ui/Status";
import { When } from "../../ui/When";
import { curlOf } from "./curl";
import { explain } from "./explain";
import { useConnections } from "./RowTable";
import { type OneRow, oneDocument } from "./row";
import { inWords } from "./rows";

/** LogRow is one request of the log: what it meant, what to do, what it changed, and its bodies. */
export function LogRow() {
  const { say } = useText();
  const may = useMay();
  const id = useId();
  const [answer, ask] = useQuery({
    query: oneDocument,
    variables: { id, users: may("users:read"), organization: may("organization:read") },
  });
  const back = { to: "/log", label: say("log.back") };
  return (
    <Loaded
      whole
      answer={answer}
      retry={() => ask({ requestPolicy: "network-only" })}
      skeleton={
        <Stack>
          <Skeleton height={28} width="60%" />
          <Skeleton height={16} width="30%" />
          <Skeleton height={96} />
          <Skeleton height={240} />
        </Stack>
      }
    >
      {({ provisioningLog: row, organization }) =>
        row ? (
          <One row={row} base={organization?.scimUrl} back={back} />
        ) : (
          <Page title={say("log.title")} back={back}>
            <Notice title={say("log.gone")} text={say("log.goneText")} />
          </Page>
        )
      }
    </Loaded>
  );
}

function One({
  row,
  base,
  back,
}: {
  row: OneRow;
  base: string | undefined;
  back: { to: string; label: string };
}) {
  const { say } = useText();
  const { key, tone } = inWords(row);
  const may = useMay();
  const { why, todo } = explain(row);
  const reason = plainReason(row.detail ?? "");
  const holder = /is in use by user ([0-9a-f-]{36})/.exec(row.detail ?? "")?.[1];
  return (
    <Page
      title={row.operation}
      back={back}
      about={
        <>
          <Status tone={tone}>{say(key)}</Status> · <When at={row.createdAt} />
        </>
      }
      actions={base && <CopyCurl command={curlOf(base, row)} />}
    >
      <Section title={say("log.explain")}>
        <Stack gap="xs" maw="48rem">
          {row.detail && (
            <Text fw={500} dir="auto">
              {reason.charAt(0).toUpperCase() + reason.slice(1)}
            </Text>
          )}
          {holder && may("users:read") && (
            <Anchor component={Link} to={`/people/${holder}`}>
              {say("log.holder")}
            </Anchor>
          )}
          <Text>{say(why)}</Text>
          {row.warnings.map((w) => (
            <Status key={w} tone="warn">
              {w}
            </Status>
          ))}
        </Stack>
      </Section>
      {todo && (
        <Section title={say("log.todo")}>
          <Text maw="48rem">{say(todo)}</Text>
        </Section>
      )}
      <Section title={say("log.changes")}>
        {row.changes.length > 0 ? (
          <Changes changes={row.changes} label={say("log.changes")} />
        ) : (
          <Text c="var(--faint)">{say("log.changes.none")}</Text>
        )}
      </Section>
      <Section title={say("log.sent")}>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          <Body label={say("log.request")} text={row.requestBody} none={say("log.noRequest")} />
          <Body
            label={say("log.response")}
            text={row.responseBody}
            none={say("log.noResponse", { status: row.status })}
          />
        </SimpleGrid>
      </Section>
      <Section title={say("log.facts")}>
        <RowFacts row={row} />
      </Section>
    </Page>
  );
}

const cut = 16 * 1024 - 200; // bytes; a body that is about as long was cut

function Body({ label, text, none }: { label: string; text: string | null; none: string }) {
  const { say } = useText();
  if (!text) return <Text c="var(--faint)">{none}</Text>;
  return (
    <Stack gap={4} miw={0}>
      <Payload text={text} label={label} />
      {new Blob([text]).size >= cut && (
        <Text size="sm" c="var(--faint)">
          {say("log.cut")}
        </Text>
      )}
    </Stack>
  );
}

function CopyCurl({ command }: { command: string }) {
  const { say } = useText();
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <Button variant="default" title={say("log.curlText")} onClick={() => clipboard.copy(command)}>
      {clipboard.copied ? say("copy.copied") : say("log.copyCurl")}
    </Button>
  );
}

function RowFacts({ row }: { row: OneRow }) {
  const { say, locale } = useText();
  const may = useMay();
  const connections = useConnections();
  const link = (to: string, text: string) => (
    <Anchor component={Link} to={to}>
      {text}
    </Anchor>
  );
  const facts = [
    { name: say("log.reference"), value: <Copyable value={row.id} what={say("log.reference")} /> },
    { name: say("log.person"), value: row.user && link(`/people/${row.user.id}`, row.user.name) },
    { name: say("log.path"), value: <code>{`${row.method} ${row.path}`}</code> },
    { name: say("log.status"), value: String(row.status) },
    { name: say("log.scimType"), value: row.scimType && <code>{row.scimType}</code> },
    { name: say("log.took"), value: duration(Math.max(1, Math.round(row.durationMs)), locale) },
    {
      name: say("log.connection"),
      value:
        row.connectionId &&
        link(
          `/connections/${row.connectionId}`,
          connections?.get(row.connectionId) ?? say("log.connection.gone"),
        ),
    },
    { name: say("log.client"), value: row.client },
    { name: say("log.address"), value: row.address },
    {
      name: say("log.activity"),
      value: row.activity && <Copyable value={row.activity} what={say("log.activity")} />,
    },
    {
      name: say("log.cycle"),
      value: row.cycleId && link(`/log?cycle=${row.cycleId}`, say("log.cycle.open")),
    },
    {
      name: say("log.events"),
      value:
        may("events:read") &&
        row.eventIds.length > 0 &&
        link(`/audit?correlation=${row.id}`, say("log.events.open", { count: row.eventIds.length })),
    },
    {
      name: say("log.target"),
      value: row.targetId && link(`/log?person=${row.targetId}`, say("log.target.open")),
    },
  ];
  return <Facts facts={facts.filter((f) => f.value)} />;
}
