/**
 * The part of SCIM's filter language (RFC 7644, section 3.4.2.2) that fits into
 * rows of attribute, operator and value, all of which must hold. Everything else
 * stays text.
 */
export type Kind = "text" | "boolean" | "time";

/** attributes are what rows can ask of a person, in the order of the list. */
export const attributes = {
  userName: "text",
  displayName: "text",
  "name.givenName": "text",
  "name.familyName": "text",
  "emails.value": "text",
  title: "text",
  department: "text",
  active: "boolean",
  employeeNumber: "text",
  costCenter: "text",
  division: "text",
  organization: "text",
  userType: "text",
  externalId: "text",
  preferredLanguage: "text",
  locale: "text",
  timezone: "text",
  "meta.created": "time",
  "meta.lastModified": "time",
} as const satisfies Record<string, Kind>;

export type Attribute = keyof typeof attributes;

/** operators are those that each kind of attribute knows. */
export const operators = {
  text: ["eq", "ne", "co", "sw", "ew", "pr"],
  boolean: ["eq"],
  time: ["ge", "lt"],
} as const satisfies Record<Kind, readonly string[]>;

export type Operator = (typeof operators)[Kind][number];

/** Row is one condition. value of a boolean is true or false. */
export interface Row {
  attribute: Attribute;
  operator: Operator;
  value: string;
}

/** writeFilter is the text of rows. */
export function writeFilter(rows: readonly Row[]): string {
  return rows
    .map((r) => {
      if (r.operator === "pr") return `${r.attribute} pr`;
      const value = attributes[r.attribute] === "boolean" ? r.value : JSON.stringify(r.value);
      return `${r.attribute} ${r.operator} ${value}`;
    })
    .join(" and ");
}

const names = new Map(Object.keys(attributes).map((a) => [a.toLowerCase(), a as Attribute]));
const condition = /^\s*([A-Za-z][\w.]*)\s+([A-Za-z]{2})(?:\s+("(?:[^"\\]|\\.)*"|[^\s()"]+))?(?=\s|$)/;

/** readFilter is a text as rows; undefined when rows can't say what it says. */
export function readFilter(text: string): Row[] | undefined {
  const rows: Row[] = [];
  let rest = text.trim();
  while (rest !== "") {
    if (rows.length > 0) {
      const and = /^and\s+/i.exec(rest);
      if (!and) return undefined;
      rest = rest.slice(and[0].length);
    }
    const read = readRow(rest);
    if (!read) return undefined;
    rows.push(read.row);
    rest = read.rest;
  }
  return rows;
}

function readRow(text: string): { row: Row; rest: string } | undefined {
  const present = /^([A-Za-z][\w.]*)\s+pr(?=\s|$)/i.exec(text);
  const found = present ?? condition.exec(text);
  const attribute = names.get(found?.[1]?.toLowerCase() ?? "");
  if (!found || !attribute) return undefined;
  const kind: Kind = attributes[attribute];
  const operator = (present ? "pr" : found[2]?.toLowerCase()) as Operator;
  if (!(operators[kind] as readonly string[]).includes(operator)) return undefined;
  const value = present ? "" : readValue(kind, found[3]);
  if (value === undefined) return undefined;
  return { row: { attribute, operator, value }, rest: text.slice(found[0].length).trimStart() };
}

function readValue(kind: Kind, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (kind === "boolean") {
    const bare = text.replace(/^"(.*)"$/, "$1").toLowerCase();
    return bare === "true" || bare === "false" ? bare : undefined;
  }
  if (!text.startsWith('"')) return undefined;
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
