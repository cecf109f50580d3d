import type { ReactNode } from "react";
import type { LiveState } from "../../../lib/live";
import type { OneConnection } from "../documents";
import type { Progress } from "./documents";

/**
 * Source is what a set-up shows and acts through. There are two: the session of
 * an administrator, and a set-up link of somebody without an account.
 */
export interface Source {
  name: string;
  kind: OneConnection["kind"];
  scimUrl: string;
  groups: boolean;
  userCount: number;
  groupCount: number;
  attributes: OneConnection["attributes"];
  /** The end of a token that works; undefined when there is none, or it isn't shown. */
  hint: string | undefined;
  /** Whether the directory has called with a token of ours, as far as that is known. */
  tokenUsed: boolean;
  /** When the directory was last heard, as far as that is known. */
  lastHeardAt: string | null;
  /** Whether a set-up link is behind it: then others must do what is done in the console. */
  byLink: boolean;
  /** Makes a token. */
  token: ReactNode;
  /** Shows and declares custom attributes. */
  declaring: ReactNode;
  /** Rehearses the provider's calls; undefined for who may not. */
  rehearsing?: ReactNode;
  /** What the directory has done; undefined when that can't be seen. */
  heard: Heard | undefined;
}

/** Heard is what the directory has done so far, and whether more will be heard. */
export interface Heard {
  progress: Progress | undefined;
  state: LiveState;
}
