/**
 * Monitoring over HTTP: metrics that Prometheus can read, health for load balancers and monitors, and the KPIs.
 * Long because one app and its traffic serve all of it.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashSecret, makeSecret } from "@/lib/auth/secrets";
import { ROOT } from "@/lib/db/supabase-cli";
import { sample } from "@/lib/samples";
import { sign } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { tokenFor, until } from "../support/processes";
import { type Read, readPrometheus } from "../support/prometheus";
import { openApp, type SharedApp } from "../support/shared-app";

const METRICS_TOKEN = "metrics-token-of-the-tests";

let app: SharedApp;
let admin: Ask;
beforeAll(async () => {
  app = await openApp({ METRICS_TOKEN, DRAIN_SECONDS: "3" });
  admin = asker(app.url, await tokenFor("super_admin"));
}, 400_000);
afterAll(() => app?.close(), 60_000);

const as = (token: string, address: string) =>
  fetch(app.url + address, { headers: { authorization: `Bearer ${token}` } });

async function scrape(): Promise<{ text: string; metrics: Map<string, Read> }> {
  const response = await as(METRICS_TOKEN, "/api/metrics");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  return { text, metrics: readPrometheus(text) };
}

async function figure(name: string, labels: Record<string, string>): Promise<number | undefined> {
  const { metrics } = await scrape();
  const all = [...metrics.values()].flatMap(({ samples }) => samples);
  return all.find(
    (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
  )?.value;
}

async function sendStripe(options = {}): Promise<number> {
  const { key, body } = sample("stripe", "invoice.payment_succeeded");
  const headers = sign("stripe", body, { id: key, ...options }) as [string, string][];
  return (await fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", body: body.toString(), headers })).status;
}

/** A token of the console with these scopes. */
async function tokenWith(scopes: string[], organisations: string[] | null = null): Promise<string> {
  const token = `rd_${makeSecret()}`;
  await app.sql`insert into api_tokens (name, token_hash, hint, scopes, created_by, expires_at, organisations)
    values ('a test', decode(${hashSecret(token)}, 'hex'), ${token.slice(-4)}, ${scopes}, 'a test',
      now() + interval '1 hour', ${organisations})`;
  return token;
}

