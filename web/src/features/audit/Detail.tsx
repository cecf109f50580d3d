import { Anchor, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Changes } from "../../ui/Changes";
import { Copyable } from "../../ui/Copy";
import { Facts } from "../../ui/Facts";
import { When } from "../../ui/When";
import { type AnEvent, changesOf, idsIn, spoken } from "./events";

const namesDocument = graphql(`
  query AuditNames($people: [ID!]!, $departments: Boolean!, $log: ID!, $logs: Boolean!) {
    users(first: 200, where: { ids: $people, statuses: [ACTIVE, INACTIVE, DELETED] }) {
      nodes {
        id
        name
      }
    }
    departments(first: 200) @include(if: $departments) {
      nodes {
        id
        name
      }
    }
    provisioningLog(id: $log) @include(if: $logs) {
      id
      operation
    }
  }
`);

const rooms: Record<string, string> = {
  User: "/people/",
  Group: "/groups/",
  Department: "/departments/",
  Connection: "/connections/",
};

/** Detail is what an event changed, with names in place of ids, and where to go from it. */
export function Detail({ event }: { event: AnEvent }) {
  const { say } = useText();
  const may = useMay();
  const { people, departments } = idsIn(event);
  const [{ data }] = useQuery({
    query: namesDocument,
    variables: {
      people,
      departments: departments.length > 0 && may("departments:read"),
      log: event.correlationId ?? event.id,
      logs: event.correlationId !== null && may("log:read"),
    },
    pause: !may("users:read"),
  });
  const names = new Map(
    [...(data?.users.nodes ?? []), ...(data?.departments?.nodes ?? [])].map((n) => [n.id, n.name]),
  );
  const changes = changesOf(event);
  const link = (to: string, text: string) => (
    <Anchor component={Link} to={to}>
      {text}
    </Anchor>
  );
  const room = rooms[event.entity];
  const facts: { name: string; value: ReactNode }[] = [
    { name: say("audit.facts.type"), value: <code>{event.type}</code> },
    { name: say("audit.facts.id"), value: <Copyable value={event.id} what={say("audit.facts.id")} /> },
    {
      name: say("audit.facts.history"),
      value: (
        <>
          {link(`/audit?id=${event.entityId}`, say("audit.facts.show"))}
          {room && <> · {link(room + event.entityId, say("audit.facts.open"))}</>}
        </>
      ),
    },
    {
      name: say("audit.facts.actor"),
      value: event.actorId && link(`/audit?by=${event.actorId}`, say("audit.facts.show")),
    },
    {
      name: say("audit.facts.request"),
      value: data?.provisioningLog && link(`/log/${data.provisioningLog.id}`, data.provisioningLog.operation),
    },
    {
      name: say("audit.facts.same"),
      value:
        event.correlationId && link(`/audit?correlation=${event.correlationId}`, say("audit.facts.show")),
    },
  ];
  const all = [
    ...changes.map((c) => ({ ...c, attribute: spoken(c.attribute) })),
    ...(event.added.length > 0 ? [{ attribute: say("audit.added"), new: event.added }] : []),
    ...(event.removed.length > 0 ? [{ attribute: say("audit.removed"), old: event.removed }] : []),
  ];
  return (
    <Stack gap="sm">
      {all.length > 0 ? (
        <Changes
          changes={all}
          label={say("audit.title")}
          show={(attribute, value) =>
            names.get(value) ?? (attribute.endsWith(" at") ? <When at={value} /> : undefined)
          }
        />
      ) : (
        <Text c="var(--faint)">{say("audit.noChanges")}</Text>
      )}
      <Facts facts={facts.filter((f) => f.value)} />
    </Stack>
  );
}
