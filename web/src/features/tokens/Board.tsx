import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useMay, useViewer } from "../../app/session";
import { useAddress } from "../../lib/address";
import { relative } from "../../lib/time";
import { type Say, useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Status } from "../../ui/Status";
import { useNow, When } from "../../ui/When";
import { type AToken, ofOld, stateOf, works } from "./token";

/** Board lists tokens. all is where successors are looked for. */
export function Board(props: {
  rows: readonly AToken[] | undefined;
  all: readonly AToken[];
  empty: ReactNode;
}) {
  const { say } = useText();
  const now = useNow();
  return (
    <DataTable
      label={say("tokens.title")}
      rows={props.rows}
      id={(t) => t.id}
      name={(t) => t.name}
      empty={props.empty}
      expected={4}
      columns={[
        {
          key: "name",
          title: say("tokens.name"),
          cell: (t) => (
            <>
              <Text fw={500} dir="auto">
                {t.name}
              </Text>
              <Text size="xs" c="var(--faint)" ff="var(--mono)" dir="ltr">
                {t.hint}
              </Text>
            </>
          ),
        },
        { key: "for", title: say("tokens.for"), cell: (t) => <For token={t} /> },
        {
          key: "state",
          title: say("tokens.state"),
          width: "16rem",
          cell: (t) => {
            const { key, tone } = stateOf(t, now);
            return (
              <>
                <Status tone={tone}>{say(key)}</Status>
                <OfOld token={t} all={props.all} />
              </>
            );
          },
        },
        {
          key: "used",
          title: say("tokens.used"),
          width: "14rem",
          cell: (t) => (
            <>
              <When at={t.lastUsedAt} none={say("tokens.never")} />
              {t.lastUsedAt && (
                <Text size="xs" c="var(--faint)">
                  {[t.lastUsedBy, t.lastUsedFrom && say("tokens.usedFrom", { address: t.lastUsedFrom })]
                    .filter(Boolean)
                    .join(", ")}
                </Text>
              )}
            </>
          ),
        },
        {
          key: "ends",
          title: say("tokens.ends"),
          width: "9rem",
          cell: (t) => <When at={t.revokedAt ?? t.expiresAt} none={say("tokens.endsNever")} />,
        },
        { key: "acts", title: say("tokens.acts"), width: "5rem", cell: (t) => <Acts token={t} /> },
      ]}
    />
  );
}

function For({ token }: { token: AToken }) {
  const { say } = useText();
  return <span title={token.scopes.join(", ")}>{purpose(token, say)}</span>;
}

function purpose(t: AToken, say: Say): string {
  if (t.kind === "SCIM")
    return t.connection
      ? say("tokens.kind.scim", { connection: t.connection.name })
      : say("tokens.kind.scimGone");
  if (t.kind === "SETUP")
    return t.connection
      ? say("tokens.kind.setup", { connection: t.connection.name })
      : say("tokens.kind.setupGone");
  const count = t.scopes.length;
  if (t.owner) return say("tokens.kind.personal", { name: t.owner.name, count });
  return t.scopes.includes("all") ? say("tokens.kind.apiAll") : say("tokens.kind.api", { count });
}

function OfOld({ token, all }: { token: AToken; all: readonly AToken[] }) {
  const { say, locale } = useText();
  const now = useNow();
  const advice = ofOld(
    token,
    all.find((t) => t.id === token.replacedById),
    now,
  );
  if (!advice) return null;
  const when = token.lastUsedAt ? relative(new Date(token.lastUsedAt), now, locale) : "";
  return (
    <Text size="xs" c={advice.safe ? "var(--good)" : "var(--warn)"}>
      {say(advice.key, { when })}
    </Text>
  );
}

function Acts({ token }: { token: AToken }) {
  const { say } = useText();
  const may = useMay();
  const viewer = useViewer();
  const [, change] = useAddress();
  const own = token.owner?.id === viewer.id;
  if (!works(token) || !(may("tokens:write") || own)) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={say("tokens.actions", { name: token.name })}
        >
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {may("tokens:write") && token.status === "WORKING" && token.kind !== "SETUP" && (
          <Menu.Item onClick={() => change({ rotate: token.id })}>{say("tokens.rotate")}…</Menu.Item>
        )}
        <Menu.Item c="var(--bad)" onClick={() => change({ revoke: token.id })}>
          {say("tokens.revoke")}…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
