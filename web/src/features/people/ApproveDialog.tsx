import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { PersonPicker } from "../../ui/PersonPicker";
import { done } from "../../ui/toast";
import { approveDocument, changing, type WaitingAccount } from "./waitingDocument";

/** ApproveDialog asks whose an account is, and makes it theirs. */
export function ApproveDialog({ account: a, onClose }: { account: WaitingAccount; onClose: () => void }) {
  const { say } = useText();
  const [picked, setPicked] = useState<string | undefined>(a.candidate?.id);
  const [name, setName] = useState<string | undefined>(a.candidate?.name);
  const [{ fetching, error }, approve] = useMutation(approveDocument);
  return (
    <Modal
      opened
      onClose={onClose}
      title={say("people.waiting.whose")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (!picked) return;
          const { data } = await approve({ id: a.id, userId: picked }, changing);
          if (!data) return;
          done(say("people.waiting.approved", { name: data.approveAccount.user.name }));
          onClose();
        }}
      >
        <Stack>
          <Text component="div" dir="auto">
            {say("people.waiting.whoseText", { account: a.name ?? a.subject, email: a.email ?? "none" })}
          </Text>
          <PersonPicker
            label={say("people.waiting.person")}
            value={picked}
            onChange={(id, chosen) => {
              setPicked(id);
              setName(chosen);
            }}
            w="full"
          />
          <Text size="sm" c="var(--faint)">
            {say("people.waiting.effect", { name: name ?? say("people.waiting.thePerson") })}
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
            <Button type="submit" loading={fetching} disabled={!picked}>
              {say("people.waiting.approve")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
