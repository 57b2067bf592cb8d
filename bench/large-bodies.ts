/**
 * Are large webhooks stored, or rejected? Sends 128 signed requests of 1 MiB over 32 connections to the app on an embedded
 * Postgres, and small ones at the same time. Then 32 of 10 MiB at once, which their sender sends again after a 503 until they are
 * stored. Prints the answers, how fast they were, and how much memory the app took.
 *
 *   npm run bench:large
 */
import { readFileSync } from "node:fs";
import http from "node:http";
import { stripeEvent } from "../lib/providers/stripe/sample";
import { sign } from "../tests/fixtures/sign";
import { startApp } from "../tests/support/app";
import { post } from "../tests/support/load";
import { APP_ENVIRONMENT } from "../tests/support/processes";

const CONNECTIONS = 32;
const REQUESTS = 128;
const BYTES = 1024 * 1024;
const MOST_RSS_MB = 500;
/** The largest that Stripe may send, less what surrounds it. */
const HUGE_BYTES = 10 * 1024 * 1024;
const MOST_ROUNDS = 30;

const app = await startApp({ env: APP_ENVIRONMENT });
const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${app.pid}/status`, "utf8"))?.[1]) / 1024;
try {
  const before = rss();
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, rss());
  }, 50);
  await send("warm", 2, 2, 1_000);
  const calm = await send("calm", 100, 4, 1_000);
  let done = false;
  const large = send("large", REQUESTS, CONNECTIONS, BYTES).finally(() => {
    done = true;
  });
  const beside: Heard[] = [];
  for (let n = 0; !done; n += 1) beside.push(...(await send(`beside-${n}`, 4, 4, 1_000)));
  print("1 KB alone", calm);
  print(`${REQUESTS} × 1 MiB at ${CONNECTIONS} connections`, await large);
  print("1 KB beside them", beside);
  const stored = await sendUntilStored(CONNECTIONS);
  console.log(`${CONNECTIONS} × 10 MiB: ${stored.ended} stored after ${stored.rounds} rounds`);
  clearInterval(watching);
  console.log(`RSS: ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most (allowed: ${MOST_RSS_MB})`);
} finally {
  await app.stop();
}

/** Each round sends those that are not stored yet, all at once. */
async function sendUntilStored(count: number): Promise<{ ended: number; rounds: number }> {
  let waiting = Array.from({ length: count }, (_, n) => `huge_${n}`);
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const requests = waiting.flatMap((name) => prepare(name, 1, HUGE_BYTES));
    const answers = await sendAll(requests, requests.length);
    print(`round ${round}`, answers);
    waiting = waiting.filter((_, n) => answers[n]?.status !== 200);
    if (waiting.length === 0) return { ended: count, rounds: round };
  }
  return { ended: count - waiting.length, rounds: MOST_ROUNDS };
}

interface Heard {
  status: number;
  ms: number;
}

interface Prepared {
  body: Buffer;
  headers: [string, string][];
}

function send(name: string, count: number, connections: number, bytes: number): Promise<Heard[]> {
  return sendAll(prepare(name, count, bytes), connections);
}

/** Made before the first is sent: a client that makes one body waits with the others' answers unread. */
function prepare(name: string, count: number, bytes: number): Prepared[] {
  return Array.from({ length: count }, (_, n) => {
    const event = stripeEvent({ type: "invoice.payment_failed", id: `evt_${name}_${n}` });
    const body = padded(Buffer.from(JSON.stringify(event)), bytes);
    return { body, headers: sign("stripe", body).map(([key, value]): [string, string] => [key, value]) };
  });
}

/** The answers in the order of the requests. */
async function sendAll(requests: Prepared[], connections: number): Promise<Heard[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const url = new URL("/api/webhooks/stripe", app.url);
  const heard: Heard[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let n = next++; n < requests.length; n = next++) {
        const { body, headers } = requests[n] as Prepared;
        const started = performance.now();
        const answer = await post(url, body, headers, agent);
        heard[n] = { status: typeof answer === "object" ? answer.status : 0, ms: performance.now() - started };
      }
    }),
  );
  agent.destroy();
  return heard;
}

/** A larger event: text that does not compress to nothing. */
function padded(event: Buffer, bytes: number): Buffer {
  const missing = Math.max(0, bytes - event.length - 20);
  let pad = "";
  for (let n = 0; pad.length < missing; n += 1) pad += `${(n * 2_654_435_761) % 4_294_967_296},`;
  return Buffer.from(`${event.toString().slice(0, -1)},"pad":"${pad.slice(0, missing)}"}`);
}

function print(name: string, heard: Heard[]): void {
  const times = heard.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (q: number) => (times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? Number.NaN).toFixed(0);
  const counts = [...new Set(heard.map(({ status }) => status))].map(
    (status) => `${heard.filter((one) => one.status === status).length} × ${status}`,
  );
  console.log(`${name}: ${counts.join(", ")}; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
}
