import { expect, test } from "vitest";
import { advance, cycleOf } from "./advance";

const at = (cycle: string, phase: string, done: number, total: number) =>
  advance({ cycle, phase, done, total });

test("a rehearsal advances from part to part and never goes back", () => {
  const seen = [
    at("", "", 0, 0),
    at("connection", "test connection", 2, 2),
    at("initial", "people", 0, 50),
    at("initial", "people", 25, 50),
    at("initial", "groups", 7, 7),
    at("incremental", "something new", 3, 4),
    at("incremental", "changes", 1, 10),
    at("leavers", "groups", 1, 1),
  ];
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen[0]).toBe(0);
  expect(seen.at(-1)).toBe(100);
});

test("a cycle that is not known is called as the first one is", () => {
  expect(cycleOf("leavers")).toBe("leavers");
  expect(cycleOf("unchanged")).toBe("connection");
});
