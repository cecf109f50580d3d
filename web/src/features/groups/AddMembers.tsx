import { ActionIcon, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import type { Picked } from "../../ui/DepartmentPicker";
import { PersonPicker } from "../../ui/PersonPicker";
import { done } from "../../ui/toast";
import { changeMembers } from "./Members";

/** AddMembers puts people into a local group. */
export function AddMembers(props: { group: { id: string; displayName: string }; onClose: () => void }) {
  const { say } = useText();
  const { group } = props;
  const [people, setPeople] = useState<Picked[]>([]);
  const [{ error, fetching }, act] = useMutation(changeMembers);
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={say("groups.addTitle", { name: group.displayName })}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          const ids = people.map((p) => p.id);
          const { data } = await act(
            { id: group.id, add: ids, remove: null },
            { additionalTypenames: ["Group", "User"] },
          );
          if (!data) return;
          done(say("groups.in", { count: ids.length, name: group.displayName }));
          props.onClose();
        }}
      >
        <Stack>
          <PersonPicker
            key={people.length} // empty again after each
            label={say("groups.find")}
            w="full"
            value={undefined}
            without={people.map((p) => p.id)}
            onChange={(id, name) => id && setPeople([...people, { id, name: name ?? id }])}
          />
          {people.map((p) => (
            <Group key={p.id} justify="space-between" wrap="nowrap">
              <Text dir="auto" style={{ overflowWrap: "anywhere" }}>
                {p.name}
              </Text>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={say("groups.notThis", { name: p.name })}
                onClick={() => setPeople(people.filter((o) => o.id !== p.id))}
              >
                <IconX size={14} />
              </ActionIcon>
            </Group>
          ))}
          {error && (
            <Text c="var(--bad)" role="alert">
              {refusals(error)[0]?.message}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {say("act.cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={people.length === 0}>
              {say("groups.addAct", { count: people.length })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
