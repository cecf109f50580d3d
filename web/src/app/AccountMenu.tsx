import { Box, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconLogout, IconSelector } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type Language, languages, speak, useText } from "../text";
import classes from "./AccountMenu.module.css";
import { useViewer } from "./session";
import { useSignOut } from "./signout";

/** AccountMenu stands below the navigation: who is signed in, colours, language, the way out. */
export default function AccountMenu() {
  const { say, locale } = useText();
  const viewer = useViewer();
  const scheme = useMantineColorScheme();
  const signOut = useSignOut();
  return (
    <Menu position="top-start" width={216}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={say("me.menu")}>
          <Box miw={0} flex={1}>
            <Text size="sm" fw={500} truncate dir="auto">
              {viewer.name}
            </Text>
            <Text size="xs" c="var(--faint)" truncate>
              {viewer.role && say(`role.${viewer.role}`)}
            </Text>
          </Box>
          <IconSelector size={14} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say("me.colours")}</Menu.Label>
        <Box px="xs" pb="xs">
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={say("me.colours")}
            value={scheme.colorScheme}
            onChange={(value) => scheme.setColorScheme(value as "light" | "dark" | "auto")}
            data={[
              { value: "light", label: say("me.light") },
              { value: "dark", label: say("me.dark") },
              { value: "auto", label: say("me.system") },
            ]}
          />
        </Box>
        <Menu.Label>{say("me.language")}</Menu.Label>
        <Box px="xs" pb="xs">
          <SegmentedControl
            fullWidth
            size="xs"
            aria-label={say("me.language")}
            value={locale}
            onChange={(value) => void speak(value as Language, true)}
            data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
          />
        </Box>
        <Menu.Divider />
        <Menu.Item component={Link} to="/account" leftSection={<IconDeviceDesktop size={16} />}>
          {say("me.sessions")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {say("me.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
