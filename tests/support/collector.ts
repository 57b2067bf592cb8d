/** A collector of traces: OTLP over HTTP with JSON, read as opentelemetry.io/docs/specs/otlp documents it. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";

/** Ids in hexadecimal, times as strings of nanoseconds, enums as numbers: "JSON Protobuf Encoding". */
const id = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const time = z.string().regex(/^\d{19}$/);
const attributes = z.array(
  z.strictObject({
    key: z.string(),
    value: z.union([z.strictObject({ stringValue: z.string() }), z.strictObject({ intValue: z.number() })]),
  }),
);
const spanSchema = z.object({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: id(8).optional(),
  traceState: z.string().optional(),
  name: z.string(),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: time,
  endTimeUnixNano: time,
  attributes,
  events: z.array(z.object({ name: z.string(), timeUnixNano: time })),
  links: z.array(z.object({ traceId: id(16), spanId: id(8) })),
  status: z.object({ code: z.int().min(0).max(2).optional() }),
});
const requestSchema = z.strictObject({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }),
      scopeSpans: z.array(z.object({ scope: z.object({ name: z.string() }), spans: z.array(spanSchema) })),
    }),
  ),
});

export type CollectedSpan = Omit<z.infer<typeof spanSchema>, "attributes"> & {
  attributes: Record<string, string | number>;
  resource: Record<string, string | number>;
};

export interface Collector {
  url: string;
  spans: CollectedSpan[];
  /** Of each request: its path and headers. */
  requests: { path: string; headers: IncomingHttpHeaders }[];
  /** All that was received, as text. */
  text(): string;
  /** From now on: takes them, refuses them, or never answers. */
  become(mode: "well" | "refusing" | "hanging"): void;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const requests: Collector["requests"] = [];
  let text = "";
  let mode = "well";
  const server = createServer(async (request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers });
    if (mode === "hanging") return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (mode === "refusing") return void response.writeHead(503).end();
    text += Buffer.concat(chunks).toString();
    spans.push(...read(Buffer.concat(chunks).toString()));
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    text: () => text,
    become(next) {
      mode = next;
      // A request that hangs is not to keep the next one waiting.
      if (next !== "hanging") server.closeAllConnections();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Throws for what is not as documented. */
function read(body: string): CollectedSpan[] {
  return requestSchema.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: flat(span.attributes),
        resource: flat(resource.attributes),
      })),
    ),
  );
}

function flat(pairs: z.infer<typeof attributes>): Record<string, string | number> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => [key, "stringValue" in value ? value.stringValue : value.intValue]),
  );
}
