import { Stack, Text } from "@mantine/core";
import { useText } from "../../../text";
import { Status } from "../../../ui/Status";
import type { SignOn, SignOnConnection } from "./documents";

/** Moving says, before it is saved, what another provider means for the secrets and for who signs in. */
export function Moving({ connection: c, on }: { connection: SignOnConnection; on: SignOn }) {
  const { say } = useText();
  const secrets = on.secrets.filter((s) => !s.key).length;
  const { people } = c.signOnRemoval;
  return (
    <Stack gap={4} role="status">
      <Status tone="warn">{say(on.tenantId ? "signon.movingEntra" : "signon.moving")}</Status>
      {secrets > 0 && <Text size="sm">{say("signon.movingSecrets", { count: secrets })}</Text>}
      <Text size="sm">{say(on.enabled ? "signon.movingLive" : "signon.movingOff")}</Text>
      {people > 0 && <Text size="sm">{say("signon.movingPeople", { ...c.signOnRemoval })}</Text>}
    </Stack>
  );
}
