/** What bench/reconcile.ts seeds, and what its provider lists. */
import { stripeEvent } from "../lib/providers/stripe/sample";

/** The events that the provider lists. */
export const LISTED = 100_000;
/** How long they took to happen. */
export const SPAN_SECONDS = 24 * 3600;
/** Those whose number leaves this rest by 20 never came. */
const LOST_REST = 7;
export const LOST = LISTED / 20;

export const idOf = (n: number) => `evt_listed${n}`;

/** The newest of `count` events is of `until`, in unix seconds. */
export function listedEvent(n: number, count: number, until: number) {
  const created = until - SPAN_SECONDS + Math.floor((n * SPAN_SECONDS) / count);
  return stripeEvent({ type: "invoice.payment_failed", id: idOf(n), created });
}

export const isLost = (n: number) => n % 20 === LOST_REST;
