import { Box, Text, UnstyledButton } from "@mantine/core";
import { IconSelector } from "@tabler/icons-react";
import { type ComponentPropsWithRef, lazy, Suspense, useState } from "react";
import { useText } from "../text";
import classes from "./Account.module.css";
import { useViewer } from "./session";

const load = () => import("./AccountMenu");
const AccountMenu = lazy(load);

/** Account stands below the navigation: who is signed in. Its menu is loaded when it is asked for. */
export function Account() {
  const [asked, setAsked] = useState(false);
  const button = (
    <AccountButton
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setAsked(true)}
    />
  );
  return asked ? (
    <Suspense fallback={button}>
      <AccountMenu />
    </Suspense>
  ) : (
    button
  );
}

/** AccountButton opens the menu of who is signed in. */
export function AccountButton(props: ComponentPropsWithRef<"button">) {
  const { say } = useText();
  const viewer = useViewer();
  return (
    <UnstyledButton {...props} className={classes.account} aria-label={say("me.menu")}>
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
  );
}
