/** One viewer slows no one: abandoned searches, the largest lists, and health that reports rejected webhooks. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sample } from "@/lib/samples";
import { sign } from "../fixtures/sign";
import { type Ask, asker } from "../support/api";
import { alone } from "../support/machine";
import { tokenFor, until } from "../support/processes";
import { openApp, type SharedApp } from "../support/shared-app";
import { signIn } from "../support/sign-in";

const EVENTS = 20_000;
/** Much less than a search takes. */
const QUICK_MS = 1_000;

let app: SharedApp;
let viewer: string;
let ask: Ask;

beforeAll(async () => {
  app = await openApp({ DATABASE_POOL_SIZE: "4" });
  viewer = await tokenFor("viewer", "60m");
  ask = asker(app.url, viewer);
}, 400_000);
afterAll(() => app?.close());

/** Events of a provider with payloads of so many KB each, created by the database itself. */
function seed(type: string, count: number, kilobytes: number) {
  return app.sql`
    with stored as (insert into events (provider, event_key, event_type, trust, parse_status, body_size,
      body_sha256, fingerprint, payload, method, path, headers, organisation_id)
    select 'stripe', ${type} || '-' || n, ${type}, 'signed', 'ok',
      octet_length(p), sha256(convert_to(p, 'UTF8')), sha256(convert_to(p, 'UTF8')), p::jsonb, 'POST', '/', '[]',
      ${`org_${type}`}
    from generate_series(1, ${count}) n
    cross join lateral (
      select json_build_object('n', n, 'text', repeat(md5(n::text), ${kilobytes * 32}))::text as p
    ) x
    returning id, payload)
    insert into event_bodies (event_id, raw_body) select id, convert_to(payload::text, 'UTF8') from stored`;
}

async function timed(request: () => Promise<Response | { status: number }>) {
  const started = performance.now();
  const { status } = await request();
  return { status, ms: performance.now() - started };
}

function webhook() {
  const { body } = sample("stripe", "invoice.payment_failed");
  const headers = sign("stripe", body).map(([name, value]): [string, string] => [name, value]);
  return fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", headers, body: new Uint8Array(body) });
}

async function poll() {
  const polled = [];
  for (let n = 0; n < 5; n += 1) {
    polled.push(await timed(() => fetch(`${app.url}/api/webhooks/health`)));
    polled.push(await timed(webhook));
    polled.push(await timed(() => ask("GET", "/api/rail")));
  }
  return polled;
}

function median(polled: { ms: number }[]): number {
  return polled.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(polled.length / 2)] as number;
}

const searching = () =>
  app.sql`
    select from pg_stat_activity where datname = current_database() and state = 'active'
      and application_name = 'redrive search'`;

describe("searches that are given up", () => {
  beforeAll(async () => {
    await seed("seed", EVENTS, 5);
  });

  test("Sixty abandoned payload searches leave health, sign-in and webhooks as they were, and end in Postgres [S50]", async () => {
    await alone();
    const calm = await poll();
    await Promise.all(
      Array.from({ length: 60 }, () =>
        fetch(`${app.url}/api/webhooks/events?text=${randomUUID()}&count=1`, {
          headers: { authorization: `Bearer ${viewer}` },
          signal: AbortSignal.timeout(400),
        }).then(
          () => {},
          () => {},
        ),
      ),
    );
    const beside = await poll();
    for (const { status } of beside) expect(status).toBe(200);
    // Compared with the same requests on an idle app: what else the machine does affects both.
    expect(median(beside)).toBeLessThan(Math.max(QUICK_MS, 4 * median(calm)));
    if (app.adminPassword) await signIn(app.url, app.adminEmail, app.adminPassword);
    await until("every search has ended", async () => (await searching()).length === 0, 5_000);
  });

  test("While one person searches as much as they can, another gets an answer, and one connection is all it takes [S53]", async () => {
    // Few, so that a busy machine reads them within one turn.
    await seed("few", 1_000, 5);
    const gone = new AbortController();
    const heard: number[] = [];
    const greedy = Array.from({ length: 30 }, () =>
      fetch(`${app.url}/api/webhooks/events?org_id=org_few&text=${randomUUID()}`, {
        headers: { authorization: `Bearer ${viewer}` },
        signal: gone.signal,
      }).then(
        async (response) => {
          heard.push(response.status);
          if (response.status === 429) expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
        },
        () => {},
      ),
    );
    await until("the person was told to wait", () => heard.includes(429));
    expect((await searching()).length).toBeLessThanOrEqual(1);
    const other = asker(app.url, await tokenFor("support"));
    expect((await other("GET", "/api/webhooks/events?org_id=org_few&q=few-77")).status).toBe(200);
    gone.abort();
    await Promise.all(greedy);
    await until("every search has ended", async () => (await searching()).length === 0, 5_000);
  });
});

