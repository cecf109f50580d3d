/** Mapped is one row of a mapping: what the directory has, and what it is sent as. */
export interface Mapped {
  source: string;
  target: string;
  /** Whether it differs from what Entra begins with. */
  changed?: boolean;
}

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** entraMapping is the mapping of users that we advise for Entra, to compare with. */
export const entraMapping: readonly Mapped[] = [
  { source: "userPrincipalName", target: "userName" },
  { source: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")', target: "active" },
  { source: "displayName", target: "displayName" },
  { source: "objectId", target: "externalId", changed: true },
  { source: "givenName", target: "name.givenName" },
  { source: "surname", target: "name.familyName" },
  { source: "mail", target: 'emails[type eq "work"].value' },
  { source: "jobTitle", target: "title" },
  { source: "preferredLanguage", target: "preferredLanguage" },
  { source: "telephoneNumber", target: 'phoneNumbers[type eq "work"].value' },
  { source: "mobile", target: 'phoneNumbers[type eq "mobile"].value' },
  { source: "employeeId", target: `${enterprise}:employeeNumber` },
  { source: "department", target: `${enterprise}:department` },
  { source: "manager", target: `${enterprise}:manager` },
];

/** asCsv is a table in RFC 4180's form. A cell that a spreadsheet would run is made a text. */
export function asCsv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
