import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress, useId } from "../../lib/address";
import { useRefresh } from "../../lib/refresh";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { NotFound } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Attributes } from "./Attributes";
import { type OneConnection, oneDocument } from "./documents";
import { NewToken } from "./NewToken";
import { Rehearsal } from "./rehearsal/Rehearsal";
import { Guide } from "./setup/Guide";
import { HandOver } from "./setup/HandOver";
import { Links } from "./setup/Links";
import type { Heard, Source } from "./setup/source";
import { useProgress } from "./setup/useProgress";

/** Setup leads an administrator through the provider's pages, one step at a time, and watches whether it calls. */
export function Setup() {
  const { say } = useText();
  const may = useMay();
  const id = useId();
  const [answer, ask] = useQuery({ query: oneDocument, variables: { id } });
  const heard = useProgress(id, useRefresh(ask), { paused: !may("log:read") });
  return (
    <Loaded
      whole
      answer={answer}
      retry={() => ask()}
      skeleton={
        <Page title={say("setup.title")}>
          <Stack gap="md">
            <Skeleton height={32} />
            <Skeleton height={240} />
          </Stack>
        </Page>
      }
    >
      {(data) =>
        data.connection ? (
          <Guided
            connection={data.connection}
            heard={may("log:read") ? heard : undefined}
            again={() => ask({ requestPolicy: "network-only" })}
          />
        ) : (
          <NotFound />
        )
      }
    </Loaded>
  );
}

/** toHand are the scopes of which a set-up link gives a part, so that its maker needs them. */
const toHand = ["connections:write", "tokens:write", "users:write"];

function Guided(props: { connection: OneConnection; heard: Heard | undefined; again: () => void }) {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const { connection: c, heard, again } = props;
  const hands = toHand.every(may);
  const tokens = c.tokens.filter((t) => t.status === "WORKING");
  const working = tokens.find((t) => t.lastUsedAt) ?? tokens[0];
  const source: Source = {
    ...c,
    groups: c.settings.groups,
    hint: working?.hint,
    tokenUsed: Boolean(working?.lastUsedAt) || heard?.progress?.call.state === "LET_IN",
    lastHeardAt: c.health.lastHeardAt,
    byLink: false,
    heard,
    token: may("tokens:write") ? (
      <NewToken connection={c} again={again} />
    ) : (
      <Text c="var(--faint)">{say("connections.tokensForbidden")}</Text>
    ),
    declaring: <Attributes connection={c} again={again} />,
    rehearsing: may("connections:write") && <Rehearsal connection={c} />,
  };
  return (
    <Page
      title={say("setup.titleOf", { name: c.name })}
      about={say(`kind.${c.kind}`)}
      back={{ to: `/connections/${c.id}`, label: c.name }}
      actions={
        hands && (
          <Button variant="default" onClick={() => change({ do: "hand" })}>
            {say("setup.hand")}
          </Button>
        )
      }
    >
      <Guide
        source={source}
        finish={
          <Group gap="xs">
            <Button component={Link} to={`/connections/${c.id}`} variant={c.signOn ? "filled" : "default"}>
              {say("setup.finish")}
            </Button>
            {!c.signOn && may("connections:write") && (
              <Button component={Link} to={`/connections/${c.id}?tab=signon`}>
                {say("setup.signOn", { kind: c.kind })}
              </Button>
            )}
          </Group>
        }
        below={may("tokens:read") && <Links connection={c.id} />}
      />
      {hands && address.do === "hand" && (
        <HandOver connection={c.id} onClose={() => change({ do: undefined }, { replace: true })} />
      )}
    </Page>
  );
}
