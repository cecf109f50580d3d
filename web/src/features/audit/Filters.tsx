import { Group, Pill, Select, Stack } from "@mantine/core";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { useText } from "../../text";
import { Fold } from "../../ui/Fold";
import { Period } from "../../ui/Period";
import { PersonPicker } from "../../ui/PersonPicker";
import { entityOf } from "./Entry";
import { deeds, entities } from "./events";

/** Filters narrow the trail; all of them stand in the address. */
export function Filters() {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const set = (changes: Record<string, string | undefined>) =>
    change({ ...changes, after: undefined, open: undefined });
  const pills = [
    ["id", "audit.oneThing"],
    ["correlation", "audit.oneRequest"],
    ["reference", "audit.oneReference"],
  ] as const;
  const period = address.since || address.from || address.to;
  const count = [address.entity, address.deed, period, address.person, address.by].filter(Boolean).length;
  return (
    <Stack gap="xs" role="search">
      <Group gap="xs" align="flex-end">
        <Fold count={count}>
          <Select
            label={say("audit.entity")}
            w={{ base: "100%", xs: 160 }}
            allowDeselect={false}
            value={address.entity ?? "any"}
            onChange={(v) => set({ entity: v === "any" || !v ? undefined : v })}
            data={[
              { value: "any", label: say("audit.entity.any") },
              ...entities.map((value) => ({ value, label: entityOf(value, say) })),
            ]}
          />
          <Select
            label={say("audit.deed")}
            w={{ base: "100%", xs: 190 }}
            allowDeselect={false}
            value={address.deed ?? "any"}
            onChange={(v) => set({ deed: v === "any" || !v ? undefined : v })}
            data={[
              { value: "any", label: say("audit.deed.any") },
              ...deeds.map((value) => ({ value, label: say(`audit.was.${value}`) })),
            ]}
          />
          <Period value={address} change={set} />
          {may("users:read") && (
            <>
              <PersonPicker
                label={say("audit.about.person")}
                w={190}
                value={address.person}
                onChange={(person) => set({ person, id: undefined })}
              />
              <PersonPicker
                label={say("audit.by.person")}
                w={190}
                value={address.by}
                onChange={(by) => set({ by })}
              />
            </>
          )}
        </Fold>
      </Group>
      <Group gap="xs">
        {pills
          .filter(([name]) => address[name])
          .map(([name, key]) => (
            <Pill
              key={name}
              withRemoveButton
              onRemove={() => set({ [name]: undefined })}
              removeButtonProps={{ "aria-label": say("list.clear"), "aria-hidden": false, tabIndex: 0 }}
            >
              {say(key)}
            </Pill>
          ))}
      </Group>
    </Stack>
  );
}
