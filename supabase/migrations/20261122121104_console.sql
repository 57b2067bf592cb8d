-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

DROP INDEX "public"."events_newest_first";

DROP FUNCTION "public"."count_statistics"(timestamp WITH time zone, timestamp WITH time zone);

DROP FUNCTION "public"."list_events"(jsonb, integer, text);

DROP FUNCTION "public"."read_analytics"(integer, integer);

DROP FUNCTION "public"."sum_outcomes"(public.statistics[]);

CREATE TABLE "public"."event_views" (
  "id"         bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "staff_id"   uuid                     NOT NULL,
  "name"       text                     NOT NULL,
  "query"      text                     NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "event_views_name_check" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 60))),
  CONSTRAINT "event_views_pkey" PRIMARY KEY (id),
  CONSTRAINT "event_views_query_check" CHECK ((char_length(query) <= 4000))
);

ALTER TABLE "public"."event_views"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_views" FROM "anon", "authenticated";

CREATE TABLE "public"."statistics_hours" (
  "hour"       timestamp with time zone NOT NULL,
  "provider"   text                     NOT NULL,
  "event_type" text                     NOT NULL,
  "outcome"    text                     NOT NULL,
  "shard"      smallint                 NOT NULL,
  "count"      bigint                   NOT NULL,
  CONSTRAINT "statistics_hours_outcome_check"
    CHECK ((outcome = ANY (ARRAY['received'::text, 'duplicate'::text, 'conflict'::text, 'rejected'::text, 'delivered'::text, 'failed'::text, 'dead'::text]))),
  CONSTRAINT "statistics_hours_pkey" PRIMARY KEY (hour, PROVIDER, event_type, outcome, shard)
);

ALTER TABLE "public"."statistics_hours"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."statistics_hours"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."statistics_hours" FROM "anon", "authenticated";

REVOKE ALL ON SEQUENCE "public"."event_views_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."event_views_id_seq" FROM "authenticated";

