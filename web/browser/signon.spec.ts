import { randomUUID } from "node:crypto";
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { type Organization, organization, setting, signIn } from "./console";
import { clientId, clientSecret, startProvider } from "./provider";
import { startResolver } from "./resolver";

const origin = new URL(setting("ROLLCALL_BASE")).origin;
const session = "__Host-session";

let org: Organization;
let connection: string;
let addresses: Parameters<typeof startProvider>[0];
let grace: string;
let issuer: string;
let stops: (() => Promise<void>)[] = [];

/** configure tells the organization of the provider, and switches the connection on. */
async function configure(issuer: string, hybrid: boolean, keyCredential = false) {
  await org.api(
    `mutation ($id: ID!, $input: OidcInput!) {
      configureOidc(connectionId: $id, input: $input) { connection { id } }
    }`,
    { id: connection, input: { issuer, clientId, hybrid, keyCredential } },
  );
}

/** An organization whose directory has sent Grace, with a provider at which she signs in. */
test.beforeEach(async () => {
  const name = `sso-${randomUUID().slice(0, 8)}`;
  org = organization(name, name);
  const { connections } = await org.api<{
    connections: {
      id: string;
      signOnAddresses: { redirectUri: string; backChannelLogoutUrl: string };
    }[];
  }>("{ connections { id signOnAddresses { redirectUri backChannelLogoutUrl } } }");
  const [made] = connections;
  if (!made) throw new Error("the organization has no connection");
  connection = made.id;
  addresses = { ...made.signOnAddresses, afterLogout: `${origin}/signin` };
  const provider = await startProvider(addresses);
  stops.push(provider.stop);
  await configure(provider.issuer, false);
  await org.api(
    `mutation ($id: ID!, $secret: String!) {
      updateConnection(id: $id, input: { name: "Foreign", kind: GENERIC }) { connection { id } }
      addClientSecret(connectionId: $id, secret: $secret) { connection { id } }
      switchSignOn(connectionId: $id, enabled: true) { connection { id } }
    }`,
    { id: connection, secret: clientSecret },
  );
  issuer = provider.issuer;
  const sent = await org.scim("/Users", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: `grace@${name}.test`,
    displayName: "Grace Hopper",
    externalId: "grace-sub",
    active: true,
  });
  expect(sent.status).toBe(201);
  grace = sent.body.id ?? "";
});

test.afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

/** follow opens a deep link as a stranger and goes to the provider by its button. */
async function follow(page: Page, link: string) {
  await page.goto(link);
  await expect(page).toHaveURL(/\/signin\?return_to=/);
  // The server has several organizations: only the own one's page names its provider.
  await page.goto(`${page.url()}&org=${org.slug}`);
  await page.getByRole("link", { name: "Sign in with Foreign" }).click();
}

/** say says at the provider who it is. */
async function say(page: Page, name: string) {
  await expect(page.getByRole("heading", { name: "Foreign sign-in" })).toBeVisible();
  expect(page.url()).toContain(issuer);
  await page.getByRole("button", { name: `I am ${name}` }).click();
}

const sso = async (context: BrowserContext) =>
  (await context.cookies(origin)).filter((cookie) => cookie.name.startsWith("__Host-"));

/** send lets the directory change whether Grace is active. */
async function send(active: boolean) {
  const response = await fetch(`${org.base}/Users/${grace}`, {
    method: "PATCH",
    headers: { Authorization: `Bearer ${org.token}`, "Content-Type": "application/scim+json" },
    body: JSON.stringify({
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [{ op: "replace", path: "active", value: active }],
    }),
  });
  expect(response.status).toBe(200);
}

const auditor = () =>
  org.api("mutation ($id: ID!) { changeRole(id: $id, role: AUDITOR) { user { role } } }", {
    id: grace,
  });

