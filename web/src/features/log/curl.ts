/** quoted is a text as one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * curlOf is a command that sends a request again. It holds no token: that is to
 * be in SCIM_TOKEN. base is the address of the organization's SCIM service.
 */
export function curlOf(
  base: string,
  row: { method: string; path: string; requestBody: string | null },
): string {
  const lines = [
    `curl -sS -X ${quoted(row.method)} ${quoted(base + row.path)}`,
    `-H "Authorization: Bearer $SCIM_TOKEN"`,
  ];
  if (row.requestBody)
    lines.push(`-H 'Content-Type: application/scim+json'`, `--data-raw ${quoted(row.requestBody)}`);
  return lines.join(" \\\n  ");
}
