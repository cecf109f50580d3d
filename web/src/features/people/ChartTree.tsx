import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useText } from "../../text";
import { ChartLine } from "./ChartLine";
import classes from "./OrgChart.module.css";
import { type Line, moveOf, type Tree } from "./tree";

/** ChartTree draws only those lines of the chart that can be seen, and moves by keys as every tree does. */
export function ChartTree(props: {
  lines: Line[];
  tree: Tree;
  active: string | undefined;
  onActive: (id: string) => void;
  onTurn: (id: string, open: boolean) => void;
  onFollow: (id: string) => void;
  onMore: (parent: string) => void;
}) {
  const { say } = useText();
  const { lines, tree, active } = props;
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => 44,
    getItemKey: (i) => `${lines[i]?.parent} ${lines[i]?.id}`,
    overscan: 12,
  });
  const at = Math.max(
    lines.findIndex((l) => l.id === active),
    0,
  );
  useEffect(() => {
    if (active) rows.scrollToIndex(at, { align: "auto" });
  }, [active, at, rows]);

  function onKey(event: KeyboardEvent) {
    const line = lines[at];
    if (!line || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (line.kind !== "person") props.onMore(line.parent);
      else if (event.key === "Enter") props.onFollow(line.id);
      else props.onTurn(line.id, !line.open);
      return;
    }
    const move = moveOf(event.key, lines, at, tree);
    if (!move) return;
    event.preventDefault();
    if ("open" in move) props.onTurn(move.open, true);
    else if ("close" in move) props.onTurn(move.close, false);
    else {
      const next = lines[move.to];
      if (next) props.onActive(next.id);
    }
  }

  return (
    <div
      ref={box}
      className={classes.box}
      role="tree"
      aria-label={say("people.chart")}
      aria-activedescendant={lines[at] ? `line-${lines[at].id}` : undefined}
      tabIndex={0}
      onKeyDown={onKey}
    >
      <div role="presentation" style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => {
          const line = lines[row.index];
          if (!line) return null;
          return (
            <div
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              role="presentation"
              className={classes.place}
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <ChartLine
                line={line}
                person={tree.people.get(line.id)}
                problem={tree.branches.get(line.parent)?.problem}
                active={row.index === at}
                onActive={() => props.onActive(line.id)}
                onTurn={props.onTurn}
                onMore={props.onMore}
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
