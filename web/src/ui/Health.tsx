import { type Health, healthTone } from "../lib/health";
import { useText } from "../text";
import { Status } from "./Status";

/** HealthStatus is how a connection is doing, in a word or two. */
export function HealthStatus({ status }: { status: Health }) {
  const { say } = useText();
  return <Status tone={healthTone[status]}>{say(`health.${status}`)}</Status>;
}
