import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useText } from "../../text";
import { Page } from "../../ui/Page";
import classes from "./Api.module.css";

/** Api shows the explorer, which is a page of its own with a policy of its own, in a frame. */
export function Api() {
  const { say } = useText();
  return (
    <Page
      title={say("api.title")}
      about={say("api.about")}
      actions={
        <>
          <Anchor component={Link} to="/tokens?new=api" size="sm">
            {say("api.tokens")}
          </Anchor>
          <Anchor href="/graphiql" target="_blank" rel="noopener" size="sm">
            {say("api.own")}
          </Anchor>
        </>
      }
    >
      <iframe className={classes.frame} src="/graphiql" title={say("api.title")} />
    </Page>
  );
}
