import { expect, test } from "@playwright/test";
import { flawless, setting, signIn, watch } from "./console";

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = watch(page, baseURL);
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

/** scim sends a request as a directory does. */
async function scim(token: string, path: string, body?: Record<string, unknown>, method?: string) {
  const response = await fetch(`${setting("ROLLCALL_BASE")}${path}`, {
    method: method ?? (body ? "POST" : "GET"),
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as { id?: string } };
}

const person = (userName: string) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName,
  active: true,
  "urn:scim:acme:User": { Division: "North" },
});

test("a new connection is set up while the page watches the directory call", async ({ page }) => {
  await signIn(page);
  await page.goto("/connections/new");
  const name = `Entra ${Date.now()}`;
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make it and go on" }).click();
  await expect(page.getByRole("heading", { name: `Set up ${name}` })).toBeVisible();

  const heard = page.getByRole("region", { name: "What we hear" });
  await expect(heard).toContainText("Waiting for the first person");
  await page.getByRole("link", { name: /Credentials/ }).click();
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = (await page.getByRole("status").getByText(/^rcs_/).textContent()) ?? "";

  expect((await scim(`rcs_${"a".repeat(45)}x7Q2`, "/Users")).status).toBe(401);
  await expect(heard).toContainText("Token wrong: it ends in …x7Q2");
  expect((await scim(token, '/Users?filter=userName+eq+"x"')).status).toBe(200);
  await expect(heard).toContainText("Test connection heard");
  await expect(heard).not.toContainText("Token wrong");

  const user = person(`first.${Date.now()}@acme.test`);
  const made = await scim(token, "/Users", user);
  expect(made.status).toBe(201);
  await expect(heard).toContainText("First person received: 3 attributes, 1 not declared");

  const op = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"] };
  const off = { ...op, Operations: [{ op: "replace", path: "active", value: false }] };
  expect((await scim(token, `/Users/${made.body.id}`, off, "PATCH")).status).toBe(200);
  expect((await scim(token, "/Users", user)).status).toBe(409);
  await expect(heard).toContainText("let the connection bring deactivated people back");
  await flawless(page);

  await page.goto(page.url().replace(/\/setup.*/, "?tab=settings"));
  await page.getByRole("switch", { name: "Bring deactivated people back" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  expect((await scim(token, "/Users", user)).status).toBe(201);
  await flawless(page);

  await page.getByRole("tab", { name: "Custom attributes" }).click();
  await page.getByRole("button", { name: "Declare Division" }).click();
  await expect(page.getByText("Nothing undeclared was seen.")).toBeVisible();
  await page.getByRole("link", { name: "Set-up guide" }).click();
  await expect(heard).not.toContainText("bring deactivated people back");

  await page.goto("/");
  await expect(page.getByRole("status")).toContainText("sync");
  await expect(page.getByRole("heading", { name })).toBeVisible();
  await flawless(page);
});

test("a connection is removed by its name, after it said whom that concerns", async ({ page }) => {
  await signIn(page);
  const name = `Okta ${Date.now()}`;
  await page.goto("/connections/new?kind=OKTA");
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make it and go on" }).click();
  await page.getByRole("link", { name, exact: false }).first().click();
  await page.getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("0 active people");
  await expect(dialog.getByRole("button", { name: "Remove" })).toBeDisabled();
  await flawless(page);
  await dialog.getByRole("textbox").fill(name);
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(page).toHaveURL("/connections");
  await expect(page.getByRole("table").getByText(name)).toHaveCount(0);
});
