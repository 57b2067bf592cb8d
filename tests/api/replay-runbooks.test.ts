/** The calls about events and replays of the OutboundEngine and Globapay runbooks, with curl against a started app. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { curl } from "../support/curl";
import { tokenFor, until } from "../support/processes";
import { deadEvents, ONE_TRY } from "../support/replay-story";
import { openApp, type SharedApp } from "../support/shared-app";

let app: SharedApp;
let admin: string;

beforeAll(async () => {
  app = await openApp({ ...ONE_TRY, REPLAY_MAX_CONCURRENT: "50" });
  admin = await tokenFor("super_admin");
}, 300_000);
afterAll(() => app?.close());

const get = (path: string, token = admin) => curl("GET", `${app.url}${path}`, { token });
const post = (path: string, json: unknown, token = admin, headers: string[] = []) =>
  curl("POST", `${app.url}${path}`, { token, json, headers });

async function ended(id: string) {
  const status = async () => (await get(`/admin/webhooks/replays/${id}/status`)).body;
  await until(`${id} has ended`, async () => (await status()).completedAt !== null);
  return status();
}

describe("OutboundEngine", () => {
  test("replays explicit keys, and names those that no event has", async () => {
    await deadEvents(app, { count: 2, provider: "heyreach", keys: "evt-" });
    const { status, body } = await post(
      "/api/webhooks/replay-bulk",
      { provider_slug: "heyreach", event_keys: ["evt-1", "evt-2", "evt-3"] },
      admin,
      ["X-Request-ID: incident-1"],
    );
    expect(status).toBe(202);
    expect(body).toMatchObject({ status: "queued", total: 2, matched: 2, skipped: 0, not_found: ["evt-3"] });
    expect(body.request_id).toBe("incident-1");
    expect(await ended(body.replay_id)).toMatchObject({ status: "completed", progress: { successful: 2, failed: 0 } });

    const listed = await get("/api/webhooks/events?provider_slug=heyreach&limit=100");
    expect(listed.body.events.map((e: { status: string; replay_count: number }) => [e.status, e.replay_count])).toEqual(
      [
        ["replayed", 1],
        ["replayed", 1],
      ],
    );
    const again = await post("/api/webhooks/replay-bulk", { provider_slug: "heyreach", event_keys: ["evt-1"] });
    expect(again.body).toMatchObject({ total: 1, skipped: 1, skip_reasons: { already_applied: 1 } });
    const none = await post("/api/webhooks/replay-bulk", { provider_slug: "heyreach", event_keys: ["evt-9"] });
    expect([none.status, none.body.detail]).toEqual([404, "Not found: evt-9."]);
  });

  test("replays one event, which then reads replayed", async () => {
    await deadEvents(app, { count: 1, provider: "smartlead", keys: "single-" });
    const { status, body } = await curl("POST", `${app.url}/api/webhooks/replay/smartlead/single-1`, { token: admin });
    expect([status, body.status, body.replay_count]).toEqual([200, "replayed", 1]);
    const listed = await get("/api/webhooks/events?provider_slug=smartlead&limit=1");
    expect(listed.body.events[0]).toMatchObject({ status: "replayed", replay_count: 1, last_error: null });
  });

  test("replays a window of time, a cap reported, a dry run first", async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const scope = { organisation: "org-7", company: "company-7", type: "reply", at };
    await deadEvents(app, { count: 5, provider: "smartlead", keys: "sl-", ...scope });
    const window = {
      provider_slug: "smartlead",
      org_id: "org-7",
      company_id: "company-7",
      event_type: "reply,bounce",
      status: "failed,dead",
      from_ts: at,
      to_ts: new Date().toISOString(),
    };
    const listed = await get(
      "/api/webhooks/events?provider_slug=smartlead&org_id=org-7&company_id=company-7&event_type=reply&limit=200",
    );
    expect(listed.body.events).toHaveLength(5);
    expect(listed.body.events[0]).toMatchObject({ event_key: "sl-5", status: "dead", replay_count: 0 });

    const received = app.sink.received.length;
    const dry = await post("/api/webhooks/replay-query", { ...window, limit: 3, dry_run: true });
    expect(dry.status).toBe(200);
    expect(dry.body).toMatchObject({ status: "draft", matched: 5, taken: 3, total: 3, preview: { to_run: 3 } });
    expect(app.sink.received).toHaveLength(received);
    const started = await post(`/api/webhooks/replays/${dry.body.replay_id}/start`, {});
    expect(started.status).toBe(200);
    expect(await ended(dry.body.replay_id)).toMatchObject({ progress: { total: 3, successful: 3 } });
    const rest = await post("/api/webhooks/replay-query", { ...window, limit: 200 });
    expect(await ended(rest.body.replay_id)).toMatchObject({ progress: { total: 2, successful: 2 } });

    const tooMany = await post("/api/webhooks/replay-query", { ...window, limit: 501 });
    expect([tooMany.status, tooMany.body.field]).toEqual([422, "limit"]);
    const misspelt = await post("/api/webhooks/replay-query", { ...window, orgid: "org-7" });
    expect([misspelt.status, misspelt.body.detail]).toEqual([400, expect.stringContaining("orgid")]);
    const backwards = await post("/api/webhooks/replay-query", { ...window, to_ts: "2020-01-01T00:00:00Z" });
    expect([backwards.status, backwards.body.field]).toEqual([400, "to_ts"]);
  });
});

describe("Globapay", () => {
  const merchant = "org_merchant123";
  let ids: string[];
  beforeAll(async () => {
    ids = await deadEvents(app, { count: 6, organisation: merchant, type: "payment.completed" });
  });

  test("lists failed events, and their attempts", async () => {
    const { body } = await get(`/admin/webhooks/events?status=failed&limit=4&merchantId=${merchant}`);
    expect(body).toMatchObject({ total: 6, hasMore: true });
    expect(body.events).toHaveLength(4);
    expect(body.events[0]).toMatchObject({ eventType: "payment.completed", merchantId: merchant, attempts: 1 });
    expect(body.events[0]).toMatchObject({
      lastError: expect.stringContaining("503"),
      payload: { event: expect.any(String) },
    });
    expect(body.events[0].webhookUrl).toContain(app.sink.url);
    const rest = await get(
      `/admin/webhooks/events?status=failed&limit=4&merchantId=${merchant}&cursor=${body.nextCursor}`,
    );
    expect(rest.body).toMatchObject({ hasMore: false, nextCursor: null });
    expect(rest.body.events).toHaveLength(2);
    for (const [words, total] of [
      ["retry_exhausted", 6],
      ["timeout", 0],
      ["timeout,dead", 6],
      ["failed,timeout,retry_exhausted", 6],
      ["processed", 0],
    ] as const) {
      expect((await get(`/admin/webhooks/events?status=${words}&merchantId=${merchant}`)).body.total).toBe(total);
    }
    const { attempts } = (await get(`/admin/webhooks/events/${ids[0]}/attempts`)).body;
    expect(attempts).toMatchObject([{ responseCode: 503, success: false, retryCount: 0 }]);
    expect(attempts[0].attemptId).toMatch(/^wa_\d+$/);
  });

  test("replays a single event", async () => {
    const { status, body } = await post(`/admin/webhooks/${ids[0]}/replay`, {
      options: { immediate: true, maxRetries: 3, retryDelaySeconds: 30, notifyOnCompletion: true },
      reason: "Their endpoint was away",
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ replayId: expect.stringMatching(/^wr_\d+$/), status: "queued" });
    expect(Date.parse(body.estimatedDelivery)).toBeGreaterThan(Date.parse(body.scheduledAt));
    expect(await ended(body.replayId)).toMatchObject({ status: "completed", progress: { total: 1, successful: 1 } });
    const { attempts } = (await get(`/admin/webhooks/events/${ids[0]}/attempts`)).body;
    expect(attempts.at(-1)).toMatchObject({ success: true, responseCode: 200, retryCount: 1, replayId: body.replayId });
    const { notices } = (await get("/api/notices")).body;
    expect(notices[0]).toMatchObject({ subject: body.replayId });
    expect((await post("/api/notices", { until: notices[0].id })).body.notices).toEqual([]);
  });

  test("replays in bulk by criteria: a dry run, then for real, then its failures", async () => {
    const criteria = {
      merchantId: merchant,
      status: "failed",
      eventTypes: ["payment.completed", "payment.failed"],
      timeRange: { from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date().toISOString() },
    };
    const options = { batchSize: 2, delayBetweenBatches: 1, maxRetries: 0, dryRun: true };
    const asked = { criteria, options, reason: "Their endpoint was away" };
    const dry = await post("/admin/webhooks/bulk-replay", asked);
    expect(dry.status).toBe(200);
    expect(dry.body).toMatchObject({ totalEvents: 5, batchCount: 3, status: "draft", preview: { to_run: 5 } });
    expect(dry.body.estimatedDuration).toMatch(/^00:00:0[2-9]$/);

    app.sink.setMode("500");
    const { body } = await post("/admin/webhooks/bulk-replay", { ...asked, options: { ...options, dryRun: false } });
    expect(body).toMatchObject({ totalEvents: 5, batchCount: 3, status: "queued" });
    expect(body.bulkReplayId).toMatch(/^br_\d+$/);
    await ended(body.bulkReplayId);
    app.sink.setMode("ok");
    expect((await get(`/admin/webhooks/bulk-replays/${body.bulkReplayId}`)).body).toMatchObject({
      bulkReplayId: body.bulkReplayId,
      status: "completed",
      progress: { total: 5, completed: 5, successful: 0, failed: 5 },
      duration: expect.stringMatching(/^00:00:0\d$/),
    });

    const failures = `/admin/webhooks/replays/${body.replayId}/failures`;
    const first = (await get(`${failures}?limit=4`)).body;
    expect(first).toMatchObject({ totalFailures: 5, nextAfter: 4 });
    expect(first.failures[0]).toMatchObject({
      failureReason: "HTTP 5xx",
      responseCode: 500,
      retryCount: 0,
      nextRetry: null,
    });
    expect((await get(`${failures}?after=4`)).body.failures).toHaveLength(1);

    const retry = (onlySpecificFailures: string[]) =>
      post(`/admin/webhooks/replays/${body.replayId}/retry-failures`, {
        maxAdditionalRetries: 2,
        retryDelayMinutes: 15,
        onlySpecificFailures,
      });
    const unknown = await retry(["Bad weather"]);
    expect([unknown.status, unknown.body.detail]).toEqual([400, expect.stringContaining("Connection timeout")]);
    expect((await retry(["Connection timeout"])).status).toBe(404);
    const retried = await retry(["Connection timeout", "HTTP 5xx"]);
    expect(retried.status).toBe(202);
    expect(await ended(retried.body.replayId)).toMatchObject({ progress: { total: 5, successful: 5, failed: 0 } });
  });

  test("replays specific ids", async () => {
    const chosen = await deadEvents(app, { count: 2, organisation: merchant });
    const { status, body } = await post("/admin/webhooks/replay-batch", {
      eventIds: [...chosen, "we_987654321"],
      options: { immediate: true, maxRetries: 3 },
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ totalEvents: 2, notFound: ["we_987654321"] });
    expect(await ended(body.bulkReplayId)).toMatchObject({ progress: { successful: 2 } });
  });

  test("shows a failure that will be tried again, with the time of the next try", async () => {
    const [id] = await deadEvents(app, { count: 1 });
    app.sink.setMode("503");
    const options = { maxRetries: 2, retryDelaySeconds: 3600 };
    const { body } = await post(`/admin/webhooks/${id}/replay`, { options, reason: "will fail once" });
    const failures = async () => (await get(`/admin/webhooks/replays/${body.replayId}/failures`)).body;
    await until("it has failed once", async () => (await failures()).totalFailures === 1);
    app.sink.setMode("ok");
    expect((await failures()).failures[0]).toMatchObject({ eventId: id, responseCode: 503, errorClass: "http_5xx" });
    expect(Date.parse((await failures()).failures[0].nextRetry)).toBeGreaterThan(Date.now());
    expect((await post(`/api/webhooks/replays/${body.replayId}/cancel`, {})).body.status).toBe("cancelled");
  });
});
