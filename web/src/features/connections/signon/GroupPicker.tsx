import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { graphql } from "../../../lib/documents";
import { useText } from "../../../text";

const findDocument = graphql(`
  query PickGroup($text: String!) {
    groups(search: $text, first: 20) {
      nodes {
        id
        displayName
      }
    }
  }
`);

const nameDocument = graphql(`
  query PickedGroup($id: ID!) {
    group(id: $id) {
      id
      displayName
    }
  }
`);

/** GroupPicker chooses a group by a part of its name. */
export function GroupPicker(props: {
  label: string;
  value: string;
  onChange: (id: string) => void;
  disabled: boolean;
}) {
  const { say } = useText();
  const [text, setText] = useState("");
  const [asked] = useDebouncedValue(text.trim(), 150);
  const [chosen] = useQuery({ query: nameDocument, variables: { id: props.value }, pause: !props.value });
  const one = props.value ? chosen.data?.group : undefined;
  const looked = asked === one?.displayName ? "" : asked;
  const [found] = useQuery({ query: findDocument, variables: { text: looked }, pause: props.disabled });
  const groups = [...(found.data?.groups.nodes ?? [])];
  if (one && !groups.some((g) => g.id === one.id)) groups.unshift(one);
  const data = groups.map((g) => ({ value: g.id, label: g.displayName }));
  if (props.value && !data.some((d) => d.value === props.value))
    data.unshift({ value: props.value, label: props.value });
  return (
    <Select
      aria-label={props.label}
      placeholder={props.label}
      data={data}
      value={props.value || null}
      onChange={(id) => props.onChange(id ?? "")}
      onSearchChange={setText}
      filter={({ options }) => options} // the server has searched
      nothingFoundMessage={found.fetching ? say("list.loading") : say("pick.nothing")}
      searchable
      required
      disabled={props.disabled}
    />
  );
}
