import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { done } from "../../ui/toast";

const createDocument = graphql(`
  mutation CreateGroup($name: String!) {
    createGroup(displayName: $name) {
      group {
        id
        displayName
      }
    }
  }
`);

const renameDocument = graphql(`
  mutation RenameGroup($id: ID!, $name: String!) {
    renameGroup(id: $id, displayName: $name) {
      group {
        id
        displayName
      }
    }
  }
`);

/** NameDialog makes a local group, or gives one another name. */
export function NameDialog(props: { group?: { id: string; displayName: string }; onClose: () => void }) {
  const { say } = useText();
  const navigate = useNavigate();
  const { group } = props;
  const [name, setName] = useState(group?.displayName ?? "");
  const [creating, create] = useMutation(createDocument);
  const [renaming, rename] = useMutation(renameDocument);
  const error = creating.error ?? renaming.error;

  async function submit() {
    const text = name.trim();
    if (group) {
      const before = group.displayName;
      const { error: refused } = await rename({ id: group.id, name: text });
      if (refused) return;
      done(say("groups.renamed", { name: text }), {
        label: say("act.undo"),
        act: () => void rename({ id: group.id, name: before }),
      });
      props.onClose();
      return;
    }
    const { data } = await create({ name: text });
    if (!data) return;
    done(say("groups.made", { name: text }));
    void navigate({ to: `/groups/${data.createGroup.group.id}` });
  }

  return (
    <Modal
      opened
      onClose={props.onClose}
      title={say(group ? "groups.rename" : "groups.new")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <TextInput
            label={say("groups.name")}
            description={group ? undefined : say("groups.newAbout")}
            value={name}
            maxLength={255}
            required
            onChange={(e) => setName(e.currentTarget.value)}
            error={error && refusals(error)[0]?.message}
            autoComplete="off"
            dir="auto"
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {say("act.cancel")}
            </Button>
            <Button
              type="submit"
              loading={creating.fetching || renaming.fetching}
              disabled={!name.trim() || name.trim() === group?.displayName}
            >
              {say(group ? "act.save" : "groups.make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