describe("GET /api/metrics", () => {
  test("has every metric of the design, each with its type", async () => {
    expect(await sendStripe()).toBe(200);
    await until("it was delivered", async () => (await figure("redrive_event_to_delivered_seconds_count", {})) === 1);
    const { metrics } = await scrape();
    const types = Object.fromEntries([...metrics].map(([name, { type }]) => [name, type]));
    expect(types).toMatchObject({
      webhook_events_processed_total: "counter",
      webhook_events_failed_total: "counter",
      webhook_events_duplicate_total: "counter",
      redrive_events_received_total: "counter",
      redrive_accept_duration_seconds: "histogram",
      redrive_deliveries_total: "counter",
      redrive_delivery_duration_seconds: "histogram",
      redrive_event_to_delivered_seconds: "histogram",
      redrive_delivery_backlog: "gauge",
      redrive_oldest_due_seconds: "gauge",
      redrive_dead_letters: "gauge",
      redrive_replay_items_total: "counter",
      redrive_replays_running: "gauge",
      redrive_missing: "gauge",
      redrive_reconcile_last_success_timestamp_seconds: "gauge",
      redrive_horizon_seconds: "gauge",
      redrive_last_event_timestamp_seconds: "gauge",
      redrive_alerts_firing: "gauge",
      redrive_notifications_total: "counter",
      redrive_build_info: "gauge",
      process_cpu_seconds_total: "counter",
    });
    expect(await figure("redrive_accept_duration_seconds_count", {})).toBeGreaterThanOrEqual(1);
    expect(await figure("redrive_build_info", {})).toBe(1);
  });

  test("rises with what is sent, by provider and outcome", async () => {
    const received = () => figure("redrive_events_received_total", { provider: "stripe", outcome: "received" });
    const rejected = () => figure("redrive_events_received_total", { provider: "stripe", outcome: "rejected" });
    const before = [await received(), await rejected()] as [number, number];
    expect(await sendStripe()).toBe(200);
    expect(await sendStripe({ tampered: true })).toBe(400);
    await until(
      "both are counted",
      async () => (await received()) === before[0] + 1 && (await rejected()) === before[1] + 1,
    );
  });

  test("has no label that is a type, an id, an organisation or an address", async () => {
    const labels = [...(await scrape()).metrics]
      .filter(([name]) => /^(redrive|webhook)_/.test(name))
      .flatMap(([, { samples }]) => samples.flatMap((one) => Object.keys(one.labels)));
    const known = [
      "channel",
      "error_class",
      "kind",
      "le",
      "node",
      "outcome",
      "provider",
      "severity",
      "state",
      "version",
    ];
    expect([...new Set(labels)].filter((label) => !known.includes(label))).toEqual([]);
  });

  test("is for METRICS_TOKEN, metrics:read and people who see all organisations", async () => {
    expect((await fetch(`${app.url}/api/metrics`)).status).toBe(401);
    expect((await as(`${METRICS_TOKEN}x`, "/api/metrics")).status).toBe(401);
    expect((await as(await tokenWith(["metrics:read"]), "/api/metrics")).status).toBe(200);
    expect((await as(await tokenWith(["events:resolve"]), "/api/metrics")).status).toBe(403);
    expect((await as(await tokenWith(["metrics:read"], ["acme"]), "/api/metrics")).status).toBe(403);
    // METRICS_TOKEN opens nothing else, and metrics:read no events.
    expect((await as(METRICS_TOKEN, "/api/webhooks/events")).status).toBe(403);
    expect((await as(await tokenWith(["metrics:read"]), "/api/webhooks/events")).status).toBe(403);
    expect((await as(METRICS_TOKEN, "/api/metrics?name=x")).status).toBe(400);
  });

  test("passes promtool where that is installed, and has every metric of the dashboard and the rules", async () => {
    const { text, metrics } = await scrape();
    const promtool = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    if (!promtool.error) expect([promtool.stderr + promtool.stdout, promtool.status]).toEqual(["", 0]);
    const read = (file: string) => readFileSync(path.join(ROOT, "docs/monitoring", file), "utf8");
    const used = (read("dashboard.json") + read("rules.yml")).match(/\b(?:redrive|webhook)_[a-z_]+/g) ?? [];
    const series = used.map((name) => (metrics.has(name) ? name : name.replace(/_(bucket|sum|count)$/, "")));
    expect(series.length).toBeGreaterThan(20);
    expect([...new Set(series)].filter((name) => !metrics.has(name))).toEqual([]);
  });
});

