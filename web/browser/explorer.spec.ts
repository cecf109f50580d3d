import { expect, type Page, test } from "@playwright/test";
import { organization, provision, signIn, watch } from "./console";

/** openExplorer waits until the editor is there: before that it takes no other tab's text. */
async function openExplorer(page: Page) {
  await page.goto("/graphiql");
  await expect(editor(page)).toContainText("query FailedToProvision");
}

const editor = (page: Page) => page.locator(".graphiql-query-editor");
const answer = (page: Page) => page.locator(".result-window");

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = watch(page, baseURL);
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

test("an administrator runs the first example", async ({ page }) => {
  const { scim } = organization("observatory", "Observatory"); // where nothing else was refused
  const grace = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "grace@acme.test" };
  expect((await scim("/Users", grace)).status).toBe(201);
  expect((await scim("/Users", grace)).status).toBe(409);
  await signIn(page, "ada@observatory.test", "OWNER", "observatory");
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
