import { Alert, Stack, Text } from "@mantine/core";
import { useContext } from "react";
import { dateOf } from "../../../lib/time";
import { useText } from "../../../text";
import { Copyable } from "../../../ui/Copy";
import { Zone } from "../../../ui/When";

/** ShownOnce shows a secret that nobody can see again. */
export function ShownOnce(props: { secret: string; what: string; text: string; until: string | null }) {
  const { say, locale } = useText();
  const zone = useContext(Zone);
  return (
    <Alert color="evergreen" title={say("connections.shownOnce")} role="status">
      <Stack gap="xs" align="flex-start">
        <Copyable value={props.secret} what={props.what} />
        {props.until && (
          <Text size="sm">
            {props.text} {dateOf(new Date(props.until), locale, zone)}.
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
