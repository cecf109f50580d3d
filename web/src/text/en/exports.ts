/** Texts of the dialog that downloads a list. */
export const exports = {
  "export.open": "Export",
  "export.format": "Format",
  "export.CSV": "CSV, for spreadsheets",
  "export.JSONL": "JSON Lines, for programs",
  "export.act": "Download",
} as const;
