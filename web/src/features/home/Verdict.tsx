import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "../../text";
import { type Judged, verdictOf } from "./judge";
import classes from "./Verdict.module.css";

/** Verdict says in one sentence whether everything is in sync. */
export function Verdict({ connections, about }: { connections: readonly Judged[]; about: ReactNode }) {
  const { say } = useText();
  const { tone, text, values } = verdictOf(connections);
  return (
    <div className={classes.verdict} data-tone={tone}>
      <p className={classes.sentence} dir="auto" role="status">
        {say(text, values)}.
      </p>
      <Text component="div" c="var(--faint)">
        {about}
      </Text>
    </div>
  );
}
