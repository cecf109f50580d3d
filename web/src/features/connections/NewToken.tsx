import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { Copyable } from "../../ui/Copy";
import { When } from "../../ui/When";
import { createTokenDocument, type OneConnection } from "./documents";

/** NewToken makes a token of a connection and shows its secret, this once. */
export function NewToken({ connection: c, again }: { connection: OneConnection; again: () => void }) {
  const { say } = useText();
  const [name, setName] = useState(c.name);
  const [{ fetching, data, error }, create] = useMutation(createTokenDocument);
  const made = data?.createScimToken;
  if (made)
    return (
      <Alert color="evergreen" title={say("connections.shownOnce")} role="status">
        <Stack gap="xs" align="flex-start">
          <Copyable value={made.secret} what={say("connections.secret")} />
          <Text size="sm">
            {say("connections.shownOnceText")} <When at={made.token.expiresAt} />.
          </Text>
        </Stack>
      </Alert>
    );
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const { data } = await create({ id: c.id, name });
        if (data) again();
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label={say("connections.tokenName")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={error && refusals(error)[0]?.message}
          maxLength={100}
          required
          autoComplete="off"
        />
        <Button type="submit" loading={fetching}>
          {say("connections.makeToken")}
        </Button>
      </Group>
    </form>
  );
}
