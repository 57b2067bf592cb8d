/** Workers that are killed while they read, and while they back-fill: the next one goes on, nothing twice, nothing missed. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createReconciliation } from "@/lib/commands/reconciliations";
import { findProvider } from "@/lib/providers";
import type { Provider } from "@/lib/providers/provider";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { ada } from "../support/actor";
import { type Desk, openDesk, send, workUntilIdle } from "../support/desk";
import { type Endpoint, startEndpoint } from "../support/endpoint";
import { installApi, type LogProvider, logApi, startLogProvider } from "../support/log-provider";
import { until } from "../support/processes";
import { getRun, lastHours } from "../support/reconciling";
import { startWorkerProcess, type WorkerProcess } from "../support/worker";

const NOW = Math.floor(Date.now() / 1000);
const COUNT = 120;

let desk: Desk;
let provider: LogProvider;
let endpoint: Endpoint;
let worker: WorkerProcess | undefined;
beforeAll(async () => {
  desk = await openDesk();
  endpoint = await startEndpoint();
  provider = await startLogProvider({ perPage: 5 });
  installApi(findProvider("stripe") as Provider, logApi, provider);
});
afterAll(async () => {
  await worker?.kill();
  await provider.close();
  await endpoint.close();
  await desk.close();
});

const start = () => startWorkerProcess({ LEASE_SECONDS: "2" }, "tests/support/reconciler-process.ts");

test("A worker is killed in the middle of pages, and another in the middle of the back-fill: each event counts and is delivered once", async () => {
  await desk.sql`
    insert into destinations (slug, name, kind, managed, providers, url, base_delay_ms)
    values ('shop', 'shop', 'http', true, '{stripe}', ${endpoint.url}, 20)`;
  // The runs of the schedule are counted elsewhere.
  await desk.sql`insert into watches (provider, enabled) values ('stripe', false)`;
  const isDropped = (n: number) => n % 4 === 1;
  for (let n = 0; n < COUNT; n += 1) {
    const created = NOW - 600 - n * 60;
    const body = stripeEvent({ id: `evt_${n}`, created, subscription: `sub_${n}`, customer: `cus_${n}` });
    provider.events.push({ id: body.id, type: body.type, created, body });
    if (!isDropped(n)) await send("stripe", body);
  }
  await workUntilIdle();
  expect(endpoint.arrivals).toHaveLength(90);

  // The seventh page that each of the first two workers asks for, and what they ask for after it, is never answered.
  let pages = 0;
  let mayHang = true;
  provider.misbehave = () => {
    pages += 1;
    return mayHang && pages >= 7;
  };
  const run = await createReconciliation({ provider_slug: "stripe", ...lastHours(3), dry_run: false }, ada);
  for (const kill of [1, 2]) {
    pages = 0;
    worker = await start();
    await until(`a page hangs (${kill})`, () => pages >= 7);
    await worker.kill();
  }
  mayHang = false;
  // The third is killed as soon as it has stored what is missing.
  worker = await start();
  await until("the back-fill stores", async () => {
    return (await desk.sql`select from events where origin = 'provider_api' limit 1`).length > 0;
  });
  await worker.kill();
  worker = await start();
  await until("all is repaired", async () => (await getRun(desk.sql, run.id)).counts.repaired === 30);
  await worker.stop();

  const ended = await getRun(desk.sql, run.id);
  expect(ended).toMatchObject({
    status: "completed",
    counts: { provider: COUNT, received: 90, missing: 0, repaired: 30 },
  });
  expect(await desk.sql`select identity from findings`).toHaveLength(30);
  expect(await desk.sql`select from replays`).toHaveLength(1);
  const keys = await desk.sql`select event_key, count(*)::int as times from events group by 1`;
  expect(keys).toHaveLength(COUNT);
  expect(keys.every(({ times }) => times === 1)).toBe(true);
  expect(await desk.sql`select from subscriptions`).toHaveLength(COUNT);
  // Once each, unless the kill fell between the endpoint's answer and its record: then that one came again.
  const arrivals = new Map<string, number>();
  for (const { id } of endpoint.arrivals) arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
  expect(arrivals.size).toBe(COUNT);
  expect(endpoint.arrivals.length - arrivals.size).toBeLessThanOrEqual(30);
  const [counted] =
    await desk.sql`select count(*)::int as windows, sum(pages)::int as pages from reconciliation_windows`;
  expect(counted).toMatchObject({ windows: 2 });
  // 24 full ones, and one more for the edge between the windows: no page was recorded twice.
  expect(counted?.pages).toBeLessThanOrEqual(25);
});
