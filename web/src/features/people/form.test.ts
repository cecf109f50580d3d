import { expect, test } from "vitest";
import { changesOf, emptyForm, type Form } from "./form";

test("only what differs is sent, and what was emptied is cleared", () => {
  const before: Form = {
    userName: "ada@acme.test",
    texts: { title: "Countess", email: "ada@acme.test" },
    department: { id: "d", name: "Sales" },
    manager: null,
  };
  expect(changesOf(before, before)).toEqual({});
  expect(
    changesOf(before, {
      userName: " ada@acme.test ",
      texts: { title: " ", email: "ada@acme.test", division: " North " },
      department: null,
      manager: { id: "m", name: "Boss" },
    }),
  ).toEqual({ title: null, division: "North", departmentId: null, managerId: "m" });
});

test("a new person has what was typed", () => {
  expect(changesOf(emptyForm, { ...emptyForm, userName: "bob", texts: { givenName: "Bob" } })).toEqual({
    userName: "bob",
    givenName: "Bob",
  });
});
