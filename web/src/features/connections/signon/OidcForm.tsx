import { Button, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useText } from "../../../text";
import { done } from "../../../ui/toast";
import { addSecretDocument, configureOidcDocument, type SignOnConnection } from "./documents";
import { dayEnd } from "./ends";
import { googleIssuer, guidedBy } from "./guide";
import { problemOf } from "./problem";

const world = "login.microsoftonline.com";
const authorities = [world, "login.microsoftonline.us", "login.partner.microsoftonline.cn"];
const fields = ["tenant", "clientId", "issuer", "authority", "secret", "expiresAt"];

/** OidcForm takes what the provider shows of the registration; withSecret, its first client secret too. */
export function OidcForm(props: {
  connection: SignOnConnection;
  withSecret?: boolean;
  onSaved?: () => void;
}) {
  const { say } = useText();
  const { connection: c, withSecret } = props;
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
  });
  const [secret, setSecret] = useState("");
  const [ends, setEnds] = useState("");
  const [configured, configure] = useMutation(configureOidcDocument);
  const [added, add] = useMutation(addSecretDocument);
  const set = (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change }));
  const { at, rest } = problemOf(configured.error ?? added.error, fields);
  const hasKey = on?.secrets.some((s) => s.key) ?? false;

  async function save() {
    const { tenantId, authority, issuer, ...more } = draft;
    const which = entra ? { tenantId, authority } : { issuer };
    const { data } = await configure({ id: c.id, input: { ...which, ...more } });
    if (!data) return;
    if (withSecret) {
      const { error } = await add({ id: c.id, secret, expiresAt: dayEnd(ends) });
      if (error) return;
    }
    done(say(withSecret ? "signon.ready" : "signon.saved"));
    props.onSaved?.();
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
        {withSecret && (
          <>
            <TextInput
              label={say(entra ? "signon.entraSecret" : "signon.secret")}
              description={say(entra ? "signon.entraSecretAbout" : "signon.secretAbout")}
              value={secret}
              onChange={(event) => setSecret(event.currentTarget.value)}
              error={at("secret")}
              required
              autoComplete="off"
              spellCheck={false}
            />
            <TextInput
              type="date"
              label={say("signon.secretEnds")}
              description={say("signon.secretEndsAbout")}
              value={ends}
              onChange={(event) => setEnds(event.currentTarget.value)}
              error={at("expiresAt")}
              required={entra}
            />
          </>
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
        {on && !withSecret && (
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
          <Button type="submit" loading={configured.fetching || added.fetching}>
            {say("act.save")}
          </Button>
          {props.onSaved && (
            <Button variant="default" onClick={props.onSaved}>
              {say("act.cancel")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
