import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Home() {
  const { say } = useText();
  return <Page title={say("home.title")}>{null}</Page>;
}
