import type { ReactNode } from "react";
import { useText } from "../text";
import classes from "./Facts.module.css";

/** Fact is one thing that is known, and who says so. */
export interface Fact {
  name: string;
  value: ReactNode;
  /** Where it comes from, such as “from Entra”. */
  source?: string | undefined;
}

/** Facts lists what is known of something. */
export function Facts({ facts }: { facts: Fact[] }) {
  const { say } = useText();
  return (
    <dl className={classes.facts}>
      {facts.map((f) => (
        <div key={f.name} className={classes.fact}>
          <dt>{f.name}</dt>
          <dd dir="auto">
            {f.value === null || f.value === undefined || f.value === "" ? (
              <span className={classes.none}>{say("fact.none")}</span>
            ) : (
              f.value
            )}
            {f.source && <span className={classes.source}>{f.source}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
