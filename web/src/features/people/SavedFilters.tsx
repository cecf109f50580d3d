import { ActionIcon, Button, Group, Popover, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { IconBookmark, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useViewer } from "../../app/session";
import { useAddress } from "../../lib/address";
import { firstPage } from "../../lib/pages";
import { useText } from "../../text";
import { done } from "../../ui/toast";
import { changeTo, keptOf, useSaved } from "./saved";

/** SavedFilters are ways of looking at the list that were given a name in this browser. */
export function SavedFilters() {
  const { say } = useText();
  const [address, change] = useAddress();
  const { saved, add, remove } = useSaved(useViewer().organizationSlug);
  const [opened, setOpened] = useState(false);
  const [name, setName] = useState("");
  const kept = keptOf(address);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconBookmark size={14} />}
          onClick={() => setOpened((o) => !o)}
          aria-expanded={opened}
        >
          {say("people.saved.title")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={say("people.saved.title")}>
        <Stack gap="xs">
          {saved.length === 0 && (
            <Text size="sm" c="var(--faint)">
              {say("people.saved.none")}
            </Text>
          )}
          {saved.map((s) => (
            <Group key={s.name} justify="space-between" wrap="nowrap" gap="xs">
              <UnstyledButton
                flex={1}
                miw={0}
                py={4}
                dir="auto"
                style={{ overflowWrap: "anywhere" }}
                onClick={() => {
                  change({ ...firstPage, filter: undefined, ...changeTo(s) });
                  setOpened(false);
                }}
              >
                {s.name}
              </UnstyledButton>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={say("people.saved.remove", { name: s.name })}
                onClick={() => remove(s.name)}
              >
                <IconX size={14} />
              </ActionIcon>
            </Group>
          ))}
          {Object.keys(kept).length > 0 && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (!name.trim()) return;
                add({ name: name.trim(), address: kept });
                done(say("people.saved.done", { name: name.trim() }));
                setName("");
                setOpened(false);
              }}
            >
              <Group gap="xs" wrap="nowrap" align="flex-end">
                <TextInput
                  size="xs"
                  flex={1}
                  label={say("people.saved.name")}
                  value={name}
                  maxLength={60}
                  onChange={(e) => setName(e.currentTarget.value)}
                  dir="auto"
                />
                <Button size="xs" type="submit" disabled={!name.trim()}>
                  {say("act.save")}
                </Button>
              </Group>
            </form>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
