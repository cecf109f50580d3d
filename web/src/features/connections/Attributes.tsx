import { Button, Stack, Text } from "@mantine/core";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { useText } from "../../text";
import { Copyable } from "../../ui/Copy";
import { type Column, DataTable } from "../../ui/DataTable";
import { Section } from "../../ui/Page";
import { done, failed } from "../../ui/toast";
import { DeclareForm } from "./DeclareForm";
import { declareDocument, type OneConnection, undeclareDocument } from "./documents";

type Attribute = OneConnection["attributes"][number];

/** pathOf is the attribute's whole name, as it is pasted at the identity provider. */
export const pathOf = (a: { urn: string; name: string }) => `${a.urn}:${a.name}`;

/** Attributes shows the custom attributes: those that are sent but not declared, and the declared ones. */
export function Attributes({ connection: c, again }: { connection: OneConnection; again: () => void }) {
  const { say } = useText();
  const may = useMay();
  const [declaring, declare] = useMutation(declareDocument);
  const [removing, remove] = useMutation(undeclareDocument);
  const write = may("connections:write");

  async function add(a: Attribute) {
    const { error } = await declare({
      id: c.id,
      input: { path: pathOf(a), type: a.type, multiValued: a.multiValued, resource: a.resource },
    });
    if (error) return failed(say("connections.declareFailed"), error);
    done(say("connections.declared", { name: a.name }));
    again();
  }

  async function takeBack(a: Attribute) {
    const { error } = await remove({ id: a.id });
    if (error) return failed(say("connections.undeclareFailed"), error);
    again();
    done(say("connections.undeclared", { name: a.name }), {
      label: say("act.undo"),
      act: () => void add(a),
    });
  }

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
  const act = (cell: Column<Attribute>["cell"]): Column<Attribute>[] =>
    write ? [...columns, { key: "act", title: say("connections.act"), cell, numeric: true }] : columns;
  const seen = c.attributes.filter((a) => !a.declared);
  const declared = c.attributes.filter((a) => a.declared);
  return (
    <Stack gap="xl">
      <Section title={say("connections.seen")} about={say("connections.seenAbout")}>
        <DataTable
          label={say("connections.seen")}
          columns={act((a) => (
            <Button
              size="xs"
              variant="default"
              loading={declaring.fetching}
              onClick={() => void add(a)}
              aria-label={say("connections.declareOne", { name: a.name })}
            >
              {say("connections.declare")}
            </Button>
          ))}
          rows={seen}
          id={(a) => a.id}
          empty={<Text c="var(--faint)">{say("connections.seenNone")}</Text>}
        />
      </Section>
      <Section title={say("connections.declaredTitle")} about={say("connections.declaredAbout")}>
        <DataTable
          label={say("connections.declaredTitle")}
          columns={act((a) => (
            <Button
              size="xs"
              variant="default"
              loading={removing.fetching}
              onClick={() => void takeBack(a)}
              aria-label={say("connections.undeclareOne", { name: a.name })}
            >
              {say("connections.undeclare")}
            </Button>
          ))}
          rows={declared}
          id={(a) => a.id}
          empty={<Text c="var(--faint)">{say("connections.declaredNone")}</Text>}
        />
      </Section>
      {write && (
        <Section title={say("connections.declareNew")} about={say("connections.declareNewAbout")}>
          <DeclareForm id={c.id} again={again} />
        </Section>
      )}
    </Stack>
  );
}