describe("lists with large payloads", () => {
  const LARGE = 150;

  beforeAll(async () => {
    await seed("large", LARGE, 200);
  });

  test("The largest page of merchant events ends where its payloads are 4 MiB, and its cursor goes on", async () => {
    const seen: string[] = [];
    for (let cursor = "", pages = 0; pages < 20; pages += 1) {
      const page = await ask("GET", `/api/admin/webhooks/events?limit=500&merchantId=org_large${cursor}`);
      expect(page.status).toBe(200);
      expect(page.text.length).toBeLessThan(6 * 1024 * 1024);
      seen.push(...page.body.events.map(({ id }: { id: string }) => id));
      for (const { payload } of page.body.events) expect(payload.text).toHaveLength(200 * 1024);
      expect(page.body.hasMore).toBe(page.body.nextCursor !== null);
      if (!page.body.nextCursor) break;
      cursor = `&cursor=${page.body.nextCursor}`;
    }
    expect(seen).toHaveLength(LARGE);
    expect(new Set(seen).size).toBe(LARGE);
  });

  test("Dead letters leave out payloads beyond 4 MiB, and say where they are", async () => {
    await app.sql`
      insert into deliveries (event_id, destination_id, status, finished_at, last_error_class, last_error)
      select e.id, (select min(id) from destinations), 'dead', now(), 'timeout', 'Too late.' from events e
      where e.event_type = 'large' limit 60`;
    await app.sql`update events set status = 'dead' where event_type = 'large'`;
    const { status, body, text } = await ask("GET", "/api/webhooks/dlq");
    expect(status).toBe(200);
    expect(text.length).toBeLessThan(6 * 1024 * 1024);
    const omitted = body.failed_webhooks.filter((one: { webhook_data_omitted: boolean }) => one.webhook_data_omitted);
    expect(body.failed_webhooks).toHaveLength(60);
    expect(omitted).toHaveLength(60 - 20);
    const bytes = await fetch(`${app.url}${omitted[0].body_url}`, { headers: { authorization: `Bearer ${viewer}` } });
    expect(JSON.parse(await bytes.text()).text).toHaveLength(200 * 1024);
  });
});

describe("health", () => {
  const open = async () => (await fetch(`${app.url}/api/webhooks/health`)).json();
  const check = async (name: string) =>
    (await ask("GET", "/api/health/deep")).body.checks.find((one: { name: string }) => one.name === name);

  test("The open answer has no reasons, and the deep one is for those signed in [S54]", async () => {
    expect((await fetch(`${app.url}/api/health/deep`)).status).toBe(401);
    const { body } = await ask("GET", "/api/health/deep");
    expect(body.checks.map(({ name }: { name: string }) => name)).toEqual([
      "database",
      "writes",
      "lanes",
      "clock",
      "rejections",
      "worker",
      "migrations",
      "retention",
      "secrets",
      "disk",
      "log",
      "proxies",
    ]);
    for (const name of ["database", "writes", "lanes", "clock", "migrations", "retention", "log"]) {
      expect(await check(name)).toMatchObject({ name, status: "ok", todo: null });
    }
    expect(Object.keys(await open()).sort()).toEqual([
      "database",
      "endpoints",
      "missing_secrets",
      "oldest_due_seconds",
      "status",
      "timestamp",
    ]);
  });

  test("A flood of questions costs the database one look a second", async () => {
    const [before] =
      await app.sql`select xact_commit::int as n from pg_stat_database where datname = current_database()`;
    await Promise.all(Array.from({ length: 300 }, () => fetch(`${app.url}/api/webhooks/health`)));
    await app.sql`select pg_stat_clear_snapshot()`;
    const [after] =
      await app.sql`select xact_commit::int as n from pg_stat_database where datname = current_database()`;
    expect(after?.n - before?.n).toBeLessThan(200);
  });

  test("Health is degraded while most requests are refused", async () => {
    const headers = { "stripe-signature": "t=1,v1=00", "content-type": "application/json" };
    for (let n = 0; n < 60; n += 1) {
      const response = await fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", headers, body: `{"n":${n}}` });
      expect(response.status).toBe(400);
    }
    await until("it says so", async () => (await open()).status === "degraded");
    expect(await check("rejections")).toMatchObject({ status: "degraded", detail: expect.stringContaining("stripe") });
    await app.sql`delete from statistics where outcome = 'rejected'`;
    await until("it is over", async () => (await check("rejections")).status === "ok");
  });

  test("Health is degraded while the database takes no writes, and webhooks are answered 503", async () => {
    const database = (await app.sql`select current_database() as name`)[0]?.name;
    const reconnect = () => app.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name like 'redrive %'`;
    await app.sql.unsafe(`alter database "${database}" set default_transaction_read_only = on`);
    await reconnect();
    try {
      await until("it says so", async () => (await open()).status === "degraded", 30_000);
      expect(await check("writes")).toMatchObject({
        status: "failed",
        detail: expect.stringContaining("read-only"),
        todo: expect.stringContaining("default_transaction_read_only"),
      });
      expect((await webhook()).status).toBe(503);
      expect((await fetch(`${app.url}/api/webhooks/health`)).status).toBe(200);
    } finally {
      await app.sql.unsafe(`alter database "${database}" reset default_transaction_read_only`);
      await reconnect();
    }
    await until("it is healthy again", async () => (await open()).status === "healthy", 30_000);
    expect((await webhook()).status).toBe(200);
  });
});
