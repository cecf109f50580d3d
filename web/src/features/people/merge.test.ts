import { expect, test } from "vitest";
import { type TextField, texts } from "./form";
import { joined, keepFirst, outcomes, type Party } from "./merge";

const party = (id: string, more: Partial<Party> = {}): Party => ({
  ...(Object.fromEntries(texts.map((t) => [t, null])) as Record<TextField, null>),
  id,
  name: id,
  userName: id,
  role: "LEARNER",
  createdAt: "2026-01-01T00:00:00Z",
  connection: null,
  department: null,
  manager: null,
  managerValue: null,
  groups: [],
  reportCount: 0,
  ...more,
});
const entra = { id: "c", name: "Entra" };

test("what keep lacks is taken from remove", () => {
  const keep = party("a", { title: "Countess", manager: { id: "b", name: "b" } });
  const remove = party("b", { title: "Lady", email: "b@acme.test", manager: { id: "boss", name: "Boss" } });
  const taken = Object.fromEntries(outcomes(keep, remove).map((o) => [o.field, o.taken]));
  expect(taken).toEqual({
    userName: "keep",
    role: "keep",
    email: "remove",
    title: "keep",
    manager: "remove",
  });
});

test("nobody comes to be their own manager", () => {
  const keep = party("a");
  const remove = party("b", { manager: { id: "a", name: "a" } });
  expect(outcomes(keep, remove).map((o) => o.field)).toEqual(["userName", "role"]);
});

test("groups of another directory are not joined", () => {
  const group = (id: string, connection: string | null) => ({
    id,
    displayName: id,
    connection: connection ? { id: connection } : null,
  });
  const keep = party("a", { connection: entra, groups: [group("both", null)] });
  const remove = party("b", {
    groups: [group("both", null), group("local", null), group("its", "c"), group("not", "x")],
  });
  expect(joined(keep, remove)).toEqual(["local", "its"]);
});

test("the provisioned one stays, else the older", () => {
  expect(keepFirst(party("a"), party("b", { connection: entra }))).toBe(false);
  expect(keepFirst(party("a", { connection: entra }), party("b"))).toBe(true);
  expect(keepFirst(party("a", { createdAt: "2026-02-01T00:00:00Z" }), party("b"))).toBe(false);
});
