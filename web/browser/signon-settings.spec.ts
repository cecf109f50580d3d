import { randomUUID } from "node:crypto";
import { expect, type Page, test } from "@playwright/test";
import { flawless, type Organization, organization, setting, signIn } from "./console";
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

/** lookAgain is what the browser does when one comes back from another tab. */
const lookAgain = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

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
  await expect(page.getByText("This is no address that begins with https://")).toBeVisible();
  await expect(page.getByLabel("Issuer")).toHaveAttribute("aria-invalid", "true");
  await flawless(page);
  await page.getByLabel("Issuer").fill(provider.issuer);
  await page.getByLabel("It ends on").fill(new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10));
  await page.getByRole("button", { name: "Save" }).click();
  const off = page.getByText("Off: nobody can sign in this way");
  await expect(off).toBeInViewport(); // where it goes on
  await expect(page.locator(":focus")).toContainText("Next, test it");
  await expect(page.getByText("You have not seen a test succeed yet.")).toBeVisible();
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
  await lookAgain(page);
  await expect(page.getByText("The provider takes this server’s secret.")).toBeVisible();
  await expect(page.getByText("You have not seen a test succeed yet.")).toHaveCount(0);
  await expect(secrets).toContainText(/worked\s*(just now|\d+ seconds? ago)/);

  await page.getByRole("button", { name: "Switch on" }).click();
  await expect(page.getByText("On: people can sign in")).toBeVisible();
  await page.getByRole("switch", { name: "Make people at their first sign-in" }).click();
  await page.getByRole("button", { name: "Add a rule" }).click();
  const holders = page.getByText("A credential of this connection gives these roles");
  await expect(holders).toBeVisible(); // for the rule names a group
  await expect(page.getByRole("listitem").filter({ hasText: "last used never" })).toHaveCount(1);
  await page.getByRole("combobox", { name: "What the rule looks at" }).click();
  await page.getByRole("option", { name: "has the claim" }).click();
  await expect(holders).toHaveCount(0);
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

test("a registration is mended without a new secret, and moves with one", async ({ page }) => {
  await org.api(
    `mutation ($id: ID!, $issuer: String!, $client: String!, $secret: String!) {
      configureOidc(connectionId: $id, input: { issuer: $issuer, clientId: $client, secret: $secret }) { connection { id } }
      switchSignOn(connectionId: $id, enabled: true) { connection { id } }
    }`,
    { id: connection, issuer: provider.issuer, client: "a typo", secret: clientSecret },
  );
  await signIn(page, "ada@acme.test", "OWNER", org.slug);
  await page.goto(`/connections/${connection}?tab=signon`);
  const secrets = page.getByRole("table", { name: "Client secrets" });
  const form = page.getByRole("region", { name: "Registration" });
  const save = form.getByRole("button", { name: "Save" });
  const on = page.getByText("On: people can sign in");

  await form.getByRole("button", { name: "Change" }).click();
  await form.getByLabel("Client ID").fill(clientId);
  await expect(form.getByText("This is another provider")).toHaveCount(0);
  await save.click();
  await expect(page.getByText("Saved. It holds from the next sign-in on.")).toBeVisible();
  await expect(secrets).toContainText(`…${clientSecret.slice(-4)}`);
  await expect(on).toBeVisible();

  const other = await startProvider({
    redirectUri: `${origin}/signin/oidc/${connection}/callback`,
    backChannelLogoutUrl: `${origin}/signin/oidc/${connection}/backchannel`,
    afterLogout: `${origin}/signin`,
  });
  try {
    await form.getByRole("button", { name: "Change" }).click();
    await form.getByLabel("Issuer").fill(other.issuer);
    await expect(form.getByText("must never be shown to it: saving removes it")).toBeVisible();
    await expect(form.getByText("without it, it is switched off")).toBeVisible();
    await flawless(page);
    await form.getByLabel("Client secret").fill("the secret of the other one, mB41");
    await save.click();
    await expect(page.getByText("Saved, with the new secret. It holds from the next")).toBeVisible();
    await expect(secrets).toContainText("…mB41");
    await expect(secrets).not.toContainText(`…${clientSecret.slice(-4)}`);
    await expect(on).toBeVisible();
  } finally {
    await other.stop();
  }

  await form.getByRole("button", { name: "Change" }).click();
  await form.getByLabel("Issuer").fill("http://127.0.0.1:9/nobody");
  await save.click();
  await expect(page.getByText("Saved, and switched off")).toBeVisible();
  await expect(page.getByText("It is saved; watch this")).toBeVisible();
  await expect(page.getByText("can't be had. Nobody can sign in until that is mended")).toBeVisible();
  await flawless(page);
  await page.getByRole("button", { name: "I have read it" }).click();
  await page.getByRole("button", { name: "Add the client secret" }).click();
  await expect(page.getByRole("textbox", { name: "Client secret" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Switch on" })).toHaveCount(0);
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
  let reads = 0;
  page.on("response", (r) => {
    if (r.request().postData()?.includes("query Home")) reads++;
  });
  await signIn(page, "ada@acme.test", "OWNER", org.slug);
  await expect.poll(() => reads).toBeGreaterThan(1); // its streams are open, and only what happens makes it read
  await maryComes();
  await asMary(theirs);
  await expect(theirs.getByRole("heading", { name: "You have no access here yet" })).toBeVisible();
  // It follows who comes.
  await expect(page.getByText("An account waits for you to say whose it is")).toBeVisible();
  await page.getByRole("link", { name: "Decide" }).click();
  await expect(page).toHaveURL("/people/waiting");
  await expect(page.getByText("Mary Unknown")).toBeVisible();
  const beside = await page.context().newPage();
  await beside.goto("/people/waiting");
  await expect(beside.getByText("Mary Unknown")).toBeVisible();
  await flawless(page);
  await page.getByRole("button", { name: "Nobody’s" }).click();
  await expect(page.getByText("No account waits")).toBeVisible();
  await expect(beside.getByText("No account waits")).toBeVisible(); // it follows what others decide
  await beside.close();
  await page.getByRole("tab", { name: "Nobody’s" }).click();
  await page.getByRole("button", { name: "It is somebody here…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("It belongs to").fill("Mary Sm");
  await page.getByRole("option", { name: /Mary Smith/ }).click();
  await expect(page.getByRole("option")).toHaveCount(0); // it fades, which axe takes for a weak contrast
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
  await expect(accounts).toContainText("by an owner");
  await flawless(page);
  await accounts.getByRole("button", { name: "Unlink" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Unlink" }).click();
  await expect(page.getByText("No work account has signed in as this person yet.")).toBeVisible();
  await theirs.goto(`${origin}/`);
  await expect(theirs).toHaveURL(/\/signin/);
});
