import type { Key } from "../../../text";
import type { Kind } from "../documents";
import type { Fix } from "./documents";

/** The steps of a set-up, in their order. */
export const steps = ["prepare", "app", "credentials", "mapping", "attributes", "start"] as const;
export type Step = (typeof steps)[number];

/** Guided are the kinds with a guide of their own; the others follow GENERIC. */
export type Guided = "ENTRA" | "OKTA" | "ONELOGIN" | "JUMPCLOUD" | "GENERIC";

export const guideOf = (kind: Kind): Guided => (kind === "GOOGLE" ? "GENERIC" : kind);

/** lines is how many instructions each step has: the texts setup.KIND.STEP.1 and so on. */
export const lines: Record<Guided, Record<Step, number>> = {
  ENTRA: { prepare: 4, app: 5, credentials: 4, mapping: 4, attributes: 4, start: 5 },
  OKTA: { prepare: 2, app: 4, credentials: 5, mapping: 3, attributes: 2, start: 3 },
  ONELOGIN: { prepare: 2, app: 3, credentials: 4, mapping: 3, attributes: 2, start: 3 },
  JUMPCLOUD: { prepare: 2, app: 3, credentials: 4, mapping: 2, attributes: 2, start: 3 },
  GENERIC: { prepare: 2, app: 1, credentials: 3, mapping: 2, attributes: 2, start: 2 },
};

/** stepAt reads a step from the address: its name, or its number from 1. */
export function stepAt(text: string | undefined): Step {
  return steps.find((s) => s === text) ?? steps[Number(text) - 1] ?? "prepare";
}

/** stepLeft is where a set-up was left off, by what has come of it. */
export function stepLeft(s: {
  userCount: number;
  lastHeardAt: string | null;
  hint: string | undefined;
}): Step {
  if (s.userCount > 0) return "start";
  if (s.lastHeardAt) return "mapping";
  return s.hint ? "credentials" : "prepare";
}

const local =
  /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[|[^.]+$)|\.(local|localhost|internal|test)$/;

/** isPublic says whether a provider in the cloud may be able to call an address: by https, and not within a network only. */
export function isPublic(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" && !local.test(hostname);
}

/** linkLines are the instructions that differ for who has only a set-up link. */
const linkLines: ReadonlySet<string> = new Set([
  "ENTRA.mapping.4",
  "ENTRA.attributes.1",
  "OKTA.attributes.1",
  "ONELOGIN.attributes.1",
  "JUMPCLOUD.attributes.1",
  "GENERIC.attributes.1",
]);

/** tokenLines are the instructions about a token that differ where there is one already. */
const tokenLines: ReadonlySet<string> = new Set([
  "ENTRA.credentials.3",
  "OKTA.credentials.4",
  "ONELOGIN.credentials.3",
  "JUMPCLOUD.credentials.3",
  "GENERIC.credentials.2",
]);

/** lineText is the text of an instruction, by how things stand. */
export function lineText(
  guide: Guided,
  step: Step,
  n: number,
  { byLink, hint }: { byLink: boolean; hint?: string | undefined },
): Key {
  const line = `${guide}.${step}.${n}`;
  if (hint && tokenLines.has(line)) return `setup.token.${line}` as Key;
  return (byLink && linkLines.has(line) ? `setup.link.${line}` : `setup.${line}`) as Key;
}

/** linkFixes are what somebody else must do for who has only a set-up link. */
const linkFixes = [
  "PAUSED",
  "ADMIN",
  "APPROVE",
  "REFUSE",
  "REVIVE",
  "MERGE",
  "DOMAIN",
  "GROUPS",
  "SERVER",
] as const;

/** fixText is the text of what to do about a refusal. */
export function fixText(fix: Fix, byLink: boolean): Key {
  const others = linkFixes.find((f) => f === fix);
  return byLink && others ? `setup.link.fix.${others}` : `setup.fix.${fix}`;
}
