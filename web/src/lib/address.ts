import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/**
 * useAddress is the state of a page as it stands in the address: its query
 * parameters, and how to change some of them. undefined removes a parameter.
 */
export function useAddress(): [
  Record<string, string | undefined>,
  (changes: Record<string, string | undefined>, options?: { replace?: boolean }) => void,
] {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const navigate = useNavigate();
  const change = useCallback(
    (changes: Record<string, string | undefined>, options?: { replace?: boolean }) =>
      void navigate({
        to: ".",
        search: ((before: Record<string, string | undefined>) => ({ ...before, ...changes })) as never,
        replace: options?.replace ?? false,
      }),
    [navigate],
  );
  return [search, change];
}

/** useId is the id in the address of a page about one thing. */
export function useId(): string {
  return (useParams({ strict: false }) as { id?: string }).id ?? "";
}
