import { Anchor, Skeleton } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useText } from "../../text";
import classes from "./OrgChart.module.css";
import type { Line, Node } from "./tree";

/** ChartLine is one line of the chart: somebody with their title, or what is still to be read. */
export function ChartLine(props: {
  line: Line;
  person: Node | undefined;
  problem: string | undefined;
  active: boolean;
  onActive: () => void;
  onTurn: (id: string, open: boolean) => void;
  onMore: (parent: string) => void;
}) {
  const { say } = useText();
  const { line, person } = props;
  const common = {
    id: `line-${line.id}`,
    "aria-level": line.level,
    "aria-selected": props.active,
    "data-active": props.active || undefined,
    className: classes.line,
    style: { paddingInlineStart: 8 + (line.level - 1) * 20 },
  } as const;
  if (line.kind === "loading")
    return (
      <div role="treeitem" tabIndex={-1} {...common} aria-label={say("list.loading")}>
        <Skeleton height={12} width={180} ms={28} />
      </div>
    );
  if (line.kind !== "person" || !person)
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys
      <div role="treeitem" tabIndex={-1} {...common} onClick={() => props.onMore(line.parent)}>
        <span className={classes.rest}>
          {props.problem && `${props.problem} `}
          {say(line.kind === "problem" ? "error.retry" : "list.more")}
        </span>
      </div>
    );
  const has = person.reportCount > 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys
    <div
      role="treeitem"
      tabIndex={-1}
      {...common}
      {...(has && { "aria-expanded": line.kind === "person" && line.open })}
      aria-setsize={line.of}
      aria-posinset={line.place}
      onClick={(event) => {
        props.onActive();
        if ((event.target as HTMLElement).closest("a")) return;
        if (has) props.onTurn(line.id, !line.open);
      }}
    >
      <span className={classes.turn} data-open={line.open || undefined} aria-hidden>
        {has && <IconChevronRight size={14} />}
      </span>
      <span className={classes.who} dir="auto">
        <Anchor component={Link} to={`/people/${person.id}`} tabIndex={-1} c="var(--ink)" fw={500}>
          {person.name}
        </Anchor>
        {person.title && <span className={classes.title}>{person.title}</span>}
        {person.status !== "ACTIVE" && (
          <span className={classes.title}>{say(`people.status.${person.status}`)}</span>
        )}
      </span>
      <span className={classes.side}>
        {person.department && (
          <span className={classes.department} dir="auto">
            {person.department.name}
          </span>
        )}
        {has && <span>{say("people.chart.reports", { count: person.reportCount })}</span>}
      </span>
    </div>
  );
}
