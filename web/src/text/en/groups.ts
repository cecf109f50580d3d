/** Texts of features/groups. */
export const groups = {
  "groups.title": "Groups",
} as const;
