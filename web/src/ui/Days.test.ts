import { expect, test } from "vitest";
import { roundUp } from "./Days";

test("an axis ends at a round number whose half is whole", () => {
  expect([0, 1, 3, 4, 5, 12, 150, 999, 4001].map(roundUp)).toEqual([2, 2, 4, 4, 10, 20, 200, 1000, 10_000]);
});
