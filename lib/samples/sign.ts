/** Whole requests as the providers send them, made from each `lib/providers/{provider}/sample.ts`. */
import { providers } from "../providers";
import type { HeaderPairs, Provider, RawRequest } from "../providers/provider";
import { bodyOf } from "./ids";
import type { SampleMaker, SignOptions } from "./maker";

export type { SignOptions } from "./maker";

/** Providers that post webhooks. Platform's events are published through the API. */
export type Sender = Exclude<keyof typeof providers, "platform">;

/** All providers with samples. */
export const SENDERS = Object.values<Provider>(providers)
  .filter(({ samples }) => samples)
  .map(({ slug }) => slug as Sender);

const STALE_SECONDS = 600;

/** The sample maker of a provider. Throws for one without samples. */
export function makerOf(provider: Sender): SampleMaker {
  const { samples }: Provider = providers[provider];
  if (!samples) throw new Error(`lib/providers/${provider} has no samples.`);
  return samples;
}

/**
 * The whole request a provider would send. Providers that do not sign put their secret into the URL or into the body;
 * `tampered` changes the secret, `unsigned` leaves it out.
 */
export function requestOf(provider: Sender, event: unknown, options: SignOptions): RawRequest {
  const secret = `${options.tampered ? "not-" : ""}${options.secret}`;
  const body = Buffer.isBuffer(event) ? event : bodyOf(event);
  const plain = { method: "POST", path: `/api/webhooks/${provider}`, headers: sign(provider, body, options), body };
  return (!options.unsigned && makerOf(provider).withSecret?.(plain, secret)) || plain;
}

/** The headers a provider would send with these bytes. */
export function sign(provider: Sender, body: Buffer | string, options: SignOptions): HeaderPairs {
  const maker = makerOf(provider);
  const now = options.at ?? Math.floor(Date.now() / 1000);
  const timestamp = String(options.stale ? now - STALE_SECONDS : now);
  const bytes = Buffer.from(body as string);
  const signed = options.tampered ? Buffer.concat([bytes, Buffer.from(" ")]) : bytes;
  const headers = maker.sign?.(signed, timestamp, options.secret, options) ?? [];
  const sent = options.unsigned ? headers.filter(([name]) => !/signature|hmac/i.test(name)) : headers;
  return [["Content-Type", "application/json; charset=utf-8"], ["User-Agent", maker.userAgent], ...sent];
}