CREATE OR REPLACE FUNCTION public.add_statistics (
  p_counts jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.statistics as s (minute, provider, event_type, outcome, shard, count, duration_ms)
  select date_trunc('minute', now()), c.provider, c.event_type, c.outcome, (pg_backend_pid() % 16)::smallint, sum(c.count),
    coalesce(sum(c.duration_ms), 0)
  from jsonb_to_recordset(p_counts) as c(provider text, event_type text, outcome text, count bigint, duration_ms bigint)
  group by c.provider, c.event_type, c.outcome
  -- Sorted: two transactions that share rows lock them in the same order.
  order by c.provider, c.event_type, c.outcome
  on conflict (minute, provider, event_type, outcome, shard) do update
    set count = s.count + excluded.count, duration_ms = s.duration_ms + excluded.duration_ms;

  insert into public.statistics_hours as h (hour, provider, event_type, outcome, shard, count)
  select date_trunc('hour', now(), 'UTC'), c.provider, c.event_type, c.outcome, (pg_backend_pid() % 16)::smallint,
    sum(c.count)
  from jsonb_to_recordset(p_counts) as c(provider text, event_type text, outcome text, count bigint)
  group by c.provider, c.event_type, c.outcome
  order by c.provider, c.event_type, c.outcome
  on conflict (hour, provider, event_type, outcome, shard) do update set count = h.count + excluded.count;
$function$;

CREATE OR REPLACE FUNCTION public.changes_since (
  p_cursor text DEFAULT NULL::text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET plan_cache_mode TO 'force_generic_plan'
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_now pg_snapshot := pg_current_snapshot();
  v_cursor text := (extract(epoch from now()) * 1000)::bigint || '~' || v_now;
  v_seen pg_snapshot;
  v_end bigint := pg_snapshot_xmax(v_now)::text::bigint;
  v_age integer;
  v_answer jsonb;
begin
  if p_cursor ~ '^\d{13}~\d{1,18}:\d{1,18}:[\d,]*$'
    and to_timestamp(split_part(p_cursor, '~', 1)::bigint / 1000.0) > now() - interval '10 minutes'
  then
    v_seen := public.snapshot_of(split_part(p_cursor, '~', 2));
  end if;
  if v_seen is null or pg_snapshot_xmax(v_seen)::text::bigint > v_end then
    return jsonb_build_object('cursor', v_cursor, 'reset', true, 'topics', '[]'::jsonb, 'event_ids', '[]'::jsonb,
      'replay_ids', '[]'::jsonb);
  end if;
  if v_seen::text = v_now::text then
    return jsonb_build_object('cursor', p_cursor, 'reset', false, 'topics', '[]'::jsonb, 'event_ids', '[]'::jsonb,
      'replay_ids', '[]'::jsonb);
  end if;
  v_age := age(pg_snapshot_xmin(v_seen)::xid);

  with recent as (
    (select 'event' as what, e.id, null::bigint as replay_id, null as word, false as ended, e.received_at as at, e.xmin as xid
      from public.events e order by e.id desc limit 300)
    union all
    (select 'attempt', a.delivery_id, a.replay_id, null, a.status <> 'open', a.started_at, a.xmin
      from public.attempts a order by a.id desc limit 2000)
    union all
    (select 'action', null, case when s.subject ~ '^[wb]r_\d{1,18}$' then substr(s.subject, 4)::bigint end,
        s.action, false, s.acted_at, s.xmin
      from public.staff_actions s order by s.acted_at desc, s.id desc limit 50)
    union all
    (select 'replay', null, r.id, null, false, r.created_at, r.xmin
      from public.replays r order by r.created_at desc, r.id desc limit 50)
    union all
    (select 'replay', null, r.id, null, false, r.created_at, r.xmin
      from public.replays r where r.status in ('queued', 'running', 'paused') order by r.id limit 200)
    union all
    (select 'notice', n.id, null, null, false, n.created_at, n.xmin from public.notices n order by n.id desc limit 20)
    union all
    (select 'rejection', x.id, null, null, false, x.received_at, x.xmin from public.rejections x order by x.id desc limit 20)
  ),
  reach as (
    select count(*) filter (where r.what = 'event') < 300
        or min(r.at) filter (where r.what = 'event') < now() - interval '10 seconds' as of_events,
      count(*) filter (where r.what = 'attempt') < 2000
        or min(r.at) filter (where r.what = 'attempt') < now() - interval '2 minutes' as of_attempts
    from recent r
  ),
  -- xmin has 32 bits: the newest full number below ours that ends with them. Its age is cheap to know, and rules out most.
  fresh as materialized (
    select * from recent r
    where age(r.xid) <= v_age and not pg_visible_in_snapshot(
      (v_end - ((v_end - r.xid::text::bigint) & 4294967295))::text::xid8, v_seen
    )
  ),
  moved as (
    select d.event_id, d.status, f.replay_id
    from fresh f join public.deliveries d on d.id = f.id
    where f.what = 'attempt'
  ),
  ids as (
    select f.id from fresh f where f.what = 'event' union select m.event_id from moved m order by 1 desc limit 101
  ),
  runs as (select distinct f.replay_id as id from fresh f where f.replay_id is not null order by 1 desc limit 101),
  said as (
    -- A person's action on events or destinations may move any event.
    select coalesce(bool_or(f.what = 'action' and f.word ~ '^(event|destination|replay)\.'), false) as acted,
      array_agg(distinct f.what) as whats, coalesce(bool_or(f.word like 'destination.%'), false) as switched,
      coalesce(bool_or(f.ended), false) as ended
    from fresh f
  )
  select jsonb_build_object(
    'cursor', v_cursor,
    'reset', false,
    'topics', to_jsonb(array_remove(array[
      case when s.acted or s.whats && '{event,attempt}' then 'events' end,
      case when s.acted or exists (select from moved m where m.status = 'dead' or m.replay_id is not null)
        then 'dead_letters' end,
      case when exists (select from runs) then 'replays' end,
      case when s.ended or s.switched then 'destinations' end,
      case when 'rejection' = any (s.whats) then 'rejections' end,
      case when 'notice' = any (s.whats) then 'notices' end,
      case when 'action' = any (s.whats) then 'audit' end
    ], null)),
    'event_ids', case
      when s.acted or (select count(*) from ids) > 100
        or 'attempt' = any (s.whats) and not (select c.of_attempts from reach c)
        or 'event' = any (s.whats) and not (select c.of_events from reach c) then null
      else coalesce((select jsonb_agg(i.id) from ids i), '[]')
    end,
    'replay_ids', case
      when (select count(*) from runs) > 100 then null
      else coalesce((select jsonb_agg(i.id) from runs i), '[]')
    end
  ) into v_answer
  from said s;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."changes_since"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.claim_deliveries (
  p_worker        text,
  p_limit         integer,
  p_lease_seconds integer,
  p_replay_limit  integer DEFAULT NULL::integer,
  p_slots         integer DEFAULT NULL::integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_waiting bigint[];
  v_destinations bigint[];
  v_replays_left integer := coalesce(p_replay_limit, p_limit);
  s record;
  v_live bigint[];
  v_replayed bigint[];
  v_chosen bigint[] := '{}';
  v_work jsonb;
  v_next_due timestamptz;
begin
  perform public.expire_leases(p_limit);

  -- One index probe per destination that has waiting work: destinations without any cost nothing.
  with recursive waiting as (
    (
      select d.destination_id from public.deliveries d
      where d.status in ('pending', 'retrying')
      order by d.destination_id
      limit 1
    )
    union all
    select (
      select d.destination_id from public.deliveries d
      where d.status in ('pending', 'retrying') and d.destination_id > w.destination_id
      order by d.destination_id
      limit 1
    )
    from waiting w
    where w.destination_id is not null
  )
  select array_agg(x.id), (array_agg(x.id order by random()) filter (where x.open))[1:p_limit] into v_waiting, v_destinations
  from (
    select t.id, public.room_at(t, h, p_worker, p_slots) > 0 or public.may_try(t, h) as open
    from waiting w
    join public.destinations t on t.id = w.destination_id
    left join public.destination_health h on h.destination_id = t.id
    where exists (
      select from public.deliveries d
      where d.destination_id = t.id and d.status in ('pending', 'retrying') and d.lane in ('live', 'replay')
        and d.due_at <= now()
    )
  ) x;

  -- One claim per destination at a time keeps its concurrency, rate and order exact. Workers queue for a few milliseconds,
  -- in turn, and the next statement sees what the one before them took.
  perform from public.destinations t where t.id = any (v_destinations) order by t.id for no key update;

  for s in
    select t.id, r.share, case when r.room = 0 and public.may_try(t, h) then public.single_replay_due(t.id) end as single,
      ceil(t.max_concurrency / 2.0) - (
        select count(*) from public.deliveries d
        where d.destination_id = t.id and d.status = 'claimed' and d.lane = 'replay'
      ) as replay_share
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    cross join lateral (
      select x.room, least(greatest(1, p_limit / cardinality(v_destinations)), x.room) as share
      from (select public.room_at(t, h, p_worker, p_slots) as room offset 0) x
    ) r
    where t.id = any (v_destinations)
    order by random()
  loop
    if s.single is not null then
      -- A person wants to know now: their delivery is the probe.
      v_replayed := array(select s.single where v_replays_left > 0);
      v_live := '{}';
    else
      v_live := public.due_deliveries(s.id, 'live', s.share, '{}');
      v_replayed := public.due_deliveries(
        s.id, 'replay', least(s.share - cardinality(v_live), s.replay_share, v_replays_left)::integer, v_live
      );
    end if;
    v_replays_left := v_replays_left - cardinality(v_replayed);
    v_chosen := v_chosen || v_live || v_replayed;
  end loop;

  -- What a person moves this moment is passed over.
  v_chosen := array(
    select d.id from public.deliveries d
    where d.id = any (v_chosen) and d.status in ('pending', 'retrying')
    order by d.id
    for update skip locked
  );

  if cardinality(v_chosen) > 0 then
    with leased as (
      update public.deliveries d set
        status = 'claimed',
        fence = d.fence + 1,
        attempt_count = d.attempt_count + 1,
        tries = d.tries + 1,
        lease_until = now() + make_interval(secs => p_lease_seconds),
        worker = p_worker
      where d.id = any (v_chosen)
      returning d as row
    ),
    claimed as (
      select (l.row).* from leased l
    ),
    opened as (
      insert into public.attempts (delivery_id, number, fence, worker, replay_id)
      select c.id, c.attempt_count, c.fence, p_worker, c.replay_id from claimed c
      returning id, delivery_id, number
    )
    select jsonb_agg(jsonb_build_object(
      'delivery_id', c.id, 'fence', c.fence, 'attempt_id', o.id, 'attempt_number', o.number, 'try', c.tries,
      'replay_id', case when c.lane = 'replay' then c.replay_id end,
      'event', jsonb_build_object(
        'id', e.id, 'provider', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
        'received_at', public.iso(e.received_at), 'occurred_at', public.iso(e.occurred_at), 'headers', e.headers,
        'content_type', e.content_type, 'organisation_id', e.organisation_id, 'company_id', e.company_id,
        'settings', (select o.settings from public.sources o where o.id = e.source_id),
        'body', encode(e.raw_body, 'base64')
      ),
      'destination', jsonb_build_object(
        'id', t.id, 'slug', t.slug, 'kind', t.kind, 'url', t.url, 'headers', t.headers,
        'secrets', t.secrets, 'timeout_ms', t.timeout_ms,
        'max_attempts', coalesce(p.max_attempts, t.max_attempts),
        'base_delay_ms', coalesce(p.base_delay_ms, t.base_delay_ms),
        'backoff_factor', coalesce(p.backoff_factor, t.backoff_factor)
      )
    ) order by c.id)
    into v_work
    from claimed c
    join opened o on o.delivery_id = c.id
    join public.events e on e.id = c.event_id
    join public.destinations t on t.id = c.destination_id
    left join lateral public.replay_retries((select l.row from leased l where (l.row).id = c.id)) p on true;

    perform public.roll_up_events(array(
      select distinct d.event_id from public.deliveries d where d.id = any (v_chosen)
    ));
    perform public.spend(v_chosen);
  else
    v_next_due := public.next_due(p_worker, p_slots, v_replays_left > 0);
  end if;

  return jsonb_build_object(
    'work', coalesce(v_work, '[]'),
    'waiting', coalesce(to_jsonb(v_waiting), '[]'),
    'next_due_ms', case when v_next_due is not null then
      greatest(0, ceil(extract(epoch from v_next_due - clock_timestamp()) * 1000))::bigint
    end
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.count_by_event (
  p_condition text,
  p_from      timestamp with time zone,
  p_to        timestamp with time zone,
  p_seconds   integer,
  p_most      integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_answer jsonb;
begin
  -- Grouped by status and only then by outcome, so that no function is called for each event.
  execute format(
    'with newest as materialized (
       select e.received_at, e.status from public.events e
       where %s and e.received_at >= %L::timestamptz and e.received_at < %L::timestamptz
       order by e.received_at desc limit %s
     ),
     slots as (
       select date_bin(make_interval(secs => %s), n.received_at, timestamptz ''2000-01-01 00:00:00+00'') as at, n.status,
         count(*) as count
       from newest n group by 1, 2
     )
     select jsonb_build_object(
       ''counts'', coalesce((
         select jsonb_agg(jsonb_build_object(''at'', o.at, ''outcome'', o.outcome, ''count'', o.count))
         from (
           select s.at, public.histogram_outcome(s.status) as outcome, sum(s.count) as count from slots s group by 1, 2
         ) o
       ), ''[]''),
       ''counted_from'', (select public.iso(min(n.received_at)) from newest n having count(*) = %4$s)
     )',
    p_condition, p_from, p_to, p_most, p_seconds
  ) into v_answer;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_by_event"(text, timestamp WITH time zone, timestamp WITH time zone, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_by_statistics (
  p_filter  jsonb,
  p_from    timestamp with time zone,
  p_to      timestamp with time zone,
  p_seconds integer,
  p_most    integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_first timestamptz := date_trunc('minute', p_from + interval '1 minute' - interval '1 microsecond');
  v_last timestamptz := greatest(date_trunc('minute', p_to), v_first);
  v_condition text := public.event_predicate(p_filter - array['from_ts', 'to_ts', 'range']);
  v_unwell jsonb := public.count_by_event(
    v_condition || ' and e.status in (''received'', ''processing'', ''failed'', ''dead'', ''resolved'', ''ignored'')',
    v_first, v_last, p_seconds, p_most
  );
  v_answer jsonb;
begin
  if v_unwell ->> 'counted_from' is not null then
    return null;
  end if;

  execute format(
    'with received as (
       select date_bin(make_interval(secs => %s), e.minute, timestamptz ''2000-01-01 00:00:00+00'') as at,
         sum(e.count) as count
       from public.statistics e
       where e.minute >= %L::timestamptz and e.minute < %L::timestamptz and e.outcome = ''received'' and %s
       group by 1
     ),
     unwell as (
       select u.at, u.outcome, u.count
       from jsonb_to_recordset(%L::jsonb) as u(at timestamptz, outcome text, count bigint)
     ),
     edges as (
       select u.at, u.outcome, u.count
       from (values (%L::jsonb), (%L::jsonb)) as e(counts)
       cross join lateral jsonb_to_recordset(e.counts) as u(at timestamptz, outcome text, count bigint)
     )
     select jsonb_build_object(''counts'', coalesce(jsonb_agg(jsonb_build_object(
       ''at'', o.at, ''outcome'', o.outcome, ''count'', o.count
     )), ''[]''))
     from (
       select x.at, x.outcome, greatest(sum(x.count), 0) as count
       from (
         select r.at, ''processed'' as outcome, r.count from received r
         union all select u.at, ''processed'', -u.count from unwell u
         union all select u.at, u.outcome, u.count from unwell u
         union all select e.at, e.outcome, e.count from edges e
       ) x
       group by 1, 2
     ) o',
    p_seconds, v_first, v_last, v_condition, v_unwell -> 'counts',
    public.count_by_event(v_condition, p_from, least(v_first, p_to), p_seconds, p_most) -> 'counts',
    public.count_by_event(v_condition, v_last, p_to, p_seconds, p_most) -> 'counts'
  ) into v_answer;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_by_statistics"(jsonb, timestamp WITH time zone, timestamp WITH time zone, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_event_types (
  p_filter jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider_slug', t.provider, 'event_type', t.event_type, 'count', t.count
  ) order by t.count desc, t.event_type), '[]')
  from (
    select s.provider, s.event_type, sum(s.count) as count
    from public.statistics s
    where s.outcome = 'received'
      and s.minute >= coalesce(
        greatest((p_filter ->> 'from_ts')::timestamptz, now() - (p_filter ->> 'range')::interval),
        coalesce((p_filter ->> 'to_ts')::timestamptz, now()) - interval '7 days'
      )
      and s.minute < coalesce((p_filter ->> 'to_ts')::timestamptz, 'infinity')
    group by s.provider, s.event_type
    order by count desc
    limit 200
  ) t;
