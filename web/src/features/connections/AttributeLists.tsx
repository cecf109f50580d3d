import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "../../text";
import { Copyable } from "../../ui/Copy";
import { type Column, DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Page";
import type { OneConnection } from "./documents";

export type Attribute = OneConnection["attributes"][number];

/** pathOf is the attribute's whole name, as it is pasted at the identity provider. */
export const pathOf = (a: { urn: string; name: string }) => `${a.urn}:${a.name}`;

/** AttributeLists shows the custom attributes: those that are sent but not declared, and the declared ones. */
export function AttributeLists(props: {
  attributes: readonly Attribute[];
  forSeen?: ((a: Attribute) => ReactNode) | undefined;
  forDeclared?: ((a: Attribute) => ReactNode) | undefined;
  children?: ReactNode;
}) {
  const { say } = useText();
  const columns: Column<Attribute>[] = [
    {
      key: "path",
      title: say("connections.attribute"),
      cell: (a) => <Copyable value={pathOf(a)} what={a.name} />,
    },
    {
      key: "of",
      title: say("connections.attributeOf"),
      cell: (a) => say(a.resource === "Group" ? "connections.ofGroup" : "connections.ofUser"),
    },
    {
      key: "type",
      title: say("connections.type"),
      cell: (a) => say(a.multiValued ? "connections.typeMany" : "connections.typeOne", { type: a.type }),
    },
  ];
  const withAct = (cell: Column<Attribute>["cell"] | undefined): Column<Attribute>[] =>
    cell ? [...columns, { key: "act", title: say("connections.act"), cell, numeric: true }] : columns;
  const lists = [
    {
      title: say("connections.seen"),
      about: say("connections.seenAbout"),
      columns: withAct(props.forSeen),
      rows: props.attributes.filter((a) => !a.declared),
      none: say("connections.seenNone"),
    },
    {
      title: say("connections.declaredTitle"),
      about: say("connections.declaredAbout"),
      columns: withAct(props.forDeclared),
      rows: props.attributes.filter((a) => a.declared),
      none: say("connections.declaredNone"),
    },
  ];
  return (
    <Stack gap="xl">
      {lists.map((list) => (
        <Section key={list.title} title={list.title} about={list.about}>
          <DataTable
            label={list.title}
            columns={list.columns}
            rows={list.rows}
            id={(a) => a.id}
            empty={<Text c="var(--faint)">{list.none}</Text>}
          />
        </Section>
      ))}
      {props.children}
    </Stack>
  );
}
