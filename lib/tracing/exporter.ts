/**
 * Sends spans to the collector, through the one way out. What it does not take is lost: a webhook or a delivery never waits
 * for a trace, and memory is bounded.
 */
import { ExportResultCode, parseKeyPairsIntoRecord } from "@opentelemetry/core";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-base";
import { environment } from "@/lib/env";
import { logError } from "@/lib/log";
import { POLICIES } from "@/lib/outbound/policies";
import { sendRequest } from "@/lib/outbound/request";

const MINUTE_MS = 60_000;

/** OTLP over HTTP (opentelemetry.io/docs/specs/otlp), as the environment says. */
export function createExporter(): SpanExporter {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL, ...env } = environment();
  const isJson = OTEL_EXPORTER_OTLP_PROTOCOL === "http/json";
  const serializer = isJson ? JsonTraceSerializer : ProtobufTraceSerializer;
  const given = parseKeyPairsIntoRecord(env.OTEL_EXPORTER_OTLP_HEADERS);
  const headers = {
    ...given,
    "content-type": isJson ? "application/json" : "application/x-protobuf",
    "user-agent": "Redrive/1.0",
  };
  const noteLost = lossOf();

  async function send(spans: ReadableSpan[]): Promise<boolean> {
    try {
      const { failure } = await sendRequest(POLICIES.collector, {
        url: `${OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, "")}/v1/traces`,
        headers,
        body: Buffer.from(serializer.serializeRequest(spans) ?? []),
        timeoutMs: env.OTEL_EXPORTER_OTLP_TIMEOUT,
        secrets: Object.values(given),
      });
      if (failure) noteLost(spans.length, failure.message);
      return failure === null;
    } catch (error) {
      noteLost(spans.length, error);
      return false;
    }
  }

  return {
    export(spans, done) {
      void send(spans).then((sent) => done({ code: sent ? ExportResultCode.SUCCESS : ExportResultCode.FAILED }));
    },
    async shutdown() {},
  };
}

/** Logs at most a line a minute: why, and how many spans were lost since the last one. */
function lossOf(): (spans: number, error: unknown) => void {
  let lost = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  return (spans, error) => {
    lost += spans;
    if (Date.now() - toldAt < MINUTE_MS) return;
    toldAt = Date.now();
    logError("traces_not_sent", error, { spans: lost });
    lost = 0;
  };
}
