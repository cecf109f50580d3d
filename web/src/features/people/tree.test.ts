import { expect, test } from "vitest";
import { type Branch, linesOf, moveOf, type Node, type Tree, top } from "./tree";

const node = (id: string, reportCount: number): [string, Node] => [
  id,
  { id, name: id, title: null, status: "ACTIVE", department: null, reportCount },
];
const tree: Tree = {
  people: new Map([node("ceo", 2), node("cto", 1), node("cfo", 0), node("dev", 0)]),
  branches: new Map<string, Branch>([
    [top, { ids: ["ceo"] }],
    ["ceo", { ids: ["cto", "cfo"], more: "c" }],
    ["cto", { ids: ["dev", "ceo"] }], // who leads back up isn't shown again
  ]),
};

const shown = (opened: string[]) =>
  linesOf(tree, new Set(opened)).map((l) => `${"-".repeat(l.level)}${l.kind === "person" ? l.id : l.kind}`);

test("what is open is laid out from top to bottom", () => {
  expect(shown([])).toEqual(["-ceo"]);
  expect(shown(["cto"])).toEqual(["-ceo"]); // inside what is closed
  expect(shown(["ceo", "cto"])).toEqual(["-ceo", "--cto", "---dev", "--cfo", "--more"]);
  expect(shown(["ceo", "cfo"])).toEqual(["-ceo", "--cto", "--cfo", "---loading", "--more"]);
});

test("keys move as in every tree", () => {
  const lines = linesOf(tree, new Set(["ceo"])); // ceo, cto, cfo, more
  const key = (k: string, at: number) => moveOf(k, lines, at, tree);
  expect(key("ArrowDown", 0)).toEqual({ to: 1 });
  expect(key("ArrowUp", 0)).toEqual({ to: 0 });
  expect(key("End", 0)).toEqual({ to: 3 });
  expect(key("ArrowRight", 0)).toEqual({ to: 1 });
  expect(key("ArrowRight", 1)).toEqual({ open: "cto" });
  expect(key("ArrowRight", 2)).toBeUndefined();
  expect(key("ArrowLeft", 0)).toEqual({ close: "ceo" });
  expect(key("ArrowLeft", 2)).toEqual({ to: 0 });
  expect(key("a", 0)).toBeUndefined();
});
