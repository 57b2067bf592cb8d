/** W3C Trace Context: reads `traceparent` and `tracestate`, and writes them. A malformed or repeated one counts as none. */
import { type Context, ROOT_CONTEXT, type SpanContext, trace } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import type { HeaderPairs } from "@/lib/providers/provider";

const propagator = new W3CTraceContextPropagator();

const getter = {
  keys: (headers: HeaderPairs) => headers.map(([name]) => name.toLowerCase()),
  get(headers: HeaderPairs, name: string) {
    const values = headers.filter(([candidate]) => candidate.toLowerCase() === name).map(([, value]) => value);
    // Trace Context, 3.3: only `tracestate` may be in several headers, which are one list.
    return name === "traceparent" && values.length > 1 ? undefined : values.join(",") || undefined;
  },
};

/** The span that these headers name, undefined when they name none. */
export function spanIn(headers: HeaderPairs): SpanContext | undefined {
  return trace.getSpanContext(propagator.extract(ROOT_CONTEXT, headers, getter));
}

/** The headers that name this span. */
export function headersOf(span: SpanContext): Record<string, string> {
  const headers: Record<string, string> = {};
  const setter = {
    set(_: unknown, name: string, value: string) {
      if (value !== "") headers[name] = value;
    },
  };
  propagator.inject(childOf(span), headers, setter);
  return headers;
}

/** Where children of this span begin; without one, a new trace. */
export function childOf(span: SpanContext | undefined): Context {
  return span ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
}
