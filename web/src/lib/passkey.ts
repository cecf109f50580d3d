/** post sends JSON to one of the sign-in addresses. A refusal throws the server's sentence. */
async function post<Result>(path: string, body: unknown): Promise<Result> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    credentials: "same-origin",
    cache: "no-store",
  });
  const answer = (await response.json()) as Result & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `status ${response.status}`);
  return answer;
}

/** makePasskey has the device make a passkey under a name. */
export async function makePasskey(name: string): Promise<void> {
  const { publicKey } = await post<{ publicKey: PublicKeyCredentialCreationOptionsJSON }>(
    "/passkeys/begin",
    {},
  );
  const credential = (await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
  })) as PublicKeyCredential;
  await post("/passkeys/finish", { name, credential: credential.toJSON() });
}
