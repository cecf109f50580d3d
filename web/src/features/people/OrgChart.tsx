import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useAddress } from "../../lib/address";
import { useText } from "../../text";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { PersonPicker } from "../../ui/PersonPicker";
import { ChartTree } from "./ChartTree";
import { linesOf, top } from "./tree";
import { useChain } from "./useChain";
import { useTree } from "./useTree";

/** OrgChart is the tree of who reports to whom, from those who report to nobody. */
export function OrgChart() {
  const { say } = useText();
  const [address, change] = useAddress();
  const navigate = useNavigate();
  const { tree, load, place } = useTree();
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState<string>();
  const chain = useChain(address.at);
  const revealed = useRef<string>(undefined);

  useEffect(() => void load(top), [load]);

  // Whom the address names is shown, with everybody above.
  useEffect(() => {
    const goal = chain.at(-1);
    if (!goal || revealed.current === goal.id) return;
    revealed.current = goal.id;
    void (async () => {
      for (const [i, node] of chain.entries()) {
        const parent = chain[i - 1]?.id ?? top;
        await load(parent);
        place(parent, node);
      }
      setOpened((before) => new Set([...before, ...chain.slice(0, -1).map((p) => p.id)]));
      setActive(goal.id);
    })();
  }, [chain, load, place]);

  const lines = useMemo(() => linesOf(tree, opened), [tree, opened]);

  function turn(id: string, open: boolean) {
    setOpened((before) => {
      const next = new Set(before);
      if (open) next.add(id);
      else next.delete(id);
      return next;
    });
    if (open) void load(id);
  }

  const empty = tree.branches.get(top)?.ids.length === 0 && lines.length === 0;
  return (
    <Page
      title={say("people.chart")}
      about={say("people.chart.about")}
      back={{ to: "/people", label: say("people.title") }}
    >
      <PersonPicker
        label={say("people.chart.find")}
        w={384}
        value={address.at}
        onChange={(id) => change({ at: id })}
      />
      {empty ? (
        <Notice title={say("list.empty")} text={say("people.chart.empty")} />
      ) : (
        <ChartTree
          lines={lines}
          tree={tree}
          active={active ?? lines[0]?.id}
          onActive={setActive}
          onTurn={turn}
          onFollow={(id) => void navigate({ to: `/people/${id}` })}
          onMore={(parent) => void load(parent, tree.branches.get(parent))}
        />
      )}
    </Page>
  );
}
