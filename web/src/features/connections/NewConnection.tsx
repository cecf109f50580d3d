import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function NewConnection() {
  const { say } = useText();
  return <Page title={say("connections.title")}>{null}</Page>;
}
