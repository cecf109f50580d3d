import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { refusals } from "../lib/client";
import { Failure, NotFound } from "./Notice";

/** Answer is what a query has come to so far, as useQuery returns it. */
export interface Answer<Data> {
  data?: Data | undefined;
  error?: CombinedError | undefined;
  fetching: boolean;
}

/**
 * Loaded shows what a query answered: the skeleton until there is something,
 * the failure if there was one, and then the content. Content that is there
 * already stays while it is read again.
 */
export function Loaded<Data extends object>(props: {
  answer: Answer<Data>;
  retry: () => void;
  skeleton: ReactNode;
  /** What is loaded is the whole page, with its title. */
  whole?: boolean;
  children: (data: Data) => ReactNode;
}) {
  const { data, error } = props.answer;
  const nothing = !data || Object.values(data).every((part) => part === null);
  if (error && nothing) {
    const lost = refusals(error).every((r) => r.code === "BAD_USER_INPUT" && r.field === "id");
    return lost ? <NotFound /> : <Failure error={error} retry={props.retry} whole={props.whole} />;
  }
  if (!data) return <>{props.skeleton}</>;
  return (
    <>
      {error && <Failure error={error} retry={props.retry} />}
      {props.children(data)}
    </>
  );
}
