import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { loadPageTexts } from "../text";
import { NotFound } from "../ui/Notice";
import { App } from "./App";
import { Broken } from "./Broken";

/** nowhere is shown for an address that is no page's, without the frame around it. */
const nowhere = () => (
  <main>
    <NotFound />
  </main>
);

const root = createRootRoute({ notFoundComponent: nowhere, errorComponent: Broken });

/** signedIn is around the pages for who is signed in: all but one. */
const signedIn = createRoute({ getParentRoute: () => root, id: "signedin", component: App });

/** search lets a page read its own query parameters; each page says which it knows. */
const search = (parameters: Record<string, unknown>) => parameters as Record<string, string | undefined>;

/** withTexts brings a page together with its texts. Home, which is mostly opened first, has them in the frame. */
// biome-ignore lint/suspicious/noExplicitAny: what the router takes a component for; pages have no props
async function withTexts(load: () => Promise<Record<string, any>>) {
  const [parts] = await Promise.all([load(), loadPageTexts()]);
  return parts;
}

function page<Path extends string>(path: Path, load: () => Promise<Record<string, unknown>>, name: string) {
  return createRoute({
    getParentRoute: () => signedIn,
    path,
    validateSearch: search,
    component: lazyRouteComponent(path === "/" ? load : () => withTexts(load), name),
    errorComponent: Broken,
  });
}

/** Every address of the console. */
const routes = [
  page("/", () => import("../features/home/Home"), "Home"),
  page("/people", () => import("../features/people/People"), "People"),
  page("/people/duplicates", () => import("../features/people/Duplicates"), "Duplicates"),
  page("/people/waiting", () => import("../features/people/Waiting"), "Waiting"),
  page("/people/chart", () => import("../features/people/OrgChart"), "OrgChart"),
  page("/people/$id", () => import("../features/people/Person"), "Person"),
  page("/groups", () => import("../features/groups/Groups"), "Groups"),
  page("/groups/$id", () => import("../features/groups/OneGroup"), "OneGroup"),
  page("/departments", () => import("../features/departments/Departments"), "Departments"),
  page("/departments/$id", () => import("../features/departments/OneDepartment"), "OneDepartment"),
  page("/connections", () => import("../features/connections/Connections"), "Connections"),
  page("/connections/new", () => import("../features/connections/NewConnection"), "NewConnection"),
  page("/connections/$id", () => import("../features/connections/OneConnection"), "OneConnection"),
  page("/connections/$id/setup", () => import("../features/connections/Setup"), "Setup"),
  page("/log", () => import("../features/log/Log"), "Log"),
  page("/log/$id", () => import("../features/log/LogRow"), "LogRow"),
  page("/audit", () => import("../features/audit/Audit"), "Audit"),
  page("/tokens", () => import("../features/tokens/Tokens"), "Tokens"),
  page("/api", () => import("../features/settings/Api"), "Api"),
  page("/settings", () => import("../features/settings/Settings"), "Settings"),
  page("/account", () => import("../features/settings/Account"), "Account"),
];

/** setup is for who has a set-up link and no account. */
const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: search,
  component: lazyRouteComponent(
    () => withTexts(() => import("../features/connections/SetupLink")),
    "SetupLink",
  ),
  errorComponent: Broken,
});

export const router = createRouter({
  routeTree: root.addChildren([signedIn.addChildren(routes), setup]),
  defaultPreload: "intent",
  scrollRestoration: true,
  // Values in the address are texts as they stand there, not JSON.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (values) => {
    const text = new URLSearchParams(
      Object.entries(values).flatMap(([k, v]) => (v === undefined || v === "" ? [] : [[k, String(v)]])),
    ).toString();
    return text && `?${text}`;
  },
});
