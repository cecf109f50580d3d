import { Anchor, Button, Group } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
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
import { MergeDialog } from "./MergeDialog";
import { NameDialog } from "./NameDialog";

const departmentsDocument = graphql(`
  query Departments($first: Int!, $after: String, $search: String) {
    departments(first: $first, after: $after, search: $search) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        userCount
        createdAt
      }
    }
  }
`);

/** Departments is the list of departments; ticked ones can be merged. */
export function Departments() {
  const { say, number } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const [{ data, error }, again] = useQuery({
    query: departmentsDocument,
    variables: { first: 50, after: address.after ?? null, search: address.q ?? null },
  });
  const pages = usePages(data?.departments.pageInfo);
  const editable = may("departments:write");
  const merging = address.merge?.split(".").filter(Boolean) ?? [];
  return (
    <Page
      title={say("departments.title")}
      about={say("departments.about")}
      actions={
        editable && (
          <>
            {selected.size > 0 && (
              <Button
                variant="default"
                disabled={selected.size > 50}
                onClick={() => change({ merge: [...selected].join(".") })}
              >
                {say("departments.mergeSome", { count: selected.size })}
              </Button>
            )}
            <Button onClick={() => change({ do: "new" })}>{say("departments.new")}</Button>
          </>
        )
      }
    >
      <Group>
        <SearchBox
          label={say("departments.search")}
          value={address.q ?? ""}
          onSearch={(q) => change({ ...firstPage, q: q || undefined }, { replace: true })}
        />
      </Group>
      {error && <Failure error={error} retry={() => again({ requestPolicy: "network-only" })} />}
      {!error && (
        <>
          <DataTable
            label={say("departments.title")}
            rows={data?.departments.nodes}
            id={(d) => d.id}
            name={(d) => d.name}
            href={(d) => `/departments/${d.id}`}
            {...(editable && { selection: { ids: selected, change: select } })}
            columns={[
              {
                key: "name",
                title: say("departments.name"),
                cell: (d) => (
                  <Anchor component={Link} to={`/departments/${d.id}`} c="var(--ink)" fw={500}>
                    {d.name}
                  </Anchor>
                ),
              },
              {
                key: "people",
                title: say("departments.people"),
                numeric: true,
                width: "8rem",
                cell: (d) => number(d.userCount),
              },
              {
                key: "made",
                title: say("departments.madeAt"),
                width: "12rem",
                wide: true,
                cell: (d) => <When at={d.createdAt} />,
              },
            ]}
            empty={
              address.q ? (
                <Notice
                  title={say("list.noHits")}
                  action={
                    <Button variant="default" onClick={() => change({ ...firstPage, q: undefined })}>
                      {say("list.clear")}
                    </Button>
                  }
                />
              ) : (
                <Notice title={say("departments.empty")} text={say("departments.emptyText")} />
              )
            }
          />
          <Pager total={data?.departments.totalCount} {...pages} />
        </>
      )}
      {editable && address.do === "new" && <NameDialog onClose={() => change({ do: undefined })} />}
      {editable && merging.length > 0 && (
        <MergeDialog
          key={address.merge}
          from={merging}
          onClose={(merged) => {
            change({ merge: undefined });
            if (merged) select(new Set());
          }}
        />
      )}
    </Page>
  );
}
