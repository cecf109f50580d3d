import { useText } from "../../text";
import { Status, type Tone } from "../../ui/Status";

const tones = { ACTIVE: "good", INACTIVE: "quiet", DELETED: "bad" } as const satisfies Record<string, Tone>;

/** PersonStatus says whether somebody can come in. */
export function PersonStatus({ status }: { status: keyof typeof tones }) {
  const { say } = useText();
  return <Status tone={tones[status]}>{say(`people.status.${status}`)}</Status>;
}
