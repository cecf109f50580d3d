import { Anchor, Button, Code, Group, Modal, SegmentedControl, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { When } from "../../ui/When";

const exportDocument = graphql(`
  mutation ExportPeople($format: ExportFormat!, $filter: String) {
    createExport(input: { what: USERS, format: $format, filter: $filter }) {
      url
      expiresAt
    }
  }
`);

/** ExportDialog makes a link under which people can be downloaded once. */
export function ExportDialog(props: { opened: boolean; filter: string | undefined; onClose: () => void }) {
  const { say } = useText();
  const [format, setFormat] = useState<"CSV" | "JSONL">("CSV");
  const [used, setUsed] = useState<string>();
  const [{ data, error, fetching }, make] = useMutation(exportDocument);
  const link = data?.createExport;
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={say("people.export.title")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <Stack>
        <Text>{props.filter ? say("people.export.filtered") : say("people.export.all")}</Text>
        {props.filter && <Code block>{props.filter}</Code>}
        <Text size="sm" c="var(--faint)">
          {say("people.export.note")}
        </Text>
        <SegmentedControl
          aria-label={say("people.export.format")}
          value={format}
          onChange={(f) => setFormat(f === "JSONL" ? "JSONL" : "CSV")}
          data={[
            { value: "CSV", label: say("people.export.csv") },
            { value: "JSONL", label: say("people.export.jsonl") },
          ]}
        />
        {error && (
          <Text c="var(--bad)" role="alert">
            {refusals(error)[0]?.message}
          </Text>
        )}
        {link && link.url !== used && (
          <Text aria-live="polite">
            <Anchor href={link.url} download onClick={() => setUsed(link.url)}>
              {say("people.export.download")}
            </Anchor>{" "}
            <Text span size="sm" c="var(--faint)">
              {say("people.export.once")} <When at={link.expiresAt} />
            </Text>
          </Text>
        )}
        {link && link.url === used && <Text c="var(--faint)">{say("people.export.used")}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose}>
            {say("act.close")}
          </Button>
          <Button
            loading={fetching}
            onClick={() => void make({ format, filter: props.filter ?? null })}
            data-autofocus
          >
            {say("people.export.make")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
