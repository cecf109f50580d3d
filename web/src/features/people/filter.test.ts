import { expect, test } from "vitest";
import { type Row, readFilter, writeFilter } from "./filter";

const rows: Row[] = [
  { attribute: "department", operator: "eq", value: 'R"&"D \\ and ops' },
  { attribute: "active", operator: "eq", value: "false" },
  { attribute: "title", operator: "pr", value: "" },
  { attribute: "meta.created", operator: "ge", value: "2026-01-01T00:00:00Z" },
];

test("what rows write, rows read", () => {
  expect(writeFilter(rows)).toBe(
    'department eq "R\\"&\\"D \\\\ and ops" and active eq false and title pr and meta.created ge "2026-01-01T00:00:00Z"',
  );
  expect(readFilter(writeFilter(rows))).toEqual(rows);
  expect(readFilter("")).toEqual([]);
});

test("case and spaces don't matter", () => {
  expect(readFilter('  USERNAME  Sw "a"   AND Active EQ True ')).toEqual([
    { attribute: "userName", operator: "sw", value: "a" },
    { attribute: "active", operator: "eq", value: "true" },
  ]);
});

test.each([
  'title eq "a" or title eq "b"',
  'not (title eq "a")',
  '(title eq "a")',
  'emails[type eq "work"]',
  'urn:example:User:site eq "x"',
  "title eq",
  "title eq a",
  'title eq "a',
  'title eq "a" and',
  'title eq "a" title pr',
  "active pr",
  "active eq maybe",
  "nonsense",
])("%s stays text", (text) => {
  expect(readFilter(text)).toBeUndefined();
});
