import { ActionIcon, Checkbox } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useText } from "../../text";
import type { MatchKey } from "./documents";
import classes from "./MatchOrder.module.css";
import { moved } from "./order";

const all: readonly MatchKey[] = ["EXTERNAL_ID", "USER_NAME", "EMAIL", "EMPLOYEE_NUMBER"];

/** MatchOrder chooses by which keys a new person is looked for, and in which order. */
export function MatchOrder(props: {
  value: readonly MatchKey[];
  onChange: (value: MatchKey[]) => void;
  disabled: boolean;
}) {
  const { say } = useText();
  const { value, onChange, disabled } = props;
  const rows = [...value, ...all.filter((k) => !value.includes(k))];
  return (
    <ol className={classes.order} aria-label={say("connections.match")}>
      {rows.map((key) => {
        const at = value.indexOf(key);
        const name = say(`connections.key.${key}`);
        return (
          <li key={key} className={classes.key}>
            <span className={classes.place}>{at >= 0 ? at + 1 : ""}</span>
            <Checkbox
              className={classes.about ?? ""}
              label={name}
              description={say(`connections.key.${key}.about`)}
              styles={{ description: { color: "var(--faint)" } }}
              checked={at >= 0}
              disabled={disabled}
              onChange={(event) =>
                onChange(event.currentTarget.checked ? [...value, key] : value.filter((k) => k !== key))
              }
            />
            <ActionIcon
              variant="transparent"
              color="gray"
              aria-label={say("connections.earlier", { name })}
              disabled={disabled || at < 1}
              onClick={() => onChange(moved(value, key, -1))}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="transparent"
              color="gray"
              aria-label={say("connections.later", { name })}
              disabled={disabled || at < 0 || at === value.length - 1}
              onClick={() => onChange(moved(value, key, 1))}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
          </li>
        );
      })}
    </ol>
  );
}
