import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { useText } from "../../text";
import { Section } from "../../ui/Page";
import { done, failed } from "../../ui/toast";
import { type Attribute, AttributeLists, pathOf } from "./AttributeLists";
import { DeclareForm } from "./DeclareForm";
import { declareDocument, type OneConnection, undeclareDocument } from "./documents";

/** Attributes shows the custom attributes and changes what is declared. */
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

  const act = (one: (a: Attribute) => ReactNode) => (write ? one : undefined);
  return (
    <AttributeLists
      attributes={c.attributes}
      forSeen={act((a) => (
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
      forDeclared={act((a) => (
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
    >
      {write && (
        <Section title={say("connections.declareNew")} about={say("connections.declareNewAbout")}>
          <DeclareForm id={c.id} again={again} />
        </Section>
      )}
    </AttributeLists>
  );
}
