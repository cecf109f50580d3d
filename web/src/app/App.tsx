import { Button, Skeleton, Stack } from "@mantine/core";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { isSignedOut } from "../lib/client";
import { graphql } from "../lib/documents";
import { useLive } from "../lib/live";
import { useText } from "../text";
import { Failure, Notice } from "../ui/Notice";
import { homeOf, rememberHome } from "./home";
import { Shell } from "./Shell";
import { useViewerQuery, type Viewer, ViewerProvider } from "./session";
import { onSignedOut } from "./signedout";
import { signOut } from "./signout";

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
      <Signed viewer={viewer} check={() => ask()} />
    </ViewerProvider>
  );
}

const watchDocument = graphql(`
  subscription Watch {
    signedIn {
      id
    }
  }
`);

/** Signed keeps one stream open: when the session ends, so does the stream, within seconds. */
function Signed({ viewer, check }: { viewer: Viewer; check: () => void }) {
  useLive(watchDocument, {}, () => {}, { onEnd: check });
  useEffect(() => rememberHome(viewer.organizationSlug), [viewer.organizationSlug]);
  return viewer.scopes.includes("users:read") ? <Shell /> : <Learner viewer={viewer} />;
}

/** ToSignIn leads strangers to the sign-in page, which brings them back. */
function ToSignIn() {
  useEffect(() => window.location.replace(signInAddress()), []);
  return null;
}

function signInAddress(): string {
  const here = window.location.pathname + window.location.search;
  const org = homeOf();
  return `/signin?${new URLSearchParams({ return_to: here, ...(org && { org }) })}`;
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

/** Learner is the page of those who have no part in administration. */
function Learner({ viewer }: { viewer: Viewer }) {
  const { say } = useText();
  const own = useLocation().pathname === "/account";
  return (
    <Alone>
      <Notice
        whole={!own}
        title={say("learner.title")}
        text={
          <Stack gap="xs">
            <span dir="auto">
              {say("learner.who", { name: viewer.name, organization: viewer.organizationName ?? "" })}
            </span>
            <span>{say("learner.text")}</span>
          </Stack>
        }
        action={
          <>
            <Button onClick={signOut}>{say("me.signOut")}</Button>
            {!own && (
              <Button component={Link} to="/account" variant="default">
                {say("me.sessions")}
              </Button>
            )}
          </>
        }
      />
      {own && <Outlet />}
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