$function$;

REVOKE ALL ON FUNCTION "public"."count_event_types"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.counted_between (
  p_from           timestamp with time zone,
  p_to             timestamp with time zone,
  p_bucket_seconds integer
)
  RETURNS TABLE (
    at         timestamp with time zone,
    provider   text,
    event_type text,
    outcome    text,
    count      bigint
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_step interval := make_interval(secs => p_bucket_seconds);
  v_first timestamptz := date_trunc('hour', p_from + interval '1 hour' - interval '1 microsecond', 'UTC');
  v_last timestamptz := date_trunc('hour', p_to, 'UTC');
begin
  if p_bucket_seconds < 3600 or v_first >= v_last then
    v_first := p_to;
    v_last := p_to;
  end if;
  return query
    select date_bin(v_step, x.at, timestamptz '2000-01-01 00:00Z'), x.provider, x.event_type, x.outcome,
      sum(x.count)::bigint
    from (
      select s.minute as at, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s where s.minute >= p_from and s.minute < v_first
      union all
      select h.hour, h.provider, h.event_type, h.outcome, h.count
      from public.statistics_hours h where h.hour >= v_first and h.hour < v_last
      union all
      select s.minute, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s where s.minute >= v_last and s.minute < p_to
    ) x
    group by 1, 2, 3, 4;
end
$function$;

REVOKE ALL ON FUNCTION "public"."counted_between"(timestamp WITH time zone, timestamp WITH time zone, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_event_view (
  p_staff_id uuid,
  p_name     text,
  p_query    text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_view public.event_views;
begin
  -- One at a time per person, or two that race would both be the fiftieth.
  perform from public.staff_users u where u.id = p_staff_id for update;
  if (select count(*) from public.event_views v where v.staff_id = p_staff_id) >= 50 then
    return jsonb_build_object('refused', 'too_many');
  end if;
  insert into public.event_views (staff_id, name, query) values (p_staff_id, p_name, p_query)
  on conflict (staff_id, lower(name)) do nothing
  returning * into v_view;
  if v_view.id is null then
    return jsonb_build_object('refused', 'name_taken');
  end if;
  return jsonb_build_object('view', public.event_view(v_view));
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_event_view"(uuid, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delete_event_view (
  p_staff_id uuid,
  p_id       bigint
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  delete from public.event_views v where v.staff_id = p_staff_id and v.id = p_id;
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_event_view"(uuid, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_branches (
  p_filter jsonb
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  with lists as (
    select l.field, l.list
    from (values
      (1, 'status', p_filter -> 'status'),
      (2, 'event_type', to_jsonb(string_to_array(p_filter ->> 'event_type', ','))),
      (3, 'error_class', p_filter -> 'error_class'),
      (4, 'provider_slug', p_filter -> 'provider_slug')
    ) as l(n, field, list)
    where jsonb_array_length(l.list) between 2 and 12 and not p_filter ? 'text'
    order by l.n
    limit 1
  )
  select coalesce(
    (
      select array_agg(public.event_predicate(p_filter || jsonb_build_object(
        l.field, case l.field when 'event_type' then v.value else jsonb_build_array(v.value) end
      )))
      from lists l
      cross join lateral (select distinct x.value from jsonb_array_elements(l.list) x) v
    ),
    array[public.event_predicate(p_filter)]
  );
$function$;

REVOKE ALL ON FUNCTION "public"."event_branches"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_neighbours (
  p_id     bigint,
  p_filter jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_condition text := public.event_predicate(p_filter);
  v_place text;
  v_answer jsonb;
begin
  select format('(%L::timestamptz, %L::bigint)', e.received_at, e.id) into v_place from public.events e where e.id = p_id;
  if v_place is null then
    return null;
  end if;

  execute format(
    'select jsonb_build_object(
       ''newer'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) > %2$s
         order by e.received_at, e.id limit 1
       ),
       ''older'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) < %2$s
         order by e.received_at desc, e.id desc limit 1
       )
     )',
    v_condition, v_place
  ) into v_answer;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."event_neighbours"(bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_predicate (
  p_filter jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where c.field is null or p_filter ? c.field), 'true')
  from (values
    (1, 'provider_slug', public.one_of('e.provider', 'text', p_filter -> 'provider_slug')),
    (2, 'status', public.one_of('e.status', 'public.event_status', p_filter -> 'status')),
    (3, 'error_class', public.one_of('e.last_error_class', 'public.error_class', p_filter -> 'error_class')),
    -- One type or several with commas between them; a type has dots, never commas.
    (4, 'event_type', public.one_of('e.event_type', 'text', to_jsonb(string_to_array(p_filter ->> 'event_type', ',')))),
    (5, 'org_id', format('e.organisation_id = %L', p_filter ->> 'org_id')),
    (6, 'company_id', format('e.company_id = %L', p_filter ->> 'company_id')),
    -- strpos, not like: a searched % or _ means itself. Folded as ASCII, which is twice as fast: a key is no prose.
    (7, 'q', format(
      'strpos(lower(e.event_key collate "C"), lower(%L::text collate "C")) > 0', p_filter ->> 'q'
    )),
    (8, 'from_ts', format('e.received_at >= %L::timestamptz', p_filter ->> 'from_ts')),
    (9, 'to_ts', format('e.received_at < %L::timestamptz', p_filter ->> 'to_ts')),
    -- Moves with the clock, so the filter itself stays the same when it is asked twice.
    (10, 'range', format('e.received_at >= now() - %L::interval', p_filter ->> 'range')),
    (11, 'trust', public.one_of('e.trust', 'public.trust_level', p_filter -> 'trust')),
    (12, 'attempts', format('e.attempt_count >= %L::integer', p_filter ->> 'attempts')),
    (13, 'replayed', case p_filter ->> 'replayed' when '1' then 'e.replay_count > 0' else 'e.replay_count = 0' end),
    -- The dearest comes last. The payload as Postgres prints it: {"name": "value", "list": [1, 2]}.
    (14, 'text', format('strpos(lower(e.payload::text), lower(%L)) > 0', p_filter ->> 'text')),
    -- Null when the filter says nothing of deliveries.
    (15, null, 'exists (select from public.deliveries x where x.event_id = e.id and '
      || public.delivery_predicate(p_filter) || ')')
  ) as c(n, field, condition);
$function$;

CREATE OR REPLACE FUNCTION public.event_view (
  v public.event_views
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object('id', 'ev_' || v.id, 'name', v.name, 'query', v.query, 'created_at', public.iso(v.created_at));
$function$;

REVOKE ALL ON FUNCTION "public"."event_view"(public.event_views) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_events (
  p_query text,
  p_limit integer
)
  RETURNS TABLE (
    id bigint,
    n  integer
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
begin
  return query
  select f.id, min(f.n)
  from (
    select e.id, 1 as n from public.events e where e.id = public.number_in(p_query, 'we_')
    union all
    (select e.id, 2 from public.events e where e.request_id = p_query limit p_limit)
    union all
    -- Below the greatest character, which no key has.
    (select e.id, case when e.event_key = p_query then 3 else 4 end from public.events e
     where e.event_key ~>=~ p_query and e.event_key ~<~ (p_query || chr(1114111))
     order by e.event_key using ~<~ limit p_limit)
    union all
    (select e.id, 5 from public.events e
     where e.provider = 'platform' and substr(e.event_key, strpos(e.event_key, '/') + 1) ~>=~ p_query
       and substr(e.event_key, strpos(e.event_key, '/') + 1) ~<~ (p_query || chr(1114111))
     order by substr(e.event_key, strpos(e.event_key, '/') + 1) using ~<~ limit p_limit)
  ) f
  group by f.id
  order by 2
  limit p_limit;
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_events"(text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_organisations (
  p_query text,
  p_limit integer
)
  RETURNS text[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_next text;
  v_found text[] := '{}';
begin
  select e.organisation_id into v_next from public.events e
  where e.organisation_id >= p_query order by e.organisation_id limit 1;
  -- Most collations ignore punctuation at first, so others may stand between.
  for i in 1 .. 40 loop
    exit when v_next is null or cardinality(v_found) >= p_limit;
    if starts_with(v_next, p_query) then
      v_found := v_found || v_next;
    end if;
    select e.organisation_id into v_next from public.events e
    where e.organisation_id > v_next order by e.organisation_id limit 1;
  end loop;
  return v_found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_organisations"(text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_event (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.event_summary(e) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', ''), 'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id,
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count, 'max_attempts', t.max_attempts,
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', 'wr_' || d.replay_id, 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'kind', t.kind, 'url', public.mask_url(t.url)),
        'attempts', coalesce((
          select jsonb_agg(public.attempt_detail(a) order by a.number)
          from public.attempts a where a.delivery_id = d.id
        ), '[]')
      ) order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      where d.event_id = e.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(public.get_replay(i.replay_id) order by i.replay_id)
      from (select distinct i.replay_id from public.replay_items i where i.event_id = e.id) i
    ), '[]'),
    'resolutions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'resolved_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.resolve' and a.subject = 'we_' || e.id
    ), '[]')
  )
  from public.events e
  where e.id = p_id;
