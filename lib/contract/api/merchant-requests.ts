/** Requests of the merchant-delivery API of the Globapay runbook, in that runbook's words. */
import { z } from "zod";
import type { EventFilter } from "../event-filter";
import { FAILURE_LABELS, knownLabel } from "../failure-labels";
import type { EventStatus } from "../vocabulary";
import { options } from "./replay-requests";
import { eventId, eventStatus, givenTime, list, providerSlug, reason } from "./values";

/** The runbook's states. A failure that will be retried and one that will not are the same to a merchant. */
const RUNBOOK_STATUS: Readonly<Record<string, readonly EventStatus[]>> = {
  failed: ["failed", "dead"],
  timeout: ["failed", "dead"],
  retry_exhausted: ["dead"],
};

const status = list(z.enum(["timeout", "retry_exhausted", ...eventStatus.options])).refine(
  (words) => !words.includes("timeout") || words.length === 1,
  "timeout cannot be combined with other states",
);

const name = z.string().min(1).max(255);

const inOrder = ({ from, to }: { from?: string; to?: string }) => !from || !to || Date.parse(from) < Date.parse(to);
const REVERSED = { error: "must be later than from", path: ["to"] };

/** `GET /admin/webhooks/events` */
export const merchantEventsRequest = z
  .object({
    status: status.optional(),
    merchantId: name.optional(),
    eventType: list(name).optional(),
    provider: list(providerSlug).optional(),
    from: givenTime.optional(),
    to: givenTime.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    cursor: z.string().max(200).optional(),
  })
  .refine(inOrder, REVERSED);

/** `POST /admin/webhooks/{eventId}/replay` */
export const merchantReplayRequest = z.strictObject({ options, reason });

/** `POST /admin/webhooks/bulk-replay` */
export const bulkReplayRequest = z.strictObject({
  criteria: z
    .strictObject({
      merchantId: name.optional(),
      status: status.optional(),
      eventTypes: z.array(name).min(1).max(50).optional(),
      provider: list(providerSlug).optional(),
      timeRange: z
        .strictObject({ from: givenTime.optional(), to: givenTime.optional() })
        .refine(inOrder, REVERSED)
        .optional(),
    })
    .refine((criteria) => Object.values(criteria).some((value) => value !== undefined), "name at least one criterion"),
  limit: z.int().min(1).optional().describe("Replay at most this many, the oldest first."),
  options,
  reason,
});

/** `POST /admin/webhooks/replay-batch` */
export const replayBatchRequest = z.strictObject({
  eventIds: z.array(eventId).min(1).max(50_000),
  options,
  reason: reason.optional(),
});

/** `GET /admin/webhooks/replays/{id}/failures` */
export const failuresRequest = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** `POST /admin/webhooks/replays/{id}/retry-failures` */
export const retryFailuresRequest = z.strictObject({
  maxAdditionalRetries: z.int().min(1).max(10).default(1).describe("Tries per delivery, the first one included."),
  retryDelayMinutes: z.int().min(0).max(1440).default(0).describe("Pause between two of these tries."),
  onlySpecificFailures: z
    .array(z.preprocess(knownLabel, z.enum(FAILURE_LABELS, { error: `must be of: ${FAILURE_LABELS.join(", ")}` })))
    .min(1)
    .optional(),
  reason: reason.optional(),
});

interface Criteria {
  merchantId?: string;
  status?: string[];
  eventType?: string[];
  provider?: string[];
  from?: string;
  to?: string;
}

/** These criteria as a filter of the event history. */
export function filterOf({ merchantId, status: words, eventType, provider, from, to }: Criteria): EventFilter {
  return {
    ...(provider && { provider_slug: provider }),
    ...(words && { status: [...new Set(words.flatMap((w) => RUNBOOK_STATUS[w] ?? [w as EventStatus]))] }),
    ...(words?.includes("timeout") && { error_class: ["timeout"] }),
    ...(eventType && { event_type: eventType.join(",") }),
    ...(merchantId && { org_id: merchantId }),
    ...(from && { from_ts: from }),
    ...(to && { to_ts: to }),
  };
}
