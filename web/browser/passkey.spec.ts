import { expect, test } from "@playwright/test";
import { organization, signIn, watch } from "./console";

test("a passkey is made and signs in, until it is removed", async ({ page, baseURL }) => {
  const faults = watch(page, baseURL);
  organization("vault", "Vault");
  const device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await signIn(page, "ada@vault.test", "OWNER", "vault");
  await page.goto("/account");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await page.getByLabel("What to call it").fill("work laptop");
  await page.getByRole("dialog").getByRole("button", { name: "Make a passkey" }).click();
  const passkeys = page.getByRole("table", { name: "Passkeys" });
  await expect(passkeys.getByRole("row", { name: /work laptop/ })).toContainText("never");

  const signOut = async () => {
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/signin/);
  };
  await signOut();
  await page.goto("/account");
  await expect(page).toHaveURL(/\/signin\?return_to=/);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL("/account");
  await expect(passkeys.getByRole("row", { name: /work laptop/ })).not.toContainText("never");

  await passkeys.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("You have no passkey yet")).toBeVisible();
  await signOut();
  // Who isn't signed in is told so by the API.
  expect(faults.filter((f) => !f.includes("401"))).toEqual([]);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page).toHaveURL(/\/signin/);
});
