/** texts are the facts of a person that are plain text, as forms and the API name them. */
export const texts = [
  "displayName",
  "givenName",
  "familyName",
  "email",
  "title",
  "employeeNumber",
  "costCenter",
  "division",
  "company",
  "userType",
  "preferredLanguage",
  "locale",
  "timezone",
] as const;
export type TextField = (typeof texts)[number];

/** few are those that a new person usually needs. */
export const few: readonly TextField[] = ["displayName", "givenName", "familyName", "email", "title"];

/** Form is what is typed about a person. */
export interface Form {
  userName: string;
  texts: Partial<Record<TextField, string>>;
  department: { id: string; name: string } | null;
  manager: { id: string; name: string } | null;
}

export const emptyForm: Form = { userName: "", texts: {}, department: null, manager: null };

/** changesOf is what of a form differs from how it began, as updateUser wants it. */
export function changesOf(before: Form, now: Form): Record<string, string | null> {
  const changes: Record<string, string | null> = {};
  if (now.userName.trim() !== before.userName) changes.userName = now.userName.trim();
  for (const field of texts) {
    const text = (now.texts[field] ?? "").trim();
    if (text !== (before.texts[field] ?? "")) changes[field] = text || null;
  }
  if (now.department?.id !== before.department?.id) changes.departmentId = now.department?.id ?? null;
  if (now.manager?.id !== before.manager?.id) changes.managerId = now.manager?.id ?? null;
  return changes;
}
