import { Button, Group, Text } from "@mantine/core";
import { useText } from "../text";

/** Pager walks through the pages of a list. Where a page is unknown its button is off. */
export function Pager(props: {
  total?: number | null | undefined;
  previous?: (() => void) | undefined;
  next?: (() => void) | undefined;
}) {
  const { say } = useText();
  if (!props.previous && !props.next && !props.total) return null;
  return (
    <Group justify="space-between" component="nav">
      <Text size="sm" c="var(--faint)">
        {props.total != null && say("list.total", { count: props.total })}
      </Text>
      <Group gap="xs">
        <Button variant="default" size="xs" disabled={!props.previous} onClick={props.previous}>
          {say("list.previous")}
        </Button>
        <Button variant="default" size="xs" disabled={!props.next} onClick={props.next}>
          {say("list.next")}
        </Button>
      </Group>
    </Group>
  );
}
