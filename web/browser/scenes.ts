import type { Page } from "@playwright/test";
import type { Stage } from "./stage";

/** Scene is one page in one state. */
export interface Scene {
  name: string;
  path: string;
  /** Who looks: the owner of the full organization unless it says otherwise. */
  as?: "newcomer" | "babel" | "auditor" | "learner" | "stranger";
  /** How the network is: answers that never come, that fail, that break off, that know no session; streams that break off. */
  network?: "slow" | "failing" | "cut" | "ended" | "streamless";
  act?: (page: Page) => Promise<unknown>;
  /** Only on a phone. */
  phone?: boolean;
}

/** scenes are the console's pages and states. */
export function scenes(s: Stage): Scene[] {
  const page = (name: string, path: string, act?: Scene["act"]): Scene => ({
    name,
    path,
    ...(act && { act }),
  });
  const as = (who: Scene["as"], all: Scene[]): Scene[] =>
    all.map((scene) => ({ ...scene, name: `${scene.name}-${who}`, ...(who && { as: who }) }));
  const on = (network: Scene["network"], all: Scene[]): Scene[] =>
    all.map((scene) => ({ ...scene, name: `${scene.name}-${network}`, ...(network && { network }) }));
  const person = `/people/${s.person}`;
  const connection = `/connections/${s.connection}`;
  const setup = `/connections/${s.newConnection}/setup`;

  const home = page("home", "/");
  const people = page("people", "/people");
  const one = page("person", person);
  const groups = page("groups", "/groups");
  const departments = page("departments", "/departments");
  const connections = page("connections", "/connections");
  const log = page("log", "/log");
  const audit = page("audit", "/audit");
  const tokens = page("tokens", "/tokens");
  const settings = page("settings", "/settings");

  return [
    home,
    people,
    page("people-columns", "/people?cols=userName,title,department,employeeNumber,manager"),
    page("people-nobody", "/people?q=nobodyiscalledso"),
    page("people-one", `/people?f=${encodeURIComponent('userName eq "long@gallery.test"')}&filter=rows`),
    page("people-filter-wrong", `/people?filter=text&f=${encodeURIComponent("title xx 1")}`),
    page("people-selected", "/people", (p) =>
      p
        .getByRole("checkbox", { name: /^Select / })
        .last()
        .check(),
    ),
    page("people-new", "/people?do=new"),
    page("people-import", "/people?do=import"),
    page("people-export", "/people?do=export"),
    page("duplicates", "/people/duplicates"),
    page("duplicates-merge", `/people/duplicates?merge=${s.twins}`),
    page("waiting", "/people/waiting"),
    page("chart", `/people/chart?at=${s.person}`),
    one,
    page("person-history", `${person}?tab=history`),
    page("person-access", `${person}?tab=access`),
    page("person-edit", `${person}?do=edit`),
    page("person-link", `${person}?do=link`),
    page("person-role", `${person}?do=role`),
    page("person-delete", `${person}?do=delete`),
    page("person-long", `/people/${s.longPerson}`),
    page("person-gone", "/people/01900000-0000-7000-8000-000000000000"),
    groups,
    page("groups-new", "/groups?do=new"),
    page("group", `/groups/${s.group}`),
    page("group-add", `/groups/${s.localGroup}?do=add`),
    page("group-rename", `/groups/${s.localGroup}?do=rename`),
    page("group-long", `/groups/${s.longGroup}`),
    page("group-delete", `/groups/${s.localGroup}?do=delete`),
    departments,
    page("departments-new", "/departments?do=new"),
    page("department", `/departments/${s.department}`),
    page("department-empty", `/departments/${s.emptyDepartment}`),
    page("department-rename", `/departments/${s.department}?do=rename`),
    page("department-merge", `/departments/${s.department}?do=merge`),
    page("department-remove", `/departments/${s.emptyDepartment}?do=remove`),
    connections,
    page("connections-new", "/connections/new"),
    page("connection", connection),
    page("connection-unused", `/connections/${s.newConnection}`),
    page("connection-settings", `${connection}?tab=settings`),
    page("connection-signon", `${connection}?tab=signon`),
    page("connection-signon-oidc", `${connection}?tab=signon&by=oidc`),
    page("connection-signon-saml", `${connection}?tab=signon&by=saml`),
    page("connection-attributes", `${connection}?tab=attributes`),
    page("connection-tokens", `${connection}?tab=tokens`),
    page("connection-remove", `${connection}?do=remove`),
    ...[1, 2, 3, 4, 5, 6].map((step) => page(`setup-${step}`, `${setup}?step=${step}`)),
    page("setup-heard", `${connection}/setup?step=3`),
    log,
    page("log-filters", "/log?more=1&outcome=REFUSED"),
    page("log-none", "/log?q=nothingiscalledso"),
    page("log-paused", "/log?paused=1"),
    page("log-cycles", "/log?view=cycles"),
    page("log-causes", "/log?view=causes"),
    page("log-refused", `/log/${s.refused}`),
    page("log-changed", `/log/${s.changed}`),
    audit,
    page("audit-open", `/audit?open=${s.event}`),
    page("audit-export", "/audit?export=1"),
    tokens,
    page("tokens-api", "/tokens?new=api"),
    page("tokens-scim", "/tokens?new=scim"),
    page("tokens-personal", "/tokens?new=personal"),
    page("tokens-rotate", `/tokens?rotate=${s.token}`),
    page("tokens-revoke", `/tokens?revoke=${s.token}`),
    settings,
    page("settings-sso", "/settings?do=requiresso"),
    page("account", "/account"),
    page("palette", "/", (p) => p.keyboard.press("Control+k")),
    page("palette-found", "/settings", async (p) => {
      await p.keyboard.press("Control+k");
      await p.getByRole("dialog").getByRole("textbox").fill("an");
      await p.getByRole("dialog").getByRole("button", { name: /a/ }).first().waitFor();
    }),
    {
      ...page("pages", "/people", (p) => p.getByRole("button", { name: "Open the list of pages" }).click()),
      phone: true,
    },
    page("gone", "/settings/nowhere"),
    ...as("newcomer", [
      home,
      people,
      page("duplicates", "/people/duplicates"),
      page("chart", "/people/chart"),
      groups,
      departments,
      connections,
      log,
      page("log-cycles", "/log?view=cycles"),
      page("log-causes", "/log?view=causes"),
      audit,
      tokens,
    ]),
    ...as("babel", [
      home,
      people,
      page("people-columns", "/people?cols=userName,title,department,employeeNumber,manager"),
      ...[0, 1, 3, 4].map((i) => page(`person-${i}`, `/people/${s.awkwardPeople[i]}`)),
      page("person-history", `/people/${s.awkwardPeople[0]}?tab=history`),
      page("person-delete", `/people/${s.awkwardPeople[4]}?do=delete`),
      page("duplicates", "/people/duplicates"),
      page("chart", `/people/chart?at=${s.awkwardPeople[0]}`),
      groups,
      page("group", `/groups/${s.awkwardGroup}`),
      departments,
      page("department", `/departments/${s.awkwardDepartment}`),
      log,
      audit,
      settings,
    ]),
    ...as("auditor", [
      home,
      people,
      one,
      page("group", `/groups/${s.longGroup}`),
      connections,
      tokens,
      settings,
    ]),
    ...as("learner", [home]),
    ...as("stranger", [
      page("signin", "/signin"),
      page("link-spent", "/signin/link/spent"),
      page("signout", "/signout"),
      page("setup", s.setUpLink),
      page("setup-3", s.setUpLink.replace("#", "?step=3#")),
      page("setup-wrong", "/setup#rcu_spent"),
      page("setup-cut", "/setup"),
    ]),
    ...on("slow", [home, people, one, groups, departments, connections, log, audit, tokens, settings]),
    ...on("failing", [home, people, one, log, tokens]),
    ...on("cut", [home, people, log, settings]),
    ...on("ended", [home]),
    ...on("streamless", [home, log]),
  ];
}
