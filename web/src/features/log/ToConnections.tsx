import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useText } from "../../text";

/** ToConnections is where to go when nothing has come yet. */
export function ToConnections() {
  const { say } = useText();
  return (
    <Anchor component={Link} to="/connections">
      {say("log.emptyAct")}
    </Anchor>
  );
}
