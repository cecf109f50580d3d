import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { organization, signIn, watch } from "./console";

const user = (userName: string, displayName: string) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName,
  displayName,
  active: true,
});

test("a local group is made, filled, renamed and deleted; a directory’s is only looked at", async ({
  page,
  baseURL,
}) => {
  const faults = watch(page, baseURL);
  const org = organization("academy", "Academy");
  const members: string[] = [];
  for (const name of ["Plato", "Aristotle"]) {
    const { body } = await org.scim("/Users", user(`${name.toLowerCase()}@academy.test`, name));
    members.push(body.id ?? "");
  }
  const sent = await org.scim("/Groups", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: "Teachers",
    members: members.map((value) => ({ value })),
  });
  expect(sent.status).toBe(201);
  await signIn(page, "ada@academy.test", "OWNER", "academy");

  await page.getByRole("link", { name: "Groups" }).click();
  const teachers = page.getByRole("row", { name: /Teachers/ });
  await expect(teachers).toContainText("2");
  await teachers.click();
  await expect(page.getByRole("link", { name: "Aristotle" })).toBeVisible();
  await expect(page.getByText("changed there")).toBeVisible();
  await expect(page.getByRole("button", { name: /Rename|Delete|Add members/ })).toHaveCount(0);

  await page.goto("/groups?do=new");
  await page.getByRole("textbox", { name: "Name" }).fill("Symposium");
  await page.getByRole("button", { name: "Make this group" }).click();
  await expect(page.getByRole("heading", { name: "Symposium" })).toBeVisible();
  await page.getByRole("button", { name: "Add members" }).click();
  const dialog = page.getByRole("dialog");
  for (const name of ["Plato", "Aristotle"]) {
    await dialog.getByRole("combobox", { name: "Find a person" }).fill(name.slice(0, 4));
    await page.getByRole("option", { name: new RegExp(name) }).click();
  }
  await dialog.getByRole("button", { name: "Add 2 people" }).click();
  const table = page.getByRole("table", { name: "Members" });
  await expect(table.getByRole("link")).toHaveText(["Plato", "Aristotle"]);
  expect((await new AxeBuilder({ page }).analyze()).violations.map((v) => v.id)).toEqual([]);

  await page.getByRole("checkbox", { name: "Select Plato" }).check();
  await page.getByRole("button", { name: "Take 1 out" }).click();
  await expect(table.getByRole("link")).toHaveText(["Aristotle"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(table.getByRole("link")).toHaveText(["Plato", "Aristotle"]);

  await page.getByRole("button", { name: "Rename" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Banquet");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Banquet" })).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  await expect(dialog).toContainText("2 people leave the group");
  await expect(dialog.getByRole("button", { name: "Delete" })).toBeDisabled();
  await dialog.getByRole("textbox").fill("Banquet");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL("/groups");
  await expect(page.getByRole("table").getByRole("link")).toHaveText(["Teachers"]);
  expect(faults).toEqual([]);
});
