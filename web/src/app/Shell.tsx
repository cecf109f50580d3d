import { ActionIcon, AppShell, Box, Burger, Group, Kbd, NavLink, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { useText } from "../text";
import { Account } from "./Account";
import { Mark } from "./Mark";
import { pages } from "./pages";
import classes from "./Shell.module.css";
import { useMay, useViewer } from "./session";

const Palette = lazy(() => import("./Palette"));

/** Shell is what stands around every page: the navigation, the search, the account. */
export function Shell() {
  const { say } = useText();
  const viewer = useViewer();
  const may = useMay();
  const path = useRouterState({ select: (s) => s.location.pathname });
  const [opened, menu] = useDisclosure(false);
  const [palette, setPalette] = useState<"unused" | "open" | "closed">("unused");

  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the list of pages
  useEffect(() => menu.close(), [path]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette("open");
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <AppShell
      header={{ height: { base: 52, sm: 0 } }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "md", sm: "xl" }}
      transitionDuration={120}
    >
      <a href="#content" className={classes.skip}>
        {say("nav.skip")}
      </a>
      <AppShell.Header hiddenFrom="sm" className={classes.header}>
        <Group h="100%" px="md" justify="space-between">
          <Group gap="xs">
            <Burger opened={opened} onClick={menu.toggle} size="sm" aria-label={say("nav.open")} />
            <Mark />
          </Group>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={say("palette.open")}
            onClick={() => setPalette("open")}
          >
            <IconSearch size={18} />
          </ActionIcon>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} p="sm" aria-label={say("nav.label")}>
        <Box visibleFrom="sm" px="xs" pt="xs" pb="sm">
          <Mark />
          <Text size="xs" c="var(--faint)" truncate title={viewer.organizationName ?? ""} dir="auto">
            {viewer.organizationName}
          </Text>
        </Box>
        <UnstyledButton className={classes.search} onClick={() => setPalette("open")} visibleFrom="sm">
          <IconSearch size={14} />
          <span>{say("palette.open")}</span>
          <Kbd size="xs">⌘K</Kbd>
        </UnstyledButton>
        <Box className={classes.pages}>
          {pages
            .filter((p) => may(p.scope))
            .map((p) => {
              const active = p.to === "/" ? path === "/" : path === p.to || path.startsWith(`${p.to}/`);
              return (
                <NavLink
                  key={p.to}
                  component={Link}
                  to={p.to}
                  label={say(p.text)}
                  leftSection={<p.icon size={16} stroke={1.6} />}
                  active={active}
                  aria-current={active ? "page" : undefined}
                  className={classes.link}
                />
              );
            })}
        </Box>
        <Account />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      {palette !== "unused" && (
        <Suspense>
          <Palette opened={palette === "open"} onClose={() => setPalette("closed")} />
        </Suspense>
      )}
    </AppShell>
  );
}
