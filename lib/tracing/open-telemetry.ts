/**
 * Spans by OpenTelemetry's SDK, which reads OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER and OTEL_BSP_*
 * itself. Loaded by startTracing alone. Nothing is registered globally: Next would begin to make spans of its own.
 */
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { setGlobalErrorHandler } from "@opentelemetry/core";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { log } from "@/lib/log";
import build from "@/package.json";
import { deliverySpan } from "./delivery-span";
import { createExporter } from "./exporter";
import { receiptSpan } from "./receipt-span";
import type { Tracing } from "./tracing";

const STOP_MS = 2_000;
const MINUTE_MS = 60_000;

/** The queue is the SDK's: 2,048 spans, of which what does not fit is dropped. */
export function createTracing(): Tracing {
  passOnWarnings();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "redrive", "service.version": build.version }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [new BatchSpanProcessor(createExporter())],
  });
  const tracer = provider.getTracer("redrive", build.version);
  return {
    receipt: (received) => receiptSpan(tracer, received),
    delivery: (work, claimedFrom) => deliverySpan(tracer, work, claimedFrom),
    async stop() {
      const late = new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}

/** What the SDK says of its settings and of a full queue: a line a minute. Failed exports are the exporter's to tell. */
function passOnWarnings(): void {
  setGlobalErrorHandler(() => {});
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (line: string) => {
    if (Date.now() - toldAt < MINUTE_MS) return;
    toldAt = Date.now();
    log("tracing", { line });
  };
  const nothing = () => {};
  const logger = { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
