import { Button } from "@mantine/core";
import { useText } from "../text";
import { Notice } from "../ui/Notice";
import { Payload } from "../ui/Payload";

/** Broken is shown where a page has failed by itself. */
export function Broken({ error }: { error: unknown }) {
  const { say } = useText();
  return (
    <Notice
      tone="bad"
      title={say("error.crash")}
      text={
        <>
          {say("error.crashText")}
          <Payload text={String(error)} label="JavaScript" />
        </>
      }
      action={
        <Button variant="default" onClick={() => window.location.reload()}>
          {say("error.retry")}
        </Button>
      }
    />
  );
}
