/**
 * Does forgetting slow live webhooks? Old events go while new ones are accepted at a steady pace: first their bytes in
 * batches (each partition holds something that stays), then whole partitions, then their rows. Turns with and without forgetting alternate,
 * so that one run is comparable with itself. Prints p95 of accept, the ratio, and how fast the rows go.
 *
 *   node --import tsx bench/retention.ts [millions of old events, 0.2]
 */
import { setTimeout as sleep } from "node:timers/promises";
import { stripeEvent } from "../lib/providers/stripe/sample";
import { openDesk, send } from "../tests/support/desk";
import setup from "../tests/support/global-setup";

const OLD = Math.round(Number(process.argv[2] ?? 0.2) * 1_000_000);
const PARTITION = 100_000;
const LIVE_PER_SECOND = 40;
const TURN_MS = 4_000;
const LEAST_TURNS = 3;

const log = console.log;
// One line per event would be the bench.
process.stdout.write = (
  (write) =>
  (chunk: string | Uint8Array, ...rest: never[]) =>
    String(chunk).startsWith('{"at"') || write(chunk, ...rest)
)(process.stdout.write.bind(process.stdout)) as never;

const teardown = await setup();
const desk = await openDesk();
const { sql } = desk;
const { forgetOnce } = await import("../lib/retention/forget");
const { ensurePartitions } = await import("../lib/retention/partitions");
try {
  const began = performance.now();
  for (let done = 0; done < OLD; done += PARTITION) await seed(Math.min(PARTITION, OLD - done));
  await sql`select setval(pg_get_serial_sequence('events', 'id'), (select max(event_id) + ${PARTITION} from event_bodies))`;
  await ensurePartitions();
  await sql`vacuum analyze`;
  const [stored] = await sql`
    select count(*)::int as partitions, sum(pg_total_relation_size(('public.' || name)::regclass))::bigint as bytes
    from list_body_partitions()`;
  log(`${OLD} old events in ${seconds(began)} s: ${stored?.partitions} partitions, ${mib(stored?.bytes)} MiB of bytes`);

  await sql`update deliveries set status = 'dead' where id in (
    select min(id) from deliveries where event_id <= (select max(id) / 2 from events) group by event_id / ${PARTITION})`;
  await sql`insert into retention (class, days, changed_by) values ('bodies', 90, 'bench')`;
  await measure("bytes, whole partitions and batches");
  await sql`insert into retention (class, days, changed_by) values ('events', 90, 'bench')`;
  await measure("events with deliveries and attempts");
} finally {
  await desk.close();
  await teardown?.();
}

/** Events of 100 days ago, delivered, with 700 bytes each. */
async function seed(count: number): Promise<void> {
  await ensurePartitions();
  await sql`
    with made as (
      insert into events (provider, event_key, event_type, trust, parse_status, body_size, body_sha256,
        fingerprint, payload, method, path, headers, received_at, status)
      select 'stripe', k, 'invoice.paid', 'signed', 'ok', 700, sha256(convert_to(k, 'UTF8')),
        sha256(convert_to(k, 'UTF8')), jsonb_build_object('id', k), 'POST', '/', '[]', now_() - interval '100 days', 'processed'
      from (select 'evt_' || gen_random_uuid() as k from generate_series(1, ${count})) k
      returning id
    ),
    bytes as (
      insert into event_bodies (event_id, raw_body)
      select id, convert_to(repeat(md5(id::text), 22), 'UTF8') from made
    ),
    sent as (
      insert into deliveries (event_id, destination_id, status, finished_at, attempt_count)
      select id, (select min(id) from destinations), 'delivered', now_(), 1 from made returning id
    )
    insert into attempts (delivery_id, number, status, fence, worker, finished_at)
    select id, 1, 'succeeded', 1, 'bench', now_() from sent`;
}

/** Live events in turns, alone and while rows go, until all are gone. */
async function measure(what: string): Promise<void> {
  let goes = false;
  let ended = false;
  let beside = 0;
  const forgetting = forgetOnce(async () => {
    while (!goes) await sleep(5);
    return true;
  }).finally(() => {
    ended = true;
  });
  const times = { alone: [] as number[], beside: [] as number[] };
  for (let turn = 0; turn < LEAST_TURNS || !ended; turn += 1) {
    goes = false;
    times.alone.push(...(await live(() => false)));
    goes = true;
    const started = performance.now();
    if (!ended) times.beside.push(...(await live(() => ended)));
    beside += performance.now() - started;
    if (ended) break;
  }
  const rows = await forgetting;
  const [alone, busy] = [quantile(times.alone, 0.95), quantile(times.beside, 0.95)];
  log(`${what}: ${rows} rows in ${(beside / 1000).toFixed(1)} s of turns, ${Math.round(rows / (beside / 1000))}/s`);
  log(`  accept alone:  ${times.alone.length} events, p50 ${quantile(times.alone, 0.5)} ms, p95 ${alone} ms`);
  log(`  accept beside: ${times.beside.length} events, p50 ${quantile(times.beside, 0.5)} ms, p95 ${busy} ms`);
  log(`  ratio of p95: ${(busy / alone).toFixed(2)}`);
}

async function live(isOver: () => boolean): Promise<number[]> {
  const times: number[] = [];
  const sends: Promise<void>[] = [];
  for (let end = Date.now() + TURN_MS; Date.now() < end && !isOver(); ) {
    const started = performance.now();
    sends.push(
      send("stripe", stripeEvent({ type: "invoice.payment_failed" })).then(({ status }) => {
        if (status !== 200) throw new Error(`A webhook was answered ${status}.`);
        times.push(performance.now() - started);
      }),
    );
    await sleep(1000 / LIVE_PER_SECOND);
  }
  await Promise.all(sends);
  return times;
}

function quantile(times: number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN) * 10) / 10;
}

function seconds(began: number): string {
  return ((performance.now() - began) / 1000).toFixed(0);
}

function mib(bytes: unknown): number {
  return Math.round(Number(bytes) / 1024 / 1024);
}
