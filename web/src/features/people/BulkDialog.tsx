import { Anchor, Button, Group, Modal, Progress, Select, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { DepartmentPicker, type Picked } from "../../ui/DepartmentPicker";
import classes from "./BulkBar.module.css";
import { type Act, useBulk } from "./bulk";
import { roles } from "./list";

const affectedDocument = graphql(`
  query Affected($ids: [ID!]!) {
    all: users(where: { ids: $ids }, first: 1) {
      totalCount
    }
    provisioned: users(where: { ids: $ids, local: false }, first: 1) {
      totalCount
    }
    owners: users(where: { ids: $ids, roles: [OWNER] }, first: 1) {
      totalCount
    }
    names: users(where: { ids: $ids, statuses: [ACTIVE, INACTIVE, DELETED] }, first: 200) {
      nodes {
        id
        name
      }
    }
  }
`);

const most = 1000; // ids in one condition

/** BulkDialog asks, does it with progress, and tells what became of each. */
export function BulkDialog(props: {
  kind: Act["kind"];
  ids: string[];
  onClose: (finished: boolean) => void;
}) {
  const { say, number } = useText();
  const { kind, ids } = props;
  const { progress, run } = useBulk();
  const [role, setRole] = useState<(typeof roles)[number]>("LEARNER");
  const [department, setDepartment] = useState<Picked | null>(null);
  const [{ data }] = useQuery({
    query: affectedDocument,
    variables: { ids: ids.slice(0, most) },
    requestPolicy: "network-only",
    pause: progress !== undefined,
  });
  const names = new Map(data?.names.nodes.map((p) => [p.id, p.name]));

  function start() {
    if (kind === "role") void run({ kind, role }, ids);
    else if (kind === "move") void run({ kind, departmentId: department?.id ?? null }, ids);
    else void run({ kind }, ids);
  }

  const failures = progress?.results.filter((r) => r.problem) ?? [];
  const reached = progress?.results.length ?? 0;
  const finished = progress !== undefined && !progress.running;
  const error = progress?.error && refusals(progress.error)[0]?.message;
  return (
    <Modal
      opened
      onClose={() => !progress?.running && props.onClose(finished)}
      title={say(`people.bulk.${kind}.title`, { count: ids.length })}
      closeButtonProps={{ "aria-label": say("act.close") }}
      closeOnClickOutside={!progress}
    >
      <Stack>
        {!progress && (
          <>
            <Text>{say(`people.bulk.${kind}.text`, { count: ids.length })}</Text>
            {data && data.provisioned.totalCount > 0 && kind !== "role" && (
              <Text c="var(--warn)">
                {say("people.bulk.provisioned", { count: data.provisioned.totalCount })}
              </Text>
            )}
            {data && data.owners.totalCount > 0 && (
              <Text c="var(--warn)">{say("people.bulk.owners", { count: data.owners.totalCount })}</Text>
            )}
            {kind === "role" && (
              <Select
                label={say("people.column.role")}
                allowDeselect={false}
                data={roles.map((r) => ({ value: r, label: say(`role.${r}`) }))}
                value={role}
                onChange={(r) => r && setRole(r)}
              />
            )}
            {kind === "move" && (
              <DepartmentPicker
                label={say("people.column.department")}
                description={say("people.bulk.move.none")}
                value={department}
                onPick={setDepartment}
              />
            )}
          </>
        )}
        {progress && (
          <>
            <Progress
              value={(reached / progress.total) * 100}
              aria-label={say("people.bulk.progress")}
              color={failures.length > 0 ? "yellow.8" : "evergreen"}
            />
            <Text aria-live="polite">
              {progress.running
                ? say("people.bulk.running", { done: number(reached), count: number(progress.total) })
                : say("people.bulk.finished", {
                    done: reached - failures.length,
                    failed: failures.length,
                    rest: progress.total - reached,
                  })}
            </Text>
            {error && (
              <Text c="var(--bad)" role="alert">
                {error}
              </Text>
            )}
            {failures.length > 0 && (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
              <ul className={classes.problems} tabIndex={0} aria-label={say("people.bulk.problems")}>
                {failures.map((f) => (
                  <li key={f.id}>
                    <Anchor component={Link} to={`/people/${f.id}`} dir="auto">
                      {names.get(f.id) ?? f.id}
                    </Anchor>
                    <Text size="sm" c="var(--bad)">
                      {f.problem?.message}
                    </Text>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
        <Group justify="flex-end">
          {!progress && (
            <>
              <Button variant="default" onClick={() => props.onClose(false)}>
                {say("act.cancel")}
              </Button>
              <Button
                onClick={start}
                {...((kind === "delete" || kind === "deactivate") && { color: "red" })}
                data-autofocus={kind === "role" || kind === "move" ? undefined : true}
              >
                {say(`people.bulk.${kind}.act`)}
              </Button>
            </>
          )}
          {progress && (
            <Button loading={progress.running} onClick={() => props.onClose(true)}>
              {say("act.close")}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
