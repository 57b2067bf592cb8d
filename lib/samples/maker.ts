/** How to make a provider's webhooks, for samples and fixtures. Implemented in `lib/providers/{provider}/sample.ts`. */
import type { RawRequest } from "../providers/provider";
import type { StripeOptions } from "../providers/stripe/sample";
import type { TelnyxOptions } from "../providers/telnyx/sample";

/**
 * Realistic webhooks of a provider, signed as it signs them. Written from its documentation, without the code that verifies
 * and parses them, so that a mistake there does not hide itself here.
 */
export interface SampleMaker {
  /** Event types that can be made. */
  types: readonly string[];
  /** The type that "Send a sample" sends. Default: the first. */
  preferred?: string;
  /** The environment variable with the signing key: for Telnyx the private half, which only samples use. */
  signingVariable: string;
  userAgent: string;
  newId(): string;
  /** The event, or its bytes. `at`: unix seconds. */
  event(type: string, id: string, at: number, options: SampleOptions): unknown;
  /** The event's key, when it is more than its id. */
  keyOf?(type: string, id: string, event: unknown): string | undefined;
  /** The headers that sign a body, and those that name the event. */
  sign?(body: Buffer, timestamp: string, secret: string, options: SignOptions): [string, string][];
  /** The signature includes the time, so that an old request is refused. */
  signsTime?: true;
  /** Adds the secret to a request that is not signed. */
  withSecret?(request: RawRequest, secret: string): RawRequest;
}

export interface SampleOptions {
  key?: string;
  organisation?: string;
  /** When it happened, in unix seconds. Default: now. */
  at?: number;
  /** Options of one provider. */
  stripe?: StripeOptions;
  telnyx?: TelnyxOptions;
}

export interface SignOptions {
  /** The signing key: for Telnyx (and v1a of Standard Webhooks) the base64 of the private 32-byte seed. */
  secret: string;
  /** Unix seconds. Default: now. */
  at?: number;
  /** Chatwoot's delivery id, the id of a Standard Webhook, Shopify's event id. Other providers have it in the body. */
  id?: string;
  /** Shopify's topic, which is a header. */
  topic?: string;
  shop?: string;
  /** Shopify's newer set of headers. */
  newer?: boolean;
  /** Makes the signature invalid: it belongs to another body. */
  tampered?: boolean;
  /** No signature at all. */
  unsigned?: boolean;
  /** A valid signature, ten minutes before `at`. */
  stale?: boolean;
}

/** For providers that do not sign: the secret is a token in the URL. */
export function withTokenInUrl(request: RawRequest, secret: string): RawRequest {
  return { ...request, path: `${request.path}/${secret}` };
}
