import { plainReason, plainSummary } from "../../lib/health";
import type { Key } from "../../text";
import type { Tone } from "../../ui/Status";
import type { HomeConnection, HomeData } from "./documents";

/** Words are a text of the catalogue with its values, or a sentence of the server. */
export type Words = string | { key: Key; values?: Record<string, unknown> };

/** Hand is one thing that an administrator should do. */
export interface Hand {
  id: string;
  tone: Tone;
  /** What is wrong; the larger the harm, the further in front. */
  title: Words;
  text?: Words;
  /** When it was last seen. */
  at?: string;
  harm: number;
  action: { to: string; label: Words };
}

const early = 60 * 24 * 3600 * 1000; // when the mails begin: others have to renew what ends
const verySoon = 7 * 24 * 3600 * 1000;

/** handsOf is what needs a hand, in order of harm. */
export function handsOf(data: HomeData, now: Date, inWords: (at: Date) => string): Hand[] {
  const hands = data.connections.flatMap(ofConnection);
  for (const c of data.connections) {
    const asked = data.users.nodes.filter((u) => u.linkAskedBy?.id === c.id);
    const [first] = asked;
    if (!first) continue;
    hands.push({
      id: `link ${c.id}`,
      tone: "warn",
      harm: 60,
      title:
        asked.length === 1
          ? { key: "home.hand.linkOne", values: { name: first.name, connection: c.name } }
          : { key: "home.hand.linkMany", values: { count: asked.length, connection: c.name } },
      text: { key: "home.hand.linkText", values: { count: asked.length } },
      action:
        asked.length === 1
          ? { to: `/people/${first.id}`, label: { key: "home.hand.person", values: { name: first.name } } }
          : { to: "/people?status=WAITING", label: { key: "home.hand.people" } },
    });
  }
  hands.push(...data.connections.flatMap((c) => endsOf(c, now, inWords)));
  for (const c of data.connections) {
    if (!c.signOn?.enabled || c.signOn.vouched) continue;
    hands.push({
      id: `vouch ${c.id}`,
      tone: "warn",
      harm: 57,
      title: { key: "home.hand.vouch", values: { connection: c.name } },
      text: { key: "home.hand.vouchText" },
      action: { to: `/connections/${c.id}?tab=signon`, label: { key: "home.hand.signOn" } },
    });
  }
  for (const d of data.domains) {
    const lapsed = !d.verifiedAt && d.checkedAt;
    if (!lapsed && !d.lapsesAt) continue;
    hands.push({
      id: `domain ${d.id}`,
      tone: "bad",
      harm: 91,
      title: lapsed
        ? { key: "home.hand.domainLapsed", values: { name: d.name } }
        : {
            key: "home.hand.domain",
            values: { name: d.name, when: inWords(new Date(d.lapsesAt ?? now)) },
          },
      text: { key: "home.hand.domainText" },
      action: { to: "/settings", label: { key: "home.hand.domainSee" } },
    });
  }
  if (data.waitingAccounts.length > 0)
    hands.push({
      id: "waiting accounts",
      tone: "warn",
      harm: 58,
      title: { key: "home.hand.accounts", values: { count: data.waitingAccounts.length } },
      text: { key: "home.hand.accountsText" },
      action: { to: "/people/waiting", label: { key: "home.hand.accountsSee" } },
    });
  return hands.sort((a, b) => b.harm - a.harm);
}

/** endsOf is what ends of a connection, so that its directory or its people can't come in. */
function endsOf(c: HomeConnection, now: Date, inWords: (at: Date) => string): Hand[] {
  const hands: Hand[] = [];
  function ends(id: string, at: string, title: Key, text: Words, tab: string, label: Key) {
    const left = new Date(at).getTime() - now.getTime();
    if (left > early) return;
    const ended = left <= 0 ? "yes" : "no";
    hands.push({
      id,
      tone: left < verySoon ? "bad" : "warn",
      harm: left < verySoon ? 92 : 56,
      title: { key: title, values: { connection: c.name, when: inWords(new Date(at)), ended } },
      text: typeof text === "string" ? text : { ...text, values: { ...text.values, ended } },
      action: { to: `/connections/${c.id}?tab=${tab}`, label: { key: label } },
    });
  }
  const end = c.credentialsEnd;
  // When none works any more, the health says so.
  if (end && c.enabled && (end.unusedSpare || new Date(end.at) > now))
    ends(
      `credentials ${c.id}`,
      end.at,
      "home.hand.credentialsEnd",
      { key: end.unusedSpare ? "home.hand.unusedText" : "home.hand.credentialsText" },
      "tokens",
      "home.hand.token",
    );
  if (!c.signOn?.enabled) return hands;
  for (const s of c.signOn.secrets)
    if (s.needed && s.expiresAt)
      ends(
        `secret ${s.id}`,
        s.expiresAt,
        s.key ? "home.hand.keyEnds" : "home.hand.secretEnds",
        { key: "home.hand.secretText" },
        "signon",
        "home.hand.signOn",
      );
  // While the provider changes its certificate, the old one ends without harm.
  const last = c.signOn.certificates
    .map((k) => k.notAfter)
    .sort()
    .at(-1);
  if (last)
    ends(
      `certificate ${c.id}`,
      last,
      "home.hand.certificateEnds",
      { key: "home.hand.certificateText" },
      "signon",
      "home.hand.signOn",
    );
  return hands;
}

function ofConnection(c: HomeConnection): Hand[] {
  const hands: Hand[] = [];
  const { status, summary, overdueSince, problems, advice } = c.health;
  const page = `/connections/${c.id}`;
  const named = (sentence: string) => `${c.name}: ${sentence}`;
  if (status === "WAITING" || status === "PAUSED") {
    const waiting = status === "WAITING";
    hands.push({
      id: `${status} ${c.id}`,
      tone: "quiet",
      harm: waiting ? 40 : 50,
      title: { key: waiting ? "home.hand.waiting" : "home.hand.paused", values: { connection: c.name } },
      text: { key: waiting ? "home.hand.waitingText" : "home.hand.pausedText" },
      action: waiting
        ? { to: `${page}/setup`, label: { key: "home.hand.setup" } }
        : { to: page, label: { key: "home.hand.resume" } },
    });
  } else if (overdueSince || (status === "FAILING" && problems.length === 0)) {
    hands.push({
      id: `late ${c.id}`,
      tone: status === "FAILING" ? "bad" : "warn",
      harm: status === "FAILING" ? 100 : 70,
      title: named(plainSummary(summary)),
      action: { to: page, label: { key: "home.hand.late" } },
    });
  }
  for (const p of problems) {
    hands.push({
      id: `problem ${p.exampleId}`,
      tone: status === "FAILING" || p.targets > 0 ? "bad" : "warn",
      harm: (status === "FAILING" ? 95 : 80) + Math.min(p.targets / 1000, 4),
      title: {
        key: "home.hand.problem",
        values: { targets: p.targets, requests: p.requests, detail: plainReason(p.detail) },
      },
      text: c.name,
      at: p.lastSeenAt,
      action: { to: `/log/${p.exampleId}`, label: { key: "home.hand.request" } },
    });
  }
  for (const a of advice) {
    hands.push({
      id: `${a.code} ${c.id}`,
      tone: "quiet",
      harm: 20 + Math.min(a.users / 10_000, 9),
      title: named(a.message),
      action: { to: `${page}/setup?step=mapping`, label: { key: "home.hand.mapping" } },
    });
  }
  return hands;
}
