import { Stack, Text } from "@mantine/core";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import type { OneConnection } from "./documents";

/** PauseDialog says whom a pause of the provisioning concerns, and what goes on meanwhile. */
export function PauseDialog(props: {
  connection: OneConnection;
  opened: boolean;
  busy: boolean;
  onAct: () => void;
  onClose: () => void;
}) {
  const { say } = useText();
  const { connection: c, ...rest } = props;
  return (
    <Confirm
      {...rest}
      title={say("connections.pauseTitle", { name: c.name })}
      act={say("connections.pause")}
      text={
        <Stack gap="sm">
          <Text>
            {say("connections.pauseCounts", { active: c.removal.activeUsers, groups: c.removal.groups })}
          </Text>
          {c.signOn?.enabled && (
            <Text>{say("connections.pauseSignOn", { people: c.signOnRemoval.people })}</Text>
          )}
        </Stack>
      }
    />
  );
}
