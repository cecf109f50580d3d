import { Button, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useText } from "../../text";
import { When } from "../../ui/When";
import classes from "./Hands.module.css";
import type { Hand, Words } from "./need";

/** Hands lists what needs a hand, each with its action. */
export function Hands({ hands }: { hands: readonly Hand[] }) {
  const { say } = useText();
  const words = (w: Words) => (typeof w === "string" ? w : say(w.key, w.values));
  if (hands.length === 0) return <Text c="var(--faint)">{say("home.handsNone")}</Text>;
  return (
    <ol className={classes.hands}>
      {hands.map((hand) => (
        <li key={hand.id} className={classes.hand} data-tone={hand.tone}>
          <span className={classes.dot} aria-hidden />
          <div>
            <div className={classes.title} dir="auto">
              {words(hand.title)}
            </div>
            {(hand.text || hand.at) && (
              <div className={classes.text} dir="auto">
                {hand.text && words(hand.text)}
                {hand.at && (
                  <>
                    {hand.text && " · "}
                    {say("home.hand.lastSeen")} <When at={hand.at} />
                  </>
                )}
              </div>
            )}
          </div>
          <Button
            component={Link}
            to={hand.action.to}
            variant="default"
            size="xs"
            className={classes.action ?? ""}
          >
            {words(hand.action.label)}
          </Button>
        </li>
      ))}
    </ol>
  );
}
