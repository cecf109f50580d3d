import { Skeleton, Stack } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { SignIn } from "../features/signin/SignIn";
import { isSignedOut } from "../lib/client";
import { graphql } from "../lib/documents";
import { useLive } from "../lib/live";
import { useText } from "../text";
import { Failure, Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { Shell } from "./Shell";
import { useViewerQuery, type Viewer, ViewerProvider } from "./session";
import { onSignedOut } from "./signedout";

/** App finds out who is here and shows what is for them. */
export function App() {
  const [{ data, error, fetching }, ask] = useViewerQuery();
  const [ended, setEnded] = useState(false);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  const viewer = data?.viewer;

  if (isSignedOut(error) || (ended && !fetching)) {
    return <SignIn ended={ended && viewer !== undefined} />;
  }
  if (error && !viewer)
    return (
      <Alone>
        <Failure error={error} retry={() => ask()} />
      </Alone>
    );
  if (!viewer)
    return (
      <Alone>
        <Skeleton height={20} width={180} />
      </Alone>
    );
  return (
    <ViewerProvider viewer={viewer}>
      {viewer.scopes.includes("users:read") ? <Signed viewer={viewer} check={() => ask()} /> : <Learner />}
    </ViewerProvider>
  );
}

const watchDocument = graphql(`
  subscription Watch {
    connectionHealthChanged {
      id
    }
  }
`);

/** Signed keeps one stream open: when the session ends, so does the stream, within seconds. */
function Signed({ viewer, check }: { viewer: Viewer; check: () => void }) {
  useLive(watchDocument, {}, () => {}, { paused: !viewer.scopes.includes("connections:read"), onEnd: check });
  return <Shell />;
}

function Learner() {
  const { say } = useText();
  return (
    <Alone>
      <Page title={say("learner.title")}>
        <Notice title={say("learner.title")} text={say("learner.text")} />
        <Outlet />
      </Page>
    </Alone>
  );
}

/** Alone is the frame of a page without navigation. */
function Alone({ children }: { children: React.ReactNode }) {
  return (
    <Stack component="main" maw="40rem" mx="auto" p="xl">
      {children}
    </Stack>
  );
}
