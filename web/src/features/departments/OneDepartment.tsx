import { Anchor, Button, Skeleton, Text } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress, useId } from "../../lib/address";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { Loaded } from "../../ui/Loaded";
import { NotFound } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { done } from "../../ui/toast";
import { DepartmentPeople } from "./DepartmentPeople";
import { MergeDialog } from "./MergeDialog";
import { NameDialog } from "./NameDialog";

const departmentDocument = graphql(`
  query OneDepartment($id: ID!, $ids: [ID!]) {
    department(id: $id) {
      id
      name
      userCount
      createdAt
    }
    sent: users(where: { departmentIds: $ids, local: false }, first: 1) {
      totalCount
    }
  }
`);

const removeDocument = graphql(`
  mutation RemoveDepartment($id: ID!) {
    removeDepartment(id: $id) {
      id
    }
  }
`);

/** OneDepartment is the page of one department: who is in it, and what can be done with it. */
export function OneDepartment() {
  const { say } = useText();
  const may = useMay();
  const id = useId();
  const navigate = useNavigate();
  const [address, change] = useAddress();
  const [answer, again] = useQuery({ query: departmentDocument, variables: { id, ids: [id] } });
  const [removing, remove] = useMutation(removeDocument);
  const back = { to: "/departments", label: say("departments.title") };
  const close = () => change({ do: undefined });
  const data = answer.data?.department && answer.data.department.id !== id ? undefined : answer.data;

  return (
    <Loaded
      whole
      answer={{ ...answer, data }}
      retry={() => again({ requestPolicy: "network-only" })}
      skeleton={
        <Page title={say("departments.one")} back={back}>
          <Skeleton height={16} maw={320} />
          <Skeleton height={200} />
        </Page>
      }
    >
      {({ department, sent }) => {
        if (!department) return <NotFound />;
        const editable = may("departments:write");
        return (
          <Page
            title={department.name}
            back={back}
            about={
              <>
                {say("departments.count", { count: department.userCount })}
                {" · "}
                <Anchor component={Link} to="/people" search={{ department: id } as never} size="sm">
                  {say("departments.filterPeople")}
                </Anchor>
              </>
            }
            actions={
              editable && (
                <>
                  <Button variant="default" onClick={() => change({ do: "rename" })}>
                    {say("departments.rename")}
                  </Button>
                  <Button variant="default" onClick={() => change({ do: "merge" })}>
                    {say("departments.merge")}
                  </Button>
                  <Button variant="default" c="var(--bad)" onClick={() => change({ do: "remove" })}>
                    {say("departments.remove")}
                  </Button>
                </>
              )
            }
          >
            <DepartmentPeople id={id} />
            {editable && address.do === "rename" && (
              <NameDialog department={{ ...department, sent: sent.totalCount }} onClose={close} />
            )}
            {editable && address.do === "merge" && <MergeDialog from={[id]} onClose={close} />}
            {editable && department.userCount > 0 && (
              <Confirm
                opened={address.do === "remove"}
                title={say("departments.removeTitle", { name: department.name })}
                text={<Text>{say("departments.notEmpty", { count: department.userCount })}</Text>}
                act={say("departments.merge")}
                onClose={close}
                onAct={() => change({ do: "merge" })}
              />
            )}
            {editable && department.userCount === 0 && (
              <Confirm
                opened={address.do === "remove"}
                title={say("departments.removeTitle", { name: department.name })}
                text={say("departments.removeText")}
                act={say("departments.remove")}
                busy={removing.fetching}
                problem={removing.error && refusals(removing.error)[0]?.message}
                onClose={close}
                onAct={async () => {
                  const { error } = await remove(
                    { id },
                    { additionalTypenames: ["Department", "DepartmentConnection"] },
                  );
                  if (error) return;
                  done(say("departments.removed", { name: department.name }));
                  void navigate({ to: "/departments" });
                }}
              />
            )}
          </Page>
        );
      }}
    </Loaded>
  );
}
