import { SimpleGrid, TextInput } from "@mantine/core";
import { useText } from "../../text";
import { DepartmentPicker } from "../../ui/DepartmentPicker";
import { PersonPicker } from "../../ui/PersonPicker";
import type { Form, TextField } from "./form";

/** PersonFields are the fields of a person in a form. locked are those that a directory owns. */
export function PersonFields(props: {
  form: Form;
  onChange: (form: Form) => void;
  shown: readonly TextField[];
  /** Field at fault → what is wrong with it. */
  problems: Record<string, string>;
  locked?: ReadonlySet<string>;
  lockedText?: string;
  self?: string;
}) {
  const { say } = useText();
  const { form, onChange, problems, locked } = props;
  const about = (field: string) => (locked?.has(field) ? props.lockedText : undefined);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <TextInput
        label={say("people.column.userName")}
        required
        value={form.userName}
        onChange={(e) => onChange({ ...form, userName: e.currentTarget.value })}
        error={problems.userName}
        description={about("userName")}
        disabled={props.locked?.has("userName") ?? false}
        autoComplete="off"
        dir="auto"
        data-autofocus
      />
      {props.shown.map((field) => (
        <TextInput
          key={field}
          label={say(`people.column.${field}`)}
          value={form.texts[field] ?? ""}
          onChange={(e) => onChange({ ...form, texts: { ...form.texts, [field]: e.currentTarget.value } })}
          error={problems[field]}
          description={about(field)}
          disabled={props.locked?.has(field) ?? false}
          type={field === "email" ? "email" : "text"}
          autoComplete="off"
          dir="auto"
        />
      ))}
      {!locked?.has("departmentId") && (
        <DepartmentPicker
          label={say("people.column.department")}
          value={form.department}
          onPick={(department) => onChange({ ...form, department })}
          error={problems.departmentId}
        />
      )}
      {!locked?.has("managerId") && (
        <PersonPicker
          label={say("people.column.manager")}
          w="full"
          value={form.manager?.id}
          onChange={(id, name) => onChange({ ...form, manager: id ? { id, name: name ?? "" } : null })}
          error={problems.managerId}
          without={props.self ? [props.self] : []}
        />
      )}
    </SimpleGrid>
  );
}
