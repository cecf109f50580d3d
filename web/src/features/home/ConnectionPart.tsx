import { Anchor, Button, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { duration } from "../../lib/time";
import { useText } from "../../text";
import { Days } from "../../ui/Days";
import { Figures } from "../../ui/Figures";
import { HealthStatus } from "../../ui/Health";
import { Section } from "../../ui/Page";
import { When } from "../../ui/When";
import type { HomeConnection } from "./documents";

/** ConnectionPart is one connection on Home: its figures and its last 14 days. */
export function ConnectionPart(props: { connection: HomeConnection; active: number; links: number }) {
  const { say, number, locale } = useText();
  const { connection: c, active, links } = props;
  const { health } = c;
  const failing = health.problems.reduce((sum, p) => sum + p.targets, 0);
  const managers = health.advice.find((a) => a.code === "MANAGER_UNKNOWN")?.users ?? 0;
  const byChange = c.kind === "OKTA" || c.kind === "ONELOGIN" || c.kind === "JUMPCLOUD";
  const rhythm = health.usualIntervalMinutes
    ? say("home.figure.rhythmEvery", { time: duration(health.usualIntervalMinutes * 60_000, locale) })
    : say(byChange ? "home.figure.rhythmChange" : "home.figure.rhythmNone");
  return (
    <Section
      title={c.name}
      about={say(`kind.${c.kind}`)}
      actions={
        <>
          <HealthStatus status={health.status} />
          <Anchor component={Link} to={`/connections/${c.id}`} size="sm" aria-label={c.name}>
            {say("home.open")}
          </Anchor>
        </>
      }
    >
      {health.status === "WAITING" ? (
        <Stack align="flex-start" gap="xs">
          <Text c="var(--faint)">{say("home.waitingText")}</Text>
          <Button component={Link} to={`/connections/${c.id}/setup`} variant="default" size="xs">
            {say("home.setup")}
          </Button>
        </Stack>
      ) : (
        <Stack gap="lg">
          <Figures
            figures={[
              {
                name: say("home.figure.heard"),
                value: <When at={health.lastHeardAt} none={say("home.figure.never")} />,
                ...(health.overdueSince && { tone: "warn" as const }),
              },
              { name: say("home.figure.rhythm"), value: rhythm },
              {
                name: say("home.figure.in"),
                value: number(c.userCount),
                note: say("home.figure.inNote", { active: number(active) }),
              },
              {
                name: say("home.figure.failing"),
                value: number(failing),
                note: say("home.figure.failingNote"),
                ...(failing > 0 && { tone: "bad" as const }),
              },
              {
                name: say("home.figure.waiting"),
                value: number(managers + links),
                note: say("home.figure.waitingNote", { managers: number(managers), links: number(links) }),
                ...(links > 0 && { tone: "warn" as const }),
              },
            ]}
          />
          <Days days={c.days} label={say("home.days", { name: c.name })} />
        </Stack>
      )}
    </Section>
  );
}
