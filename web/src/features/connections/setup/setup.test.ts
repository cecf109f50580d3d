import { expect, test } from "vitest";
import { en } from "../../../text/en";
import { moved } from "../order";
import { fixText, type Guided, guideOf, isPublic, lines, lineText, stepAt, stepLeft, steps } from "./guide";
import { asCsv } from "./mapping";
import { secretIn } from "./secret";

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

test("a set-up goes on where it was left", () => {
  const nothing = { userCount: 0, lastHeardAt: null, hint: undefined };
  expect(stepLeft(nothing)).toBe("prepare");
  expect(stepLeft({ ...nothing, hint: "x7Qa" })).toBe("credentials");
  expect(stepLeft({ ...nothing, lastHeardAt: "2026-03-04T12:00:00Z" })).toBe("mapping");
  expect(stepLeft({ ...nothing, userCount: 1 })).toBe("start");
});

test("the same is said to who has only a link, where that differs", () => {
  for (const step of steps)
    for (const [guide, counts] of Object.entries(lines))
      for (let n = 1; n <= counts[step]; n++)
        expect(en).toHaveProperty([lineText(guide as Guided, step, n, { byLink: true })]);
  expect(lineText("ENTRA", "attributes", 1, { byLink: true })).toBe("setup.link.ENTRA.attributes.1");
  expect(fixText("REVIVE", false)).toBe("setup.fix.REVIVE");
  expect(fixText("REVIVE", true)).toBe("setup.link.fix.REVIVE");
  expect(fixText("UNKNOWN_TOKEN", true)).toBe("setup.fix.UNKNOWN_TOKEN");
});

test("where there is a token, none has to be made", () => {
  for (const byLink of [true, false])
    for (const [guide, counts] of Object.entries(lines))
      for (let n = 1; n <= counts.credentials; n++) {
        const text = lineText(guide as Guided, "credentials", n, { byLink, hint: "rcs_…x7Q2" });
        expect(en).toHaveProperty([text]);
        expect(en[text]).not.toMatch(/[Mm]ake a token/);
      }
});

test("an address that a provider in the cloud can't call is known as such", () => {
  for (const url of ["https://rollcall.example/scim/v2/acme", "https://203.0.113.7:8443/scim/v2/acme"])
    expect(isPublic(url), url).toBe(true);
  for (const host of ["http://rollcall.example", "https://127.0.0.1:9420", "https://localhost", "https://hr"])
    expect(isPublic(`${host}/scim/v2/acme`), host).toBe(false);
  for (const host of ["192.168.1.4", "172.20.0.2", "10.0.0.1", "[::1]", "rollcall.internal"])
    expect(isPublic(`https://${host}/scim/v2/acme`), host).toBe(false);
});

test("only a whole secret of a set-up link is taken from the address", () => {
  const secret = `rcu_${"a".repeat(49)}`;
  expect(secretIn(`#${secret}`)).toBe(secret);
  for (const other of ["", "#", `#${secret.slice(1)}`, `#${secret}b`, `#rcs_${"a".repeat(49)}`])
    expect(secretIn(other)).toBeUndefined();
});

test("a cell of the file can't be run by a spreadsheet, and quotes are doubled", () => {
  expect(asCsv([["=1+1", 'a "b", c']])).toBe('\'=1+1,"a ""b"", c"\r\n');
});

test("a key moves within its order and not out of it", () => {
  expect(moved(["EMAIL", "USER_NAME"], "USER_NAME", -1)).toEqual(["USER_NAME", "EMAIL"]);
  expect(moved(["EMAIL", "USER_NAME"], "EMAIL", -1)).toEqual(["EMAIL", "USER_NAME"]);
});
