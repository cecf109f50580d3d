import { Button, Group, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useContext, useEffect, useMemo } from "react";
import { useQuery } from "urql";
import { useAddress } from "../../lib/address";
import { usePages } from "../../lib/pages";
import { useText } from "../../text";
import { ExportDialog } from "../../ui/ExportDialog";
import { Failure, Notice } from "../../ui/Notice";
import { Pager } from "../../ui/Pager";
import { Status } from "../../ui/Status";
import { Zone } from "../../ui/When";
import { Filters } from "./Filters";
import { filters, isFollowed, whereOf } from "./filter";
import { RowTable } from "./RowTable";
import { mostKept, newestFirst, rowsDocument } from "./rows";
import { ToConnections } from "./ToConnections";
import { useTail } from "./useTail";

/** Requests is the log row by row: its newest page is followed live, until paused. */
export function Requests() {
  const { say, number } = useText();
  const [address, change] = useAddress();
  const zone = useContext(Zone);
  const asked = JSON.stringify(filters.map((f) => address[f]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a time that ends now begins with the filter, not with each drawing
  const where = useMemo(() => whereOf(address, new Date(), zone), [asked, zone]);
  const variables = { where, after: address.after ?? null };
  const [{ data, error, fetching }, ask] = useQuery({ query: rowsDocument, variables });
  const followed = isFollowed(where, address.after);
  const paused = address.paused !== undefined;
  const tail = useTail(where, {
    on: followed,
    paused,
    onOpen: () => ask({ requestPolicy: "network-only" }),
  });
  const { show, waiting } = tail;
  useEffect(() => {
    if (!paused && waiting > 0) show();
  }, [paused, waiting, show]);

  const page = data?.provisioningLogs;
  const pages = usePages(page?.pageInfo);
  const rows = useMemo(
    () => page && (followed ? newestFirst(tail.rows, page.nodes).slice(0, mostKept) : page.nodes),
    [page, followed, tail.rows],
  );
  const filtered = filters.some((f) => address[f]);
  const clear = () => change(Object.fromEntries([...filters, "after"].map((f) => [f, undefined])));

  return (
    <>
      <Filters />
      {followed && (
        <Group justify="space-between" gap="xs" aria-live="polite">
          <Status tone={paused ? "warn" : tail.state === "live" ? "good" : "quiet"}>
            {paused ? say("log.fresh", { count: waiting }) : say(`live.${tail.state}`)}
          </Status>
          <Group gap="xs">
            {paused && waiting > 0 && (
              <Button size="xs" variant="light" onClick={show}>
                {say("log.showFresh", { count: waiting })}
              </Button>
            )}
            <Button
              size="xs"
              variant="default"
              leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
              onClick={() => change({ paused: paused ? undefined : "1" }, { replace: true })}
            >
              {paused ? say("log.resume") : say("log.pause")}
            </Button>
          </Group>
        </Group>
      )}
      {error && <Failure error={error} retry={() => ask({ requestPolicy: "network-only" })} />}
      {(rows || !error) && (
        <RowTable
          rows={rows ?? (fetching || !data ? undefined : [])}
          empty={
            filtered ? (
              <Notice
                title={say("log.noHits")}
                text={say("log.noHitsText")}
                action={
                  <Button variant="default" onClick={clear}>
                    {say("log.clear")}
                  </Button>
                }
              />
            ) : (
              <Notice title={say("log.empty")} text={say("log.emptyText")} action={<ToConnections />} />
            )
          }
        />
      )}
      {tail.capped && (
        <Text size="sm" c="var(--faint)">
          {say("log.capped", { count: number(mostKept) })}
        </Text>
      )}
      {rows && rows.length > 0 && <Pager total={page?.totalCount} {...pages} />}
      {address.export && (
        <ExportDialog
          title={say("log.export.title")}
          rows={{ what: "LOG", from: where.from ?? null, before: where.before ?? null }}
          onClose={() => change({ export: undefined })}
        >
          {say(where.from || where.before ? "log.export.bounded" : "log.export.all")}
        </ExportDialog>
      )}
    </>
  );
}
