import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "urql";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { done, failed } from "../../../ui/toast";
import { AttributeLists } from "../AttributeLists";
import { type LinkSetUp, setUpAttributeDocument, setUpTokenDocument } from "./documents";
import { ShownOnce } from "./ShownOnce";

/** LinkToken makes the SCIM token through a set-up link, and shows it this once. */
export function LinkToken({ setUp, again }: { setUp: LinkSetUp; again: () => void }) {
  const { say } = useText();
  const [{ fetching, data, error }, make] = useMutation(setUpTokenDocument);
  const made = data?.setUpToken;
  if (made)
    return (
      <ShownOnce
        secret={made.secret}
        what={say("connections.secret")}
        text={say("connections.shownOnceText")}
        until={made.token.expiresAt}
      />
    );
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        variant={setUp.token ? "default" : "filled"}
        loading={fetching}
        onClick={async () => {
          const { data } = await make({});
          if (data) again();
        }}
      >
        {say(setUp.token ? "setup.link.makeAnother" : "connections.makeToken")}
      </Button>
      {error && (
        <Text c="var(--bad)" role="alert">
          {refusals(error)[0]?.message}
        </Text>
      )}
    </Stack>
  );
}

/** LinkAttributes declares attributes that were seen, through a set-up link. */
export function LinkAttributes({ setUp, again }: { setUp: LinkSetUp; again: () => void }) {
  const { say } = useText();
  const [{ fetching }, declare] = useMutation(setUpAttributeDocument);
  return (
    <AttributeLists
      attributes={setUp.attributes}
      forSeen={(a) => (
        <Button
          size="xs"
          variant="default"
          loading={fetching}
          onClick={async () => {
            const { error } = await declare({ id: a.id });
            if (error) return failed(say("connections.declareFailed"), error);
            done(say("connections.declared", { name: a.name }));
            again();
          }}
          aria-label={say("connections.declareOne", { name: a.name })}
        >
          {say("connections.declare")}
        </Button>
      )}
    />
  );
}
