import { expect, type Page, test } from "@playwright/test";
import { type Organization, organization, signIn, watch } from "./console";
import { hostile } from "./hostile";

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const custom = "urn:ietf:params:scim:schemas:extension:acme:2.0:User";

/** Bearer is what carries one of the texts wherever a directory can put it. */
interface Bearer {
  text: string;
  person: string;
  group: string;
  department: string;
  /** The log row of a request that was refused, with the text in its body. */
  refused: string;
}

/** spread provisions each text as names, title, department, attribute and refused body. */
async function spread(org: Organization): Promise<Bearer[]> {
  const boss = await org.scim("/Users", { schemas: [core], userName: "boss", active: true });
  const bearers: Omit<Bearer, "department">[] = [];
  for (const text of hostile) {
    const resource = {
      schemas: [core, enterprise, custom],
      userName: text,
      displayName: text,
      name: { givenName: text, familyName: text },
      title: text,
      active: true,
      [enterprise]: { department: text, costCenter: text, manager: { value: boss.body.id } },
      [custom]: { note: text, [text]: text },
    };
    const person = await org.scim("/Users", resource);
    expect(person.status, person.body.detail).toBe(201);
    const again = await org.scim("/Users", resource);
    expect(again.status).toBe(409);
    const refused = /reference ([0-9a-f-]{36})/.exec(again.body.detail ?? "")?.[1] ?? "";
    const group = await org.scim("/Groups", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
      displayName: text,
      members: [{ value: person.body.id }],
    });
    expect(group.status, group.body.detail).toBe(201);
    // Somebody local of the same name is a likely duplicate.
    await org.api("mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }", {
      input: { userName: `twin${bearers.length}`, displayName: text },
    });
    bearers.push({ text, person: person.body.id ?? "", group: group.body.id ?? "", refused });
  }
  const { departments } = await org.api<{ departments: { nodes: { id: string; name: string }[] } }>(
    "{ departments(first: 100) { nodes { id name } } }",
  );
  return bearers.map((b) => ({
    ...b,
    department: departments.nodes.find((d) => d.name === b.text)?.id ?? "",
  }));
}

/** What a text would leave in the page if it were more than text. */
const traces = [
  "script:not([src])",
  ...[
    "iframe",
    "object",
    "embed",
    'img:not([src^="/assets/"])',
    "base",
    "meta[http-equiv]",
    "animate",
    "math",
    "details",
  ],
  ...["onload", "onerror", "onfocus", "onclick", "ontoggle", "onbegin", "onpageshow", "onmouseover"].map(
    (handler) => `[${handler}]`,
  ),
  ...["javascript:", "data:", "vbscript:", "https://evil"].flatMap((to) => [
    `[href^="${to}" i]`,
    `[src^="${to}" i]`,
  ]),
].join(",");

/** settle waits until the page shows what it has to show. */
async function settle(page: Page) {
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
}

/**
 * unseen are those texts that the page doesn't show as they are, within JSON or
 * not. In the server's own sentences marks that turn the direction are replaced.
 */
function unseen(page: Page, texts: readonly string[]) {
  return page.evaluate((all) => {
    const calm = (t: string) => t.replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
    const sentences = Array.from(document.querySelectorAll('main a[href^="/log/"]'), (a) => a.textContent);
    const fields = Array.from(document.querySelectorAll<HTMLInputElement>("main input"), (f) => f.value);
    const shown = [document.querySelector("main")?.textContent, ...fields].join("\n");
    return all.filter(
      (t) =>
        !shown.includes(t) &&
        !shown.includes(JSON.stringify(t).slice(1, -1)) &&
        !sentences.some((s) => s.includes(calm(t))),
    );
  }, texts);
}

/** shows says that each text stands in the page, and has left nothing but text. */
async function shows(page: Page, texts: readonly string[], where: string) {
  await expect.poll(() => unseen(page, texts), { message: `what ${where} does not show` }).toEqual([]);
  expect(
    await page.locator(traces).evaluateAll((found) => found.map((e) => e.outerHTML.slice(0, 200))),
    `what a text has left on ${where}`,
  ).toEqual([]);
}

/** readThrough turns the pages of a list until every text was there. */
async function readThrough(page: Page, where: string) {
  const next = page.getByRole("button", { name: "Next" });
  let missing: readonly string[] = hostile;
  for (;;) {
    await settle(page);
    missing = await unseen(page, missing);
    if (missing.length === 0 || !(await next.isVisible()) || (await next.isDisabled())) break;
    await shows(page, [], where);
    const before = page.url();
    await next.click();
    await expect(page).not.toHaveURL(before);
  }
  await shows(page, missing, where);
}