$function$;

CREATE OR REPLACE FUNCTION public.histogram_outcome (
  p_status public.event_status
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case p_status
    when 'processed' then 'processed' when 'replayed' then 'processed'
    when 'received' then 'waiting' when 'processing' then 'waiting'
    when 'failed' then 'failing' when 'dead' then 'dead' else 'other'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."histogram_outcome"(public.event_status) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.histogram_slot (
  p_at      timestamp with time zone,
  p_seconds integer
)
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select date_bin(make_interval(secs => p_seconds), p_at, timestamptz '2000-01-01 00:00:00+00');
$function$;

REVOKE ALL ON FUNCTION "public"."histogram_slot"(timestamp WITH time zone, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.histogram_step (
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(
    (
      select min(s.step)
      from unnest(array[1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 10800, 21600, 43200, 86400]) as s(step)
      where s.step * 60 >= extract(epoch from p_to - p_from)
    ),
    86400 * ceil(extract(epoch from p_to - p_from) / 5184000)::integer
  );
$function$;

REVOKE ALL ON FUNCTION "public"."histogram_step"(timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_event_views (
  p_staff_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(public.event_view(v) order by lower(v.name)), '[]')
  from public.event_views v
  where v.staff_id = p_staff_id;
$function$;

REVOKE ALL ON FUNCTION "public"."list_event_views"(uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_events (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text,
  p_after  text    DEFAULT NULL::text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_from text := coalesce(p_after, p_cursor);
  v_order text := case when p_after is null then 'desc' else 'asc' end;
  v_beyond text := '';
  v_found jsonb;
begin
  if v_from is not null then
    v_beyond := format(
      ' and (e.received_at, e.id) %s (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      case when p_after is null then '<' else '>' end, split_part(v_from, '.', 1), split_part(v_from, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select x.id, row_number() over (order by x.received_at %1$s, x.id %1$s) as n,
         (extract(epoch from x.received_at) * 1000000)::bigint || ''.'' || x.id as cursor
       from (%2$s) x
       order by x.received_at %1$s, x.id %1$s
       limit %3$s + 1
     )
     select jsonb_build_object(
       ''events'', coalesce(
         jsonb_agg(public.event_summary(e) order by e.received_at desc, e.id desc) filter (where p.n <= %3$s), ''[]''
       ),
       ''nearest'', max(p.cursor) filter (where p.n = 1),
       ''farthest'', max(p.cursor) filter (where p.n = %3$s and (select count(*) from page) > %3$s)
     )
     from page p join public.events e on e.id = p.id',
    v_order,
    (
      select string_agg(format(
        '(select e.id, e.received_at from public.events e where %s%s order by e.received_at %s, e.id %3$s limit %s + 1)',
        b.condition, v_beyond, v_order, p_limit
      ), ' union all ')
      from unnest(public.event_branches(p_filter)) as b(condition)
    ),
    p_limit
  ) into v_found;

  return jsonb_build_object(
    'events', v_found -> 'events',
    'next_cursor', v_found -> case when p_after is null then 'farthest' else 'nearest' end,
    -- What was seen before is newer.
    'previous_cursor', case
      when p_after is not null then v_found -> 'farthest'
      when p_cursor is not null then v_found -> 'nearest'
      else 'null'::jsonb
    end
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."list_events"(jsonb, integer, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_related_events (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with here as (
    select e.id, e.provider, e.organisation_id, e.object_id, e.received_at from public.events e where e.id = p_id
  ),
  of_object as (
    select x.id, 'object' as same
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at >= h.received_at and e.id <> h.id
        order by e.received_at limit 25)
      union all
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at < h.received_at
        order by e.received_at desc limit 25)
    ) x
  ),
  changed as (
    select distinct c.change -> 'table' as of_table, c.change -> 'key' as of_key
    from public.deliveries d
    join public.attempts a on a.delivery_id = d.id
    cross join lateral jsonb_array_elements(a.changes) as c(change)
    where d.event_id = p_id
  ),
  around as (
    select x.id
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at >= h.received_at and e.id <> h.id
        order by e.received_at, e.id limit 500)
      union all
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at < h.received_at
        order by e.received_at desc, e.id desc limit 500)
    ) x
    where exists (select from changed)
  ),
  of_rows as (
    select n.id, 'rows' as same
    from around n
    where exists (
      select
      from public.deliveries d
      join public.attempts a on a.delivery_id = d.id
      cross join lateral jsonb_array_elements(a.changes) as c(change)
      join changed m on m.of_table = c.change -> 'table' and m.of_key = c.change -> 'key'
      where d.event_id = n.id
    )
  ),
  related as (
    select r.id, array_agg(r.same order by r.same) as same
    from (select * from of_object union all select * from of_rows) r
    group by r.id
  ),
  placed as (
    select e.id, e.received_at, r.same, (e.received_at, e.id) > (h.received_at, h.id) as is_newer,
      row_number() over (
        partition by (e.received_at, e.id) > (h.received_at, h.id)
        order by abs(extract(epoch from e.received_at - h.received_at)), abs(e.id - h.id)
      ) as distance
    from related r
    join public.events e on e.id = r.id
    cross join here h
    union all
    select h.id, h.received_at, '{}', false, 0 from here h
  )
  select case when exists (select from here) then jsonb_build_object('events', coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
    'status', e.status, 'received_at', public.iso(e.received_at), 'same', to_jsonb(p.same), 'is_newer', p.is_newer
  ) order by e.received_at desc, e.id desc), '[]')) end
  from placed p
  join public.events e on e.id = p.id
  where p.distance <= 25;
