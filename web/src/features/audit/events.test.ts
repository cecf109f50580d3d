import { expect, test } from "vitest";
import { i18n, type Say } from "../../text";
import { en } from "../../text/en";
import { type AnEvent, changesOf, deedOf, idsIn, spoken, toneOf, whereOf } from "./events";

i18n.loadAndActivate({ locale: "en", messages: en });
const say: Say = (key, values) => i18n._(key, values);
const now = new Date("2026-03-04T12:00:00Z");
const event: AnEvent = {
  id: "e1",
  createdAt: "2026-03-04T11:00:00Z",
  type: "user.updated",
  entity: "User",
  entityId: "u1",
  entityName: "Ada",
  actor: "system",
  actorId: null,
  actorName: "Rollcall",
  correlationId: null,
  before: null,
  after: null,
  added: [],
  removed: [],
};

test("an address becomes a condition", () => {
  expect(whereOf({}, now, "UTC")).toEqual({});
  expect(whereOf({ reference: "K7QW2MZA" }, now, "UTC")).toEqual({ reference: "K7QW2MZA" });
  expect(whereOf({ entity: "SignInLink" }, now, "UTC")).toEqual({ types: ["signinlink.*"] });
  expect(whereOf({ entity: "Token", deed: "revoked", by: "a1", person: "p1" }, now, "UTC")).toEqual({
    types: ["token.revoked"],
    actorId: "a1",
    entityId: "p1",
  });
  expect(whereOf({ deed: "revoked" }, now, "UTC").types).toContain("user.revoked");
  expect(whereOf({ entity: "Nonsense", deed: "eaten" }, now, "UTC")).toEqual({});
});

test("what an event changed is told, settings one by one, and what stayed is not", () => {
  const changed = {
    ...event,
    before: { name: "Acme", settings: { logDays: 90, timeZone: "UTC" } },
    after: { name: "Acme", settings: { logDays: 30, timeZone: "UTC" } },
  };
  expect(changesOf(changed)).toEqual([{ attribute: "logDays", old: 90, new: 30 }]);
  expect(deedOf(changed, say)).toBe("was changed: log days");
  expect(deedOf({ ...event, after: { managerId: "m1", managerValue: "x" } }, say)).toBe(
    "was changed: manager",
  );
});

test("a group’s members are counted, and a deed that is new has its own name", () => {
  expect(deedOf({ ...event, added: ["a"], removed: ["b", "c"] }, say)).toBe("1 came in, 2 left");
  expect(deedOf({ ...event, removed: ["b"] }, say)).toBe("1 left");
  expect(deedOf(event, say)).toBe("was changed");
  expect(deedOf({ ...event, type: "user.sent_to_mars" }, say)).toBe("– sent to mars");
  for (const type of [
    ...["claimed", "proved", "record_missing", "record_found", "lapsed", "removed"].map((v) => `domain.${v}`),
    ...["switched_on", "switched_off", "vouched_for", "secrets_removed", "secrets_replaced"].map(
      (v) => `signon.${v}`,
    ),
    "organization.sso_required",
    "organization.sso_not_required",
  ])
    expect(deedOf({ ...event, type }, say), type).not.toMatch(/^–/);
  const refused = { ...event, entity: "SignOn", type: "signon.sign_in_refused" };
  expect(deedOf(refused, say)).toBe("had a sign-in refused");
  expect(toneOf(refused)).toBe("bad");
  expect(whereOf({ entity: "SignOn", deed: "sign_in_refused" }, now, "UTC").types).toEqual([refused.type]);
});

test("a leaver who loses the role with the identity is told so", () => {
  const left = {
    ...event,
    type: "user.deactivated",
    before: { active: true, role: "ADMIN", userName: "ada" },
    after: { active: false, role: "LEARNER", userName: "1f0eada", reason: "the directory gave another" },
  };
  expect(deedOf(left, say)).toBe("was deactivated, and the role ADMIN is gone");
  expect(deedOf({ ...left, type: "user.role_changed" }, say)).toBe("got another role");
  expect(deedOf({ ...left, before: { active: true }, after: { active: false } }, say)).toBe(
    "was deactivated",
  );
});

test("ids are found where names are wanted", () => {
  const { people, departments } = idsIn({
    ...event,
    before: { managerId: null, departmentId: "d1" },
    after: { managerId: "m1", departmentId: "d2" },
    added: ["a1"],
  });
  expect(people).toEqual(["m1", "a1"]);
  expect(departments).toEqual(["d1", "d2"]);
  expect(spoken("preferredLanguage")).toBe("preferred language");
  expect(spoken("externalId")).toBe("external id");
});
