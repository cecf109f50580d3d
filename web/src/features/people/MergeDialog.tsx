import { Button, Group, List, Modal, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { NotFound } from "../../ui/Notice";
import { done } from "../../ui/toast";
import { MergePreview } from "./MergePreview";
import { joined, keepFirst, type Party } from "./merge";

const party = graphql(`
  fragment MergeParty on User @_unmask {
    id
    name
    userName
    role
    createdAt
    displayName
    givenName
    familyName
    email
    title
    employeeNumber
    costCenter
    division
    company
    userType
    preferredLanguage
    locale
    timezone
    managerValue
    reportCount
    connection {
      id
      name
    }
    department {
      id
      name
    }
    manager {
      id
      name
    }
    groups {
      id
      displayName
      connection {
        id
      }
    }
  }
`);

const bothDocument = graphql(
  `
    query Both($a: ID!, $b: ID!) {
      a: user(id: $a) {
        ...MergeParty
      }
      b: user(id: $b) {
        ...MergeParty
      }
    }
  `,
  [party],
);

const mergeDocument = graphql(`
  mutation Merge($keep: ID!, $remove: ID!) {
    mergeUsers(keep: $keep, remove: $remove) {
      user {
        id
        name
      }
    }
  }
`);

/** MergeDialog shows what a merge keeps and what it gives up, and does it. */
export function MergeDialog(props: { ids: [string, string]; onClose: (merged: boolean) => void }) {
  const { say } = useText();
  const [answer, again] = useQuery({
    query: bothDocument,
    variables: { a: props.ids[0], b: props.ids[1] },
    requestPolicy: "network-only",
  });
  return (
    <Modal
      opened
      onClose={() => props.onClose(false)}
      size="xl"
      title={say("people.merge.title")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <Loaded answer={answer} retry={again} skeleton={<Skeleton height={240} />}>
        {({ a, b }) => (a && b ? <Choice a={a} b={b} onClose={props.onClose} /> : <NotFound />)}
      </Loaded>
    </Modal>
  );
}

function Choice({ a, b, onClose }: { a: Party; b: Party; onClose: (merged: boolean) => void }) {
  const { say } = useText();
  const navigate = useNavigate();
  const [first, setFirst] = useState(() => keepFirst(a, b));
  const [{ error, fetching }, merge] = useMutation(mergeDocument);
  const [keep, remove] = first ? [a, b] : [b, a];
  const groups = joined(keep, remove);
  const label = (p: Party) =>
    `${p.userName} (${p.connection ? say("people.from", { connection: p.connection.name }) : say("people.localLong")})`;

  return (
    <Stack>
      <div>
        <Text size="sm" fw={500} mb={4}>
          {say("people.merge.keep")}
        </Text>
        {a.connection || b.connection ? (
          <Text>{say("people.merge.provisionedStays", { name: label(keep) })}</Text>
        ) : (
          <SegmentedControl
            fullWidth
            aria-label={say("people.merge.keep")}
            value={first ? "a" : "b"}
            onChange={(v) => setFirst(v === "a")}
            data={[
              { value: "a", label: label(a) },
              { value: "b", label: label(b) },
            ]}
          />
        )}
      </div>
      <MergePreview keep={keep} remove={remove} />
      <List size="sm">
        <List.Item>
          {say("people.merge.groups", { count: groups.length, names: groups.slice(0, 5).join(", ") })}
        </List.Item>
        <List.Item>{say("people.merge.reports", { count: remove.reportCount, name: keep.name })}</List.Item>
        <List.Item>{say("people.merge.gone", { name: remove.userName })}</List.Item>
      </List>
      {error && (
        <Text c="var(--bad)" role="alert">
          {refusals(error)[0]?.message}
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => onClose(false)}>
          {say("act.cancel")}
        </Button>
        <Button
          color="red"
          loading={fetching}
          onClick={async () => {
            const { data } = await merge({ keep: keep.id, remove: remove.id });
            if (!data) return;
            done(say("people.merge.done", { name: data.mergeUsers.user.name }), {
              label: say("people.merge.open"),
              act: () => void navigate({ to: `/people/${keep.id}` }),
            });
            onClose(true);
          }}
        >
          {say("people.merge.act")}
        </Button>
      </Group>
    </Stack>
  );
}
