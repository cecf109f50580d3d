import type { ReactNode } from "react";
import classes from "./Figures.module.css";
import type { Tone } from "./Status";

/** Figure is one number, or one fact as short as a number. */
export interface Figure {
  name: string;
  value: ReactNode;
  /** What explains it. */
  note?: ReactNode;
  tone?: Tone;
}

/** Figures shows a few numbers side by side. */
export function Figures({ figures }: { figures: Figure[] }) {
  return (
    <dl className={classes.figures}>
      {figures.map((f) => (
        <div key={f.name} className={classes.figure} data-tone={f.tone}>
          <dt>{f.name}</dt>
          <dd>
            <span className={classes.value}>{f.value}</span>
            {f.note && <span className={classes.note}>{f.note}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
