import { randomUUID } from "node:crypto";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { type Organization, organization, setting, signIn } from "./console";
import { clientId, clientSecret, startProvider } from "./provider";

const origin = new URL(setting("ROLLCALL_BASE")).origin;

let org: Organization;
let connection: string;
let provider: Awaited<ReturnType<typeof startProvider>>;

/** An organization with a provider that it has not been told of yet. */
test.beforeEach(async () => {
  const name = `set-${randomUUID().slice(0, 8)}`;
  org = organization(name, name);
  const { connections } = await org.api<{
    connections: { id: string; signOnAddresses: { redirectUri: string; backChannelLogoutUrl: string } }[];
  }>("{ connections { id signOnAddresses { redirectUri backChannelLogoutUrl } } }");
  const [made] = connections;
  if (!made) throw new Error("the organization has no connection");
  connection = made.id;
  provider = await startProvider({ ...made.signOnAddresses, afterLogout: `${origin}/signin` });
  await org.api(
    'mutation ($id: ID!) { updateConnection(id: $id, input: { name: "Foreign", kind: GENERIC }) { connection { id } } }',
    { id: connection },
  );
});

test.afterEach(() => provider.stop());

/** flawless lets axe look at the page in both colour schemes. */
async function flawless(page: Page) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((v) => [v.id, v.nodes.map((n) => n.html)])).toEqual([]);
  }
}

/** asMary says at the provider that one is Mary, whom nobody here knows. */
const asMary = (page: Page) => page.getByRole("button", { name: "I am Mary Unknown" }).click();

test("single sign-on is set up, tested, switched on and off in the console", async ({ page, context }) => {
  await signIn(page, "ada@acme.test", "OWNER", org.slug);
  await page.goto(`/connections/${connection}?tab=signon`);
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(page).toHaveURL(/by=oidc/);
  await expect(page.getByText(`/signin/oidc/${connection}/callback`)).toBeVisible();

  await page.getByLabel("Client ID").fill(clientId);
  await page.getByLabel("Issuer").fill("nonsense");
  await page.getByLabel("Client secret").fill(clientSecret);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("this is no address that begins with https://")).toBeVisible();
  await expect(page.getByLabel("Issuer")).toHaveAttribute("aria-invalid", "true");
  await flawless(page);
  await page.getByLabel("Issuer").fill(provider.issuer);
  await page.getByLabel("It ends on").fill(new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10));
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Off: nobody can sign in this way")).toBeVisible();
  const secrets = page.getByRole("table", { name: "Client secrets" });
  await expect(secrets).toContainText(`…${clientSecret.slice(-4)}`);
  await expect(secrets).toContainText("ends in");
  await expect(secrets).toContainText("not used yet");

  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: "Test sign-in" }).click();
  const tested = await opened;
  await asMary(tested);
  await expect(tested.getByText("nobody here has this account’s id")).toBeVisible();
  await tested.close();

  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByText("On: people can sign in")).toBeVisible();
  await page.reload();
  await expect(secrets).toContainText("worked");
  await page.getByRole("switch", { name: "Make people at their first sign-in" }).click();
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByRole("combobox", { name: "What the rule looks at" }).click();
  await page.getByRole("option", { name: "has the claim" }).click();
  await page.getByRole("textbox", { name: "Claim", exact: true }).fill("department");
  await page.getByRole("textbox", { name: "Value", exact: true }).fill("Training");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("It holds from the next sign-in on.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Value", exact: true })).toHaveValue("Training");
  await flawless(page);

  await page.goto("/");
  await expect(page.getByText(/The client secret of Foreign ends/)).toBeVisible();
  await page.goto(`/connections/${connection}?tab=signon&do=off`);
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Nobody has signed in through it");
  await dialog.getByRole("button", { name: "Switch off" }).click();
  await expect(page.getByText("Off: nobody can sign in this way")).toBeVisible();
});

test("an account that waits becomes a person’s, and is taken away again", async ({ page, browser }) => {
  await org.api(
    `mutation ($id: ID!, $issuer: String!, $client: String!, $secret: String!) {
      configureOidc(connectionId: $id, input: { issuer: $issuer, clientId: $client }) { connection { id } }
      addClientSecret(connectionId: $id, secret: $secret) { connection { id } }
      switchSignOn(connectionId: $id, enabled: true) { connection { id } }
      createUser(input: { userName: "m.smith@hopper.test", displayName: "Mary Smith" }) { user { id } }
    }`,
    { id: connection, issuer: provider.issuer, client: clientId, secret: clientSecret },
  );
  const theirs = await (await browser.newContext()).newPage();
  async function maryComes() {
    await theirs.goto(`${origin}/signin?org=${org.slug}`);
    await theirs.getByRole("link", { name: "Sign in with Foreign" }).click();
  }
  await maryComes();
  await asMary(theirs);
  await expect(theirs.getByRole("heading", { name: "You have no access here yet" })).toBeVisible();

  await signIn(page, "ada@acme.test", "OWNER", org.slug);
  await expect(page.getByText("An account waits for you to say whose it is")).toBeVisible();
  await page.getByRole("link", { name: "Decide" }).click();
  await expect(page).toHaveURL("/people/waiting");
  await expect(page.getByText("Mary Unknown")).toBeVisible();
  await flawless(page);
  await page.getByRole("button", { name: "Nobody’s" }).click();
  await expect(page.getByText("No account waits")).toBeVisible();
  await page.getByRole("tab", { name: "Nobody’s" }).click();
  await page.getByRole("button", { name: "It is somebody here…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("It belongs to").fill("Mary Sm");
  await page.getByRole("option", { name: /Mary Smith/ }).click();
  await flawless(page);
  await dialog.getByRole("button", { name: "Let it in" }).click();
  await expect(page.getByText("Mary Smith can sign in with it now")).toBeVisible();

  await maryComes();
  const within = theirs.getByRole("heading", { name: "You are signed in", level: 1 });
  await expect(within).toBeVisible();
  await page.goto("/people?q=Mary");
  await page.getByRole("link", { name: "Mary Smith" }).click();
  await page.getByRole("tab", { name: /Signing in/ }).click();
  const accounts = page.getByRole("table", { name: "Signs in with" });
  await expect(accounts).toContainText("by an administrator");
  await flawless(page);
  await accounts.getByRole("button", { name: "Unlink" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await expect(page.getByText("No work account has signed in as this person yet.")).toBeVisible();
  await theirs.goto(`${origin}/`);
  await expect(theirs).toHaveURL(/\/signin/);
});
