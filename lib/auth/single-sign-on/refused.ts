/** A refused sign-in, and how oauth4webapi's errors map to its reasons. */
import * as oauth from "oauth4webapi";
import type { SingleSignOnRefusal } from "@/lib/contract/single-sign-on";

/** `message` is for the log: it never holds a token, a code or a secret. */
export class SignInRefused extends Error {
  constructor(
    readonly reason: SingleSignOnRefusal,
    message: string,
    /** The e-mail the provider named, once its answer was trusted. */
    readonly email?: string,
  ) {
    super(message);
  }
}

/** Any error of the exchange as a refusal. Rethrows our own mistakes. */
export function refusalOf(error: unknown): SignInRefused {
  if (error instanceof SignInRefused) return error;
  const { code, message, cause } = error as { code?: string; message: string; cause?: unknown };
  if (error instanceof oauth.ResponseBodyError) {
    return new SignInRefused(ofProvider(error.error), `The provider answered ${error.status}: ${named(error.error)}.`);
  }
  if (error instanceof oauth.WWWAuthenticateChallengeError) {
    return new SignInRefused("misconfigured", `The provider answered ${error.status} and asks for authentication.`);
  }
  // WebCrypto throws this for a provider's key that it cannot read.
  if (error instanceof DOMException) return new SignInRefused("bad_signature", `A key of the provider: ${message}`);
  if (typeof code !== "string" || !code.startsWith("OAUTH_")) throw error;
  return new SignInRefused(ofCode(code, cause), message);
}

function ofProvider(error: string): SingleSignOnRefusal {
  if (error === "invalid_grant") return "code_refused";
  return /^(invalid_client|unauthorized_client|unsupported_grant_type)$/.test(error)
    ? "misconfigured"
    : "provider_error";
}

function ofCode(code: string, cause: unknown): SingleSignOnRefusal {
  const { claim, header, status, signature } = Object(cause) as Record<string, unknown> & { status?: number };
  if (code === oauth.JWT_TIMESTAMP_CHECK) return "wrong_time";
  if (code === oauth.JWT_CLAIM_COMPARISON) {
    return ({ iss: "wrong_issuer", aud: "wrong_audience", azp: "wrong_audience", nonce: "wrong_nonce" } as const)[
      claim as "iss"
    ];
  }
  if (code === oauth.KEY_SELECTION || signature !== undefined) return "bad_signature";
  if (code === oauth.UNSUPPORTED_OPERATION) return "wrong_algorithm";
  if (code === oauth.RESPONSE_IS_NOT_CONFORM) return (status ?? 0) >= 500 ? "provider_down" : "provider_error";
  if (code === oauth.MISSING_SERVER_METADATA || code === oauth.INVALID_SERVER_METADATA) return "misconfigured";
  return header === undefined ? "bad_token" : "wrong_algorithm";
}

/** The provider's error code, when it has the form of one: the field may hold anything. */
export function named(error: string): string {
  return /^[a-z0-9_.-]{1,60}$/i.test(error) ? error : "an error without a valid code";
}
