/** Texts of features/connections. */
export const connections = {
  "connections.title": "Connections",
} as const;