$function$;

REVOKE ALL ON FUNCTION "public"."list_related_events"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_silent_providers()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with active as (
    select h.provider, h.hour, h.hour - lag(h.hour) over (partition by h.provider order by h.hour) as gap
    from public.statistics_hours h
    where h.hour >= now() - interval '14 days' and h.outcome in ('received', 'duplicate', 'conflict')
    group by h.provider, h.hour
  ), habits as (
    select a.provider, max(a.gap) as usual_gap, max(a.hour) as last_hour
    from active a
    group by a.provider
    having count(*) >= 5 and max(a.hour) - min(a.hour) >= interval '24 hours'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', q.provider, 'last_at', public.iso(q.last_at),
    'usual_gap_seconds', extract(epoch from q.usual_gap)::integer,
    'silent_seconds', extract(epoch from now() - q.last_at)::integer
  ) order by q.last_at), '[]')
  from (
    select h.provider, h.usual_gap, coalesce((
      select max(s.minute) from public.statistics s
      where s.minute >= h.last_hour and s.minute < h.last_hour + interval '1 hour' and s.provider = h.provider
        and s.outcome in ('received', 'duplicate', 'conflict')
    ), h.last_hour) as last_at
    from habits h
    where now() - h.last_hour > 4 * h.usual_gap
  ) q
  where now() - q.last_at > 4 * q.usual_gap;
