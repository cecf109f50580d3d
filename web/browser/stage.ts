import { type Organization, organization, rollcall } from "./console";
import { hostile } from "./hostile";

/** Stage is what the gallery's scenes need to know of what was made for them. */
export interface Stage {
  full: Organization;
  empty: Organization;
  awkward: Organization;
  /** Somebody of the directory with a manager, groups and a history; and somebody whose name is hard to show. */
  person: string;
  longPerson: string;
  group: string;
  longGroup: string;
  localGroup: string;
  department: string;
  emptyDepartment: string;
  connection: string;
  newConnection: string;
  refused: string;
  changed: string;
  event: string;
  token: string;
  twins: string;
  /** A set-up link for the new connection. */
  setUpLink: string;
  awkwardPeople: string[];
  awkwardGroup: string;
  awkwardDepartment: string;
}

const core = "urn:ietf:params:scim:schemas:core:2.0:User";
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";
const long =
  "Wolfeschlegelsteinhausenbergerdorff-Schwarzenberg-Rechtsschutzversicherungsgesellschaften 👩🏽‍🚀 عبد الرحمن محمد";

/** Names that are hard to show: from the right, without a space, of signs, of markup. */
const names = [
  "عبد الرحمن بن محمد بن يوسف الفارسي",
  "יעל כהן-לוי",
  "田中 さくら",
  "ᚠᚢᚦᚨᚱᚲ 👨‍👩‍👧‍👦🏳️‍🌈",
  `M${"o".repeat(110)}`,
  "Ñandú O’Brien-Łukaszewicz (ext.)",
  ...hostile.filter((_, i) => i % 9 === 0),
];

/** awkwardOrganization is one where every name is hard to show. */
async function awkwardOrganization() {
  const awkward = organization("awkward", "مركز التدريب <b>الدولي</b> & Söhne 👷");
  const people: string[] = [];
  let group = "";
  for (const [i, name] of names.entries()) {
    const person = await awkward.scim("/Users", {
      schemas: [core, enterprise],
      userName: i % 2 ? `${name}@awkward.test` : `user${i}@awkward.test`,
      displayName: name,
      title: name,
      emails: [{ value: `user${i}@awkward.test`, primary: true }],
      active: i % 3 !== 2,
      [enterprise]: {
        department: name,
        employeeNumber: `٤٧١١-${i}`,
        ...(people[0] && { manager: { value: people[0] } }),
      },
    });
    people.push(person.body.id ?? "");
    const made = await awkward.scim("/Groups", {
      schemas: [groupSchema],
      displayName: name,
      members: people.map((value) => ({ value })),
    });
    group ||= made.body.id ?? "";
  }
  await awkward.scim("/Users", { schemas: [core], userName: "user0@awkward.test", displayName: names[0] });
  const found = await awkward.api<{ departments: { nodes: { id: string; name: string }[] } }>(
    "{ departments(first: 50) { nodes { id name } } }",
  );
  return {
    awkward,
    awkwardPeople: people,
    awkwardGroup: group,
    awkwardDepartment: found.departments.nodes.find((d) => d.name === names[4])?.id ?? "",
  };
}

interface Made {
  twin: { user: { id: string } };
  group: { group: { id: string } };
  department: { department: { id: string } };
  connection: { connection: { id: string } };
}

interface Found {
  users: { nodes: { id: string; department: { id: string } }[] };
  groups: { nodes: { id: string }[] };
  connections: { id: string; name: string }[];
  provisioningLogs: { nodes: { id: string }[] };
  auditTrail: { nodes: { id: string }[] };
  tokens: { id: string }[];
}

/** furnish makes the organizations: one as a year's use leaves it, one that is new, one of awkward names. */
export async function furnish(): Promise<Stage> {
  const full = organization("gallery", "Northwind Training");
  const empty = organization("newcomer", "Newcomer Ltd");
  rollcall("simulate", "--base", full.base, "--token", full.token, "--users", "24", "--groups", "5");
  const person = await full.scim("/Users", {
    schemas: [core, enterprise, "urn:northwind:2.0:User"],
    userName: "long@gallery.test",
    displayName: long,
    title: "نائب الرئيس لشؤون التدريب والامتثال",
    emails: [{ value: `${"very.".repeat(12)}long@gallery.test`, primary: true }],
    active: true,
    [enterprise]: { department: `Abteilung für ${long}`, employeeNumber: "4711" },
    "urn:northwind:2.0:User": { badge: "B-2", languages: ["日本語", "עברית"] },
  });
  const refusal = await full.scim("/Users", { schemas: [core], userName: "long@gallery.test", active: true });
  const group = await full.scim("/Groups", {
    schemas: [groupSchema],
    displayName: `Gruppe ${long}`,
    members: [{ value: person.body.id }],
  });
  const made = await full.api<Made>(
    `mutation ($name: String!) {
      twin: createUser(input: { userName: "twin@gallery.test", displayName: $name, employeeNumber: "4711" }) { user { id } }
      group: createGroup(displayName: "First aiders") { group { id } }
      department: createDepartment(name: "Empty office") { department { id } }
      connection: createConnection(input: { name: "Okta of the factory", kind: OKTA }) { connection { id } }
    }`,
    { name: long },
  );
  const newConnection = made.connection.connection.id;
  const link = await full.api<{ createSetUpLink: { link: string } }>(
    `mutation ($id: ID!) { createSetUpLink(connectionId: $id, name: "IT of Northwind") { link } }`,
    { id: newConnection },
  );
  const found = await full.api<Found>(
    `{
      users(first: 1, filter: "title pr and manager pr") { nodes { id department { id } } }
      groups(first: 1) { nodes { id } }
      connections { id name }
      provisioningLogs(first: 1, where: { outcomes: [CHANGED], methods: ["PATCH"] }) { nodes { id } }
      auditTrail(first: 1, where: { types: ["user.updated"] }) { nodes { id } }
      tokens(kinds: [API]) { id }
    }`,
  );
  return {
    full,
    empty,
    ...(await awkwardOrganization()),
    person: found.users.nodes[0]?.id ?? "",
    longPerson: person.body.id ?? "",
    group: found.groups.nodes[0]?.id ?? "",
    longGroup: group.body.id ?? "",
    localGroup: made.group.group.id,
    department: found.users.nodes[0]?.department.id ?? "",
    emptyDepartment: made.department.department.id,
    connection: found.connections.find((c) => c.name === "default")?.id ?? "",
    newConnection,
    refused: /reference ([0-9a-f-]{36})/.exec(refusal.body.detail ?? "")?.[1] ?? "",
    changed: found.provisioningLogs.nodes[0]?.id ?? "",
    event: found.auditTrail.nodes[0]?.id ?? "",
    token: found.tokens[0]?.id ?? "",
    twins: `${made.twin.user.id}.${person.body.id}`,
    setUpLink: link.createSetUpLink.link,
  };
}
