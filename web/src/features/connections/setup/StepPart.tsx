import { Stack, Text } from "@mantine/core";
import { useMay } from "../../../app/session";
import { type Key, useText } from "../../../text";
import { Copyable } from "../../../ui/Copy";
import { type Fact, Facts } from "../../../ui/Facts";
import { Attributes } from "../Attributes";
import type { OneConnection } from "../documents";
import { NewToken } from "../NewToken";
import { Rehearsal } from "../rehearsal/Rehearsal";
import { guideOf, lines, type Step } from "./guide";
import { Mapping } from "./Mapping";
import { Picture } from "./Picture";
import { Rich } from "./Rich";
import classes from "./StepPart.module.css";
import { screens } from "./screens";

/** StepPart is one step of the guide: what to click, what to paste, and a picture of where. */
export function StepPart({
  connection: c,
  step,
  again,
}: {
  connection: OneConnection;
  step: Step;
  again: () => void;
}) {
  const { say } = useText();
  const may = useMay();
  const guide = guideOf(c.kind);
  const screen = screens[guide]?.[step];
  const text = (name: string | number) => say(`setup.${guide}.${step}.${name}` as Key, { url: c.scimUrl });
  const hint = c.tokens.find((t) => t.status === "WORKING")?.hint;
  return (
    <Stack gap="lg">
      {step === "app" && guide === "ENTRA" && (
        <Text maw="42rem">
          <Rich text={say("setup.ENTRA.app.why")} />
        </Text>
      )}
      {step === "credentials" && <Credentials connection={c} again={again} hint={hint} />}
      <ol className={classes.lines}>
        {Array.from({ length: lines[guide][step] }, (_, i) => i + 1).map((n) => (
          <li key={n}>
            <Rich text={text(n)} />
          </li>
        ))}
      </ol>
      {screen && (
        <Picture screen={screen} values={{ url: c.scimUrl, secret: hint ?? say("setup.secretHere") }} />
      )}
      {step === "mapping" && guide === "ENTRA" && <Mapping />}
      {step === "start" && may("connections:write") && <Rehearsal connection={c} />}
      {step === "attributes" && <Attributes connection={c} again={again} />}
    </Stack>
  );
}

function Credentials(props: { connection: OneConnection; again: () => void; hint: string | undefined }) {
  const { say } = useText();
  const may = useMay();
  const facts: Fact[] = [
    {
      name: say("setup.url"),
      value: <Copyable value={props.connection.scimUrl} what={say("setup.url")} />,
    },
  ];
  if (props.hint)
    facts.push({
      name: say("setup.hasToken"),
      value: <code>{props.hint}</code>,
      source: say("setup.hasTokenText"),
    });
  return (
    <Stack gap="sm">
      <Facts facts={facts} />
      {may("tokens:write") ? (
        <NewToken connection={props.connection} again={props.again} />
      ) : (
        <Text c="var(--faint)">{say("connections.tokensForbidden")}</Text>
      )}
    </Stack>
  );
}
