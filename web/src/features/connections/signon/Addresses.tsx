import { useText } from "../../../text";
import { Copyable } from "../../../ui/Copy";
import { Facts } from "../../../ui/Facts";
import type { SignOnConnection } from "./documents";
import { guidedBy, type Way } from "./guide";

const wanted = {
  OIDC: ["redirectUri", "afterLogoutUrl", "frontChannelLogoutUrl"],
  SAML: ["entityId", "replyUrl", "logoutUrl"],
} as const;

/** Addresses are what the provider has to be told, to copy. */
export function Addresses({ connection: c, way }: { connection: SignOnConnection; way: Way }) {
  const { say } = useText();
  // Google ends no session for others, and tells nobody of one that has ended. Entra and
  // Okta don't tell the server itself.
  const names =
    c.kind === "GOOGLE"
      ? (["redirectUri"] as const)
      : way === "OIDC" && guidedBy(c.kind) === "GENERIC"
        ? ([...wanted.OIDC, "backChannelLogoutUrl"] as const)
        : wanted[way];
  return (
    <Facts
      facts={names.map((name) => ({
        name: say(`signon.address.${name}`),
        value: <Copyable value={c.signOnAddresses[name]} what={say(`signon.address.${name}`)} />,
        source: say(`signon.address.${name}.about`, {
          scheme: `${new URL(c.signOnAddresses[name]).protocol}//`,
        }),
      }))}
    />
  );
}
