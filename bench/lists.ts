/**
 * Each list of the API at its largest limit, with 100,000 events in a database of its own: every read of the registry that
 * answers JSON, so that a new one is measured, too. Prints the slowest of some readings of each, and exits with 1 when one
 * takes a second.
 *
 *   npm run bench:lists [-- 20000]       another number of events
 */
import postgres from "postgres";
import { API, type Operation } from "../lib/contract/openapi";
import { schemaOf } from "../lib/contract/openapi-document";
import { closeDatabase } from "../lib/db/client";
import { migrate } from "../lib/db/migrate";
import { startThrowawayPostgres } from "../lib/db/throwaway";
import { TEST_ENVIRONMENT } from "../tests/fixtures/sign";
import type { Ask } from "../tests/support/api";
import { openApi } from "../tests/support/api-desk";
import { seedHistory } from "./history-seed";

const EVENTS = Number(process.argv[2] ?? 100_000);
const REPLAYS = 2_000;
const ITEMS = 10_000;
const ACTIONS = 50_000;
const READINGS = 5;
const LIMIT_MS = 1_000;

const cluster = await startThrowawayPostgres();
try {
  const url = await cluster.create("bench");
  await migrate(url, () => {});
  Object.assign(process.env, TEST_ENVIRONMENT, { DATABASE_URL: url });
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } });
  const { event, destination, replay } = await seed(sql);
  await sql.end();
  const ask = await openApi();
  muteRequestLog();
  const slow: string[] = [];
  for (const operation of lists()) {
    const path = operation.path
      .replace("/destinations/{id}", `/destinations/${destination}`)
      .replace(/(replays)\/\{id\}/, `$1/${replay}`)
      .replace("/events/{id}", `/events/${event}`);
    const { milliseconds, entries, status } = await read(ask, `/api${path}${largest(operation)}`);
    console.log(
      `${String(Math.round(milliseconds)).padStart(7)} ms  ${String(entries).padStart(6)}  GET ${path}${largest(operation)}`,
    );
    if (status !== 200 || milliseconds >= LIMIT_MS) slow.push(`${path} (${status})`);
  }
  console.log(
    slow.length > 0 ? `Too slow, or failed: ${slow.join(", ")}` : `All under ${LIMIT_MS} ms, with ${EVENTS} events.`,
  );
  process.exitCode = slow.length > 0 ? 1 : 0;
  await closeDatabase();
} finally {
  await cluster.remove();
}

/** The routes log each request to standard output, one JSON object a line. */
function muteRequestLog(): void {
  const write = process.stdout.write.bind(process.stdout);
  const filtered = (text: string | Uint8Array) => String(text).startsWith('{"at"') || write(text);
  process.stdout.write = filtered as typeof process.stdout.write;
}

/** Reads that answer JSON. Not a person's own, which a token has not; nor a preview, which applies changes and is no list. */
function lists(): Operation[] {
  const others = ["/sessions", "/event-views", "/webhooks/replays/{id}/preview"];
  return API.flatMap((chapter) => chapter.operations).filter(
    ({ method, path, answer }) => method === "get" && "safeParse" in answer && !others.includes(path),
  );
}

/** `?limit=500`: the most that the operation takes; and a text where a search needs one. */
function largest({ query }: Operation): string {
  const { properties = {}, required = [] } = query ? schemaOf(query, "input") : {};
  const limit = (properties.limit as { maximum?: number } | undefined)?.maximum;
  const parts = [
    limit && `limit=${limit}`,
    required.includes("q") && "q=evt_c4ca4238",
    "count" in properties && "count=1",
  ];
  const given = parts.filter(Boolean).join("&");
  return given && `?${given}`;
}

async function read(ask: Ask, path: string) {
  let milliseconds = 0;
  let last: Awaited<ReturnType<Ask>> | undefined;
  for (let n = 0; n <= READINGS; n++) {
    const started = performance.now();
    last = await ask("GET", path);
    // The first one fills the caches of a young server.
    if (n > 0) milliseconds = Math.max(milliseconds, performance.now() - started);
  }
  const sizes = Object.values(last?.body ?? {}).map((value) => (Array.isArray(value) ? value.length : 0));
  return { milliseconds, entries: Math.max(0, ...sizes), status: last?.status ?? 0 };
}

/** A history, with replays, of which one has many items, and a long audit log. */
async function seed(sql: postgres.Sql) {
  await seedHistory(sql, EVENTS);
  await sql`
    insert into replays (kind, status, reason, actor, actor_id, options, selection, matched, total, succeeded, queued_at,
      started_at, completed_at)
    select 'keys', 'completed', 'bench ' || n, 'Ada', 'ada', '{"canary": 0, "batchSize": 100, "delayBetweenBatches": 0}',
      '{"event_ids": []}', ${ITEMS}, ${ITEMS}, ${ITEMS}, now(), now(), now()
    from generate_series(1, ${REPLAYS}) n`;
  await sql`
    insert into replay_items (replay_id, position, event_id, delivery_id, ordering_key, fed_at, outcome, error_class, detail,
      attempt_id, finished_at)
    select (select max(id) from replays), row_number() over (order by d.id), d.event_id, d.id, d.id::text, now(),
      case when d.id % 2 = 0 then 'failed' else 'delivered' end::replay_outcome, 'http_5xx', 'It answered 503.', a.id, now()
    from (select * from deliveries order by id limit ${ITEMS}) d
    left join attempts a on a.delivery_id = d.id and a.number = d.attempt_count`;
  await sql`
    insert into staff_actions (actor, actor_id, action, subject, acted_at)
    select 'Ada ' || n % 50, 'ada', 'event.resolve', 'we_' || n, now() - n * interval '1 minute'
    from generate_series(1, ${ACTIONS}) n`;
  await sql`vacuum analyze`;
  const [ids] = await sql`
    select 'we_' || (select max(id) from events) as event, 'ds_' || (select min(destination_id) from deliveries) as destination,
      'wr_' || (select max(id) from replays) as replay`;
  return ids as { event: string; destination: string; replay: string };
}
