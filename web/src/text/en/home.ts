/** Texts of features/home. */
export const home = {
  "home.title": "Home",
} as const;
