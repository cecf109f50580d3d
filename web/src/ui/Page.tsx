import { Anchor, Box, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";

/** Page is the frame of everything beside the navigation: a title, what explains it, and what can be done. */
export function Page(props: {
  title: string;
  /** One sentence, or the facts that stand below the title. */
  about?: ReactNode;
  actions?: ReactNode;
  /** Where the page lies. */
  back?: { to: string; label: string };
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${props.title} – Rollcall`;
  }, [props.title]);
  return (
    <Stack gap="lg">
      <Box component="header">
        {props.back && (
          <Anchor component={Link} to={props.back.to} size="sm" c="var(--faint)">
            ← {props.back.label}
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="md">
          <Box miw={0} flex="1 1 16rem">
            <Title order={1} dir="auto" style={{ overflowWrap: "anywhere" }}>
              {props.title}
            </Title>
            {props.about && (
              <Text component="div" c="var(--faint)" mt={4}>
                {props.about}
              </Text>
            )}
          </Box>
          {props.actions && <Group gap="xs">{props.actions}</Group>}
        </Group>
      </Box>
      {props.children}
    </Stack>
  );
}

/** Section is a part of a page under a title of its own. */
export function Section(props: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Box component="section" aria-label={props.title}>
      <Group
        justify="space-between"
        align="flex-end"
        pb="xs"
        mb="sm"
        style={{ borderBottom: "1px solid var(--line)" }}
      >
        <Box miw={0}>
          <Title order={2}>{props.title}</Title>
          {props.about && (
            <Text component="div" size="sm" c="var(--faint)">
              {props.about}
            </Text>
          )}
        </Box>
        {props.actions && <Group gap="xs">{props.actions}</Group>}
      </Group>
      {props.children}
    </Box>
  );
}
