import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { createLinkDocument } from "./documents";
import { ShownOnce } from "./ShownOnce";

const lengths = [1, 3, 7, 14, 30]; // days

/** HandOver makes a set-up link, and shows it this once. */
export function HandOver({ connection, onClose }: { connection: string; onClose: () => void }) {
  const { say } = useText();
  const [name, setName] = useState("");
  const [days, setDays] = useState(7);
  const [{ fetching, data, error }, make] = useMutation(createLinkDocument);
  const made = data?.createSetUpLink;
  const [refusal] = error ? refusals(error) : [];
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={!made}
      title={say("setup.hand")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      {made ? (
        <Stack>
          <ShownOnce
            secret={made.link}
            what={say("setup.hand.link")}
            text={say("setup.hand.until")}
            until={made.token.expiresAt}
          />
          <Group justify="flex-end">
            <Button onClick={onClose}>{say("setup.hand.done")}</Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void make({ id: connection, name, days }, { additionalTypenames: ["Token"] });
          }}
        >
          <Stack>
            <Text c="var(--faint)">{say("setup.hand.text")}</Text>
            <TextInput
              label={say("setup.hand.name")}
              placeholder={say("setup.hand.nameHint")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={refusal?.field === "name" && refusal.message}
              maxLength={100}
              required
              autoComplete="off"
              data-autofocus
            />
            <Select
              label={say("setup.hand.days")}
              allowDeselect={false}
              value={String(days)}
              onChange={(value) => setDays(Number(value))}
              error={refusal?.field === "expiresInDays" && refusal.message}
              data={lengths.map((n) => ({ value: String(n), label: say("setup.hand.daysOf", { count: n }) }))}
            />
            {refusal && refusal.field !== "name" && refusal.field !== "expiresInDays" && (
              <Text c="var(--bad)" role="alert">
                {refusal.message}
              </Text>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {say("act.cancel")}
              </Button>
              <Button type="submit" loading={fetching}>
                {say("setup.hand.act")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
