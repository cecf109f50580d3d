import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Groups() {
  const { say } = useText();
  return <Page title={say("groups.title")}>{null}</Page>;
}
