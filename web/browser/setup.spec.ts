import { randomUUID } from "node:crypto";
import { type Browser, expect, test } from "@playwright/test";
import { flawless, rollcall, setting, signIn, watch } from "./console";

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = watch(page, baseURL);
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

/** stranger opens a link in a browser that has never been here. */
async function stranger(browser: Browser, baseURL: string | undefined, link: string) {
  const context = await browser.newContext({ ...(baseURL && { baseURL }) });
  const page = await context.newPage();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(link);
  return { page, asked };
}

/** scim sends a request as a directory does. */
async function scim(token: string, path: string, body?: Record<string, unknown>) {
  const response = await fetch(`${setting("ROLLCALL_BASE")}${path}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return response.status;
}

test("a stranger with nothing but a link sets a connection up, until it is ended", async ({
  page,
  browser,
  baseURL,
}) => {
  await signIn(page);
  await page.goto("/connections/new");
  const name = `Contoso ${Date.now()}`;
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Make it and go on" }).click();
  await page.getByRole("button", { name: "Hand this to your IT administrator" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Whom is it for?" }).fill("IT of Contoso");
  await flawless(page);
  await dialog.getByRole("button", { name: "Make the link" }).click();
  const link = (await dialog.getByRole("status").getByText(/#rcu_/).textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  const links = page.getByRole("region", { name: "Set-up links" });
  await expect(links).toContainText("IT of Contoso");
  await expect(links).toContainText("Not opened yet");

  const { page: theirs, asked } = await stranger(browser, baseURL, link);
  const theirFaults = watch(theirs, baseURL);
  await expect(theirs.getByRole("heading", { level: 1 })).toContainText("Connect your directory to");
  await expect(theirs).toHaveURL(/\/setup$/);
  expect(asked.some((url) => url.includes("rcu_"))).toBe(false);
  await flawless(theirs);
  const heard = theirs.getByRole("region", { name: "What we hear" });
  await expect(heard).toContainText("Waiting for the first call");

  await theirs.getByRole("link", { name: /Credentials/ }).click();
  await theirs.getByRole("button", { name: "Make a token" }).click();
  const token = (await theirs.getByRole("status").getByText(/^rcs_/).textContent()) ?? "";
  await expect(theirs.getByText("Not used yet. If you no longer have its secret")).toBeVisible();
  await expect(theirs.getByText("Paste the secret of the token above")).toBeVisible();
  expect(await scim(`rcs_${"a".repeat(45)}x7Q2`, "/Users")).toBe(401);
  await expect(heard).toContainText("Token wrong: it ends in …x7Q2");
  expect(await scim(token, '/Users?filter=userName+eq+"x"')).toBe(200);
  await expect(heard).toContainText("Test connection heard");
  await expect(heard).toContainText("Program: node");
  await expect(theirs.getByText("It works. If you no longer have its secret")).toBeVisible();
  const user = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: `setup.${Date.now()}@acme.test`,
    active: true,
    "urn:scim:acme:User": { Shift: "Night" },
  };
  expect(await scim(token, "/Users", user)).toBe(201);
  await expect(heard).toContainText("First person received: 3 attributes, 1 not declared");
  const nickname = { ...user, userName: `nick.${user.userName}`, externalId: "mail.nickname" };
  expect(await scim(token, "/Users", nickname)).toBe(201);
  await expect(heard).toContainText("These people can’t sign in with Microsoft by themselves");
  await expect(heard).toContainText("map objectId to externalId");
  await flawless(theirs);
  const mended = { ...user, userName: `guid.${user.userName}`, externalId: randomUUID() };
  expect(await scim(token, "/Users", mended)).toBe(201);
  await expect(heard).not.toContainText("These people can’t sign in");

  await theirs.getByRole("link", { name: /Custom attributes/ }).click();
  await theirs.getByRole("button", { name: "Declare Shift" }).click();
  await expect(theirs.getByText("Nothing undeclared was seen.")).toBeVisible();
  await expect(heard).toContainText("First person received: 3 attributes");
  await flawless(theirs);
  await theirs.reload();
  await expect(heard).toContainText("First person received");
  await expect(theirs.getByRole("link", { name: "See the request" })).toHaveCount(0);

  await page.getByRole("link", { name: /6\. Start/ }).click();
  await expect(page.getByRole("link", { name: "Let them sign in with Microsoft" })).toHaveAttribute(
    "href",
    /\/connections\/[^/]+\?tab=signon$/,
  );
  await page.reload();
  await expect(links).toContainText("Opened");
  await links.getByRole("button", { name: "End the link for IT of Contoso" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End" }).click();
  await expect(page.getByText("The link for IT of Contoso is ended.")).toBeVisible();
  await expect(links).toHaveCount(0);
  await expect(theirs.getByText("This link was ended")).toBeVisible();
  await expect(heard).toHaveCount(0);
  expect(await scim(token, "/Users")).toBe(200);
  await theirs.goto("/connections");
  await expect(theirs).toHaveURL(/\/signin/);
  expect(theirFaults.filter((f) => !f.includes("401"))).toEqual([]);
  await theirs.context().close();
});

test("a link that never was one says what to do", async ({ page }) => {
  await page.goto("/setup");
  await expect(page.getByText("This link isn’t complete")).toBeVisible();
  await flawless(page);
  await page.goto(`/setup#rcu_${"a".repeat(49)}`);
  await expect(page.getByText("This link no longer works")).toBeVisible();
  faults = faults.filter((f) => !f.includes("401")); // the browser notes each refusal
  const link = rollcall("token", "create", "--org", "acme", "--kind", "setup", "--name", "IT");
  await page.goto(link.slice(link.indexOf("/setup#")));
  await expect(page.getByRole("region", { name: "What we hear" })).toBeVisible();
});
