/** Events that we publish ourselves. */

/** The types that the merchant runbook names. Any other name of the same form may be published too. */
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

export type { PublishedEvent } from "./api/publish";
