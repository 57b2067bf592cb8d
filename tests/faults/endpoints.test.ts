/**
 * The catalogue of broken and hostile endpoints: each gets a real event from a real worker process, and what was recorded
 * is what the catalogue expects. `E01` to `E21` are the rows of that catalogue. Long because it is that catalogue.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { createGzip, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority, createCertificate } from "../support/certificates";
import { type Desk, openDesk } from "../support/desk";
import { attemptsOf, deliverTo } from "../support/endpoint-desk";
import {
  answer,
  answering,
  type Behaviour,
  type Endpoint,
  head,
  startEndpoint,
  startTlsEndpoint,
} from "../support/hostile";
import { startWorkerProcess, type WorkerProcess } from "../support/worker";

/** Like a generated secret: trivial ones are rejected at the start. */
const AGENT_SECRET = `whsec_${Buffer.from("endpoint-tests-secret-ab").toString("base64")}`;
const KEPT = 16 * 1024;
const MEGABYTE = 1024 * 1024;

let desk: Desk;
let worker: WorkerProcess;
/** The target of redirects and proxies. */
let canary: Endpoint;
const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-hostile-"));
const authority = createAuthority("Redrive Test Authority");
const open: Endpoint[] = [];

beforeAll(async () => {
  canary = await startEndpoint(answer("200 OK"));
  desk = await openDesk();
  writeFileSync(path.join(directory, "authority.pem"), authority.cert);
  const proxy = `http://127.0.0.1:${canary.port}`;
  worker = await startWorkerProcess({
    NODE_EXTRA_CA_CERTS: path.join(directory, "authority.pem"),
    AGENT_SDK_SECRET: AGENT_SECRET,
    EGRESS_ALLOW_PRIVATE: "127.0.0.0/8,::1/128",
    WORKER_CONCURRENCY: "64",
    ...{ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy, http_proxy: proxy, https_proxy: proxy, NO_PROXY: "" },
    NODE_USE_ENV_PROXY: "1",
  });
});

afterAll(async () => {
  await worker?.stop();
  await Promise.all([...open, canary].map((endpoint) => endpoint?.close()));
  await desk?.close();
  rmSync(directory, { recursive: true });
});

async function tryOnce(behave: Behaviour, timeoutMs?: number) {
  const endpoint = await startEndpoint(behave);
  open.push(endpoint);
  const event = await deliverTo(desk, `http://127.0.0.1:${endpoint.port}/hook`, { timeoutMs });
  const [attempt] = await attemptsOf(desk, event);
  return { attempt, endpoint };
}

const delivered = { status: "succeeded", error_class: null, delivery_status: "delivered" };
const failed = (error_class: string, http_status: number | null = null) => ({
  status: "failed",
  error_class,
  http_status,
});

const reset: Behaviour = (socket) => socket.resetAndDestroy();
const resetAfter =
  (text: string): Behaviour =>
  async (socket, request) => {
    await request;
    if (text) socket.write(text);
    await wait(100);
    socket.resetAndDestroy();
  };
const forever =
  (start: string, piece: string | Buffer, pauseMs: number): Behaviour =>
  async (socket, request) => {
    await request;
    socket.write(start);
    while (!socket.destroyed) {
      if (!socket.write(piece)) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
      await wait(pauseMs);
    }
  };
const silent: Behaviour = () => {};

