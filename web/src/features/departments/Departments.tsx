import { useText } from "../../text";
import { Page } from "../../ui/Page";

export function Departments() {
  const { say } = useText();
  return <Page title={say("departments.title")}>{null}</Page>;
}
