import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { done } from "../../../ui/toast";
import { byClients, type Client, federationDocument } from "./documents";

const parts = ["issuer", "subject", "audience"] as const;

/** Federation takes whose signed assertions a client may present in place of a secret. */
export function Federation({ client: c, onClose }: { client: Client; onClose: () => void }) {
  const { say } = useText();
  const [draft, setDraft] = useState({
    issuer: c.federation?.issuer ?? "",
    subject: c.federation?.subject ?? "",
    audience: c.federation?.audience ?? "",
  });
  const [{ fetching, error }, set] = useMutation(federationDocument);
  const problem = error && refusals(error)[0];
  const at = (field: string) => (problem?.field?.split(".").at(-1) === field ? problem.message : undefined);

  async function save(federation: typeof draft | null) {
    const { error: refusal } = await set({ id: c.id, federation }, byClients);
    if (refusal) return;
    done(say(federation ? "clients.federated" : "clients.unfederated"));
    onClose();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save(draft);
      }}
    >
      <Stack maw="36rem">
        <Text size="sm" c="var(--faint)">
          {say("clients.federateAbout")}
        </Text>
        {parts.map((part) => (
          <TextInput
            key={part}
            label={say(`clients.${part}`)}
            value={draft[part]}
            onChange={(event) => setDraft({ ...draft, [part]: event.currentTarget.value })}
            error={at(part)}
            required
            autoComplete="off"
            spellCheck={false}
          />
        ))}
        {problem && !parts.some(at) && (
          <Text c="var(--bad)" role="alert">
            {problem.message}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={fetching}>
            {say("act.save")}
          </Button>
          <Button variant="default" onClick={onClose}>
            {say("act.cancel")}
          </Button>
          {c.federation && (
            <Button variant="default" c="var(--bad)" onClick={() => void save(null)}>
              {say("clients.unfederate")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
