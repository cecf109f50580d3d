import { Anchor, Button, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { graphql } from "../../lib/documents";
import { firstPage, usePages } from "../../lib/pages";
import { useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Failure, Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { SearchBox } from "../../ui/SearchBox";
import { Status } from "../../ui/Status";
import { done, failed } from "../../ui/toast";
import { AddMembers } from "./AddMembers";

const membersDocument = graphql(`
  query GroupMembers($id: ID!, $first: Int!, $after: String, $search: String) {
    group(id: $id) {
      id
      members(first: $first, after: $after, search: $search) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          name
          userName
          title
          active
          department {
            id
            name
          }
        }
      }
    }
  }
`);

/** changeMembers puts people into a group and takes others out. */
export const changeMembers = graphql(`
  mutation ChangeMembers($id: ID!, $add: [ID!], $remove: [ID!]) {
    changeGroupMembers(id: $id, add: $add, remove: $remove) {
      group {
        id
        memberCount
      }
    }
  }
`);

/** Members is who is in a group; of a local one they can be changed. */
export function Members(props: {
  group: { id: string; displayName: string; memberCount: number };
  editable: boolean;
}) {
  const { say } = useText();
  const may = useMay();
  const { group, editable } = props;
  const [address, change] = useAddress();
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const [{ data, error }, again] = useQuery({
    query: membersDocument,
    variables: { id: group.id, first: 50, after: address.after ?? null, search: address.q ?? null },
    pause: !may("users:read"),
  });
  const pages = usePages(data?.group?.members.pageInfo);
  const [changing, act] = useMutation(changeMembers);
  const context = { additionalTypenames: ["Group", "User"] };
  const members = data?.group?.members;

  async function remove(ids: string[]) {
    const { error: refused } = await act({ id: group.id, remove: ids, add: null }, context);
    if (refused) return failed(say("groups.notDone"), refused);
    select(new Set());
    done(say("groups.out", { count: ids.length, name: group.displayName }), {
      label: say("act.undo"),
      act: () => void act({ id: group.id, add: ids, remove: null }, context),
    });
  }

  return (
    <Section
      title={say("groups.members")}
      actions={
        editable && (
          <>
            {selected.size > 0 && (
              <Button
                size="xs"
                variant="default"
                loading={changing.fetching}
                onClick={() => void remove([...selected])}
              >
                {say("groups.takeOut", { count: selected.size })}
              </Button>
            )}
            <Button size="xs" onClick={() => change({ do: "add" })}>
              {say("groups.add")}
            </Button>
          </>
        )
      }
    >
      {(group.memberCount > 0 || address.q) && (
        <Group mb="xs">
          <SearchBox
            label={say("groups.searchMembers")}
            value={address.q ?? ""}
            onSearch={(q) => change({ ...firstPage, q: q || undefined }, { replace: true })}
          />
        </Group>
      )}
      {error && <Failure error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!error && (
        <>
          <DataTable
            label={say("groups.members")}
            rows={members?.nodes}
            id={(p) => p.id}
            name={(p) => p.name}
            href={(p) => `/people/${p.id}`}
            {...(editable && { selection: { ids: selected, change: select } })}
            columns={[
              {
                key: "name",
                title: say("groups.person"),
                cell: (p) => (
                  <>
                    <Anchor component={Link} to={`/people/${p.id}`} c="var(--ink)" fw={500}>
                      {p.name}
                    </Anchor>
                    {p.userName !== p.name && (
                      <Text size="xs" c="var(--faint)">
                        {p.userName}
                      </Text>
                    )}
                  </>
                ),
              },
              { key: "title", title: say("groups.personTitle"), wide: true, cell: (p) => p.title },
              { key: "department", title: say("groups.department"), cell: (p) => p.department?.name },
              {
                key: "status",
                title: say("groups.status"),
                width: "9rem",
                cell: (p) => (
                  <Status tone={p.active ? "good" : "quiet"}>
                    {say(p.active ? "people.status.ACTIVE" : "people.status.INACTIVE")}
                  </Status>
                ),
              },
            ]}
            empty={
              <Notice
                title={say(address.q ? "list.noHits" : "groups.nobody")}
                text={address.q ? undefined : say(editable ? "groups.nobodyLocal" : "groups.nobodyText")}
              />
            }
          />
          <Pager total={members?.totalCount} {...pages} />
        </>
      )}
      {editable && address.do === "add" && (
        <AddMembers group={group} onClose={() => change({ do: undefined })} />
      )}
    </Section>
  );
}
