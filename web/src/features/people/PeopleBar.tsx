import { Button, Checkbox, Group, Menu, Select, Stack } from "@mantine/core";
import { IconAdjustmentsHorizontal, IconColumns3 } from "@tabler/icons-react";
import { useQuery } from "urql";
import { useAddress } from "../../lib/address";
import { firstPage } from "../../lib/pages";
import { useText } from "../../text";
import { Fold } from "../../ui/Fold";
import { SearchBox } from "../../ui/SearchBox";
import { choices, readColumns, writeColumns } from "./columns";
import { DepartmentFilter } from "./DepartmentFilter";
import { connectionsDocument } from "./documents";
import { FilterField } from "./FilterField";
import { narrowing, roles, sortOf, sorts, states } from "./list";
import { SavedFilters } from "./SavedFilters";

/** PeopleBar narrows the list: search, quick filters, the filter's text; and chooses order and columns. */
export function PeopleBar({ problem }: { problem: string | undefined }) {
  const { say } = useText();
  const [address, change] = useAddress();
  const [{ data }] = useQuery({ query: connectionsDocument });
  const set = (name: string) => (value: string | null) =>
    change({ ...firstPage, [name]: value ?? undefined });
  const shown = readColumns(address.cols);
  const filtering = address.filter !== undefined || address.f !== undefined;
  const count = narrowing.filter((n) => n !== "q" && address[n]).length;
  const quick = (name: string, options: { value: string; label: string }[]) => (
    <Select
      key={name}
      aria-label={say(`people.by.${name}` as "people.by.status")}
      placeholder={say(`people.by.${name}` as "people.by.status")}
      data={options}
      value={address[name] ?? null}
      onChange={set(name)}
      clearable
      clearButtonProps={{ "aria-label": say("pick.clear") }}
      w={{ base: "100%", xs: 150 }}
      flex={{ base: "1 1 40%", xs: "none" }}
    />
  );
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <SearchBox
          label={say("people.search")}
          value={address.q ?? ""}
          onSearch={(q) => change({ ...firstPage, q: q || undefined }, { replace: true })}
        />
        <Fold count={count}>
          <Group gap="xs" ms={{ sm: "auto" }}>
            <SavedFilters />
            <Button
              variant={filtering ? "light" : "default"}
              aria-expanded={filtering}
              leftSection={<IconAdjustmentsHorizontal size={14} />}
              onClick={() =>
                change(filtering ? { ...firstPage, filter: undefined, f: undefined } : { filter: "rows" })
              }
            >
              {say("people.filter")}
            </Button>
            <Menu closeOnItemClick={false} position="bottom-end">
              <Menu.Target>
                <Button variant="default" leftSection={<IconColumns3 size={14} />}>
                  {say("people.columns")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {choices.map((c) => {
                  const on = shown.includes(c);
                  const columns = on ? shown.filter((s) => s !== c) : [...shown, c];
                  return (
                    <Menu.Item
                      key={c}
                      role="menuitemcheckbox"
                      aria-checked={on}
                      leftSection={<Checkbox.Indicator size="xs" checked={on} />}
                      onClick={() => change({ cols: writeColumns(columns) }, { replace: true })}
                    >
                      {say(`people.column.${c}`)}
                    </Menu.Item>
                  );
                })}
              </Menu.Dropdown>
            </Menu>
          </Group>
          <Group gap="xs" w="100%">
            {quick(
              "status",
              states.map((s) => ({ value: s, label: say(`people.status.${s}`) })),
            )}
            <DepartmentFilter value={address.department} onChange={set("department")} />
            {quick("connection", [
              { value: "local", label: say("people.local") },
              ...(data?.connections ?? []).map((c) => ({ value: c.id, label: c.name })),
            ])}
            {quick(
              "role",
              roles.map((r) => ({ value: r, label: say(`role.${r}`) })),
            )}
            <Select
              aria-label={say("people.sort")}
              data={sorts.map((s) => ({ value: s, label: say(`people.sort.${s}`) }))}
              value={sortOf(address)}
              onChange={(s) => change({ ...firstPage, sort: s === "name" ? undefined : (s ?? undefined) })}
              allowDeselect={false}
              w={{ base: "100%", xs: 190 }}
              flex={{ base: "1 1 40%", xs: "none" }}
              ms={{ xs: "auto" }}
            />
          </Group>
        </Fold>
      </Group>
      {filtering && <FilterField problem={problem} />}
    </Stack>
  );
}
