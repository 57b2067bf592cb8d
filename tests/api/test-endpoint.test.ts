/** `POST /admin/webhooks/test-endpoint` as the Globapay runbook has it, asked over HTTP of the real server. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EndpointTest } from "@/lib/contract/destinations";
import { createAuthority, createCertificate } from "../support/certificates";
import { answer, type Behaviour, type Endpoint, startEndpoint, startTlsEndpoint } from "../support/hostile";
import { tokenFor } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";

const DAY_MS = 86_400_000;
const authority = createAuthority("Redrive Test Authority");
const directory = mkdtempSync(path.join(os.tmpdir(), "redrive-endpoint-"));
const open: Endpoint[] = [];
let app: SharedApp;
/** On a private address that is not allowed. */
let canary: Endpoint;

beforeAll(async () => {
  writeFileSync(path.join(directory, "authority.pem"), authority.cert);
  canary = await startEndpoint(answer("200 OK"), "127.0.0.2");
  app = await openApp({
    NODE_EXTRA_CA_CERTS: path.join(directory, "authority.pem"),
    EGRESS_ALLOW_PRIVATE: "127.0.0.1/32,::1/128",
  });
}, 400_000);

afterAll(async () => {
  await Promise.all([...open, canary].map((endpoint) => endpoint?.close()));
  await app?.close();
  rmSync(directory, { recursive: true });
});

