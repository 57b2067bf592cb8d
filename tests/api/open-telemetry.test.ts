/**
 * Traces over OTLP: from the caller's request to the delivery, by an app and a worker of their own. Long because one app,
 * worker and collector serve all of it.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sign } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { temporaryDirectory } from "../support/app";
import { type CollectedSpan, type Collector, startCollector } from "../support/collector";
import { addDestination } from "../support/endpoint";
import { startListener } from "../support/heard";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { startWorkerProcess, type WorkerProcess } from "../support/worker";

let app: SharedApp;
let worker: WorkerProcess;
let collector: Collector;
let listener: Awaited<ReturnType<typeof startListener>>;
let admin: Ask;

const PERSON = "ada@customer.example";

beforeAll(async () => {
  [collector, listener] = await Promise.all([startCollector(), startListener()]);
  const traces = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
    OTEL_EXPORTER_OTLP_HEADERS: "x-collector-key=k%20ey,x-scope=shop",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_BSP_SCHEDULE_DELAY: "50",
  };
  app = await openApp({ ...traces, WORKER_IN_SERVER: "0" });
  worker = await startWorkerProcess({ DATABASE_URL: database(), OTEL_SERVICE_NAME: "redrive-worker", ...traces });
  admin = asker(app.url, await tokenFor("super_admin"));
  await addDestination(app.sql, "standard", listener.url);
  await addDestination(app.sql, "platform", listener.url);
}, 400_000);
afterAll(async () => {
  await worker?.stop();
  await app?.close();
  await Promise.all([collector?.close(), listener?.close()]);
}, 60_000);
beforeEach(() => {
  listener.heard.length = 0;
});

function database(): string {
  const url = new URL(process.env.TEST_POSTGRES_URL ?? "");
  url.pathname = app.sql.options.database;
  return url.href;
}

/** Sends one webhook. Answers its status, its event's id, and how long it took. */
async function send(headers: Record<string, string> = {}, secret?: string) {
  const key = `msg_${randomBytes(6).toString("hex")}`;
  const body = JSON.stringify({ type: "order.paid", data: { id: key, email: PERSON } });
  const signed = sign("standard", body, { id: key, ...(secret && { secret }) }) as [string, string][];
  const started = performance.now();
  const response = await fetch(`${app.url}/api/webhooks/standard`, {
    method: "POST",
    body,
    headers: { ...Object.fromEntries(signed), ...headers },
  });
  const { event_id } = (await response.json()) as { event_id: string };
  return { status: response.status, id: event_id, ms: performance.now() - started };
}

const spansOf = (id: string) => collector.spans.filter(({ attributes }) => attributes["redrive.event.id"] === id);
const named = (id: string, name: string) => spansOf(id).find((span) => span.name === name) as CollectedSpan;
const RECEIPT = "POST /api/webhooks/standard";

/** The spans of an event that was received and delivered, and what the endpoint was sent. */
async function journeyOf(id: string) {
  await until("both spans came", () => named(id, RECEIPT) !== undefined && named(id, "deliver") !== undefined);
  const heard = listener.heard.find(({ headers }) => headers["webhook-id"] === id);
  return { receipt: named(id, RECEIPT), delivery: named(id, "deliver"), sent: heard?.headers ?? {} };
}

