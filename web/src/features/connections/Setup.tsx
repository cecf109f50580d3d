import { Button, Group, Skeleton, Stack, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress, useId } from "../../lib/address";
import { useLive } from "../../lib/live";
import { useRefresh } from "../../lib/refresh";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { NotFound } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { changedDocument, type OneConnection, oneDocument } from "./documents";
import classes from "./Setup.module.css";
import { stepAt, steps } from "./setup/guide";
import { Panel } from "./setup/Panel";
import { StepPart } from "./setup/StepPart";

/** Setup leads through the provider's pages, one step at a time, and watches whether it calls. */
export function Setup() {
  const { say } = useText();
  const may = useMay();
  const id = useId();
  const [answer, ask] = useQuery({ query: oneDocument, variables: { id } });
  const refresh = useRefresh(ask);
  useLive(changedDocument, { id }, refresh, { paused: !may("log:read") });
  return (
    <Loaded
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
          <Guide connection={data.connection} again={() => ask({ requestPolicy: "network-only" })} />
        ) : (
          <NotFound />
        )
      }
    </Loaded>
  );
}

function Guide({ connection: c, again }: { connection: OneConnection; again: () => void }) {
  const { say } = useText();
  const may = useMay();
  const [address] = useAddress();
  const step = stepAt(address.step);
  const at = steps.indexOf(step);
  const to = (n: number) => ({ to: `/connections/${c.id}/setup`, search: { step: String(n + 1) } as never });
  return (
    <Page
      title={say("setup.titleOf", { name: c.name })}
      about={say(`kind.${c.kind}`)}
      back={{ to: `/connections/${c.id}`, label: c.name }}
    >
      <div className={classes.columns}>
        <div>
          <nav aria-label={say("setup.steps")}>
            <ol className={classes.steps}>
              {steps.map((s, n) => (
                <li key={s}>
                  <Link {...to(n)} className={classes.step} aria-current={s === step ? "step" : undefined}>
                    {n + 1}. {say(`setup.step.${s}`)}
                  </Link>
                </li>
              ))}
            </ol>
          </nav>
          <Title order={2} mb="md">
            {say(`setup.step.${step}.title`)}
          </Title>
          <StepPart key={step} connection={c} step={step} again={again} />
          <Group mt="xl" justify="space-between">
            {at > 0 ? (
              <Button component={Link} {...to(at - 1)} variant="default">
                {say("setup.back")}
              </Button>
            ) : (
              <span />
            )}
            {at < steps.length - 1 ? (
              <Button component={Link} {...to(at + 1)}>
                {say("setup.next")}
              </Button>
            ) : (
              <Button component={Link} to={`/connections/${c.id}`}>
                {say("setup.finish")}
              </Button>
            )}
          </Group>
        </div>
        {may("log:read") && (
          <div className={classes.side}>
            <Panel connection={c} />
          </div>
        )}
      </div>
    </Page>
  );
}
