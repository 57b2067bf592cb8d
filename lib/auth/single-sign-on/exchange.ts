/** Exchanges the code that the browser brings back for a verified e-mail address. oauth4webapi implements the protocol. */
import * as oauth from "oauth4webapi";
import type { SingleSignOnRefusal } from "@/lib/contract/single-sign-on";
import { processSingleton } from "@/lib/process-singleton";
import { type Claims, saysEmail, verifiedEmail } from "./claims";
import { type Configuration, isLoopback } from "./configuration";
import { discover, forgetDiscovery, type Provider } from "./discovery";
import { outgoingTo } from "./outgoing";
import { refusalOf, SignInRefused } from "./refused";

/** The largest accepted difference between the provider's clock and ours. */
const CLOCK_SECONDS = 60;
/** Exchanges at a time: each holds a connection to the provider, and anyone can begin one. */
const AT_ONCE = 20;

/** Failures that a new discovery document may fix. */
const OF_THE_PROVIDER = new Set<SingleSignOnRefusal>([
  "provider_down",
  "provider_error",
  "misconfigured",
  "wrong_issuer",
  "wrong_algorithm",
  "bad_signature",
]);

const running = processSingleton("single-sign-on exchanges", () => ({ number: 0 }));

/** What next-auth read from the callback's URL and from its own cookies. */
export interface Callback {
  params: Record<string, string | undefined>;
  checks: { state?: string; nonce?: string; code_verifier?: string };
  redirectUri: string;
}

/** The person the provider vouches for. Throws `SignInRefused`. */
export async function exchangeCode(
  configuration: Configuration,
  callback: Callback,
): Promise<{ sub: string; email: string }> {
  if (running.number >= AT_ONCE) throw new SignInRefused("busy", `${AT_ONCE} sign-ins are under way.`);
  running.number += 1;
  try {
    const claims = await new Exchange(configuration, await discover(configuration)).run(callback);
    return { sub: claims.sub, email: verifiedEmail(claims) };
  } catch (error) {
    const refused = refusalOf(error);
    if (OF_THE_PROVIDER.has(refused.reason)) forgetDiscovery();
    throw refused;
  } finally {
    running.number -= 1;
  }
}

class Exchange {
  private readonly client: oauth.Client;
  private readonly options;

  constructor(
    private readonly configuration: Configuration,
    private readonly provider: Provider,
  ) {
    this.client = { client_id: configuration.clientId, [oauth.clockTolerance]: CLOCK_SECONDS };
    const { protocol, hostname } = new URL(configuration.issuer);
    this.options = {
      [oauth.customFetch]: outgoingTo(configuration.issuer) as never,
      [oauth.allowInsecureRequests]: protocol === "http:" && isLoopback(hostname),
    };
  }

  async run({ params, checks, redirectUri }: Callback): Promise<Claims> {
    const { state, nonce, code_verifier } = checks;
    if (!state || !nonce || !code_verifier)
      throw new SignInRefused("started_elsewhere", "A cookie of the start is missing.");
    const answer = this.authorizationAnswer(params, state);
    const response = await oauth.authorizationCodeGrantRequest(
      this.provider,
      this.client,
      this.authentication(),
      answer,
      redirectUri,
      code_verifier,
      this.options,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(this.provider, this.client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(this.provider, response, this.options);
    const claims = oauth.getValidatedIdTokenClaims(tokens) as oauth.IDToken;
    if (claims.iat > Date.now() / 1000 + CLOCK_SECONDS) {
      throw new SignInRefused("wrong_time", "The ID token was issued in the future.");
    }
    return saysEmail(claims) ? claims : this.userInfo(claims, tokens.access_token);
  }

  private authorizationAnswer(params: Callback["params"], state: string): URLSearchParams {
    const given = Object.entries(params).filter((pair): pair is [string, string] => typeof pair[1] === "string");
    const sent = new URLSearchParams(given);
    if (sent.get("state") !== state) throw new SignInRefused("started_elsewhere", "The state is of another sign-in.");
    const { issuer } = this.provider;
    if ((sent.get("iss") ?? issuer) !== issuer)
      throw new SignInRefused("wrong_issuer", "The answer is from another issuer.");
    return oauth.validateAuthResponse(this.provider, this.client, sent, state);
  }

  private authentication(): oauth.ClientAuth {
    const { clientSecret } = this.configuration;
    const methods = this.provider.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return methods.includes("client_secret_basic")
      ? oauth.ClientSecretBasic(clientSecret)
      : oauth.ClientSecretPost(clientSecret);
  }

  /** All claims come from UserInfo, for the same subject; from the ID token when the provider has no UserInfo endpoint. */
  private async userInfo(claims: oauth.IDToken, accessToken: string): Promise<Claims> {
    if (!this.provider.userinfo_endpoint) return claims;
    const response = await oauth.userInfoRequest(this.provider, this.client, accessToken, this.options);
    return oauth.processUserInfoResponse(this.provider, this.client, claims.sub, response);
  }
}