/** Fails: [row, what the endpoint does, how, the class, the status]. */
const FAILURES: [string, string, Behaviour, string, number?][] = [
  [
    "E04",
    "headers never end",
    forever("HTTP/1.1 200 OK\r\n", `x-more: ${"a".repeat(1000)}\r\n`, 1),
    "response_too_large",
  ],
  [
    "E04",
    "one header without an end",
    forever("HTTP/1.1 200 OK\r\nx-more: ", "a".repeat(1000), 1),
    "response_too_large",
  ],
  [
    "E04",
    "interim answers without an end",
    forever("", head("103 Early Hints", { link: "</a>" }), 1),
    "response_too_large",
  ],
  ["E06", "accepts and never answers", silent, "timeout"],
  ["E06", "half a head, then nothing", forever("HTTP/1.1 200 OK\r\nx-a: b", "", 500), "timeout"],
  ["E07", "RST at once", reset, "connection_reset"],
  ["E07", "RST after the request", resetAfter(""), "connection_reset"],
  ["E07", "RST in the head", resetAfter("HTTP/1.1 200 OK\r\ncontent-"), "connection_reset"],
  ["E07", "closes without an answer", answering(), "connection_reset"],
  [
    "E07",
    "two content lengths",
    answering("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"),
    "connection_reset",
  ],
  ["E07", "HTTP/0.9", answering("<html>hello</html>"), "connection_reset"],
  ["E07", "binary garbage", answering(Buffer.alloc(5000, 0xfe)), "connection_reset"],
  [
    "E07",
    "NUL in a header",
    answering("HTTP/1.1 200 OK\r\nx-a: b\0c\r\ncontent-length: 0\r\n\r\n"),
    "connection_reset",
  ],
  [
    "E07",
    "switches protocols",
    answering(head("101 Switching Protocols", { upgrade: "x", connection: "upgrade" })),
    "connection_reset",
  ],
  ["E10", "410", answer("410 Gone"), "http_4xx", 410],
  ["E11", "429", answer("429 Too Many Requests"), "http_429", 429],
  ["E11", "502", answer("502 Bad Gateway"), "http_5xx", 502],
  ["E11", "503", answer("503 Service Unavailable"), "http_5xx", 503],
  ["E11", "504", answer("504 Gateway Timeout"), "http_5xx", 504],
  ["E12", "400", answer("400 Bad Request"), "http_4xx", 400],
  ["E12", "401", answer("401 Unauthorized"), "http_401", 401],
  ["E12", "403", answer("403 Forbidden"), "http_401", 403],
  ["E12", "404", answer("404 Not Found"), "http_4xx", 404],
  ["E12", "422", answer("422 Unprocessable Content"), "http_422", 422],
  ["E13", "500", answer("500 Internal Server Error"), "http_5xx", 500],
  ["E13", "599", answer("599 Unheard Of"), "http_5xx", 599],
];

describe("fails with its class [E04] [E06] [E07] [E11] [E12] [F19]", () => {
  test.concurrent.each(FAILURES)("%s: %s", async (_row, _name, behave, errorClass, status) => {
    const { attempt, endpoint } = await tryOnce(behave, 2_000);
    expect(attempt).toMatchObject(failed(errorClass, status ?? null));
    expect(attempt?.duration_ms).toBeLessThan(3_000);
    expect(attempt?.error).toContain(`127.0.0.1:${endpoint.port} `);
    expect(endpoint.connections).toBe(1);
  });

  test("a port where nothing listens", async () => {
    const endpoint = await startEndpoint(silent);
    await endpoint.close();
    const event = await deliverTo(desk, `http://127.0.0.1:${endpoint.port}/`);
    expect((await attemptsOf(desk, event))[0]).toMatchObject(failed("connection_refused"));
  });

  test("what can heal is tried again, with a sentence for each way to break", async () => {
    const broken = await Promise.all([reset, answering("<html>"), silent].map((behave) => tryOnce(behave, 500)));
    expect(broken.map(({ attempt }) => attempt?.delivery_status)).toEqual(["retrying", "retrying", "retrying"]);
    expect(broken.map(({ attempt }) => attempt?.error?.replace(/^\S+ /, ""))).toEqual([
      "broke the connection before it answered.",
      expect.stringMatching(/^did not answer in HTTP: HPE_\w+\.$/),
      "did not answer within 0.5 s.",
    ]);
  });
});

