import type { VariablesOf } from "../../lib/documents";
import { windowOf } from "../../lib/pages";
import type { peopleDocument } from "./documents";

export const pageSize = 50;

type Address = Record<string, string | undefined>;
export type Question = VariablesOf<typeof peopleDocument>;

const orders = {
  name: { field: "DISPLAY_NAME", direction: "ASC" },
  "-name": { field: "DISPLAY_NAME", direction: "DESC" },
  user: { field: "USER_NAME", direction: "ASC" },
  "-user": { field: "USER_NAME", direction: "DESC" },
  new: { field: "CREATED", direction: "DESC" },
  old: { field: "CREATED", direction: "ASC" },
} as const;
export type Sort = keyof typeof orders;

/** sorts are the ways in which the list can be sorted, as they stand in the address. */
export const sorts = Object.keys(orders) as Sort[];

/** sortOf is how an address wants the list sorted: by name unless it says otherwise. */
export function sortOf(address: Address): Sort {
  return sorts.find((s) => s === address.sort) ?? "name";
}

const statuses = ["ACTIVE", "INACTIVE", "DELETED"] as const;

/** states are what the list can be narrowed to: a status, or that a directory asks to take somebody over. */
export const states = [...statuses, "WAITING"] as const;

export const roles = ["OWNER", "ADMIN", "AUDITOR", "LEARNER"] as const;

/** narrowing are the parameters that leave people out. */
export const narrowing = ["q", "f", "status", "role", "department", "connection"] as const;

/** questionOf is what an address asks the API for. */
export function questionOf(address: Address): Question {
  const status = statuses.find((s) => s === address.status);
  const role = roles.find((r) => r === address.role);
  return {
    ...windowOf(address, pageSize),
    search: address.q ?? null,
    filter: address.f ?? null,
    orderBy: orders[sortOf(address)],
    where: {
      ...(status && { statuses: [status] }),
      ...(address.status === "WAITING" && { linkAsked: true }),
      ...(role && { roles: [role] }),
      ...(address.department === "none" && { withoutDepartment: true }),
      ...(address.department && address.department !== "none" && { departmentIds: [address.department] }),
      ...(address.connection === "local" && { local: true }),
      ...(address.connection && address.connection !== "local" && { connectionIds: [address.connection] }),
    },
  };
}

/** narrowed says whether an address leaves anybody out. */
export function narrowed(address: Address): boolean {
  return narrowing.some((p) => address[p]);
}
