import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useId } from "react";
import { useText } from "../text";
import classes from "./Fold.module.css";

/**
 * Fold holds the filters of a list, in a Group. On a phone they stand behind a
 * button, which says how many are set, so that the list begins on the first screen.
 */
export function Fold({ count, children }: { count: number; children: ReactNode }) {
  const { say } = useText();
  const [opened, { toggle }] = useDisclosure(false);
  const id = useId();
  return (
    <>
      <Button
        className={classes.button ?? ""}
        variant={count > 0 ? "light" : "default"}
        onClick={toggle}
        aria-expanded={opened}
        aria-controls={id}
      >
        {say("list.filters", { count })}
      </Button>
      <div id={id} className={classes.content} data-folded={!opened || undefined}>
        {children}
      </div>
    </>
  );
}
