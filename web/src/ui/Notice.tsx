import { Anchor, Button, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { refusals } from "../lib/client";
import { useText } from "../text";
import { Copyable } from "./Copy";
import classes from "./Notice.module.css";

/** Notice says why something isn't there, and what to do: the faces of a list or page without content. */
export function Notice(props: {
  title: string;
  text?: ReactNode;
  tone?: "quiet" | "bad";
  action?: ReactNode;
  /** It is the whole page, which has no other title. */
  whole?: boolean;
}) {
  return (
    <Stack
      className={classes.notice}
      data-tone={props.tone ?? "quiet"}
      gap="xs"
      role={props.tone === "bad" ? "alert" : undefined}
    >
      <Title order={props.whole ? 1 : 2} size="h3">
        {props.title}
      </Title>
      {props.text && (
        <Text component="div" c="var(--faint)" maw="40rem">
          {props.text}
        </Text>
      )}
      {props.action && <Group gap="xs">{props.action}</Group>}
    </Stack>
  );
}

/** Failure shows an error of the API with its sentence, its reference and a way to try again. */
export function Failure({
  error,
  retry,
  whole = false,
}: {
  error: CombinedError;
  retry?: () => void;
  whole?: boolean | undefined;
}) {
  const { say } = useText();
  const [first] = refusals(error);
  if (first?.code === "FORBIDDEN")
    return <Notice whole={whole} title={say("forbidden.title")} text={say("forbidden.text")} />;
  return (
    <Notice
      whole={whole}
      tone="bad"
      title={say("error.title")}
      text={
        <>
          <Text>{first?.code === "OFFLINE" ? say("error.offline") : first?.message}</Text>
          {first?.reference && (
            <Text mt={4}>
              {say("error.reference")} <Copyable value={first.reference} what={say("error.reference")} />
            </Text>
          )}
        </>
      }
      action={
        retry && (
          <Button variant="default" onClick={retry}>
            {say("error.retry")}
          </Button>
        )
      }
    />
  );
}

/** NotFound is shown where an address leads nowhere. */
export function NotFound() {
  const { say } = useText();
  return (
    <Notice
      whole
      title={say("error.notFound")}
      text={say("error.notFoundText")}
      action={
        <Anchor component={Link} to="/">
          {say("error.home")}
        </Anchor>
      }
    />
  );
}
