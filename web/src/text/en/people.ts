/** Texts of features/people. */
export const people = {
  "people.title": "People",
} as const;