/** Succeeds by its status: [row, what the endpoint does, how, whether what was kept is all there was]. */
const SUCCESSES: [string, string, Behaviour, boolean][] = [
  ["E02", "a body without an end", forever(head("200 OK"), Buffer.alloc(10_000, "x"), 0), true],
  ["E03", "a drip of one byte", forever(head("200 OK"), "x", 200), true],
  ["E07", "RST in the body", resetAfter(`${head("200 OK", { "content-length": "1000" })}half`), true],
  ["E07", "a body shorter than its length", answering(head("200 OK", { "content-length": "1000" }), "half"), true],
  ["E07", "a bad chunk", answering(head("200 OK", { "transfer-encoding": "chunked" }), "zz\r\nhello\r\n"), true],
  [
    "E16",
    "headers for browsers",
    answer("200 OK", { "alt-svc": 'h2=":1"', "strict-transport-security": "max-age=9" }),
    false,
  ],
  ["–", "no body", answering(head("204 No Content")), false],
  ["–", "a small body", answer("202 Accepted", {}, "thanks"), false],
  ["–", "a body of 17 KB", answer("200 OK", {}, Buffer.alloc(17 * 1024, "x")), true],
];

describe("succeeds by its status [E02] [E03] [E16]", () => {
  test.concurrent.each(SUCCESSES)("%s: %s", async (_row, _name, behave, truncated) => {
    const { attempt } = await tryOnce(behave, 1_500);
    expect(attempt).toMatchObject({ ...delivered, response_truncated: truncated });
    expect(attempt?.response_body?.length ?? 0).toBeLessThanOrEqual(KEPT);
    expect(attempt?.duration_ms).toBeLessThan(2_500);
  });

  test("E19: answers before it has read the body, then RST [E19]", async () => {
    const endpoint = await startEndpoint(async (socket) => {
      socket.pause();
      socket.write(head("200 OK", { "content-length": "2" }));
      socket.write("ok");
      await wait(200);
      socket.resetAndDestroy();
    });
    open.push(endpoint);
    const event = await deliverTo(desk, `http://127.0.0.1:${endpoint.port}/`);
    expect((await attemptsOf(desk, event))[0]).toMatchObject({ ...delivered, http_status: 200 });
  });
});

test("E01: gzip bombs are neither unpacked nor kept whole, and cost no memory [E01]", async () => {
  const bomb = await gzipped(300);
  expect(bomb.length).toBeGreaterThan(200_000);
  const encoded = (body: Buffer, encoding: string) => answer("200 OK", { "content-encoding": encoding }, body);
  await tryOnce(encoded(bomb, "gzip"));
  const before = worker.memory();
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, worker.memory());
  }, 100);
  const attempts = await Promise.all([
    ...Array.from({ length: 10 }, () => tryOnce(encoded(bomb, "gzip"))),
    tryOnce(encoded(gzipSync(bomb), "gzip, gzip")),
    tryOnce(encoded(bomb, "br")),
  ]);
  clearInterval(sampling);
  for (const { attempt } of attempts) expect(attempt).toMatchObject(delivered);
  const [first, , , , , , , , , , twice] = attempts.map(({ attempt }) => attempt);
  expect(first).toMatchObject({ response_truncated: true, response_body: bomb.subarray(0, KEPT) });
  expect(twice).toMatchObject({ response_truncated: false, response_body: gzipSync(bomb) });
  expect((peak - before) / MEGABYTE).toBeLessThan(20);
});

async function gzipped(megabytes: number): Promise<Buffer> {
  const zeros = Buffer.alloc(MEGABYTE);
  const source = Readable.from(
    (function* () {
      for (let n = 0; n < megabytes; n += 1) yield zeros;
    })(),
  );
  return buffer(source.pipe(createGzip()));
}

describe("E09: a redirect is an answer, and nobody follows it [E09] [S07]", () => {
  const somewhere = [
    "http://127.0.0.1:{canary}/",
    "http://169.254.169.254/latest/meta-data/",
    "//evil.example/",
    "/hook",
    "",
  ];
  test.concurrent.each(
    [301, 302, 303, 307, 308].flatMap((status) => somewhere.map((location) => [status, location] as const)),
  )("%i to %s", async (status, place) => {
    const location = place.replace("{canary}", String(canary.port));
    const { attempt, endpoint } = await tryOnce(answer(`${status} Elsewhere`, { location }));
    expect(attempt).toMatchObject({ ...failed("redirect", status), delivery_status: "dead" });
    expect(attempt?.response_headers).toContainEqual(["location", location]);
    expect(endpoint.connections).toBe(1);
  });
});

