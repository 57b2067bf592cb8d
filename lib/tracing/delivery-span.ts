/**
 * The span of one try of a delivery: claimed, tried, recorded. Its parent is the receipt of its event. A replay may come
 * months later and is a trace of its own, which links to the receipt.
 */
import { ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { printId } from "@/lib/contract/ids";
import type { Work } from "@/lib/db/functions/journey";
import { childOf, headersOf, spanIn } from "./context";
import type { DeliverySpan } from "./tracing";

export function deliverySpan(tracer: Tracer, work: Work, claimedFrom: number): DeliverySpan {
  const { event, destination, replay_id } = work;
  const receipt = receiptOf(event);
  const isReplay = replay_id !== null;
  const isHttp = destination.kind === "http";
  const span = tracer.startSpan(
    isReplay ? "replay" : "deliver",
    {
      kind: isHttp ? SpanKind.CLIENT : SpanKind.INTERNAL,
      startTime: claimedFrom,
      links: isReplay && receipt ? [{ context: receipt }] : [],
      attributes: {
        "redrive.provider": event.provider,
        "redrive.event.id": printId("event", event.id),
        "redrive.event.type": event.event_type,
        "redrive.destination": destination.slug,
        "redrive.attempt": work.attempt_number,
        ...(isReplay && { "redrive.replay.id": printId("replay", replay_id) }),
        ...(isHttp && { "http.request.method": "POST" }),
      },
    },
    isReplay ? ROOT_CONTEXT : childOf(receipt),
  );
  const claimedAt = performance.now();
  span.addEvent("claimed", claimedAt);
  const context = span.spanContext();
  return {
    traceId: context.traceId,
    headers: headersOf(context),
    end({ http_status, duration_ms }, recorded) {
      span.addEvent("tried", claimedAt + duration_ms);
      const error = recorded ? recorded.error_class : "record_failed";
      span.setAttributes({
        "redrive.outcome": recorded?.recorded ? recorded.status : "not_recorded",
        ...(http_status !== undefined && { "http.response.status_code": http_status }),
        ...(error && { "error.type": error }),
      });
      if (error) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** The span that stored the event; for one that came while traces were off, the caller's. */
function receiptOf({ traceparent, headers }: Work["event"]): SpanContext | undefined {
  const caller = spanIn(headers);
  const receipt = traceparent ? spanIn([["traceparent", traceparent]]) : undefined;
  if (receipt && receipt.traceId === caller?.traceId) return { ...receipt, traceState: caller.traceState };
  return receipt ?? caller;
}
