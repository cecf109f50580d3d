import { Anchor, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { refusals } from "../../lib/client";
import { firstPage, usePagesBothWays } from "../../lib/pages";
import { useText } from "../../text";
import { DataTable } from "../../ui/DataTable";
import { ExportDialog } from "../../ui/ExportDialog";
import { Failure, Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { BulkBar } from "./BulkBar";
import { columnsOf, readColumns } from "./columns";
import { peopleDocument } from "./documents";
import { ImportDialog } from "./ImportDialog";
import { narrowed, narrowing, questionOf } from "./list";
import { NewPerson } from "./NewPerson";
import { PeopleBar } from "./PeopleBar";
import { PeopleMenu } from "./PeopleMenu";

/** People is the list of everybody, of any length. */
export function People() {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const question = questionOf(address);
  const [answer, again] = useQuery({ query: peopleDocument, variables: question });
  const columns = useMemo(() => columnsOf(readColumns(address.cols), say), [address.cols, say]);
  const users = answer.data?.users;
  const pages = usePagesBothWays(users?.pageInfo);
  const refusal = answer.error && refusals(answer.error)[0];
  const filterProblem = refusal?.field === "filter" ? refusal.message : undefined;
  const failure = filterProblem ? undefined : answer.error;
  const clear = () => change({ ...firstPage, ...Object.fromEntries(narrowing.map((p) => [p, undefined])) });
  const close = () => change({ do: undefined });

  return (
    <Page
      title={say("people.title")}
      about={
        <>
          <Anchor component={Link} to="/people/chart" size="sm">
            {say("people.chart")}
          </Anchor>
          {" · "}
          <Anchor component={Link} to="/people/duplicates" size="sm">
            {say("people.duplicates")}
          </Anchor>
          {" · "}
          <Anchor component={Link} to="/people/waiting" size="sm">
            {say("people.waiting")}
          </Anchor>
        </>
      }
      actions={<PeopleMenu />}
    >
      <PeopleBar problem={filterProblem} />
      {selected.size > 0 && may("users:write") && (
        <BulkBar ids={[...selected]} clear={() => select(new Set())} done={() => again()} />
      )}
      {failure && <Failure error={failure} retry={() => again({ requestPolicy: "network-only" })} />}
      {!answer.error && (
        <>
          <DataTable
            label={say("people.title")}
            columns={columns}
            rows={users?.nodes}
            id={(p) => p.id}
            name={(p) => p.name}
            href={(p) => `/people/${p.id}`}
            expected={12}
            {...(may("users:write") && { selection: { ids: selected, change: select } })}
            empty={
              narrowed(address) ? (
                <Notice
                  title={say("list.noHits")}
                  text={say("people.noHits")}
                  action={
                    <Button variant="default" onClick={clear}>
                      {say("list.clear")}
                    </Button>
                  }
                />
              ) : (
                <Notice
                  title={say("people.empty")}
                  text={say("people.emptyText")}
                  action={
                    <Button component={Link} to="/connections">
                      {say("people.toConnections")}
                    </Button>
                  }
                />
              )
            }
          />
          <Pager total={users?.totalCount} {...pages} />
        </>
      )}
      {may("users:write") && <NewPerson opened={address.do === "new"} onClose={close} />}
      {may("users:write") && <ImportDialog opened={address.do === "import"} onClose={close} />}
      {address.do === "export" && (
        <ExportDialog
          title={say("people.export.title")}
          rows={{
            what: "USERS",
            search: question.search ?? null,
            filter: question.filter ?? null,
            where: question.where ?? null,
          }}
          onClose={close}
        >
          {narrowed(address)
            ? say("people.export.shown", { count: users?.totalCount ?? 0 })
            : say("people.export.all")}
        </ExportDialog>
      )}
    </Page>
  );
}
