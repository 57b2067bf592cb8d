/**
 * Can one viewer slow everybody by searching? Over 100,000 events of 5 KB, health, a read of the console and a genuine
 * webhook are asked in turns, first in peace, then while 60 payload searches are begun and given up again and again.
 *
 *   node --import tsx bench/abandoned-searches.ts [events]
 */
import { randomUUID } from "node:crypto";
import { sample } from "../lib/samples";
import { sign } from "../tests/fixtures/sign";
import setup from "../tests/support/global-setup";
import { tokenFor } from "../tests/support/processes";
import { openApp } from "../tests/support/shared-app";

const EVENTS = Number(process.argv[2] ?? 100_000);
const SECONDS = 20;
const SEARCHES = 60;
const GIVEN_UP_AFTER_MS = 400;

const teardown = await setup();
const app = await openApp({ DATABASE_POOL_SIZE: "4" });
try {
  await seed();
  const authorization = `Bearer ${await tokenFor("viewer", "60m")}`;
  const calm = await poll(authorization);
  const searching = searchOn(authorization);
  const beside = await poll(authorization);
  await searching.stop();
  console.log(`${EVENTS} events; milliseconds p50 / p99 / longest, answers other than 200`);
  for (const kind of Object.keys(calm) as (keyof typeof calm)[]) {
    console.log(`${kind.padEnd(10)} in peace ${print(calm[kind])}   beside searches ${print(beside[kind])}`);
  }
  console.log(`searches given up: ${searching.count()}; still running 2 s after the last: ${await leftOver()}`);
} finally {
  await app.close();
  await teardown?.();
}

type Seen = { ms: number; status: number }[];

async function poll(authorization: string): Promise<Record<"health" | "console" | "webhook", Seen>> {
  const seen = { health: [] as Seen, console: [] as Seen, webhook: [] as Seen };
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end; ) {
    seen.health.push(await timed(() => fetch(`${app.url}/api/webhooks/health`)));
    seen.console.push(await timed(() => fetch(`${app.url}/api/rail`, { headers: { authorization } })));
    seen.webhook.push(await timed(webhook));
  }
  return seen;
}

async function timed(request: () => Promise<Response>): Promise<Seen[number]> {
  const started = performance.now();
  const response = await request();
  await response.arrayBuffer();
  return { ms: performance.now() - started, status: response.status };
}

function webhook(): Promise<Response> {
  const { body } = sample("stripe", "invoice.payment_failed");
  const headers = sign("stripe", body).map(([name, value]): [string, string] => [name, value]);
  return fetch(`${app.url}/api/webhooks/stripe`, { method: "POST", headers, body: new Uint8Array(body) });
}

/** Always so many searches at once, each given up before it can end. */
function searchOn(authorization: string) {
  let going = true;
  let begun = 0;
  const searchers = Array.from({ length: SEARCHES }, async () => {
    while (going) {
      begun += 1;
      const init = { headers: { authorization }, signal: AbortSignal.timeout(GIVEN_UP_AFTER_MS) };
      await fetch(`${app.url}/api/webhooks/events?text=${randomUUID()}`, init)
        .then((response) => response.arrayBuffer())
        .catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  return {
    count: () => begun,
    async stop() {
      going = false;
      await Promise.all(searchers);
    },
  };
}

async function leftOver(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const rows = await app.sql`
    select from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()`;
  return rows.length;
}

function print(seen: Seen): string {
  const sorted = seen.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return `${at(0.5)} / ${at(0.99)} / ${at(1)}, ${seen.filter(({ status }) => status !== 200).length} of ${seen.length}`;
}

async function seed(): Promise<void> {
  await app.sql`
    insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256,
      fingerprint, payload, method, path, headers)
    select 'stripe', 'seed-' || n, 'seed', 'signed', 'ok', octet_length(p),
      sha256(convert_to(p, 'UTF8')), sha256(convert_to(p, 'UTF8')), p::jsonb, 'POST', '/', '[]'
    from generate_series(1, ${EVENTS}) n
    cross join lateral (select json_build_object('n', n, 'text', repeat(md5(n::text), 160))::text as p) x`;
  await app.sql`vacuum analyze events`;
}
