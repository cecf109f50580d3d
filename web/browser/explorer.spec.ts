import { execFileSync } from "node:child_process";
import { expect, type Page, test } from "@playwright/test";

/** setting is what scripts/withserver says of the server. */
function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: run scripts/web browser`);
  return value;
}

/** provision sends one person as a directory does, and returns the status of the answer. */
async function provision(userName: string) {
  const response = await fetch(`${setting("ROLLCALL_BASE")}/Users`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${setting("ROLLCALL_TOKEN")}`,
      "Content-Type": "application/scim+json",
    },
    body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName, active: true }),
  });
  return response.status;
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

/** openExplorer waits until the editor is there: before that it takes no other tab's text. */
async function openExplorer(page: Page) {
  await page.goto("/graphiql");
  await expect(editor(page)).toContainText("query FailedToProvision");
}

const editor = (page: Page) => page.locator(".graphiql-query-editor");
const answer = (page: Page) => page.locator(".result-window");

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
  expect(await provision("grace@acme.test")).toBe(201);
  expect(await provision("grace@acme.test")).toBe(409);
  await signIn(page);
  await openExplorer(page);
  await expect(page.getByRole("tab", { name: "FailedToProvision" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("button", { name: "Execute query" }).click();
  await expect(answer(page)).toContainText('"totalCount": 1');
  await expect(answer(page)).toContainText("uniqueness");
});

test("a sync is followed live until the button stops it", async ({ page }) => {
  await signIn(page);
  await openExplorer(page);
  await page.getByRole("tab", { name: "FollowTheSync" }).click();
  await expect(editor(page)).toContainText("subscription FollowTheSync");
  const stream = page.waitForResponse(
    (response) => response.request().headers().accept === "text/event-stream",
  );
  await page.getByRole("button", { name: "Execute query" }).click();
  expect((await stream).headers()["content-type"]).toBe("text/event-stream");
  await expect(async () => {
    await provision("hedy@acme.test"); // again, should the first have come before the stream listened
    await expect(answer(page)).toContainText("hedy@acme.test", { timeout: 1000 });
  }).toPass();
  await page.getByRole("button", { name: "Stop query" }).click();
  await expect(page.getByRole("button", { name: "Execute query" })).toBeVisible();
});

test("the documentation says what the schema says", async ({ page }) => {
  await signIn(page);
  await openExplorer(page);
  await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
  await page.getByRole("link", { name: "Subscription" }).click();
  await expect(page.getByText("What can be watched, over Server-Sent Events")).toBeVisible();
});
