import { Button, Menu, SegmentedControl, Text } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useEffect } from "react";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { useText } from "../../text";
import { Failure, Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Board } from "./Board";
import { NewToken } from "./NewToken";
import { Revoke } from "./Revoke";
import { Rotate } from "./Rotate";
import { byTokens, tokensDocument, works } from "./token";

const shown = ["working", "ended", "all"] as const;
const often = 20_000; // milliseconds; last use is what one watches here

/** Tokens is the board of every credential: what it is for, when it was last used, when it ends. */
export function Tokens() {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [{ data, error }, ask] = useQuery({ query: tokensDocument, context: byTokens });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") ask({ requestPolicy: "network-only" });
    }, often);
    return () => clearInterval(timer);
  }, [ask]);

  useEffect(() => {
    if (address.revoke) ask({ requestPolicy: "network-only" }); // whoever revokes wants to know the last use
  }, [address.revoke, ask]);

  const show = shown.find((s) => s === address.show) ?? "working";
  const all = data?.tokens;
  const rows = all?.filter((t) => show === "all" || works(t) === (show === "working"));
  const one = (id: string | undefined) => all?.find((t) => t.id === id);
  const kinds = [
    ...(may("tokens:write") && may("users:write") ? (["scim"] as const) : []),
    ...(may("tokens:write") ? (["api"] as const) : []),
    ...(may("users:read") ? (["personal"] as const) : []),
  ];
  const made = kinds.find((k) => k === address.new);
  const create = (
    <Menu position="bottom-end" width={288}>
      <Menu.Target>
        <Button rightSection={<IconChevronDown size={14} />}>{say("tokens.new")}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {kinds.map((k) => (
          <Menu.Item key={k} onClick={() => change({ new: k })}>
            {say(`tokens.new.${k}`)}
            <Text size="xs" c="var(--faint)">
              {say(`tokens.new.${k}Text`)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
  const rotated = one(address.rotate);
  const revoked = one(address.revoke);

  return (
    <Page title={say("tokens.title")} about={say("tokens.about")} actions={kinds.length > 0 && create}>
      <SegmentedControl
        size="xs"
        w="fit-content"
        aria-label={say("tokens.show")}
        value={show}
        onChange={(v) => change({ show: v === "working" ? undefined : v }, { replace: true })}
        data={shown.map((value) => ({ value, label: say(`tokens.show.${value}`) }))}
      />
      {error && <Failure error={error} retry={() => ask({ requestPolicy: "network-only" })} />}
      {(all || !error) && (
        <Board
          rows={rows}
          all={all ?? []}
          empty={
            all?.length === 0 ? (
              <Notice title={say("tokens.empty")} text={say("tokens.emptyText")} />
            ) : (
              <Notice title={say("tokens.none")} />
            )
          }
        />
      )}
      {made && <NewToken kind={made} onClose={() => change({ new: undefined })} />}
      {rotated && <Rotate token={rotated} onClose={() => change({ rotate: undefined })} />}
      {revoked && <Revoke token={revoked} onClose={() => change({ revoke: undefined })} />}
    </Page>
  );
}
