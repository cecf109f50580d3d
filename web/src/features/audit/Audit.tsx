import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Audit() {
  const { say } = useText();
  return <Page title={say("audit.title")}>{null}</Page>;
}
