import { Button, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress, useId } from "../../lib/address";
import { useLive } from "../../lib/live";
import { useRefresh } from "../../lib/refresh";
import { useText } from "../../text";
import { HealthStatus } from "../../ui/Health";
import { Loaded } from "../../ui/Loaded";
import { NotFound } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { done, failed } from "../../ui/toast";
import { Attributes } from "./Attributes";
import {
  changedDocument,
  type OneConnection as One,
  oneDocument,
  pauseDocument,
  resumeDocument,
} from "./documents";
import { HealthTab } from "./HealthTab";
import { PauseDialog } from "./PauseDialog";
import { RemoveDialog } from "./RemoveDialog";
import { Settings } from "./Settings";
import { SignOnTab } from "./signon/SignOnTab";
import { TokensTab } from "./TokensTab";

const tabs = ["health", "settings", "signon", "attributes", "tokens"] as const;

/** OneConnection shows one link to an identity provider. */
export function OneConnection() {
  const { say } = useText();
  const may = useMay();
  const id = useId();
  const [answer, ask] = useQuery({ query: oneDocument, variables: { id } });
  const refresh = useRefresh(ask);
  useLive(changedDocument, { id }, refresh, { paused: !may("log:read") });
  return (
    <Loaded
      whole
      answer={answer}
      retry={() => ask()}
      skeleton={
        <Page title={say("connections.title")}>
          <Stack gap="md">
            <Skeleton height={34} />
            <Skeleton height={64} />
            <Skeleton height={166} />
          </Stack>
        </Page>
      }
    >
      {(data) =>
        data.connection ? (
          <Shown connection={data.connection} again={() => ask({ requestPolicy: "network-only" })} />
        ) : (
          <NotFound />
        )
      }
    </Loaded>
  );
}

function Shown({ connection: c, again }: { connection: One; again: () => void }) {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [pausing, pause] = useMutation(pauseDocument);
  const [resuming, resume] = useMutation(resumeDocument);
  const tab = tabs.find((t) => t === address.tab) ?? "health";

  const close = () => change({ do: undefined }, { replace: true });

  async function turn(on: boolean) {
    const { error } = await (on ? resume : pause)({ id: c.id });
    close();
    if (error) return failed(say(on ? "connections.resumeFailed" : "connections.pauseFailed"), error);
    again();
    if (on) done(say("connections.resumed", { name: c.name }));
    else
      done(say("connections.paused", { name: c.name }), {
        label: say("act.undo"),
        act: () => void turn(true),
      });
  }

  return (
    <Page
      title={c.name}
      about={
        <>
          <Text component="span" me="sm">
            {say(`kind.${c.kind}`)}
          </Text>
          <HealthStatus status={c.health.status} />
        </>
      }
      back={{ to: "/connections", label: say("connections.title") }}
      actions={
        <>
          <Button component={Link} to={`/connections/${c.id}/setup`} variant="default">
            {say("connections.setup")}
          </Button>
          {may("connections:write") && (
            <>
              <Button
                variant="default"
                loading={pausing.fetching || resuming.fetching}
                onClick={() => (c.enabled ? change({ do: "pause" }) : void turn(true))}
              >
                {say(c.enabled ? "connections.pause" : "connections.resume")}
              </Button>
              <Button variant="default" c="var(--bad)" onClick={() => change({ do: "remove" })}>
                {say("connections.remove")}
              </Button>
            </>
          )}
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(value) => change({ tab: value === "health" ? undefined : (value ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          {tabs.map((t) => (
            <Tabs.Tab key={t} value={t}>
              {say(`connections.tab.${t}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="health">
          <HealthTab connection={c} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings connection={c} again={again} />
        </Tabs.Panel>
        <Tabs.Panel value="signon">
          <SignOnTab id={c.id} />
        </Tabs.Panel>
        <Tabs.Panel value="attributes">
          <Attributes connection={c} again={again} />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          <TokensTab connection={c} again={again} />
        </Tabs.Panel>
      </Tabs>
      {may("connections:write") && (
        <>
          <PauseDialog
            connection={c}
            opened={address.do === "pause" && c.enabled}
            busy={pausing.fetching}
            onAct={() => void turn(false)}
            onClose={close}
          />
          <RemoveDialog connection={c} opened={address.do === "remove"} onClose={close} />
        </>
      )}
    </Page>
  );
}
