import { execFileSync } from "node:child_process";
import { expect, type Page, test } from "@playwright/test";

/** setting is what scripts/withserver says of the server. */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: run scripts/web browser`);
  return value;
}

/** provision sends one person as a directory does, and expects a status. */
async function provision(userName: string, status: number) {
  const response = await fetch(`${setting("ROLLCALL_BASE")}/Users`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${setting("ROLLCALL_TOKEN")}`,
      "Content-Type": "application/scim+json",
    },
    body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName, active: true }),
  });
  expect(response.status, await response.text()).toBe(status);
}

function rollcall(...args: string[]) {
  return execFileSync(setting("ROLLCALL"), args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

/** signIn opens a one-time link for an owner and presses its button. */
async function signIn(page: Page) {
  await page.goto(rollcall("admin", "invite", "--org", "acme", "--email", "ada@acme.test"));
  await page.getByRole("button", { name: /^Sign in/ }).click();
  await expect(page).toHaveURL("/");
}

const answer = (page: Page) =>
  page.getByRole("region", { name: "Operation Response" }).or(page.locator(".result-window"));

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${baseURL}/`)) faults.push(`loads ${request.url()}`);
  });
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

test("an administrator runs the first example", async ({ page }) => {
  await provision("grace@acme.test", 201);
  await provision("grace@acme.test", 409);
  await signIn(page);
  await page.goto("/graphiql");
  await expect(page.getByRole("tab", { name: "FailedToProvision" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("button", { name: "Execute query" }).click();
  await expect(answer(page)).toContainText('"totalCount": 1');
  await expect(answer(page)).toContainText("uniqueness");
});

test("a sync is followed live until the button stops it", async ({ page }) => {
  await signIn(page);
  await page.goto("/graphiql");
  await page.getByRole("tab", { name: "FollowTheSync" }).click();
  const stream = page.waitForResponse("/graphql");
  await page.getByRole("button", { name: "Execute query" }).click();
  expect((await stream).headers()["content-type"]).toContain("text/event-stream");
  await provision("hedy@acme.test", 201);
  await expect(answer(page)).toContainText("hedy@acme.test");
  await page.getByRole("button", { name: "Stop query" }).click();
  await expect(page.getByRole("button", { name: "Execute query" })).toBeVisible();
});

test("the documentation says what the schema says", async ({ page }) => {
  await signIn(page);
  await page.goto("/graphiql");
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.getByRole("link", { name: "Subscription" }).click();
  await expect(page.getByText("What can be watched, over Server-Sent Events")).toBeVisible();
});
