import { Button, Checkbox, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { Confirm } from "../../../ui/Confirm";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Status } from "../../../ui/Status";
import { done } from "../../../ui/toast";
import { When } from "../../../ui/When";
import { byClients, type Client, type ClientSecret, removable, removeSecretDocument } from "./documents";

/** ClientSecrets lists the secrets of a client, and says which can go. */
export function ClientSecrets({ client: c, write }: { client: Client; write: boolean }) {
  const { say } = useText();
  const [asked, ask] = useState<ClientSecret>();
  const [leaked, setLeaked] = useState(false);
  const [{ fetching, error }, remove] = useMutation(removeSecretDocument);
  const columns: Column<ClientSecret>[] = [
    { key: "hint", title: say("connections.hint"), cell: (s) => <code>{s.hint}</code> },
    {
      key: "used",
      title: say("connections.lastUsed"),
      cell: (s) => <When at={s.usedAt} none={say("connections.never")} />,
    },
    {
      key: "ends",
      title: say("connections.ends"),
      cell: (s) => <When at={s.expiresAt} none={say("connections.noEnd")} />,
    },
    {
      key: "safe",
      title: say("clients.safe"),
      cell: (s) => (
        <Status tone={removable(s, c.secrets) ? "good" : "quiet"}>
          {say(removable(s, c.secrets) ? "clients.safeYes" : "clients.safeNo")}
        </Status>
      ),
    },
  ];
  if (write)
    columns.push({
      key: "act",
      title: say("connections.act"),
      width: "7rem",
      cell: (s) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={say("clients.removeOne", { hint: s.hint })}
          onClick={() => ask(s)}
        >
          {say("clients.remove")}
        </Button>
      ),
    });
  return (
    <>
      <DataTable label={say("clients.secrets")} columns={columns} rows={c.secrets} id={(s) => s.id} />
      <Confirm
        opened={asked !== undefined}
        title={say("clients.removeTitle", { hint: asked?.hint ?? "" })}
        text={
          <Stack gap="sm">
            <Text>
              {say(asked && removable(asked, c.secrets) ? "clients.removeText" : "clients.removeUnsafe")}
            </Text>
            <Checkbox
              label={say("clients.leaked")}
              checked={leaked}
              onChange={(event) => setLeaked(event.currentTarget.checked)}
            />
          </Stack>
        }
        act={say("clients.remove")}
        busy={fetching}
        problem={error && refusals(error)[0]?.message}
        onAct={async () => {
          if (!asked) return;
          const { error: refusal } = await remove(
            { id: c.id, secretId: asked.id, endTokens: leaked },
            byClients,
          );
          if (refusal) return;
          done(say("clients.removed", { hint: asked.hint }));
          ask(undefined);
        }}
        onClose={() => ask(undefined)}
      />
    </>
  );
}
