import { Button, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { browserOf } from "../../lib/browser";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Page";
import { done } from "../../ui/toast";
import { When } from "../../ui/When";
import { PersonAccounts } from "./PersonAccounts";
import type { One } from "./personDocument";

const endDocument = graphql(`
  mutation EndSessionsOf($id: ID!) {
    endUserSessions(userId: $id) {
      ended
    }
  }
`);

const removeDocument = graphql(`
  mutation RemovePasskeysOf($id: ID!) {
    removeUserPasskeys(userId: $id) {
      removed
    }
  }
`);

/** PersonSessions are where a person is signed in, and with which devices they can be. */
export function PersonSessions({ person }: { person: One }) {
  const { say } = useText();
  const may = useMay();
  const [, change] = useAddress();
  const [asking, ask] = useState<"end" | "remove">();
  // The answers name no person, so the person is read again by hand.
  const context = { additionalTypenames: ["User", "Session", "Passkey"] };
  const [ending, end] = useMutation(endDocument);
  const [removing, remove] = useMutation(removeDocument);
  const none = (text: string) => <Text c="var(--faint)">{text}</Text>;
  const problem = (error: typeof ending.error) => error && refusals(error)[0]?.message;

  return (
    <Stack gap={32}>
      <PersonAccounts person={person} />
      <Section
        title={say("people.sessions")}
        actions={
          may("users:write") && (
            <>
              {person.status === "ACTIVE" && (
                <Button size="xs" variant="default" onClick={() => change({ do: "link" })}>
                  {say("people.link")}
                </Button>
              )}
              {person.sessions.length > 0 && (
                <Button size="xs" variant="default" onClick={() => ask("end")}>
                  {say("people.endSessions")}
                </Button>
              )}
            </>
          )
        }
      >
        <DataTable
          label={say("people.sessions")}
          rows={person.sessions}
          id={(s) => s.id}
          empty={none(say("people.noSessions"))}
          columns={[
            {
              key: "agent",
              title: say("people.browser"),
              cell: (s) => (
                <span title={s.agent ?? ""}>
                  {browserOf(s.agent) ?? say("people.noAgent")}
                  {s.isCurrent && ` (${say("people.thisOne")})`}
                </span>
              ),
            },
            { key: "address", title: say("people.address"), width: "10rem", cell: (s) => s.address },
            {
              key: "how",
              title: say("people.how"),
              width: "10rem",
              cell: (s) => say(`people.by.${s.method}`),
            },
            { key: "seen", title: say("people.seen"), width: "9rem", cell: (s) => <When at={s.seenAt} /> },
            { key: "ends", title: say("people.ends"), width: "9rem", cell: (s) => <When at={s.expiresAt} /> },
          ]}
        />
      </Section>
      <Section
        title={say("people.passkeys")}
        actions={
          may("users:write") &&
          person.passkeys.length > 0 && (
            <Button size="xs" variant="default" onClick={() => ask("remove")}>
              {say("people.removePasskeys")}
            </Button>
          )
        }
      >
        <DataTable
          label={say("people.passkeys")}
          rows={person.passkeys}
          id={(p) => p.id}
          empty={none(say("people.noPasskeys"))}
          columns={[
            { key: "name", title: say("people.name"), cell: (p) => p.name },
            { key: "made", title: say("people.column.createdAt"), cell: (p) => <When at={p.createdAt} /> },
            {
              key: "used",
              title: say("people.used"),
              cell: (p) => <When at={p.lastUsedAt} none={say("people.neverUsed")} />,
            },
          ]}
        />
      </Section>
      <Confirm
        opened={asking === "end"}
        title={say("people.endSessions")}
        text={say("people.endText", { name: person.name, count: person.sessions.length })}
        act={say("people.endSessions")}
        busy={ending.fetching}
        problem={problem(ending.error)}
        onClose={() => ask(undefined)}
        onAct={async () => {
          const { data } = await end({ id: person.id }, context);
          if (!data) return;
          ask(undefined);
          done(say("people.ended", { count: data.endUserSessions.ended }));
        }}
      />
      <Confirm
        opened={asking === "remove"}
        title={say("people.removePasskeys")}
        text={say("people.removeText", { name: person.name, count: person.passkeys.length })}
        act={say("people.removePasskeys")}
        busy={removing.fetching}
        problem={problem(removing.error)}
        onClose={() => ask(undefined)}
        onAct={async () => {
          const { data } = await remove({ id: person.id }, context);
          if (!data) return;
          ask(undefined);
          done(say("people.removed", { count: data.removeUserPasskeys.removed }));
        }}
      />
    </Stack>
  );
}
