import { Anchor, Button, Group, Select, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useMay, useViewer } from "../../app/session";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { DataTable } from "../../ui/DataTable";
import { Failure } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { PersonPicker } from "../../ui/PersonPicker";
import { Status } from "../../ui/Status";
import { done } from "../../ui/toast";

const administratorsDocument = graphql(`
  query Administrators {
    users(first: 200, where: { roles: [OWNER, ADMIN, AUDITOR] }, orderBy: { field: DISPLAY_NAME }) {
      nodes {
        id
        name
        userName
        role
        active
      }
    }
  }
`);

const personDocument = graphql(`
  query ToBePromoted($id: ID!) {
    user(id: $id) {
      id
      name
      role
    }
  }
`);

const roleDocument = graphql(`
  mutation ChangeRole($id: ID!, $role: Role!) {
    changeRole(id: $id, role: $role) {
      user {
        id
        role
      }
    }
  }
`);

const roles = ["OWNER", "ADMIN", "AUDITOR", "LEARNER"] as const;
type Role = (typeof roles)[number];

/** Roles lists who administers the organization; owners give and take roles. */
export function Roles() {
  const { say } = useText();
  const may = useMay();
  const viewer = useViewer();
  const [{ data, error }, ask] = useQuery({ query: administratorsDocument });
  const [picked, setPicked] = useState<string>();
  const [given, setGiven] = useState<Role>("ADMIN");
  const [{ data: found }] = useQuery({
    query: personDocument,
    variables: { id: picked ?? "" },
    pause: !picked,
  });
  const [wanted, setWanted] = useState<{ id: string; name: string; role: Role }>();
  const [answer, change] = useMutation(roleDocument);
  const write = may("roles:write");
  const options = roles.map((value) => ({ value, label: say(`role.${value}`) }));
  const person = picked ? found?.user : undefined;

  async function act() {
    if (!wanted) return;
    const { error: problem } = await change({ id: wanted.id, role: wanted.role });
    if (problem) return;
    done(say("settings.roles.changed", { name: wanted.name }));
    setWanted(undefined);
    setPicked(undefined);
    ask({ requestPolicy: "network-only" });
  }

  return (
    <Section title={say("settings.roles")} about={say("settings.rolesText")}>
      {error && !data ? (
        <Failure error={error} retry={() => ask({ requestPolicy: "network-only" })} />
      ) : (
        <DataTable
          label={say("settings.roles")}
          rows={data?.users.nodes}
          id={(u) => u.id}
          expected={3}
          columns={[
            {
              key: "person",
              title: say("settings.roles.person"),
              cell: (u) => (
                <>
                  <Anchor component={Link} to={`/people/${u.id}`} fw={500} c="var(--ink)" dir="auto">
                    {u.name}
                  </Anchor>
                  <Text size="xs" c="var(--faint)">
                    {u.userName}
                  </Text>
                </>
              ),
            },
            {
              key: "active",
              title: say("tokens.state"),
              width: "9rem",
              cell: (u) => (
                <Status tone={u.active ? "good" : "quiet"}>
                  {say(u.active ? "settings.roles.active" : "settings.roles.inactive")}
                </Status>
              ),
            },
            {
              key: "role",
              title: say("settings.roles.role"),
              width: "13rem",
              cell: (u) =>
                write ? (
                  <Select
                    size="xs"
                    aria-label={say("settings.roles.of", { name: u.name })}
                    allowDeselect={false}
                    value={u.role}
                    data={options}
                    onChange={(role) =>
                      role && role !== u.role && setWanted({ id: u.id, name: u.name, role: role as Role })
                    }
                  />
                ) : (
                  say(`role.${u.role}`)
                ),
            },
          ]}
        />
      )}
      {write && (
        <Group mt="md" gap="xs" align="flex-end" role="group" aria-label={say("settings.roles.add")}>
          <PersonPicker label={say("settings.roles.add")} value={picked} onChange={setPicked} w={288} />
          <Select
            aria-label={say("settings.roles.role")}
            w={{ base: "100%", xs: 160 }}
            allowDeselect={false}
            value={given}
            data={options.filter((o) => o.value !== "LEARNER")}
            onChange={(role) => setGiven(role as Role)}
          />
          <Button
            variant="default"
            disabled={!person || person.role === given}
            onClick={() => person && setWanted({ id: person.id, name: person.name, role: given })}
          >
            {say("settings.roles.give")}
          </Button>
        </Group>
      )}
      {wanted && (
        <Confirm
          opened
          title={say("settings.roles.confirm", { name: wanted.name })}
          text={
            <>
              <Text>
                {say("settings.roles.confirmText", { name: wanted.name, role: say(`role.${wanted.role}`) })}
              </Text>
              {wanted.id === viewer.id && wanted.role !== "OWNER" && (
                <Text mt="xs" fw={500}>
                  {say("settings.roles.confirmSelf", { role: say(`role.${wanted.role}`) })}
                </Text>
              )}
            </>
          }
          act={say("settings.roles.change")}
          busy={answer.fetching}
          problem={answer.error && refusals(answer.error)[0]?.message}
          onAct={() => void act()}
          onClose={() => setWanted(undefined)}
        />
      )}
    </Section>
  );
}
