import { expect, test } from "@playwright/test";
import { flawless, signIn, watch } from "./console";

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = watch(page, baseURL);
});

test.afterEach(() => {
  expect(faults, "errors in the console, and what came from elsewhere").toEqual([]);
});

test("a connection is rehearsed from the last step of its set-up, and the report has an address", async ({
  page,
}) => {
  await signIn(page);
  await page.goto("/connections/new");
  await page.getByRole("textbox", { name: "Name" }).fill(`Rehearsed ${Date.now()}`);
  await page.getByRole("button", { name: "Make it and go on" }).click();
  await page.getByRole("link", { name: /Start$/ }).click();
  const part = page.getByRole("region", { name: "Rehearsal" });
  await expect(part).toContainText("Nobody has rehearsed this connection yet");
  await part.getByRole("button", { name: "Rehearse" }).click();
  await expect(part.getByRole("progressbar")).toBeVisible();
  await expect(part.getByRole("button", { name: "Rehearse again" })).toBeDisabled();
  await expect(page).toHaveURL(/rehearsal=/);
  const id = new URL(page.url()).searchParams.get("rehearsal");

  await page.goto(page.url().replace(/\/setup.*/, `?rehearsal=${id}`)); // leave and come back
  await expect(part).toContainText("All went well", { timeout: 60_000 });
  await expect(part).toContainText("50 people came in, changed and left");
  await part.getByText("How long requests took").click();
  await expect(part.getByRole("table", { name: "How long requests took" })).toBeVisible();
  await flawless(page);
  await page.goto("/people");
  await expect(page.getByText("contoso.example")).toHaveCount(0);
});
