import { useText } from "../../../text";
import { Status } from "../../../ui/Status";
import { When } from "../../../ui/When";
import { endOf, toneOf } from "./ends";

/** Ending says when a secret or certificate ends, and warns in time. */
export function Ending({ at, now }: { at: string | null; now: Date }) {
  const { say } = useText();
  const end = endOf(at, now);
  if (!at) return <>{say("signon.endUnknown")}</>;
  if (end === undefined) return <When at={at} />;
  return (
    <Status tone={toneOf(end)}>
      <span>
        {say(end === 0 ? "signon.ended" : "signon.endsSoon")} <When at={at} />
      </span>
    </Status>
  );
}
