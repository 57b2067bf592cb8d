/**
 * Are large webhooks stored, or rejected? Sends 128 signed requests of 1 MiB over 32 connections to the app on an embedded
 * Postgres, and small ones at the same time. Prints the answers, how fast they were, and how much memory the app took.
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
const MOST_RSS_MB = 600;

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
  clearInterval(watching);
  console.log(`RSS: ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most (allowed: ${MOST_RSS_MB})`);
} finally {
  await app.stop();
}

interface Heard {
  status: number;
  ms: number;
}

async function send(name: string, count: number, connections: number, bytes: number): Promise<Heard[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const url = new URL("/api/webhooks/stripe", app.url);
  const heard: Heard[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (next < count) {
        const n = next++;
        const event = stripeEvent({ type: "invoice.payment_failed", id: `evt_${name}_${n}` });
        const body = padded(Buffer.from(JSON.stringify(event)), bytes);
        const headers = sign("stripe", body).map(([key, value]) => [key, value] as [string, string]);
        const started = performance.now();
        const answer = await post(url, body, headers, agent);
        heard.push({ status: typeof answer === "object" ? answer.status : 0, ms: performance.now() - started });
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
  const counts = Object.entries(Object.groupBy(heard, ({ status }) => status)).map(
    ([s, list]) => `${list?.length} × ${s}`,
  );
  console.log(`${name}: ${counts.join(", ")}; p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`);
}
