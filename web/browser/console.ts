import { execFileSync } from "node:child_process";
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** setting is what scripts/withserver says of the server. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: run scripts/web browser`);
  return value;
}

/** rollcall runs a command on the server's database and returns what it printed. */
export function rollcall(...args: string[]) {
  return execFileSync(setting("ROLLCALL"), args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
}

/** provision sends one person as a directory does, and returns the status of the answer. */
export async function provision(userName: string, more: Record<string, unknown> = {}) {
  const response = await fetch(`${setting("ROLLCALL_BASE")}/Users`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${setting("ROLLCALL_TOKEN")}`,
      "Content-Type": "application/scim+json",
    },
    body: JSON.stringify({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName,
      active: true,
      ...more,
    }),
  });
  return response.status;
}

/** Organization is one that a spec has to itself: what a directory and a script can ask of it. */
export interface Organization {
  slug: string;
  base: string;
  token: string;
  /** scim sends a resource, to a path such as /Users, and returns the answer's. */
  scim: (path: string, resource: Record<string, unknown>) => Promise<{ status: number; body: Answer }>;
  /** api runs a document with all scopes and returns its data. */
  api: <Data>(query: string, variables?: Record<string, unknown>) => Promise<Data>;
}

interface Answer {
  id?: string;
  detail?: string;
}

/** organization makes one. */
export function organization(slug: string, name: string): Organization {
  rollcall("org", "create", "--slug", slug, "--name", name);
  const token = rollcall("token", "create", "--org", slug, "--kind", "scim", "--name", "directory");
  const key = rollcall("token", "create", "--org", slug, "--kind", "api", "--name", "api", "--scopes", "all");
  const base = setting("ROLLCALL_BASE").replace(/[^/]+$/, slug);
  const post = (address: string, bearer: string, type: string, body: unknown) =>
    fetch(address, {
      method: "POST",
      headers: { Authorization: `Bearer ${bearer}`, "Content-Type": type },
      body: JSON.stringify(body),
    });
  return {
    slug,
    base,
    token,
    async scim(path, resource) {
      const response = await post(base + path, token, "application/scim+json", resource);
      return { status: response.status, body: (await response.json()) as Answer };
    },
    async api<Data>(query: string, variables = {}) {
      const address = `${new URL(base).origin}/graphql`;
      const response = await post(address, key, "application/json", { query, variables });
      const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
  };
}

/** signIn opens a one-time link for an owner, or somebody with another role, and presses its button. */
export async function signIn(page: Page, email = "ada@acme.test", role = "OWNER", org = "acme") {
  await page.goto(rollcall("admin", "invite", "--org", org, "--email", email, "--role", role));
  await page.getByRole("button", { name: /^Sign in/ }).click();
  await expect(page).toHaveURL("/");
}

/** flawless lets axe look at the page in both colour schemes. */
export async function flawless(page: Page) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((v) => [v.id, v.nodes.map((n) => n.html)])).toEqual([]);
  }
}

/** watch collects what the browser complains of, and loads from elsewhere. */
export function watch(page: Page, baseURL: string | undefined): string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${baseURL}/`)) faults.push(`loads ${request.url()}`);
  });
  return faults;
}
