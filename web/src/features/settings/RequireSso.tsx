import { Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useMay, useViewer } from "../../app/session";
import { useAddress } from "../../lib/address";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { Section } from "../../ui/Page";
import { Status } from "../../ui/Status";
import { done } from "../../ui/toast";
import type { AnOrganization } from "./organization";

const ownersDocument = graphql(`
  query Owners {
    users(first: 200, where: { roles: [OWNER], statuses: [ACTIVE] }, orderBy: { field: DISPLAY_NAME }) {
      nodes {
        id
        name
        passkeys {
          id
        }
      }
    }
  }
`);

const requireDocument = graphql(`
  mutation RequireSso($required: Boolean!, $breakGlass: [ID!]!) {
    requireSso(required: $required, breakGlass: $breakGlass) {
      organization {
        id
      }
    }
  }
`);

/** RequireSso makes the work account the only way in, but for owners who are named. */
export function RequireSso({ organization }: { organization: AnOrganization }) {
  const { say } = useText();
  const owner = useMay()("organization:write");
  const viewer = useViewer();
  const [address, change] = useAddress();
  const { requireSso, breakGlass } = organization.settings;
  const [named, setNamed] = useState<readonly string[]>(
    breakGlass.length > 0 ? breakGlass : viewer.id ? [viewer.id] : [],
  );
  const [{ data }] = useQuery({ query: ownersDocument, pause: !owner });
  const [{ fetching, error }, set] = useMutation(requireDocument);
  const owners = data?.users.nodes ?? [];
  const chosen = named.filter((id) => owners.some((o) => o.id === id));
  const names = (ids: readonly string[]) =>
    owners
      .filter((o) => ids.includes(o.id))
      .map((o) => o.name)
      .join(", ");
  const problem = error && refusals(error)[0]?.message;
  const opened = address.do === "requiresso" && owner;

  async function act(required: boolean) {
    const { error: refusal } = await set({ required, breakGlass: required ? chosen : [] });
    if (refusal) return;
    done(say(required ? "settings.sso.required" : "settings.sso.taken"));
    change({ do: undefined }, { replace: true });
  }

  return (
    <Section title={say("settings.sso")} about={say("settings.ssoText")}>
      <Stack gap="sm" align="flex-start">
        <Status tone={requireSso ? "good" : "quiet"}>
          {say(requireSso ? "settings.sso.on" : "settings.sso.off")}
        </Status>
        {requireSso && owners.length > 0 && (
          <Text dir="auto">{say("settings.sso.but", { names: names(breakGlass) })}</Text>
        )}
        {owner && (
          <Group gap="xs">
            <Button variant="default" onClick={() => change({ do: "requiresso" })}>
              {say(requireSso ? "settings.sso.change" : "settings.sso.require")}
            </Button>
            {requireSso && (
              <Button variant="default" loading={fetching} onClick={() => void act(false)}>
                {say("settings.sso.take")}
              </Button>
            )}
          </Group>
        )}
        {problem && !opened && (
          <Text c="var(--bad)" role="alert">
            {problem}
          </Text>
        )}
      </Stack>
      <Confirm
        opened={opened}
        title={say("settings.sso.title")}
        text={
          <Stack gap="sm">
            <Text>{say("settings.sso.effect")}</Text>
            <Checkbox.Group
              label={say("settings.sso.who")}
              description={say("settings.sso.whoText")}
              value={chosen}
              onChange={setNamed}
            >
              <Stack gap="xs" mt="xs">
                {owners.map((o) => (
                  <Checkbox
                    key={o.id}
                    value={o.id}
                    label={<span dir="auto">{o.name}</span>}
                    description={say("settings.sso.passkeys", { count: o.passkeys.length })}
                  />
                ))}
              </Stack>
            </Checkbox.Group>
          </Stack>
        }
        act={say("settings.sso.act")}
        busy={fetching}
        problem={problem}
        onAct={() => void act(true)}
        onClose={() => change({ do: undefined }, { replace: true })}
      />
    </Section>
  );
}
