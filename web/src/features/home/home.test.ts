import { expect, test } from "vitest";
import type { HomeData } from "./documents";
import { type Judged, verdictOf } from "./judge";
import { handsOf } from "./need";

const judged = (
  status: Judged["health"]["status"],
  targets = 0,
  overdueSince: string | null = null,
): Judged => ({
  name: status.toLowerCase(),
  health: { status, overdueSince, problems: targets > 0 ? [{ targets }] : [] },
});

test.each([
  [[judged("HEALTHY"), judged("HEALTHY")], "home.verdict.good", "good"],
  [[judged("HEALTHY"), judged("WAITING")], "home.verdict.partly", "good"],
  [[judged("WAITING")], "home.verdict.waiting", "quiet"],
  [[judged("HEALTHY"), judged("PAUSED")], "home.verdict.paused", "warn"],
  [[judged("DEGRADED", 0, "2026-03-04T12:00:00Z"), judged("PAUSED")], "home.verdict.late", "warn"],
  [[judged("DEGRADED", 3), judged("HEALTHY", 2)], "home.verdict.kept", "warn"],
  [[judged("DEGRADED", 3), judged("FAILING")], "home.verdict.failing", "bad"],
])("the worst of %# is said", (connections, text, tone) => {
  expect(verdictOf(connections)).toMatchObject({ text, tone });
});

test("people who are kept back are counted over all connections", () => {
  expect(verdictOf([judged("DEGRADED", 3), judged("DEGRADED", 2)]).values).toEqual({ count: 5 });
});

test("what needs a hand comes in order of harm", () => {
  const connection = (
    id: string,
    status: Judged["health"]["status"],
    problems: { detail: string; targets: number }[] = [],
    more: Record<string, unknown> = {},
  ) => ({
    id,
    name: id,
    kind: "ENTRA",
    enabled: status !== "PAUSED",
    credentialsEnd: { at: `2026-0${id === "entra" ? 3 : 9}-08T12:00:00Z`, unusedSpare: false },
    signOn: {
      enabled: id === "entra",
      vouched: id !== "entra",
      secrets: [
        { id: `${id} old`, key: false, expiresAt: "2026-03-05T12:00:00Z", needed: false },
        { id: `${id} soon`, key: false, expiresAt: "2026-03-09T12:00:00Z", needed: true },
        { id: `${id} late`, key: true, expiresAt: "2027-03-09T12:00:00Z", needed: true },
      ],
      // The old one has ended without harm; its successor ends too.
      certificates: [{ notAfter: "2026-03-01T12:00:00Z" }, { notAfter: "2026-03-10T12:00:00Z" }],
    },
    health: {
      status,
      summary: `${id} is off. The newest such request is 019aa6c6-3d09-7cbb-8d4c-1f31d9a6f0a1 in the log.`,
      overdueSince: null,
      advice: [],
      problems: problems.map((p) => ({
        ...p,
        requests: 1,
        lastSeenAt: "2026-03-04T12:00:00Z",
        exampleId: p.detail,
      })),
      ...more,
    },
  });
  const data = {
    connections: [
      connection("new", "WAITING"),
      connection("entra", "DEGRADED", [
        { detail: "few", targets: 2 },
        { detail: "many", targets: 40 },
      ]),
      connection("okta", "FAILING"),
      connection("plain", "HEALTHY", [], {
        advice: [{ code: "NO_EMAIL", message: "Map mail.", users: 3 }],
      }),
    ],
    waitingAccounts: [{ id: "w" }, { id: "x" }],
    domains: [
      {
        id: "fine",
        name: "fine.example",
        verifiedAt: "2026-01-01T00:00:00Z",
        checkedAt: "2026-03-04T00:00:00Z",
        lapsesAt: null,
      },
      { id: "claimed", name: "new.example", verifiedAt: null, checkedAt: null, lapsesAt: null },
      {
        id: "gone",
        name: "gone.example",
        verifiedAt: "2026-01-01T00:00:00Z",
        checkedAt: "2026-03-04T00:00:00Z",
        lapsesAt: "2026-03-09T00:00:00Z",
      },
      {
        id: "lapsed",
        name: "old.example",
        verifiedAt: null,
        checkedAt: "2026-03-04T00:00:00Z",
        lapsesAt: null,
      },
    ],
    users: { totalCount: 1, nodes: [{ id: "u", name: "Ada", linkAskedBy: { id: "plain" } }] },
  } as unknown as HomeData;
  const hands = handsOf(data, new Date("2026-03-04T12:00:00Z"), () => "soon");
  expect(hands.map((h) => h.id)).toEqual([
    "late okta",
    "credentials entra",
    "secret entra soon",
    "certificate entra",
    "domain gone",
    "domain lapsed",
    "problem many",
    "problem few",
    "link plain",
    "waiting accounts",
    "vouch entra",
    "WAITING new",
    "NO_EMAIL plain",
  ]);
  expect(hands[0]?.title).toBe("okta: okta is off.");
  expect(hands.find((h) => h.id === "link plain")?.action.to).toBe("/people/u");
  const later = data.connections.map((c) => ({
    ...c,
    signOn: c.signOn && {
      ...c.signOn,
      certificates: [...c.signOn.certificates, { notAfter: "2027-03-08T12:00:00Z" }],
    },
  }));
  const covered = handsOf({ ...data, connections: later }, new Date("2026-03-04T12:00:00Z"), String);
  expect(covered.find((h) => h.id.startsWith("certificate"))).toBeUndefined();
  const two = [...data.users.nodes, { ...data.users.nodes[0], id: "v" }];
  const asked = handsOf({ ...data, users: { ...data.users, nodes: two } } as HomeData, new Date(), String);
  expect(asked.find((h) => h.id === "link plain")?.action.to).toBe("/people?status=WAITING");
});

test("a directory that is turned away needs a hand, unless the health says so already", () => {
  const now = new Date("2026-03-04T12:00:00Z");
  const of = (at: string, unusedSpare: boolean, enabled = true) =>
    handsOf(
      {
        connections: [
          {
            id: "c",
            name: "Acme",
            enabled,
            signOn: null,
            credentialsEnd: { at, unusedSpare },
            health: { status: "HEALTHY", summary: "", overdueSince: null, advice: [], problems: [] },
          },
        ],
        users: { nodes: [] },
        domains: [],
        waitingAccounts: [],
      } as unknown as HomeData,
      now,
      String,
    ).map(({ title, text }) => [title, text].map((t) => (typeof t === "object" ? t.key : t)).join());
  const ends = "home.hand.credentialsEnd";
  expect(of("2026-06-04T12:00:00Z", false)).toEqual([]);
  expect(of("2026-05-01T12:00:00Z", false)).toEqual([`${ends},home.hand.credentialsText`]);
  expect(of("2026-05-01T12:00:00Z", true)).toEqual([`${ends},home.hand.unusedText`]);
  expect(of("2026-03-01T12:00:00Z", true)).toEqual([`${ends},home.hand.unusedText`]);
  expect(of("2026-03-01T12:00:00Z", false)).toEqual([]);
  expect(of("2026-03-05T12:00:00Z", true, false)).toEqual([]);
});
