import { ActionIcon } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useText } from "../text";
import classes from "./Copy.module.css";

/** CopyButton copies a value. what names it for who can't see it. */
export function CopyButton({ value, what }: { value: string; what: string }) {
  const { say } = useText();
  const clipboard = useClipboard({ timeout: 1500 });
  const label = clipboard.copied ? say("copy.copied") : say("copy.label", { what });
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={label}
      title={label}
      onClick={() => clipboard.copy(value)}
    >
      {clipboard.copied ? <IconCheck size={14} color="var(--good)" /> : <IconCopy size={14} />}
    </ActionIcon>
  );
}

/** Copyable shows an id, an address or a secret in mono with a button that copies it. */
export function Copyable({ value, what }: { value: string; what: string }) {
  return (
    <span className={classes.copyable}>
      <code className={classes.value}>{value}</code>
      <CopyButton value={value} what={what} />
    </span>
  );
}
