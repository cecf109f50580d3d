import type { ReactNode } from "react";
import type { Tone } from "./Status";
import classes from "./Timeline.module.css";
import { When } from "./When";

/** Entry is one thing that happened. */
export interface Entry {
  id: string;
  at: string;
  tone?: Tone;
  /** What happened, in words. */
  what: ReactNode;
  /** Who did it, or through what. */
  by?: ReactNode;
  detail?: ReactNode;
}

/** Timeline lists what happened, newest first. */
export function Timeline({ entries, label }: { entries: Entry[]; label: string }) {
  return (
    <ol className={classes.timeline} aria-label={label}>
      {entries.map((e) => (
        <li key={e.id} data-tone={e.tone ?? "quiet"}>
          <div className={classes.what}>
            <span dir="auto">{e.what}</span>
            <span className={classes.when}>
              <When at={e.at} />
            </span>
          </div>
          {e.by && <div className={classes.by}>{e.by}</div>}
          {e.detail && <div className={classes.detail}>{e.detail}</div>}
        </li>
      ))}
    </ol>
  );
}
