import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "../../../text";
import { Status, type Tone } from "../../../ui/Status";
import { When } from "../../../ui/When";
import { pathOf } from "../Attributes";
import type { OneConnection } from "../documents";
import { heard } from "./heard";
import classes from "./Panel.module.css";
import { Rich } from "./Rich";
import { useHeard } from "./useHeard";

/** Panel watches the directory call: what has worked so far, and in words what has not and why. */
export function Panel({ connection: c }: { connection: OneConnection }) {
  const { say, number } = useText();
  const { rows, state } = useHeard();
  const declared = new Set(c.attributes.filter((a) => a.declared).map((a) => pathOf(a).toLowerCase()));
  const { call, person, group, failures } = heard(rows, c.id, declared);
  const before = call.state === "waiting" && c.health.lastHeardAt;
  return (
    <section className={classes.panel} aria-label={say("setup.live")}>
      <div className={classes.head}>
        <Title order={2} fz="md">
          {say("setup.live")}
        </Title>
        <Status tone={state === "live" ? "good" : "quiet"}>{say(`live.${state}`)}</Status>
      </div>
      <ul className={classes.list}>
        {call.state === "bad" ? (
          <Item
            tone="bad"
            what={
              call.end
                ? say("setup.live.wrongEnd", { end: call.end })
                : say("setup.live.wrong", { client: call.row.client ?? say("setup.live.somebody") })
            }
            at={call.row.createdAt}
            more={<Rich text={say(call.fix)} />}
            row={call.row.id}
          />
        ) : call.state === "good" ? (
          <Item
            tone="good"
            what={say(call.test ? "setup.live.test" : "setup.live.call")}
            at={call.row.createdAt}
            more={call.row.client}
          />
        ) : before ? (
          <Item tone="good" what={say("setup.live.before")} at={before} />
        ) : (
          <Item tone="quiet" what={say("setup.live.callWaiting")} more={say("setup.live.callHow")} />
        )}
        {person ? (
          <Item
            tone="good"
            what={say("setup.live.person", {
              attributes: person.attributes,
              undeclared: person.undeclared,
            })}
            at={person.row.createdAt}
            more={person.row.operation}
            row={person.row.id}
          />
        ) : c.userCount > 0 ? (
          <Item tone="good" what={say("setup.live.people", { count: c.userCount })} />
        ) : (
          <Item tone="quiet" what={say("setup.live.personWaiting")} />
        )}
        {c.settings.groups &&
          (group ? (
            <Item tone="good" what={say("setup.live.group")} at={group.createdAt} more={group.operation} />
          ) : c.groupCount > 0 ? (
            <Item tone="good" what={say("setup.live.groups", { count: number(c.groupCount) })} />
          ) : (
            <Item tone="quiet" what={say("setup.live.groupWaiting")} />
          ))}
        {failures.map(({ row, detail, fix, count }) => (
          <Item
            key={row.id}
            tone="bad"
            what={count > 1 ? say("setup.live.more", { detail, count: count - 1 }) : detail}
            at={row.createdAt}
            more={<Rich text={say(fix)} />}
            row={row.id}
          />
        ))}
      </ul>
    </section>
  );
}

function Item(props: {
  tone: Tone;
  what: ReactNode;
  at?: string | undefined;
  more?: ReactNode;
  row?: string | undefined;
}) {
  const { say } = useText();
  return (
    <li className={classes.item} data-tone={props.tone}>
      <span className={classes.dot} aria-hidden />
      <div>
        <div className={classes.what} dir="auto" aria-live="polite">
          {props.what}
        </div>
        {(props.more || props.at || props.row) && (
          <div className={classes.more} dir="auto">
            {props.more && <div>{props.more}</div>}
            {props.at && <When at={props.at} />}
            {props.at && props.row && " · "}
            {props.row && <Link to={`/log/${props.row}`}>{say("setup.live.request")}</Link>}
          </div>
        )}
      </div>
    </li>
  );
}
