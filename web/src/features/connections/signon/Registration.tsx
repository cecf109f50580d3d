import { Button, Stack } from "@mantine/core";
import { useMay } from "../../../app/session";
import { useAddress } from "../../../lib/address";
import { useText } from "../../../text";
import { Copyable } from "../../../ui/Copy";
import { DataTable } from "../../../ui/DataTable";
import { type Fact, Facts } from "../../../ui/Facts";
import { Section } from "../../../ui/Page";
import { useNow } from "../../../ui/When";
import { Addresses } from "./Addresses";
import type { SignOn, SignOnConnection } from "./documents";
import { Ending } from "./Ending";
import { OidcForm } from "./OidcForm";
import { SamlForm } from "./SamlForm";

/** Registration is what both sides know of each other: what stands at the provider, and what came from there. */
export function Registration({
  connection: c,
  on,
  onSaved,
}: {
  connection: SignOnConnection;
  on: SignOn;
  onSaved: (warnings: string[]) => void;
}) {
  const { say } = useText();
  const may = useMay();
  const now = useNow();
  const facts = useFacts(on);
  const [address, change] = useAddress();
  const editing = address.do === "registration" && may("connections:write");
  const close = () => change({ do: undefined }, { replace: true });
  const saved = (warnings: string[]) => {
    onSaved(warnings);
    close();
  };
  return (
    <>
      <Section
        title={say("signon.registration")}
        about={say(`signon.registration.${on.protocol}`)}
        actions={
          may("connections:write") &&
          !editing && (
            <Button size="xs" variant="default" onClick={() => change({ do: "registration" })}>
              {say("signon.change")}
            </Button>
          )
        }
      >
        {editing ? (
          on.protocol === "OIDC" ? (
            <OidcForm connection={c} onSaved={saved} onCancel={close} />
          ) : (
            <SamlForm connection={c} onSaved={saved} onCancel={close} />
          )
        ) : (
          <Stack>
            <Facts facts={facts} />
            {on.protocol === "SAML" && (
              <DataTable
                label={say("signon.pinned")}
                rows={on.certificates}
                id={(k) => k.fingerprint}
                columns={[
                  { key: "subject", title: say("signon.pinned"), cell: (k) => k.subject },
                  {
                    key: "print",
                    title: say("signon.fingerprint"),
                    wide: true,
                    cell: (k) => <code>{k.fingerprint.slice(0, 16)}…</code>,
                  },
                  {
                    key: "ends",
                    title: say("signon.ends"),
                    cell: (k) => <Ending at={k.notAfter} now={now} />,
                  },
                ]}
              />
            )}
          </Stack>
        )}
      </Section>
      <Section title={say("signon.addresses")} about={say("signon.addressesAbout")}>
        <Addresses connection={c} way={on.protocol} />
      </Section>
    </>
  );
}

/** useFacts is what is known of the provider. */
function useFacts(on: SignOn): Fact[] {
  const { say } = useText();
  const copied = (name: string, value: string | null): Fact[] =>
    value ? [{ name, value: <Copyable value={value} what={name} /> }] : [];
  if (on.protocol === "SAML")
    return [
      ...copied(say("signon.entityId"), on.entityId),
      ...copied(say("signon.signInUrl"), on.signInUrl),
      ...copied(say("signon.signOutUrl"), on.signOutUrl),
      { name: say("signon.metadataUrl"), value: on.metadataUrl ?? say("signon.pasted") },
    ];
  return [
    ...(on.tenantId ? copied(say("signon.tenantId"), on.tenantId) : copied(say("signon.issuer"), on.issuer)),
    ...copied(say(on.tenantId ? "signon.entraClientId" : "signon.clientId"), on.clientId),
    { name: say("signon.flow"), value: say(on.hybrid ? "signon.flow.hybrid" : "signon.flow.code") },
    { name: say("signon.proof"), value: say(on.keyCredential ? "signon.proof.key" : "signon.proof.secret") },
  ];
}
