import { Anchor, Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { useText } from "../../text";
import { done, failed } from "../../ui/toast";
import { When } from "../../ui/When";
import classes from "./Waiting.module.css";
import { changing, refuseDocument, type WaitingAccount } from "./waitingDocument";

/** WaitingPart is one account: what it says of itself, why it was not let in, and what can be decided. */
export function WaitingPart(props: { account: WaitingAccount; refused: boolean; onApprove: () => void }) {
  const { say } = useText();
  const write = useMay()("users:write");
  const { account: a } = props;
  const [{ fetching }, refuse] = useMutation(refuseDocument);
  const name = a.name ?? a.email ?? a.subject;
  const lines = [
    { name: say("people.waiting.email"), value: a.email },
    {
      name: say("people.waiting.provider"),
      value: (
        <>
          <Anchor component={Link} to={`/connections/${a.connectionId}?tab=signon`} size="sm">
            {a.connectionName}
          </Anchor>
          <Text size="xs" c="var(--faint)">
            {a.issuer}
          </Text>
        </>
      ),
    },
    { name: say("people.waiting.subject"), value: <code>{a.subject}</code> },
    {
      name: say("people.waiting.externalId"),
      value: a.candidate && <code>{a.candidate.externalId ?? say("people.waiting.noExternalId")}</code>,
    },
    {
      name: say("people.waiting.tried"),
      value: (
        <>
          {say("people.waiting.attempts", { count: a.attempts })} <When at={a.lastAt} />
        </>
      ),
    },
    {
      name: say("people.waiting.candidate"),
      value: a.candidate && (
        <Anchor component={Link} to={`/people/${a.candidate.id}`} size="sm" dir="auto">
          {a.candidate.name}
        </Anchor>
      ),
    },
  ];

  async function act() {
    const { error } = await refuse({ id: a.id }, changing);
    if (error) failed(say("people.notDone"), error);
    else done(say("people.waiting.refusedDone", { name }));
  }

  return (
    <li className={classes.account}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div>
          <Text size="xs" c="var(--faint)">
            {say("people.waiting.calls")}
          </Text>
          <div className={classes.name} dir="auto">
            {name}
          </div>
        </div>
        {write && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={props.onApprove}>
              {a.candidate
                ? say("people.waiting.isCandidate", { name: a.candidate.name })
                : say("people.waiting.isSomebody")}
            </Button>
            {!props.refused && (
              <Button size="xs" variant="default" loading={fetching} onClick={() => void act()}>
                {say("people.waiting.nobody")}
              </Button>
            )}
          </Group>
        )}
      </Group>
      {a.looksLike && (
        <Text c="var(--bad)" role="alert" dir="auto">
          {say("people.waiting.looksLike", { name: a.looksLike })}
        </Text>
      )}
      <div className={classes.reason} dir="auto">
        {a.reason}
      </div>
      <dl>
        {lines
          .filter((l) => l.value)
          .map((l) => (
            <div key={l.name}>
              <dt>{l.name}</dt>
              <dd dir="auto">{l.value}</dd>
            </div>
          ))}
      </dl>
    </li>
  );
}
