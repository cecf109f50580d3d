import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "../../text";
import { Copyable } from "../../ui/Copy";
import { type Fact, Facts } from "../../ui/Facts";
import { Section } from "../../ui/Page";
import { When } from "../../ui/When";
import { texts } from "./form";
import type { One } from "./personDocument";

/** PersonFacts are what is known of a person, and what of it doesn’t come from the directory. */
export function PersonFacts({ person }: { person: One }) {
  const { say } = useText();
  const owned = new Set(person.ownedFields);
  const from = person.connection?.name;
  const source = (field: string, value: unknown) =>
    from && value && !owned.has(field) ? say("fact.local") : undefined;
  const fact = (field: string, name: string, value: ReactNode): Fact => ({
    name,
    value,
    source: source(field, value),
  });
  const asSent = (sent: string | null, shown: string | undefined) =>
    sent && sent.toLowerCase() !== shown?.toLowerCase() ? say("people.sentAs", { value: sent }) : undefined;
  const other = person.emails.filter((e) => e.value !== person.email);
  const departmentSent = asSent(person.departmentName, person.department?.name);
  const managerSent = !person.manager && person.managerValue;

  const facts: Fact[] = [
    fact("userName", say("people.column.userName"), person.userName),
    ...texts
      .filter((t) => person[t] || t === "displayName" || t === "email" || t === "title")
      .map((t) => fact(t, say(`people.column.${t}`), person[t])),
    fact(
      "departmentId",
      say("people.column.department"),
      person.department && (
        <>
          <Anchor component={Link} to={`/departments/${person.department.id}`}>
            {person.department.name}
          </Anchor>
          {departmentSent && ` – ${departmentSent}`}
        </>
      ),
    ),
    fact(
      "managerId",
      say("people.column.manager"),
      person.manager ? (
        <Anchor component={Link} to={`/people/${person.manager.id}`}>
          {person.manager.name}
        </Anchor>
      ) : (
        managerSent && say("people.managerUnknown", { value: managerSent })
      ),
    ),
  ];
  if (other.length > 0)
    facts.push({
      name: say("people.otherEmails"),
      value: other.map((e) => (e.kind ? `${e.value} (${e.kind})` : e.value)).join(", "),
    });
  return (
    <>
      <Section title={say("people.facts")} about={from && say("people.factsFrom", { connection: from })}>
        <Facts facts={facts} />
      </Section>
      <Section title={say("people.record")}>
        <Facts
          facts={[
            { name: say("people.id"), value: <Copyable value={person.id} what={say("people.id")} /> },
            ...(person.externalId
              ? [
                  {
                    name: say("people.column.externalId"),
                    value: <Copyable value={person.externalId} what={say("people.column.externalId")} />,
                  },
                ]
              : []),
            { name: say("people.column.createdAt"), value: <When at={person.createdAt} /> },
            ...(person.deletedAt
              ? [{ name: say("people.deletedAt"), value: <When at={person.deletedAt} /> }]
              : []),
          ]}
        />
      </Section>
    </>
  );
}
