import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, type Page, test } from "@playwright/test";
import { flawless, type Organization, organization, signIn } from "./console";
import { certificate, keys, metadata, unasked } from "./saml";

const entity = "https://idp.test/entity";
const session = "__Host-session";

let org: Organization;
let connection: string;
let addresses: { entityId: string; replyUrl: string };

test.beforeEach(async () => {
  const name = `saml-${randomUUID().slice(0, 8)}`;
  org = organization(name, name);
  const { connections } = await org.api<{
    connections: { id: string; signOnAddresses: { entityId: string; replyUrl: string } }[];
  }>("{ connections { id signOnAddresses { entityId replyUrl } } }");
  const [made] = connections;
  if (!made) throw new Error("the organization has no connection");
  connection = made.id;
  addresses = made.signOnAddresses;
  await org.api(
    'mutation ($id: ID!) { updateConnection(id: $id, input: { name: "Foreign", kind: GENERIC }) { connection { id } } }',
    { id: connection },
  );
});

test("what is wrong with a provider’s metadata is said when it is imported, before anybody signs in", async ({
  page,
}) => {
  const strong = keys();
  const weak = certificate(keys(1024), 1000);
  await signIn(page, `ada@${org.slug}.test`, "OWNER", org.slug);
  await page.goto(`/connections/${connection}?tab=signon&by=saml`);
  const document = page.getByLabel("Metadata document (XML)");
  const save = page.getByRole("button", { name: "Save" }).first(); // the settings below have one too
  await page.getByText("Document", { exact: true }).click();
  for (const [text, refusal] of [
    ["<html></html>", "not SAML 2.0 metadata"],
    [metadata(entity, [weak]), "none of its 1 signing certificates can be used"],
  ] as const) {
    await document.fill(text);
    await save.click();
    await expect(page.getByText(refusal)).toBeVisible();
    await expect(document).toHaveAttribute("aria-invalid", "true");
  }
  await flawless(page);

  await document.fill(metadata(entity, [certificate(strong, 10), weak, certificate(strong, -0.5)]));
  await save.click();
  const warned = page.getByText("It is saved; watch this");
  await expect(warned).toBeInViewport();
  const said = page.getByRole("listitem");
  const end = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);
  await expect(said.filter({ hasText: `ends on ${end}: renew it at the provider before` })).toBeVisible();
  await expect(said.filter({ hasText: "has a key of 1024 bits, so it is not pinned" })).toBeVisible();
  await expect(said.filter({ hasText: "if the provider still signs with it, renew it there" })).toBeVisible();
  await expect(page.getByText("Off: nobody can sign in this way")).toBeVisible();
  const pinned = page.getByRole("table", { name: "Certificate of the provider" });
  await expect(pinned.getByRole("row")).toHaveCount(2); // with the head
  await expect(pinned).toContainText(/ends\s*in (9|10) days/);
  await flawless(page);
  await page.getByRole("button", { name: "I have read it" }).click();
  await expect(warned).toHaveCount(0);

  // Renewed at the provider, which keeps its old ones in the document.
  await page.getByRole("region", { name: "Registration" }).getByRole("button", { name: "Change" }).click();
  await page.getByText("Document", { exact: true }).click();
  await document.fill(
    metadata(
      entity,
      [10, 100, 1000, 2000].map((days) => certificate(strong, days)),
    ),
  );
  await save.click();
  await expect(
    said.filter({ hasText: "4 signing certificates are valid, and the 3 that last" }),
  ).toBeVisible();
  await expect(pinned.getByRole("row")).toHaveCount(4);
  await expect(pinned).not.toContainText(/in (9|10) days/);
});

/** send lets a page of the provider send its answer, as its tile for us does. */
async function send(page: Page, SAMLResponse: string, RelayState: string) {
  const fields = Object.entries({ SAMLResponse, RelayState })
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
    .join("");
  const form = `<form method="post" action="${addresses.replyUrl}">${fields}<button>Rollcall</button></form>`;
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end(form));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const sent = page.waitForRequest(addresses.replyUrl);
    await page.getByRole("button", { name: "Rollcall" }).click();
    const headers = await (await sent).allHeaders();
    expect(headers["sec-fetch-site"]).toBe("cross-site");
    expect(headers.cookie ?? "").not.toContain(session);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("who begins at the provider is asked, and signed in by a yes alone", async ({ page, context }) => {
  const pair = keys();
  const grace = `grace@${org.slug}.test`;
  await org.api(
    `mutation ($id: ID!, $input: SamlInput!) {
      configureSaml(connectionId: $id, input: $input) { connection { id } }
      switchSignOn(connectionId: $id, enabled: true) { connection { id } }
    }`,
    {
      id: connection,
      input: { metadata: metadata(entity, [certificate(pair, 1000)]), providerInitiated: true },
    },
  );
  const sent = await org.scim("/Users", {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: grace,
    displayName: "Grace Hopper",
    externalId: "grace-1",
    active: true,
  });
  expect(sent.status).toBe(201);
  const said = {
    issuer: entity,
    nameId: "grace-1",
    email: grace,
    audience: addresses.entityId,
    to: addresses.replyUrl,
  };
  const held = async () => (await context.cookies()).find((cookie) => cookie.name === session)?.value;
  const arrive = async () => {
    await send(page, unasked(said, pair.privateKey), "/people");
    await expect(page.getByRole("heading", { name: `Sign in to ${org.slug}`, level: 1 })).toBeVisible();
    await expect(page.getByText(`Foreign says that you are ${grace}.`)).toBeVisible();
  };
  const yes = page.getByRole("button", { name: `Sign in to ${org.slug} as ${grace}` });

  await arrive();
  await flawless(page);
  expect(await held()).toBeUndefined();
  await page.goto("/people"); // who goes elsewhere instead is nobody
  await expect(page).toHaveURL(/\/signin\?return_to=/);
  expect(await held()).toBeUndefined();

  // Somebody who is signed in stays who she is until she presses the button.
  await signIn(page, `ada@${org.slug}.test`, "OWNER", org.slug);
  const adas = await held();
  await arrive();
  expect(await held()).toBe(adas);
  await page.goto("/");
  await expect(page.getByRole("link", { name: "People", exact: true })).toBeVisible();
  expect(await held()).toBe(adas);

  await arrive();
  await yes.click();
  await expect(page).toHaveURL("/people");
  await expect(page.getByRole("heading", { name: "You are signed in", level: 1 })).toBeVisible();
  await expect(page.getByText("Grace Hopper")).toBeVisible();
  expect(await held()).not.toBe(adas);

  // A response that was believed once is worth nothing again.
  const again = unasked(said, pair.privateKey);
  await send(page, again, "/people");
  await expect(yes).toBeVisible();
  await send(page, again, "/people");
  await expect(page.getByRole("heading", { name: "This sign-in was not begun here" })).toBeVisible();
  await expect(yes).toHaveCount(0);
});
