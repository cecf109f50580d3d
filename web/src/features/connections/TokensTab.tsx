import { Anchor, Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMay } from "../../app/session";
import { useText } from "../../text";
import { type Column, DataTable } from "../../ui/DataTable";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { Status, type Tone } from "../../ui/Status";
import { When } from "../../ui/When";
import { Clients } from "./clients/Clients";
import type { OneConnection } from "./documents";
import { NewToken } from "./NewToken";

type Token = OneConnection["tokens"][number];

const tones: Record<Token["status"], Tone> = {
  WORKING: "good",
  REPLACED: "warn",
  EXPIRED: "bad",
  REVOKED: "quiet",
};

/** TokensTab lists the secrets of a connection; working ones first. */
export function TokensTab({ connection: c, again }: { connection: OneConnection; again: () => void }) {
  const { say } = useText();
  const may = useMay();
  const columns: Column<Token>[] = [
    { key: "name", title: say("connections.name"), cell: (t) => t.name },
    { key: "hint", title: say("connections.hint"), cell: (t) => <code>{t.hint}</code> },
    {
      key: "status",
      title: say("connections.status"),
      cell: (t) => <Status tone={tones[t.status]}>{say(`connections.token.${t.status}`)}</Status>,
    },
    {
      key: "used",
      title: say("connections.lastUsed"),
      cell: (t) => <When at={t.lastUsedAt} none={say("connections.never")} />,
    },
    {
      key: "ends",
      title: say("connections.ends"),
      cell: (t) => t.status !== "REVOKED" && <When at={t.expiresAt} none={say("connections.noEnd")} />,
    },
  ];
  const works = (t: Token) => (t.status === "WORKING" || t.status === "REPLACED" ? 0 : 1);
  const rows = [...c.tokens].sort((a, b) => works(a) - works(b));
  return (
    <Stack gap="xl">
      <Section
        title={say("connections.tab.tokens")}
        about={say("connections.tokensAbout")}
        actions={
          <Button component={Link} to="/tokens" variant="default" size="xs">
            {say("connections.allTokens")}
          </Button>
        }
      >
        <DataTable
          label={say("connections.tab.tokens")}
          columns={columns}
          rows={rows}
          id={(t) => t.id}
          empty={<Notice title={say("connections.tokensNone")} text={say("connections.tokensNoneText")} />}
        />
      </Section>
      {may("tokens:write") ? (
        <Section title={say("connections.newToken")} about={say("connections.newTokenAbout")}>
          <NewToken connection={c} again={again} />
        </Section>
      ) : (
        <Text c="var(--faint)">
          {say("connections.tokensForbidden")}{" "}
          <Anchor component={Link} to="/tokens">
            {say("nav.tokens")}
          </Anchor>
        </Text>
      )}
      {may("tokens:read") && <Clients connection={c.id} />}
    </Stack>
  );
}