$function$;

REVOKE ALL ON FUNCTION "public"."list_silent_providers"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.number_in (
  p_text   text,
  p_prefix text
)
  RETURNS bigint
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case when p_text ~ ('^(' || p_prefix || ')?\d{1,18}$') then substring(p_text from '\d+$')::bigint end;
$function$;

REVOKE ALL ON FUNCTION "public"."number_in"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.one_of (
  p_column text,
  p_type   text,
  p_list   jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case jsonb_array_length(p_list)
    when 1 then format('%s = %L::%s', p_column, p_list ->> 0, p_type)
    else format('%s = any (%L::%s[])', p_column, public.text_array(p_list), p_type)
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."one_of"(text, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.outcomes (
  p_counts jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select '{"received": 0, "duplicate": 0, "conflict": 0, "rejected": 0, "delivered": 0, "failed": 0, "dead": 0}'::jsonb
    || coalesce(p_counts, '{}');
$function$;

REVOKE ALL ON FUNCTION "public"."outcomes"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_analytics (
  p_from           timestamp with time zone,
  p_to             timestamp with time zone,
  p_bucket_seconds integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with now_counted as materialized (
    select * from public.counted_between(p_from, p_to, p_bucket_seconds)
  ), by_provider as (
    select x.provider, public.outcomes(x.counts) as totals, public.outcomes(x.counts_before) as previous
    from (
      select c.provider, jsonb_object_agg(c.outcome, c.now) as counts, jsonb_object_agg(c.outcome, c.before) as counts_before
      from (
        select y.provider, y.outcome, sum(y.now) as now, sum(y.before) as before
        from (
          select n.provider, n.outcome, n.count as now, 0 as before from now_counted n
          union all
          select b.provider, b.outcome, 0, b.count
          from public.counted_between(p_from - (p_to - p_from), p_from, p_bucket_seconds) b
        ) y
        group by y.provider, y.outcome
      ) c
      group by c.provider
    ) x
  )
  select jsonb_build_object(
    'from', public.iso(p_from), 'to', public.iso(p_to), 'bucket_seconds', p_bucket_seconds,
    'totals', (select public.sum_outcomes(array_agg(p.totals)) from by_provider p),
    'previous', (select public.sum_outcomes(array_agg(p.previous)) from by_provider p),
    'providers', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.provider), '[]') from by_provider p
    ),
    'series', coalesce((
      select jsonb_agg(public.outcomes(b.counts) || jsonb_build_object('at', public.iso(b.at), 'provider', b.provider)
        order by b.at, b.provider)
      from (
        select x.at, x.provider, jsonb_object_agg(x.outcome, x.count) as counts
        from (
          select c.at, c.provider, c.outcome, sum(c.count) as count from now_counted c group by 1, 2, 3
        ) x
        group by x.at, x.provider
      ) b
    ), '[]'),
    'stats', coalesce((
      select jsonb_agg(jsonb_build_object('event_type', t.event_type, 'status', t.status, 'count', t.count)
        order by t.event_type, t.status)
      from (
        select c.event_type, case c.outcome when 'delivered' then 'success' else 'failure' end as status,
          sum(c.count) as count
        from now_counted c
        where c.outcome in ('delivered', 'failed', 'dead')
        group by 1, 2
      ) t
    ), '[]'),
    'rejections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', r.provider, 'reason', r.reason, 'count', r.count,
        'last_at', public.iso(coalesce(l.received_at, r.last_bucket)), 'last_detail', l.detail
      ) order by r.count desc, r.provider, r.reason)
      from (
        select c.provider, c.event_type as reason, sum(c.count) as count, max(c.at) as last_bucket
        from now_counted c
        where c.outcome = 'rejected'
        group by 1, 2
      ) r
      left join lateral (
        select x.received_at, x.detail from public.rejections x
        where x.provider = r.provider and x.reason::text = r.reason
        order by x.received_at desc limit 1
      ) l on true
    ), '[]'),
    'latency', public.read_latency(p_from, p_to),
    'previous_latency', public.read_latency(p_from - (p_to - p_from), p_from),
    'silent_providers', public.list_silent_providers(),
    'failed_webhooks', public.list_dead_letters(10),
    'needs_attention', (
      select coalesce(jsonb_agg(public.event_summary(e) order by e.received_at desc, e.id desc), '[]')
      from (
        (select * from public.events x where x.status = 'dead' order by x.received_at desc, x.id desc limit 8)
        union all
        (select * from public.events x where x.status = 'failed' order by x.received_at desc, x.id desc limit 8)
        order by received_at desc, id desc
        limit 8
      ) e
    )
  ) || public.read_backlog();
