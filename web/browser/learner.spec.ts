import { randomUUID } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { organization, rollcall, setting, signIn, watch } from "./console";

const slug = `trust-${randomUUID().slice(0, 8)}`;
const server = new URL(setting("ROLLCALL_BASE")).origin;
let org: ReturnType<typeof organization>;

test.beforeAll(() => {
  org = organization(slug, "Trust");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`a learner signs out, and is out at once when deactivated, ${colorScheme}`, async ({
    page,
    baseURL,
  }) => {
    const faults = watch(page, baseURL);
    await page.emulateMedia({ colorScheme });
    const email = `lea-${colorScheme}@trust.test`;
    await signIn(page, email, "LEARNER", slug);
    await expect(page.getByRole("heading", { name: "You are signed in", level: 1 })).toBeVisible();
    await expect(page.getByText("at Trust")).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await page.getByRole("link", { name: "Your sessions and passkeys" }).click();
    await expect(page.getByRole("heading", { name: "Your account" })).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    expect(faults).toEqual([]);

    const { users } = await org.api<{ users: { nodes: { id: string }[] } }>(
      "query($q: String!) { users(search: $q, first: 1) { nodes { id } } }",
      { q: email },
    );
    const id = users.nodes[0]?.id;
    await org.api("mutation($id: ID!) { deactivateUser(id: $id) { user { id } } }", { id });
    await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();
    await expect(page.getByText("Sign out", { exact: true })).toHaveCount(0);

    await org.api("mutation($id: ID!) { reactivateUser(id: $id) { user { id } } }", { id });
    await signIn(page, email, "LEARNER", slug);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/sign(in|out)/);
    await page.goto("/");
    // The page that was here last time remembers whose sign-in it is.
    await expect(page).toHaveURL(`/signin?return_to=%2F&org=${slug}`);
  });
}

test("an owner confirms what an administrator has set up", async ({ page, context }) => {
  const key = rollcall(
    "token",
    "create",
    "--org",
    slug,
    "--kind",
    "api",
    "--name",
    "it",
    "--scopes",
    "connections:read,connections:write",
  );
  const ask = async (query: string, variables = {}) => {
    const response = await fetch(`${server}/graphql`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  };
  const id = (await ask("{ connections { id } }")).connections[0].id;
  await ask(
    `mutation($id: ID!) {
      configureOidc(connectionId: $id, input: { issuer: "https://idp.test", clientId: "rollcall" }) { connection { id } }
      addClientSecret(connectionId: $id, secret: "a secret that nobody knows") { connection { id } }
      switchSignOn(connectionId: $id, enabled: true) { connection { id } }
    }`,
    { id },
  );

  await signIn(page, "admin@trust.test", "ADMIN", slug);
  await page.goto(`/connections/${id}?tab=signon`);
  await expect(page.getByText("An owner has to confirm this")).toBeVisible();
  await expect(page.getByRole("button", { name: "Confirm as it stands" })).toHaveCount(0);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  // Nobody offers providers of one organization to strangers: its name leads there.
  await context.clearCookies();
  await page.goto("/signin?return_to=%2Fpeople");
  await expect(page.getByRole("link", { name: /^Sign in with/ })).toHaveCount(0);
  await page.getByText("I know my organization’s short name").click();
  await page.getByLabel(/Short name/).fill("nobody-there");
  await page.getByRole("button", { name: "Show its sign-in" }).click();
  await expect(page.getByRole("alert")).toContainText("Nobody signs in with a work account there");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await page.getByLabel(/Short name/).fill(` ${slug.toUpperCase()}`);
  await page.getByRole("button", { name: "Show its sign-in" }).click();
  const way = page.getByRole("link", { name: /^Sign in with/ });
  await expect(way).toHaveAttribute("href", /return_to=%2Fpeople/);

  await signIn(page, "owner@trust.test", "OWNER", slug);
  await page.goto(`/connections/${id}?tab=signon`);
  await page.getByRole("button", { name: "Confirm as it stands" }).click();
  await expect(page.getByText(/^Confirmed\./)).toBeVisible();
  await expect(page.getByText("An owner has to confirm this")).toHaveCount(0);
});
