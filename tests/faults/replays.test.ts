import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runningPostgresUrl } from "@/lib/db/embedded";
import { ROOT } from "@/lib/db/supabase-cli";
import { type RunningApp, startApp } from "../support/app";
import { seedDeadForwards } from "../support/backlog";
import { tokenFor } from "../support/processes";
import { type AgentSdk, startAgentSdk } from "../tools/agent-sdk";

/** A bulk replay on two real workers, and through the death of one of them. */

const API_TOKEN_SECRET = "tests-only-api-token-secret-0123456789";
let agent: AgentSdk;
let app: RunningApp;
let sql: postgres.Sql;
let env: Record<string, string>;
let token: string;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  agent = await startAgentSdk({ port: 0 });
  env = {
    AGENT_SDK_URL: agent.url,
    API_TOKEN_SECRET,
    LEASE_SECONDS: "4",
    REPLAY_MAX_EVENTS: "20000",
    REPLAY_MAX_PER_HOUR: "1000000",
    WORKER_CONCURRENCY: "32",
  };
  app = await startApp({ env });
  sql = postgres((await runningPostgresUrl(app.dataDir)) as string, { max: 2, onnotice: () => {} });
  token = await tokenFor("super_admin", "1h");
}, 400_000);

afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await sql?.end({ timeout: 1 });
  await app?.stop();
  await agent?.close();
});

async function startWorkerProcess(): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ["--import", "tsx", "lib/boot/worker.ts"], {
    cwd: ROOT,
    env: { ...process.env, ...env, DATA_DIR: app.dataDir, DATABASE_URL: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  workers.push(worker);
  await new Promise<void>((resolve) => {
    worker.stdout.on("data", (chunk) => String(chunk).includes("worker_started") && resolve());
  });
  return worker;
}

/** The console's own call; the merchant API's paths are tested in tests/api. */
async function replayAllDead(limit: number): Promise<string> {
  const response = await fetch(`${app.url}/api/webhooks/dlq`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ retry_all: true, reason: "the agent was down", limit }),
  });
  const answer = (await response.json()) as { replay_id: string };
  expect([response.status, answer.replay_id]).toEqual([response.status, expect.stringMatching(/^wr_/)]);
  return answer.replay_id;
}

async function ended(id: string, withinMs: number) {
  for (const until = Date.now() + withinMs; Date.now() < until; ) {
    const [row] = await sql`select status, total, succeeded, failed, skipped from replays where id = ${id.slice(3)}`;
    const [items] = await sql`
      select count(*) filter (where outcome = 'delivered')::int as succeeded, count(*) filter (where outcome = 'failed')::int as failed
      from replay_items where replay_id = ${id.slice(3)}`;
    if (row?.status === "completed") return { row, items };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${id} did not end within ${withinMs} ms.`);
}

const duplicates = () => agent.received.length - new Set(agent.received.map((request) => request.id)).size;

test("two workers run a replay of 10,000 items and deliver each exactly once [F12]", async () => {
  const hashes = await seedDeadForwards(sql, 10_000);
  // Enough concurrency for both: with a destination's default limit the quicker worker would take it all.
  await sql`update destinations set max_concurrency = 128`;
  await startWorkerProcess();
  const started = Date.now();
  const { row, items } = await ended(await replayAllDead(10_000), 350_000);
  expect(row).toMatchObject({ total: 10_000, succeeded: 10_000, failed: 0, skipped: 0 });
  expect(items).toEqual({ succeeded: 10_000, failed: 0 });
  expect(agent.received).toHaveLength(10_000);
  expect(duplicates()).toBe(0);
  expect(new Set(agent.received.map((request) => request.sha256))).toEqual(new Set(hashes));
  const shares = await sql`select worker, count(*)::int from attempts where replay_id is not null group by 1`;
  expect(shares).toHaveLength(2);
  for (const share of shares) expect(share.count).toBeGreaterThan(500);
  console.log(
    `10,000 items in ${((Date.now() - started) / 1000).toFixed(1)} s, shares ${shares.map((s) => s.count).join(" and ")}`,
  );
});

test("SIGKILL of workers in the middle of a replay loses no item, and doubles at most what was in flight [F02]", async () => {
  agent.received.length = 0;
  await sql`update destinations set max_concurrency = 16`;
  await sql`truncate event_keys, events, deliveries, attempts, replays, replay_items cascade`;
  await seedDeadForwards(sql, 3_000);
  const id = await replayAllDead(3_000);
  let inFlight = 0;
  for (let kill = 0; kill < 4; kill += 1) {
    const worker = await startWorkerProcess();
    await new Promise((resolve) => setTimeout(resolve, 250));
    worker.kill("SIGKILL");
    await once(worker, "exit");
    const [claimed] = await sql`select count(*)::int from deliveries where status = 'claimed'`;
    inFlight += claimed?.count ?? 0;
  }
  const { row, items } = await ended(id, 300_000);
  expect(row).toMatchObject({ total: 3_000, succeeded: 3_000, failed: 0, skipped: 0 });
  expect(items).toEqual({ succeeded: 3_000, failed: 0 });
  expect(new Set(agent.received.map((request) => request.id)).size).toBe(3_000);
  expect(duplicates()).toBeLessThanOrEqual(inFlight);
  expect(await sql`select count(*)::int from attempts where status = 'open'`).toEqual([{ count: 0 }]);
  console.log(`4 kills, ${inFlight} in flight at them, ${duplicates()} received twice`);
});
