import { Button, Group, Select, Stack, Switch, TagsInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { Section } from "../../ui/Page";
import { done } from "../../ui/toast";
import { Choice } from "./Choice";
import { type Kind, type OneConnection, updateDocument } from "./documents";
import { MatchOrder } from "./MatchOrder";

const kinds: readonly Kind[] = ["ENTRA", "OKTA", "ONELOGIN", "JUMPCLOUD", "GOOGLE", "GENERIC"];
const locals = ["LINK", "ASK", "REFUSE"] as const;

/** Settings changes everything about a connection that can be chosen, and says what each choice means. */
export function Settings({ connection: c, again }: { connection: OneConnection; again: () => void }) {
  const { say } = useText();
  const may = useMay();
  const was = { name: c.name, kind: c.kind, ...c.settings };
  const [draft, setDraft] = useState(was);
  const [{ fetching, error }, update] = useMutation(updateDocument);
  const set = (change: Partial<typeof was>) => setDraft((before) => ({ ...before, ...change }));
  const problem = error && refusals(error)[0];
  const at = (field: string) => (problem?.field?.split(".").at(-1) === field ? problem.message : undefined);
  const disabled = !may("connections:write");
  const changed = JSON.stringify(draft) !== JSON.stringify(was);

  async function save() {
    const { name, kind, ...settings } = draft;
    const { data } = await update({ id: c.id, input: { name, kind, settings } });
    if (!data) return;
    done(say("connections.saved"));
    setDraft({ ...draft, name: data.updateConnection.connection.name });
    again();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack gap="xl" maw="44rem">
        {disabled && <Text c="var(--faint)">{say("connections.readOnly")}</Text>}
        <Section title={say("connections.general")}>
          <Stack>
            <TextInput
              label={say("connections.nameLabel")}
              value={draft.name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              error={at("name")}
              disabled={disabled}
              required
            />
            <Select
              label={say("connections.provider")}
              description={say("connections.kindAbout")}
              data={kinds.map((value) => ({ value, label: say(`kind.${value}`) }))}
              value={draft.kind}
              onChange={(value) => set({ kind: (value as Kind | null) ?? draft.kind })}
              allowDeselect={false}
              disabled={disabled}
            />
          </Stack>
        </Section>
        <Section title={say("connections.who")} about={say("connections.whoAbout")}>
          <Stack>
            <TagsInput
              label={say("connections.domains")}
              description={say("connections.domainsAbout")}
              placeholder={draft.domains.length === 0 ? say("connections.domainsAll") : ""}
              value={draft.domains}
              onChange={(domains) => set({ domains })}
              error={at("domains")}
              disabled={disabled}
              splitChars={[",", " ", ";"]}
              clearable={false}
            />
            <Switch
              label={say("connections.groupsOn")}
              description={say("connections.groupsAbout")}
              checked={draft.groups}
              onChange={(event) => set({ groups: event.currentTarget.checked })}
              disabled={disabled}
            />
          </Stack>
        </Section>
        <Section title={say("connections.match")} about={say("connections.matchAbout")}>
          <MatchOrder value={draft.match} onChange={(match) => set({ match })} disabled={disabled} />
          {at("match") && (
            <Text c="var(--bad)" size="sm" role="alert">
              {at("match")}
            </Text>
          )}
        </Section>
        <Section title={say("connections.here")} about={say("connections.hereAbout")}>
          <Stack>
            <Choice
              label={say("connections.local")}
              value={draft.localPeople}
              onChange={(localPeople) => set({ localPeople })}
              disabled={disabled}
              options={locals.map((value) => ({
                value,
                label: say(`connections.local.${value}`),
                about: say(`connections.local.${value}.about`),
              }))}
            />
            <Switch
              label={say("connections.revive")}
              description={say("connections.reviveAbout")}
              checked={draft.revive}
              onChange={(event) => set({ revive: event.currentTarget.checked })}
              disabled={disabled}
            />
          </Stack>
        </Section>
        {problem && !["name", "domains", "match"].some(at) && (
          <Text c="var(--bad)" role="alert">
            {problem.message}
          </Text>
        )}
        {!disabled && (
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
