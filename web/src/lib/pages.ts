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

/** Window is the part of a list that a query asks for. */
export interface Window {
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

/** windowOf reads the part of a list that stands in an address, for lists that are read both ways. */
export function windowOf(address: Record<string, string | undefined>, size: number): Window {
  if (address.before) return { last: size, before: address.before };
  return address.after ? { first: size, after: address.after } : { first: size };
}

/** firstPage is the change of an address that leads back to a list's beginning. */
export const firstPage = { after: undefined, before: undefined };

/** usePagesBothWays turns the pages of a list that is also read backward: windowOf is where it stands. */
export function usePagesBothWays(
  info: (PageInfo & { hasPreviousPage: boolean; startCursor?: string | null }) | undefined,
) {
  const [, change] = useAddress();
  const turn = (to: { after?: string; before?: string }) => {
    change({ ...firstPage, ...to });
    window.scrollTo({ top: 0 });
  };
  const { startCursor: start, endCursor: end } = info ?? {};
  return {
    previous: info?.hasPreviousPage && start ? () => turn({ before: start }) : undefined,
    next: info?.hasNextPage && end ? () => turn({ after: end }) : undefined,
  };
}
