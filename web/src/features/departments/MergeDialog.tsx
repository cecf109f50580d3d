import { Button, Group, Modal, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { DepartmentPicker, type Picked } from "../../ui/DepartmentPicker";
import { Loaded } from "../../ui/Loaded";
import { done } from "../../ui/toast";
import { mergeDocument, useEffects } from "./effects";

/** MergeDialog moves the people of some departments into another, and shows first what that does. */
export function MergeDialog(props: { from: string[]; onClose: (merged: boolean) => void }) {
  const { say, number } = useText();
  const navigate = useNavigate();
  const [into, setInto] = useState<Picked | null>(null);
  const { answer, again } = useEffects(props.from);
  const [{ error, fetching }, merge] = useMutation(mergeDocument);

  return (
    <Modal
      opened
      onClose={() => props.onClose(false)}
      title={say("departments.mergeTitle")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <Loaded answer={answer} retry={again} skeleton={<Skeleton height={160} />}>
        {(found) => {
          const goes = found.filter((d) => d.id !== into?.id);
          const people = goes.reduce((n, d) => n + d.userCount, 0);
          const sent = goes.reduce((n, d) => n + d.sent, 0);
          return (
            <Stack>
              <DepartmentPicker label={say("departments.into")} value={into} onPick={setInto} />
              <Table aria-label={say("departments.effects")}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{say("departments.goes")}</Table.Th>
                    <Table.Th ta="end">{say("departments.people")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {goes.map((d) => (
                    <Table.Tr key={d.id}>
                      <Table.Td dir="auto" style={{ overflowWrap: "anywhere" }}>
                        {d.name}
                      </Table.Td>
                      <Table.Td ta="end">{number(d.userCount)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              <Text>
                {into
                  ? say("departments.mergeText", { count: people, into: into.name, removed: goes.length })
                  : say("departments.mergeChoose")}
              </Text>
              {sent > 0 && <Text c="var(--warn)">{say("departments.mergeSent", { count: sent })}</Text>}
              {error && (
                <Text c="var(--bad)" role="alert">
                  {refusals(error)[0]?.message}
                </Text>
              )}
              <Group justify="flex-end">
                <Button variant="default" onClick={() => props.onClose(false)}>
                  {say("act.cancel")}
                </Button>
                <Button
                  color="red"
                  loading={fetching}
                  disabled={!into || goes.length === 0}
                  onClick={async () => {
                    if (!into) return;
                    const { data } = await merge(
                      { from: goes.map((d) => d.id), into: into.id },
                      { additionalTypenames: ["Department", "DepartmentConnection", "User"] },
                    );
                    if (!data) return;
                    done(say("departments.merged", { count: people, into: into.name }));
                    props.onClose(true);
                    void navigate({ to: `/departments/${into.id}` });
                  }}
                >
                  {say("departments.mergeAct")}
                </Button>
              </Group>
            </Stack>
          );
        }}
      </Loaded>
    </Modal>
  );
}
