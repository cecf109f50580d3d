import { Button, Checkbox, Group, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMutation } from "urql";
import { refusals } from "../../lib/client";
import { useText } from "../../text";
import { done } from "../../ui/toast";
import { declareDocument } from "./documents";

const types = ["string", "boolean", "integer", "decimal", "dateTime", "reference"];

/** DeclareForm declares a custom attribute by its whole name. */
export function DeclareForm({ id, again }: { id: string; again: () => void }) {
  const { say } = useText();
  const [path, setPath] = useState("");
  const [type, setType] = useState("string");
  const [many, setMany] = useState(false);
  const [{ fetching, error }, declare] = useMutation(declareDocument);
  return (
    <form
      onSubmit={async (event) => {
        event.preventDefault();
        const { data } = await declare({
          id,
          input: { path: path.trim(), type, multiValued: many, resource: "User" },
        });
        if (!data) return;
        done(say("connections.declared", { name: path.trim().split(":").at(-1) }));
        setPath("");
        again();
      }}
    >
      <Stack maw="40rem" gap="sm">
        <TextInput
          label={say("connections.path")}
          description={say("connections.pathAbout")}
          placeholder="urn:scim:acme:User:Division"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          error={error && refusals(error)[0]?.message}
          required
          autoComplete="off"
          spellCheck={false}
        />
        <Group align="flex-end">
          <Select
            label={say("connections.type")}
            data={types}
            value={type}
            onChange={(value) => setType(value ?? "string")}
            allowDeselect={false}
          />
          <Checkbox
            label={say("connections.many")}
            checked={many}
            onChange={(event) => setMany(event.currentTarget.checked)}
            pb={8}
          />
        </Group>
        <Group>
          <Button type="submit" loading={fetching}>
            {say("connections.declare")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
