import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useText } from "../text";

/**
 * Confirm asks before an act that can't be undone. text says what will happen,
 * with counts; with typed the name must be typed first.
 */
export function Confirm(props: {
  opened: boolean;
  title: string;
  text: ReactNode;
  act: string;
  typed?: string;
  busy?: boolean;
  /** What went wrong the last time. */
  problem?: string | undefined;
  onAct: () => void;
  onClose: () => void;
}) {
  const { say } = useText();
  const [name, setName] = useState("");
  const close = () => {
    setName("");
    props.onClose();
  };
  return (
    <Modal
      opened={props.opened}
      onClose={close}
      title={props.title}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          props.onAct();
        }}
      >
        <Stack>
          <Text component="div">{props.text}</Text>
          {props.typed && (
            <TextInput
              label={say("act.typeName", { name: props.typed })}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          {props.problem && (
            <Text c="var(--bad)" role="alert">
              {props.problem}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus={props.typed ? undefined : true}>
              {say("act.cancel")}
            </Button>
            <Button
              type="submit"
              color="red"
              loading={props.busy ?? false}
              disabled={props.typed !== undefined && name !== props.typed}
            >
              {props.act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
