/** The span of a request that brought events: received, verified, stored. Its parent is the caller's `traceparent`. */
import { SpanKind, SpanStatusCode, type Tracer } from "@opentelemetry/api";
import { printId } from "@/lib/contract/ids";
import { childOf, headersOf, spanIn } from "./context";
import type { ReceiptSpan, Received } from "./tracing";

/** Begun when the sender is verified, so that a forged request makes none; it counts from when the request came. */
export function receiptSpan(tracer: Tracer, { method, headers, route, provider, startedAt }: Received): ReceiptSpan {
  const attributes = { "http.request.method": method, "http.route": route, "redrive.provider": provider };
  const span = tracer.startSpan(
    `${method} ${route}`,
    { kind: SpanKind.SERVER, startTime: startedAt, attributes },
    childOf(spanIn(headers)),
  );
  span.addEvent("verified");
  const context = span.spanContext();
  return {
    traceId: context.traceId,
    traceparent: headersOf(context).traceparent ?? "",
    end({ status, decision, event_id, event_type, events = 1 }) {
      span.setAttributes({
        ...(status !== undefined && { "http.response.status_code": status }),
        "redrive.decision": decision,
        "redrive.events": events,
        ...(event_id !== undefined && { "redrive.event.id": printId("event", event_id) }),
        ...(event_type !== undefined && { "redrive.event.type": event_type }),
      });
      if (decision === "unavailable") span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}
