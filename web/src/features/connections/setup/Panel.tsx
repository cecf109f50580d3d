import { Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "../../../text";
import { Status, type Tone } from "../../../ui/Status";
import { When } from "../../../ui/When";
import { pathOf } from "../AttributeLists";
import type { Fix, Progress } from "./documents";
import { fixText } from "./guide";
import classes from "./Panel.module.css";
import { Rich } from "./Rich";
import type { Heard, Source } from "./source";

/** Panel watches the directory call: what has worked so far, and in words what has not and why. */
export function Panel({ source, heard: { progress, state } }: { source: Source; heard: Heard }) {
  const { say, number } = useText();
  const person = progress?.person;
  const group = progress?.group;
  const fix = (f: Fix) => <Rich text={say(fixText(f, source.byLink))} />;
  const row = (id: string | null | undefined) => (source.byLink ? undefined : id);
  return (
    <section className={classes.panel} aria-label={say("setup.live")}>
      <div className={classes.head}>
        <Title order={2} fz="md">
          {say("setup.live")}
        </Title>
        <Status tone={state === "live" ? "good" : "quiet"}>{say(`live.${state}`)}</Status>
      </div>
      <ul className={classes.list}>
        <Call call={progress?.call} source={source} fix={fix} />
        {person ? (
          <Item
            tone="good"
            what={say("setup.live.person", {
              attributes: person.attributes,
              undeclared: undeclared(person.custom, source.attributes),
            })}
            at={person.at}
            more={person.operation}
            row={row(person.requestId)}
          />
        ) : source.userCount > 0 ? (
          <Item tone="good" what={say("setup.live.people", { count: source.userCount })} />
        ) : (
          <Item tone="quiet" what={say("setup.live.personWaiting")} />
        )}
        {source.kind === "ENTRA" && person?.objectId === false && (
          <Item
            tone="warn"
            what={say("setup.live.nickname")}
            more={<Rich text={say("setup.live.nicknameText")} />}
          />
        )}
        {source.groups &&
          (group ? (
            <Item tone="good" what={say("setup.live.group")} at={group.at} more={group.operation} />
          ) : source.groupCount > 0 ? (
            <Item tone="good" what={say("setup.live.groups", { count: number(source.groupCount) })} />
          ) : (
            <Item tone="quiet" what={say("setup.live.groupWaiting")} more={say("setup.live.groupOptional")} />
          ))}
        {progress?.failures.map((f) => (
          <Item
            key={f.fix}
            tone="bad"
            what={f.count > 1 ? say("setup.live.more", { detail: f.detail, count: f.count - 1 }) : f.detail}
            at={f.at}
            more={fix(f.fix)}
            row={row(f.requestId)}
          />
        ))}
      </ul>
    </section>
  );
}

function Call(props: { call: Progress["call"] | undefined; source: Source; fix: (fix: Fix) => ReactNode }) {
  const { say } = useText();
  const { call, source } = props;
  if (call?.state === "TURNED_AWAY")
    return (
      <Item
        tone="bad"
        what={
          call.tokenEnd
            ? say("setup.live.wrongEnd", { end: call.tokenEnd })
            : say("setup.live.wrong", { client: call.client ?? say("setup.live.somebody") })
        }
        at={call.at}
        more={call.fix && props.fix(call.fix)}
        row={source.byLink ? undefined : call.requestId}
      />
    );
  if (call?.state === "LET_IN")
    return (
      <Item
        tone="good"
        what={say(call.isTest ? "setup.live.test" : "setup.live.call")}
        at={call.at}
        more={call.client && say("setup.live.client", { client: call.client })}
      />
    );
  if (source.lastHeardAt) return <Item tone="good" what={say("setup.live.before")} at={source.lastHeardAt} />;
  return <Item tone="quiet" what={say("setup.live.callWaiting")} more={say("setup.live.callHow")} />;
}

/** undeclared is how many of the custom attributes that came nobody has declared. */
function undeclared(custom: readonly string[], attributes: Source["attributes"]): number {
  const declared = new Set(attributes.filter((a) => a.declared).map((a) => pathOf(a).toLowerCase()));
  return custom.filter((path) => !declared.has(path.toLowerCase())).length;
}

function Item(props: {
  tone: Tone;
  what: ReactNode;
  at?: string | null | undefined;
  more?: ReactNode;
  row?: string | null | undefined;
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
