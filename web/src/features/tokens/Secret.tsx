import { Button, Group, Stack, Text } from "@mantine/core";
import { useText } from "../../text";
import { Copyable } from "../../ui/Copy";

/** Secret shows a secret, this once, with the address that goes with it for identity providers. */
export function Secret(props: { secret: string; url?: string | undefined; onClose: () => void }) {
  const { say } = useText();
  return (
    <Stack>
      <Text>{say("tokens.secret.text")}</Text>
      {props.url && (
        <div>
          <Text size="sm" fw={500}>
            {say("tokens.secret.url")}
          </Text>
          <Copyable value={props.url} what={say("tokens.secret.url")} />
        </div>
      )}
      <Copyable value={props.secret} what={say("tokens.secret.what")} />
      <Group justify="flex-end">
        <Button onClick={props.onClose} data-autofocus>
          {say("tokens.secret.kept")}
        </Button>
      </Group>
    </Stack>
  );
}
