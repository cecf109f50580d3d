import { Anchor, Button, Skeleton, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { useAddress } from "../../lib/address";
import { graphql, type ResultOf } from "../../lib/documents";
import { usePages } from "../../lib/pages";
import { useText } from "../../text";
import { Changes } from "../../ui/Changes";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Pager } from "../../ui/Pager";
import type { Tone } from "../../ui/Status";
import { Timeline } from "../../ui/Timeline";
import { differences } from "./differences";

const historyDocument = graphql(`
  query PersonHistory($id: ID!, $first: Int!, $after: String) {
    user(id: $id) {
      id
      history(first: $first, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          at
          summary
          event {
            id
            type
            before
            after
          }
          log {
            id
            outcome
          }
        }
      }
    }
  }
`);

type Entry = NonNullable<ResultOf<typeof historyDocument>["user"]>["history"]["nodes"][number];

const pageSize = 25;

/** PersonHistory is one timeline of all that happened to a person. */
export function PersonHistory({ id }: { id: string }) {
  const { say } = useText();
  const [address] = useAddress();
  const [answer, again] = useQuery({
    query: historyDocument,
    variables: { id, first: pageSize, after: address.after ?? null },
  });
  const pages = usePages(answer.data?.user?.history.pageInfo);
  return (
    <Loaded
      answer={answer}
      retry={() => again({ requestPolicy: "network-only" })}
      skeleton={
        <Stack aria-busy>
          {Array.from({ length: 6 }, (_, i) => i).map((i) => (
            <Skeleton key={i} height={14} width={`${45 + ((i * 17) % 40)}%`} />
          ))}
        </Stack>
      }
    >
      {({ user }) =>
        user?.history.nodes.length ? (
          <Stack>
            <Timeline
              label={say("people.tab.history")}
              entries={user.history.nodes.map((e) => ({
                id: e.event?.id ?? e.log?.id ?? e.at,
                at: e.at,
                tone: toneOf(e),
                what: e.summary,
                detail: <Behind entry={e} />,
              }))}
            />
            <Pager {...pages} />
          </Stack>
        ) : (
          <Notice title={say("list.empty")} text={say("people.noHistory")} />
        )
      }
    </Loaded>
  );
}

function toneOf(entry: Entry): Tone {
  if (entry.log?.outcome === "REFUSED" || entry.log?.outcome === "FAILED") return "bad";
  const verb = entry.event?.type.split(".")[1];
  if (verb === "deactivated" || verb === "deleted") return "warn";
  return verb === "created" || verb === "reactivated" || verb === "restored" ? "good" : "quiet";
}

/** Behind opens the request, and what changed. */
function Behind({ entry }: { entry: Entry }) {
  const { say } = useText();
  const [opened, setOpened] = useState(false);
  const { event, log } = entry;
  const changes = event ? differences(event.before, event.after) : [];
  return (
    <>
      <Text component="div" size="sm" c="var(--faint)">
        {log && (
          <Anchor component={Link} to={`/log/${log.id}`} size="sm" me="md">
            {say("people.openRequest")}
          </Anchor>
        )}
        {changes.length > 0 && (
          <Button
            variant="subtle"
            size="compact-xs"
            color="gray"
            aria-expanded={opened}
            onClick={() => setOpened((o) => !o)}
          >
            {opened ? say("people.hideChanges") : say("people.showChanges")}
          </Button>
        )}
      </Text>
      {opened && <Changes changes={changes} label={say("people.showChanges")} />}
    </>
  );
}
