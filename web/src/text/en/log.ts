/** Texts of features/log. */
export const log = {
  "log.title": "Provisioning log",
} as const;
