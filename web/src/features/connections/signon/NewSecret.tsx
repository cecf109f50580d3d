import { Button, Group, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useText } from "../../../text";
import { done } from "../../../ui/toast";
import { addSecretDocument, type SignOnConnection } from "./documents";
import { dayEnd } from "./ends";
import { problemOf } from "./problem";

/** newSecret is the id of the field for it. */
export const newSecret = "new-client-secret";

/** NewSecret adds a client secret beside the one that is there. */
export function NewSecret({ connection: c, entra }: { connection: SignOnConnection; entra: boolean }) {
  const { say } = useText();
  const [secret, setSecret] = useState("");
  const [ends, setEnds] = useState("");
  const [{ fetching, error }, add] = useMutation(addSecretDocument);
  const { at, rest } = problemOf(error, ["secret", "expiresAt"]);
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const { data } = await add({ id: c.id, secret, expiresAt: dayEnd(ends) });
        if (!data) return;
        setSecret("");
        setEnds("");
        done(say("signon.secretAdded"));
      }}
    >
      <Group align="flex-start" gap="xs">
        <TextInput
          id={newSecret}
          label={say(entra ? "signon.entraSecret" : "signon.secret")}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          error={at("secret")}
          w={{ base: "100%", xs: 288 }}
          required
          autoComplete="off"
          spellCheck={false}
        />
        <TextInput
          type="date"
          label={say("signon.secretEnds")}
          value={ends}
          onChange={(event) => setEnds(event.currentTarget.value)}
          error={at("expiresAt")}
          required={entra}
        />
        <Button type="submit" variant="default" loading={fetching} mt={{ xs: 25 }}>
          {say("signon.addSecret")}
        </Button>
      </Group>
      {rest && (
        <Text c="var(--bad)" role="alert" mt="xs">
          {rest}
        </Text>
      )}
    </form>
  );
}
