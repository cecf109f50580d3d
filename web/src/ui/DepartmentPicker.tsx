import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../lib/documents";
import { useText } from "../text";

const findDepartments = graphql(`
  query FindDepartments($text: String!) {
    departments(search: $text, first: 20) {
      nodes {
        id
        name
      }
    }
  }
`);

/** Picked is what was chosen. */
export interface Picked {
  id: string;
  name: string;
}

/** DepartmentPicker chooses a department by a part of its name. */
export function DepartmentPicker(props: {
  label: string;
  description?: string | undefined;
  error?: string | undefined;
  placeholder?: string;
  /** The label is only told to who can't see the field. */
  quiet?: boolean;
  value: Picked | null;
  onPick: (department: Picked | null) => void;
  without?: readonly string[];
}) {
  const { say } = useText();
  const [text, setText] = useState(props.value?.name ?? "");
  const [asked] = useDebouncedValue(text.trim(), 150);
  // A chosen name stands in the field; opened again, the field offers the others too.
  const looked = asked === props.value?.name ? "" : asked;
  const [{ data, fetching }] = useQuery({ query: findDepartments, variables: { text: looked } });
  const options = (data?.departments.nodes ?? [])
    .filter((d) => !props.without?.includes(d.id))
    .map((d) => ({ value: d.id, label: d.name }));
  if (props.value && !options.some((o) => o.value === props.value?.id))
    options.unshift({ value: props.value.id, label: props.value.name });
  return (
    <Select
      {...(props.quiet ? { "aria-label": props.label } : { label: props.label })}
      placeholder={props.placeholder ?? ""}
      description={props.description}
      error={props.error}
      searchable
      clearable
      clearButtonProps={{ "aria-label": say("pick.clear") }}
      data={options}
      value={props.value?.id ?? null}
      searchValue={text}
      onSearchChange={setText}
      filter={({ options: all }) => all}
      nothingFoundMessage={fetching ? say("list.loading") : say("pick.nothing")}
      onChange={(id) => {
        const name = options.find((o) => o.value === id)?.label;
        props.onPick(id && name !== undefined ? { id, name } : null);
      }}
    />
  );
}
