import { expect, test } from "vitest";
import { en } from "../../../text/en";
import { moved } from "../order";
import type { LogRow } from "./documents";
import { guideOf, lines, stepAt, steps } from "./guide";
import { heard } from "./heard";
import { asCsv } from "./mapping";

let count = 0;
const row = (more: Partial<LogRow>): LogRow => ({
  id: String(count++),
  createdAt: "2026-03-04T12:00:00Z",
  method: "GET",
  path: "/Users",
  status: 200,
  operation: "",
  detail: null,
  client: "Microsoft Entra",
  connectionId: "c",
  targetId: null,
  requestBody: null,
  ...more,
});
const person = (userName: string, status: number, detail: string | null = null) =>
  row({ method: "POST", status, detail, requestBody: JSON.stringify({ userName }) });
const none = new Set<string>();

test("every instruction of every guide has its text", () => {
  for (const [guide, counts] of Object.entries(lines))
    for (const step of steps)
      for (let n = 1; n <= counts[step]; n++) expect(en).toHaveProperty([`setup.${guide}.${step}.${n}`]);
  expect(guideOf("GOOGLE")).toBe("GENERIC");
});

test("a step is known by its name and by its number", () => {
  expect(["mapping", "4", undefined, "nonsense"].map(stepAt)).toEqual([
    "mapping",
    "mapping",
    "prepare",
    "prepare",
  ]);
});

test("a wrong token is known by its end, and forgotten when a right one comes", () => {
  const wrong = row({ status: 401, connectionId: null, detail: "unknown token; it ends in …x7Q2" });
  expect(heard([wrong], "c", none).call).toMatchObject({
    state: "bad",
    end: "x7Q2",
    fix: "setup.fix.unknownToken",
  });
  const right = row({ path: '/Users?filter=userName+eq+"x"' });
  expect(heard([right, wrong], "c", none).call).toMatchObject({ state: "good", test: true });
});

test("another connection's calls are none of ours", () => {
  expect(
    heard([row({ connectionId: "d" }), row({ connectionId: "d", status: 401 })], "c", none).call,
  ).toEqual({
    state: "waiting",
  });
});

test("the first person's attributes are counted, and those that nobody declared", () => {
  const body = {
    schemas: ["x"],
    userName: "ada",
    active: false,
    title: "",
    roles: [],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { department: "Yard" },
    "urn:scim:acme:User": { Division: "North", Site: "Malmö" },
  };
  const first = row({ method: "POST", status: 201, requestBody: JSON.stringify(body) });
  const later = person("bob", 201);
  expect(heard([later, first], "c", new Set(["urn:scim:acme:user:site"])).person).toMatchObject({
    row: first,
    attributes: 5,
    undeclared: 1,
  });
});

test("a failure is explained until the same person gets through", () => {
  const failed = person("Ada", 409, 'the user name "Ada" belongs to the deactivated user 1');
  expect(heard([failed], "c", none).failures).toMatchObject([{ fix: "setup.fix.revive" }]);
  const same = person("cyd", 409, 'the user name "Cyd" belongs to the deactivated user 2');
  expect(heard([same, failed], "c", none).failures).toMatchObject([{ row: same, count: 2 }]);
  expect(heard([person("bob", 201), failed], "c", none).failures).toHaveLength(1);
  expect(heard([person("ada", 201), failed], "c", none).failures).toEqual([]);
});

test("a cell of the file can't be run by a spreadsheet, and quotes are doubled", () => {
  expect(asCsv([["=1+1", 'a "b", c']])).toBe('\'=1+1,"a ""b"", c"\r\n');
});

test("a key moves within its order and not out of it", () => {
  expect(moved(["EMAIL", "USER_NAME"], "USER_NAME", -1)).toEqual(["USER_NAME", "EMAIL"]);
  expect(moved(["EMAIL", "USER_NAME"], "EMAIL", -1)).toEqual(["EMAIL", "USER_NAME"]);
});
