/** Events that we publish ourselves. */

/** Those the merchant runbook names. Any other name of the same form may be published too. */
export const PLATFORM_EVENT_TYPES = [
  "payment.completed",
  "payment.failed",
  "payment.refunded",
  "checkout.expired",
  "kyb.approved",
  "kyb.rejected",
  "fraud.alert",
  "webhook.test",
] as const;

/** What became of one published event. */
export interface PublishedEvent {
  event_id: string;
  organisation_id: string;
  idempotency_key: string;
  /** `duplicate`: the same was published before. `conflict`: something else was, under the same key; only the first is delivered. */
  outcome: "accepted" | "duplicate" | "conflict";
}
