import { Button, SegmentedControl } from "@mantine/core";
import { useAddress } from "../../lib/address";
import { useText } from "../../text";
import { Page } from "../../ui/Page";
import { Causes } from "./Causes";
import { Cycles } from "./Cycles";
import { filters } from "./filter";
import { Requests } from "./Requests";

const views = ["requests", "cycles", "causes"] as const;
const none = Object.fromEntries([...filters, "after", "paused", "export"].map((f) => [f, undefined]));

/** Log shows what identity providers asked: request by request, cycle by cycle, or what fails now. */
export function Log() {
  const { say } = useText();
  const [address, change] = useAddress();
  const view = views.find((v) => v === address.view) ?? "requests";
  return (
    <Page
      title={say("log.title")}
      about={say("log.about")}
      actions={
        <>
          <SegmentedControl
            aria-label={say("log.view")}
            size="xs"
            value={view}
            onChange={(v) => change({ ...none, view: v === "requests" ? undefined : v })}
            data={views.map((value) => ({ value, label: say(`log.view.${value}`) }))}
          />
          {view === "requests" && (
            <Button variant="default" size="xs" onClick={() => change({ export: "1" })}>
              {say("export.open")}
            </Button>
          )}
        </>
      }
    >
      {view === "cycles" ? <Cycles /> : view === "causes" ? <Causes /> : <Requests />}
    </Page>
  );
}
