import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { done } from "../../ui/toast";
import { roles } from "./list";
import type { One } from "./personDocument";

const roleDocument = graphql(`
  mutation ChangeRole($id: ID!, $role: Role!) {
    changeRole(id: $id, role: $role) {
      user {
        id
        role
      }
    }
  }
`);

/** RoleDialog gives a person another role. */
export function RoleDialog({ person, onClose }: { person: One; onClose: () => void }) {
  const { say } = useText();
  const [role, setRole] = useState<(typeof roles)[number]>(person.role);
  const [{ error, fetching }, change] = useMutation(roleDocument);
  return (
    <Modal
      opened
      onClose={onClose}
      title={say("people.roleTitle", { name: person.name })}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          const { data } = await change({ id: person.id, role });
          if (!data) return;
          done(say("people.roleDone", { name: person.name, role: say(`role.${role}`) }));
          onClose();
        }}
      >
        <Stack>
          <Radio.Group
            label={say("people.column.role")}
            value={role}
            onChange={(value) => setRole(roles.find((r) => r === value) ?? person.role)}
          >
            <Stack gap="xs" mt={4}>
              {roles.map((r) => (
                <Radio key={r} value={r} label={say(`role.${r}`)} description={say(`people.role.${r}`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Text size="sm" c="var(--faint)">
            {say("people.roleText")}
          </Text>
          {error && (
            <Text c="var(--bad)" role="alert">
              {refusals(error)[0]?.message}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say("act.cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={role === person.role}>
              {say("people.bulk.role.act")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
