import { Button, Group, Skeleton } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress, useId } from "../../lib/address";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { Copyable } from "../../ui/Copy";
import { Facts } from "../../ui/Facts";
import { Loaded } from "../../ui/Loaded";
import { NotFound } from "../../ui/Notice";
import { Page, Section } from "../../ui/Page";
import { done } from "../../ui/toast";
import { When } from "../../ui/When";
import { Members } from "./Members";
import { NameDialog } from "./NameDialog";

const groupDocument = graphql(`
  query OneGroup($id: ID!) {
    group(id: $id) {
      id
      displayName
      externalId
      createdAt
      updatedAt
      memberCount
      connection {
        id
        name
      }
    }
  }
`);

const deleteDocument = graphql(`
  mutation DeleteGroup($id: ID!) {
    deleteGroup(id: $id) {
      id
    }
  }
`);

/** OneGroup is the page of one group: what is known of it, and who is in it. */
export function OneGroup() {
  const { say, number } = useText();
  const may = useMay();
  const id = useId();
  const navigate = useNavigate();
  const [address, change] = useAddress();
  const [answer, again] = useQuery({ query: groupDocument, variables: { id } });
  const [deleting, remove] = useMutation(deleteDocument);
  const back = { to: "/groups", label: say("groups.title") };
  const close = () => change({ do: undefined });
  const data = answer.data?.group && answer.data.group.id !== id ? undefined : answer.data;

  return (
    <Loaded
      whole
      answer={{ ...answer, data }}
      retry={() => again({ requestPolicy: "network-only" })}
      skeleton={
        <Page title={say("groups.one")} back={back}>
          <Skeleton height={16} maw={320} />
          <Skeleton height={200} />
        </Page>
      }
    >
      {({ group }) => {
        if (!group) return <NotFound />;
        const local = !group.connection;
        const editable = local && may("groups:write");
        return (
          <Page
            title={group.displayName}
            back={back}
            about={
              <Group gap="xs">
                <span>{say("groups.count", { count: group.memberCount })}</span>
                <span>·</span>
                <span>
                  {group.connection
                    ? say("groups.owned", { connection: group.connection.name })
                    : say("groups.hereLong")}
                </span>
              </Group>
            }
            actions={
              editable && (
                <>
                  <Button variant="default" onClick={() => change({ do: "rename" })}>
                    {say("groups.rename")}
                  </Button>
                  <Button variant="default" c="var(--bad)" onClick={() => change({ do: "delete" })}>
                    {say("act.delete")}
                  </Button>
                </>
              )
            }
          >
            <Members group={group} editable={editable} />
            <Section title={say("groups.record")}>
              <Facts
                facts={[
                  { name: say("groups.id"), value: <Copyable value={group.id} what={say("groups.id")} /> },
                  ...(group.externalId
                    ? [
                        {
                          name: say("groups.externalId"),
                          value: <Copyable value={group.externalId} what={say("groups.externalId")} />,
                        },
                      ]
                    : []),
                  { name: say("groups.madeAt"), value: <When at={group.createdAt} /> },
                  { name: say("groups.changed"), value: <When at={group.updatedAt} /> },
                ]}
              />
            </Section>
            {editable && address.do === "rename" && <NameDialog group={group} onClose={close} />}
            {editable && (
              <Confirm
                opened={address.do === "delete"}
                title={say("groups.deleteTitle", { name: group.displayName })}
                text={say("groups.deleteText", { count: group.memberCount })}
                act={say("act.delete")}
                {...(group.memberCount > 0 && { typed: group.displayName })}
                busy={deleting.fetching}
                problem={deleting.error && refusals(deleting.error)[0]?.message}
                onClose={close}
                onAct={async () => {
                  const { error } = await remove(
                    { id },
                    { additionalTypenames: ["Group", "GroupConnection"] },
                  );
                  if (error) return;
                  done(
                    say("groups.deleted", { name: group.displayName, members: number(group.memberCount) }),
                  );
                  void navigate({ to: "/groups" });
                }}
              />
            )}
          </Page>
        );
      }}
    </Loaded>
  );
}
