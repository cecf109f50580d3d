import type { SignOn } from "./documents";

/** Next is what is to be done before people can sign in. */
export type Next = "secret" | "test" | "switch";

/**
 * nextOf is what comes next for a SignOn that is off. A test that succeeded is known by
 * the secret that the provider has taken; certain says whether it can be known at all,
 * for keys leave no such trace.
 */
export function nextOf(on: SignOn): { next: Next; certain: boolean } {
  if (on.protocol !== "OIDC" || on.keyCredential) return { next: "test", certain: false };
  const secrets = on.secrets.filter((s) => !s.key);
  if (secrets.length === 0) return { next: "secret", certain: true };
  return { next: secrets.some((s) => s.workedAt) ? "switch" : "test", certain: true };
}
