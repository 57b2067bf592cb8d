/**
 * SIGKILL under load, of the app and of the whole Postgres. Afterwards every ledger must agree: what was acknowledged is
 * stored once, what is stored is delivered or says why not, and nothing was sent that is not written down.
 * TEST_SEED and FAULT_KILLS choose another run; the seed is printed.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningApp, startApp } from "../support/app";
import { type Load, startLoad } from "../support/load";
import { judge, quiesce } from "../support/oracle";
import { killPostgres } from "../support/postgres-tree";
import { appEnvironment, connectTo, SINK_SECRET, tokenFor } from "../support/processes";
import { SEED, seededRandom } from "../support/seed";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";

const KILLS = Number(process.env.FAULT_KILLS ?? 22);
const CLIENTS = 32;
/** Pauses of half of this on average: some 200 events a second from all clients together. */
const THINK_MS = 300;
const CALM_MS = [600, 1_800] as const;
const LEASE_SECONDS = 3;
/** The lease, the longest backoff of a tables delivery, and as long as other tests may keep the machine busy. */
const QUIESCE_MS = (LEASE_SECONDS + 8 + 40) * 1000;
const LIMIT_MS = 600_000;

type Victim = "app" | "postgres" | "both";

let sink: AgentSdk;
let app: RunningApp;
let environment: Record<string, string>;

beforeAll(async () => {
  process.setMaxListeners(100);
  sink = await startAgentSdk({ port: 0, failureRate: 0.03, secret: SINK_SECRET });
  environment = appEnvironment(sink, { LEASE_SECONDS: String(LEASE_SECONDS) });
  app = await startApp({ env: environment });
}, LIMIT_MS);

afterAll(async () => {
  await app?.stop();
  await sink?.close();
}, 60_000);

test(`${KILLS} kills under load lose nothing, repeat nothing and leave nothing behind [F01] [F03] [F06] [CP4] [A9]`, {
  timeout: LIMIT_MS,
}, async () => {
  const random = seededRandom();
  const load = startLoad({ url: () => app.url, clients: CLIENTS, thinkMs: THINK_MS, random: seededRandom() });
  const victims = shuffle(plan(KILLS), random);
  const recoveries: number[] = [];
  await load.nextAcknowledgement();
  for (const victim of victims) {
    await new Promise((resolve) => setTimeout(resolve, CALM_MS[0] + random() * (CALM_MS[1] - CALM_MS[0])));
    recoveries.push(await killAndRecover(victim, load));
  }
  await load.stop();

  const sql = await connectTo(app.dataDir);
  try {
    await quiesce(sql, QUIESCE_MS);
    const { verdict, figures } = await judge({
      sql,
      ledger: load.ledger,
      sink: sink.received,
      sinkSecret: SINK_SECRET,
      leaseSeconds: LEASE_SECONDS,
    });
    const deliveries = await sql`select status, count(*)::int as count from deliveries group by status order by status`;
    const count = (kind: Victim) => victims.filter((victim) => victim === kind).length;
    console.log(
      `seed ${SEED}: kills app ${count("app")}, postgres ${count("postgres")}, both ${count("both")}; ` +
        `acked ${figures.acknowledged}, unknown ${figures.unknown}, lost ${figures.lost}, ` +
        `duplicated ${figures.duplicated}, sink requests ${sink.received.length}, sink extra ${figures.sinkExtra}; ` +
        `recovery p50 ${percentile(recoveries, 50)} ms, p95 ${percentile(recoveries, 95)} ms, ` +
        `max ${percentile(recoveries, 100)} ms; deliveries ${deliveries.map((d) => `${d.status} ${d.count}`).join(", ")}`,
    );
    for (const [invariant, violations] of Object.entries(verdict)) expect.soft(violations, invariant).toEqual([]);
    expect(figures.acknowledged).toBeGreaterThan(KILLS * 20);
    await expectHonestAnswers(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
});

function plan(kills: number): Victim[] {
  return Array.from(
    { length: kills },
    (_, index) => (["app", "postgres", "app", "postgres", "both"] as const)[index % 5],
  ) as Victim[];
}

/** Milliseconds from the kill to the first event acknowledged after it. */
async function killAndRecover(victim: Victim, load: Load): Promise<number> {
  const killedAt = performance.now();
  if (victim !== "app") killPostgres(app.dataDir);
  if (victim !== "postgres") {
    await app.kill();
    app = await startApp({ env: environment, dataDir: app.dataDir });
  }
  return (await load.nextAcknowledgement()) - killedAt;
}

/** Invariant I12 again, from outside: what the APIs return is what the tables hold. */
async function expectHonestAnswers(sql: Awaited<ReturnType<typeof connectTo>>): Promise<void> {
  const headers = { authorization: `Bearer ${await tokenFor("viewer")}` };
  const analytics = await (await fetch(`${app.url}/api/webhooks/analytics?range=1h`, { headers })).json();
  const [held] = await sql`
    select (select count(*)::int from events) as received,
      (select count(*)::int from attempts where status = 'succeeded') as delivered,
      (select count(*)::int from deliveries where status = 'dead') as dead`;
  expect(analytics.totals).toMatchObject(held as object);
  // Not while the database is asked again after it was killed: a busy machine takes a moment.
  const health = async () => (await fetch(`${app.url}/api/webhooks/health`)).json();
  await expect.poll(health, { timeout: 15_000 }).toMatchObject({ status: "healthy", oldest_due_seconds: null });
}

function shuffle<Item>(items: Item[], random: () => number): Item[] {
  return items
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))] ?? 0);
}
