import { Button, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "urql";
import { useMay } from "../../../app/session";
import { useAddress } from "../../../lib/address";
import { refusals } from "../../../lib/client";
import { useText } from "../../../text";
import { Confirm } from "../../../ui/Confirm";
import { done } from "../../../ui/toast";
import { When } from "../../../ui/When";
import { endLinkDocument, linksDocument, type SetUpLink } from "./documents";
import classes from "./Links.module.css";

/** byTokens makes an empty list be read again too when there is a new token. */
const byTokens = { additionalTypenames: ["Token"] };

/** Links lists the set-up links of a connection that still work, and ends them. */
export function Links({ connection }: { connection: string }) {
  const { say } = useText();
  const may = useMay();
  const [address, change] = useAddress();
  const [{ data }] = useQuery({ query: linksDocument, variables: { id: connection }, context: byTokens });
  const [{ fetching, error }, end] = useMutation(endLinkDocument);
  const links = data?.connection?.setUpLinks.filter((l) => l.status === "WORKING") ?? [];
  const ending = links.find((l) => l.id === address.end);
  if (links.length === 0) return null;

  async function endOne(link: SetUpLink) {
    const { error } = await end({ id: link.id });
    if (error) return;
    done(say("setup.links.ended", { name: link.name }));
    change({ end: undefined }, { replace: true });
  }

  return (
    <section className={classes.links} aria-label={say("setup.links")}>
      <Title order={2} fz="md" mb="xs">
        {say("setup.links")}
      </Title>
      <ul className={classes.list}>
        {links.map((l) => (
          <li key={l.id} className={classes.link}>
            <div>
              <Text fw={500} dir="auto">
                {l.name}
              </Text>
              <Text size="xs" c="var(--faint)">
                {l.lastUsedAt ? (
                  <>
                    {say("setup.links.opened")} <When at={l.lastUsedAt} />
                  </>
                ) : (
                  say("setup.links.never")
                )}
                {" · "}
                {say("setup.links.ends")} <When at={l.expiresAt} />
              </Text>
            </div>
            {may("tokens:write") && (
              <Button
                size="compact-sm"
                variant="default"
                c="var(--bad)"
                onClick={() => change({ end: l.id })}
                aria-label={say("setup.links.endOne", { name: l.name })}
              >
                {say("setup.links.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {ending && (
        <Confirm
          opened
          title={say("setup.links.endTitle", { name: ending.name })}
          text={say("setup.links.endText")}
          act={say("setup.links.end")}
          busy={fetching}
          problem={error && refusals(error)[0]?.message}
          onAct={() => void endOne(ending)}
          onClose={() => change({ end: undefined }, { replace: true })}
        />
      )}
    </section>
  );
}
