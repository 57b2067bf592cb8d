/** Single sign-on as next-auth knows it: it makes and reads the cookies of state, nonce and PKCE; the exchange is ours. */
import type { OAuthConfig } from "next-auth/providers/oauth";
import { type Configuration, singleSignOn } from "./configuration";
import type { Provider } from "./discovery";
import { exchangeCode } from "./exchange";
import type { SignInRefused } from "./refused";

export const PROVIDER_ID = "oidc";

/** Why next-auth's answer is not to be sent, told to who called it. */
type Refuse = (refused: SignInRefused) => void;

interface Person {
  sub: string;
  email: string;
}

/**
 * The provider in next-auth's list, none where single sign-on is off. `discovered` is needed by the requests that lead to the
 * provider and back: given, so that next-auth asks nobody itself.
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
        // Nothing needs them any more, and nothing may keep them.
        return { tokens: {} };
      },
    },
    userinfo: { request: async () => person as never },
    idToken: true,
    checks: ["pkce", "state", "nonce"],
    profile: ({ sub, email }) => ({ id: sub, email }),
  };
}
