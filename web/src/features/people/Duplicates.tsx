import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Duplicates() {
  const { say } = useText();
  return <Page title={say("people.title")}>{null}</Page>;
}
