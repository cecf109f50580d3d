import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { done } from "../../ui/toast";
import { changesOf, type Form, texts } from "./form";
import { PersonFields } from "./PersonFields";
import type { One } from "./personDocument";
import { problemsOf } from "./problems";

const updateDocument = graphql(`
  mutation UpdatePerson($id: ID!, $input: UpdateUserInput!, $version: Int!) {
    updateUser(id: $id, input: $input, ifVersion: $version) {
      user {
        id
        version
      }
    }
  }
`);

function formOf(person: One): Form {
  return {
    userName: person.userName,
    texts: Object.fromEntries(texts.flatMap((t) => (person[t] ? [[t, person[t]]] : []))),
    department: person.department,
    manager: person.manager,
  };
}

/** EditPerson changes what no directory owns; what one owns is shown and locked. */
export function EditPerson({ person, onClose }: { person: One; onClose: () => void }) {
  const { say } = useText();
  const [before] = useState(() => formOf(person));
  const [version] = useState(person.version);
  const [form, setForm] = useState(before);
  const [{ error, fetching }, update] = useMutation(updateDocument);
  const locked = useMemo(() => new Set(person.ownedFields), [person.ownedFields]);
  const problems = problemsOf(error, ["userName", ...texts, "departmentId", "managerId"]);
  const changes = changesOf(before, form);

  async function submit() {
    const { data } = await update({ id: person.id, input: changes, version });
    if (!data) return;
    done(say("people.saved", { name: person.name }));
    onClose();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={say("people.editTitle", { name: person.name })}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          {person.connection && (
            <Text c="var(--faint)">{say("people.editAbout", { connection: person.connection.name })}</Text>
          )}
          <PersonFields
            form={form}
            onChange={setForm}
            shown={texts}
            problems={problems}
            locked={locked}
            lockedText={say("people.locked", { connection: person.connection?.name })}
            self={person.id}
          />
          {problems[""] && (
            <Text c="var(--bad)" role="alert">
              {problems[""]}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say("act.cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={Object.keys(changes).length === 0}>
              {say("act.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
