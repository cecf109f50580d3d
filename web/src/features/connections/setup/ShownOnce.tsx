import { Alert, Stack, Text } from "@mantine/core";
import { useText } from "../../../text";
import { Copyable } from "../../../ui/Copy";
import { When } from "../../../ui/When";

/** ShownOnce shows a secret that nobody can see again. */
export function ShownOnce(props: { secret: string; what: string; text: string; until: string | null }) {
  const { say } = useText();
  return (
    <Alert color="evergreen" title={say("connections.shownOnce")} role="status">
      <Stack gap="xs" align="flex-start">
        <Copyable value={props.secret} what={props.what} />
        <Text size="sm">
          {props.text} <When at={props.until} />.
        </Text>
      </Stack>
    </Alert>
  );
}
