import { Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Say } from "../../text";
import type { Column } from "../../ui/DataTable";
import { When } from "../../ui/When";
import type { PersonRow } from "./documents";
import { PersonStatus } from "./PersonStatus";

/** choices are the columns that can be shown beside the name, in their order. */
export const choices = [
  "status",
  "department",
  "title",
  "manager",
  "source",
  "role",
  "email",
  "employeeNumber",
  "costCenter",
  "division",
  "company",
  "userType",
  "externalId",
  "createdAt",
  "updatedAt",
] as const;
export type Choice = (typeof choices)[number];

const usual: Choice[] = ["status", "department", "title", "source"];

/** readColumns is which columns an address shows. */
export function readColumns(text: string | undefined): Choice[] {
  if (text === undefined) return usual;
  const asked = text.split(",");
  return choices.filter((c) => asked.includes(c));
}

/** writeColumns is the address of some columns; undefined for the usual ones. */
export function writeColumns(columns: readonly Choice[]): string | undefined {
  const text = choices.filter((c) => columns.includes(c)).join(",");
  return text === usual.join(",") ? undefined : text || "name";
}

function cellOf(choice: Choice, say: Say) {
  return (p: PersonRow) => {
    switch (choice) {
      case "status":
        return <PersonStatus status={p.status} />;
      case "department":
        return p.department?.name;
      case "manager":
        return (
          p.manager && (
            <Anchor component={Link} to={`/people/${p.manager.id}`} size="sm">
              {p.manager.name}
            </Anchor>
          )
        );
      case "source":
        return p.connection?.name ?? say("people.local");
      case "role":
        return say(`role.${p.role}`);
      case "createdAt":
      case "updatedAt":
        return <When at={p[choice]} />;
      default:
        return p[choice];
    }
  };
}

/** columnsOf are the columns of the table: the name first, then those that were chosen. */
export function columnsOf(chosen: readonly Choice[], say: Say): Column<PersonRow>[] {
  return [
    {
      key: "name",
      title: say("people.name"),
      cell: (p) => (
        <>
          <Anchor component={Link} to={`/people/${p.id}`} c="var(--ink)" fw={500}>
            {p.name}
          </Anchor>
          {p.userName !== p.name && (
            <Text size="xs" c="var(--faint)">
              {p.userName}
            </Text>
          )}
        </>
      ),
    },
    ...chosen.map((c) => ({ key: c, title: say(`people.column.${c}`), cell: cellOf(c, say) })),
  ];
}
