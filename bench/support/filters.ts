/** Filters of the history as people set them, on the events of history-seed.ts. */
import type { EventFilter } from "../../lib/contract/event-filter";

export const FILTERS: Record<string, EventFilter> = {
  "no filter": {},
  "one status, seldom": { status: ["dead"] },
  "two statuses": { status: ["failed", "dead"] },
  "all but processed": { status: ["received", "processing", "failed", "dead", "replayed", "resolved", "ignored"] },
  "one provider": { provider_slug: ["telnyx"] },
  "two providers, one status": { provider_slug: ["stripe", "telnyx"], status: ["dead"] },
  "a type": { event_type: "invoice.payment_failed" },
  "a type, seldom": { event_type: "rare.type" },
  "a type its provider never sends": { provider_slug: ["stripe"], event_type: "rare.type" },
  "an organisation": { org_id: "org_77" },
  "an organisation, dead": { org_id: "org_77", status: ["dead"] },
  "a company": { company_id: "company_42" },
  "an error class": { error_class: ["timeout"] },
  "the last 24 hours": { range: "24h" },
  "an hour three weeks ago": { from_ts: ago(21 * 24), to_ts: ago(21 * 24 - 1) },
  "3 attempts or more": { attempts: 3 },
  replayed: { replayed: "1" },
  unsigned: { trust: ["unsigned"] },
  "to a destination, dead": { destination: ["bench-3"], delivery_status: ["dead"] },
  "answered 5xx": { http_status: ["5xx"] },
  "answered 418, which none did": { http_status: ["418"] },
  "a whole key": { q: "evt_c4ca4238a0b923820dcc509a6f75849b" },
  "a part of keys": { q: "c4ca4238" },
  "a part of no key": { q: "nothing like it" },
  "text in payloads of the last hour": { text: "nowhere", range: "1h" },
};

function ago(hours: number): string {
  return new Date(Date.now() - hours * 3_600_000).toISOString();
}
