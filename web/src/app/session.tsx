import { createContext, type ReactNode, useContext } from "react";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../lib/documents";
import { knownZone } from "../lib/time";
import { Zone } from "../ui/When";

const viewerDocument = graphql(`
  query Viewer {
    viewer {
      kind
      id
      name
      userName
      email
      role
      organizationSlug
      organizationName
      timeZone
      scopes
      expiresAt
    }
  }
`);

/** Viewer is who is signed in, and what they may. */
export type Viewer = ResultOf<typeof viewerDocument>["viewer"];

const ViewerContext = createContext<Viewer | undefined>(undefined);

/** useViewerQuery asks who is signed in. */
export function useViewerQuery() {
  return useQuery({ query: viewerDocument, requestPolicy: "network-only" });
}

export function ViewerProvider({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  return (
    <ViewerContext.Provider value={viewer}>
      <Zone.Provider value={knownZone(viewer.timeZone)}>{children}</Zone.Provider>
    </ViewerContext.Provider>
  );
}

/** useViewer is who is signed in; below the shell there always is somebody. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error("nobody is signed in here");
  return viewer;
}

/** useMay says whether the viewer has a scope, such as users:write. */
export function useMay(): (scope: string) => boolean {
  const { scopes } = useViewer();
  return (scope) => scopes.includes(scope);
}
