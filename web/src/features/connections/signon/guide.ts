import type { SignOnConnection } from "./documents";

/** Guided are the providers that have instructions of their own; the others follow GENERIC. */
export type Guided = "ENTRA" | "OKTA" | "GOOGLE" | "GENERIC";
export type Way = "OIDC" | "SAML";

export const guidedBy = (kind: SignOnConnection["kind"]): Guided =>
  kind === "ENTRA" || kind === "OKTA" || kind === "GOOGLE" ? kind : "GENERIC";

/** waysOf are the protocols that a provider is set up with, the better one first. */
export const waysOf = (guide: Guided): readonly Way[] => (guide === "GOOGLE" ? ["OIDC"] : ["OIDC", "SAML"]);

/** wayOf reads the protocol from the address; undefined while it is to be chosen. */
export function wayOf(guide: Guided, text: string | undefined): Way | undefined {
  const ways = waysOf(guide);
  return ways.find((w) => w.toLowerCase() === text) ?? (ways.length === 1 ? ways[0] : undefined);
}

/** lines is how many instructions each guide has, before the values are copied and before they are pasted. */
export const lines: Record<Guided, Partial<Record<Way, { make: number; fetch: number }>>> = {
  ENTRA: { OIDC: { make: 3, fetch: 4 }, SAML: { make: 4, fetch: 4 } },
  OKTA: { OIDC: { make: 3, fetch: 3 }, SAML: { make: 3, fetch: 3 } },
  GOOGLE: { OIDC: { make: 3, fetch: 2 } },
  GENERIC: { OIDC: { make: 2, fetch: 2 }, SAML: { make: 2, fetch: 2 } },
};

/** googleIssuer is the same for everybody. */
export const googleIssuer = "https://accounts.google.com";
