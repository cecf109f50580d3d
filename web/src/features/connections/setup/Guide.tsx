import { Button, Group, Title } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useAddress } from "../../../lib/address";
import { useText } from "../../../text";
import classes from "./Guide.module.css";
import { stepAt, stepLeft, steps } from "./guide";
import { Panel } from "./Panel";
import { StepPart } from "./StepPart";
import type { Source } from "./source";

/** Guide leads through the steps, with what is heard beside them. */
export function Guide(props: {
  source: Source;
  /** What stands at the end instead of the next step. */
  finish?: ReactNode;
  /** What stands below what is heard. */
  below?: ReactNode;
}) {
  const { say } = useText();
  const [address] = useAddress();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const { source } = props;
  const [left] = useState(() => stepLeft(source)); // as it was when the page opened
  const step = address.step ? stepAt(address.step) : left;
  const at = steps.indexOf(step);
  const to = (n: number) => ({ to: path, search: { step: String(n + 1) } as never });
  return (
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
        <StepPart key={step} source={source} step={step} />
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
            props.finish
          )}
        </Group>
      </div>
      {(source.heard || props.below) && (
        <div className={classes.side}>
          {source.heard && <Panel source={source} heard={source.heard} />}
          {props.below}
        </div>
      )}
    </div>
  );
}
