// Signing in with a passkey. WebAuthn speaks in bytes, JSON in base64url.
const box = document.getElementById('passkey');
const button = box.querySelector('button');
const problem = box.querySelector('[role=alert]');

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

async function post(path, body) {
  const response = await fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

async function signIn() {
  const { publicKey } = await post('/signin/passkey/begin', {});
  const key = await navigator.credentials.get({ publicKey: { ...publicKey, challenge: bytes(publicKey.challenge) } });
  const { redirect } = await post('/signin/passkey/finish', {
    return_to: box.dataset.return,
    credential: {
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      authenticatorAttachment: key.authenticatorAttachment ?? undefined,
      clientExtensionResults: key.getClientExtensionResults(),
      response: {
        authenticatorData: text(key.response.authenticatorData),
        clientDataJSON: text(key.response.clientDataJSON),
        signature: text(key.response.signature),
        userHandle: key.response.userHandle ? text(key.response.userHandle) : undefined,
      },
    },
  });
  location.assign(redirect);
}

// Browsers say NotAllowedError when the person cancels, when time runs out, and
// when there is no key: they don't tell which.
function say(error) {
  problem.textContent =
    error.name === 'NotAllowedError'
      ? 'No passkey was used. Try again, or ask an administrator for a sign-in link.'
      : error instanceof TypeError
        ? 'The server can’t be reached. Check the connection and try again.'
        : error.message;
  problem.hidden = false;
}

if (window.PublicKeyCredential) {
  box.hidden = false;
  document.getElementById('without').hidden = true;
  button.addEventListener('click', async () => {
    button.disabled = true;
    problem.hidden = true;
    try {
      await signIn();
    } catch (error) {
      say(error);
    } finally {
      button.disabled = false;
    }
  });
}
