import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "urql";
import { useMay } from "../../../app/session";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { Status } from "../../../ui/Status";
import { done } from "../../../ui/toast";
import { type SignOn, type SignOnConnection, vouchDocument } from "./documents";

/** Vouch says that no owner has confirmed single sign-on as it stands, and lets one do it. */
export function Vouch({ connection: c, on }: { connection: SignOnConnection; on: SignOn }) {
  const { say } = useText();
  const owner = useMay()("roles:write");
  const [{ fetching, error }, vouch] = useMutation(vouchDocument);
  if (on.vouched) return null;
  return (
    <Stack gap="xs" align="flex-start" mt="sm">
      <Status tone="warn">{say("signon.unvouched")}</Status>
      <Text maw="42rem">{say(owner ? "signon.unvouchedOwner" : "signon.unvouchedText")}</Text>
      {owner && (
        <Button
          loading={fetching}
          onClick={async () => {
            const { error: refusal } = await vouch({ id: c.id, updatedAt: on.updatedAt });
            if (!refusal) done(say("signon.vouched"));
          }}
        >
          {say("signon.vouch")}
        </Button>
      )}
      {error && (
        <Text c="var(--bad)" role="alert">
          {refusals(error)[0]?.message}
        </Text>
      )}
    </Stack>
  );
}
