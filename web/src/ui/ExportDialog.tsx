import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../lib/client";
import { graphql, type VariablesOf } from "../lib/documents";
import { useText } from "../text";

const exportDocument = graphql(`
  mutation Export($input: ExportInput!) {
    createExport(input: $input) {
      url
    }
  }
`);

const formats = ["CSV", "JSONL"] as const;

/** Exported is which rows are downloaded. */
export type Exported = Omit<VariablesOf<typeof exportDocument>["input"], "format">;

/** ExportDialog downloads rows as a file. children say which. */
export function ExportDialog(props: {
  title: string;
  rows: Exported;
  onClose: () => void;
  children: ReactNode;
}) {
  const { say } = useText();
  const [format, setFormat] = useState<(typeof formats)[number]>("CSV");
  const [answer, make] = useMutation(exportDocument);
  async function download() {
    const { data } = await make({ input: { ...props.rows, format } });
    if (!data) return;
    const { pathname, search } = new URL(data.createExport.url); // here, whatever the public address is
    window.location.assign(pathname + search);
    props.onClose();
  }
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void download();
        }}
      >
        <Stack>
          <Text component="div">{props.children}</Text>
          <Radio.Group
            label={say("export.format")}
            value={format}
            onChange={(v) => setFormat(formats.find((f) => f === v) ?? "CSV")}
          >
            <Stack gap="xs" mt={4}>
              {formats.map((f) => (
                <Radio key={f} value={f} label={say(`export.${f}`)} />
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
            <Button type="submit" loading={answer.fetching} data-autofocus>
              {say("export.act")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
