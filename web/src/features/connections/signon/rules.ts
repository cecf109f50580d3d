import type { VariablesOf } from "../../../lib/documents";
import type { RoleRule, updateSignOnDocument } from "./documents";

/** Rule is one that gives a role, as it is edited: by a group, or by a claim with a value. */
export interface Rule {
  key: string;
  by: "group" | "claim";
  groupId: string;
  claim: string;
  value: string;
  role: Given;
}

/** Given are the roles that a rule may give. */
export type Given = "ADMIN" | "AUDITOR" | "LEARNER";
export const given: readonly Given[] = ["ADMIN", "AUDITOR", "LEARNER"];

type Input = NonNullable<VariablesOf<typeof updateSignOnDocument>["input"]["roles"]>[number];

export function ruleOf(r: RoleRule, i: number): Rule {
  return {
    key: `was ${i}`,
    by: r.groupId ? "group" : "claim",
    groupId: r.groupId ?? "",
    claim: r.claim ?? "",
    value: r.value ?? "",
    role: given.find((g) => g === r.role) ?? "LEARNER",
  };
}

/** usable is a rule as the API takes it. */
export function usable(r: Rule): Input {
  return r.by === "group"
    ? { groupId: r.groupId || null, role: r.role }
    : { claim: r.claim.trim(), value: r.value.trim(), role: r.role };
}
