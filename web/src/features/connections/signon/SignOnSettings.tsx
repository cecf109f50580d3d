import { Button, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../../app/session";
import { useText } from "../../../text";
import { Section } from "../../../ui/Page";
import { done } from "../../../ui/toast";
import { type SignOn, type SignOnConnection, updateSignOnDocument } from "./documents";
import { dayEnd, dayOf } from "./ends";
import { Holders } from "./Holders";
import { problemOf } from "./problem";
import { RoleRules } from "./RoleRules";
import { type Rule, ruleOf, usable } from "./rules";

/** SignOnSettings is whom a first sign-in lets in, with which role, and what is special about SAML. */
export function SignOnSettings({ connection: c, on }: { connection: SignOnConnection; on: SignOn }) {
  const { say } = useText();
  const may = useMay();
  const write = may("connections:write");
  const sees = may("tokens:read");
  const saml = on.protocol === "SAML";
  const was = {
    linkUntil: dayOf(on.linkUntil),
    createPeople: on.createPeople,
    subjectClaim: on.subjectClaim ?? "",
    providerInitiated: on.providerInitiated,
    legacySha1: on.legacySha1,
    roles: on.roles.map(ruleOf),
  };
  const [draft, setDraft] = useState(was);
  const [{ fetching, error }, update] = useMutation(updateSignOnDocument);
  const set = (change: Partial<typeof was>) => setDraft((before) => ({ ...before, ...change }));
  const { at, rest } = problemOf(error, ["linkUntil", "subjectClaim", "roles"]);
  const changed = JSON.stringify(draft) !== JSON.stringify(was);

  async function save() {
    const { linkUntil, subjectClaim, roles, providerInitiated, legacySha1, createPeople } = draft;
    const { data } = await update({
      id: c.id,
      input: {
        createPeople,
        subjectClaim: subjectClaim || null,
        ...(linkUntil !== was.linkUntil && { linkUntil: dayEnd(linkUntil) }),
        roles: roles.map((r) => usable(r)),
        ...(saml && { providerInitiated, legacySha1 }),
      },
    });
    if (data) done(say("signon.saved"));
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack gap="xl" maw="52rem">
        <Section title={say("signon.first")} about={say("signon.firstAbout")}>
          <Stack>
            <TextInput
              type="date"
              label={say("signon.linkUntil")}
              description={say("signon.linkUntilAbout")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              value={draft.linkUntil}
              onChange={(event) => set({ linkUntil: event.currentTarget.value })}
              error={at("linkUntil")}
              disabled={!write}
              maw={400}
            />
            <Switch
              label={say("signon.createPeople")}
              description={say("signon.createPeopleAbout")}
              checked={draft.createPeople}
              onChange={(event) => set({ createPeople: event.currentTarget.checked })}
              disabled={!write}
            />
            <TextInput
              label={say("signon.subjectClaim")}
              description={say("signon.subjectClaimAbout")}
              inputWrapperOrder={["label", "input", "description", "error"]}
              placeholder={saml ? "NameID" : on.tenantId ? "oid" : "sub"}
              value={draft.subjectClaim}
              onChange={(event) => set({ subjectClaim: event.currentTarget.value })}
              error={at("subjectClaim")}
              disabled={!write}
              spellCheck={false}
              maw={400}
            />
          </Stack>
        </Section>
        <Section title={say("signon.roles")} about={say("signon.rolesAbout")}>
          <RoleRules
            rules={draft.roles}
            onChange={(roles: Rule[]) => set({ roles })}
            disabled={!write}
            problem={at("roles")}
          />
          {sees && draft.roles.some((r) => r.by === "group") && <Holders connection={c.id} />}
        </Section>
        {saml && (
          <Section title={say("signon.saml")}>
            <Stack>
              <Switch
                label={say("signon.providerInitiated")}
                description={say("signon.providerInitiatedAbout")}
                checked={draft.providerInitiated}
                onChange={(event) => set({ providerInitiated: event.currentTarget.checked })}
                disabled={!write}
              />
              <Switch
                label={say("signon.legacySha1")}
                description={say("signon.legacySha1About")}
                checked={draft.legacySha1}
                onChange={(event) => set({ legacySha1: event.currentTarget.checked })}
                disabled={!write}
              />
            </Stack>
          </Section>
        )}
        {rest && (
          <Text c="var(--bad)" role="alert">
            {rest}
          </Text>
        )}
        {write && (
          <Group>
            <Button type="submit" loading={fetching} disabled={!changed}>
              {say("act.save")}
            </Button>
            {changed && (
              <Button variant="default" onClick={() => setDraft(was)}>
                {say("connections.discard")}
              </Button>
            )}
          </Group>
        )}
      </Stack>
    </form>
  );
}
