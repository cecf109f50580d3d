import { Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useMay, useViewer } from "../../app/session";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Scopes } from "./Scopes";
import { Secret } from "./Secret";
import { byTokens } from "./token";

const choicesDocument = graphql(`
  query TokenChoices($organization: Boolean!) {
    connections {
      id
      name
    }
    organization @include(if: $organization) {
      id
      scimUrl
    }
  }
`);

const scimDocument = graphql(`
  mutation CreateScimToken($connectionId: ID!, $name: String!, $days: Int!) {
    made: createScimToken(connectionId: $connectionId, name: $name, expiresInDays: $days) {
      secret
    }
  }
`);

const apiDocument = graphql(`
  mutation CreateApiToken($name: String!, $scopes: [String!]!, $days: Int!) {
    made: createApiToken(name: $name, scopes: $scopes, expiresInDays: $days) {
      secret
    }
  }
`);

const personalDocument = graphql(`
  mutation CreatePersonalToken($name: String!, $scopes: [String!]!, $days: Int!) {
    made: createPersonalToken(name: $name, scopes: $scopes, expiresInDays: $days) {
      secret
    }
  }
`);

const year = 365;
const lengths = { scim: [90, 180, year, 2 * year, 3 * year], api: [7, 30, 90, 180, year] };

/** NewToken makes a token of a kind, and then shows its secret. */
export function NewToken({ kind, onClose }: { kind: "scim" | "api" | "personal"; onClose: () => void }) {
  const { say } = useText();
  const may = useMay();
  const { scopes: own } = useViewer();
  const [name, setName] = useState("");
  const [days, setDays] = useState(kind === "scim" ? year : 90);
  const [connection, setConnection] = useState<string | null>(null);
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set());
  const [lacking, setLacking] = useState(false);
  const [{ data: choices }] = useQuery({
    query: choicesDocument,
    variables: { organization: may("organization:read") },
    pause: kind !== "scim",
  });
  const [scim, makeScim] = useMutation(scimDocument);
  const [api, makeApi] = useMutation(apiDocument);
  const [personal, makePersonal] = useMutation(personalDocument);
  const answer = { scim, api, personal }[kind];
  const secret = answer.data?.made.secret;
  const [refusal] = answer.error ? refusals(answer.error) : [];
  const at = (field: string) => (refusal?.field === field ? refusal.message : undefined);
  const known = ["name", "expiresInDays", kind === "scim" ? "connectionId" : "scopes"].includes(
    refusal?.field ?? "",
  );
  const connectionId = connection ?? choices?.connections[0]?.id;

  function make() {
    if (kind === "scim") {
      if (connectionId) void makeScim({ connectionId, name, days }, byTokens);
      return;
    }
    setLacking(scopes.size === 0);
    if (scopes.size === 0) return;
    const asked = { name, days, scopes: [...scopes] };
    void (kind === "api" ? makeApi(asked, byTokens) : makePersonal(asked, byTokens));
  }

  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnClickOutside={!secret}
      title={secret ? say("tokens.secret.title") : `${say("tokens.new")}: ${say(`tokens.new.${kind}`)}`}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      {secret ? (
        <Secret
          secret={secret}
          url={kind === "scim" ? choices?.organization?.scimUrl : undefined}
          onClose={onClose}
        />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            make();
          }}
        >
          <Stack>
            <Text c="var(--faint)">{say(`tokens.new.${kind}Text`)}</Text>
            {kind === "scim" && (
              <Select
                label={say("tokens.form.connection")}
                allowDeselect={false}
                value={connectionId ?? null}
                onChange={setConnection}
                error={
                  at("connectionId") ??
                  (choices?.connections.length === 0 ? say("tokens.form.noConnection") : undefined)
                }
                data={(choices?.connections ?? []).map((c) => ({ value: c.id, label: c.name }))}
              />
            )}
            <TextInput
              label={say("tokens.form.name")}
              placeholder={say("tokens.form.nameHint")}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={at("name")}
              required
              data-autofocus
            />
            <Select
              label={say("tokens.form.days")}
              allowDeselect={false}
              value={String(days)}
              onChange={(v) => setDays(Number(v))}
              error={at("expiresInDays")}
              data={lengths[kind === "scim" ? "scim" : "api"].map((d) => ({
                value: String(d),
                label:
                  d % year === 0
                    ? say("tokens.form.years", { count: d / year })
                    : say("tokens.form.daysOf", { count: d }),
              }))}
            />
            {kind !== "scim" && (
              <Scopes
                offered={own}
                chosen={scopes}
                change={setScopes}
                problem={
                  at("scopes") ?? (lacking && scopes.size === 0 ? say("tokens.form.noScope") : undefined)
                }
              />
            )}
            {refusal && !known && (
              <Text c="var(--bad)" role="alert">
                {refusal.message}
              </Text>
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {say("act.cancel")}
              </Button>
              <Button type="submit" loading={answer.fetching} disabled={kind === "scim" && !connectionId}>
                {say("tokens.form.make")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
