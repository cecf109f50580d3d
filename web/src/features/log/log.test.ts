import { expect, test } from "vitest";
import { log as texts } from "../../text/en/log";
import { curlOf } from "./curl";
import { explain } from "./explain";
import { isFollowed, matches, scimTypes, whereOf } from "./filter";
import { inWords, newestFirst, type Row } from "./rows";

const now = new Date("2026-03-30T12:00:00Z");
const row: Row = {
  id: "0190-2",
  createdAt: "2026-03-30T11:00:00Z",
  durationMs: 3,
  operation: "Tried to create Änne Groß",
  outcome: "REFUSED",
  status: 409,
  scimType: "uniqueness",
  detail: "There is somebody of that name.",
  method: "POST",
  connectionId: "c1",
  cycleId: "y1",
  targetId: "p1",
};

test("an address becomes a condition; what is unknown in it is left out", () => {
  expect(whereOf({}, now, "UTC")).toEqual({});
  expect(
    whereOf(
      { q: " änne ", outcome: "FAILED,REFUSED,NONSENSE", method: "BREW", since: "1h", cycle: "y1" },
      now,
      "UTC",
    ),
  ).toEqual({
    operation: "änne",
    outcomes: ["REFUSED", "FAILED"],
    from: "2026-03-30T11:00:00.000Z",
    cycleId: "y1",
  });
});

test.each([
  [{}, true],
  [{ q: "GROSS" }, false], // as the server judges
  [{ q: "groß create" }, true],
  [{ q: "groß removed" }, false],
  [{ outcome: "CHANGED" }, false],
  [{ outcome: "REFUSED,FAILED" }, true],
  [{ method: "GET" }, false],
  [{ type: "uniqueness" }, true],
  [{ type: "mutability" }, false],
  [{ connection: "c2" }, false],
  [{ person: "p1", cycle: "y1", connection: "c1" }, true],
  [{ person: "p2" }, false],
])("a new row is judged by %j: %s", (address, wanted) => {
  expect(matches(row, whereOf(address, now, "UTC"))).toBe(wanted);
});

test("only what is still coming is followed", () => {
  expect(isFollowed(whereOf({ q: "x", since: "1h" }, now, "UTC"), undefined)).toBe(true);
  expect(isFollowed({}, "cursor")).toBe(false);
  expect(isFollowed(whereOf({ to: "2026-03-01" }, now, "UTC"), undefined)).toBe(false);
  expect(isFollowed(whereOf({ ref: "0190" }, now, "UTC"), undefined)).toBe(false);
});

test("rows stand once, the newest in front", () => {
  const [older, newer] = [
    { ...row, id: "0190-1" },
    { ...row, id: "0190-3" },
  ];
  expect(newestFirst([newer, row], [row, older]).map((r) => r.id)).toEqual(["0190-3", "0190-2", "0190-1"]);
});

test("every reason and status has an explanation and something to do", () => {
  for (const scimType of [...scimTypes, "sensitive", "invalidCursor", "expiredCursor", "invalidCount"]) {
    const { why, todo } = explain({ ...row, status: 400, scimType });
    expect(why, scimType).not.toBe("log.why.4xx");
    expect(todo).toBeDefined();
  }
  for (const status of [401, 403, 404, 405, 409, 412, 413, 415, 429, 501, 503]) {
    expect(explain({ ...row, status, scimType: null }).why).toBe(`log.why.${status}`);
  }
  expect(explain({ ...row, status: 418, scimType: "unheard" }).todo).toBe("log.do.4xx");
  expect(explain({ ...row, outcome: "FAILED", status: 500, scimType: null }).todo).toBe("log.do.5xx");
  expect(explain({ ...row, outcome: "CHANGED", status: 200 }).todo).toBeUndefined();
  expect(
    Object.keys(texts)
      .filter((k) => k.startsWith("log.do."))
      .every((k) => k.replace(".do.", ".why.") in texts),
  ).toBe(true);
});

test("a search that finds nobody is nothing bad", () => {
  expect(inWords({ outcome: "REFUSED", method: "GET", status: 404 }).tone).toBe("quiet");
  expect(inWords({ outcome: "REFUSED", method: "DELETE", status: 404 }).tone).toBe("bad");
});

test("curl gets the body as it is, whatever quotes are in it, and no token", () => {
  const command = curlOf("https://x.test/scim/v2/acme", {
    method: "POST",
    path: "/Users?x=$(reboot)",
    requestBody: `{"name":"O'Hara \`id\`"}`,
  });
  expect(command).toBe(
    `curl -sS -X 'POST' 'https://x.test/scim/v2/acme/Users?x=$(reboot)' \\
  -H "Authorization: Bearer $SCIM_TOKEN" \\
  -H 'Content-Type: application/scim+json' \\
  --data-raw '{"name":"O'\\''Hara \`id\`"}'`,
  );
});
