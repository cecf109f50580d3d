import type { Key } from "../../../text";
import type { LogRow } from "./documents";

/** Call is what came of the credentials: nothing yet, let in, or turned away. */
export type Call =
  | { state: "waiting" }
  | { state: "good"; row: LogRow; test: boolean }
  | { state: "bad"; row: LogRow; fix: Key; end: string | undefined };

/** Failure is a reason for which requests are refused, and which nothing has put right since. */
export interface Failure {
  /** The newest such request. */
  row: LogRow;
  /** What was answered, without ids. */
  detail: string;
  fix: Key;
  /** How many people or groups it keeps back. */
  count: number;
}

/** Heard is what the directory has done so far, as far as the set-up wants to know. */
export interface Heard {
  call: Call;
  person: { row: LogRow; attributes: number; undeclared: number } | undefined;
  group: LogRow | undefined;
  failures: Failure[];
}

const mostFailures = 5;

/** heard reads rows of the log, newest first. declared are whole names of custom attributes. */
export function heard(rows: readonly LogRow[], connection: string, declared: ReadonlySet<string>): Heard {
  // A token that nobody knows belongs to no connection: it may have been meant for this one.
  const ours = rows.filter(
    (r) => r.connectionId === connection || (r.connectionId === null && r.status === 401),
  );
  const people = ours.filter((r) => r.method === "POST" && r.path.startsWith("/Users") && r.status === 201);
  const first = people.at(-1);
  return {
    call: callOf(ours),
    person: first && { row: first, ...counted(first.requestBody, declared) },
    group: ours.findLast((r) => r.method === "POST" && r.path.startsWith("/Groups") && r.status === 201),
    failures: failuresOf(ours),
  };
}

function callOf(rows: readonly LogRow[]): Call {
  const row = rows.find((r) => r.connectionId !== null || r.status === 401);
  if (!row) return { state: "waiting" };
  if (row.status !== 401)
    return { state: "good", row, test: row.method === "GET" && row.path.includes("filter=") };
  const detail = row.detail ?? "";
  return { state: "bad", row, fix: credentialFix(detail), end: /it ends in …(.+)$/.exec(detail)?.[1] };
}

const credentialFixes: readonly [RegExp, Key][] = [
  [/no (bearer )?token/, "setup.fix.noToken"],
  [/wrong shape|checksum/, "setup.fix.cutToken"],
  [/unknown token/, "setup.fix.unknownToken"],
  [/revoked/, "setup.fix.revoked"],
  [/expired/, "setup.fix.expired"],
  [/paused/, "setup.fix.paused"],
  [/another organization/, "setup.fix.organization"],
];

function credentialFix(detail: string): Key {
  return credentialFixes.find(([form]) => form.test(detail))?.[1] ?? "setup.fix.token";
}

const fixes: readonly [RegExp, Key][] = [
  [/administrative role/, "setup.fix.admin"],
  [/administrator can approve/, "setup.fix.approve"],
  [/does not take over local people/, "setup.fix.refuse"],
  [/belongs to the deactivated/, "setup.fix.revive"],
  [/two people|merge the two/, "setup.fix.merge"],
  [/another connection/, "setup.fix.other"],
  [/is in use/, "setup.fix.taken"],
  [/domain/, "setup.fix.domain"],
  [/[Gg]roups are/, "setup.fix.groups"],
];

/** fixOf is what to do about a refused request. */
export function fixOf(row: LogRow): Key {
  if (row.status === 501 && row.path.startsWith("/Groups")) return "setup.fix.groups";
  if (row.status === 429) return "setup.fix.busy";
  if (row.status >= 500) return "setup.fix.server";
  return fixes.find(([form]) => form.test(row.detail ?? ""))?.[1] ?? "setup.fix.other400";
}

function failuresOf(rows: readonly LogRow[]): Failure[] {
  const settled = new Set<string>();
  const failures = new Map<Key, Failure>();
  for (const row of rows) {
    const subject = subjectOf(row);
    if (row.status < 400) {
      if (subject && row.method !== "GET") settled.add(subject);
      continue;
    }
    if (row.status === 401 || row.status === 404 || (subject && settled.has(subject))) continue;
    if (subject) settled.add(subject);
    const fix = fixOf(row);
    const known = failures.get(fix);
    if (known) known.count++;
    else failures.set(fix, { row, detail: sentence(row.detail ?? row.operation), fix, count: 1 });
  }
  return [...failures.values()].slice(0, mostFailures);
}

const ids = / [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** sentence is the server's with a capital, and with dots for ids: there is a link. */
function sentence(detail: string): string {
  const text = detail.replaceAll(ids, " …").replace(/ \(reference …\)$/, "");
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** subjectOf is whom a request is about: the name that it sends, else the id. */
function subjectOf(row: LogRow): string | undefined {
  const body = parsed(row.requestBody);
  const name = body?.userName ?? body?.displayName;
  return typeof name === "string" ? name.toLowerCase() : (row.targetId ?? undefined);
}

function parsed(text: string | null): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // cut at 16 kB
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** counted is how many attributes with a value a person came with, and how many of them nobody declared. */
function counted(text: string | null, declared: ReadonlySet<string>) {
  let attributes = 0;
  let undeclared = 0;
  for (const [key, value] of Object.entries(parsed(text) ?? {})) {
    if (key === "schemas" || key === "meta" || isEmpty(value)) continue;
    if (!key.toLowerCase().startsWith("urn:") || !isObject(value)) {
      attributes++;
      continue;
    }
    for (const [name, inner] of Object.entries(value)) {
      if (isEmpty(inner)) continue;
      attributes++;
      const standard = key.toLowerCase().startsWith("urn:ietf:params:scim:schemas:");
      if (!standard && !declared.has(`${key}:${name}`.toLowerCase())) undeclared++;
    }
  }
  return { attributes, undeclared };
}

const isEmpty = (value: unknown) =>
  value === null || value === "" || (Array.isArray(value) && value.length === 0);