$function$;

REVOKE ALL ON FUNCTION "public"."read_analytics"(timestamp WITH time zone, timestamp WITH time zone, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_event_body (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'provider_slug', e.provider, 'parse_status', e.parse_status,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', '')
  )
  from public.events e
  where e.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."read_event_body"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_event_histogram (
  p_filter jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_most constant integer := 50000;
  v_to timestamptz := coalesce((p_filter ->> 'to_ts')::timestamptz, now());
  v_from timestamptz := coalesce(
    greatest((p_filter ->> 'from_ts')::timestamptz, now() - (p_filter ->> 'range')::interval), v_to - interval '24 hours'
  );
  v_seconds integer := public.histogram_step(v_from, v_to);
  v_counted jsonb;
begin
  if v_seconds >= 60 and p_filter - array['provider_slug', 'event_type', 'from_ts', 'to_ts', 'range'] = '{}' then
    v_counted := public.count_by_statistics(p_filter, v_from, v_to, v_seconds, v_most);
  end if;
  if v_counted is null then
    v_counted := public.count_by_event(public.event_predicate(p_filter), v_from, v_to, v_seconds, v_most);
  end if;

  return jsonb_build_object(
    'from', public.iso(v_from), 'to', public.iso(v_to), 'bucket_seconds', v_seconds,
    'capped', v_counted ->> 'counted_from' is not null, 'counted_from', v_counted -> 'counted_from',
    'buckets', coalesce((
      select jsonb_agg(
        '{"processed": 0, "waiting": 0, "failing": 0, "dead": 0, "other": 0}' || coalesce(c.counts, '{}')
          || jsonb_build_object('at', public.iso(s.at))
        order by s.at
      )
      from generate_series(
        public.histogram_slot(v_from, v_seconds), v_to - interval '1 microsecond', make_interval(secs => v_seconds)
      ) as s(at)
      left join (
        select x.at, jsonb_object_agg(x.outcome, x.count) as counts
        from jsonb_to_recordset(v_counted -> 'counts') as x(at timestamptz, outcome text, count bigint)
        group by x.at
      ) c on c.at = s.at
    ), '[]')
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_event_histogram"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_latency (
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with wanted as (
    select w.span, date_trunc(w.span, p_from, 'UTC') as since
    from (select case when p_from >= now() - interval '61 minutes' then 'minute' else 'hour' end as span) w
  ), summed as (
    -- Written out, one per bucket of latency_bounds(): unnesting takes eight times as long.
    select array[
      sum(s.latency[1]), sum(s.latency[2]), sum(s.latency[3]), sum(s.latency[4]), sum(s.latency[5]),
      sum(s.latency[6]), sum(s.latency[7]), sum(s.latency[8]), sum(s.latency[9]), sum(s.latency[10]),
      sum(s.latency[11]), sum(s.latency[12]), sum(s.latency[13]), sum(s.latency[14]), sum(s.latency[15]),
      sum(s.latency[16]), sum(s.latency[17]), sum(s.latency[18]), sum(s.latency[19]), sum(s.latency[20]),
      sum(s.latency[21]), sum(s.latency[22]), sum(s.latency[23]), sum(s.latency[24]), sum(s.latency[25])
    ] as counts
    from wanted w
    cross join public.destinations t
    cross join lateral (
      select x.latency from public.destination_statistics x
      where x.destination_id = t.id and x.span = w.span and x.at >= w.since and x.at < p_to
    ) s
  ), histogram as (
    -- A bucket holds no more than an integer: by then its share no longer changes what is read from it.
    select array_agg(least(coalesce(u.count, 0), 2147483647)::integer order by u.n) as latency, coalesce(sum(u.count), 0) as attempts
    from summed s
    cross join lateral unnest(s.counts) with ordinality u(count, n)
  )
  select jsonb_build_object(
    'attempts', h.attempts, 'p50_ms', public.latency_quantile(h.latency, 0.5),
    'p95_ms', public.latency_quantile(h.latency, 0.95), 'p99_ms', public.latency_quantile(h.latency, 0.99)
  )
  from histogram h;
$function$;

REVOKE ALL ON FUNCTION "public"."read_latency"(timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.search_everything (
  p_query text,
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
  select jsonb_build_object(
    'events', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'we_' || e.id, 'event_key', e.event_key, 'event_type', e.event_type, 'provider_slug', e.provider,
        'organisation_id', e.organisation_id, 'status', e.status, 'received_at', public.iso(e.received_at)
      ) order by f.n, e.event_key, e.id)
      from public.find_events(p_query, p_limit) f join public.events e on e.id = f.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'wr_' || r.id, 'status', r.status, 'reason', r.reason, 'total', r.total,
        'created_at', public.iso(r.created_at)
      ) order by r.n, r.id desc)
      from (
        select x.*, 1 as n from public.replays x
        where x.id = public.number_in(p_query, '[wb]r_') and x.status <> 'draft'
        union all
        (select x.*, 2 from (
          -- The newest ones: who looks for a reason remembers it.
          select * from public.replays y where y.status <> 'draft' order by y.created_at desc, y.id desc limit 500
        ) x
        where strpos(lower(x.reason), lower(p_query)) > 0 and x.id is distinct from public.number_in(p_query, '[wb]r_')
        limit p_limit)
        limit p_limit
      ) r
    ), '[]'),
    'destinations', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'ds_' || d.id, 'slug', d.slug, 'name', d.name, 'organisation_id', d.organisation_id, 'enabled', d.enabled
      ) order by strpos(lower(d.name), lower(p_query)), d.name, d.id)
      from (
        select * from public.destinations x
        where x.archived_at is null and (
          strpos(lower(x.name), lower(p_query)) > 0 or strpos(x.slug, lower(p_query)) > 0
          or x.organisation_id = p_query or x.id = public.number_in(p_query, 'ds_')
        )
        order by x.name, x.id
        limit p_limit
      ) d
    ), '[]'),
    'organisations', to_jsonb(public.find_organisations(p_query, p_limit))
  );
