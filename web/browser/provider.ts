import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { interactionPolicy } from "oidc-provider";

/** What the provider says of the people who have an account there, by sub. */
const accounts = new Map([
  [
    "grace-sub",
    { name: "Grace Hopper", email: "grace@hopper.test", preferred_username: "grace@hopper.test" },
  ],
  ["mary-sub", { name: "Mary Unknown", email: "mary@hopper.test", preferred_username: "mary" }],
]);

export const clientId = "rollcall-in-tests";
export const clientSecret = "only-for-tests-0123456789abcdef";

/** Addresses are where the one client of the provider is. */
interface Addresses {
  redirectUri: string;
  afterLogout: string;
  backChannelLogoutUrl: string;
}

/**
 * startProvider starts an OpenID provider that nobody here wrote, on a free port of
 * this machine. On its own page it believes whoever names one of the accounts. With
 * certificates (PEM) the client proves itself by the key of one, and has no secret.
 */
export async function startProvider(client: Addresses, certificates: string[] = []) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const policy = interactionPolicy.base();
  policy.remove("consent"); // nobody is asked for it: in companies an administrator has given it
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        ...(certificates.length === 0
          ? { client_secret: clientSecret }
          : { token_endpoint_auth_method: "private_key_jwt", jwks: { keys: certificates.map(publicKey) } }),
        redirect_uris: [client.redirectUri],
        post_logout_redirect_uris: [client.afterLogout],
        backchannel_logout_uri: client.backChannelLogoutUrl,
        backchannel_logout_session_required: true,
        application_type: "native", // a web one may be reached over https alone
        response_types: ["code", "code id_token"],
        grant_types: ["authorization_code", "implicit"],
      },
    ],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"], email: ["email"] },
    conformIdTokenClaims: false, // all that it says stands in the ID token
    cookies: { keys: ["only-for-tests"] },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(context, form) {
          const button =
            '<button form="op.logoutForm" name="logout" value="yes">Sign out everywhere</button>';
          context.body = page("Foreign sign-out", form + button);
        },
      },
    },
    interactions: { policy, url: (_, interaction) => `/who/${interaction.uid}` },
    responseTypes: ["code", "code id_token"],
    findAccount(_, sub) {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: () => ({ sub, ...account }) };
    },
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
    // The client is on this machine, where the provider's own fetch refuses to go.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    void (request.url?.startsWith("/who/") ? askWho(provider, request, response) : answer(request, response));
  });
  return {
    issuer,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** publicKey is that of a certificate. */
function publicKey(certificate: string) {
  return { ...new X509Certificate(certificate).publicKey.export({ format: "jwk" }), use: "sig" };
}

/** askWho is the provider's page for signing in. */
async function askWho(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  if (request.method !== "POST") {
    const buttons = Array.from(
      accounts,
      ([sub, { name }]) => `<button name="sub" value="${sub}">I am ${name}</button>`,
    );
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(page("Foreign sign-in", `<form method="post">${buttons.join(" ")}</form>`));
    return;
  }
  let form = "";
  for await (const part of request) form += part;
  const accountId = new URLSearchParams(form).get("sub") ?? "";
  await provider.interactionFinished(request, response, { login: { accountId } });
}

function page(title: string, body: string) {
  return `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${body}</html>`;
}
