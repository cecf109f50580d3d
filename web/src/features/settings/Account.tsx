import { Skeleton } from "@mantine/core";
import { useQuery } from "urql";
import { useViewer } from "../../app/session";
import { useText } from "../../text";
import { Loaded } from "../../ui/Loaded";
import { Page } from "../../ui/Page";
import { accountDocument } from "./account";
import { Passkeys } from "./Passkeys";
import { Sessions } from "./Sessions";

/** Account is one's own: passkeys, and where one is signed in. */
export function Account() {
  const { say } = useText();
  const viewer = useViewer();
  const [answer, ask] = useQuery({ query: accountDocument, requestPolicy: "cache-and-network" });
  const again = () => ask({ requestPolicy: "network-only" });
  return (
    <Page
      title={say("account.title")}
      about={say("account.about", {
        name: viewer.name,
        role: viewer.role ? say(`role.${viewer.role}`) : "",
      })}
    >
      <Loaded answer={answer} retry={again} skeleton={<Skeleton height={240} />}>
        {(data) => (
          <>
            <Passkeys passkeys={data.viewer.passkeys} again={again} />
            <Sessions sessions={data.viewer.sessions} again={again} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
