import { useRef } from "react";
import { useAddress } from "./address";

/** What the API says of where a page stands. */
interface PageInfo {
  hasNextPage: boolean;
  endCursor?: string | null;
}

/**
 * usePages turns the pages of a list that is only read onwards: the cursor stands
 * in the address as after. Back leads to where one came from, or else to the
 * first page.
 */
export function usePages(info: PageInfo | undefined): {
  previous: (() => void) | undefined;
  next: (() => void) | undefined;
} {
  const [{ after }, change] = useAddress();
  const cameFrom = useRef(new Map<string, string | undefined>());
  const end = info?.hasNextPage ? info.endCursor : undefined;
  const turn = (cursor: string | undefined) => {
    change({ after: cursor });
    window.scrollTo({ top: 0 });
  };
  return {
    previous: after ? () => turn(cameFrom.current.get(after)) : undefined,
    next: end
      ? () => {
          cameFrom.current.set(end, after);
          turn(end);
        }
      : undefined,
  };
}
