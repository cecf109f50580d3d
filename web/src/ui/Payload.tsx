import { useMemo } from "react";
import { CopyButton } from "./Copy";
import classes from "./Payload.module.css";

/** Payload shows JSON, or any text that a client sent, in mono and as it is. */
export function Payload({ text, label }: { text: string; label: string }) {
  const shown = useMemo(() => {
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return text;
    }
  }, [text]);
  return (
    <figure className={classes.payload}>
      <figcaption>
        {label}
        <CopyButton value={shown} what={label} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre tabIndex={0}>{shown}</pre>
    </figure>
  );
}
