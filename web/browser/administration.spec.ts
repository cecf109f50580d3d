import { execFileSync } from "node:child_process";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { provision, rollcall, setting, signIn, watch } from "./console";

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = watch(page, baseURL);
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

test("a refusal comes live, waits while paused, and is explained", async ({ page }) => {
  await signIn(page);
  await page.goto("/log?outcome=REFUSED");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  expect(await provision("first@acme.test")).toBe(201);
  await expect(async () => {
    expect(await provision("first@acme.test")).toBe(409); // again, should the stream not have listened yet
    await expect(page.getByRole("link", { name: "Tried to create first@acme.test" }).first()).toBeVisible({
      timeout: 1000,
    });
  }).toPass();

  await page.getByRole("button", { name: "Pause" }).click();
  expect(await provision("first@acme.test", { displayName: "Second Try" })).toBe(409);
  await expect(page.getByText(/^Paused; \d+ new request/)).toBeVisible();
  const shown = await page.getByRole("row").count();
  await page.getByRole("button", { name: "Go on" }).click();
  await expect.poll(() => page.getByRole("row").count()).toBeGreaterThan(shown);

  await page.getByRole("link", { name: "Tried to create first@acme.test" }).first().click();
  await expect(page.getByRole("region", { name: "What to do" })).toContainText("See who has the name");
  await expect(page.getByText('"userName": "first@acme.test"')).toBeVisible();
  await expect(page.getByText('"scimType": "uniqueness"')).toBeVisible();

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  const token = setting("ROLLCALL_TOKEN");
  expect(command).not.toContain(token);
  const again = execFileSync("sh", ["-c", command], { env: { ...process.env, SCIM_TOKEN: token } });
  expect(JSON.parse(again.toString())).toMatchObject({ status: "409", scimType: "uniqueness" });
});

test("a token is made, its secret shown once, rotated with overlap, and revoked", async ({ page }) => {
  await signIn(page);
  await page.goto("/tokens?new=api");
  await page.getByLabel("Name").fill("nightly report");
  await page.getByRole("button", { name: "Make the token" }).click();
  await expect(page.getByText("Choose at least one thing.")).toBeVisible();
  await page.getByLabel("People: Read").check();
  await page.getByRole("button", { name: "Make the token" }).click();
  const secret = (await page.getByText(/^rca_/).last().textContent()) ?? "";
  expect(secret).toMatch(/^rca_\w{40,}$/);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByText(secret)).toHaveCount(0);

  const answer = await page.request.post("/graphql", {
    headers: { Authorization: `Bearer ${secret}` },
    data: { query: "{ viewer { name scopes } }" },
  });
  expect(await answer.json()).toEqual({
    data: { viewer: { name: "nightly report", scopes: ["users:read"] } },
  });

  const first = page.getByRole("button", { name: "What to do with nightly report" });
  await first.click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await page.getByRole("button", { name: "Make the new secret" }).click();
  await page.getByRole("button", { name: "I have kept it" }).click();
  await expect(page.getByText("The new one hasn’t been used yet: not yet safe to revoke.")).toBeVisible();

  const old = page.getByRole("row").filter({ hasText: "Replaced" });
  await old.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await expect(page.getByRole("dialog")).toContainText(/It was (last|never) used/); // last use is written some time later
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("nightly report is revoked.")).toBeVisible();
  await expect(old).toHaveCount(0);
});

test("a setting is changed, and the audit trail says what it was before", async ({ page }) => {
  await signIn(page);
  await page.goto("/settings");
  await page.getByLabel("Provisioning log").fill("45");
  await page.getByRole("combobox", { name: "Time zone" }).click();
  await page.getByRole("combobox", { name: "Time zone" }).fill("Europe/Berl");
  await page.getByRole("option", { name: "Europe/Berlin" }).click();
  await page.getByRole("button", { name: "Save the settings" }).click();
  await expect(page.getByText("The settings are saved.")).toBeVisible();
  await page.goto("/audit?entity=Organization");
  const entry = page.getByRole("button", { name: /log days, time zone/ }).first();
  await expect(entry.locator("time")).toHaveAttribute("title", /GMT\+[12]|CES?T/);
  await entry.click();
  const changes = page.getByRole("table", { name: "Audit trail" });
  await expect(changes.getByRole("row", { name: /time zone/ })).toContainText("UTCEurope/Berlin");
});

test("the last owner can’t give up the role", async ({ page }) => {
  rollcall("org", "create", "--slug", "hermitage", "--name", "Hermitage");
  await signIn(page, "olga@hermitage.test", "OWNER", "hermitage");
  await page.goto("/settings");
  const roles = page.getByRole("table", { name: "Who administers" });
  await roles.getByRole("combobox", { name: /^Role of/ }).click();
  await page.getByRole("option", { name: "Auditor" }).click();
  await page.getByRole("button", { name: "Change the role" }).click();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("owner");
});

test("one ends one’s other sessions, and keeps this one", async ({ page, browser }) => {
  const other = await (await browser.newContext()).newPage();
  await signIn(other);
  await signIn(page);
  await page.goto("/account");
  await page.getByRole("button", { name: "End all others" }).click();
  await expect(page.getByText(/sessions? (is|are) ended/)).toBeVisible();
  await other.goto("/account");
  await expect(other.getByRole("heading", { name: "Your account" })).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("This one")).toBeVisible();
  await other.context().close();
});

test("the explorer runs inside the console’s frame", async ({ page }) => {
  await signIn(page);
  await page.goto("/api");
  const explorer = page.frameLocator("iframe");
  await expect(explorer.locator(".graphiql-query-editor")).toContainText("query FailedToProvision");
  await expect(explorer.getByRole("link", { name: "Rollcall" })).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing on these pages in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await provision("axe@acme.test");
    await signIn(page);
    for (const path of [
      "/log?more=1",
      "/log?view=cycles",
      "/log?view=causes",
      "/audit?since=days",
      "/tokens",
      "/tokens?new=api",
      "/settings",
      "/account",
    ]) {
      await page.goto(path);
      await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(
        violations.map((v) => `${path}: ${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`),
      ).toEqual([]);
    }
    await page.goto("/log");
    await page.getByRole("link", { name: "axe@acme.test" }).first().click();
    await expect(page.getByRole("heading", { name: "What it changed" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
  });
}
