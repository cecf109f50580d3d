import { expect, test } from "vitest";
import { type AToken, ofOld, stateOf, thingsOf } from "./token";

const now = new Date("2026-03-04T12:00:00Z");
const token: AToken = {
  id: "t1",
  kind: "SCIM",
  name: "Entra",
  hint: "rcs_…x7Q2",
  scopes: [],
  status: "WORKING",
  createdAt: "2026-01-01T00:00:00Z",
  expiresAt: "2027-01-01T00:00:00Z",
  revokedAt: null,
  replacedById: null,
  lastUsedAt: null,
  lastUsedFrom: null,
  lastUsedBy: null,
  connection: null,
  owner: null,
};
const old = (lastUsedAt: string | null): AToken => ({ ...token, status: "REPLACED", lastUsedAt });
const successor = (lastUsedAt: string | null): AToken => ({ ...token, id: "t2", lastUsedAt });

test.each([
  ["2026-03-04T11:57:00Z", null, "tokens.old.successorUnused"],
  [null, null, "tokens.old.successorUnused"],
  ["2026-03-04T11:57:00Z", "2026-03-04T11:50:00Z", "tokens.old.usedLater"],
  ["2026-03-04T11:30:00Z", "2026-03-04T11:58:00Z", "tokens.old.usedLately"],
  ["2026-03-04T09:00:00Z", "2026-03-04T11:58:00Z", "tokens.old.safe"],
  [null, "2026-03-04T11:58:00Z", "tokens.old.safe"],
])("the old one used %s and the new one %s: %s", (a, b, key) => {
  expect(ofOld(old(a), successor(b), now)).toEqual({ key, safe: key === "tokens.old.safe" });
});

test("a token that was not replaced has no advice", () => {
  expect(ofOld(token, undefined, now)).toBeUndefined();
});

test("a token that ends within a month says so", () => {
  expect(stateOf({ ...token, expiresAt: "2026-03-20T00:00:00Z" }, now).key).toBe("tokens.status.SOON");
  expect(stateOf(token, now)).toEqual({ key: "tokens.status.WORKING", tone: "good" });
});

test("scopes are grouped by what they are about", () => {
  expect(thingsOf(["users:read", "users:write", "roles:write", "log:read"])).toEqual([
    { name: "users", read: true, write: true },
    { name: "roles", read: false, write: true },
    { name: "log", read: true, write: false },
  ]);
});
