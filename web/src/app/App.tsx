import { Button, Skeleton, Stack } from "@mantine/core";
import { Outlet } from "@tanstack/react-router";
import { useEffect, useState } from "react";
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
  const [{ data, error }, ask] = useViewerQuery();
  const [ended, setEnded] = useState(false);
  useEffect(() => onSignedOut(() => setEnded(true)), []);
  const viewer = data?.viewer;
  const [wasHere, setWasHere] = useState(false);
  if (viewer && !wasHere) setWasHere(true);

  if (ended || isSignedOut(error)) return wasHere ? <SignedOut /> : <ToSignIn />;
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
      connectionId
    }
  }
`);

/** Signed keeps one stream open: when the session ends, so does the stream, within seconds. */
function Signed({ viewer, check }: { viewer: Viewer; check: () => void }) {
  useLive(watchDocument, {}, () => {}, { paused: !viewer.scopes.includes("log:read"), onEnd: check });
  return <Shell />;
}

/** ToSignIn leads strangers to the sign-in page, which brings them back. */
function ToSignIn() {
  useEffect(() => window.location.replace(signInAddress()), []);
  return null;
}

function signInAddress(): string {
  const here = window.location.pathname + window.location.search;
  return `/signin?${new URLSearchParams({ return_to: here })}`;
}

/** SignedOut takes the place of everything when the session has ended under an open page. */
function SignedOut() {
  const { say } = useText();
  return (
    <Alone>
      <Notice
        whole
        title={say("signedOut.title")}
        text={say("signedOut.ended")}
        action={
          <Button component="a" href={signInAddress()}>
            {say("signedOut.again")}
          </Button>
        }
      />
    </Alone>
  );
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
