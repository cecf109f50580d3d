import { graphql, type ResultOf } from "../../lib/documents";
import type { Key } from "../../text";
import type { Tone } from "../../ui/Status";

export const tokensDocument = graphql(`
  query Tokens {
    tokens {
      id
      kind
      name
      hint
      scopes
      status
      createdAt
      expiresAt
      revokedAt
      replacedById
      lastUsedAt
      lastUsedFrom
      lastUsedBy
      connection {
        id
        name
      }
      owner {
        id
        name
      }
    }
  }
`);

/** AToken is one credential of the board. */
export type AToken = ResultOf<typeof tokensDocument>["tokens"][number];

/** byTokens makes the list be read again after an act whose answer has no Token in it. */
export const byTokens = { additionalTypenames: ["Token"] };

const day = 24 * 60 * 60 * 1000;
const soon = 30 * day;
const cycle = 60 * 60 * 1000; // longer than the clients that we know stay away

export const works = (t: AToken) => t.status === "WORKING" || t.status === "REPLACED";

/** stateOf is how a token stands, in a word of the catalogue. */
export function stateOf(t: AToken, now: Date): { key: Key; tone: Tone } {
  if (
    t.kind !== "SETUP" &&
    t.status === "WORKING" &&
    t.expiresAt &&
    new Date(t.expiresAt).getTime() - now.getTime() < soon
  )
    return { key: "tokens.status.SOON", tone: "warn" };
  const tone = { WORKING: "good", REPLACED: "warn", EXPIRED: "quiet", REVOKED: "quiet" } as const;
  return { key: `tokens.status.${t.status}`, tone: tone[t.status] };
}

/**
 * ofOld says whether a token that was replaced can be revoked: only when its
 * successor is in use and it itself was not for longer than a client stays away.
 */
export function ofOld(
  old: AToken,
  successor: AToken | undefined,
  now: Date,
): { key: Key; safe: boolean } | undefined {
  if (old.status !== "REPLACED" || !successor) return undefined;
  if (!successor.lastUsedAt) return { key: "tokens.old.successorUnused", safe: false };
  if (old.lastUsedAt && old.lastUsedAt > successor.lastUsedAt)
    return { key: "tokens.old.usedLater", safe: false };
  if (old.lastUsedAt && now.getTime() - new Date(old.lastUsedAt).getTime() < cycle)
    return { key: "tokens.old.usedLately", safe: false };
  return { key: "tokens.old.safe", safe: true };
}

/** A thing of scopes, such as users, and what of it can be allowed. */
export interface Thing {
  name: string;
  read: boolean;
  write: boolean;
}

/** thingsOf groups scopes, such as users:read, by what they are about. */
export function thingsOf(scopes: readonly string[]): Thing[] {
  const names = [...new Set(scopes.map((s) => s.split(":")[0] ?? s))];
  return names.map((name) => ({
    name,
    read: scopes.includes(`${name}:read`),
    write: scopes.includes(`${name}:write`),
  }));
}
