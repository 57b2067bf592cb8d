/**
 * Does a bulk replay slow live deliveries? Sends live events at a steady pace, alone and then beside a replay of 10,000,
 * and compares the time from the request at the door to the arrival at the endpoint, within one run.
 *
 *   node --import tsx bench/replay-lane.ts
 */
import { createHash } from "node:crypto";
import postgres from "postgres";
import { issueToken } from "../lib/auth/tokens";
import { runningPostgresUrl } from "../lib/db/embedded";
import { chatwootEvent } from "../tests/fixtures/chatwoot";
import { bodyOf, nextUuid } from "../tests/fixtures/ids";
import { sign } from "../tests/fixtures/sign";
import { startApp } from "../tests/support/app";
import { seedDeadForwards } from "../tests/support/backlog";
import { startAgentSdk } from "../tests/tools/agent-sdk";

const EVENTS = 10_000;
const LIVE_PER_SECOND = 20;
const SECONDS = 8;
const SECRETS = {
  API_TOKEN_SECRET: "bench-only-api-token-secret-0123456789",
  CHATWOOT_WEBHOOK_SECRET: "bench-only-chatwoot",
};

const agent = await startAgentSdk({ port: 0 });
const app = await startApp({
  env: { ...SECRETS, AGENT_SDK_URL: agent.url, REPLAY_MAX_EVENTS: "20000", REPLAY_MAX_PER_HOUR: "1000000" },
});
Object.assign(process.env, SECRETS);
const sql = postgres((await runningPostgresUrl(app.dataDir)) as string, { max: 2, onnotice: () => {} });
try {
  await live(2);
  const alone = await live(SECONDS);
  await seedDeadForwards(sql, EVENTS);
  const id = await replay();
  const beside = await live(SECONDS);
  const [during] = await sql`select status, succeeded from replays where id = ${id}`;
  print("alone", alone);
  print(`beside a replay of ${EVENTS} (${during?.status}, ${during?.succeeded} done by then)`, beside);
  console.log(`ratio of p95: ${(quantile(beside, 0.95) / quantile(alone, 0.95)).toFixed(2)}`);
} finally {
  await sql.end();
  await app.stop();
  await agent.close();
}

/** Live events at an even pace; answers the milliseconds each took from the door to the endpoint. */
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
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return agent.received
    .slice(first)
    .filter((request) => sentAt.has(request.sha256))
    .map((request) => request.at - (sentAt.get(request.sha256) ?? 0));
}

async function replay(): Promise<number> {
  const token = await issueToken({ subject: "bench", role: "super_admin", expiresIn: "1h" });
  const response = await fetch(`${app.url}/api/webhooks/dlq`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ retry_all: true, limit: EVENTS }),
  });
  return Number(((await response.json()) as { replay_id: string }).replay_id.slice(3));
}

function print(name: string, times: number[]): void {
  console.log(`${name}: ${times.length} events, p50 ${quantile(times, 0.5)} ms, p95 ${quantile(times, 0.95)} ms`);
}

function quantile(times: number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}
