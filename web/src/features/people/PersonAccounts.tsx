import { Button, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../app/session";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { type Key, useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Page";
import { done } from "../../ui/toast";
import { When } from "../../ui/When";
import { connectionsDocument } from "./documents";
import type { One } from "./personDocument";

const unlinkDocument = graphql(`
  mutation UnlinkAccount($id: ID!) {
    unlinkAccount(id: $id) {
      user {
        id
      }
    }
  }
`);

type Account = One["accounts"][number];

/** PersonAccounts are the accounts at providers with which a person signs in. */
export function PersonAccounts({ person }: { person: One }) {
  const { say } = useText();
  const may = useMay();
  const [asked, ask] = useState<Account>();
  const [{ data }] = useQuery({ query: connectionsDocument });
  const [{ fetching, error }, unlink] = useMutation(unlinkDocument);
  const named = (a: Account) => data?.connections.find((c) => c.id === a.connectionId)?.name ?? a.issuer;

  async function act() {
    if (!asked) return;
    const { error: problem } = await unlink(
      { id: asked.id },
      { additionalTypenames: ["Account", "Session", "User"] },
    );
    if (problem) return;
    done(say("people.accounts.unlinked", { name: person.name }));
    ask(undefined);
  }

  return (
    <Section title={say("people.accounts")} about={say("people.accounts.about")}>
      <DataTable
        label={say("people.accounts")}
        rows={person.accounts}
        id={(a) => a.id}
        empty={<Text c="var(--faint)">{say("people.accounts.none")}</Text>}
        columns={[
          {
            key: "account",
            title: say("people.accounts.account"),
            cell: (a) => (
              <>
                {a.email ?? a.name ?? a.subject}
                <Text size="xs" c="var(--faint)">
                  {named(a)} · {a.issuer}
                </Text>
              </>
            ),
          },
          {
            key: "how",
            title: say("people.accounts.how"),
            cell: (a) => say(`people.accounts.how.${a.how}` as Key),
          },
          { key: "made", title: say("people.accounts.linked"), cell: (a) => <When at={a.createdAt} /> },
          {
            key: "used",
            title: say("people.used"),
            cell: (a) => <When at={a.lastUsedAt} none={say("people.neverUsed")} />,
          },
          ...(may("users:write")
            ? [
                {
                  key: "act",
                  title: say("people.accounts.act"),
                  width: "7rem",
                  cell: (a: Account) => (
                    <Button size="compact-xs" variant="default" onClick={() => ask(a)}>
                      {say("people.accounts.unlink")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Confirm
        opened={asked !== undefined}
        title={say("people.accounts.unlinkTitle", { name: person.name })}
        text={say("people.accounts.unlinkText", {
          name: person.name,
          passkeys: person.passkeys.length,
          same: asked?.how === "external_id" ? "yes" : "no",
        })}
        act={say("people.accounts.unlink")}
        busy={fetching}
        problem={error && refusals(error)[0]?.message}
        onAct={() => void act()}
        onClose={() => ask(undefined)}
      />
    </Section>
  );
}
