import { expect, test } from "vitest";
import { plainReason, plainSummary } from "./health";

test("reasons name no ids, and nothing that stands for many", () => {
  const reason = "The user name is in use by somebody else";
  expect(plainReason('The user name "…" is in use by user …')).toBe(reason);
  expect(plainReason('The user name "…" is in use by user 0190a4c6-0000-7000-8000-000000000001')).toBe(
    reason,
  );
  expect(
    plainSummary(
      '2 people could not be provisioned: The user name "…" is in use by user …. The newest such request is 0190a4c6-0000-7000-8000-000000000001 in the log.',
    ),
  ).toBe(`2 people could not be provisioned: ${reason}.`);
});
