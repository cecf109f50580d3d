import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";

/** SearchBox tells what is looked for, a moment after the last key. */
export function SearchBox(props: { label: string; value: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(props.value);
  const told = useRef(props.value);
  const tell = useDebouncedCallback((next: string) => {
    told.current = next;
    props.onSearch(next);
  }, 200);
  // The address may change without the box: by the browser's way back, by a link.
  useEffect(() => {
    if (props.value !== told.current) {
      told.current = props.value;
      setText(props.value);
    }
  }, [props.value]);
  return (
    <TextInput
      type="search"
      role="searchbox"
      aria-label={props.label}
      placeholder={props.label}
      leftSection={<IconSearch size={14} aria-hidden />}
      value={text}
      maxLength={200}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value.trim());
      }}
      flex="1 1 11rem"
      maw="28rem"
      dir="auto"
    />
  );
}