$function$;

REVOKE ALL ON FUNCTION "public"."search_everything"(text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.snapshot_of (
  p_text text
)
  RETURNS pg_snapshot
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return p_text::pg_snapshot;
exception when data_exception then
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."snapshot_of"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sum_outcomes (
  p_counts jsonb[]
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select public.outcomes(jsonb_object_agg(o.outcome, o.count))
  from (
    select x.key as outcome, sum(x.value::bigint) as count
    from unnest(p_counts) as c(counts), jsonb_each_text(c.counts) x
    group by x.key
  ) o;
$function$;

REVOKE ALL ON FUNCTION "public"."sum_outcomes"(jsonb[]) FROM PUBLIC, "anon", "authenticated";

ALTER TABLE "public"."event_views"
  ADD CONSTRAINT "event_views_staff_id_fkey" FOREIGN KEY (staff_id) REFERENCES public.staff_users(id) ON DELETE CASCADE;

CREATE UNIQUE INDEX event_views_one_per_name ON public.event_views USING btree (staff_id, lower(name));

CREATE INDEX events_by_idempotency_key ON public.events USING btree (substr(event_key, (strpos(event_key, '/'::text) + 1)) text_pattern_ops)
  WHERE (PROVIDER = 'platform'::text);

CREATE INDEX events_by_key ON public.events USING btree (event_key text_pattern_ops);

CREATE INDEX events_by_request_id ON public.events USING hash (request_id);

CREATE INDEX events_newest_first ON public.events USING btree (received_at DESC, id DESC) INCLUDE (status, PROVIDER, event_type, event_key);

CREATE INDEX events_newest_not_signed ON public.events USING btree (trust, received_at DESC, id DESC)
  WHERE (trust <> 'signed'::public.trust_level);

CREATE INDEX events_newest_of_company ON public.events USING btree (company_id, received_at DESC, id DESC)
  WHERE (company_id IS NOT NULL);

CREATE INDEX events_newest_of_type ON public.events USING btree (event_type, received_at DESC, id DESC);

CREATE INDEX events_newest_replayed ON public.events USING btree (received_at DESC, id DESC)
  WHERE (replay_count > 0);

CREATE INDEX events_newest_tried_again ON public.events USING btree (received_at DESC, id DESC, attempt_count)
  WHERE (attempt_count > 1);

CREATE INDEX events_newest_with_error ON public.events USING btree (last_error_class, received_at DESC, id DESC)
  WHERE (last_error_class IS NOT NULL);

CREATE INDEX events_of_object ON public.events USING btree (object_id, received_at)
  WHERE (object_id IS NOT NULL);

CREATE INDEX staff_actions_that_resolved ON public.staff_actions USING btree (subject)
  WHERE (action = 'event.resolve'::text);

GRANT EXECUTE ON FUNCTION "public"."changes_since"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_by_event"(text, timestamp WITH time zone, timestamp WITH time zone, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_by_statistics"(jsonb, timestamp WITH time zone, timestamp WITH time zone, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_event_types"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."counted_between"(timestamp WITH time zone, timestamp WITH time zone, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_event_view"(uuid, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."delete_event_view"(uuid, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_branches"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_neighbours"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_view"(public.event_views) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_events"(text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_organisations"(text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."histogram_outcome"(public.event_status) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."histogram_slot"(timestamp WITH time zone, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."histogram_step"(timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_event_views"(uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_events"(jsonb, integer, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_related_events"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_silent_providers"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."number_in"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."one_of"(text, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."outcomes"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_analytics"(timestamp WITH time zone, timestamp WITH time zone, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_event_body"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_event_histogram"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_latency"(timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."search_everything"(text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."snapshot_of"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sum_outcomes"(jsonb[]) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."event_views_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."event_views_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."event_views" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_views" TO "service_role";

REVOKE ALL ON TABLE "public"."statistics_hours" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."statistics_hours" TO "service_role";

-- What was counted before there were hours.
insert into public.statistics_hours (hour, provider, event_type, outcome, shard, count)
select date_trunc('hour', minute, 'UTC'), provider, event_type, outcome, shard, sum(count)
from public.statistics
group by 1, 2, 3, 4, 5
on conflict do nothing;
