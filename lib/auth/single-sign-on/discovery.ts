/** The provider's discovery document: read when a user signs in, kept for ten minutes. */
import * as oauth from "oauth4webapi";
import { processSingleton } from "@/lib/process-singleton";
import type { Configuration } from "./configuration";
import { outgoingTo } from "./outgoing";
import { refusalOf, SignInRefused } from "./refused";

const KEPT_MS = 600_000;
/** How long a failure is kept before the provider is asked again. People who wait share one request. */
const KEPT_FAILURE_MS = 3_000;

/** Signatures by a private key. With `none` or HS256 anyone could sign: for HS256 the public key would be the secret. */
export const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

export type Provider = oauth.AuthorizationServer & { authorization_endpoint: string; token_endpoint: string };

interface Kept {
  issuer: string;
  until: number;
  found: Promise<Provider>;
}

const cache = processSingleton<{ kept?: Kept }>("single-sign-on", () => ({}));

/**
 * The provider's endpoints and algorithms. Throws `SignInRefused` when it does not answer or is not the configured issuer.
 */
export function discover({ issuer }: Configuration): Promise<Provider> {
  const { kept } = cache;
  if (kept?.issuer === issuer && Date.now() < kept.until) return kept.found;
  const found = ask(issuer);
  const entry: Kept = { issuer, until: Date.now() + KEPT_MS, found };
  cache.kept = entry;
  found.catch(() => {
    entry.until = Date.now() + KEPT_FAILURE_MS;
  });
  return found;
}

/** The next sign-in reads the document again: the cause of the failure may be old endpoints or algorithms. */
export function forgetDiscovery(): void {
  cache.kept = undefined;
}

async function ask(issuer: string): Promise<Provider> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const response = await outgoingTo(issuer)(url, { headers: { accept: "application/json" } });
  if (response.status !== 200) {
    const reason = response.status >= 500 || response.status === 429 ? "provider_down" : "misconfigured";
    throw new SignInRefused(reason, `${url} answered ${response.status}.`);
  }
  const named = await issuerIn(response.clone());
  // Operators write the issuer with and without the trailing slash. Everything else must be equal.
  if (named.replace(/\/$/, "") !== issuer.replace(/\/$/, "")) {
    throw new SignInRefused("misconfigured", `OIDC_ISSUER is ${issuer}, and its discovery document names ${named}.`);
  }
  const provider = await oauth.processDiscoveryResponse(new URL(named), response).catch((error) => {
    throw refusalOf(error);
  });
  return checked(provider);
}

async function issuerIn(response: Response): Promise<string> {
  const document = (await response.json().catch(() => null)) as { issuer?: unknown } | null;
  if (typeof document?.issuer === "string" && URL.canParse(document.issuer)) return document.issuer;
  throw new SignInRefused("misconfigured", "The discovery document is not JSON that names its issuer.");
}

function checked(provider: oauth.AuthorizationServer): Provider {
  const { authorization_endpoint, token_endpoint, jwks_uri } = provider;
  for (const [name, url] of Object.entries({ authorization_endpoint, token_endpoint, jwks_uri })) {
    if (typeof url === "string" && URL.canParse(url)) continue;
    throw new SignInRefused("misconfigured", `The discovery document has no ${name}.`);
  }
  // When the document does not say, the key that the token names decides.
  const signed = provider.id_token_signing_alg_values_supported ?? ALGORITHMS;
  const allowed = signed.filter((algorithm) => ALGORITHMS.includes(algorithm));
  if (allowed.length === 0) {
    throw new SignInRefused("misconfigured", "The provider offers no algorithm such as RS256, ES256 or EdDSA.");
  }
  return { ...provider, id_token_signing_alg_values_supported: allowed } as Provider;
}
