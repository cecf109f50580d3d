import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { Copyable } from "../../ui/Copy";
import { Facts } from "../../ui/Facts";
import { Status } from "../../ui/Status";
import { done, failed } from "../../ui/toast";
import { When } from "../../ui/When";
import classes from "./Domains.module.css";
import {
  type ADomain,
  byDomains,
  type DomainsData,
  proveDocument,
  removeDomainDocument,
  routeDocument,
} from "./domains";

/** DomainPart is one domain: how to prove it, and where its people sign in. */
export function DomainPart(props: { domain: ADomain; connections: DomainsData["connections"] }) {
  const { say } = useText();
  const write = useMay()("connections:write");
  const [asking, ask] = useState(false);
  const [proof, prove] = useMutation(proveDocument);
  const [removal, remove] = useMutation(removeDomainDocument);
  const [, route] = useMutation(routeDocument);
  const { domain: d } = props;
  const ways = props.connections.filter((c) => c.signOn || c.id === d.connectionId);

  async function look() {
    const { data } = await prove({ id: d.id }, byDomains);
    if (data) done(say("settings.domains.proved", { name: d.name }));
  }

  return (
    <div className={classes.domain}>
      <Group justify="space-between" gap="xs" mb="xs">
        <Group gap="md">
          <span className={classes.name}>{d.name}</span>
          <Status tone={d.missingSince ? "bad" : d.verifiedAt ? "good" : "warn"}>
            {say(
              d.missingSince
                ? "settings.domains.missing"
                : d.verifiedAt
                  ? "settings.domains.isProved"
                  : d.checkedAt
                    ? "settings.domains.lapsed"
                    : "settings.domains.notProved",
            )}
          </Status>
        </Group>
        {write && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={say("settings.domains.removeOne", { name: d.name })}
            onClick={() => ask(true)}
          >
            {say("settings.domains.remove")}
          </Button>
        )}
      </Group>
      {d.verifiedAt && (
        <Select
          label={say("settings.domains.where")}
          description={ways.length === 0 ? say("settings.domains.noWay") : undefined}
          w={{ base: "100%", xs: 320 }}
          readOnly={!write}
          allowDeselect={false}
          value={d.connectionId ?? ""}
          data={[
            { value: "", label: say("settings.domains.nowhere") },
            ...ways.map((c) => ({
              value: c.id,
              label: c.signOn?.enabled ? c.name : say("settings.domains.off", { name: c.name }),
            })),
          ]}
          onChange={async (id) => {
            const { error } = await route({ id: d.id, connectionId: id || null }, byDomains);
            if (error) failed(say("settings.domains.failed"), error);
            else done(say("settings.saved"));
          }}
        />
      )}
      {(!d.verifiedAt || d.missingSince) && (
        <Stack gap="xs" align="flex-start" mt={d.verifiedAt ? "sm" : 0}>
          {d.missingSince ? (
            <Text size="sm" maw="42rem">
              {say("settings.domains.missingSince")} <When at={d.missingSince} />.{" "}
              {say("settings.domains.lapses")} <When at={d.lapsesAt} />.
            </Text>
          ) : (
            d.checkedAt && <Text size="sm">{say("settings.domains.lapsedText")}</Text>
          )}
          <Text size="sm">{say("settings.domains.how")}</Text>
          <Facts
            facts={[
              {
                name: say("settings.domains.recordName"),
                value: <Copyable value={d.recordName} what={say("settings.domains.recordName")} />,
              },
              {
                name: say("settings.domains.recordValue"),
                value: <Copyable value={d.recordValue} what={say("settings.domains.recordValue")} />,
              },
            ]}
          />
          {proof.error && (
            <Text c="var(--bad)" role="alert">
              {refusals(proof.error)[0]?.message}
            </Text>
          )}
          {write && (
            <Button size="xs" loading={proof.fetching} onClick={() => void look()}>
              {say("settings.domains.check")}
            </Button>
          )}
        </Stack>
      )}
      <Confirm
        opened={asking}
        title={say("settings.domains.removeTitle", { name: d.name })}
        text={say("settings.domains.removeText")}
        act={say("settings.domains.remove")}
        busy={removal.fetching}
        problem={removal.error && refusals(removal.error)[0]?.message}
        onAct={async () => {
          const { error } = await remove({ id: d.id }, byDomains);
          if (!error) done(say("settings.domains.removed", { name: d.name }));
        }}
        onClose={() => ask(false)}
      />
    </div>
  );
}
