/** The webhook of a finding or entry, as the row that accept would have stored for it. */
import { type EventRow, eventRow, storableKey } from "@/lib/pipeline/event-row";
import type { Entry } from "@/lib/providers/api";
import { acceptAs, type HeaderPairs, type Provider, type Source } from "@/lib/providers/provider";

export interface Webhook {
  body: Buffer;
  headers: HeaderPairs;
  eventKey?: string | null;
  logicalKey?: string | null;
  origin: Entry["origin"];
}

/**
 * The row of a webhook that did not come. The event key of what was reconstructed is its logical key, so that the webhook
 * that comes late finds it.
 */
export function rowOf(provider: Provider, webhook: Webhook, requestId: string, source?: Source): EventRow {
  const { body, headers, origin } = webhook;
  const path = `/api/webhooks/${provider.slug}`;
  const accepted = acceptAs("provider_api", { method: "POST", path, headers, body });
  if (!accepted.ok) throw new Error("acceptAs refused.");
  const row = eventRow(provider, accepted.request, requestId, source);
  const key = origin === "reconstructed" ? webhook.logicalKey : webhook.eventKey;
  return {
    ...row,
    event_key: storableKey(key ?? row.event_key),
    logical_key: webhook.logicalKey ? storableKey(webhook.logicalKey) : row.logical_key,
    origin,
  };
}
