import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { useMay } from "../../../app/session";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { Confirm } from "../../../ui/Confirm";
import { type Column, DataTable } from "../../../ui/DataTable";
import { Notice } from "../../../ui/Notice";
import { Section } from "../../../ui/Page";
import { Status } from "../../../ui/Status";
import { done, failed } from "../../../ui/toast";
import { useNow, When } from "../../../ui/When";
import {
  makeKeyDocument,
  removeSecretDocument,
  type Secret,
  type SignOn,
  type SignOnConnection,
} from "./documents";
import { Ending } from "./Ending";
import { NewSecret } from "./NewSecret";
import { saveFile } from "./saveFile";

/** Secrets are with what the server proves itself: client secrets, and keys with a certificate. */
export function Secrets({ connection: c, on }: { connection: SignOnConnection; on: SignOn }) {
  const { say } = useText();
  const write = useMay()("connections:write");
  const now = useNow();
  const [asked, ask] = useState<Secret>();
  const [removal, remove] = useMutation(removeSecretDocument);
  const [making, make] = useMutation(makeKeyDocument);
  const secrets = on.secrets.filter((s) => !s.key);
  const keys = on.secrets.filter((s) => s.key);

  const columns: Column<Secret>[] = [
    { key: "hint", title: say("signon.hint"), cell: (s) => <code>…{s.hint}</code> },
    { key: "added", title: say("signon.added"), cell: (s) => <When at={s.addedAt} /> },
    { key: "ends", title: say("signon.ends"), cell: (s) => <Ending at={s.expiresAt} now={now} /> },
    { key: "use", title: say("signon.use"), cell: (s) => <Use secret={s} /> },
    {
      key: "acts",
      title: say("signon.acts"),
      cell: (s) => (
        <Button.Group>
          {s.certificate && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => saveFile(`rollcall-${s.hint}.pem`, s.certificate ?? "")}
            >
              {say("signon.download")}
            </Button>
          )}
          {write && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={say("signon.removeOne", { hint: s.hint })}
              onClick={() => ask(s)}
            >
              {say("signon.remove")}
            </Button>
          )}
        </Button.Group>
      ),
    },
  ];

  async function act() {
    if (!asked) return;
    const { error } = await remove({ id: c.id, secret: asked.id });
    if (error) return;
    done(say("signon.secretRemoved", { hint: asked.hint }));
    ask(undefined);
  }

  return (
    <>
      {on.protocol === "OIDC" && (
        <Section title={say("signon.secrets")} about={say("signon.secretsAbout")}>
          <Stack>
            <DataTable
              label={say("signon.secrets")}
              columns={columns}
              rows={secrets}
              id={(s) => s.id}
              empty={<Notice title={say("signon.secretsNone")} />}
            />
            {write && secrets.length < 2 && <NewSecret connection={c} entra={on.tenantId !== null} />}
          </Stack>
        </Section>
      )}
      <Section
        title={say("signon.keys")}
        about={say(`signon.keysAbout.${on.protocol}`)}
        actions={
          write &&
          keys.length < 2 && (
            <Button
              size="xs"
              variant="default"
              loading={making.fetching}
              onClick={async () => {
                const { error } = await make({ id: c.id });
                if (error) failed(say("signon.keyFailed"), error);
                else done(say("signon.keyMade"));
              }}
            >
              {say("signon.makeKey")}
            </Button>
          )
        }
      >
        <DataTable
          label={say("signon.keys")}
          columns={columns}
          rows={keys}
          id={(s) => s.id}
          empty={<Notice title={say("signon.keysNone")} />}
        />
      </Section>
      <Confirm
        opened={asked !== undefined}
        title={say("signon.removeSecretTitle", { hint: asked?.hint ?? "" })}
        text={say("signon.removeSecretText")}
        act={say("signon.remove")}
        busy={removal.fetching}
        problem={removal.error && refusals(removal.error)[0]?.message}
        onAct={() => void act()}
        onClose={() => ask(undefined)}
      />
    </>
  );
}

/** Use says whether the provider took the secret when it was last shown. */
function Use({ secret: s }: { secret: Secret }) {
  const { say } = useText();
  if (s.refusedAt && (!s.workedAt || s.refusedAt > s.workedAt))
    return (
      <Status tone="bad">
        <span>
          {say("signon.refused")} <When at={s.refusedAt} />
        </span>
      </Status>
    );
  if (s.workedAt)
    return (
      <Status tone="good">
        <span>
          {say("signon.worked")} <When at={s.workedAt} />
        </span>
      </Status>
    );
  return <Status tone="quiet">{say("signon.unused")}</Status>;
}
