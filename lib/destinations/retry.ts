/** When a failed attempt is tried again. Whether it is tried again, its class says: lib/contract/error-classes.ts. */
import { ERROR_CLASS } from "@/lib/contract/error-classes";
import type { ErrorClass } from "@/lib/contract/vocabulary";

/** Up to a fifth is added at random, so that deliveries that failed together are not retried together. */
const JITTER = 0.2;
const LONGEST_DELAY_MS = 24 * 60 * 60 * 1000;
/** An endpoint may ask for a pause of up to an hour. A longer pause is cut to it. */
const LONGEST_RETRY_AFTER_MS = 60 * 60 * 1000;

/** Too Early: the same request may be sent again (RFC 8470, 5.2), unlike after any other 4xx of its class. */
const TOO_EARLY = 425;

export interface RetrySchedule {
  base_delay_ms: number;
  backoff_factor: number;
}

/**
 * Milliseconds until the next try, null when there is none. `attempt` counts from 1. `retryAfter` is the endpoint's header:
 * honoured between the scheduled delay and an hour, ignored when it is invalid.
 */
export function retryDelay(
  errorClass: ErrorClass,
  attempt: number,
  schedule: RetrySchedule,
  {
    retryAfter,
    status,
    now = Date.now(),
    random = Math.random,
  }: { retryAfter?: string; status?: number; now?: number; random?: () => number } = {},
): number | null {
  if (!ERROR_CLASS[errorClass].isRetryable && status !== TOO_EARLY) return null;
  const scheduled = Math.min(schedule.base_delay_ms * schedule.backoff_factor ** (attempt - 1), LONGEST_DELAY_MS);
  const asked = Math.min(readRetryAfter(retryAfter, now), LONGEST_RETRY_AFTER_MS);
  return Math.round(Math.max(scheduled * (1 + JITTER * random()), asked));
}

/** RFC 9110, 10.2.3: whole seconds or an HTTP date. Anything else is 0. */
function readRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
