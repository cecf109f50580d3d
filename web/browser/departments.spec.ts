import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { organization, signIn, watch } from "./console";

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

test("departments are renamed and merged, after the page said whom that concerns", async ({
  page,
  baseURL,
}) => {
  const faults = watch(page, baseURL);
  const org = organization("college", "College");
  for (const [name, department] of [
    ["newton", "Maths"],
    ["leibniz", "Mathematics"],
    ["euler", "Mathematics"],
    ["boyle", "Chemistry"],
  ]) {
    const { status } = await org.scim("/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise],
      userName: `${name}@college.test`,
      active: true,
      [enterprise]: { department },
    });
    expect(status).toBe(201);
  }
  await signIn(page, "ada@college.test", "OWNER", "college");
  await page.getByRole("link", { name: "Departments" }).click();
  const table = page.getByRole("table", { name: "Departments" });
  await expect(table.getByRole("link")).toHaveText(["Chemistry", "Mathematics", "Maths"]);

  await table.getByRole("link", { name: "Chemistry" }).click();
  await expect(page.getByRole("link", { name: "boyle@college.test" })).toBeVisible();
  await page.getByRole("button", { name: "Rename" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("1 of them comes from a directory that calls it Chemistry");
  await dialog.getByLabel("Name").fill("Alchemy");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("heading", { name: "Alchemy" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("heading", { name: "Chemistry" })).toBeVisible();

  await page.getByRole("link", { name: "Departments", exact: true }).first().click();
  await page.getByRole("checkbox", { name: "Select Maths" }).check();
  await page.getByRole("checkbox", { name: "Select Mathematics" }).check();
  await page.getByRole("button", { name: "Merge 2" }).click();
  const effects = dialog.getByRole("table", { name: "What goes" });
  await expect(effects.getByRole("row")).toHaveText([/People/, "Maths1", "Mathematics2"]);
  await expect(dialog.getByRole("button", { name: "Merge" })).toBeDisabled();
  await dialog.getByRole("combobox", { name: "Into which department" }).fill("Mathem");
  await page.getByRole("option", { name: "Mathematics" }).click();
  await expect(effects.getByRole("row")).toHaveText([/People/, "Maths1"]);
  await expect(dialog).toContainText("1 person moves to Mathematics, and 1 department is removed");
  await expect(dialog).toContainText("1 of these people comes from a directory");
  expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);
  await dialog.getByRole("button", { name: "Merge" }).click();
  await expect(page.getByRole("heading", { name: "Mathematics" })).toBeVisible();
  await expect(page.getByRole("table", { name: "People" }).getByRole("link")).toHaveCount(3);
  await page.goto("/departments");
  await expect(table.getByRole("link")).toHaveText(["Chemistry", "Mathematics"]);
  expect(faults).toEqual([]);
});
