import { Button, Skeleton, Stack } from "@mantine/core";
import { useContext, useMemo } from "react";
import { useQuery } from "urql";
import { useAddress } from "../../lib/address";
import { usePages } from "../../lib/pages";
import { useText } from "../../text";
import { ExportDialog } from "../../ui/ExportDialog";
import { Loaded } from "../../ui/Loaded";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Pager } from "../../ui/Pager";
import { Zone } from "../../ui/When";
import { Entry } from "./Entry";
import classes from "./Entry.module.css";
import { auditDocument, filters, whereOf } from "./events";
import { Filters } from "./Filters";

/** Audit is the audit trail: what changed, who did it, what it was before. */
export function Audit() {
  const { say } = useText();
  const [address, change] = useAddress();
  const zone = useContext(Zone);
  const asked = JSON.stringify(filters.map((f) => address[f]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a time that ends now begins with the filter, not with each drawing
  const where = useMemo(() => whereOf(address, new Date(), zone), [asked, zone]);
  const [answer, ask] = useQuery({
    query: auditDocument,
    variables: { where, after: address.after ?? null },
  });
  const page = answer.data?.auditTrail;
  const pages = usePages(page?.pageInfo);
  const filtered = filters.some((f) => address[f]);
  const clear = () => change(Object.fromEntries([...filters, "after", "open"].map((f) => [f, undefined])));

  return (
    <Page
      title={say("audit.title")}
      about={say("audit.about")}
      actions={
        <Button variant="default" onClick={() => change({ export: "1" })}>
          {say("export.open")}
        </Button>
      }
    >
      <Filters />
      <Loaded
        answer={answer}
        retry={() => ask({ requestPolicy: "network-only" })}
        skeleton={
          <Stack gap="md" aria-busy>
            {Array.from({ length: 12 }, (_, i) => i).map((i) => (
              <Skeleton key={i} height={20} width={`${45 + ((i * 17) % 40)}%`} />
            ))}
          </Stack>
        }
      >
        {({ auditTrail }) =>
          auditTrail.nodes.length > 0 ? (
            <>
              <ol className={classes.trail} aria-label={say("audit.title")}>
                {auditTrail.nodes.map((event) => (
                  <Entry
                    key={event.id}
                    event={event}
                    opened={address.open === event.id}
                    toggle={() =>
                      change({ open: address.open === event.id ? undefined : event.id }, { replace: true })
                    }
                  />
                ))}
              </ol>
              <Pager {...pages} />
            </>
          ) : (
            <Notice
              title={filtered ? say("audit.noHits") : say("audit.empty")}
              text={filtered && say("audit.noHitsText")}
              action={
                filtered && (
                  <Button variant="default" onClick={clear}>
                    {say("audit.clear")}
                  </Button>
                )
              }
            />
          )
        }
      </Loaded>
      {address.export && (
        <ExportDialog
          title={say("audit.export.title")}
          rows={{ what: "EVENTS", from: where.from ?? null, before: where.before ?? null }}
          onClose={() => change({ export: undefined })}
        >
          {say("audit.export.text", {
            period: say(where.from || where.before ? "audit.export.bounded" : "audit.export.all"),
          })}
        </ExportDialog>
      )}
    </Page>
  );
}
