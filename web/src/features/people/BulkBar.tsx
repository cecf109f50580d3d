import { Button, Group, Menu, Text } from "@mantine/core";
import { useState } from "react";
import { useMay } from "../../app/session";
import { useText } from "../../text";
import classes from "./BulkBar.module.css";
import { BulkDialog } from "./BulkDialog";
import type { Act } from "./bulk";

/** BulkBar is what can be done with the people who are ticked. */
export function BulkBar(props: { ids: string[]; clear: () => void; done: () => void }) {
  const { say } = useText();
  const may = useMay();
  const [kind, setKind] = useState<Act["kind"]>();
  return (
    <Group className={classes.bar} gap="xs" role="region" aria-label={say("people.bulk.title")}>
      <Text fw={500} aria-live="polite">
        {say("list.selected", { count: props.ids.length })}
      </Text>
      <Button size="xs" variant="default" onClick={() => setKind("move")}>
        {say("people.bulk.move.act")}
      </Button>
      {may("roles:write") && (
        <Button size="xs" variant="default" onClick={() => setKind("role")}>
          {say("people.bulk.role.act")}
        </Button>
      )}
      <Button size="xs" variant="default" onClick={() => setKind("deactivate")}>
        {say("people.bulk.deactivate.act")}
      </Button>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="xs" variant="default">
            {say("people.bulk.more")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setKind("reactivate")}>{say("people.bulk.reactivate.act")}</Menu.Item>
          <Menu.Item c="var(--bad)" onClick={() => setKind("delete")}>
            {say("people.bulk.delete.act")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button size="xs" variant="subtle" color="gray" onClick={props.clear}>
        {say("people.bulk.clear")}
      </Button>
      {kind && (
        <BulkDialog
          kind={kind}
          ids={props.ids}
          onClose={(finished) => {
            setKind(undefined);
            if (finished) {
              props.clear();
              props.done();
            }
          }}
        />
      )}
    </Group>
  );
}
