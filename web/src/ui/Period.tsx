import { Group, Select, Text, TextInput } from "@mantine/core";
import { useContext } from "react";
import { recent } from "../lib/period";
import { useText } from "../text";
import { Zone } from "./When";

/** Period chooses a time, as it stands in the address: since, or from and to. */
export function Period(props: {
  value: { since?: string | undefined; from?: string | undefined; to?: string | undefined };
  change: (changes: Record<string, string | undefined>) => void;
}) {
  const { say } = useText();
  const zone = useContext(Zone) ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { since, from, to } = props.value;
  const days = from !== undefined || to !== undefined || since === "days";
  return (
    <>
      <Select
        label={say("period.label")}
        w={{ base: "100%", xs: 160 }}
        allowDeselect={false}
        value={days ? "days" : (since ?? "any")}
        onChange={(value) =>
          props.change({
            since: value === "any" || !value ? undefined : value,
            from: undefined,
            to: undefined,
          })
        }
        data={[
          { value: "any", label: say("period.any") },
          ...recent.map((value) => ({ value, label: say(`period.${value}`) })),
          { value: "days", label: say("period.days") },
        ]}
      />
      {days && (
        <Group gap="xs" align="flex-end">
          {(["from", "to"] as const).map((end) => (
            <TextInput
              key={end}
              type="date"
              label={say(`period.${end}`)}
              value={props.value[end] ?? ""}
              onChange={(event) =>
                props.change({ since: "days", [end]: event.currentTarget.value || undefined })
              }
            />
          ))}
          <Text size="xs" c="var(--faint)" pb={8}>
            {say("period.zone", { zone })}
          </Text>
        </Group>
      )}
    </>
  );
}
