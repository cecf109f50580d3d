import { Button, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../app/session";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Section } from "../../ui/Page";
import { done } from "../../ui/toast";
import { DomainPart } from "./DomainPart";
import { byDomains, claimDocument, domainsDocument } from "./domains";

/** Domains are the e-mail domains that the organization says are its own, and where their people sign in. */
export function Domains() {
  const { say } = useText();
  const write = useMay()("connections:write");
  const [name, setName] = useState("");
  const [answer, ask] = useQuery({ query: domainsDocument, context: byDomains });
  const [{ fetching, error }, claim] = useMutation(claimDocument);
  return (
    <Section title={say("settings.domains")} about={say("settings.domainsText")}>
      <Stack>
        <Loaded
          answer={answer}
          retry={() => ask({ requestPolicy: "network-only" })}
          skeleton={<Skeleton height={72} />}
        >
          {({ domains, connections }) =>
            domains.length === 0 ? (
              <Text c="var(--faint)">{say("settings.domains.none")}</Text>
            ) : (
              domains.map((d) => <DomainPart key={d.id} domain={d} connections={connections} />)
            )
          }
        </Loaded>
        {write && (
          <form
            onSubmit={async (event) => {
              event.preventDefault();
              const { data } = await claim({ name }, byDomains);
              if (!data) return;
              setName("");
              done(say("settings.domains.claimed", { name: data.claimDomain.domain.name }));
            }}
          >
            <Group gap="xs" align="flex-start">
              <TextInput
                label={say("settings.domains.name")}
                placeholder="example.com"
                w={{ base: "100%", xs: 288 }}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
                error={error && refusals(error)[0]?.message}
                required
                autoComplete="off"
                spellCheck={false}
              />
              <Button type="submit" variant="default" loading={fetching} mt={{ xs: 25 }}>
                {say("settings.domains.claim")}
              </Button>
            </Group>
          </form>
        )}
      </Stack>
    </Section>
  );
}
