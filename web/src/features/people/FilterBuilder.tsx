import { ActionIcon, Button, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useText } from "../../text";
import classes from "./FilterField.module.css";
import { type Attribute, attributes, type Kind, type Operator, operators, type Row } from "./filter";

const names = Object.keys(attributes) as Attribute[];

/** FilterBuilder shows a filter as conditions that must all hold, one in a row. */
export function FilterBuilder(props: { rows: Row[]; onChange: (rows: Row[]) => void }) {
  const { say } = useText();
  const { rows } = props;
  const change = (at: number, row: Row) => props.onChange(rows.map((r, i) => (i === at ? row : r)));

  function turn(row: Row, attribute: Attribute): Row {
    const kind: Kind = attributes[attribute];
    const known: readonly Operator[] = operators[kind];
    const same = attributes[row.attribute] === kind;
    return {
      attribute,
      operator: known.includes(row.operator) ? row.operator : (known[0] ?? "eq"),
      value: same ? row.value : kind === "boolean" ? "true" : "",
    };
  }

  function value(row: Row, at: number) {
    if (row.operator === "pr") return <span />;
    const kind = attributes[row.attribute];
    if (kind === "boolean")
      return (
        <Select
          aria-label={say("people.filter.value")}
          allowDeselect={false}
          data={[
            { value: "true", label: say("people.filter.yes") },
            { value: "false", label: say("people.filter.no") },
          ]}
          value={row.value}
          onChange={(v) => v && change(at, { ...row, value: v })}
        />
      );
    if (kind === "time")
      return (
        <TextInput
          type="date"
          aria-label={say("people.filter.value")}
          value={row.value.slice(0, 10)}
          onChange={(e) => {
            const day = e.currentTarget.value;
            change(at, { ...row, value: day && `${day}T00:00:00Z` });
          }}
        />
      );
    return (
      <TextInput
        aria-label={say("people.filter.value")}
        placeholder={say("people.filter.value")}
        value={row.value}
        onChange={(e) => change(at, { ...row, value: e.currentTarget.value })}
        dir="auto"
      />
    );
  }

  return (
    <Stack gap="xs">
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place
        <div key={at} className={classes.row}>
          <Select
            aria-label={say("people.filter.attribute")}
            searchable
            allowDeselect={false}
            data={names.map((a) => ({ value: a, label: say(`people.filter.${a}`) }))}
            value={row.attribute}
            onChange={(a) => a && change(at, turn(row, a as Attribute))}
          />
          <Select
            aria-label={say("people.filter.operator")}
            allowDeselect={false}
            data={operators[attributes[row.attribute]].map((o) => ({
              value: o,
              label: say(`people.filter.operator.${o}`),
            }))}
            value={row.operator}
            onChange={(o) => o && change(at, { ...row, operator: o as Operator })}
          />
          {value(row, at)}
          <ActionIcon
            variant="subtle"
            color="gray"
            size={34}
            aria-label={say("people.filter.removeRow", { row: at + 1 })}
            disabled={rows.length === 1}
            onClick={() => props.onChange(rows.filter((_, i) => i !== at))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => props.onChange([...rows, { attribute: "title", operator: "co", value: "" }])}
        >
          {say("people.filter.add")}
        </Button>
      </div>
    </Stack>
  );
}
