/** Texts of features/audit. */
export const audit = {
  "audit.title": "Audit trail",
} as const;
