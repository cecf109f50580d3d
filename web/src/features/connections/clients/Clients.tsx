import { Button, Group, NumberInput, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../../app/session";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { Loaded } from "../../../ui/Loaded";
import { Section } from "../../../ui/Page";
import { done } from "../../../ui/toast";
import { Rich } from "../setup/Rich";
import { ClientPart } from "./ClientPart";
import { byClients, clientsDocument, createClientDocument } from "./documents";

/** Clients are the OAuth clients of a connection, for directories that get their SCIM tokens themselves. */
export function Clients({ connection }: { connection: string }) {
  const { say } = useText();
  const may = useMay();
  const write = may("tokens:write") && may("users:write");
  const [name, setName] = useState("");
  const [minutes, setMinutes] = useState<number | string>(60);
  const [answer, ask] = useQuery({
    query: clientsDocument,
    variables: { id: connection },
    context: byClients,
  });
  const [{ fetching, error }, create] = useMutation(createClientDocument);
  const problem = error && refusals(error)[0];
  const ofMinutes = problem?.field === "token_minutes" || problem?.field === "tokenMinutes";
  return (
    <Section title={say("clients.title")} about={say("clients.about")}>
      <Stack gap="lg">
        {answer.data?.connection?.kind === "ENTRA" && (
          <Text maw="44rem">
            <Rich text={say("clients.which")} />
          </Text>
        )}
        <Loaded
          answer={answer}
          retry={() => ask({ requestPolicy: "network-only" })}
          skeleton={<Skeleton height={72} />}
        >
          {({ connection: c }) =>
            c && c.scimClients.length > 0 ? (
              <Stack gap="lg">
                {c.scimClients.map((client) => (
                  <ClientPart key={client.id} client={client} write={write} />
                ))}
              </Stack>
            ) : (
              <Text c="var(--faint)">{say("clients.none")}</Text>
            )
          }
        </Loaded>
        {write && (
          <form
            onSubmit={async (event) => {
              event.preventDefault();
              const { data } = await create(
                { connectionId: connection, name, minutes: Number(minutes) },
                byClients,
              );
              if (!data) return;
              setName("");
              setMinutes(60);
              done(say("clients.made"));
            }}
          >
            <Group align="flex-start" gap="xs">
              <TextInput
                label={say("clients.name")}
                w={{ base: "100%", xs: 288 }}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={ofMinutes ? undefined : problem?.message}
                maxLength={100}
                required
                autoComplete="off"
              />
              <NumberInput
                label={say("clients.minutes")}
                description={say("clients.minutesAbout")}
                inputWrapperOrder={["label", "input", "description", "error"]}
                w={{ base: "100%", xs: 192 }}
                value={minutes}
                onChange={setMinutes}
                error={ofMinutes && problem?.message}
                min={60}
                max={360}
                step={30}
                allowDecimal={false}
                required
              />
              <Button type="submit" variant="default" loading={fetching} mt={{ xs: 25 }}>
                {say("clients.make")}
              </Button>
            </Group>
          </form>
        )}
      </Stack>
    </Section>
  );
}
