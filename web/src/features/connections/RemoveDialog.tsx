import { Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { done } from "../../ui/toast";
import { Choice } from "./Choice";
import { type OneConnection, removeDocument } from "./documents";

const ways = ["KEEP", "DEACTIVATE", "REMOVE"] as const;

/** RemoveDialog says whom the removal concerns, asks what becomes of them, and for the name. */
export function RemoveDialog(props: { connection: OneConnection; opened: boolean; onClose: () => void }) {
  const { say } = useText();
  const navigate = useNavigate();
  const { connection: c } = props;
  const [people, setPeople] = useState<(typeof ways)[number]>("KEEP");
  const [{ fetching, error }, remove] = useMutation(removeDocument);

  async function act() {
    const { data } = await remove({ id: c.id, people });
    if (!data) return;
    const { users, groups } = data.removeConnection;
    done(say("connections.removed", { name: c.name, users, groups }));
    await navigate({ to: "/connections" });
  }

  return (
    <Confirm
      opened={props.opened}
      onClose={props.onClose}
      title={say("connections.removeTitle", { name: c.name })}
      act={say("connections.remove")}
      typed={c.name}
      busy={fetching}
      problem={error && refusals(error)[0]?.message}
      onAct={() => void act()}
      text={
        <Stack gap="sm">
          <Text>
            {say("connections.removeCounts", {
              active: c.removal.activeUsers,
              inactive: c.removal.inactiveUsers,
              groups: c.removal.groups,
              tokens: c.removal.tokens,
            })}
          </Text>
          {c.removal.administrators > 0 && (
            <Text c="var(--warn)">
              {say("connections.removeAdmins", { count: c.removal.administrators })}
            </Text>
          )}
          {c.signOn && <Text>{say("connections.removeSignOn", { ...c.signOnRemoval })}</Text>}
          <Choice
            label={say("connections.removePeople")}
            value={people}
            onChange={setPeople}
            options={ways.map((way) => ({
              value: way,
              label: say(`connections.people.${way}`),
              about: say(`connections.people.${way}.about`, {
                count: way === "DEACTIVATE" ? c.removal.activeUsers : c.userCount,
              }),
            }))}
          />
        </Stack>
      }
    />
  );
}
