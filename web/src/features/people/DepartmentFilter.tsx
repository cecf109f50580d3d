import { Box, Button } from "@mantine/core";
import { useQuery } from "urql";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { DepartmentPicker } from "../../ui/DepartmentPicker";

const departmentName = graphql(`
  query DepartmentName($id: ID!) {
    department(id: $id) {
      id
      name
    }
  }
`);

/** DepartmentFilter narrows a list to a department, whose id stands in the address. */
export function DepartmentFilter(props: {
  value: string | undefined;
  onChange: (id: string | null) => void;
}) {
  const { say } = useText();
  const { value } = props;
  const [{ data }] = useQuery({
    query: departmentName,
    variables: { id: value ?? "" },
    pause: !value || value === "none",
  });
  const width = { w: { base: "100%", xs: 180 }, flex: { base: "1 1 40%", xs: "none" } } as const;
  if (value === "none")
    return (
      <Button variant="light" onClick={() => props.onChange(null)} {...width}>
        {say("people.noDepartment")} ✕
      </Button>
    );
  const name = data?.department?.id === value ? data?.department?.name : undefined;
  return (
    <Box {...width}>
      <DepartmentPicker
        key={value && name} // the name comes later than the id
        label={say("people.by.department")}
        placeholder={say("people.by.department")}
        quiet
        value={value ? { id: value, name: name ?? "…" } : null}
        onPick={(d) => props.onChange(d?.id ?? null)}
      />
    </Box>
  );
}
