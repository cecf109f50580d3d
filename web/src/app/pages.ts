import {
  IconActivity,
  IconBuilding,
  IconHistory,
  IconHome,
  IconKey,
  IconPlug,
  IconSettings,
  IconTerminal2,
  IconUser,
  IconUsers,
} from "@tabler/icons-react";
import type { Key } from "../text";

/** The pages of the navigation, in its order, each with the scope that it needs. */
export const pages = [
  { to: "/", text: "nav.home", icon: IconHome, scope: "connections:read" },
  { to: "/people", text: "nav.people", icon: IconUser, scope: "users:read" },
  { to: "/groups", text: "nav.groups", icon: IconUsers, scope: "groups:read" },
  { to: "/departments", text: "nav.departments", icon: IconBuilding, scope: "departments:read" },
  { to: "/connections", text: "nav.connections", icon: IconPlug, scope: "connections:read" },
  { to: "/log", text: "nav.log", icon: IconActivity, scope: "log:read" },
  { to: "/audit", text: "nav.audit", icon: IconHistory, scope: "events:read" },
  { to: "/tokens", text: "nav.tokens", icon: IconKey, scope: "tokens:read" },
  { to: "/api", text: "nav.api", icon: IconTerminal2, scope: "users:read" },
  { to: "/settings", text: "nav.settings", icon: IconSettings, scope: "organization:read" },
] as const satisfies { to: string; text: Key; icon: typeof IconHome; scope: string }[];
