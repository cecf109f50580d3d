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

const early = 60 * 24 * 3600 * 1000; // a secret of an identity provider takes somebody else to renew
const soon = 30 * 24 * 3600 * 1000;
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
  for (const t of data.tokens) {
    if (!t.expiresAt || t.status !== "WORKING") continue;
    const end = new Date(t.expiresAt);
    const left = end.getTime() - now.getTime();
    if (left > soon) continue;
    const connection = data.connections.find((c) => c.id === t.connection?.id)?.name ?? "";
    hands.push({
      id: `token ${t.id}`,
      tone: left < verySoon ? "bad" : "warn",
      harm: left < verySoon ? 90 : 55,
      title: { key: "home.hand.expires", values: { name: t.name, connection, when: inWords(end) } },
      text: { key: "home.hand.expiresText" },
      action: { to: "/tokens", label: { key: "home.hand.token" } },
    });
  }
  for (const c of data.connections) {
    for (const s of c.signOn?.enabled ? c.signOn.secrets : []) {
      const left = s.expiresAt ? new Date(s.expiresAt).getTime() - now.getTime() : Number.POSITIVE_INFINITY;
      if (left > early) continue;
      hands.push({
        id: `secret ${s.id}`,
        tone: left < verySoon ? "bad" : "warn",
        harm: left < verySoon ? 92 : 56,
        title: {
          key: s.key ? "home.hand.keyEnds" : "home.hand.secretEnds",
          values: { connection: c.name, when: inWords(new Date(s.expiresAt ?? now)) },
        },
        text: { key: "home.hand.secretText" },
        action: { to: `/connections/${c.id}?tab=signon`, label: { key: "home.hand.signOn" } },
      });
    }
  }
  for (const c of data.connections) {
    // While the provider changes its certificate, the old one ends without harm.
    const last =
      c.signOn?.enabled &&
      c.signOn.certificates
        .map((k) => k.notAfter)
        .sort()
        .at(-1);
    if (!last) continue;
    const left = new Date(last).getTime() - now.getTime();
    if (left > early) continue;
    hands.push({
      id: `certificate ${c.id}`,
      tone: left < verySoon ? "bad" : "warn",
      harm: left < verySoon ? 92 : 56,
      title: {
        key: "home.hand.certificateEnds",
        values: { connection: c.name, when: inWords(new Date(last)) },
      },
      text: { key: "home.hand.certificateText" },
      action: { to: `/connections/${c.id}?tab=signon`, label: { key: "home.hand.signOn" } },
    });
  }
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
