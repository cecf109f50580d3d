import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Secret } from "./Secret";
import { type AToken, byTokens } from "./token";

const rotateDocument = graphql(`
  mutation RotateToken($id: ID!, $overlapHours: Int!) {
    rotateToken(id: $id, overlapHours: $overlapHours) {
      secret
    }
  }
`);

const overlaps = [0, 1, 24, 7 * 24, 30 * 24]; // hours

/** Rotate makes the successor of a token and shows its secret; the old one works for a while longer. */
export function Rotate({ token, onClose }: { token: AToken; onClose: () => void }) {
  const { say } = useText();
  const [hours, setHours] = useState(7 * 24);
  const [answer, rotate] = useMutation(rotateDocument);
  const secret = answer.data?.rotateToken.secret;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={!secret}
      title={secret ? say("tokens.secret.title") : say("tokens.rotate.title", { name: token.name })}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      {secret ? (
        <Secret secret={secret} onClose={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void rotate({ id: token.id, overlapHours: hours }, byTokens);
          }}
        >
          <Stack>
            <Text>{say("tokens.rotate.text")}</Text>
            <Select
              label={say("tokens.rotate.overlap")}
              allowDeselect={false}
              value={String(hours)}
              onChange={(v) => setHours(Number(v))}
              data={overlaps.map((h) => ({
                value: String(h),
                label:
                  h === 0
                    ? say("tokens.rotate.now")
                    : h < 48
                      ? say("tokens.rotate.hours", { count: h })
                      : say("tokens.rotate.days", { count: h / 24 }),
              }))}
            />
            {answer.error && (
              <Text c="var(--bad)" role="alert">
                {refusals(answer.error)[0]?.message}
              </Text>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {say("act.cancel")}
              </Button>
              <Button type="submit" loading={answer.fetching}>
                {say("tokens.rotate.act")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
