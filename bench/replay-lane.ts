/**
 * Does a bulk replay slow live deliveries? Sends live events at a steady pace during a replay of 10,000 that is paused and
 * resumed in turns, and compares the time from the webhook's request to its arrival at the endpoint. The turns make one run
 * comparable with itself: whatever else the machine does affects both.
 *
 *   node --import tsx bench/replay-lane.ts
 */
import { createHash } from "node:crypto";
import postgres from "postgres";
import { runningPostgresUrl } from "../lib/db/embedded";
import { chatwootEvent } from "../lib/providers/chatwoot/sample";
import { bodyOf, nextUuid } from "../lib/samples/ids";
import { sign } from "../tests/fixtures/sign";
import { startApp } from "../tests/support/app";
import { seedDeadForwards } from "../tests/support/backlog";
import { APP_ENVIRONMENT, tokenFor } from "../tests/support/processes";
import { startAgentSdk } from "../tests/tools/agent-sdk";

const EVENTS = 10_000;
const LIVE_PER_SECOND = 20;
const SECONDS = 5;
const TURNS = 6;
const SECRETS = {
  API_TOKEN_SECRET: APP_ENVIRONMENT.API_TOKEN_SECRET as string,
  CHATWOOT_WEBHOOK_SECRET: "bench-only-chatwoot",
};

const agent = await startAgentSdk({ port: 0 });
const app = await startApp({
  env: { ...SECRETS, AGENT_SDK_URL: agent.url, REPLAY_MAX_EVENTS: "20000", REPLAY_MAX_PER_HOUR: "1000000" },
});
Object.assign(process.env, SECRETS);
const token = await tokenFor("super_admin", "1h");
const sql = postgres((await runningPostgresUrl(app.dataDir)) as string, { max: 2, onnotice: () => {} });
try {
  await seedDeadForwards(sql, EVENTS);
  const id = await startReplay();
  const alone: number[] = [];
  const beside: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    await control(id, "pause");
    alone.push(...(await live(SECONDS)));
    await control(id, "resume");
    beside.push(...(await live(SECONDS)));
  }
  const [replay] = await sql`select status, succeeded from replays where id = ${id}`;
  print("alone (replay paused)", alone);
  print(`beside the replay of ${EVENTS} (${replay?.status}, ${replay?.succeeded} done in the end)`, beside);
  console.log(`ratio of p95: ${(quantile(beside, 0.95) / quantile(alone, 0.95)).toFixed(2)}`);
} finally {
  await sql.end();
  await app.stop();
  await agent.close();
}

/** Sends live events at an even pace; returns the milliseconds each took from its request to its arrival at the endpoint. */
async function live(seconds: number): Promise<number[]> {
  const sentAt = new Map<string, number>();
  const first = agent.received.length;
  const sends: Promise<unknown>[] = [];
  for (let n = 0; n < seconds * LIVE_PER_SECOND; n += 1) {
    const body = bodyOf({ ...chatwootEvent(), live: nextUuid() });
    sentAt.set(createHash("sha256").update(body).digest("hex"), Date.now());
    const headers = sign("chatwoot", body, { secret: SECRETS.CHATWOOT_WEBHOOK_SECRET, id: nextUuid() }) as [
      string,
      string,
    ][];
    sends.push(fetch(`${app.url}/api/webhooks/chatwoot`, { method: "POST", headers, body: new Uint8Array(body) }));
    await new Promise((resolve) => setTimeout(resolve, 1000 / LIVE_PER_SECOND));
  }
  await Promise.all(sends);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return agent.received
    .slice(first)
    .filter((request) => sentAt.has(request.sha256))
    .map((request) => request.at - (sentAt.get(request.sha256) ?? 0));
}

async function startReplay(): Promise<number> {
  const answer = await post("/api/webhooks/dlq", { retry_all: true, limit: EVENTS });
  return Number((answer as { replay_id: string }).replay_id.slice(3));
}

async function control(id: number, action: "pause" | "resume"): Promise<void> {
  await post(`/api/webhooks/replays/wr_${id}/${action}`, {});
}

async function post(path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

function print(name: string, times: number[]): void {
  console.log(`${name}: ${times.length} events, p50 ${quantile(times, 0.5)} ms, p95 ${quantile(times, 0.95)} ms`);
}

function quantile(times: number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
