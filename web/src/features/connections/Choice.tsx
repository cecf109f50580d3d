import { Radio } from "@mantine/core";
import classes from "./Choice.module.css";

/** Option is one of a few ways, with a sentence about it. */
export interface Option<Value extends string> {
  value: Value;
  label: string;
  about: string;
}

/** Choice lets one of a few options be chosen, each with its sentence. */
export function Choice<Value extends string>(props: {
  label: string;
  options: readonly Option<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  disabled?: boolean;
}) {
  return (
    <Radio.Group label={props.label} value={props.value} onChange={(v) => props.onChange(v as Value)}>
      <div className={classes.choices}>
        {props.options.map((o) => (
          <div key={o.value} className={classes.choice} data-chosen={o.value === props.value || undefined}>
            <Radio
              value={o.value}
              label={o.label}
              description={o.about}
              disabled={props.disabled ?? false}
              styles={{
                labelWrapper: { flex: 1 },
                label: { fontWeight: 500 },
                description: { color: "var(--faint)" },
              }}
            />
          </div>
        ))}
      </div>
    </Radio.Group>
  );
}
