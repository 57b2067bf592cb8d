/**
 * What grouping dead letters costs when there are many: 200,000 events in a database of its own, half of them dead for
 * 40 causes at 5 destinations. Prints the median of some readings, in milliseconds.
 *
 *   node --import tsx bench/dead-letters.ts
 */
import postgres from "postgres";
import { migrate } from "../lib/db/migrate";
import { startThrowawayPostgres } from "../lib/db/throwaway";

const EVENTS = 200_000;
const READINGS = 7;

const cluster = await startThrowawayPostgres();
try {
  const url = await cluster.create("bench");
  await migrate(url, () => {});
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { TimeZone: "UTC" } });
  const started = performance.now();
  await seed(sql);
  console.log(`seeded in ${Math.round((performance.now() - started) / 1000)} s`);
  const [first] = await sql`select list_dead_letter_groups(100, null) as page`;
  const group = first?.page.groups[0];
  const cause = { destination: [group.destination.slug], error_group: [group.error_group], delivery_status: ["dead"] };
  console.log(`${first?.page.total.deliveries} dead deliveries in ${first?.page.total.groups} groups`);
  await time("list_dead_letter_groups", () => sql`select list_dead_letter_groups(100, null)`);
  await time("count_dead_letters", () => sql`select read_nav_counts(null)`);
  for (const [name, filter] of Object.entries({
    "a group": { status: ["dead"], ...cause },
    "a destination that answered 5xx": { destination: [group.destination.slug], http_status: ["5xx"] },
    "status 418, which none has": { http_status: ["418"] },
    "at least 3 attempts": { attempts: 3 },
    "text that many payloads have": { text: "number 7" },
    "text that no payload has": { text: "nowhere to be found" },
  })) {
    await time(`first page: ${name}`, () => sql`select list_events(${sql.json(filter)}, 50, null, null)`);
    await time(`count: ${name}`, () => sql`select count_events(${sql.json(filter)}, null)`);
  }
  await sql.end();
} finally {
  await cluster.remove();
}

async function seed(sql: postgres.Sql): Promise<void> {
  await sql`
    insert into destinations (slug, name, kind, providers, url)
    select 'd' || n, 'Destination ' || n, 'http', '{*}', 'https://example.com/' || n from generate_series(0, 4) n`;
  await sql`
    insert into events (provider, event_key, event_type, status, trust, parse_status, body_size, body_sha256,
      fingerprint, payload, method, path, headers, received_at, attempt_count)
    select (array['stripe', 'chatwoot', 'telnyx'])[1 + n % 3], 'k' || n, 'type.' || n % 7,
      case n % 2 when 0 then 'dead' else 'processed' end::event_status, 'signed', 'ok', 700,
      '', '', jsonb_build_object('id', n, 'text', repeat('some words ', 60) || 'number ' || n),
      'POST', '/', '[]', now() - n * interval '4 seconds', 1 + n % 4
    from generate_series(1, ${EVENTS}) n`;
  await sql`
    insert into deliveries (event_id, destination_id, status, finished_at, attempt_count, last_error_class, last_error,
      last_http_status)
    select e.id, d.id, e.status::text::delivery_status, e.received_at, 1, 'http_5xx',
      format('host%s answered %s. Cause %s, request "%s".', n.id, 500 + e.id % 4, repeat(chr(97 + (e.id % 8)::int), 3), e.id),
      500 + e.id % 4
    from events e join destinations d on d.slug = 'd' || e.id % 5 cross join lateral (select e.id) n
    where e.status = 'dead'`;
  await sql`
    insert into deliveries (event_id, destination_id, status, finished_at, attempt_count, last_http_status)
    select e.id, d.id, 'delivered', e.received_at, 1, 200
    from events e join destinations d on d.slug = 'd' || e.id % 5 where e.status = 'processed'`;
  const started = performance.now();
  await sql`select count(error_group_of(last_error_class, last_http_status, last_error)) from deliveries`;
  console.log(`naming the causes of 100,000 failures takes ${Math.round(performance.now() - started)} ms`);
  await sql`vacuum analyze`;
}

async function time(name: string, read: () => PromiseLike<unknown>): Promise<void> {
  const took: number[] = [];
  for (let n = 0; n < READINGS; n += 1) {
    const started = performance.now();
    await read();
    took.push(performance.now() - started);
  }
  const median = took.sort((a, b) => a - b)[Math.floor(READINGS / 2)] as number;
  console.log(`${median.toFixed(1).padStart(8)} ms  ${name}`);
}
