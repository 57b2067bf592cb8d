/** Single sign-on for next-auth, which makes and reads the cookies of state, nonce and PKCE. The exchange is ours. */
import type { OAuthConfig } from "next-auth/providers/oauth";
import { type Configuration, singleSignOn } from "./configuration";
import type { Provider } from "./discovery";
import { exchangeCode } from "./exchange";
import type { SignInRefused } from "./refused";

export const PROVIDER_ID = "oidc";

/** Tells the caller why next-auth's answer must not be sent. */
type Refuse = (refused: SignInRefused) => void;

interface Person {
  sub: string;
  email: string;
}

/**
 * The provider in next-auth's list; no provider when single sign-on is off. `discovered` is for requests to the provider and
 * back. We pass it so that next-auth does not fetch the discovery document itself.
 */
export function singleSignOnProvider(discovered: Provider | undefined, refuse: Refuse): OAuthConfig<Person>[] {
  const configuration = singleSignOn();
  if ("off" in configuration) return [];
  return [providerOf(configuration, discovered, refuse)];
}

function providerOf(
  configuration: Configuration,
  discovered: Provider | undefined,
  refuse: Refuse,
): OAuthConfig<Person> {
  let person: Person | undefined;
  return {
    id: PROVIDER_ID,
    name: "single sign-on",
    type: "oauth",
    issuer: discovered?.issuer ?? configuration.issuer,
    clientId: configuration.clientId,
    clientSecret: configuration.clientSecret,
    authorization: { url: discovered?.authorization_endpoint ?? "", params: { scope: "openid email profile" } },
    token: {
      url: discovered?.token_endpoint ?? "",
      async request({ params, checks, provider }) {
        person = await exchangeCode(configuration, {
          params: params as Record<string, string | undefined>,
          checks: checks as { state?: string; nonce?: string; code_verifier?: string },
          redirectUri: provider.callbackUrl,
        }).catch((error) => {
          refuse(error);
          throw error;
        });
        // The tokens are not needed any more and must not be stored.
        return { tokens: {} };
      },
    },
    userinfo: { request: async () => person as never },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    profile: ({ sub, email }) => ({ id: sub, email }),
  };
}
