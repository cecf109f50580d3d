import { Button, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { type Key, useText } from "../../../text";
import { done } from "../../../ui/toast";
import { configureOidcDocument, type SignOn, type SignOnConnection } from "./documents";
import { dayEnd } from "./ends";
import { googleIssuer, guidedBy } from "./guide";
import { Moving } from "./Moving";
import { OidcSecret } from "./OidcSecret";
import { problemOf } from "./problem";

const world = "login.microsoftonline.com";
const authorities = [world, "login.microsoftonline.us", "login.partner.microsoftonline.cn"];
const fields = ["tenant", "clientId", "issuer", "authority", "secret", "secretExpiresAt"];

/** OidcForm takes what the provider shows of the registration: with a secret the first time, and when it becomes another provider's. */
export function OidcForm(props: {
  connection: SignOnConnection;
  onSaved: (warnings: string[]) => void;
  onCancel?: () => void;
}) {
  const { say } = useText();
  const { connection: c } = props;
  const on = c.signOn;
  const guide = guidedBy(c.kind);
  const entra = on ? on.tenantId !== null : guide === "ENTRA";
  const [draft, setDraft] = useState({
    tenantId: on?.tenantId ?? "",
    authority: on?.authority ?? world,
    issuer: on?.issuer ?? (guide === "GOOGLE" ? googleIssuer : ""),
    clientId: on?.clientId ?? "",
    hybrid: on?.hybrid ?? false,
    keyCredential: on?.keyCredential ?? false,
    secret: "",
    ends: "",
  });
  const [{ fetching, error }, configure] = useMutation(configureOidcDocument);
  const set = (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change }));
  const { at, rest } = problemOf(error, fields);
  const hasKey = on?.secrets.some((s) => s.key) ?? false;
  const provider = (r: { authority: string | null; tenantId: string | null; issuer: string | null }) =>
    entra ? `${r.authority}/${r.tenantId?.trim().toLowerCase()}` : r.issuer?.trim();
  const moves = on !== null && !draft.keyCredential && provider(draft) !== provider(on);
  const takesSecret = !on || moves;

  async function save() {
    const { tenantId, authority, issuer, secret, ends, ...more } = draft;
    const which = entra ? { tenantId, authority } : { issuer };
    const key = takesSecret && secret && { secret, secretExpiresAt: dayEnd(ends) };
    const { data } = await configure({ id: c.id, input: { ...which, ...more, ...(key || {}) } });
    if (!data) return;
    const { connection, warnings } = data.configureOidc;
    done(say(savedAs(on, connection.signOn?.enabled ?? false, moves, Boolean(key))));
    props.onSaved(warnings);
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack maw="36rem">
        <TextInput
          label={say(entra ? "signon.entraClientId" : "signon.clientId")}
          value={draft.clientId}
          onChange={(event) => set({ clientId: event.currentTarget.value })}
          error={at("clientId")}
          required
          autoComplete="off"
          spellCheck={false}
        />
        {entra ? (
          <TextInput
            label={say("signon.tenantId")}
            value={draft.tenantId}
            onChange={(event) => set({ tenantId: event.currentTarget.value })}
            error={at("tenant")}
            required
            autoComplete="off"
            spellCheck={false}
          />
        ) : (
          <TextInput
            label={say("signon.issuer")}
            description={say("signon.issuerAbout")}
            value={draft.issuer}
            onChange={(event) => set({ issuer: event.currentTarget.value })}
            error={at("issuer")}
            required
            autoComplete="off"
            spellCheck={false}
          />
        )}
        {entra && (
          <Select
            label={say("signon.authority")}
            description={say("signon.authorityAbout")}
            data={authorities}
            value={draft.authority ?? null}
            onChange={(authority) => authority && set({ authority })}
            allowDeselect={false}
            error={at("authority")}
          />
        )}
        {on && moves && <Moving connection={c} on={on} />}
        {takesSecret && (
          <OidcSecret
            entra={entra}
            required={!on}
            secret={draft.secret}
            ends={draft.ends}
            onChange={set}
            problem={at}
          />
        )}
        {on && (
          <>
            <Switch
              label={say("signon.hybrid")}
              description={say("signon.hybridAbout")}
              checked={draft.hybrid}
              onChange={(event) => set({ hybrid: event.currentTarget.checked })}
            />
            <Switch
              label={say("signon.keyCredential")}
              description={say(hasKey ? "signon.keyCredentialAbout" : "signon.keyCredentialNone")}
              checked={draft.keyCredential}
              disabled={!hasKey && !draft.keyCredential}
              onChange={(event) => set({ keyCredential: event.currentTarget.checked })}
            />
          </>
        )}
        {rest && (
          <Text c="var(--bad)" role="alert">
            {rest}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={fetching}>
            {say("act.save")}
          </Button>
          {props.onCancel && (
            <Button variant="default" onClick={props.onCancel}>
              {say("act.cancel")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}

/** savedAs is what has come of saving. */
function savedAs(was: SignOn | null, enabled: boolean, moved: boolean, withSecret: boolean): Key {
  if (!was) return "signon.ready";
  if (was.enabled && !enabled) return "signon.savedOff";
  if (moved && !withSecret && was.secrets.some((s) => !s.key)) return "signon.savedWithout";
  if (moved && withSecret) return enabled ? "signon.savedMoved" : "signon.savedMovedOff";
  return enabled ? "signon.saved" : "signon.savedStillOff";
}
