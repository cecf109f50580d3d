import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { createTokenDocument, type OneConnection } from "./documents";
import { ShownOnce } from "./setup/ShownOnce";

/** NewToken makes a token of a connection and shows its secret, this once. */
export function NewToken({ connection: c, again }: { connection: OneConnection; again: () => void }) {
  const { say } = useText();
  const [name, setName] = useState(c.name);
  const [{ fetching, data, error }, create] = useMutation(createTokenDocument);
  const made = data?.createScimToken;
  if (made)
    return (
      <ShownOnce
        secret={made.secret}
        what={say("connections.secret")}
        text={say("connections.shownOnceText")}
        until={made.token.expiresAt}
      />
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
