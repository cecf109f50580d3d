import { Button, Collapse, Group, Pill, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedCallback, useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { useText } from "../../text";
import { Fold } from "../../ui/Fold";
import { Period } from "../../ui/Period";
import { PersonPicker } from "../../ui/PersonPicker";
import { hidden, methods, outcomes, scimTypes } from "./filter";
import { useConnections } from "./RowTable";

/** Filters narrow the log; all of them stand in the address. */
export function Filters() {
  const { say } = useText();
  const may = useMay();
  const connections = useConnections();
  const [address, change] = useAddress();
  const set = (changes: Record<string, string | undefined>) => change({ ...changes, after: undefined });
  const count = hidden.filter((f) => address[f]).length;
  const period = address.since || address.from || address.to;
  const [more, { toggle }] = useDisclosure(count > 0);
  const pick = (name: string, value: string | null) =>
    set({ [name]: value && value !== "any" ? value : undefined });

  return (
    <Stack gap="xs" role="search">
      <Group gap="xs" align="flex-end">
        <Words
          label={say("log.search")}
          placeholder={say("log.searchHint")}
          value={address.q}
          onChange={(q) => set({ q })}
        />
        <Fold count={count + (address.outcome ? 1 : 0) + (period ? 1 : 0)}>
          <Select
            label={say("log.outcome")}
            w={{ base: "100%", xs: 170 }}
            allowDeselect={false}
            value={address.outcome ?? "any"}
            onChange={(v) => pick("outcome", v)}
            data={[
              { value: "any", label: say("log.outcome.any") },
              ...outcomes.map((value) => ({ value, label: say(`log.outcome.${value}`) })),
              {
                value: "REFUSED,FAILED",
                label: `${say("log.outcome.REFUSED")} / ${say("log.outcome.FAILED")}`,
              },
            ]}
          />
          <Period value={address} change={set} />
          <Button variant="default" onClick={toggle} aria-expanded={more}>
            {count > 0 ? say("log.moreSet", { count }) : say("log.more")}
          </Button>
        </Fold>
      </Group>
      <Collapse expanded={more} transitionDuration={0}>
        <Group gap="xs" align="flex-end">
          {connections && connections.size > 1 && (
            <Select
              label={say("log.connection")}
              w={{ base: "100%", xs: 180 }}
              allowDeselect={false}
              value={address.connection ?? "any"}
              onChange={(v) => pick("connection", v)}
              data={[
                { value: "any", label: say("log.connection.any") },
                ...[...connections].map(([value, label]) => ({ value, label })),
              ]}
            />
          )}
          <Select
            label={say("log.method")}
            w={{ base: "100%", xs: 140 }}
            allowDeselect={false}
            value={address.method ?? "any"}
            onChange={(v) => pick("method", v)}
            data={[{ value: "any", label: say("log.method.any") }, ...methods]}
          />
          <Select
            label={say("log.type")}
            w={{ base: "100%", xs: 160 }}
            allowDeselect={false}
            value={address.type ?? "any"}
            onChange={(v) => pick("type", v)}
            data={[{ value: "any", label: say("log.type.any") }, ...scimTypes]}
          />
          {may("users:read") && (
            <PersonPicker
              label={say("log.person")}
              value={address.person}
              onChange={(person) => set({ person })}
            />
          )}
          <Words
            label={say("log.reference")}
            placeholder={say("log.referenceHint")}
            value={address.ref}
            onChange={(ref) => set({ ref })}
          />
        </Group>
      </Collapse>
      {address.cycle && (
        <Group>
          <Pill
            withRemoveButton
            onRemove={() => set({ cycle: undefined })}
            removeButtonProps={{ "aria-label": say("list.clear"), "aria-hidden": false, tabIndex: 0 }}
          >
            {say("log.inCycle")}
          </Pill>
        </Group>
      )}
    </Stack>
  );
}

/** Words is a text that goes into the address when the typing stops. */
function Words(props: {
  label: string;
  placeholder: string;
  value: string | undefined;
  onChange: (text: string | undefined) => void;
}) {
  const [text, setText] = useState(props.value ?? "");
  const sent = useRef(props.value);
  const send = useDebouncedCallback((next: string) => {
    sent.current = next || undefined;
    props.onChange(next || undefined);
  }, 250);
  useEffect(() => {
    if (props.value === sent.current) return; // it is what was typed here
    sent.current = props.value;
    setText(props.value ?? "");
  }, [props.value]);
  return (
    <TextInput
      label={props.label}
      placeholder={props.placeholder}
      leftSection={<IconSearch size={14} />}
      flex="1 1 11rem"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        send(event.currentTarget.value.trim());
      }}
    />
  );
}
