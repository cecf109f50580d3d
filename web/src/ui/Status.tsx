import type { ReactNode } from "react";
import classes from "./Status.module.css";

/** Tone is what a status means: all is well, look at it, something is wrong, or nothing to say. */
export type Tone = "good" | "warn" | "bad" | "quiet";

/** Status is a dot with a word, never one without the other. */
export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={classes.status} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {children}
    </span>
  );
}
