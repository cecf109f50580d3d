import type { Kind } from "../documents";

/** The steps of a set-up, in their order. */
export const steps = ["prepare", "app", "credentials", "mapping", "attributes", "start"] as const;
export type Step = (typeof steps)[number];

/** Guided are the kinds with a guide of their own; the others follow GENERIC. */
export type Guided = "ENTRA" | "OKTA" | "ONELOGIN" | "JUMPCLOUD" | "GENERIC";

export const guideOf = (kind: Kind): Guided => (kind === "GOOGLE" ? "GENERIC" : kind);

/** lines is how many instructions each step has: the texts setup.KIND.STEP.1 and so on. */
export const lines: Record<Guided, Record<Step, number>> = {
  ENTRA: { prepare: 4, app: 5, credentials: 4, mapping: 4, attributes: 4, start: 4 },
  OKTA: { prepare: 2, app: 4, credentials: 5, mapping: 3, attributes: 2, start: 3 },
  ONELOGIN: { prepare: 2, app: 3, credentials: 4, mapping: 3, attributes: 2, start: 3 },
  JUMPCLOUD: { prepare: 2, app: 3, credentials: 4, mapping: 2, attributes: 2, start: 3 },
  GENERIC: { prepare: 2, app: 1, credentials: 3, mapping: 2, attributes: 2, start: 2 },
};

/** stepAt reads a step from the address: its name, or its number from 1. */
export function stepAt(text: string | undefined): Step {
  return steps.find((s) => s === text) ?? steps[Number(text) - 1] ?? "prepare";
}
