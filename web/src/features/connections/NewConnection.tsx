import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Choice } from "./Choice";
import { createDocument, type Kind } from "./documents";

const kinds: readonly Kind[] = ["ENTRA", "OKTA", "ONELOGIN", "JUMPCLOUD", "GOOGLE", "GENERIC"];

/**
 * NewConnection asks which directory there is, makes the connection and goes on to its
 * set-up, or straight to single sign-on where nothing is to be provisioned.
 */
export function NewConnection() {
  const { say } = useText();
  const may = useMay();
  const navigate = useNavigate();
  const [address, change] = useAddress();
  const kind = kinds.find((k) => k === address.kind) ?? "ENTRA";
  const [name, setName] = useState<string>();
  const [{ fetching, error }, create] = useMutation(createDocument);
  const problem = error && refusals(error)[0];
  const shown = name ?? say(`connections.name.${kind}`);

  async function send(onward: "/setup" | "?tab=signon") {
    const { data } = await create({ input: { name: shown, kind } });
    if (data) await navigate({ to: `/connections/${data.createConnection.connection.id}${onward}` });
  }

  const back = { to: "/connections", label: say("connections.title") };
  if (!may("connections:write"))
    return (
      <Page title={say("connections.new")} back={back}>
        <Notice title={say("forbidden.title")} text={say("connections.forbidden")} />
      </Page>
    );
  return (
    <Page title={say("connections.new")} about={say("connections.newAbout")} back={back}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send("/setup");
        }}
      >
        <Stack maw="40rem" gap="lg">
          <Choice
            label={say("connections.which")}
            value={kind}
            onChange={(value) => change({ kind: value }, { replace: true })}
            options={kinds.map((k) => ({
              value: k,
              label: say(`kind.${k}`),
              about: say(`connections.kind.${k}`),
            }))}
          />
          <TextInput
            label={say("connections.nameLabel")}
            description={say("connections.nameAbout")}
            value={shown}
            onChange={(event) => setName(event.currentTarget.value)}
            error={problem?.message}
            maxLength={100}
            required
            autoComplete="off"
          />
          <Group>
            <Button type="submit" loading={fetching}>
              {say("connections.create")}
            </Button>
            <Button variant="default" disabled={fetching} onClick={() => void send("?tab=signon")}>
              {say("connections.createSignOn")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Page>
  );
}
