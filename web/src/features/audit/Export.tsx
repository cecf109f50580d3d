import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";

const exportDocument = graphql(`
  mutation ExportEvents($format: ExportFormat!, $from: Time, $before: Time) {
    createExport(input: { what: EVENTS, format: $format, from: $from, before: $before }) {
      url
    }
  }
`);

const formats = ["CSV", "JSONL"] as const;

/** Export downloads the events of a time. */
export function Export(props: {
  where: { from?: string | null; before?: string | null };
  onClose: () => void;
}) {
  const { say } = useText();
  const [format, setFormat] = useState<(typeof formats)[number]>("CSV");
  const [answer, make] = useMutation(exportDocument);
  const { from, before } = props.where;
  async function download() {
    const { data } = await make({ format, from: from ?? null, before: before ?? null });
    if (!data) return;
    const { pathname, search } = new URL(data.createExport.url); // here, whatever the public address is
    window.location.assign(pathname + search);
    props.onClose();
  }
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={say("audit.export.title")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void download();
        }}
      >
        <Stack>
          <Text>
            {say("audit.export.text", {
              period: from || before ? say("audit.export.bounded") : say("audit.export.all"),
            })}
          </Text>
          <Radio.Group
            label={say("audit.export.format")}
            value={format}
            onChange={(v) => setFormat(formats.find((f) => f === v) ?? "CSV")}
          >
            <Stack gap="xs" mt={4}>
              {formats.map((f) => (
                <Radio key={f} value={f} label={say(`audit.export.${f}`)} />
              ))}
            </Stack>
          </Radio.Group>
          {answer.error && (
            <Text c="var(--bad)" role="alert">
              {refusals(answer.error)[0]?.message}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {say("act.cancel")}
            </Button>
            <Button type="submit" loading={answer.fetching}>
              {say("audit.export.act")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
