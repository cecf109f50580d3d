import { useState } from "react";
import { useLive } from "../../../lib/live";
import { type Progress, progressDocument } from "./documents";
import type { Heard } from "./source";

/** useProgress follows what a set-up hears. tell is called whenever there is something new. */
export function useProgress(
  id: string | null,
  tell: () => void,
  options: { paused?: boolean; headers?: HeadersInit; onEnd?: () => void } = {},
): Heard {
  const [progress, setProgress] = useState<Progress>();
  const state = useLive(
    progressDocument,
    { id },
    ({ setUpProgress }) => {
      setProgress(setUpProgress);
      tell();
    },
    options,
  );
  return { progress, state };
}
