import { Anchor, List, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useText } from "../../../text";
import { Status } from "../../../ui/Status";
import { When } from "../../../ui/When";
import { holdersDocument } from "./documents";

/**
 * Holders names the credentials that can change a connection's groups: where a rule gives
 * a role to a group, whoever holds one of them gives the role.
 */
export function Holders({ connection }: { connection: string }) {
  const { say } = useText();
  const [{ data }] = useQuery({ query: holdersDocument, variables: { id: connection } });
  const c = data?.connection;
  if (!c) return null;
  const holders = [
    ...c.tokens.filter((t) => t.status === "WORKING" || t.status === "REPLACED"),
    ...c.setUpLinks.filter((t) => t.status === "WORKING"),
    ...c.scimClients.filter((client) => !client.revokedAt),
  ];
  if (holders.length === 0) return null;
  return (
    <Stack gap="xs" maw="42rem" mt="md">
      <Status tone="warn">{say("signon.holders", { count: holders.length })}</Status>
      <Text>{say("signon.holdersText")}</Text>
      <List>
        {holders.map((h) => (
          <List.Item key={h.id}>
            <Text component="span" dir="auto" style={{ overflowWrap: "anywhere" }}>
              {h.name}
            </Text>
            {", "}
            <Text component="span" c="var(--faint)">
              {say("signon.holdersMade")} <When at={h.createdAt} />
              {", "}
              {say("signon.holdersUsed")} <When at={h.lastUsedAt} none={say("connections.never")} />
            </Text>
          </List.Item>
        ))}
      </List>
      <Anchor component={Link} to={`/connections/${connection}?tab=tokens`}>
        {say("signon.holdersSee")}
      </Anchor>
    </Stack>
  );
}