test("A webhook goes on with its caller's trace, through the worker, into the request to the endpoint", async () => {
  const caller = { trace: randomBytes(16).toString("hex"), span: randomBytes(8).toString("hex") };
  const { status, id } = await send({ traceparent: `00-${caller.trace}-${caller.span}-01`, tracestate: "shop=1,b=2" });
  expect(status).toBe(200);
  const { receipt, delivery, sent } = await journeyOf(id);
  expect(receipt).toMatchObject({
    traceId: caller.trace,
    parentSpanId: caller.span,
    kind: 2,
    traceState: "shop=1,b=2",
  });
  expect(receipt.attributes).toEqual({
    "http.request.method": "POST",
    "http.route": "/api/webhooks/standard",
    "http.response.status_code": 200,
    "redrive.provider": "standard",
    "redrive.decision": "accepted",
    "redrive.events": 1,
    "redrive.event.id": id,
    "redrive.event.type": "order.paid",
  });
  expect(delivery).toMatchObject({ traceId: caller.trace, parentSpanId: receipt.spanId, kind: 3, links: [] });
  expect(delivery.attributes).toMatchObject({
    "redrive.destination": "standard",
    "redrive.attempt": 1,
    "redrive.outcome": "delivered",
    "http.response.status_code": 200,
  });
  expect(receipt.events.map(({ name }) => name)).toEqual(["verified"]);
  expect(delivery.events.map(({ name }) => name)).toEqual(["claimed", "tried"]);
  expect(sent.traceparent).toBe(`00-${caller.trace}-${delivery.spanId}-01`);
  expect(sent.tracestate).toBe("shop=1,b=2");
  expect(receipt.resource).toMatchObject({ "service.name": "redrive", "service.version": expect.any(String) });
  expect(delivery.resource["service.name"]).toBe("redrive-worker");
  // The log names the trace, too.
  expect(app.output()).toContain(`"trace_id":"${caller.trace}"`);
  expect(worker.output()).toContain(`"trace_id":"${caller.trace}"`);
  expect(collector.requests[0]).toMatchObject({
    path: "/v1/traces",
    headers: { "x-collector-key": "k ey", "x-scope": "shop", "content-type": "application/json" },
  });
});

test("A try that fails and the next one are spans of the same trace, and the first says why", async () => {
  listener.statuses.push(500);
  const { id } = await send();
  await until("it was tried twice", () => spansOf(id).filter(({ name }) => name === "deliver").length === 2);
  const tries = spansOf(id).filter(({ name }) => name === "deliver");
  const [failed, second] = tries.sort(
    (a, b) => Number(a.attributes["redrive.attempt"]) - Number(b.attributes["redrive.attempt"]),
  );
  expect(failed?.attributes).toMatchObject({ "redrive.outcome": "retrying", "error.type": "http_5xx" });
  expect(failed?.status.code).toBe(2);
  expect(second).toMatchObject({ traceId: failed?.traceId, parentSpanId: named(id, RECEIPT).spanId });
});

