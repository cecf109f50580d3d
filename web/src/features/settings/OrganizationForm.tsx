import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { refusals } from "../../lib/client";
import { duration } from "../../lib/time";
import { useText } from "../../text";
import { Section } from "../../ui/Page";
import { done } from "../../ui/toast";
import { type AnOrganization, type Length, lengths, updateDocument } from "./organization";

const groups: { title: "sessions" | "retention"; fields: Length[] }[] = [
  {
    title: "sessions",
    fields: ["adminSessionIdleMinutes", "adminSessionAgeMinutes", "sessionIdleMinutes", "sessionAgeMinutes"],
  },
  { title: "retention", fields: ["logDays", "deletedDays"] },
];

/** OrganizationForm changes the organization's name, time zone and lengths of time; only what differs is sent. */
export function OrganizationForm({ organization }: { organization: AnOrganization }) {
  const { say } = useText();
  const owner = useMay()("organization:write");
  const before = useMemo(() => {
    const { requireSso: _, breakGlass: __, ...settings } = organization.settings;
    return { name: organization.name, ...settings };
  }, [organization]);
  const [values, setValues] = useState(before);
  const [answer, update] = useMutation(updateDocument);
  const [refusal] = answer.error ? refusals(answer.error) : [];
  const at = (field: string) => (refusal?.field === field ? refusal.message : undefined);
  const changed = Object.fromEntries(
    Object.entries(values).filter(([k, v]) => v !== before[k as keyof typeof before]),
  );
  const dirty = Object.keys(changed).length > 0;
  const zones = useMemo(
    () => [...new Set(["UTC", before.timeZone, ...Intl.supportedValuesOf("timeZone")])],
    [before],
  );

  async function save() {
    const { error } = await update({ input: changed }, { additionalTypenames: ["Organization", "Viewer"] });
    if (!error) done(say("settings.saved"));
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack gap="xl">
        <Section title={say("settings.organization")}>
          <SimpleGrid cols={{ base: 1, md: 2 }} maw="56rem">
            <TextInput
              label={say("settings.name")}
              description={`${say("settings.slug")}: ${organization.slug}`}
              value={values.name}
              dir="auto"
              readOnly={!owner}
              error={at("name")}
              onChange={(event) => setValues({ ...values, name: event.currentTarget.value })}
            />
            <Select
              label={say("settings.zone")}
              description={say("settings.zoneText")}
              searchable
              allowDeselect={false}
              readOnly={!owner}
              value={values.timeZone}
              error={at("timeZone")}
              data={zones}
              onChange={(timeZone) => timeZone && setValues({ ...values, timeZone })}
            />
          </SimpleGrid>
        </Section>
        {groups.map(({ title, fields }) => (
          <Section key={title} title={say(`settings.${title}`)} about={say(`settings.${title}Text`)}>
            <SimpleGrid cols={{ base: 1, md: 2 }} maw="56rem">
              {fields.map((field) => (
                <LengthInput
                  key={field}
                  field={field}
                  value={values[field]}
                  readOnly={!owner}
                  problem={at(field)}
                  change={(n) => setValues({ ...values, [field]: n })}
                />
              ))}
            </SimpleGrid>
          </Section>
        ))}
        {refusal && !(refusal.field && refusal.field in values) && (
          <Text c="var(--bad)" role="alert">
            {refusal.message}
          </Text>
        )}
        {owner ? (
          <Group>
            <Button type="submit" disabled={!dirty} loading={answer.fetching}>
              {say("settings.save")}
            </Button>
            {dirty && (
              <Text size="sm" c="var(--faint)">
                {say("settings.unsaved")}
              </Text>
            )}
          </Group>
        ) : (
          <Text c="var(--faint)">{say("settings.readOnly")}</Text>
        )}
      </Stack>
    </form>
  );
}

const milliseconds = { minutes: 60_000, days: 86_400_000 };

function LengthInput(props: {
  field: Length;
  value: number;
  readOnly: boolean;
  problem: string | undefined;
  change: (n: number) => void;
}) {
  const { say, locale } = useText();
  const { unit, min, max } = lengths[props.field];
  const words = unit === "minutes" && props.value >= 90;
  return (
    <NumberInput
      label={say(`settings.${props.field}`)}
      description={
        words && say("settings.is", { length: duration(props.value * milliseconds[unit], locale) })
      }
      inputWrapperOrder={["label", "input", "description", "error"]}
      suffix={` ${say(`settings.${unit}`, { count: props.value })}`}
      min={min}
      max={max}
      allowDecimal={false}
      readOnly={props.readOnly}
      value={props.value}
      error={props.problem}
      onChange={(n) => props.change(Number(n) || min)}
      hideControls
    />
  );
}