for (const hybrid of [false, true]) {
  test(`a deep link survives signing in at a foreign provider: ${hybrid ? "hybrid" : "code"}`, async ({
    page,
    context,
  }) => {
    await configure(issuer, hybrid);
    const link = "/people?q=gr%C3%A4ce&department=none";
    await follow(page, link);
    await expect(page.getByRole("heading", { name: "Foreign sign-in" })).toBeVisible();
    const asked = (await sso(context)).filter((cookie) => cookie.name.startsWith("__Host-sso_"));
    expect(asked.map((cookie) => [cookie.sameSite, cookie.secure, cookie.httpOnly, cookie.path])).toEqual([
      [hybrid ? "None" : "Lax", true, true, "/"],
    ]);
    const left = (asked[0]?.expires ?? 0) - Date.now() / 1000;
    expect(left).toBeGreaterThan(500);
    expect(left).toBeLessThanOrEqual(600);
    const answered = page.waitForRequest((request) => request.url().includes("/callback"));
    await say(page, "Grace Hopper");
    expect((await answered).method()).toBe(hybrid ? "POST" : "GET");
    const sent = await (await answered).allHeaders();
    expect(sent["sec-fetch-site"]).toBe("cross-site");
    expect(sent.cookie).toContain(`${asked[0]?.name}=`);
    await expect(page).toHaveURL(link);
    await expect(page.getByRole("heading", { name: "You are signed in", level: 1 })).toBeVisible();
    const kept = await sso(context);
    expect(kept.map((cookie) => [cookie.name, cookie.sameSite, cookie.secure, cookie.httpOnly])).toEqual([
      [session, "Lax", true, true],
    ]);
    const found = await org.api<{ user: { accounts: Record<string, string>[] } }>(
      "query ($id: ID!) { user(id: $id) { accounts { issuer subject how } } }",
      { id: grace },
    );
    expect(found.user.accounts).toEqual([{ issuer, subject: "grace-sub", how: "external_id" }]);

    // Once more over the session that is there. With a form of another site it doesn't travel.
    const before = kept[0]?.value;
    const again = page.waitForRequest((request) => request.url().includes("/callback"));
    await page.goto(`/signin?org=${org.slug}`);
    await page.goto(`/signin/sso/${connection}?return_to=%2Fpeople`);
    await page.getByRole("link", { name: "Sign in with Foreign" }).click();
    const cookies = (await (await again).allHeaders()).cookie ?? "";
    expect(cookies.includes(`${session}=`)).toBe(!hybrid);
    await expect(page).toHaveURL("/people");
    const now = (await sso(context)).map((cookie) => [cookie.name, cookie.value]);
    expect(now).toEqual([[session, expect.any(String)]]);
    expect(now[0]?.[1]).not.toBe(before);
  });

  test(`the server proves itself by a certificate at a foreign provider: ${hybrid ? "hybrid" : "code"}`, async ({
    page,
    browser,
  }) => {
    const make = async () => {
      const { makeSignOnKey } = await org.api<{
        makeSignOnKey: { connection: { signOn: { secrets: { id: string; certificate: string | null }[] } } };
      }>(
        "mutation ($id: ID!) { makeSignOnKey(connectionId: $id) { connection { signOn { secrets { id certificate } } } } }",
        { id: connection },
      );
      const made = makeSignOnKey.connection.signOn.secrets.at(-1);
      return { id: made?.id ?? "", certificate: made?.certificate ?? "" };
    };
    const first = await make();
    const provider = await startProvider(addresses, [first.certificate]);
    stops.push(provider.stop);
    issuer = provider.issuer;
    await configure(issuer, hybrid, true);
    await make(); // not uploaded there yet, and so not used
    await follow(page, "/people?q=1");
    await say(page, "Grace Hopper");
    await expect(page).toHaveURL("/people?q=1");

    // Without the one that was uploaded the provider believes nobody, and the page says so.
    await org.api(
      "mutation ($id: ID!, $secret: ID!) { removeSignOnSecret(connectionId: $id, id: $secret) { connection { id } } }",
      { id: connection, secret: first.id },
    );
    const stranger = await browser.newPage({ baseURL: origin });
    await follow(stranger, "/people");
    await say(stranger, "Grace Hopper");
    await expect(
      stranger.getByRole("heading", { name: "Your identity provider doesn’t accept this server" }),
    ).toBeVisible();
    const reference = await stranger.locator("dt:text-is('Reference') + dd").textContent();
    const told = async () => {
      const { auditTrail } = await org.api<{
        auditTrail: { nodes: { entityName: string; after: Record<string, unknown> }[] };
      }>('{ auditTrail(where: { types: ["signon.sign_in_refused"] }) { nodes { entityName after } } }');
      return auditTrail.nodes;
    };
    await expect.poll(told).toMatchObject([
      {
        entityName: "Foreign",
        after: { code: "SSO-PROVIDER", providerError: "invalid_client", reference },
      },
    ]);
    await stranger.close();
  });
}

test("the e-mail address leads to the provider once its domain is proved", async ({ page }) => {
  const records = new Map<string, string>();
  stops.push(await startResolver(setting("ROLLCALL_DNS_SERVER"), records));
  const name = `${org.slug}.example`;
  const { claimDomain } = await org.api<{
    claimDomain: { domain: { id: string; recordName: string; recordValue: string } };
  }>("mutation ($name: String!) { claimDomain(name: $name) { domain { id recordName recordValue } } }", {
    name,
  });
  const { id, recordName, recordValue } = claimDomain.domain;
  const prove = () =>
    org.api("mutation ($id: ID!) { proveDomain(id: $id) { domain { verifiedAt } } }", { id });
  await expect(prove()).rejects.toThrow("has no TXT record");
  records.set(recordName, "another value");
  await expect(prove()).rejects.toThrow("has no TXT record");

  const enter = async () => {
    await page.goto("/people?q=x");
    await page.getByLabel("Your work e-mail address").fill(`grace@${name}`);
    await page.getByRole("button", { name: "Go on with my work account" }).click();
  };
  await enter();
  await expect(page.getByRole("alert")).toContainText("No organization signs in with that domain here");
  records.set(recordName, recordValue);
  await prove();
  await org.api(
    "mutation ($id: ID!, $to: ID!) { routeDomain(id: $id, connectionId: $to) { domain { id } } }",
    { id, to: connection },
  );
  await enter();
  await say(page, "Grace Hopper");
  await expect(page).toHaveURL("/people?q=x");
});

