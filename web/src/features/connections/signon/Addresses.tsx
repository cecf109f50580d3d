import { useText } from "../../../text";
import { Copyable } from "../../../ui/Copy";
import { Facts } from "../../../ui/Facts";
import type { SignOnConnection } from "./documents";
import type { Way } from "./guide";

const wanted = {
  OIDC: ["redirectUri", "frontChannelLogoutUrl"],
  SAML: ["entityId", "replyUrl", "logoutUrl"],
} as const;

/** Addresses are what the provider has to be told, to copy. */
export function Addresses({ connection: c, way }: { connection: SignOnConnection; way: Way }) {
  const { say } = useText();
  return (
    <Facts
      facts={wanted[way].map((name) => ({
        name: say(`signon.address.${name}`),
        value: <Copyable value={c.signOnAddresses[name]} what={say(`signon.address.${name}`)} />,
        source: say(`signon.address.${name}.about`),
      }))}
    />
  );
}
