/** Providers that do not sign authenticate with a secret, in the URL or in the body. It is compared in constant time. */
import { createHash, timingSafeEqual } from "node:crypto";
import { acceptAs, type RawRequest, refuse, type Verification, type VerifyContext } from "./provider";

/** The token of a URL: the part after the provider's name in `/api/webhooks/{provider}/{token}`. */
export function tokenOf(request: Pick<RawRequest, "path">): string | undefined {
  return /^\/+api\/+webhooks\/+[^/?]+\/+([^/?]+)\/*(?:\?|$)/.exec(request.path)?.[1];
}

/** Whether a secret is one of the configured ones. Both are hashed first, so that the time does not even show the length. */
export function isOneOf(secrets: readonly string[], given: string): boolean {
  const hashed = sha256(given);
  return secrets.filter((secret) => timingSafeEqual(sha256(secret), hashed)).length > 0;
}

/**
 * `verify` of a provider that does not sign. A source's token is checked already; otherwise the token is one of the secrets.
 */
export function verifyUrlToken(request: RawRequest, context: VerifyContext): Verification {
  if (context.source) return acceptAs("token", request);
  const token = tokenOf(request);
  if (token === undefined) return refuse("unsigned", "The URL carries no token: it ends with the provider's name.");
  if (!isOneOf(context.secrets, token)) return refuse("bad_signature", "The token in the URL is not a configured one.");
  return acceptAs("token", request);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
