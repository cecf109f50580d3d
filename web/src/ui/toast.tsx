import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { CombinedError } from "urql";
import { refusals } from "../lib/client";
import { i18n } from "../text";

/** done tells that something has been done, with a way back where there is one. */
export function done(text: string, undo?: { label: string; act: () => void }) {
  const id = notifications.show({
    color: "evergreen",
    closeButtonProps: { "aria-label": i18n._("act.close") },
    autoClose: undo ? 10_000 : 5000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text}</Text>
        {undo && (
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => {
              notifications.hide(id);
              undo.act();
            }}
          >
            {undo.label}
          </Button>
        )}
      </Group>
    ),
  });
}

/** failed tells that something has not been done, in the server's words. */
export function failed(title: string, error: CombinedError) {
  const [first] = refusals(error);
  notifications.show({
    color: "red",
    closeButtonProps: { "aria-label": i18n._("act.close") },
    autoClose: 15_000,
    title,
    message: [first?.message, first?.reference].filter(Boolean).join(" – "),
  });
}
