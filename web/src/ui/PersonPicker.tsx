import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../lib/documents";
import { useText } from "../text";

const findDocument = graphql(`
  query PickPerson($text: String!) {
    users(search: $text, first: 8) {
      nodes {
        id
        name
        userName
      }
    }
  }
`);

const nameDocument = graphql(`
  query PickedPerson($id: ID!) {
    user(id: $id) {
      id
      name
      userName
    }
  }
`);

/** PersonPicker chooses one person by name or address. */
export function PersonPicker(props: {
  label: string;
  value: string | undefined;
  onChange: (id: string | undefined, name: string | undefined) => void;
  /** In pixels, or as wide as what is around it. */
  w?: number | "full";
  description?: string | undefined;
  error?: string | undefined;
  /** Who can't be chosen. */
  without?: readonly string[];
}) {
  const { say } = useText();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 150);
  const [found] = useQuery({ query: findDocument, variables: { text: asked }, pause: asked.length < 2 });
  const [chosen] = useQuery({
    query: nameDocument,
    variables: { id: props.value ?? "" },
    pause: !props.value,
  });
  const people = (found.data?.users.nodes ?? []).filter((p) => !props.without?.includes(p.id));
  const one = props.value ? chosen.data?.user : undefined;
  if (one && !people.some((p) => p.id === one.id)) people.unshift(one);
  const data = people.map((p) => ({
    value: p.id,
    label: p.name === p.userName ? p.name : `${p.name} (${p.userName})`,
  }));
  if (props.value && !data.some((d) => d.value === props.value))
    data.unshift({ value: props.value, label: props.value });
  return (
    <Select
      label={props.label}
      placeholder={say("person.search")}
      description={props.description}
      error={props.error}
      w={props.w === "full" ? "100%" : { base: "100%", xs: props.w ?? 240 }}
      searchable
      clearable
      clearButtonProps={{ "aria-label": say("list.clear") }}
      nothingFoundMessage={asked.length >= 2 && !found.fetching ? say("person.none") : undefined}
      filter={({ options }) => options} // the server has searched
      value={props.value ?? null}
      onChange={(id) => props.onChange(id ?? undefined, people.find((p) => p.id === id)?.name)}
      onSearchChange={setText}
      data={data}
    />
  );
}
