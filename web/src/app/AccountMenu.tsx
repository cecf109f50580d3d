import { Box, Menu, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconLogout } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type Language, languages, speak, useText } from "../text";
import { AccountButton } from "./Account";
import { signOut } from "./signout";

/** AccountMenu has colours, language, the own account and the way out. It opens when it comes. */
export default function AccountMenu() {
  const { say, locale } = useText();
  const scheme = useMantineColorScheme();
  return (
    <Menu position="top-start" width={216} defaultOpened>
      <Menu.Target>
        <AccountButton />
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
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
          {say("me.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
