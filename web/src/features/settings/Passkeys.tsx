import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { graphql } from "../../lib/documents";
import { makePasskey } from "../../lib/passkey";
import { useText } from "../../text";
import { Confirm } from "../../ui/Confirm";
import { DataTable } from "../../ui/DataTable";
import { Notice } from "../../ui/Notice";
import { Section } from "../../ui/Page";
import { done } from "../../ui/toast";
import { When } from "../../ui/When";
import type { APasskey } from "./account";

const renameDocument = graphql(`
  mutation RenamePasskey($id: ID!, $name: String!) {
    renamePasskey(id: $id, name: $name) {
      passkeys {
        id
        name
      }
    }
  }
`);

const removeDocument = graphql(`
  mutation RemovePasskey($id: ID!) {
    removePasskey(id: $id) {
      passkeys {
        id
      }
    }
  }
`);

/** Passkeys makes, renames and removes one's own passkeys. */
export function Passkeys({ passkeys, again }: { passkeys: readonly APasskey[]; again: () => void }) {
  const { say } = useText();
  const [naming, setNaming] = useState<APasskey | "new">();
  const [removing, setRemoving] = useState<APasskey>();
  const [removal, remove] = useMutation(removeDocument);
  const supported = "PublicKeyCredential" in window && window.isSecureContext;

  async function drop() {
    if (!removing) return;
    const { error } = await remove({ id: removing.id });
    if (error) return;
    done(say("account.passkeys.removed", { name: removing.name }));
    setRemoving(undefined);
    again();
  }

  const make = (
    <Button size="xs" disabled={!supported} onClick={() => setNaming("new")}>
      {say("account.passkeys.make")}
    </Button>
  );
  return (
    <Section
      title={say("account.passkeys")}
      about={supported ? say("account.passkeysText") : say("account.passkeys.unsupported")}
      actions={passkeys.length > 0 && make}
    >
      <DataTable
        label={say("account.passkeys")}
        rows={passkeys}
        id={(p) => p.id}
        empty={
          <Notice
            title={say("account.passkeys.none")}
            text={say("account.passkeys.noneText")}
            action={make}
          />
        }
        columns={[
          { key: "name", title: say("tokens.name"), cell: (p) => <Text fw={500}>{p.name}</Text> },
          { key: "made", title: say("account.passkeys.madeAt"), cell: (p) => <When at={p.createdAt} /> },
          {
            key: "used",
            title: say("account.used"),
            cell: (p) => <When at={p.lastUsedAt} none={say("account.never")} />,
          },
          {
            key: "acts",
            title: say("tokens.acts"),
            width: "14rem",
            cell: (p) => (
              <Group gap="xs">
                <Button variant="default" size="compact-sm" onClick={() => setNaming(p)}>
                  {say("account.passkeys.rename")}
                </Button>
                <Button variant="default" size="compact-sm" onClick={() => setRemoving(p)}>
                  {say("account.passkeys.remove")}
                </Button>
              </Group>
            ),
          },
        ]}
      />
      {naming && (
        <Naming
          passkey={naming === "new" ? undefined : naming}
          onDone={() => {
            setNaming(undefined);
            again();
          }}
          onClose={() => setNaming(undefined)}
        />
      )}
      {removing && (
        <Confirm
          opened
          title={say("account.passkeys.removeTitle", { name: removing.name })}
          text={say("account.passkeys.removeText")}
          act={say("account.passkeys.remove")}
          busy={removal.fetching}
          problem={removal.error && refusals(removal.error)[0]?.message}
          onAct={() => void drop()}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </Section>
  );
}

/** Naming gives a passkey a name, and makes it where there is none yet. */
function Naming(props: { passkey: APasskey | undefined; onDone: () => void; onClose: () => void }) {
  const { say } = useText();
  const [name, setName] = useState(props.passkey?.name ?? "");
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [, rename] = useMutation(renameDocument);

  async function act() {
    setBusy(true);
    setProblem(undefined);
    try {
      if (props.passkey) {
        const { error } = await rename({ id: props.passkey.id, name });
        if (error) throw new Error(refusals(error)[0]?.message);
      } else {
        await makePasskey(name);
        done(say("account.passkeys.made", { name }));
      }
      props.onDone();
    } catch (error) {
      setProblem(
        error instanceof DOMException ? say("account.passkeys.cancelled") : (error as Error).message,
      );
      setBusy(false);
    }
  }

  return (
    <Modal
      opened
      onClose={props.onClose}
      title={say(props.passkey ? "account.passkeys.rename" : "account.passkeys.make")}
      closeButtonProps={{ "aria-label": say("act.close") }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        <Stack>
          <TextInput
            label={say("account.passkeys.name")}
            placeholder={say("account.passkeys.nameHint")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={problem}
            maxLength={100}
            required
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              {say("act.cancel")}
            </Button>
            <Button type="submit" loading={busy}>
              {say(props.passkey ? "account.passkeys.rename" : "account.passkeys.make")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
