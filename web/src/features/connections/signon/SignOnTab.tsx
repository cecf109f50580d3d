import { Skeleton, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";
import { useMay } from "../../../app/session";
import { useReturn } from "../../../lib/refresh";
import { useText } from "../../../text";
import { Loaded } from "../../../ui/Loaded";
import { Notice } from "../../../ui/Notice";
import { type SignOnConnection, signOnDocument } from "./documents";
import { Registration } from "./Registration";
import { Secrets } from "./Secrets";
import { SetUp } from "./SetUp";
import { SignOnSettings } from "./SignOnSettings";
import { State } from "./State";
import { Warnings } from "./Warnings";

/** SignOnTab is how people sign in through a connection: set up step by step, then all of it. */
export function SignOnTab({ id }: { id: string }) {
  const [answer, ask] = useQuery({ query: signOnDocument, variables: { id } });
  useReturn(ask); // from a test, which is made in another tab
  return (
    <Loaded
      answer={answer}
      retry={() => ask({ requestPolicy: "network-only" })}
      skeleton={
        <Stack aria-busy maw="44rem">
          <Skeleton height={20} maw={240} />
          <Skeleton height={72} />
          <Skeleton height={160} />
        </Stack>
      }
    >
      {(data) => data.connection && <Shown connection={data.connection} />}
    </Loaded>
  );
}

function Shown({ connection: c }: { connection: SignOnConnection }) {
  const { say } = useText();
  const may = useMay();
  const [warnings, setWarnings] = useState<string[]>([]);
  const [made, setMade] = useState(false);
  const on = c.signOn;
  if (!on)
    return may("connections:write") ? (
      <SetUp
        connection={c}
        onSaved={(w) => {
          setWarnings(w);
          setMade(true);
        }}
      />
    ) : (
      <Notice title={say("signon.none")} text={say("signon.noneReader")} />
    );
  return (
    <Stack gap="xl">
      {!may("connections:write") && <Text c="var(--faint)">{say("connections.readOnly")}</Text>}
      {warnings.length > 0 && <Warnings of={warnings} onRead={() => setWarnings([])} />}
      <State connection={c} on={on} arrived={made && warnings.length === 0} />
      <Registration connection={c} on={on} onSaved={setWarnings} />
      <Secrets connection={c} on={on} />
      <SignOnSettings key={on.updatedAt} connection={c} on={on} />
    </Stack>
  );
}
