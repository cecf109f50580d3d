import { useMutation } from "urql";
import { graphql } from "../lib/documents";

const signOutDocument = graphql(`
  mutation SignOut {
    signOut {
      ended
    }
  }
`);

/** useSignOut ends the session and shows the sign-in page. */
export function useSignOut() {
  const [, signOut] = useMutation(signOutDocument);
  return async () => {
    await signOut({});
    window.location.assign("/");
  };
}
