import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Copyable } from "../../ui/Copy";
import { When } from "../../ui/When";
import type { One } from "./personDocument";

const linkDocument = graphql(`
  mutation SignInLink($id: ID!) {
    createSignInLink(userId: $id) {
      url
      expiresAt
    }
  }
`);

/** SignInLink makes a link with which a person can sign in once, and shows it once. */
export function SignInLink({ person, onClose }: { person: One; onClose: () => void }) {
  const { say } = useText();
  const [{ data, error, fetching }, make] = useMutation(linkDocument);
  const link = data?.createSignInLink;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={say("people.linkTitle", { name: person.name })}
      closeButtonProps={{ "aria-label": say("act.close") }}
      closeOnClickOutside={!link}
    >
      <Stack>
        <Text>{say("people.linkText", { name: person.name })}</Text>
        {link && (
          <div aria-live="polite">
            <Copyable value={link.url} what={say("people.link")} />
            <Text size="sm" c="var(--faint)" mt={8}>
              {say("people.linkOnce")} <When at={link.expiresAt} />
            </Text>
          </div>
        )}
        {error && (
          <Text c="var(--bad)" role="alert">
            {refusals(error)[0]?.message}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {say(link ? "act.close" : "act.cancel")}
          </Button>
          {!link && (
            <Button loading={fetching} onClick={() => void make({ id: person.id })} data-autofocus>
              {say("people.linkMake")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
