import { useEffect, useState } from "react";

const kept = "rollcall.setup";
const form = /^rcu_[0-9A-Za-z]{49}$/;

/** secretIn reads the secret of a set-up link from the part of an address behind #. */
export function secretIn(fragment: string): string | undefined {
  const text = fragment.replace(/^#/, "").trim();
  return form.test(text) ? text : undefined;
}

/**
 * take moves the secret from the address, where others would see it and the
 * browser's history would keep it, to where only this tab reads it.
 */
function take(): string | undefined {
  const { hash, pathname, search } = window.location;
  if (!hash) return sessionStorage.getItem(kept) ?? undefined;
  const secret = secretIn(hash);
  if (secret) sessionStorage.setItem(kept, secret);
  else sessionStorage.removeItem(kept);
  window.history.replaceState(window.history.state, "", pathname + search);
  return secret;
}

/** useSecret is the secret of the set-up link that was opened; undefined when there is none. */
export function useSecret(): string | undefined {
  const [secret, setSecret] = useState(take);
  useEffect(() => {
    const again = () => window.location.hash && setSecret(take());
    window.addEventListener("hashchange", again); // another link, opened in this tab
    return () => window.removeEventListener("hashchange", again);
  }, []);
  return secret;
}
