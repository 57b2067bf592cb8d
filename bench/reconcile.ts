/**
 * How long does a run over 100,000 events take, at a provider that allows 25 requests a second (40 s for a thousand pages), and
 * who notices? A twentieth of the events never came. A million others are stored. Fifty webhooks a second arrive before the run
 * and during it: their answers are compared within this one run of the bench.
 *
 *   npm run bench:reconcile [-- 100000]   another number of stored events
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import { createInterface } from "node:readline";
import postgres from "postgres";
import { migrate } from "../lib/db/migrate";
import { startThrowawayPostgres } from "../lib/db/throwaway";
import { stripeEvent } from "../lib/providers/stripe/sample";
import { sign } from "../tests/fixtures/sign";
import { startApp } from "../tests/support/app";
import { post } from "../tests/support/load";
import { APP_ENVIRONMENT, tokenFor } from "../tests/support/processes";
import { seedHistory } from "./history-seed";
import { idOf, isLost, SPAN_SECONDS } from "./reconcile-events";

const STORED = Number(process.argv[2] ?? 1_000_000);
const LISTED = 100_000;
const PHYSICAL_SECONDS = LISTED / 100 / 25;
const MOST_RATIO = 1.2;
const PER_SECOND = 50;
const ALONE_SECONDS = 20;

const until = Math.floor(Date.now() / 1000) - 3600;
const provider = spawn(
  process.execPath,
  ["--import", "tsx", "bench/reconcile-provider.ts", String(LISTED), String(until)],
  { stdio: ["pipe", "pipe", "inherit"] },
);
const cluster = await startThrowawayPostgres();
try {
  const [line] = await once(createInterface(provider.stdout), "line");
  const { url, key } = JSON.parse(line) as { url: string; key: string };
  const databaseUrl = await cluster.create("bench");
  await migrate(databaseUrl, () => {});
  await seed(databaseUrl);
  const env = { ...APP_ENVIRONMENT, DATABASE_URL: databaseUrl, STRIPE_API_URL: url, STRIPE_SECRET_KEY: key };
  const app = await startApp({ env });
  try {
    await measure(app.url, app.pid);
  } catch (error) {
    console.error(app.output().split("\n").slice(-40).join("\n"));
    throw error;
  } finally {
    await app.stop();
  }
} finally {
  provider.kill();
  await cluster.remove();
}

async function seed(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await seedHistory(sql, STORED);
  const ids = Array.from({ length: LISTED }, (_, n) => n).filter((n) => !isLost(n));
  await sql`
    insert into events (provider, event_key, event_key_hash, event_type, status, trust, parse_status, body_size,
      body_sha256, fingerprint, method, path, headers, received_at, occurred_at, origin)
    select 'stripe', key, sha256(key::bytea), 'invoice.payment_failed', 'ignored', 'signed', 'ok', 2, sha256('{}'),
      sha256('{}'), 'POST', '/api/webhooks/stripe', '[]', at, at, 'webhook'
    from unnest(${ids.map(idOf)}::text[]) key, to_timestamp(${until - SPAN_SECONDS}) at`;
  await sql`
    insert into event_keys (provider, key_hash, event_id)
    select provider, event_key_hash, id from events where event_key like 'evt_listed%'`;
  await sql`insert into event_bodies (event_id, raw_body) select id, '{}' from events where event_key like 'evt_listed%'`;
  await sql`analyze`;
  await sql.end();
}

async function measure(url: string, pid: number): Promise<void> {
  const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  const authorisation = { authorization: `Bearer ${await tokenFor("super_admin", "60m")}` };
  const api = async (path: string, body?: object) => {
    const answer = await fetch(`${url}${path}`, {
      headers: { ...authorisation, "content-type": "application/json" },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    const json = await answer.json();
    if (!answer.ok) throw new Error(JSON.stringify(json));
    return json;
  };
  await live(url, 3, () => false);
  const alone = await live(url, ALONE_SECONDS, () => false);
  const before = rss();
  let most = before;
  const watching = setInterval(() => {
    most = Math.max(most, rss());
  }, 100);

  const started = performance.now();
  const span = { from_ts: at(until - SPAN_SECONDS), to_ts: at(until + 60) };
  const { reconciliation_id: id } = await api("/api/reconciliations", { provider_slug: "stripe", ...span });
  let run = await api(`/api/reconciliations/${id}`);
  let ended = 0;
  const looking = (async () => {
    while (run.completed_at === null) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      run = await api(`/api/reconciliations/${id}`);
    }
    ended = performance.now();
  })();
  const beside = await live(url, Number.POSITIVE_INFINITY, () => ended > 0);
  await looking;
  clearInterval(watching);

  const seconds = (ended - started) / 1000;
  const lost = Array.from({ length: LISTED }, (_, n) => n).filter(isLost).length;
  console.log(`${run.status}: ${run.counts.provider} listed, ${run.counts.missing} missing of ${lost} that were lost`);
  const ratio = seconds / PHYSICAL_SECONDS;
  console.log(
    `run: ${seconds.toFixed(1)} s for ${run.requests} requests, ${ratio.toFixed(2)} × the limit of 25 a second`,
  );
  console.log(`webhooks alone: ${said(alone)}; beside the run: ${said(beside)}`);
  const slower = p95(beside) / p95(alone);
  console.log(`ratio of p95: ${slower.toFixed(2)}; RSS ${before.toFixed(0)} MB before, ${most.toFixed(0)} MB at most`);
  const isRight = run.status === "completed" && run.counts.provider === LISTED && run.counts.missing === lost;
  process.exitCode = isRight && ratio <= MOST_RATIO && slower <= MOST_RATIO ? 0 : 1;
}

/** The times of answers to small webhooks, in milliseconds. */
async function live(url: string, seconds: number, isOver: () => boolean): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true });
  const times: number[] = [];
  const sends: Promise<void>[] = [];
  for (let n = 0; n < PER_SECOND * seconds && !isOver(); n += 1) {
    const body = Buffer.from(JSON.stringify(stripeEvent({ type: "invoice.payment_failed" })));
    const headers = sign("stripe", body).map(([name, value]): [string, string] => [name, value]);
    const started = performance.now();
    sends.push(
      post(new URL("/api/webhooks/stripe", url), body, headers, agent).then((answer) => {
        if (typeof answer === "string" || answer.status !== 200) {
          throw new Error(`Webhook ${n} was not stored: ${JSON.stringify(answer)}`);
        }
        times.push(performance.now() - started);
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
  }
  await Promise.all(sends);
  agent.destroy();
  return times;
}

function at(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString();
}

function p95(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN;
}

function said(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  return `${times.length}, p50 ${(sorted[Math.floor(times.length / 2)] ?? Number.NaN).toFixed(0)} ms, p95 ${p95(times).toFixed(0)} ms`;
}
