import { Skeleton, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { Provider, useQuery } from "urql";
import { Mark } from "../../app/Mark";
import { isSignedOut, newClient } from "../../lib/client";
import { useRefresh } from "../../lib/refresh";
import { knownZone } from "../../lib/time";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Page } from "../../ui/Page";
import { When, Zone } from "../../ui/When";
import classes from "./SetupLink.module.css";
import { type LinkSetUp, setUpDocument } from "./setup/documents";
import { Guide } from "./setup/Guide";
import { LinkAttributes, LinkToken } from "./setup/LinkParts";
import { useSecret } from "./setup/secret";
import type { Heard, Source } from "./setup/source";
import { useProgress } from "./setup/useProgress";

/** SetupLink is the set-up of one connection for who has a link to it, and no account. */
export function SetupLink() {
  const { say } = useText();
  const secret = useSecret();
  return (
    <div className={classes.frame}>
      <header className={classes.head}>
        <Mark />
      </header>
      <main className={classes.main}>
        {secret ? (
          <WithLink key={secret} secret={secret} />
        ) : (
          <Page title={say("setup.link.incomplete")} about={say("setup.link.incompleteText")}>
            {null}
          </Page>
        )}
      </main>
    </div>
  );
}

function WithLink({ secret }: { secret: string }) {
  const headers = useMemo(() => ({ Authorization: `Bearer ${secret}` }), [secret]);
  const client = useMemo(() => newClient(() => {}, headers), [headers]);
  return (
    <Provider value={client}>
      <Opened headers={headers} />
    </Provider>
  );
}

function Opened({ headers }: { headers: Record<string, string> }) {
  const { say } = useText();
  const [answer, ask] = useQuery({ query: setUpDocument });
  const [over, setOver] = useState(false);
  const [last, setLast] = useState<LinkSetUp>(); // a refusal comes without data
  if (answer.data && answer.data.setUp !== last) setLast(answer.data.setUp);
  const again = () => ask({ requestPolicy: "network-only" });
  if (!over && isSignedOut(answer.error)) setOver(true);
  const heard = useProgress(null, useRefresh(ask), { headers, paused: over || !last, onEnd: again });
  if (over) return <Over setUp={last} />;
  return (
    <Loaded
      whole
      answer={answer}
      retry={again}
      skeleton={
        <Page title={say("setup.title")}>
          <Skeleton height={32} />
          <Skeleton height={240} />
        </Page>
      }
    >
      {({ setUp }) => <Linked setUp={setUp} heard={heard} again={again} />}
    </Loaded>
  );
}

function Linked({ setUp, heard, again }: { setUp: LinkSetUp; heard: Heard; again: () => void }) {
  const { say } = useText();
  const source: Source = {
    ...setUp,
    hint: setUp.token?.hint,
    tokenUsed: heard.progress?.call.state === "LET_IN",
    lastHeardAt: null,
    byLink: true,
    heard,
    token: <LinkToken setUp={setUp} again={again} />,
    declaring: <LinkAttributes setUp={setUp} again={again} />,
  };
  return (
    <Zone.Provider value={knownZone(setUp.timeZone)}>
      <Page
        title={say("setup.link.title", { organization: setUp.organizationName })}
        about={
          <>
            {say("setup.link.about", {
              kind: say(`kind.${setUp.kind}`),
              name: setUp.name,
              organization: setUp.organizationName,
            })}{" "}
            <When at={setUp.expiresAt} />.{" "}
            {setUp.sentBy
              ? say("setup.link.from", { name: setUp.sentBy, organization: setUp.organizationName })
              : say("setup.link.fromProgram")}
          </>
        }
      >
        {!setUp.enabled && (
          <Text c="var(--warn)" role="status">
            {say("setup.link.paused", { organization: setUp.organizationName })}
          </Text>
        )}
        <Guide source={source} finish={<Text c="var(--faint)">{say("setup.link.finish")}</Text>} />
      </Page>
    </Zone.Provider>
  );
}

/** Over takes the place of everything when the link works no longer, or never did. */
function Over({ setUp }: { setUp: LinkSetUp | undefined }) {
  const { say } = useText();
  const expired = setUp && new Date(setUp.expiresAt) <= new Date();
  if (!setUp)
    return (
      <Page title={say("setup.link.over")} about={say("setup.link.overText")}>
        {null}
      </Page>
    );
  return (
    <Page
      title={say(expired ? "setup.link.expired" : "setup.link.ended")}
      about={
        setUp.sentBy
          ? say("setup.link.askFor", { name: setUp.sentBy, organization: setUp.organizationName })
          : say("setup.link.askSender")
      }
    >
      {null}
    </Page>
  );
}