describe("health", () => {
  test("live and ready answer everybody, and say nothing more", async () => {
    const live = await fetch(`${app.url}/api/health/live`);
    expect([live.status, await live.json()]).toEqual([200, { status: "ok" }]);
    const ready = await fetch(`${app.url}/api/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { ready: true, because: [] }]);
  });

  test("ready is false while a migration is missing", async () => {
    const [row] = await app.sql`delete from supabase_migrations.schema_migrations
      where version = (select max(version) from supabase_migrations.schema_migrations) returning *`;
    const ready = () => fetch(`${app.url}/api/health/ready`);
    await until("it says so", async () => (await ready()).status === 503);
    expect(await (await ready()).json()).toEqual({ ready: false, because: ["migrations"] });
    await app.sql`insert into supabase_migrations.schema_migrations ${app.sql(row as Record<string, unknown>)}`;
    await until("it is ready again", async () => (await ready()).status === 200);
  });

  test("deep says who works and what came last, and fails on request when nothing did", async () => {
    await app.sql`insert into heartbeats (name, kind, version) values ('worker of a test', 'worker', '0.1.0')`;
    const deep = async (query = "") => admin("GET", `/api/health/deep${query}`);
    await until("the kept answer is over", async () => (await deep()).body.workers.length > 0);
    const { body } = await deep();
    expect(body.workers).toContainEqual(expect.objectContaining({ name: "worker of a test", version: "0.1.0" }));
    expect(Date.now() - Date.parse(body.last_event_at.stripe)).toBeLessThan(120_000);
    expect(body.last_event_at.shopify).toBeNull();
    expect(body.recent_events).toBeNull();

    const recent = await deep("?failIfNoRecentEvents=15m");
    expect([recent.status, recent.body.recent_events]).toEqual([
      200,
      { within_seconds: 900, newest_at: body.last_event_at.stripe, ok: true },
    ]);
    await app.sql`update events set received_at = received_at - interval '20 minutes'`;
    await until("it fails", async () => (await deep("?failIfNoRecentEvents=15m")).status === 503);
    expect((await deep("?failIfNoRecentEvents=1h")).status).toBe(200);
    expect((await as(METRICS_TOKEN, "/api/health/deep?failIfNoRecentEvents=15m")).status).toBe(503);
    for (const wrong of ["15", "0m", "m", "15min"]) {
      expect((await deep(`?failIfNoRecentEvents=${wrong}`)).status).toBe(400);
    }
  });
});

describe("GET /api/kpis", () => {
  test("has the runbook's figures with their targets, by day and by organisation, and as CSV", async () => {
    await app.sql`
      insert into statistics_hours (organisation_id, hour, provider, event_type, outcome, shard, count, duration_ms)
      select o.id, date_trunc('hour', now()) - d.days * interval '1 day', 'platform', 'a.type', x.outcome, 9, x.count, x.ms
      from (values (''), ('acme')) as o(id), (values (1), (2)) as d(days),
        (values ('succeeded', 98, 0), ('lost', 2, 0), ('delivered', 90, 0), ('failed', 10, 0), ('applied', 4, 8000))
          as x(outcome, count, ms)`;
    await app.sql`
      insert into replays (kind, status, reason, actor, actor_id, options, selection, organisations, total, succeeded,
        failed, created_at, queued_at, started_at, completed_at)
      select 'criteria', 'completed', 'a test', 'a test', 'a test', '{}', '{}', '{acme}', 20, 19, 1, t.at, t.at,
        t.at + interval '1 minute', t.at + interval '11 minutes'
      from (select now() - interval '1 day' as at) t`;
    const { body } = await admin("GET", "/api/kpis");
    expect(body.targets).toEqual({ delivery_success: 99, replay_success: 95, mean_time_to_replay_seconds: 3600 });
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    expect(body.rows.find(({ day }: { day: string }) => day === yesterday)).toMatchObject({
      delivery_success: 98,
      error_rate: 10,
      average_processing_ms: 2000,
      replays: 1,
      replay_success: 95,
      mean_time_to_replay_seconds: 660,
      replayed_per_minute: 2,
    });
    const { body: of } = await admin("GET", "/api/kpis?by=organisation");
    expect(of.rows.find((row: { organisation_id: string }) => row.organisation_id === "acme")).toMatchObject({
      succeeded: 196,
      lost: 4,
      replay_success: 95,
    });
    const csv = await as(await tokenFor("viewer"), "/api/kpis?format=csv");
    expect(csv.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const lines = (await csv.text()).trim().split("\r\n");
    expect(lines[0]).toMatch(/^"day","received","succeeded","lost","delivery_success"/);
    expect(lines.at(-1)).toMatch(/^"total",/);
    expect((await admin("GET", "/api/kpis?by=week")).status).toBe(400);
    expect((await admin("GET", "/api/kpis?from_ts=2020-01-01T00:00:00Z")).status).toBe(400);
  });

  test("shows the organisations of the caller, and sums those alone", async () => {
    const own = await tokenWith(["events:read"], ["globex"]);
    const read = async (by: string) => (await as(own, `/api/kpis?by=${by}`)).json();
    expect((await read("organisation")).rows).toEqual([]);
    expect((await read("day")).totals).toMatchObject({ succeeded: 0, replays: 0, delivery_success: null });
    const acme = await tokenWith(["events:read"], ["acme"]);
    const { totals } = await (await as(acme, "/api/kpis")).json();
    expect(totals).toMatchObject({ succeeded: 196, replays: 1 });
  });
});

test("after SIGTERM ready says draining for DRAIN_SECONDS, while webhooks are still taken", async () => {
  process.kill(app.pid, "SIGTERM");
  await until("it says so", async () => (await fetch(`${app.url}/api/health/ready`)).status === 503);
  expect((await (await fetch(`${app.url}/api/health/ready`)).json()).because).toContain("draining");
  expect((await fetch(`${app.url}/api/health/live`)).status).toBe(200);
  expect(await sendStripe()).toBe(200);
  await until(
    "it stops",
    () =>
      fetch(`${app.url}/api/health/live`).then(
        () => false,
        () => true,
      ),
    30_000,
  );
});
