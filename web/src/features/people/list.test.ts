import { expect, test } from "vitest";
import { narrowed, questionOf } from "./list";

test("an empty address asks for the first page by name", () => {
  expect(questionOf({})).toEqual({
    first: 50,
    search: null,
    filter: null,
    orderBy: { field: "DISPLAY_NAME", direction: "ASC" },
    where: {},
  });
  expect(narrowed({ sort: "new", cols: "title" })).toBe(false);
});

test("everything in the address is asked for", () => {
  const address = {
    q: "ada",
    f: "active eq true",
    status: "INACTIVE",
    role: "OWNER",
    department: "d1",
    connection: "local",
    sort: "-user",
    before: "c",
  };
  expect(questionOf(address)).toEqual({
    last: 50,
    before: "c",
    search: "ada",
    filter: "active eq true",
    orderBy: { field: "USER_NAME", direction: "DESC" },
    where: { statuses: ["INACTIVE"], roles: ["OWNER"], departmentIds: ["d1"], local: true },
  });
  expect(narrowed(address)).toBe(true);
});

test("those whom a directory asks to take over are a list", () => {
  expect(questionOf({ status: "WAITING" }).where).toEqual({ linkAsked: true });
});

test("what is not known is passed over", () => {
  expect(questionOf({ status: "GONE", role: "KING", sort: "rank", department: "none" })).toMatchObject({
    orderBy: { field: "DISPLAY_NAME" },
    where: { withoutDepartment: true },
  });
});
