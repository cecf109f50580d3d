import { Text } from "@mantine/core";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { relative } from "../../lib/time";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { done } from "../../ui/toast";
import { useNow } from "../../ui/When";
import { type AToken, byTokens } from "./token";

const revokeDocument = graphql(`
  mutation RevokeToken($id: ID!) {
    revokeToken(id: $id) {
      __typename
    }
  }
`);

/** Revoke ends a token, after saying when it was last used. */
export function Revoke({ token, onClose }: { token: AToken; onClose: () => void }) {
  const { say, locale } = useText();
  const now = useNow();
  const [answer, revoke] = useMutation(revokeDocument);
  async function act() {
    const { error } = await revoke({ id: token.id }, byTokens);
    if (error) return;
    done(say("tokens.revoked", { name: token.name }));
    onClose();
  }
  return (
    <Confirm
      opened
      title={say("tokens.revoke.title", { name: token.name })}
      text={
        <>
          <Text>
            {token.lastUsedAt
              ? say("tokens.revoke.used", {
                  when: relative(new Date(token.lastUsedAt), now, locale),
                  address: token.lastUsedFrom ?? say("tokens.revoke.unknown"),
                  client: token.lastUsedBy ?? say("tokens.revoke.unknownClient"),
                })
              : say("tokens.revoke.never")}
          </Text>
          <Text mt="xs">{say("tokens.revoke.text")}</Text>
        </>
      }
      act={say("tokens.revoke")}
      busy={answer.fetching}
      problem={answer.error && refusals(answer.error)[0]?.message}
      onAct={() => void act()}
      onClose={onClose}
    />
  );
}
