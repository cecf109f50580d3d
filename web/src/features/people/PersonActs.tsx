import { Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { done, failed } from "../../ui/toast";
import { deactivateDocument, reactivateDocument } from "./documents";
import { EditPerson } from "./EditPerson";
import type { One } from "./personDocument";
import { RoleDialog } from "./RoleDialog";
import { SignInLink } from "./SignInLink";

const deleteDocument = graphql(`
  mutation DeletePerson($id: ID!) {
    deleteUser(id: $id) {
      user {
        id
        status
      }
    }
  }
`);

const restoreDocument = graphql(`
  mutation RestorePerson($id: ID!) {
    restoreUser(id: $id) {
      user {
        id
        status
      }
    }
  }
`);

/** PersonActs is what can be done with a person; dialogs stand in the address as do. */
export function PersonActs({ person, again }: { person: One; again: () => void }) {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [, deactivate] = useMutation(deactivateDocument);
  const [, reactivate] = useMutation(reactivateDocument);
  const [deleting, remove] = useMutation(deleteDocument);
  const [restoring, restore] = useMutation(restoreDocument);
  if (!may("users:write")) return null;
  const { id, name } = person;
  const close = () => change({ do: undefined });
  const open = (what: string) => () => change({ do: what });

  async function turn(active: boolean, undone = false) {
    const { error } = await (active ? reactivate({ id }) : deactivate({ id }));
    if (error) return failed(say("people.notDone"), error);
    done(say(active ? "people.reactivated" : "people.deactivated", { name }), {
      label: say("act.undo"),
      act: () => void turn(!active, true),
    });
    if (undone) again();
  }

  if (person.status === "DELETED")
    return (
      <Button
        loading={restoring.fetching}
        onClick={async () => {
          const { error } = await restore({ id });
          if (error) failed(say("people.notDone"), error);
          else done(say("people.restored", { name }));
        }}
      >
        {say("people.restore")}
      </Button>
    );

  const active = person.status === "ACTIVE";
  return (
    <>
      <Button variant="default" onClick={open("edit")}>
        {say("people.edit")}
      </Button>
      <Button variant="default" onClick={() => void turn(!active)}>
        {say(active ? "people.bulk.deactivate.act" : "people.bulk.reactivate.act")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} aria-label={say("people.more")}>
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {active && <Menu.Item onClick={open("link")}>{say("people.link")}</Menu.Item>}
          {may("roles:write") && <Menu.Item onClick={open("role")}>{say("people.bulk.role.act")}</Menu.Item>}
          <Menu.Item c="var(--bad)" onClick={open("delete")}>
            {say("people.bulk.delete.act")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {address.do === "edit" && <EditPerson person={person} onClose={close} />}
      {address.do === "link" && active && <SignInLink person={person} onClose={close} />}
      {address.do === "role" && may("roles:write") && <RoleDialog person={person} onClose={close} />}
      <Confirm
        opened={address.do === "delete"}
        title={say("people.deleteTitle", { name })}
        text={say(person.connection ? "people.deleteProvisioned" : "people.deleteText", {
          name,
          connection: person.connection?.name,
          groups: person.groups.length,
          reports: person.reportCount,
          sessions: person.sessions.length,
        })}
        act={say("act.delete")}
        busy={deleting.fetching}
        problem={deleting.error && refusals(deleting.error)[0]?.message}
        onClose={close}
        onAct={async () => {
          const { error } = await remove({ id });
          if (error) return;
          close();
          done(say("people.deleted", { name }), {
            label: say("act.undo"),
            act: () =>
              void restore({ id }).then(({ error: refused }) => {
                if (refused) failed(say("people.notDone"), refused);
                else done(say("people.restored", { name }));
              }),
          });
        }}
      />
    </>
  );
}
