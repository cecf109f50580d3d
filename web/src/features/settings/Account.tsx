import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Account() {
  const { say } = useText();
  return <Page title={say("settings.title")}>{null}</Page>;
}
