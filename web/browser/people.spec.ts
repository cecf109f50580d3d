import { expect, test } from "@playwright/test";
import { flawless, provision, signIn, watch } from "./console";

let faults: string[] = [];

test.beforeEach(async ({ page, baseURL }) => {
  faults = watch(page, baseURL);
  await signIn(page);
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

test("a filter is built in rows, stands in the address, and says what is wrong with it", async ({ page }) => {
  expect(await provision("emmy@acme.test", { displayName: "Emmy Noether", title: "Algebraist" })).toBe(201);
  expect(await provision("sofja@acme.test", { displayName: "Sofja Kowalewskaja", title: "Analyst" })).toBe(
    201,
  );
  await page.goto("/people");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("combobox", { name: "Attribute" }).click();
  await page.getByRole("option", { name: "Title", exact: true }).click();
  await page.getByRole("textbox", { name: "Value" }).fill("algebraist");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/f=title\+eq\+%22algebraist%22/);
  await expect(page.getByRole("link", { name: "Emmy Noether" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Sofja Kowalewskaja" })).toBeHidden();
  await flawless(page);
  await page.goto(`/people?filter=text&f=${encodeURIComponent("title xx 1")}`);
  await expect(page.getByLabel("SCIM filter")).toHaveAttribute("aria-invalid", "true");
});

test("several people are deactivated at once, and one is brought back", async ({ page }) => {
  expect(await provision("one@acme.test", { displayName: "Bulk One" })).toBe(201);
  expect(await provision("two@acme.test", { displayName: "Bulk Two" })).toBe(201);
  await page.goto("/people?q=bulk");
  await page.getByRole("checkbox", { name: "Select Bulk One" }).check();
  await page.getByRole("checkbox", { name: "Select Bulk Two" }).check();
  await page
    .getByRole("region", { name: "Selected people" })
    .getByRole("button", { name: "Deactivate" })
    .click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("2 of them come from a directory");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await expect(dialog).toContainText("Done for 2 people");
  await dialog.getByText("Close", { exact: true }).click();
  await expect(page.getByRole("table").getByText("Inactive")).toHaveCount(2);
  await page.getByRole("link", { name: "Bulk One" }).click();
  await page.getByRole("button", { name: "Reactivate" }).click();
  await expect(page.getByRole("button", { name: "Deactivate" })).toBeVisible();
  await flawless(page);
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByRole("list", { name: "History" })).toContainText("Reactivated");
});

test("two who are one are merged", async ({ page }) => {
  expect(
    await provision("hypatia@acme.test", {
      displayName: "Hypatia",
      emails: [{ value: "h@acme.test", primary: true }],
    }),
  ).toBe(201);
  await page.goto("/people?do=new");
  await page.getByLabel("User name").fill("h@acme.test");
  await page.getByLabel("Title").fill("Astronomer");
  await page.getByRole("button", { name: "Make this person" }).click();
  await expect(page).toHaveURL(/people\/[0-9a-f-]{36}/);
  await page.goto("/people/duplicates");
  await flawless(page);
  await page
    .getByRole("listitem")
    .filter({ hasText: "hypatia@acme.test" })
    .getByRole("button", { name: "Merge…" })
    .click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("row", { name: "Title" })).toContainText("Astronomer");
  await dialog.getByRole("button", { name: "Merge", exact: true }).click();
  await page.getByRole("button", { name: "Open" }).click();
  await expect(page.getByRole("heading", { name: "Hypatia" })).toBeVisible();
  await expect(page.getByText("Astronomer")).toBeVisible();
});

test("the org chart opens by keys", async ({ page }) => {
  expect(await provision("boss@acme.test", { displayName: "A Boss" })).toBe(201);
  const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
  expect(
    await provision("report@acme.test", {
      displayName: "A Report",
      [enterprise]: { manager: { value: "boss@acme.test" } },
    }),
  ).toBe(201);
  await page.goto("/people/chart");
  const boss = page.getByRole("treeitem", { name: "A Boss" });
  await expect(boss).toHaveAttribute("aria-expanded", "false");
  await boss.click();
  await expect(page.getByRole("treeitem", { name: "A Report" })).toBeVisible();
  await page.getByRole("tree").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("treeitem", { name: "A Report" })).toHaveAttribute("aria-selected", "true");
  await flawless(page);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "A Report" })).toBeVisible();
  await page.getByRole("link", { name: "Show in the org chart" }).click();
  await expect(page.getByRole("treeitem", { name: "A Report" })).toHaveAttribute("aria-selected", "true");
  await expect(boss).toHaveAttribute("aria-expanded", "true");
});
