import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { type Organization, organization, signIn, watch } from "./console";

test.describe.configure({ mode: "serial" });

let org: Organization;

test.beforeAll(async () => {
  org = organization("archive", "Archive");
  for (const [userName, displayName, title] of [
    ["hero@archive.test", "Hero", "Engineer"],
    ["hypatia@archive.test", "Hypatia", '=2+"x"'],
    ["callimachus@archive.test", "Callimachus", "Librarian"],
  ]) {
    const schemas = ["urn:ietf:params:scim:schemas:core:2.0:User"];
    const { status } = await org.scim("/Users", { schemas, userName, displayName, title, active: true });
    expect(status).toBe(201);
  }
});

/** download presses the dialog's button and returns the file's name and text. */
async function download(page: Page) {
  const coming = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "Download" }).click();
  const file = await coming;
  await expect(page.getByRole("dialog")).toHaveCount(0);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

/** rows reads a CSV file in which no text has a line break: each row as an object. */
function rows(text: string): Record<string, string>[] {
  expect(text.startsWith("\uFEFF")).toBe(true);
  const lines = text.slice(1).trimEnd().split("\r\n");
  const [names = [], ...rest] = lines.map((line) =>
    [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/g)].map(
      ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "",
    ),
  );
  return rest.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""])));
}

test("the list of people is downloaded as it is shown", async ({ page, baseURL }) => {
  const faults = watch(page, baseURL);
  await signIn(page, "ada@archive.test", "OWNER", "archive");
  await page.goto("/people?status=ACTIVE&connection=local");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("Whom the list shows now: one person");
  expect(rows((await download(page)).text).map((r) => r.userName)).toEqual(["ada@archive.test"]);

  await page.goto(`/people?q=archive&f=${encodeURIComponent('displayName sw "H"')}`);
  await expect(page.getByRole("link", { name: "Hypatia" })).toBeVisible();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("Whom the list shows now: 2 people");
  const { name, text } = await download(page);
  expect(name).toMatch(/^archive-users-\d{4}-\d\d-\d\d\.csv$/);
  expect(rows(text)).toMatchObject([
    { userName: "hero@archive.test", displayName: "Hero", title: "Engineer", active: "true" },
    { userName: "hypatia@archive.test", title: `'=2+"x"` }, // nothing that a spreadsheet would calculate
  ]);

  await page.goto("/people?do=export");
  await expect(page.getByRole("dialog")).toContainText("Everybody but the deleted");
  await page.getByLabel("JSON Lines, for programs").check();
  const lines = (await download(page)).text.trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { userName: string }).userName).sort()).toEqual([
    "ada@archive.test",
    "callimachus@archive.test",
    "hero@archive.test",
    "hypatia@archive.test",
  ]);
  expect(faults).toEqual([]);
});

test("the log and the audit trail are downloaded, and the download stands in the trail", async ({ page }) => {
  await signIn(page, "ada@archive.test", "OWNER", "archive");
  await page.goto("/log");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const log = await download(page);
  expect(log.name).toMatch(/^archive-log-/);
  expect(rows(log.text)).toMatchObject(
    Array.from({ length: 3 }, () => ({ method: "POST", path: "/Users", status: "201", outcome: "CHANGED" })),
  );

  await page.goto("/audit?since=24h");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await expect(page.getByRole("dialog")).toContainText("as chosen");
  const trail = await download(page);
  expect(trail.name).toMatch(/^archive-events-/);
  const types = rows(trail.text).map((r) => r.type);
  expect(types.filter((t) => t === "user.created")).toHaveLength(4);
  expect(types.at(-1)).toBe("download.redeemed");
});
