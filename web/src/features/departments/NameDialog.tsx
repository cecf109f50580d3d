import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { done } from "../../ui/toast";

const createDocument = graphql(`
  mutation CreateDepartment($name: String!) {
    createDepartment(name: $name) {
      department {
        id
        name
      }
    }
  }
`);

const renameDocument = graphql(`
  mutation RenameDepartment($id: ID!, $name: String!) {
    renameDepartment(id: $id, name: $name) {
      department {
        id
        name
      }
    }
  }
`);

/** NameDialog makes a department, or gives one another name and says first what that means. */
export function NameDialog(props: {
  department?: { id: string; name: string; userCount: number; sent: number | undefined };
  onClose: () => void;
}) {
  const { say } = useText();
  const navigate = useNavigate();
  const { department } = props;
  const [name, setName] = useState(department?.name ?? "");
  const [creating, create] = useMutation(createDocument);
  const [renaming, rename] = useMutation(renameDocument);
  const error = creating.error ?? renaming.error;
  const context = { additionalTypenames: ["Department", "User"] };

  async function submit() {
    const text = name.trim();
    if (!department) {
      const { data } = await create({ name: text }, context);
      if (!data) return;
      done(say("departments.made", { name: text }));
      void navigate({ to: `/departments/${data.createDepartment.department.id}` });
      return;
    }
    const { id, name: before } = department;
    const { error: refused } = await rename({ id, name: text }, context);
    if (refused) return;
    done(say("departments.renamed", { before, name: text }), {
      label: say("act.undo"),
      act: () => void rename({ id, name: before }, context),
    });
    props.onClose();
  }

  return (
    <Modal
      opened
      onClose={props.onClose}
      title={department ? say("departments.renameTitle", { name: department.name }) : say("departments.new")}
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
            label={say("departments.name")}
            value={name}
            maxLength={255}
            required
            onChange={(e) => setName(e.currentTarget.value)}
            error={error && refusals(error)[0]?.message}
            autoComplete="off"
            dir="auto"
            data-autofocus
          />
          {department && (
            <>
              <Text>{say("departments.renameText", { count: department.userCount })}</Text>
              {department.sent !== undefined && department.sent > 0 && (
                <Text c="var(--warn)">
                  {say("departments.renameSent", { count: department.sent, name: department.name })}
                </Text>
              )}
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {say("act.cancel")}
            </Button>
            <Button
              type="submit"
              loading={creating.fetching || renaming.fetching}
              disabled={!name.trim() || name.trim() === department?.name}
            >
              {say(department ? "departments.rename" : "departments.make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