async function ask(body: object, role: Parameters<typeof tokenFor>[0] = "support") {
  const response = await fetch(`${app.url}/admin/webhooks/test-endpoint`, {
    method: "POST",
    headers: { authorization: `Bearer ${await tokenFor(role)}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as EndpointTest };
}

async function endpoint(behave: Behaviour): Promise<Endpoint> {
  const started = await startEndpoint(behave);
  open.push(started);
  return started;
}

const bodyIn = (request = "") => JSON.parse(request.slice(request.indexOf("\r\n\r\n")));

test("the runbook's request gets the runbook's answer, and leaves a trace", async () => {
  const { port, requests } = await endpoint(
    answer("200 OK", { "content-type": "application/json", "set-cookie": "a=b" }, '{"status": "received"}'),
  );
  const testPayload = { eventType: "webhook.test", timestamp: "2026-01-15T11:00:00Z", data: { test: true } };
  const url = `http://127.0.0.1:${port}/webhooks/globapay?token=canary-token`;
  const { status, body, headers } = await ask({ merchantId: "org_merchant_7", url, testPayload });
  expect([status, headers.get("cache-control")]).toEqual([200, "private, no-store"]);
  expect(body).toEqual({
    success: true,
    responseCode: 200,
    responseTime: expect.any(Number),
    responseHeaders: { "content-type": "application/json", "content-length": "22", "set-cookie": "[redacted]" },
    responseBody: { status: "received" },
    // No destination has this URL.
    signed: false,
    truncated: false,
    error_class: null,
    error: null,
    hint: null,
    dns: { ok: true, addresses: 1, ms: expect.any(Number) },
    tls: null,
  });
  expect(bodyIn(requests[0])).toEqual(testPayload);
  expect(requests[0]).toMatch(/^POST \/webhooks\/globapay\?token=canary-token HTTP\/1\.1\r\n/);
  expect(requests[0]).toMatch(/^x-redrive-test: true\r$/m);
  expect(requests[0]).not.toMatch(/^webhook-signature:/m);

  const [action] = await app.sql`select * from staff_actions where action = 'endpoint.test' order by id desc limit 1`;
  expect(action).toMatchObject({ subject: `http://127.0.0.1:${port}`, details: { merchant_id: "org_merchant_7" } });
  expect(app.output()).not.toContain("canary-token");
});

test("without a payload a webhook.test is sent; what is no JSON comes back as text", async () => {
  const { port, requests } = await endpoint(answer("422 Unprocessable Content", {}, "<b>no</b>"));
  const { body } = await ask({ url: `http://127.0.0.1:${port}/` });
  expect(body).toMatchObject({ success: false, responseCode: 422, responseBody: "<b>no</b>", error_class: "http_422" });
  expect(body.hint).toMatch(/fix|correct|check|start/i);
  expect(body.hint).not.toMatch(/replay/);
  expect(bodyIn(requests[0])).toMatchObject({ eventType: "webhook.test", data: { test: true } });
});

describe("TLS is told, also when it fails", () => {
  const certificate = (names: string[], from: number, to: number) =>
    createCertificate({ names, from, to, issuer: authority });
  const issuer = "Redrive Test Authority (Redrive Tests)";
  test.each([
    ["good", certificate(["localhost"], -1, 30.5), { success: true, error_class: null }, 30],
    ["expired", certificate(["localhost"], -30, -2.5), { success: false, error_class: "tls" }, -3],
    ["for another host", certificate(["example.com"], -1, 30.5), { success: false, error_class: "tls" }, 30],
  ] as const)("%s", async (_name, options, expected, daysLeft) => {
    const started = await startTlsEndpoint(options, answer("200 OK"));
    open.push(started);
    const { body } = await ask({ url: `https://localhost:${started.port}/` });
    expect(body).toMatchObject({ ...expected, tls: { issuer, days_left: daysLeft, protocol: "TLSv1.3" } });
    expect(Math.abs(Date.parse(body.tls?.valid_to ?? "") - Date.now()) / DAY_MS).toBeLessThan(31);
    if (!body.success) expect(started.requests.join("")).toBe("");
  });
});

test("a host that does not resolve says so in dns", async () => {
  const { body } = await ask({ url: "https://nowhere.invalid/" });
  expect(body).toMatchObject({
    success: false,
    responseCode: null,
    error_class: "dns",
    dns: { ok: false, addresses: 0 },
  });
});

describe("what is not public", () => {
  test("gets the same answer whether something listens there or not, and no connection [S10]", async () => {
    const ports = [canary.port, 1, 80];
    const answers = await Promise.all(ports.map((port) => ask({ url: `http://127.0.0.2:${port}/` })));
    const [first, ...others] = answers.map(({ body }) => ({ ...body, responseTime: 0, dns: null }));
    expect(first).toMatchObject({ success: false, responseCode: null, error_class: "blocked_address", tls: null });
    for (const other of others) expect(other).toEqual(first);
    expect(JSON.stringify(first)).not.toContain("127.0.0.2");
    expect(canary.connections).toBe(0);
  });

  test.each([
    ["ftp://example.com/", "url"],
    ["http://user:secret@example.com/", "url"],
    ["https://example.com:6379/", "url"],
    ["not a url", "url"],
    ["", "url"],
  ])("%j is refused by its field", async (url, field) => {
    const { status, body } = await ask({ url });
    expect([status, body]).toEqual([400, expect.objectContaining({ field })]);
    expect(JSON.stringify(body)).not.toContain("secret");
  });
});

test("unknown fields, too large payloads and viewers are refused", async () => {
  expect((await ask({ url: "https://example.com/", payload: {} })).status).toBe(400);
  expect((await ask({ url: "https://example.com/", testPayload: "x".repeat(70_000) })).status).toBe(400);
  expect((await ask({ url: "https://example.com/" }, "viewer")).status).toBe(403);
});

test("thirty tests a minute, for each asker, also when they come at once [S53]", async () => {
  await app.sql`update staff_actions set acted_at = acted_at - interval '2 minutes'`;
  const { port } = await endpoint(answer("200 OK"));
  const url = `http://127.0.0.1:${port}/`;
  const answers = await Promise.all(Array.from({ length: 35 }, () => ask({ url })));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(5);
  expect(refused[0]?.headers.get("retry-after")).toBe("60");
  expect((await ask({ url }, "super_admin")).status).toBe(200);
});
