import { Button, Group, Progress, Skeleton, Stack, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../../app/session";
import { useAddress } from "../../../lib/address";
import { readFragment } from "../../../lib/documents";
import { useText } from "../../../text";
import { Loaded } from "../../../ui/Loaded";
import { Notice } from "../../../ui/Notice";
import { Section } from "../../../ui/Page";
import { failed } from "../../../ui/toast";
import { When } from "../../../ui/When";
import type { OneConnection } from "../documents";
import { advance, cycleOf } from "./advance";
import { type OneRehearsal, rehearsalDocument, rehearsalFragment, rehearseDocument } from "./documents";
import { Report } from "./Report";

const nobody = "00000000-0000-0000-0000-000000000000";
const pause = 700; // milliseconds between two looks at a rehearsal that goes on

/** Rehearsal plays a first sync into a copy of the connection, and says how far it has come and what it found out. */
export function Rehearsal({ connection: c }: { connection: OneConnection }) {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const named = address.rehearsal;
  const [answer, ask] = useQuery({
    query: rehearsalDocument,
    variables: { id: named ?? nobody, connection: c.id, named: named !== undefined },
  });
  const [starting, start] = useMutation(rehearseDocument);
  const { data } = answer;
  const found = readFragment(rehearsalFragment, data?.rehearsal ?? data?.connection?.rehearsal ?? null);
  const shown = found?.connectionId === c.id ? found : null;
  const running = shown?.state === "RUNNING";

  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => latest.current({ requestPolicy: "network-only" }), pause);
    return () => clearInterval(timer);
  }, [running]);

  async function rehearse() {
    const { data, error } = await start({ connection: c.id });
    if (error || !data) {
      if (error) failed(say("rehearsal.notStarted"), error);
      ask({ requestPolicy: "network-only" }); // somebody else may have begun one
      return;
    }
    change({ rehearsal: data.rehearse.rehearsal.id }, { replace: true });
  }

  return (
    <Section
      title={say("rehearsal.title")}
      about={say(c.kind === "ENTRA" ? "rehearsal.about" : "rehearsal.aboutOther")}
      actions={
        may("connections:write") && (
          <Button
            variant="default"
            loading={starting.fetching}
            disabled={running}
            onClick={() => void rehearse()}
          >
            {say(shown ? "rehearsal.again" : "rehearsal.start")}
          </Button>
        )
      }
    >
      <Loaded
        answer={answer}
        retry={() => ask({ requestPolicy: "network-only" })}
        skeleton={<Skeleton height={64} />}
      >
        {() =>
          shown ? (
            <Shown rehearsal={shown} />
          ) : (
            <Text c="var(--faint)">{say(named ? "rehearsal.gone" : "rehearsal.none")}</Text>
          )
        }
      </Loaded>
    </Section>
  );
}

function Shown({ rehearsal: r }: { rehearsal: OneRehearsal }) {
  const { say } = useText();
  if (r.state === "RUNNING") return <Running rehearsal={r} />;
  return (
    <Stack gap="lg">
      {r.problem && <Notice tone="bad" title={say("rehearsal.failed")} text={r.problem} />}
      {r.report && <Report report={r.report} users={r.users} whole={r.state === "DONE"} />}
      <Text size="sm" c="var(--faint)">
        {say("rehearsal.when", { users: r.users })} <When at={r.endedAt ?? r.createdAt} />
      </Text>
    </Stack>
  );
}

function Running({ rehearsal: r }: { rehearsal: OneRehearsal }) {
  const { say, number } = useText();
  const cycle = say(r.cycle ? `rehearsal.cycle.${cycleOf(r.cycle)}` : "rehearsal.begins");
  const percent = advance(r);
  return (
    <Stack gap="xs" maw="42rem">
      <Group justify="space-between" gap="xs">
        <Text aria-live="polite">{cycle}</Text>
        <Text size="sm" c="var(--faint)">
          {r.total > 0 && say("rehearsal.of", { done: number(r.done), total: number(r.total) })}
        </Text>
      </Group>
      <Progress.Root size="md" transitionDuration={150}>
        <Progress.Section value={percent} aria-label={say("rehearsal.progress")} />
      </Progress.Root>
      <Text size="sm" c="var(--faint)">
        {say("rehearsal.leave")}
      </Text>
    </Stack>
  );
}
