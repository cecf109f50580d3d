// The package has no types of its own. This is what the specs use of it.
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface Context {
    body: string;
    oidc: { session: { accountId: string }; client: { clientId: string } };
  }

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  type Fetch = (url: string, options: RequestInit & { dispatcher?: unknown }) => Promise<Response>;

  interface Policy {
    remove(prompt: string): void;
  }

  export const interactionPolicy: { base(): Policy };

  interface Configuration {
    clients: Record<string, unknown>[];
    claims: Record<string, string[]>;
    conformIdTokenClaims: boolean;
    cookies: { keys: string[] };
    features: {
      devInteractions: { enabled: boolean };
      backchannelLogout: { enabled: boolean };
      rpInitiatedLogout: { enabled: boolean; logoutSource(context: Context, form: string): void };
    };
    interactions: { policy: Policy; url(context: Context, interaction: { uid: string }): string };
    responseTypes: string[];
    findAccount(
      context: Context,
      sub: string,
    ): { accountId: string; claims(): Record<string, string> } | undefined;
    loadExistingGrant(context: Context): Promise<Grant>;
    fetch: Fetch;
  }

  export default class Provider {
    constructor(issuer: string, configuration: Configuration);
    Grant: new (of: {
      accountId: string;
      clientId: string;
    }) => Grant;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: { login: { accountId: string } },
    ): Promise<void>;
  }
}
