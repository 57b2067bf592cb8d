/**
 * Traces: a span per accepted webhook and one per try of a delivery, sent over OTLP when OTEL_EXPORTER_OTLP_ENDPOINT is set.
 * Without it nothing of OpenTelemetry is loaded and no span is made. Nothing here waits for the collector, or throws.
 */
import type { Recorded, Work } from "@/lib/db/functions/journey";
import { environment } from "@/lib/env";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import type { HeaderPairs } from "@/lib/providers/provider";

export interface Received {
  method: string;
  headers: HeaderPairs;
  /** Without anything of the caller: a path may have the token of a source. */
  route: string;
  provider: string;
  /** When the request came, as performance.now() said. */
  startedAt: number;
}

/** What became of the events of a request. */
export interface Receipt {
  /** Of the answer, where the caller knows it. */
  status?: number;
  /** `unavailable`: they could not be stored. */
  decision: string;
  event_id?: number;
  event_type?: string;
  events?: number;
}

/** The span of a request whose sender is verified. */
export interface ReceiptSpan {
  traceId: string;
  /** Stored with each of its events, so that their deliveries go on from here. */
  traceparent: string;
  end(receipt: Receipt): void;
}

/** The part of an outcome that a span says. */
interface Tried {
  duration_ms: number;
  http_status?: number;
}

/** The span of one try of a delivery, from its claim until its result is stored. */
export interface DeliverySpan {
  traceId: string;
  /** `traceparent` and `tracestate` of the request to the endpoint: they replace the received ones. */
  headers: Record<string, string>;
  end(outcome: Tried, recorded: Recorded | undefined): void;
}

export interface Tracing {
  receipt(received: Received): ReceiptSpan;
  /** `claimedFrom`: when its claim began, as performance.now() said. */
  delivery(work: Work, claimedFrom: number): DeliverySpan;
  /** Sends what is left, for two seconds at most. */
  stop(): Promise<void>;
}

const running = processSingleton<{ tracing?: Tracing }>("tracing", () => ({}));

/** Undefined when traces are off. */
export function tracing(): Tracing | undefined {
  return running.tracing;
}

/** Starts tracing when the environment asks for it. Once per process, however often it is called. */
export async function startTracing(): Promise<void> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED } = environment();
  if (!OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_SDK_DISABLED || running.tracing) return;
  const { createTracing } = await import("./open-telemetry");
  running.tracing = createTracing();
  log("tracing_started", { collector: new URL(OTEL_EXPORTER_OTLP_ENDPOINT).host });
}

/** Never fails. */
export async function stopTracing(): Promise<void> {
  const { tracing } = running;
  running.tracing = undefined;
  await tracing?.stop();
}