test("texts that would be markup are shown as text on every page", async ({ page, baseURL }) => {
  test.setTimeout(240_000);
  const faults = watch(page, baseURL);
  page.on("dialog", (dialog) => {
    faults.push(`opens a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) =>
      console.error(`against the policy: ${e.violatedDirective} ${e.blockedURI}`),
    );
  });
  const org = organization("hostile", hostile[0] ?? "");
  const bearers = await spread(org);
  expect(bearers).toHaveLength(40);
  await signIn(page, "ada@acme.test", "OWNER", org.slug);
  await page.setViewportSize({ width: 1280, height: 3000 }); // long lists draw only what is in view

  // Lists: each with all texts on one page, or on as many as its pager has.
  for (const path of [
    "/people",
    "/people?cols=userName,title,department",
    "/people/duplicates",
    "/people/chart",
    "/groups",
    "/departments",
    "/log",
    "/log?outcome=REFUSED",
    "/audit?entity=User",
    "/audit?entity=Group",
  ]) {
    await page.goto(path);
    await settle(page);
    if (path === "/people/chart") await page.getByRole("treeitem", { name: "boss" }).click();
    await readThrough(page, path);
  }
  for (const path of ["/", "/log?view=causes"]) {
    await page.goto(path);
    await settle(page);
    await shows(page, [], path);
  }

  const { connections } = await org.api<{ connections: { id: string }[] }>("{ connections { id } }");
  await page.goto(`/connections/${connections[0]?.id}?tab=attributes`);
  await settle(page);
  await shows(page, hostile.slice(0, 3), "the attributes that came undeclared");

  // Pages of one thing: each kind for one text after the other, so that what is
  // shown can't be left from the page before.
  const kinds: ((b: Bearer) => string)[] = [
    (b) => `/people/${b.person}`,
    (b) => `/people/${b.person}?tab=history`,
    (b) => `/people/${b.person}?do=edit`,
    (b) => `/groups/${b.group}`,
    (b) => `/departments/${b.department}`,
    (b) => `/audit?person=${b.person}`,
    (b) => `/log/${b.refused}`,
  ];
  for (const kind of kinds) {
    for (const b of bearers) {
      const path = kind(b);
      await page.evaluate((to) => history.pushState(null, "", to), path);
      await shows(page, [b.text], path);
      if (path.startsWith("/audit")) {
        await page.getByRole("list", { name: "Audit trail" }).getByRole("button").last().click();
        await expect(page.getByRole("table", { name: "Audit trail" })).toBeVisible();
        await shows(page, [b.text], path);
      }
    }
  }

  for (const { text } of bearers) {
    await page.keyboard.press("Control+k");
    const palette = page.getByRole("dialog");
    await palette.getByRole("textbox").fill(text.slice(0, 60));
    await expect(palette.getByText(text, { exact: true }).first()).toBeVisible();
    await expect(page.locator(traces)).toHaveCount(0);
    await page.keyboard.press("Escape");
    await expect(palette).toHaveCount(0);
  }
  expect(faults, "dialogs, violations of the policy, errors, and what came from elsewhere").toEqual([]);
});

test("addresses that a directory sends lead nowhere", async ({ page, baseURL }) => {
  const faults = watch(page, baseURL);
  const org = organization("addresses", "Addresses");
  await signIn(page, "ada@acme.test", "OWNER", org.slug);
  for (const [i, address] of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(2)",
    "java\tscript:alert(3)",
    " javascript:alert(4)",
    "data:text/html,<script>alert(5)</script>",
    "vbscript:msgbox(6)",
    "https://evil.test/7.png",
  ].entries()) {
    const { status, body } = await org.scim("/Users", {
      schemas: [core],
      userName: `p${i}`,
      profileUrl: address,
      photos: [{ value: address, type: "photo" }],
      ims: [{ value: address }],
      active: true,
    });
    expect(status, body.detail).toBe(201);
    for (const path of [`/people/${body.id}`, `/people/${body.id}?tab=history`, `/audit?id=${body.id}`]) {
      await page.goto(path);
      await settle(page);
      if (path.startsWith("/audit"))
        await page.getByRole("list", { name: "Audit trail" }).getByRole("button").last().click();
      await shows(page, path.includes("history") ? [] : [address], path);
    }
  }
  expect(faults, "errors, and what came from elsewhere").toEqual([]);
});
