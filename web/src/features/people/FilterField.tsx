import { Anchor, Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useEffect, useState } from "react";
import { useAddress } from "../../lib/address";
import { firstPage } from "../../lib/pages";
import { useText } from "../../text";
import { FilterBuilder } from "./FilterBuilder";
import classes from "./FilterField.module.css";
import { type Row, readFilter, writeFilter } from "./filter";

/** blank is the row that a new filter begins with. */
export const blank: Row = { attribute: "department", operator: "eq", value: "" };

/**
 * FilterField holds the SCIM filter: as rows while rows can say it, else as text.
 * Both change the same text, which stands in the address.
 */
export function FilterField({ problem }: { problem: string | undefined }) {
  const { say } = useText();
  const [address, change] = useAddress();
  const asked = address.f ?? "";
  const [text, setText] = useState(asked);
  const [rows, setRows] = useState<Row[]>(() => startRows(asked));
  useEffect(() => {
    setText(asked);
    setRows((before) => (writeFilter(complete(before)) === asked && asked ? before : startRows(asked)));
  }, [asked]);

  const fits = readFilter(text) !== undefined;
  const asText = address.filter === "text" || !fits;
  const apply = (f: string) => change({ ...firstPage, f: f || undefined, filter: asText ? "text" : "rows" });

  return (
    <form
      className={classes.field}
      aria-label={say("people.filter")}
      onSubmit={(event) => {
        event.preventDefault();
        apply(asText ? text.trim() : writeFilter(complete(rows)));
      }}
    >
      <Stack gap="xs">
        {asText ? (
          <Textarea
            label={say("people.filter.text")}
            description={say("people.filter.about")}
            error={problem}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            classNames={{ input: classes.text ?? "" }}
            autosize
            minRows={1}
            maxRows={6}
            spellCheck={false}
            dir="ltr"
          />
        ) : (
          <FilterBuilder
            rows={rows}
            onChange={(next) => {
              setRows(next);
              setText(writeFilter(complete(next)));
            }}
          />
        )}
        {!asText && text && <code className={classes.preview}>{text}</code>}
        {!asText && problem && (
          <Text size="sm" c="var(--bad)" role="alert">
            {problem}
          </Text>
        )}
        <Group gap="xs">
          <Button type="submit" size="xs">
            {say("people.filter.apply")}
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => change({ ...firstPage, f: undefined, filter: undefined })}
          >
            {say("people.filter.remove")}
          </Button>
          {asText && !fits ? (
            <Text size="sm" c="var(--faint)">
              {say("people.filter.more")}
            </Text>
          ) : (
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => {
                if (asText) setRows(startRows(text));
                change({ filter: asText ? "rows" : "text" }, { replace: true });
              }}
            >
              {asText ? say("people.filter.asRows") : say("people.filter.asText")}
            </Anchor>
          )}
        </Group>
      </Stack>
    </form>
  );
}

function startRows(text: string): Row[] {
  const rows = readFilter(text) ?? [];
  return rows.length > 0 ? rows : [blank];
}

/** complete leaves out rows whose value is still to come. */
function complete(rows: readonly Row[]): Row[] {
  return rows.filter((r) => r.operator === "pr" || r.value !== "");
}
