import { Anchor, Group, Skeleton, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../../lib/documents";
import { plainReason, plainSummary } from "../../lib/health";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { Status } from "../../ui/Status";
import { When } from "../../ui/When";
import classes from "./Causes.module.css";
import { explain } from "./explain";

const causesDocument = graphql(`
  query LogCauses {
    connections {
      id
      name
      health {
        connectionId
        summary
        problems {
          detail
          scimType
          requests
          targets
          lastSeenAt
          exampleId
        }
      }
    }
  }
`);

type Cause = ResultOf<typeof causesDocument>["connections"][number]["health"]["problems"][number];

/** Causes lists why people fail now: fifty people with one trouble are one line. */
export function Causes() {
  const { say } = useText();
  const [answer, ask] = useQuery({ query: causesDocument });
  return (
    <Loaded
      answer={answer}
      retry={() => ask({ requestPolicy: "network-only" })}
      skeleton={<Skeleton height={120} />}
    >
      {({ connections }) => {
        const failing = connections.filter((c) => c.health.problems.length > 0);
        if (failing.length === 0)
          return <Notice title={say("log.cause.empty")} text={say("log.cause.emptyText")} />;
        return (
          <Stack gap="xl">
            {failing.map((c) => (
              <Section key={c.id} title={c.name} about={plainSummary(c.health.summary)}>
                <ul className={classes.causes}>
                  {c.health.problems.map((p) => (
                    <One key={p.exampleId} cause={p} connection={c.id} />
                  ))}
                </ul>
              </Section>
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}

function One({ cause, connection }: { cause: Cause; connection: string }) {
  const { say } = useText();
  // Of a reason without a word of SCIM's, the row itself knows more: its status.
  const { todo } = explain({ outcome: "REFUSED", status: 400, scimType: cause.scimType, method: "POST" });
  const all = new URLSearchParams({ outcome: "REFUSED,FAILED", since: "24h", connection });
  if (cause.scimType) all.set("type", cause.scimType);
  return (
    <li>
      <Text fw={500} dir="auto">
        {plainReason(cause.detail)}
      </Text>
      <Group gap="xs" my={4}>
        <Status tone="bad">{say("log.cause.targets", { count: cause.targets })}</Status>
        <Text size="sm" c="var(--faint)">
          {say("log.cause.requests", { count: cause.requests })} · {say("log.cause.last")}{" "}
          <When at={cause.lastSeenAt} />
        </Text>
      </Group>
      {cause.scimType && todo && (
        <Text size="sm" maw="44rem">
          {say(todo)}
        </Text>
      )}
      <Group gap="md" mt={4}>
        <Anchor component={Link} to={`/log/${cause.exampleId}`} size="sm">
          {say("log.cause.example")}
        </Anchor>
        <Anchor component={Link} to={`/log?${all}`} size="sm">
          {say("log.cause.all")}
        </Anchor>
      </Group>
    </li>
  );
}
