import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../../text";
import { daysUntil } from "./documents";

/** NewClientSecret asks until when a new secret is to work. */
export function NewClientSecret(props: {
  busy: boolean;
  problem: string | undefined;
  onMake: (days: number | undefined) => Promise<boolean>;
  onClose: () => void;
}) {
  const { say } = useText();
  const [ends, setEnds] = useState("");
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        if (await props.onMake(daysUntil(ends, new Date()))) props.onClose();
      }}
    >
      <Group align="flex-start" gap="xs">
        <TextInput
          type="date"
          label={say("clients.secretEnds")}
          description={say("clients.secretEndsAbout")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          value={ends}
          onChange={(event) => setEnds(event.currentTarget.value)}
          error={props.problem}
          w={{ base: "100%", xs: 288 }}
          data-autofocus
        />
        <Button type="submit" loading={props.busy} mt={{ xs: 25 }}>
          {say("clients.addSecret")}
        </Button>
        <Button variant="default" onClick={props.onClose} mt={{ xs: 25 }}>
          {say("act.cancel")}
        </Button>
      </Group>
    </form>
  );
}
