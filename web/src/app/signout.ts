/**
 * signOut ends the session through the sign-in pages. They say where else somebody
 * is still signed in: at the identity provider of the work account.
 */
export function signOut() {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/signout";
  document.body.append(form);
  form.submit();
}
