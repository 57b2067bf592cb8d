/** A history as a busy desk has it after 30 days, written by set-based SQL straight into the tables. */
import type postgres from "postgres";

/** How far back the events reach. */
const DAYS = 30;

/** Fills events, deliveries, attempts and statistics. Mostly processed; about one in fifty is anything else. */
export async function seedHistory(sql: postgres.Sql, events: number): Promise<void> {
  await seedDestinations(sql);
  await seedRange(sql, { events, from: 1, to: events });
  await seedStatistics(sql);
  await sql`vacuum analyze`;
}

/** Where the events of a history went. */
export async function seedDestinations(sql: postgres.Sql): Promise<void> {
  await sql`
    insert into destinations (slug, name, kind, providers, url)
    select 'bench-' || n, 'Bench ' || n, 'http', '{}', 'https://example.com/' || n from generate_series(0, 4) n`;
}

/**
 * The events `from` to `to` of a history of `events`, counted from the newest. A history in parts begins with the oldest,
 * because ids rise with time. Bodies have 100 to 500 bytes, 300 in the middle.
 */
export async function seedRange(
  sql: postgres.Sql,
  { events, from, to }: { events: number; from: number; to: number },
): Promise<void> {
  const [before] = await sql`select coalesce(max(id), 0) as id from events`;
  const last = before?.id;
  await sql`
    insert into events (provider, event_key, event_type, status, trust, parse_status, organisation_id,
      company_id, body_size, body_sha256, fingerprint, payload, method, path, headers, received_at, processed_at,
      attempt_count, replay_count, last_error_class, last_error)
    select provider, key, event_type, status::event_status, 'signed', 'ok', 'org_' || n % 2000,
      case when n % 3 = 0 then 'company_' || n % 500 end, octet_length(payload::text), sha256(key::bytea),
      sha256(key::bytea), payload, 'POST', '/api/webhooks/' || provider, '[["content-type", "application/json"]]',
      received_at, received_at + interval '1 second',
      case when status in ('failed', 'dead') then 4 when n % 40 = 0 then 2 else 1 end,
      case when status = 'replayed' then 1 else 0 end,
      case when status in ('failed', 'dead') then (array['timeout', 'http_5xx', 'connection_refused', 'http_422'])[1 + n % 4]
      end::error_class,
      case when status in ('failed', 'dead') then 'The endpoint answered 503.' end
    from (
      select n, (array['stripe', 'stripe', 'stripe', 'stripe', 'chatwoot', 'chatwoot', 'telnyx', 'telnyx', 'shopify',
          'standard'])[1 + n % 10] as provider,
        case n % 10 when 4 then 'message_created' when 5 then 'conversation_updated' when 6 then 'call.hangup'
          when 7 then 'message.received' when 8 then 'orders/create' when 9 then case n % 1000 when 9 then 'rare.type' else 'note.added' end
          else (array['invoice.payment_succeeded', 'invoice.payment_failed', 'customer.subscription.updated',
            'charge.refunded', 'payment_intent.succeeded'])[1 + n / 10 % 5] end as event_type,
        case when n < 20 then 'received' when n < 30 then 'processing' when n % 331 = 0 then 'dead'
          when n % 997 = 0 and n < ${events} / 30 then 'failed' when n % 211 = 0 then 'replayed' when n % 503 = 0 then 'resolved'
          when n % 97 = 0 then 'ignored' else 'processed' end as status,
        'evt_' || md5(n::text) as key,
        jsonb_build_object('id', 'evt_' || md5(n::text), 'number', n, 'text', repeat('some words ', 4 + n % 33)) as payload,
        now() - (n + random()) * (${DAYS} * interval '1 day' / ${events}::integer) as received_at
      from generate_series(${to}::integer, ${from}::integer, -1) n
    ) x`;
  await sql`insert into event_bodies (event_id, raw_body) select id, convert_to(payload::text, 'UTF8') from events where id > ${last}`;
  await sql`
    insert into event_keys (provider, key_hash, event_id)
    select provider, sha256(event_key::bytea), id from events where id > ${last}`;
  await sql`
    insert into deliveries (event_id, destination_id, status, due_at, attempt_count, tries, finished_at, created_at,
      last_error_class, last_error, last_http_status)
    select e.id, d.id, case e.status when 'dead' then 'dead' when 'failed' then 'retrying' when 'received' then 'pending'
        when 'processing' then 'pending' when 'resolved' then 'cancelled' else 'delivered' end::delivery_status,
      now() + interval '1 day', e.attempt_count, e.attempt_count,
      case when e.status not in ('failed', 'received', 'processing') then e.processed_at end, e.received_at, e.last_error_class,
      e.last_error, case when e.last_error_class is null then 200 else (array[503, 500, 502, 422])[1 + e.id % 4] end
    from events e join destinations d on d.slug = 'bench-' || e.id % 5
    where e.status <> 'ignored' and e.id > ${last}`;
  await sql`
    insert into attempts (delivery_id, number, status, fence, worker, started_at, finished_at, duration_ms, http_status)
    select d.id, a.n, case when a.n = d.attempt_count and d.last_error_class is null then 'succeeded' else 'failed' end::attempt_status,
      a.n, 'bench', d.created_at, d.created_at + interval '1 second', 80 + d.id % 900, d.last_http_status
    from deliveries d cross join lateral generate_series(1, d.attempt_count) a(n) where d.event_id > ${last}`;
}

/** Counts what is there. */
export async function seedStatistics(sql: postgres.Sql): Promise<void> {
  await sql`
    insert into statistics (minute, provider, event_type, outcome, shard, count)
    select date_trunc('minute', received_at), provider, event_type, 'received', id % 2, count(*)
    from events group by 1, 2, 3, 5`;
  await sql`
    insert into statistics (minute, provider, event_type, outcome, shard, count)
    select date_trunc('minute', received_at), provider, event_type, 'delivered', id % 2, count(*)
    from events where status in ('processed', 'replayed') group by 1, 2, 3, 5`;
}
