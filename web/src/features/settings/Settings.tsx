import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Settings() {
  const { say } = useText();
  return <Page title={say("settings.title")}>{null}</Page>;
}
