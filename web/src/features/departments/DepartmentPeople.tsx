import { Anchor, Group, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { graphql } from "../../lib/documents";
import { firstPage, usePagesBothWays, windowOf } from "../../lib/pages";
import { useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Failure, Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { SearchBox } from "../../ui/SearchBox";
import { Status } from "../../ui/Status";

const peopleDocument = graphql(`
  query DepartmentPeople(
    $ids: [ID!]
    $first: Int
    $after: String
    $last: Int
    $before: String
    $search: String
  ) {
    users(
      where: { departmentIds: $ids }
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      orderBy: { field: DISPLAY_NAME }
    ) {
      totalCount
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
      nodes {
        id
        name
        userName
        title
        active
        manager {
          id
          name
        }
      }
    }
  }
`);

/** DepartmentPeople is who is in a department. */
export function DepartmentPeople({ id }: { id: string }) {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [{ data, error }, again] = useQuery({
    query: peopleDocument,
    variables: { ids: [id], ...windowOf(address, 50), search: address.q ?? null },
    pause: !may("users:read"),
  });
  const pages = usePagesBothWays(data?.users.pageInfo);
  return (
    <Section title={say("departments.people")}>
      <Group mb="xs">
        <SearchBox
          label={say("departments.searchPeople")}
          value={address.q ?? ""}
          onSearch={(q) => change({ ...firstPage, q: q || undefined }, { replace: true })}
        />
      </Group>
      {error && <Failure error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!error && (
        <>
          <DataTable
            label={say("departments.people")}
            rows={data?.users.nodes}
            id={(p) => p.id}
            href={(p) => `/people/${p.id}`}
            columns={[
              {
                key: "name",
                title: say("departments.person"),
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
              { key: "title", title: say("departments.personTitle"), cell: (p) => p.title },
              { key: "manager", title: say("departments.manager"), wide: true, cell: (p) => p.manager?.name },
              {
                key: "status",
                title: say("departments.status"),
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
                title={say(address.q ? "list.noHits" : "departments.nobody")}
                text={address.q ? undefined : say("departments.nobodyText")}
              />
            }
          />
          <Pager total={data?.users.totalCount} {...pages} />
        </>
      )}
    </Section>
  );
}
