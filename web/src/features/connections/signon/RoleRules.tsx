import { Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useText } from "../../../text";
import { GroupPicker } from "./GroupPicker";
import classes from "./RoleRules.module.css";
import { given, type Rule } from "./rules";

/** RoleRules edits the rules that give roles at sign-in; the first that fits counts. */
export function RoleRules(props: {
  rules: readonly Rule[];
  onChange: (rules: Rule[]) => void;
  disabled: boolean;
  problem: string | undefined;
}) {
  const { say } = useText();
  const { rules, onChange, disabled } = props;
  const set = (key: string, change: Partial<Rule>) =>
    onChange(rules.map((r) => (r.key === key ? { ...r, ...change } : r)));
  const text = (r: Rule, field: "claim" | "value") => (
    <TextInput
      aria-label={say(`signon.rule.${field}`)}
      placeholder={say(`signon.rule.${field}`)}
      value={r[field]}
      onChange={(event) => set(r.key, { [field]: event.currentTarget.value })}
      disabled={disabled}
      required
      spellCheck={false}
    />
  );
  return (
    <Stack gap="sm">
      {rules.length === 0 && <Text c="var(--faint)">{say("signon.rolesNone")}</Text>}
      {rules.map((r, n) => (
        <fieldset key={r.key} className={classes.rule}>
          <legend>{say("signon.rule", { n: n + 1 })}</legend>
          <Select
            aria-label={say("signon.rule.by")}
            data={(["group", "claim"] as const).map((value) => ({
              value,
              label: say(`signon.rule.by.${value}`),
            }))}
            value={r.by}
            onChange={(by) => by && set(r.key, { by: by as Rule["by"] })}
            allowDeselect={false}
            disabled={disabled}
          />
          {r.by === "group" ? (
            <GroupPicker
              label={say("signon.rule.group")}
              value={r.groupId}
              onChange={(groupId) => set(r.key, { groupId })}
              disabled={disabled}
            />
          ) : (
            <>
              {text(r, "claim")}
              {text(r, "value")}
            </>
          )}
          <Select
            aria-label={say("signon.rule.role")}
            data={given.map((value) => ({ value, label: say(`role.${value}`) }))}
            value={r.role}
            onChange={(role) => set(r.key, { role: given.find((g) => g === role) ?? r.role })}
            allowDeselect={false}
            disabled={disabled}
          />
          {!disabled && (
            <Button
              variant="default"
              aria-label={say("signon.rule.remove", { n: n + 1 })}
              onClick={() => onChange(rules.filter((other) => other.key !== r.key))}
            >
              {say("signon.remove")}
            </Button>
          )}
        </fieldset>
      ))}
      {props.problem && (
        <Text c="var(--bad)" size="sm" role="alert">
          {props.problem}
        </Text>
      )}
      {!disabled && (
        <Group>
          <Button
            size="xs"
            variant="default"
            onClick={() =>
              onChange([
                ...rules,
                { key: crypto.randomUUID(), by: "group", groupId: "", claim: "", value: "", role: "ADMIN" },
              ])
            }
          >
            {say("signon.rule.add")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}
