import { Box, Button, List } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useText } from "../../../text";
import { Notice } from "../../../ui/Notice";

/** Warnings are what to watch about metadata that was imported; they are shown once. */
export function Warnings({ of, onRead }: { of: string[]; onRead: () => void }) {
  const { say } = useText();
  const seen = useRef<HTMLDivElement>(null);
  useEffect(() => {
    seen.current?.scrollIntoView({ block: "center" }); // whoever saves looks further down
  }, []);
  return (
    <Box ref={seen}>
      <Notice
        tone="bad"
        title={say("signon.warned")}
        text={
          <List>
            {of.map((warning) => (
              <List.Item key={warning} style={{ overflowWrap: "anywhere" }}>
                {warning}
              </List.Item>
            ))}
          </List>
        }
        action={
          <Button variant="default" onClick={onRead}>
            {say("signon.warned.read")}
          </Button>
        }
      />
    </Box>
  );
}
