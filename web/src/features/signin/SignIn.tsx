import { Alert, Button, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { Mark } from "../../app/Mark";
import { useText } from "../../text";
import { Copyable } from "../../ui/Copy";
import { signInWithPasskey } from "./passkey";

/** SignIn is for whoever isn't signed in. ended says that they were until now. */
export function SignIn({ ended }: { ended: boolean }) {
  const { say } = useText();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const supported = "PublicKeyCredential" in window && window.isSecureContext;

  async function passkey() {
    setBusy(true);
    setProblem(undefined);
    try {
      const here = window.location.pathname + window.location.search;
      window.location.assign(await signInWithPasskey(here));
    } catch (error) {
      const cancelled = error instanceof DOMException;
      setProblem(cancelled ? say("signIn.cancelled") : (error as Error).message);
      setBusy(false);
    }
  }

  return (
    <Stack component="main" maw="24rem" mx="auto" px="md" pt="12vh" pb="xl" gap="lg">
      <Mark />
      <Title order={1}>{ended ? say("signedOut.title") : say("signIn.title")}</Title>
      {ended && <Text c="var(--faint)">{say("signedOut.ended")}</Text>}
      {problem && (
        <Alert color="red" title={say("signIn.refused")} role="alert">
          {problem}
        </Alert>
      )}
      <Stack gap="xs">
        <Button fullWidth size="md" loading={busy} disabled={!supported} onClick={() => void passkey()}>
          {say("signIn.passkey")}
        </Button>
        {!supported && <Text size="sm">{say("signIn.unsupported")}</Text>}
        <Button fullWidth size="md" variant="default" disabled title={say("signIn.microsoftLater")}>
          {say("signIn.microsoft")}
        </Button>
        <Text size="xs" c="var(--faint)">
          {say("signIn.microsoftLater")}
        </Text>
      </Stack>
      <Text c="var(--faint)">{say("signIn.link")}</Text>
      <Stack gap={4}>
        <Text size="sm" c="var(--faint)">
          {say("signIn.linkHow")}
        </Text>
        <Copyable
          value="rollcall admin invite --org acme --email you@example.com"
          what="rollcall admin invite"
        />
      </Stack>
    </Stack>
  );
}
