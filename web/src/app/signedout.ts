const listeners = new Set<() => void>();

/** tellSignedOut is called when an answer says that nobody is signed in. */
export function tellSignedOut() {
  for (const listener of listeners) listener();
}

/** onSignedOut calls listener then; what it returns ends that. */
export function onSignedOut(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