describe("E14: Retry-After [E14]", () => {
  const HOUR = 3_600_000;
  test.concurrent.each([
    ["9e99", 20, 5_000],
    ["-5", 20, 5_000],
    ["NaN", 20, 5_000],
    ["1.5", 20, 5_000],
    ["", 20, 5_000],
    ["Wed, 21 Oct 2015 07:28:00 GMT", 20, 5_000],
    ["600", 590_000, 600_000],
    ["99999999", HOUR - 10_000, HOUR],
    [new Date(Date.now() + 400 * 86_400_000).toUTCString(), HOUR - 10_000, HOUR],
  ])("%s", async (value, least, most) => {
    const endpoint = await startEndpoint(answer("429 Too Many Requests", { "retry-after": value }));
    open.push(endpoint);
    const url = `http://127.0.0.1:${endpoint.port}/`;
    const [attempt] = await attemptsOf(desk, await deliverTo(desk, url, { baseDelayMs: 4_000 }));
    expect(attempt).toMatchObject({ ...failed("http_429", 429), delivery_status: "retrying" });
    expect(attempt?.wait_ms).toBeLessThanOrEqual(most);
    expect(attempt?.wait_ms).toBeGreaterThan(least);
  });
});

test("E16: cookies are neither kept nor sent back [E16]", async () => {
  const endpoint = await startEndpoint(answer("503 Later", { "set-cookie": "session=of-the-endpoint; Path=/" }));
  open.push(endpoint);
  const url = `http://127.0.0.1:${endpoint.port}/`;
  const attempts = await attemptsOf(desk, await deliverTo(desk, url, { baseDelayMs: 20 }), 2);
  for (const { response_headers } of attempts) expect(response_headers).toContainEqual(["set-cookie", "[redacted]"]);
  expect(endpoint.requests).toHaveLength(2);
  for (const request of endpoint.requests) expect(request).not.toMatch(/^cookie:/im);
});

