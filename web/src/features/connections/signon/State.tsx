import { Box, Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../../app/session";
import { useAddress } from "../../../lib/address";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { Confirm } from "../../../ui/Confirm";
import { Section } from "../../../ui/Page";
import { Status } from "../../../ui/Status";
import { done } from "../../../ui/toast";
import { removeSignOnDocument, type SignOn, type SignOnConnection, switchDocument } from "./documents";
import { newSecret } from "./NewSecret";
import { nextOf } from "./next";
import { Vouch } from "./Vouch";

/** State says whether people sign in this way; tests it, switches it, removes it. arrived: who has just set it up is brought here. */
export function State(props: { connection: SignOnConnection; on: SignOn; arrived: boolean }) {
  const { connection: c, on, arrived } = props;
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!arrived) return;
    here.current?.scrollIntoView({ block: "center" });
    here.current?.focus({ preventScroll: true });
  }, [arrived]);
  const { next, certain } = nextOf(on);
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [end, setEnd] = useState(false);
  const [switched, turn] = useMutation(switchDocument);
  const [removed, remove] = useMutation(removeSignOnDocument);
  const close = () => change({ do: undefined }, { replace: true });
  const [wrong] = switched.error ? refusals(switched.error) : [];
  const counts = say("signon.counts", { ...c.signOnRemoval });

  async function set(enabled: boolean) {
    const { error } = await turn({ id: c.id, enabled, endSessions: !enabled && end });
    if (error) return;
    done(say(enabled ? "signon.on.done" : "signon.off.done"));
    if (!enabled) close();
  }

  async function forget() {
    const { error } = await remove({ id: c.id });
    if (error) return;
    done(say("signon.removed", { name: c.name }));
    change({ do: undefined, by: undefined }, { replace: true });
  }

  return (
    <Section title={say("signon.title")} about={say(`signon.protocol.${on.protocol}`)}>
      <Stack gap="sm">
        <Box ref={here} tabIndex={-1} style={{ outline: "none" }}>
          <Status tone={on.enabled ? "good" : "quiet"}>{say(on.enabled ? "signon.on" : "signon.off")}</Status>
          <Text maw="42rem" mt="sm">
            {on.enabled
              ? say("signon.onText", { people: c.signOnRemoval.people })
              : say(`signon.next.${next}`)}
          </Text>
        </Box>
        {may("connections:write") && (
          <Group gap="xs">
            {next === "secret" ? (
              <Button onClick={() => document.getElementById(newSecret)?.focus()}>
                {say("signon.toSecret")}
              </Button>
            ) : (
              <Button
                component="a"
                href={c.signOnAddresses.testUrl}
                target="_blank"
                rel="noopener"
                variant={on.enabled || next === "switch" ? "default" : "filled"}
              >
                {say("signon.test")}
              </Button>
            )}
            {on.enabled ? (
              <Button variant="default" onClick={() => change({ do: "off" })}>
                {say("signon.switchOff")}
              </Button>
            ) : (
              next !== "secret" && (
                <Button
                  variant={next === "test" ? "default" : "filled"}
                  loading={switched.fetching}
                  onClick={() => void set(true)}
                >
                  {say("signon.switchOn")}
                </Button>
              )
            )}
            <Button variant="default" c="var(--bad)" onClick={() => change({ do: "forget" })}>
              {say("signon.remove")}
            </Button>
          </Group>
        )}
        {next === "test" && certain && !on.enabled && (
          <Text size="sm" c="var(--faint)">
            {say("signon.untested")}
          </Text>
        )}
        {wrong && address.do !== "off" && (
          <Text c="var(--bad)" role="alert">
            {wrong.message}
          </Text>
        )}
        <Vouch connection={c} on={on} />
      </Stack>
      <Confirm
        opened={address.do === "off" && on.enabled && may("connections:write")}
        title={say("signon.switchOffTitle", { name: c.name })}
        text={
          <Stack gap="sm">
            <Text>{counts}</Text>
            <Text>{say("signon.switchOffText")}</Text>
            {c.signOnRemoval.sessions > 0 && (
              <Checkbox
                label={say("signon.endSessions", { count: c.signOnRemoval.sessions })}
                checked={end}
                onChange={(event) => setEnd(event.currentTarget.checked)}
              />
            )}
          </Stack>
        }
        act={say("signon.switchOff")}
        busy={switched.fetching}
        problem={wrong?.message}
        onAct={() => void set(false)}
        onClose={close}
      />
      <Confirm
        opened={address.do === "forget" && may("connections:write")}
        title={say("signon.removeTitle", { name: c.name })}
        text={
          <Stack gap="sm">
            <Text>{counts}</Text>
            <Text>{say("signon.removeText")}</Text>
          </Stack>
        }
        act={say("signon.remove")}
        typed={c.name}
        busy={removed.fetching}
        problem={removed.error && refusals(removed.error)[0]?.message}
        onAct={() => void forget()}
        onClose={close}
      />
    </Section>
  );
}
