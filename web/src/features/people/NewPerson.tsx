import { Anchor, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation } from "urql";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { done } from "../../ui/toast";
import { changesOf, emptyForm, few, texts } from "./form";
import { PersonFields } from "./PersonFields";
import { problemsOf } from "./problems";

const createDocument = graphql(`
  mutation CreatePerson($input: CreateUserInput!) {
    createUser(input: $input) {
      user {
        id
        name
      }
    }
  }
`);

/** NewPerson makes somebody whom no directory knows. */
export function NewPerson({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { say } = useText();
  const navigate = useNavigate();
  const [form, setForm] = useState(emptyForm);
  const [all, setAll] = useState(false);
  const [{ error, fetching }, create] = useMutation(createDocument);
  const problems = problemsOf(error, ["userName", ...texts, "departmentId", "managerId"]);

  async function submit() {
    const { data } = await create({
      input: { userName: form.userName.trim(), ...changesOf(emptyForm, form) },
    });
    if (!data) return;
    setForm(emptyForm);
    done(say("people.made", { name: data.createUser.user.name }));
    void navigate({ to: `/people/${data.createUser.user.id}` });
  }

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="lg"
      title={say("people.newTitle")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack>
          <Text c="var(--faint)">{say("people.newAbout")}</Text>
          <PersonFields form={form} onChange={setForm} shown={all ? texts : few} problems={problems} />
          {!all && (
            <Anchor component="button" type="button" size="sm" onClick={() => setAll(true)} ta="start">
              {say("people.allFields")}
            </Anchor>
          )}
          {problems[""] && (
            <Text c="var(--bad)" role="alert">
              {problems[""]}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say("act.cancel")}
            </Button>
            <Button type="submit" loading={fetching} disabled={!form.userName.trim()}>
              {say("people.make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
