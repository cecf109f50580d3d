import { Button, Text } from "@mantine/core";
import { useMutation } from "urql";
import { browserOf } from "../../lib/browser";
import { graphql } from "../../lib/documents";
import { type Key, useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Page";
import { Status } from "../../ui/Status";
import { done, failed } from "../../ui/toast";
import { When } from "../../ui/When";
import type { ASession } from "./account";

const endDocument = graphql(`
  mutation EndSession($id: ID!) {
    endSession(id: $id) {
      ended
    }
  }
`);

const endOthersDocument = graphql(`
  mutation EndOtherSessions {
    endOtherSessions {
      ended
    }
  }
`);

/** Sessions lists where one is signed in, and ends the others. */
export function Sessions({ sessions, again }: { sessions: readonly ASession[]; again: () => void }) {
  const { say } = useText();
  const [, end] = useMutation(endDocument);
  const [all, endOthers] = useMutation(endOthersDocument);
  const called = (s: ASession) => browserOf(s.agent) ?? say("account.sessions.unknown");

  async function endOne(id: string) {
    const { data, error } = await end({ id });
    if (error) failed(say("account.sessions.end"), error);
    else done(say("account.sessions.ended", { count: data?.endSession.ended ?? 0 }));
    again();
  }
  async function others() {
    const { data, error } = await endOthers({});
    if (error) failed(say("account.sessions.endOthers"), error);
    else done(say("account.sessions.ended", { count: data?.endOtherSessions.ended ?? 0 }));
    again();
  }

  return (
    <Section
      title={say("account.sessions")}
      actions={
        sessions.length > 1 && (
          <Button variant="default" size="xs" loading={all.fetching} onClick={() => void others()}>
            {say("account.sessions.endOthers")}
          </Button>
        )
      }
    >
      <DataTable
        label={say("account.sessions")}
        rows={sessions}
        id={(s) => s.id}
        columns={[
          {
            key: "browser",
            title: say("account.sessions.browser"),
            cell: (s) => (
              <>
                <Text fw={500} title={s.agent ?? ""}>
                  {called(s)}
                </Text>
                <Text size="xs" c="var(--faint)">
                  {s.address}
                </Text>
              </>
            ),
          },
          {
            key: "method",
            title: say("account.method"),
            cell: (s) => say(`account.method.${s.method}` as Key),
          },
          { key: "began", title: say("account.sessions.began"), cell: (s) => <When at={s.createdAt} /> },
          { key: "used", title: say("account.used"), cell: (s) => <When at={s.seenAt} /> },
          {
            key: "ends",
            title: say("account.sessions.ends"),
            cell: (s) => <When at={s.expiresAt} />,
          },
          {
            key: "act",
            title: say("tokens.acts"),
            width: "8rem",
            cell: (s) =>
              s.isCurrent ? (
                <Status tone="good">{say("account.sessions.this")}</Status>
              ) : (
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={say("account.sessions.endWhat", { browser: called(s) })}
                  onClick={() => void endOne(s.id)}
                >
                  {say("account.sessions.end")}
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}
