import type { ReactNode } from "react";
import type { CombinedError } from "urql";
import { Failure } from "./Notice";

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
export function Loaded<Data>(props: {
  answer: Answer<Data>;
  retry: () => void;
  skeleton: ReactNode;
  children: (data: Data) => ReactNode;
}) {
  const { data, error } = props.answer;
  if (error && !data) return <Failure error={error} retry={props.retry} />;
  if (!data) return <>{props.skeleton}</>;
  return (
    <>
      {error && <Failure error={error} retry={props.retry} />}
      {props.children(data)}
    </>
  );
}