test("E17: our secret is masked where the endpoint repeats it, and its HTML stays text [E17]", async () => {
  const bare = AGENT_SECRET.slice("whsec_".length);
  const html = `<script>alert(1)</script> ${AGENT_SECRET} ${bare} ${JSON.stringify(bare).replaceAll("/", "\\/")}`;
  const endpoint = await startEndpoint(answer(`500 You sent ${AGENT_SECRET}`, { "x-echo": AGENT_SECRET }, html));
  open.push(endpoint);
  await desk.sql`update destinations set url = ${`http://127.0.0.1:${endpoint.port}/`}, event_types = '{hostile.secret}',
    providers = '{standard}', base_delay_ms = 3600000 where slug = 'agent-sdk'`;
  const { eventIdIn, send } = await import("../support/desk");
  const [attempt] = await attemptsOf(desk, eventIdIn(await send("standard", { type: "hostile.secret" })));
  const kept = JSON.stringify([attempt?.error, attempt?.response_headers, attempt?.response_body?.toString()]);
  expect(kept).toContain("<script>alert(1)</script> ****");
  expect(kept).not.toContain(bare);
  expect(attempt?.response_headers).toContainEqual(["x-echo", "*".repeat(AGENT_SECRET.length)]);
  expect(worker.output()).not.toContain(bare);
});

describe("E18: TLS [E18]", () => {
  const good = createCertificate({ names: ["localhost", "127.0.0.1"], issuer: authority });
  const TLS: [string, Parameters<typeof startTlsEndpoint>[0], string, object][] = [
    ["a good certificate", good, "localhost", { ...delivered, http_status: 200 }],
    ["a good one for an address, where no name is sent", good, "127.0.0.1", { ...delivered, http_status: 200 }],
    [
      "expired",
      createCertificate({ names: ["localhost"], issuer: authority, from: -30, to: -1 }),
      "localhost",
      { ...failed("tls"), error: expect.stringContaining("CERT_HAS_EXPIRED") },
    ],
    [
      "not valid yet",
      createCertificate({ names: ["localhost"], issuer: authority, from: 1 }),
      "localhost",
      { ...failed("tls"), error: expect.stringContaining("CERT_NOT_YET_VALID") },
    ],
    [
      "self-signed",
      createCertificate({ names: ["localhost"] }),
      "localhost",
      { ...failed("tls"), error: expect.stringContaining("SELF_SIGNED_CERT") },
    ],
    [
      "for another host",
      createCertificate({ names: ["example.com"], issuer: authority }),
      "localhost",
      { ...failed("tls"), error: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID") },
    ],
    [
      "for a name, reached by its address",
      createCertificate({ names: ["localhost"], issuer: authority }),
      "127.0.0.1",
      { ...failed("tls"), error: expect.stringContaining("ERR_TLS_CERT_ALTNAME_INVALID") },
    ],
    [
      "TLS 1.0",
      { ...good, minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" },
      "localhost",
      failed("tls"),
    ],
    [
      "TLS 1.1",
      { ...good, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" },
      "localhost",
      failed("tls"),
    ],
    [
      "wants a certificate of ours",
      { ...good, requestCert: true, rejectUnauthorized: true },
      "localhost",
      failed("tls"),
    ],
  ];

  test.concurrent.each(TLS)("%s", async (_name, options, host, expected) => {
    const endpoint = await startTlsEndpoint(options, answer("200 OK"));
    open.push(endpoint);
    const event = await deliverTo(desk, `https://${host}:${endpoint.port}/`);
    const [attempt] = await attemptsOf(desk, event);
    expect(attempt).toMatchObject(expected);
    // Nothing is sent to a server whose certificate is not trusted.
    if (attempt?.status === "failed") expect(endpoint.requests.join("")).toBe("");
  });

  test("renegotiation asked for in the middle", async () => {
    const endpoint = await startTlsEndpoint({ ...good, maxVersion: "TLSv1.2" }, async (socket, request) => {
      await request;
      (socket as import("node:tls").TLSSocket).renegotiate({}, () => {});
      socket.end(head("200 OK", { "content-length": "0" }));
    });
    open.push(endpoint);
    const [attempt] = await attemptsOf(desk, await deliverTo(desk, `https://localhost:${endpoint.port}/`));
    expect(attempt).toMatchObject({ ...delivered, http_status: 200 });
    expect(attempt?.duration_ms).toBeLessThan(4_500);
  });

  test.concurrent("a handshake that hangs ends at the connection's deadline, not at the total", async () => {
    const endpoint = await startEndpoint(silent);
    open.push(endpoint);
    const event = await deliverTo(desk, `https://localhost:${endpoint.port}/`, { timeoutMs: 15_000 });
    const [attempt] = await attemptsOf(desk, event);
    expect(attempt).toMatchObject(failed("tls"));
    expect(attempt?.duration_ms).toBeGreaterThan(4_500);
    expect(attempt?.duration_ms).toBeLessThan(6_500);
  });

  test.concurrent("plain HTTP where TLS is expected", async () => {
    const endpoint = await startEndpoint((socket) => socket.end(head("400 Bad Request")));
    open.push(endpoint);
    const [attempt] = await attemptsOf(desk, await deliverTo(desk, `https://localhost:${endpoint.port}/`));
    expect(attempt).toMatchObject(failed("tls"));
  });
});

test("no redirect was followed and no proxy of the environment was used: nothing ever reached the canary [S07] [S12]", () => {
  expect(canary.connections).toBe(0);
});

test("the worker has survived all of it [E07]", async () => {
  const { attempt } = await tryOnce(answer("200 OK", {}, "still here"));
  expect(attempt).toMatchObject(delivered);
  expect(worker.output()).not.toMatch(/uncaught|unhandled|handler_error/i);
});
