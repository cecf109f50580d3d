import { graphql, type ResultOf } from "../../lib/documents";

export const accountDocument = graphql(`
  query Account {
    viewer {
      id
      sessions {
        id
        createdAt
        seenAt
        expiresAt
        method
        address
        agent
        isCurrent
      }
      passkeys {
        id
        name
        createdAt
        lastUsedAt
      }
    }
  }
`);

type Account = ResultOf<typeof accountDocument>["viewer"];
export type ASession = Account["sessions"][number];
export type APasskey = Account["passkeys"][number];

const browsers = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const systems = [
  ["Windows", "Windows"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Mac OS X", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;

/** browserOf is what a browser's own name of itself comes down to, such as “Firefox, Linux”. */
export function browserOf(agent: string | null): string | undefined {
  if (!agent) return undefined;
  const find = (list: readonly (readonly [string, string])[]) =>
    list.find(([mark]) => agent.includes(mark))?.[1];
  return [find(browsers), find(systems)].filter(Boolean).join(", ") || agent.slice(0, 60);
}
