import type { Key } from "../en";
import { common } from "./common";

/** The texts in German, as far as there are any. */
export const de: Partial<Record<Key, string>> = { ...common };
