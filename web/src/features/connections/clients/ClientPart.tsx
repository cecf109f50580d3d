import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { Confirm } from "../../../ui/Confirm";
import { Copyable } from "../../../ui/Copy";
import { Facts } from "../../../ui/Facts";
import { Status } from "../../../ui/Status";
import { done } from "../../../ui/toast";
import { When } from "../../../ui/When";
import { ShownOnce } from "../setup/ShownOnce";
import classes from "./Client.module.css";
import { ClientSecrets } from "./ClientSecrets";
import { addSecretDocument, byClients, type Client, revokeDocument } from "./documents";
import { Federation } from "./Federation";
import { NewClientSecret } from "./NewClientSecret";

/** ClientPart is one OAuth client: what to paste at the directory, its secrets, and whose assertions it takes. */
export function ClientPart({ client: c, write }: { client: Client; write: boolean }) {
  const { say } = useText();
  const [asking, ask] = useState(false);
  const [federating, federate] = useState(false);
  const [making, make] = useState(false);
  const [added, add] = useMutation(addSecretDocument);
  const [ending, revoke] = useMutation(revokeDocument);
  const made = added.data?.addScimClientSecret;
  const works = !c.revokedAt;
  const ready = c.secrets.length > 0 || c.federation !== null;

  return (
    <div className={classes.client}>
      <Group justify="space-between" gap="xs" mb="xs">
        <Group gap="md">
          <span className={classes.name} dir="auto">
            {c.name}
          </span>
          <Status tone={!works ? "quiet" : ready ? "good" : "warn"}>
            {say(!works ? "clients.revoked" : ready ? "clients.works" : "clients.notReady")}
          </Status>
          <Text size="sm" c="var(--faint)">
            {say("clients.lastUsed")} <When at={c.lastUsedAt} none={say("connections.never")} />
          </Text>
        </Group>
        {write && works && (
          <Group gap="xs">
            {c.secrets.length < 2 && (
              <Button size="xs" variant={ready ? "default" : "filled"} onClick={() => make(!making)}>
                {say("clients.addSecret")}
              </Button>
            )}
            <Button size="xs" variant="default" onClick={() => federate(!federating)}>
              {say("clients.federate")}
            </Button>
            <Button size="xs" variant="default" c="var(--bad)" onClick={() => ask(true)}>
              {say("clients.revoke")}
            </Button>
          </Group>
        )}
      </Group>
      {works && (
        <Stack gap="sm">
          <Facts
            facts={[
              {
                name: say("clients.tokenUrl"),
                value: <Copyable value={c.tokenUrl} what={say("clients.tokenUrl")} />,
              },
              { name: say("clients.id"), value: <Copyable value={c.id} what={say("clients.id")} /> },
              { name: say("clients.minutes"), value: say("clients.minutesOf", { minutes: c.tokenMinutes }) },
              ...(c.federation
                ? (["issuer", "subject", "audience"] as const).map((part) => ({
                    name: say(`clients.${part}`),
                    value: c.federation?.[part],
                  }))
                : []),
            ]}
          />
          {made && (
            <ShownOnce
              secret={made.secret}
              what={say("clients.secret")}
              text={say("connections.shownOnceText")}
              until={made.client.secrets.at(-1)?.expiresAt ?? null}
            />
          )}
          {making && c.secrets.length < 2 && (
            <NewClientSecret
              busy={added.fetching}
              problem={added.error && refusals(added.error)[0]?.message}
              onMake={async (days) => !(await add({ id: c.id, days: days ?? null }, byClients)).error}
              onClose={() => make(false)}
            />
          )}
          {c.secrets.length > 0 && <ClientSecrets client={c} write={write} />}
          {federating && <Federation client={c} onClose={() => federate(false)} />}
        </Stack>
      )}
      <Confirm
        opened={asking}
        title={say("clients.revokeTitle", { name: c.name })}
        text={say("clients.revokeText")}
        act={say("clients.revoke")}
        busy={ending.fetching}
        problem={ending.error && refusals(ending.error)[0]?.message}
        onAct={async () => {
          const { error } = await revoke({ id: c.id }, byClients);
          if (error) return;
          ask(false);
          done(say("clients.revokedDone", { name: c.name }));
        }}
        onClose={() => ask(false)}
      />
    </div>
  );
}
