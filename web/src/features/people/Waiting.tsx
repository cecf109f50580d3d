import { Skeleton, Stack, Tabs } from "@mantine/core";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useAddress } from "../../lib/address";
import { useLive } from "../../lib/live";
import { useRefresh } from "../../lib/refresh";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { ApproveDialog } from "./ApproveDialog";
import classes from "./Waiting.module.css";
import { WaitingPart } from "./WaitingPart";
import { changing, decidedDocument, waitingDocument } from "./waitingDocument";

const tabs = ["waiting", "refused"] as const;

/** Waiting lists accounts that signed in well at their provider and belong to nobody here, for a decision. */
export function Waiting() {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const tab = tabs.find((t) => t === address.tab) ?? "waiting";
  const [answer, again] = useQuery({
    query: waitingDocument,
    variables: { refused: tab === "refused" },
    context: changing,
  });
  useLive(decidedDocument, {}, useRefresh(again), { paused: !may("events:read") });
  return (
    <Page
      title={say("people.waiting")}
      about={say("people.waiting.about")}
      back={{ to: "/people", label: say("people.title") }}
    >
      <Tabs
        value={tab}
        onChange={(t) => change({ tab: t === "waiting" ? undefined : (t ?? undefined) })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          {tabs.map((t) => (
            <Tabs.Tab key={t} value={t}>
              {say(`people.waiting.tab.${t}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab}>
          <Loaded
            answer={answer}
            retry={() => again({ requestPolicy: "network-only" })}
            skeleton={
              <Stack aria-busy>
                {[0, 1, 2].map((i) => (
                  <Skeleton key={i} height={132} />
                ))}
              </Stack>
            }
          >
            {({ waitingAccounts: accounts }) => {
              const one = accounts.find((a) => a.id === address.is);
              return accounts.length === 0 ? (
                <Notice
                  title={say(`people.waiting.none.${tab}`)}
                  text={say(`people.waiting.noneText.${tab}`)}
                />
              ) : (
                <>
                  <ul className={classes.list}>
                    {accounts.map((a) => (
                      <WaitingPart
                        key={a.id}
                        account={a}
                        refused={tab === "refused"}
                        onApprove={() => change({ is: a.id })}
                      />
                    ))}
                  </ul>
                  {one && may("users:write") && (
                    <ApproveDialog
                      key={one.id}
                      account={one}
                      onClose={() => change({ is: undefined }, { replace: true })}
                    />
                  )}
                </>
              );
            }}
          </Loaded>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
