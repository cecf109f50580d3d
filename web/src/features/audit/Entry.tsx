import { useId } from "react";
import { type Key, type Say, useText } from "../../text";
import { audit } from "../../text/en/audit";
import { When } from "../../ui/When";
import { Detail } from "./Detail";
import classes from "./Entry.module.css";
import { type AnEvent, deedOf, toneOf } from "./events";

/** Entry is one event in words; opened it shows what was before and what is now. */
export function Entry(props: { event: AnEvent; opened: boolean; toggle: () => void }) {
  const { say } = useText();
  const detail = useId();
  const { event } = props;
  return (
    <li className={classes.entry}>
      <button
        type="button"
        className={classes.head}
        aria-expanded={props.opened}
        aria-controls={props.opened ? detail : undefined}
        onClick={props.toggle}
      >
        <span className={classes.dot} data-tone={toneOf(event)} aria-hidden />
        <span className={classes.what}>
          <Subject event={event} /> {deedOf(event, say)}{" "}
          <span className={classes.faint}>{byWhom(event, say)}</span>
        </span>
        <span className={classes.when}>
          <When at={event.createdAt} />
        </span>
      </button>
      {props.opened && (
        <div id={detail} className={classes.detail}>
          <Detail event={event} />
        </div>
      )}
    </li>
  );
}

// These have no name of their own, but a person or, single sign-on, a connection.
const ofSomebody = ["Session", "SignInLink", "Passkey", "Download", "Identity", "PendingLink", "SignOn"];

function Subject({ event }: { event: AnEvent }) {
  const { say } = useText();
  const name = event.entityName && <strong dir="auto">{event.entityName}</strong>;
  if (event.entity === "User") return name || <strong>{say("audit.nameless")}</strong>;
  const entity = entityOf(event.entity, say);
  if (!name) return <strong>{entity}</strong>;
  return (
    <>
      <span className={classes.faint}>
        {ofSomebody.includes(event.entity) ? say("audit.of", { entity }) : entity}{" "}
      </span>
      {name}
    </>
  );
}

/** entityOf is what kind of thing it is, in a word. */
export function entityOf(entity: string, say: Say): string {
  const key = `audit.entity.${entity}`;
  return key in audit ? say(key as Key) : entity;
}

function byWhom(event: AnEvent, say: Say): string {
  if (event.actor === "system") return say("audit.by.system");
  if (!event.actorName) return say("audit.by.gone");
  return say(event.actor === "token" ? "audit.by.token" : "audit.by", { name: event.actorName });
}
