import { Button, FileInput, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { done } from "../../ui/toast";
import { ImportRows } from "./ImportRows";

const importDocument = graphql(`
  mutation ImportPeople($csv: String!, $dryRun: Boolean!) {
    importUsers(csv: $csv, dryRun: $dryRun) {
      dryRun
      created
      updated
      unchanged
      conflicts
      rows {
        line
        userName
        action
        problems
        userId
      }
    }
  }
`);

/** ImportDialog takes a CSV file, shows what it would do row by row, and then does it. */
export function ImportDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { say } = useText();
  const [file, setFile] = useState<File | null>(null);
  const [csv, setCsv] = useState<string>();
  const [asked, setAsked] = useState<string>(); // the text that the answer is about
  const [{ data, error, fetching }, send] = useMutation(importDocument);
  const answer = csv !== undefined && asked === csv ? data?.importUsers : undefined;
  const changes = (answer?.created ?? 0) + (answer?.updated ?? 0);

  async function choose(next: File | null) {
    setFile(next);
    setCsv(undefined);
    if (!next) return;
    const text = await next.text();
    setCsv(text);
    setAsked(text);
    void send({ csv: text, dryRun: true });
  }

  async function run() {
    if (csv === undefined) return;
    const { data: answered } = await send({ csv, dryRun: false });
    const result = answered?.importUsers;
    if (result) done(say("people.import.done", { created: result.created, updated: result.updated }));
  }

  function close() {
    setFile(null);
    setCsv(undefined);
    onClose();
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      size="xl"
      title={say("people.import.title")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <Stack>
        <Text>{say("people.import.about")}</Text>
        <FileInput
          label={say("people.import.file")}
          description={say("people.import.columns")}
          placeholder={say("people.import.choose")}
          accept=".csv,text/csv,text/plain"
          value={file}
          onChange={(f) => void choose(f)}
          error={csv !== undefined && error ? refusals(error)[0]?.message : undefined}
          clearable
          clearButtonProps={{ "aria-label": say("pick.clear") }}
        />
        {fetching && <Text aria-live="polite">{say("people.import.reading")}</Text>}
        {answer && !fetching && (
          <>
            <Text fw={500} aria-live="polite">
              {say(answer.dryRun ? "people.import.would" : "people.import.did", {
                created: answer.created,
                updated: answer.updated,
                unchanged: answer.unchanged,
                conflicts: answer.conflicts,
              })}
            </Text>
            <ImportRows rows={answer.rows} />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say(answer && !answer.dryRun ? "act.close" : "act.cancel")}
          </Button>
          {answer?.dryRun !== false && (
            <Button loading={fetching} disabled={!answer || changes === 0} onClick={() => void run()}>
              {say("people.import.run", { count: changes })}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
