import { graphql, type ResultOf, type VariablesOf } from "../../lib/documents";
import { boundsOf } from "../../lib/period";
import type { Key, Say } from "../../text";
import { audit } from "../../text/en/audit";
import type { Tone } from "../../ui/Status";

export const auditDocument = graphql(`
  query Audit($after: String, $where: AuditWhere) {
    auditTrail(first: 50, after: $after, where: $where) {
      nodes {
        id
        createdAt
        type
        entity
        entityId
        entityName
        actor
        actorId
        actorName
        correlationId
        before
        after
        added
        removed
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** AnEvent is one entry of the trail. */
export type AnEvent = ResultOf<typeof auditDocument>["auditTrail"]["nodes"][number];

export const entities = [
  "User",
  "Group",
  "Department",
  "Connection",
  "SignOn",
  "Identity",
  "PendingLink",
  "Domain",
  "ScimClient",
  "Attribute",
  "Token",
  "Session",
  "SignInLink",
  "Rehearsal",
  "Passkey",
  "Download",
  "Organization",
] as const;

/** deeds are the verbs that can be asked for, whatever they happened to. */
export const deeds = [
  "created",
  "updated",
  "deactivated",
  "reactivated",
  "deleted",
  "restored",
  "role_changed",
  "linked",
  "merged",
  "rotated",
  "revoked",
  "started",
  "ended",
  "redeemed",
  "first_used",
  "sign_in_refused",
] as const;

/** Parameters of the address that filter the trail. */
export const filters = [
  "entity",
  "deed",
  "person",
  "by",
  "since",
  "from",
  "to",
  "id",
  "correlation",
  "reference",
] as const;

type Where = NonNullable<VariablesOf<typeof auditDocument>["where"]>;

/** whereOf is the condition that an address stands for. A deed alone is asked for of everything that there is. */
export function whereOf(
  address: Record<string, string | undefined>,
  now: Date,
  zone: string | undefined,
): Where {
  const entity = entities.find((e) => e === address.entity)?.toLowerCase();
  const deed = deeds.find((d) => d === address.deed);
  const types = deed
    ? (entity ? [entity] : entities.map((e) => e.toLowerCase())).map((e) => `${e}.${deed}`)
    : entity && [`${entity}.*`];
  const about = address.person ?? address.id;
  return {
    ...boundsOf(
      {
        ...(address.since && { since: address.since }),
        ...(address.from && { from: address.from }),
        ...(address.to && { to: address.to }),
      },
      now,
      zone,
    ),
    ...(types && { types }),
    ...(about && { entityId: about }),
    ...(address.by && { actorId: address.by }),
    ...(address.reference && { reference: address.reference }),
    ...(address.correlation && { correlationId: address.correlation }),
  };
}

// Columns that follow from others.
const derived = ["managerValue", "attributes", "deletedAt", "seenAt"];

/** A field that an event changed. */
export interface Changed {
  attribute: string;
  old: unknown;
  new: unknown;
}

/** changesOf are the fields that differ; settings are taken apart. */
export function changesOf(event: Pick<AnEvent, "before" | "after">): Changed[] {
  const before = flat(event.before);
  const after = flat(event.after);
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .map((attribute) => ({ attribute, old: before[attribute], new: after[attribute] }))
    .filter((c) => JSON.stringify(c.old ?? null) !== JSON.stringify(c.new ?? null));
}

function flat(fields: unknown): Record<string, unknown> {
  if (!fields || typeof fields !== "object") return {};
  const { settings, ...rest } = fields as Record<string, unknown>;
  return { ...rest, ...(settings && typeof settings === "object" ? settings : {}) };
}

/** spoken is a field as one says it: managerId is the manager. */
export function spoken(field: string): string {
  return field
    .replace(/^(manager|department|user|owner|connection)Id$/, "$1")
    .replace(/([A-Z])/g, " $1")
    .trim()
    .toLowerCase();
}

/** deedOf says what happened, without to whom. */
export function deedOf(event: AnEvent, say: Say): string {
  const verb = event.type.slice(event.type.indexOf(".") + 1);
  if (verb === "updated") {
    const fields = changesOf(event)
      .map((c) => c.attribute)
      .filter((f) => !derived.includes(f))
      .map(spoken);
    const parts: string[] = [];
    if (fields.length > 0) parts.push(say("audit.was.changed", { fields: fields.join(", ") }));
    if (event.added.length + event.removed.length > 0)
      parts.push(
        say("audit.was.members", {
          added: event.added.length,
          removed: event.removed.length,
          both: event.added.length > 0 && event.removed.length > 0 ? "yes" : "no",
        }),
      );
    return parts.join("; ") || say("audit.was.updated");
  }
  const key = [`audit.was.${event.entity}.${verb}`, `audit.was.${verb}`].find((k) => k in audit);
  const deed = key ? say(key as Key) : say("audit.was.other", { verb: verb.replaceAll("_", " ") });
  const role = changesOf(event).find((c) => c.attribute === "role");
  return role?.old && role.new === "LEARNER" && verb !== "role_changed"
    ? say("audit.was.withoutRole", { deed, role: role.old })
    : deed;
}

/** toneOf draws the eye to what ended. */
export function toneOf(event: Pick<AnEvent, "type">): Tone {
  const verb = event.type.slice(event.type.indexOf(".") + 1);
  if (["created", "reactivated", "restored", "revived", "resumed"].includes(verb)) return "good";
  if (["deactivated", "deleted", "revoked", "suspended", "purged"].includes(verb)) return "bad";
  if (verb.endsWith("refused")) return "bad";
  return "quiet";
}

/** idsIn are the ids of people and departments among an event's values, for their names to be asked for. */
export function idsIn(event: AnEvent): { people: string[]; departments: string[] } {
  const of = (fields: string[]) => [
    ...new Set(
      changesOf(event)
        .filter((c) => fields.includes(c.attribute))
        .flatMap((c) => [c.old, c.new])
        .filter((v): v is string => typeof v === "string"),
    ),
  ];
  return {
    people: [
      ...of(["managerId", "userId", "ownerId", "merged", "mergedInto", "madeBy"]),
      ...event.added,
      ...event.removed,
    ].slice(0, 200),
    departments: of(["departmentId"]),
  };
}
