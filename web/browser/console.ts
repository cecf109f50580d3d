import { execFileSync } from "node:child_process";
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

/** signIn opens a one-time link for an owner, or somebody with another role, and presses its button. */
export async function signIn(page: Page, email = "ada@acme.test", role = "OWNER") {
  await page.goto(rollcall("admin", "invite", "--org", "acme", "--email", email, "--role", role));
  await page.getByRole("button", { name: /^Sign in/ }).click();
  await expect(page).toHaveURL("/");
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
