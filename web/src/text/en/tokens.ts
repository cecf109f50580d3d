/** Texts of features/tokens. */
export const tokens = {
  "tokens.title": "Tokens and secrets",
} as const;
