import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "../text";
import classes from "./Changes.module.css";

/** Change is one attribute before and after; null or undefined where there was, or is, nothing. */
export interface Change {
  attribute: string;
  old?: unknown;
  new?: unknown;
}

const most = 12; // entries of a list that are shown one by one

/** Changes shows what was before beside what is now, attribute by attribute. */
export function Changes({
  changes,
  label,
  show,
}: {
  changes: readonly Change[];
  label: string;
  /** What to show for a single value in place of its text, such as a name for an id. */
  show?: (attribute: string, value: string) => ReactNode;
}) {
  const { say } = useText();
  return (
    <Table className={classes.changes} aria-label={label}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say("changes.attribute")}</Table.Th>
          <Table.Th>{say("changes.old")}</Table.Th>
          <Table.Th>{say("changes.new")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {changes.map((c) => (
          <Table.Tr key={c.attribute}>
            <Table.Th scope="row">{c.attribute}</Table.Th>
            <Table.Td data-title={say("changes.old")}>
              <Value value={c.old} kind="old" show={(v) => show?.(c.attribute, v) ?? v} />
            </Table.Td>
            <Table.Td data-title={say("changes.new")}>
              <Value value={c.new} kind="new" show={(v) => show?.(c.attribute, v) ?? v} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Value({
  value,
  kind,
  show,
}: {
  value: unknown;
  kind: "old" | "new";
  show: (value: string) => ReactNode;
}) {
  const { say } = useText();
  if (value === null || value === undefined || value === "")
    return <span className={classes.none}>{say("fact.none")}</span>;
  const Mark = kind === "old" ? "del" : "ins";
  if (!Array.isArray(value)) return <Mark dir="auto">{show(written(value))}</Mark>;
  return (
    <>
      {value.slice(0, most).map((one) => (
        <div key={written(one)}>
          <Mark dir="auto">{show(written(one))}</Mark>
        </div>
      ))}
      {value.length > most && (
        <span className={classes.none}>{say("changes.more", { count: value.length - most })}</span>
      )}
    </>
  );
}

function written(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
