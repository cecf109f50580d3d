import { expect, test } from "vitest";
import { differences } from "./differences";

test("what is the same is left out, whatever its kind", () => {
  expect(
    differences({ title: "Clerk", active: true, tags: ["a"] }, { title: "Lead", active: true, tags: ["a"] }),
  ).toEqual([{ attribute: "title", old: "Clerk", new: "Lead" }]);
});

test("one side may be missing", () => {
  expect(differences(null, { userName: "ada" })).toEqual([
    { attribute: "userName", old: undefined, new: "ada" },
  ]);
  expect(differences({ title: null }, {})).toEqual([]);
  expect(differences(undefined, "x")).toEqual([]);
});
