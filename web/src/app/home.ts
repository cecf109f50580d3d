const key = "rollcall.organization";

/**
 * rememberHome keeps the organization in which somebody was signed in here: where there
 * are several, the sign-in page then offers its provider.
 */
export function rememberHome(slug: string | null) {
  try {
    if (slug) localStorage.setItem(key, slug);
  } catch {
    // Storage is switched off here: the sign-in page asks.
  }
}

/** homeOf is the slug of that organization. */
export function homeOf(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
