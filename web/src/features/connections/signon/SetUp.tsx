import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useAddress } from "../../../lib/address";
import { type Key, useText } from "../../../text";
import { Section } from "../../../ui/Page";
import { Choice } from "../Choice";
import { Rich } from "../setup/Rich";
import classes from "../setup/StepPart.module.css";
import { Addresses } from "./Addresses";
import type { SignOnConnection } from "./documents";
import { type Guided, guidedBy, lines, type Way, wayOf, waysOf } from "./guide";
import { OidcForm } from "./OidcForm";
import { SamlForm } from "./SamlForm";

/** SetUp leads from the provider's pages to a working registration: choose, register, copy, paste. */
export function SetUp({
  connection: c,
  onSaved,
}: {
  connection: SignOnConnection;
  onSaved: (warnings: string[]) => void;
}) {
  const { say } = useText();
  const [address, change] = useAddress();
  const guide = guidedBy(c.kind);
  const way = wayOf(guide, address.by);
  if (!way) return <Protocol guide={guide} onChoose={(w) => change({ by: w.toLowerCase() })} />;
  return (
    <Stack gap="xl" maw="52rem">
      <Section
        title={say(`signon.make.${guide}.${way}` as Key)}
        about={
          waysOf(guide).length > 1 && (
            <Anchor component="button" type="button" size="sm" onClick={() => change({ by: undefined })}>
              {say("signon.otherProtocol")}
            </Anchor>
          )
        }
      >
        <Stack gap="md">
          <Lines guide={guide} way={way} part="make" />
          <Addresses connection={c} way={way} />
        </Stack>
      </Section>
      <Section title={say("signon.paste")} about={say("signon.pasteAbout")}>
        <Stack gap="md">
          <Lines guide={guide} way={way} part="fetch" />
          {way === "OIDC" ? (
            <OidcForm connection={c} onSaved={onSaved} />
          ) : (
            <SamlForm connection={c} onSaved={onSaved} />
          )}
        </Stack>
      </Section>
      <Section title={say("signon.try")}>
        <Text c="var(--faint)">{say("signon.tryLater")}</Text>
      </Section>
    </Stack>
  );
}

function Lines({ guide, way, part }: { guide: Guided; way: Way; part: "make" | "fetch" }) {
  const { say } = useText();
  const count = lines[guide][way]?.[part] ?? 0;
  return (
    <ol className={classes.lines}>
      {Array.from({ length: count }, (_, i) => i + 1).map((n) => (
        <li key={n}>
          <Rich text={say(`signon.${guide}.${way}.${part}.${n}` as Key)} />
        </li>
      ))}
    </ol>
  );
}

function Protocol({ guide, onChoose }: { guide: Guided; onChoose: (way: Way) => void }) {
  const { say } = useText();
  const [way, setWay] = useState<Way>("OIDC");
  return (
    <Section title={say("signon.none")} about={say("signon.noneText")}>
      <Stack maw="40rem">
        <Choice
          label={say("signon.protocol")}
          value={way}
          onChange={setWay}
          options={waysOf(guide).map((value) => ({
            value,
            label: say(`signon.protocol.${value}`),
            about: say(`signon.protocol.${value}.about`),
          }))}
        />
        <Group>
          <Button onClick={() => onChoose(way)}>{say("signon.begin")}</Button>
        </Group>
      </Stack>
    </Section>
  );
}
