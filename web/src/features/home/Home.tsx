import { Button, Skeleton, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useQuery } from "urql";
import { useMay } from "../../app/session";
import { useLive } from "../../lib/live";
import { useRefresh } from "../../lib/refresh";
import { relative } from "../../lib/time";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Page, Section } from "../../ui/Page";
import { useNow, When } from "../../ui/When";
import { ConnectionPart } from "./ConnectionPart";
import { changedDocument, type HomeData, homeDocument, touchedDocument } from "./documents";
import { Hands } from "./Hands";
import { handsOf } from "./need";
import { Verdict } from "./Verdict";

/** Home answers whether everything is in sync, and if not, what to do first. */
export function Home() {
  const { say } = useText();
  const may = useMay();
  const [answer, ask] = useQuery({ query: homeDocument });
  const refresh = useRefresh(ask);
  useLive(changedDocument, {}, refresh, { paused: !may("log:read") });
  useLive(touchedDocument, {}, refresh, { paused: !may("events:read") });
  return (
    <Page title={say("home.title")}>
      <Loaded answer={answer} retry={() => ask()} skeleton={<Waiting />}>
        {(data) => (data.connections.length === 0 ? <Nothing /> : <Everything data={data} />)}
      </Loaded>
    </Page>
  );
}

function Everything({ data }: { data: HomeData }) {
  const { say, locale } = useText();
  const now = useNow();
  const heard = data.connections
    .flatMap((c) => c.health.lastHeardAt ?? [])
    .sort()
    .at(-1);
  const people = data.connections.reduce((sum, c) => sum + c.userCount, 0);
  return (
    <Stack gap="xl">
      <Verdict
        connections={data.connections}
        about={
          <>
            {say("home.about", { people, connections: data.connections.length })}
            {heard && (
              <>
                {" "}
                {say("home.aboutHeard")} <When at={heard} />.
              </>
            )}
          </>
        }
      />
      <Section title={say("home.hands")}>
        <Hands hands={handsOf(data, now, (at) => relative(at, now, locale))} />
      </Section>
      {data.connections.map((c) => (
        <ConnectionPart
          key={c.id}
          connection={c}
          active={data.userCounts.byConnection.find((n) => n.connectionId === c.id)?.active ?? 0}
          links={data.users.nodes.filter((u) => u.linkAskedBy?.id === c.id).length}
        />
      ))}
    </Stack>
  );
}

function Nothing() {
  const { say } = useText();
  const may = useMay();
  return (
    <Notice
      title={say("home.none")}
      text={say("home.noneText")}
      action={
        may("connections:write") && (
          <Button component={Link} to="/connections/new">
            {say("home.connect")}
          </Button>
        )
      }
    />
  );
}

/** Waiting has the shape of what comes: the verdict, the list, one connection. */
function Waiting() {
  return (
    <Stack gap="xl" aria-hidden>
      <Stack gap="xs">
        <Skeleton height={28} maw={340} />
        <Skeleton height={14} maw={260} />
      </Stack>
      <Stack gap="xs">
        <Skeleton height={20} maw={160} />
        <Skeleton height={44} />
      </Stack>
      <Stack gap="md">
        <Skeleton height={20} maw={120} />
        <Skeleton height={56} />
        <Skeleton height={166} />
      </Stack>
    </Stack>
  );
}