test.each([
  ["none", {}],
  ["a malformed one", { traceparent: "00-0af7651916cd43dd8448eb211c80319c-1-01" }],
  ["zeros", { traceparent: `00-${"0".repeat(32)}-${"0".repeat(16)}-01` }],
  ["one with more than its version has", { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01-more` }],
])("With %s as traceparent the receipt begins a trace of its own", async (_, headers: Record<string, string>) => {
  const { id } = await send({ ...headers, ...("traceparent" in headers && { tracestate: "shop=1" }) });
  const { receipt, delivery, sent } = await journeyOf(id);
  expect(receipt.parentSpanId).toBeUndefined();
  expect(receipt.traceId).not.toBe("a".repeat(32));
  expect(delivery).toMatchObject({ traceId: receipt.traceId, parentSpanId: receipt.spanId });
  expect(sent.traceparent).toBe(`00-${receipt.traceId}-${delivery.spanId}-01`);
  // Without a valid traceparent, tracestate means nothing (Trace Context, 3.4).
  expect(sent.tracestate).toBeUndefined();
});

test("A caller that does not sample its trace gets it on with the request, and no span is sent", async () => {
  const trace = randomBytes(16).toString("hex");
  const { id } = await send({ traceparent: `00-${trace}-${"c".repeat(16)}-00` });
  await until("it arrived", () => listener.heard.some(({ headers }) => headers["webhook-id"] === id));
  const [sent] = listener.heard;
  expect(sent?.headers.traceparent).toMatch(new RegExp(`^00-${trace}-(?!c{16})[0-9a-f]{16}-00$`));
  // One that is sampled comes after it: what was to be sent has been sent by then.
  await journeyOf((await send()).id);
  expect(collector.spans.filter(({ traceId }) => traceId === trace)).toEqual([]);
});

test("A replay is a trace of its own that links to the receipt", async () => {
  const { id } = await send({ tracestate: "shop=1", traceparent: `00-${"d".repeat(32)}-${"e".repeat(16)}-01` });
  const { receipt } = await journeyOf(id);
  listener.heard.length = 0;
  const asked = await admin("POST", "/api/webhooks/replays", { selection: { event_ids: [id] }, reason: "a test" });
  expect(asked.status).toBe(202);
  await until("the replay's span came", () => named(id, "replay") !== undefined);
  const span = named(id, "replay");
  expect(span.traceId).not.toBe(receipt.traceId);
  expect(span.parentSpanId).toBeUndefined();
  expect(span.links).toMatchObject([{ traceId: receipt.traceId, spanId: receipt.spanId }]);
  expect(span.attributes["redrive.replay.id"]).toMatch(/^wr_\d+$/);
  const [sent] = listener.heard;
  expect(sent?.headers.traceparent).toBe(`00-${span.traceId}-${span.spanId}-01`);
  expect(sent?.headers.tracestate).toBeUndefined();
});

test("An event of our own goes on with its publisher's trace", async () => {
  const publisher = asker(app.url, await tokenFor("viewer", "10m", "events:publish"));
  const trace = randomBytes(16).toString("hex");
  const event = {
    eventType: "payment.completed",
    organisationId: "o1",
    idempotencyKey: "k1",
    data: { paymentId: "p" },
  };
  const { body } = await publisher("POST", "/api/events", event, { traceparent: `00-${trace}-${"f".repeat(16)}-01` });
  await until("both spans came", () => spansOf(body.event_id).length === 2);
  expect(named(body.event_id, "POST /api/events")).toMatchObject({ traceId: trace, parentSpanId: "f".repeat(16) });
  expect(named(body.event_id, "deliver").parentSpanId).toBe(named(body.event_id, "POST /api/events").spanId);
});

test("A collector that refuses or hangs delays no webhook and no delivery, and is logged once a minute", async () => {
  const lines = () =>
    app
      .output()
      .split("\n")
      .filter((line) => line.includes('"traces_not_sent"'));
  for (const mode of ["refusing", "hanging"] as const) {
    collector.become(mode);
    const before = collector.requests.length;
    for (let n = 0; n < 8; n += 1) {
      const { status, id, ms } = await send();
      expect(status).toBe(200);
      expect(ms).toBeLessThan(5_000);
      await until("it arrived", () => listener.heard.some(({ headers }) => headers["webhook-id"] === id), 9_000);
    }
    await until("the collector was asked", () => collector.requests.length > before);
  }
  await until("it was logged", () => lines().length > 0);
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toContain("answered 503");
  collector.become("well");
  await journeyOf((await send()).id);
});

test("A forged webhook makes no span, and spans say nothing of people, signatures or secrets", async () => {
  const before = collector.spans.filter(({ name }) => name === RECEIPT).length;
  expect((await send({ "webhook-signature": "v1,AAAA" })).status).toBe(401);
  await journeyOf((await send()).id);
  expect(collector.spans.filter(({ name }) => name === RECEIPT)).toHaveLength(before + 1);
  for (const secret of [PERSON, "v1,", "whsec", "127.0.0.1", "k ey"]) expect(collector.text()).not.toContain(secret);
});

test("When the worker stops, it sends what it has", async () => {
  const { id } = await send();
  await until("it arrived", () => listener.heard.some(({ headers }) => headers["webhook-id"] === id));
  await worker.stop();
  expect(named(id, "deliver")).toBeDefined();
});

test("Without OTEL_EXPORTER_OTLP_ENDPOINT nothing of OpenTelemetry's SDK is loaded", async () => {
  const folder = temporaryDirectory();
  const recorder = path.join(folder, "recorder.cjs");
  const list = path.join(folder, "loaded.json");
  writeFileSync(
    recorder,
    `const keep = () => require("fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache)));
    process.on("exit", keep);`,
  );
  const loadedBy = async (env: Record<string, string>): Promise<string[]> => {
    const other = await startWorkerProcess({ DATABASE_URL: database(), NODE_OPTIONS: `--require ${recorder}`, ...env });
    await other.stop();
    const packages: string[] = JSON.parse(readFileSync(list, "utf8"));
    expect(packages.some((file) => file.includes("/node_modules/"))).toBe(true);
    // The API, of 30 KB, is loaded by prom-client and Next anyway.
    return packages.filter((file) => /\/@opentelemetry\/(?!api\/)/.test(file));
  };
  expect(await loadedBy({})).toEqual([]);
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  expect(await loadedBy({ ...endpoint, OTEL_SDK_DISABLED: "true" })).toEqual([]);
  expect((await loadedBy(endpoint)).filter((url) => url.includes("/sdk-trace")).length).toBeGreaterThan(5);
}, 120_000);
