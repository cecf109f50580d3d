import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Tokens() {
  const { say } = useText();
  return <Page title={say("tokens.title")}>{null}</Page>;
}
