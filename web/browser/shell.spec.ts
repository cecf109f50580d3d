import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { provision, rollcall, setting, signIn, watch } from "./console";

let faults: string[] = [];

test.beforeEach(({ page, baseURL }) => {
  faults = watch(page, baseURL);
});

test("the palette jumps to a person by keyboard alone", async ({ page }) => {
  await provision("palette.person@acme.test", { displayName: "Zarathustra Palette" });
  await signIn(page);
  await expect(page.getByRole("navigation")).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByRole("textbox", { name: "Search or jump to…" }).fill("zarathus");
  await expect(page.getByText("Zarathustra Palette")).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/people\/[0-9a-f-]{36}/);
  expect(faults).toEqual([]);
});

test("answers come whole, so that leaving a page cuts none off", async ({ page }) => {
  await signIn(page);
  const kinds = new Set<string | undefined>();
  page.on("response", (response) => {
    const asked = response.request().postData() ?? "";
    if (response.url().endsWith("/graphql") && !asked.includes("subscription "))
      kinds.add(response.headers()["content-type"]?.split(";")[0]);
  });
  for (const name of ["People", "Groups", "Provisioning log", "Home"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  await expect.poll(() => [...kinds]).toEqual(["application/json"]);
  expect(faults).toEqual([]);
});

test("colours and language are kept", async ({ page }) => {
  await signIn(page);
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByText("Dark", { exact: true }).click();
  await page.getByText("Deutsch").click();
  await expect(page.getByRole("link", { name: "Personen" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("link", { name: "Personen" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  expect(faults).toEqual([]);
});

test("the account menu signs out", async ({ page }) => {
  await signIn(page);
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/signin/);
  await page.goto("/people");
  await expect(page).toHaveURL(/\/signin/);
});

test("who is deactivated sees nothing more", async ({ page }) => {
  await signIn(page); // an owner stays
  await page.goto("about:blank"); // else it goes to the sign-in page meanwhile
  await page.context().clearCookies();
  await provision("leaver@acme.test", { displayName: "Lea Leaver" });
  await signIn(page, "leaver@acme.test", "ADMIN");
  await page.goto("/people");
  await expect(page.getByRole("heading", { name: "People" })).toBeVisible();
  const headers = {
    Authorization: `Bearer ${setting("ROLLCALL_TOKEN")}`,
    "Content-Type": "application/scim+json",
  };
  const users = `${setting("ROLLCALL_BASE")}/Users`;
  const found = await fetch(`${users}?filter=${encodeURIComponent('userName eq "leaver@acme.test"')}`, {
    headers,
  });
  const { Resources } = (await found.json()) as { Resources: { id: string }[] };
  const left = await fetch(`${users}/${Resources[0]?.id}`, {
    method: "PATCH",
    headers,
    body: JSON.stringify({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", path: "active", value: false }],
    }),
  });
  expect(left.status).toBeLessThan(300);
  await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  await expect(page.getByText("Lea Leaver")).toHaveCount(0);
  await expect(page.getByRole("navigation")).toHaveCount(0);
});

test("strangers are led to sign in, and back to where they wanted to be", async ({ page }) => {
  await page.goto("/people?search=anna");
  await expect(page).toHaveURL("/signin?return_to=%2Fpeople%3Fsearch%3Danna");
  const link = rollcall("admin", "invite", "--org", "acme", "--email", "back@acme.test");
  await page.goto(`${link}?return_to=%2Fpeople%3Fsearch%3Danna`);
  await page.getByRole("button", { name: /^Sign in/ }).click();
  await expect(page).toHaveURL("/people?search=anna");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the frame, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await signIn(page);
    await page.goto("/settings");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "Open the list of pages" }).click();
    await expect(page.getByRole("link", { name: "Groups" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
