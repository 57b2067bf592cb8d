/** Server reads of events for the merchant-delivery API, in its words. */
import type { z } from "zod";
import type { attemptList, merchantEventPage } from "@/lib/contract/api/merchant-answers";
import type { EventFilter } from "@/lib/contract/event-filter";
import type { Attempt, Delivery } from "@/lib/contract/events";
import { call } from "@/lib/db/client";
import { type Scoped, scopeOf } from "@/lib/scope";
import { checkCursor, countEvents, getEvent } from "./events";
import { withKnownWords } from "./known-words";

/** One page, newest first, and how many match. Throws a `Refusal` for a cursor that is not ours. */
export async function listMerchantEvents(
  asked: EventFilter,
  { limit, cursor }: { limit: number; cursor?: string },
  asker: Scoped,
): Promise<z.infer<typeof merchantEventPage>> {
  checkCursor(cursor);
  const filter = await withKnownWords(asked, asker);
  const [page, total] = await Promise.all([
    call("console", "list_merchant_events", {
      p_filter: filter,
      p_limit: limit,
      p_cursor: cursor ?? null,
      ...scopeOf(asker),
    }),
    countEvents(filter, asker),
  ]);
  return { events: page.events, total, hasMore: page.next_cursor !== null, nextCursor: page.next_cursor };
}

/** Every attempt of an event's deliveries, oldest first. Null when there is no such event. */
export async function listAttempts(eventId: string, asker: Scoped): Promise<z.infer<typeof attemptList> | null> {
  const event = await getEvent(eventId, asker);
  if (!event) return null;
  const attempts = event.deliveries.flatMap((delivery) =>
    delivery.attempts.map((attempt) => inText(attempt, delivery)),
  );
  return { attempts: attempts.sort((a, b) => a.timestamp.localeCompare(b.timestamp)) };
}

function inText(attempt: Attempt, { destination }: Delivery): z.infer<typeof attemptList>["attempts"][number] {
  return {
    attemptId: attempt.id,
    timestamp: attempt.started_at,
    responseCode: attempt.http_status,
    responseTime: attempt.duration_ms,
    success: attempt.status === "succeeded",
    retryCount: attempt.number - 1,
    status: attempt.status,
    destination: destination.name,
    errorClass: attempt.error_class,
    error: attempt.error,
    replayId: attempt.replay_id,
    nextRetry: attempt.retry_at,
  };
}
