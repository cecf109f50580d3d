import { Anchor, Button, Group, SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { graphql } from "../../lib/documents";
import { firstPage, usePages } from "../../lib/pages";
import { useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { Failure, Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { SearchBox } from "../../ui/SearchBox";
import { When } from "../../ui/When";
import { NameDialog } from "./NameDialog";

const groupsDocument = graphql(`
  query Groups($first: Int!, $after: String, $search: String, $local: Boolean) {
    groups(first: $first, after: $after, search: $search, local: $local) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        displayName
        memberCount
        updatedAt
        connection {
          id
          name
        }
      }
    }
  }
`);

/** Groups is the list of the groups that directories send, and of those made here. */
export function Groups() {
  const { say, number } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const owner = address.owner === "local" || address.owner === "directory" ? address.owner : "all";
  const [{ data, error }, again] = useQuery({
    query: groupsDocument,
    variables: {
      first: 50,
      after: address.after ?? null,
      search: address.q ?? null,
      local: owner === "all" ? null : owner === "local",
    },
  });
  const pages = usePages(data?.groups.pageInfo);
  const narrowed = Boolean(address.q) || owner !== "all";
  return (
    <Page
      title={say("groups.title")}
      about={say("groups.about")}
      actions={
        may("groups:write") && <Button onClick={() => change({ do: "new" })}>{say("groups.new")}</Button>
      }
    >
      <Group gap="xs">
        <SearchBox
          label={say("groups.search")}
          value={address.q ?? ""}
          onSearch={(q) => change({ ...firstPage, q: q || undefined }, { replace: true })}
        />
        <SegmentedControl
          size="xs"
          aria-label={say("groups.owner")}
          value={owner}
          onChange={(o) => change({ ...firstPage, owner: o === "all" ? undefined : o })}
          data={[
            { value: "all", label: say("groups.all") },
            { value: "directory", label: say("groups.fromDirectory") },
            { value: "local", label: say("groups.local") },
          ]}
        />
      </Group>
      {error && <Failure error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!error && (
        <>
          <DataTable
            label={say("groups.title")}
            rows={data?.groups.nodes}
            id={(g) => g.id}
            href={(g) => `/groups/${g.id}`}
            expected={10}
            columns={[
              {
                key: "name",
                title: say("groups.name"),
                cell: (g) => (
                  <Anchor component={Link} to={`/groups/${g.id}`} c="var(--ink)" fw={500}>
                    {g.displayName}
                  </Anchor>
                ),
              },
              {
                key: "members",
                title: say("groups.members"),
                numeric: true,
                width: "8rem",
                cell: (g) => number(g.memberCount),
              },
              {
                key: "owner",
                title: say("groups.owner"),
                width: "14rem",
                cell: (g) => g.connection?.name ?? say("groups.here"),
              },
              {
                key: "changed",
                title: say("groups.changed"),
                width: "10rem",
                wide: true,
                cell: (g) => <When at={g.updatedAt} />,
              },
            ]}
            empty={
              narrowed ? (
                <Notice
                  title={say("list.noHits")}
                  action={
                    <Button
                      variant="default"
                      onClick={() => change({ ...firstPage, q: undefined, owner: undefined })}
                    >
                      {say("list.clear")}
                    </Button>
                  }
                />
              ) : (
                <Notice title={say("groups.empty")} text={say("groups.emptyText")} />
              )
            }
          />
          <Pager total={data?.groups.totalCount} {...pages} />
        </>
      )}
      {may("groups:write") && address.do === "new" && (
        <NameDialog onClose={() => change({ do: undefined })} />
      )}
    </Page>
  );
}
