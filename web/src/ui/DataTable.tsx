import { Checkbox, Skeleton, Table } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";
import { useText } from "../text";
import classes from "./DataTable.module.css";

/** Column is one column of a DataTable. */
export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  numeric?: boolean;
  /** CSS width; without one the column takes what is left. */
  width?: string;
  /** Left out below 768 px, where rows are stacked. */
  wide?: boolean;
}

/** Selection is which rows are ticked. */
export interface Selection {
  ids: ReadonlySet<string>;
  change: (ids: ReadonlySet<string>) => void;
}

/**
 * DataTable shows rows. The first column holds the link to what a row is about;
 * a click anywhere on the row follows it too. On a phone each row is a block of
 * its columns with their titles.
 */
export function DataTable<Row>(props: {
  label: string;
  columns: Column<Row>[];
  rows: readonly Row[] | undefined;
  id: (row: Row) => string;
  /** What a row is called, for who can't see it. */
  name?: (row: Row) => string;
  href?: (row: Row) => string;
  selection?: Selection;
  /** Shown in place of rows when there are none. */
  empty?: ReactNode;
  /** How many rows the skeleton has. */
  expected?: number;
}) {
  const { say } = useText();
  const navigate = useNavigate();
  const { rows, selection } = props;
  if (rows && rows.length === 0) return <>{props.empty}</>;

  function follow(event: MouseEvent<HTMLElement>, row: Row) {
    const href = props.href?.(row);
    if (!href || event.defaultPrevented || event.button !== 0) return;
    if ((event.target as HTMLElement).closest("a, button, input, label, [role=menu]")) return;
    if (window.getSelection()?.toString()) return;
    if (event.metaKey || event.ctrlKey) window.open(href, "_blank", "noopener");
    else void navigate({ to: href });
  }

  const all = rows?.map(props.id) ?? [];
  const ticked = all.filter((id) => selection?.ids.has(id)).length;
  function tick(ids: string[], on: boolean) {
    const next = new Set(selection?.ids);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    selection?.change(next);
  }

  return (
    <Table className={classes.table} aria-label={props.label} aria-busy={!rows}>
      <Table.Thead>
        <Table.Tr>
          {selection && (
            <Table.Th w={36}>
              <Checkbox
                size="xs"
                aria-label={say("list.selectAll")}
                checked={ticked > 0 && ticked === all.length}
                indeterminate={ticked > 0 && ticked < all.length}
                onChange={(e) => tick(all, e.currentTarget.checked)}
              />
            </Table.Th>
          )}
          {props.columns.map((c) => (
            <Table.Th
              key={c.key}
              w={c.width}
              data-numeric={c.numeric || undefined}
              data-wide={c.wide || undefined}
            >
              {c.title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows
          ? rows.map((row) => {
              const id = props.id(row);
              return (
                <Table.Tr key={id} data-link={props.href ? true : undefined} onClick={(e) => follow(e, row)}>
                  {selection && (
                    <Table.Td data-tick>
                      <Checkbox
                        size="xs"
                        aria-label={say("list.selectRow", { name: props.name?.(row) ?? id })}
                        checked={selection.ids.has(id)}
                        onChange={(e) => tick([id], e.currentTarget.checked)}
                      />
                    </Table.Td>
                  )}
                  {props.columns.map((c) => (
                    <Table.Td
                      key={c.key}
                      data-title={c.title}
                      data-numeric={c.numeric || undefined}
                      data-wide={c.wide || undefined}
                      dir="auto"
                    >
                      {c.cell(row)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              );
            })
          : Array.from({ length: props.expected ?? 8 }, (_, i) => i).map((i) => (
              <Table.Tr key={i}>
                {selection && <Table.Td />}
                {props.columns.map((c) => (
                  <Table.Td key={c.key} data-wide={c.wide || undefined}>
                    <Skeleton height={12} my={4} width={`${50 + ((i * 17 + c.key.length * 7) % 40)}%`} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
      </Table.Tbody>
    </Table>
  );
}
