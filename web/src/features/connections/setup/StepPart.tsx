import { Stack, Text } from "@mantine/core";
import { useText } from "../../../text";
import { Copyable } from "../../../ui/Copy";
import { type Fact, Facts } from "../../../ui/Facts";
import { guideOf, isPublic, lines, lineText, type Step } from "./guide";
import { Mapping } from "./Mapping";
import { Picture } from "./Picture";
import { Rich } from "./Rich";
import classes from "./StepPart.module.css";
import { screens } from "./screens";
import type { Source } from "./source";

/** StepPart is one step of the guide: what to click, what to paste, and a picture of where. */
export function StepPart({ source, step }: { source: Source; step: Step }) {
  const { say } = useText();
  const guide = guideOf(source.kind);
  const screen = screens[guide]?.[step];
  return (
    <Stack gap="lg">
      {step === "app" && guide === "ENTRA" && (
        <Text maw="42rem">
          <Rich text={say("setup.ENTRA.app.why")} />
        </Text>
      )}
      {step === "credentials" && <Credentials source={source} />}
      <ol className={classes.lines}>
        {Array.from({ length: lines[guide][step] }, (_, i) => i + 1).map((n) => (
          <li key={n}>
            <Rich text={say(lineText(guide, step, n, source), { url: source.scimUrl, hint: source.hint })} />
          </li>
        ))}
      </ol>
      {screen && (
        <Picture
          screen={screen}
          values={{ url: source.scimUrl, secret: source.hint ?? say("setup.secretHere") }}
        />
      )}
      {step === "mapping" && guide === "ENTRA" && <Mapping />}
      {step === "attributes" && source.declaring}
      {step === "start" && source.rehearsing}
    </Stack>
  );
}

function Credentials({ source }: { source: Source }) {
  const { say } = useText();
  const facts: Fact[] = [
    {
      name: say("setup.url"),
      value: <Copyable value={source.scimUrl} what={say("setup.url")} />,
    },
  ];
  if (source.hint)
    facts.push({
      name: say("setup.hasToken"),
      value: <code>{source.hint}</code>,
      source: `${say(source.tokenUsed ? "setup.tokenUsed" : "setup.tokenUnused")} ${say(source.byLink ? "setup.link.hasTokenText" : "setup.hasTokenText")}`,
    });
  return (
    <Stack gap="sm">
      <Facts facts={facts} />
      {guideOf(source.kind) !== "GENERIC" && !isPublic(source.scimUrl) && (
        <Text c="var(--warn)" maw="42rem">
          <Rich
            text={say(source.byLink ? "setup.link.notPublic" : "setup.notPublic", {
              kind: say(`kind.${source.kind}`),
            })}
          />
        </Text>
      )}
      {source.token}
    </Stack>
  );
}
