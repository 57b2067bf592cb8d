/** What is stored before the run of bench/reconcile.ts: a history, and of the listed events those that came. */
import postgres from "postgres";
import { idOf, isLost, LISTED, SPAN_SECONDS } from "./reconcile-events";
import { seedLargeHistory } from "./support/large-history";

/** Fills a migrated, empty database with `stored` events and the listed ones, the newest of which is of `until`. */
export async function seedStored(databaseUrl: string, stored: number, until: number): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await seedLargeHistory(sql, stored, () => {});
  const ids = Array.from({ length: LISTED }, (_, n) => n).filter((n) => !isLost(n));
  await sql`
    insert into events (provider, event_key, event_type, status, trust, parse_status, body_size,
      body_sha256, fingerprint, method, path, headers, received_at, occurred_at, origin)
    select 'stripe', key, 'invoice.payment_failed', 'ignored', 'signed', 'ok', 2, sha256('{}'),
      sha256('{}'), 'POST', '/api/webhooks/stripe', '[]', at, at, 'webhook'
    from unnest(${ids.map(idOf)}::text[]) key, to_timestamp(${until - SPAN_SECONDS}) at`;
  await sql`
    insert into event_keys (provider, key_hash, event_id)
    select provider, sha256(event_key::bytea), id from events where event_key like 'evt_listed%'`;
  await sql`insert into event_bodies (event_id, raw_body) select id, '{}' from events where event_key like 'evt_listed%'`;
  // The schedule's own first run reads the same list, with the same budget.
  await sql`insert into watches (provider, enabled) values ('stripe', false)`;
  await sql`vacuum analyze`;
  await sql.end();
}