test("who is deactivated is out at once and stays out until reactivated", async ({ page }) => {
  await auditor();
  await follow(page, "/people");
  await say(page, "Grace Hopper");
  await expect(page.getByRole("table").getByText("Grace Hopper")).toBeVisible();
  await send(false);
  await expect(page.getByRole("heading", { name: "You are signed out" })).toBeVisible();

  await follow(page, "/people");
  // The provider still knows her: it asks nothing.
  await expect(page.getByRole("heading", { name: "Your access has ended" })).toBeVisible();
  await page.goto("/people");
  await expect(page).toHaveURL(/\/signin/);

  await send(true);
  await follow(page, "/people");
  await expect(page.getByRole("table").getByText("Grace Hopper")).toBeVisible();
});

test("somebody whom the directory never sent waits for a decision", async ({ page }) => {
  await follow(page, "/people");
  await say(page, "Mary Unknown");
  await expect(page.getByRole("heading", { name: "You have no access here yet" })).toBeVisible();
  await page.goto("/people");
  await expect(page).toHaveURL(/\/signin/);

  const { waitingAccounts } = await org.api<{ waitingAccounts: Record<string, unknown>[] }>(
    "{ waitingAccounts { id subject name email attempts candidate { id } } }",
  );
  expect(waitingAccounts).toEqual([
    {
      id: expect.any(String),
      subject: "mary-sub",
      name: "Mary Unknown",
      email: "mary@hopper.test",
      attempts: 1,
      candidate: null,
    },
  ]);
  await org.api(
    `mutation ($account: ID!, $person: ID!) {
      approveAccount(id: $account, userId: $person) { user { id } }
    }`,
    { account: waitingAccounts[0]?.id, person: grace },
  );
  await follow(page, "/people?q=1");
  await expect(page).toHaveURL("/people?q=1");
  await expect(page.getByRole("heading", { name: "You are signed in", level: 1 })).toBeVisible();
});

test("signing out ends the session here, then offers to end it at the provider", async ({
  page,
  browser,
}) => {
  await auditor();
  await follow(page, "/people");
  await say(page, "Grace Hopper");
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "You are signed out of Rollcall" })).toBeVisible();
  expect((await sso(page.context())).map((cookie) => cookie.name)).toEqual([]);

  // Another tab signs in without being asked by the provider, which ends that session as well.
  const other = await page.context().newPage();
  await follow(other, "/people");
  await expect(other.getByRole("table").getByText("Grace Hopper")).toBeVisible();
  const stranger = await browser.newPage({ baseURL: origin });
  await follow(stranger, "/people");
  await say(stranger, "Grace Hopper");
  await expect(stranger.getByRole("table").getByText("Grace Hopper")).toBeVisible();

  await page.getByRole("link", { name: "Sign out at Foreign" }).click();
  await expect(page.getByRole("heading", { name: "Foreign sign-out" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/signin/);
  await expect(other.getByRole("heading", { name: "You are signed out" })).toBeVisible();
  await follow(page, "/people");
  await expect(page.getByRole("heading", { name: "Foreign sign-in" })).toBeVisible(); // asked again

  await stranger.reload(); // her session at another computer is another one there too
  await expect(stranger.getByRole("table").getByText("Grace Hopper")).toBeVisible();
  await stranger.close();
});

test("an owner tests the connection and sees what came, claim by claim", async ({ page, context }) => {
  const test = `/signin/sso/${connection}/test`;
  await page.goto(test);
  await expect(page).toHaveURL(/\/signin\?return_to=/);
  await signIn(page, `ada@${org.slug}.test`, "OWNER", org.slug);
  const before = (await sso(context)).find((cookie) => cookie.name === session)?.value;
  await page.goto(test);
  await say(page, "Grace Hopper");
  await expect(page.getByRole("heading", { name: "Foreign has answered" })).toBeVisible();
  await expect(page.getByRole("status")).toContainText(
    `The account would be linked to grace@${org.slug}.test, who would be signed in.`,
  );
  const claims = page.locator("dl");
  await expect(claims).toContainText("grace-sub");
  await expect(claims).toContainText("grace@hopper.test");
  expect((await sso(context)).find((cookie) => cookie.name === session)?.value).toBe(before);

  await page.goto(test);
  await say(page, "Mary Unknown"); // a test asks who it is each time
  await expect(page.getByRole("status")).toContainText("nobody here has this account’s id");
  const { waitingAccounts } = await org.api<{ waitingAccounts: unknown[] }>("{ waitingAccounts { id } }");
  expect(waitingAccounts).toEqual([]);
});
