/**
 * A realistic webhook of each provider with an id of its own: `npm run send` and "Send a sample" post it with a valid
 * signature.
 */
import { bodyOf } from "./ids";
import type { SampleOptions } from "./maker";
import { makerOf, type Sender } from "./sign";

export type { SampleOptions } from "./maker";

export interface Sample {
  provider: Sender;
  type: string;
  /** The event's key, under which Redrive shows it. Some of Chatwoot's keys contain the time of the signature. */
  key: string;
  /** The provider's id of the event: the key, or a part of it. */
  id: string;
  body: Buffer;
}

/** An event of one of the provider's sample types, with a unique key. */
export function sample(provider: Sender, type: string, options: SampleOptions = {}): Sample {
  const maker = makerOf(provider);
  const id = options.key ?? maker.newId();
  const event = maker.event(type, id, options.at ?? Date.now() / 1000, options);
  const key = maker.keyOf?.(type, id, event) ?? id;
  return { provider, type, key, id, body: Buffer.isBuffer(event) ? event : bodyOf(event) };
}
