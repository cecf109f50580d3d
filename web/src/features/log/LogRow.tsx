import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function LogRow() {
  const { say } = useText();
  return <Page title={say("log.title")}>{null}</Page>;
}
