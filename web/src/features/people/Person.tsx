import { Button, Group, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress, useId } from "../../lib/address";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { NotFound, Notice } from "../../ui/Notice";
import { Page, Section } from "../../ui/Page";
import { Payload } from "../../ui/Payload";
import { done, failed } from "../../ui/toast";
import { When } from "../../ui/When";
import { PersonActs } from "./PersonActs";
import { PersonAround } from "./PersonAround";
import { PersonFacts } from "./PersonFacts";
import { PersonHistory } from "./PersonHistory";
import { PersonSessions } from "./PersonSessions";
import { PersonStatus } from "./PersonStatus";
import { type One, personDocument } from "./personDocument";

const tabs = ["about", "history", "access"] as const;

/** Person is the page of one person. */
export function Person() {
  const { say } = useText();
  const id = useId();
  const [answer, again] = useQuery({ query: personDocument, variables: { id } });
  const retry = () => again({ requestPolicy: "network-only" });
  const person = answer.data?.user?.id === id ? answer.data : undefined;
  const data = answer.data?.user === null ? answer.data : person;
  return (
    <Loaded
      whole
      answer={{ ...answer, data }}
      retry={retry}
      skeleton={
        <Page title={say("people.one")} back={{ to: "/people", label: say("people.title") }}>
          <Stack aria-busy>
            <Skeleton height={16} maw={320} />
            {Array.from({ length: 8 }, (_, i) => i).map((i) => (
              <Skeleton key={i} height={14} width={`${40 + ((i * 13) % 40)}%`} />
            ))}
          </Stack>
        </Page>
      }
    >
      {({ user }) => (user ? <PersonPage person={user} again={retry} /> : <NotFound />)}
    </Loaded>
  );
}

function PersonPage({ person, again }: { person: One; again: () => void }) {
  const { say, number } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const tab = tabs.find((t) => t === address.tab && (t !== "history" || may("log:read"))) ?? "about";
  const attributes = person.attributes as Record<string, unknown>;
  return (
    <Page
      title={person.name}
      back={{ to: "/people", label: say("people.title") }}
      about={
        <Group gap="xs">
          <PersonStatus status={person.status} />
          <span>·</span>
          <span>{say(`role.${person.role}`)}</span>
          <span>·</span>
          <span dir="auto">
            {person.connection
              ? say("people.from", { connection: person.connection.name })
              : say("people.localLong")}
          </span>
          <span>·</span>
          <span>
            {say("people.changed")} <When at={person.updatedAt} />
          </span>
        </Group>
      }
      actions={<PersonActs person={person} again={again} />}
    >
      {person.linkAskedBy && <LinkAsked person={person} />}
      <Tabs value={tab} onChange={(t) => change({ tab: t === "about" ? undefined : (t ?? undefined) })}>
        <Tabs.List>
          <Tabs.Tab value="about">{say("people.tab.about")}</Tabs.Tab>
          {may("log:read") && <Tabs.Tab value="history">{say("people.tab.history")}</Tabs.Tab>}
          <Tabs.Tab value="access">
            {say("people.tab.access")}
            {person.sessions.length > 0 && ` (${number(person.sessions.length)})`}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="about" pt="lg">
          <Stack gap={32}>
            <PersonFacts person={person} />
            <PersonAround person={person} />
            {Object.keys(attributes).length > 0 && (
              <Section title={say("people.attributes")} about={say("people.attributesAbout")}>
                <Payload text={JSON.stringify(attributes)} label={say("people.asSent")} />
              </Section>
            )}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="history" pt="lg">
          {tab === "history" && <PersonHistory id={person.id} />}
        </Tabs.Panel>
        <Tabs.Panel value="access" pt="lg">
          <PersonSessions person={person} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

const approveDocument = graphql(`
  mutation ApproveLink($id: ID!) {
    approveLink(userId: $id) {
      user {
        id
        version
      }
    }
  }
`);

function LinkAsked({ person }: { person: One }) {
  const { say } = useText();
  const may = useMay();
  const [{ fetching }, approve] = useMutation(approveDocument);
  const connection = person.linkAskedBy?.name ?? "";
  return (
    <Notice
      title={say("people.linkAsked", { connection })}
      text={<Text>{say("people.linkAskedText", { connection })}</Text>}
      action={
        may("users:write") && (
          <Button
            loading={fetching}
            onClick={async () => {
              const { error } = await approve({ id: person.id });
              if (error) failed(say("people.notDone"), error);
              else done(say("people.linkApproved", { connection }));
            }}
          >
            {say("people.linkApprove")}
          </Button>
        )
      }
    />
  );
}
