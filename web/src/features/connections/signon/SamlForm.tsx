import { Button, Group, SegmentedControl, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useText } from "../../../text";
import { done } from "../../../ui/toast";
import { configureSamlDocument, type SignOnConnection } from "./documents";
import { problemOf } from "./problem";

const ways = ["url", "document", "parts"] as const;
const fields = ["metadata", "metadataUrl", "entityId", "signInUrl", "signOutUrl", "certificates"];
const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** SamlForm takes the provider's metadata, by address or as a document, or its parts one by one. */
export function SamlForm(props: {
  connection: SignOnConnection;
  onSaved: (warnings: string[]) => void;
  onCancel?: () => void;
}) {
  const { say } = useText();
  const { connection: c } = props;
  const on = c.signOn;
  const [way, setWay] = useState<(typeof ways)[number]>("url");
  const [draft, setDraft] = useState({
    metadataUrl: on?.metadataUrl ?? "",
    metadata: "",
    entityId: on?.entityId ?? "",
    signInUrl: on?.signInUrl ?? "",
    signOutUrl: on?.signOutUrl ?? "",
    certificates: "",
  });
  const [{ fetching, error }, configure] = useMutation(configureSamlDocument);
  const set = (change: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...change }));
  const { at, rest } = problemOf(error, fields);

  async function save() {
    const { entityId, signInUrl, signOutUrl, certificates } = draft;
    const { data } = await configure({
      id: c.id,
      input: {
        ...(way === "url" && { metadataUrl: draft.metadataUrl.trim() }),
        ...(way === "document" && { metadata: draft.metadata }),
        ...(way === "parts" && {
          entityId,
          signInUrl,
          signOutUrl,
          certificates: certificates.match(certificate) ?? [certificates],
        }),
        providerInitiated: on?.providerInitiated ?? false,
        legacySha1: on?.legacySha1 ?? false,
      },
    });
    if (!data) return;
    done(say(on ? "signon.saved" : "signon.ready"));
    props.onSaved(data.configureSaml.warnings);
  }

  const text = (field: keyof typeof draft, required = true) => (
    <TextInput
      label={say(`signon.${field}` as "signon.entityId")}
      value={draft[field]}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
      error={at(field)}
      required={required}
      autoComplete="off"
      spellCheck={false}
    />
  );
  const long = (field: "metadata" | "certificates") => (
    <Textarea
      label={say(`signon.${field}`)}
      value={draft[field]}
      onChange={(event) => set({ [field]: event.currentTarget.value })}
      error={at(field)}
      minRows={5}
      maxRows={12}
      autosize
      required
      spellCheck={false}
      styles={{ input: { fontFamily: "var(--mono)", fontSize: "0.75rem" } }}
    />
  );

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Stack maw="36rem">
        <SegmentedControl
          aria-label={say("signon.metadataBy")}
          value={way}
          onChange={(value) => setWay(value as typeof way)}
          data={ways.map((value) => ({ value, label: say(`signon.metadataBy.${value}`) }))}
        />
        {way === "url" && text("metadataUrl")}
        {way === "document" && long("metadata")}
        {way === "parts" && (
          <>
            {text("entityId")}
            {text("signInUrl")}
            {text("signOutUrl", false)}
            {long("certificates")}
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
