-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE TABLE "public"."write_probe" (
  "id"     integer                  NOT NULL,
  "at"     timestamp with time zone NOT NULL,
  "filler" bytea                    NOT NULL,
  CONSTRAINT "write_probe_id_check" CHECK ((id = 1)),
  CONSTRAINT "write_probe_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."write_probe"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."write_probe" FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.accept_events (
  p_events            jsonb,
  p_deliver_suspected boolean DEFAULT false
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET statement_timeout TO '3s'
  AS $function$
declare
  v_new bigint[];
  v_suspected integer[];
  v_answer jsonb;
begin
  -- Whatever the server or role is set to: an acknowledged event is on disk.
  perform set_config('synchronous_commit', 'on', true);

  v_suspected := public.suspected_replays(p_events);

  -- In key order, so that two batches with the same keys wait for each other instead of deadlocking.
  with inserted as (
    insert into public.events (
      provider, event_key, event_key_hash, event_type, source_id, status, trust, parse_status, organisation_id, company_id,
      object_id, replaces_older, livemode, suspected_replay, unsigned_key, raw_body, body_sha256, fingerprint, payload,
      method, path, headers, content_type, request_id, occurred_at
    )
    select
      e.provider, e.event_key, b.key_hash, e.event_type, e.source_id,
      case when (p_deliver_suspected or e.n <> all (v_suspected)) and exists (
        select from public.destinations d
        -- Cheaper than the question itself, for a thousand destinations of other organisations.
        where (d.organisation_id is null or d.organisation_id = e.organisation_id)
          and public.wants_event(d, e.provider, e.event_type, e.organisation_id)
      ) then 'received' else 'ignored' end::public.event_status,
      e.trust,
      case when e.parse_status = 'ok' and b.payload is null then 'invalid_json' else e.parse_status end,
      e.organisation_id, e.company_id, e.object_id, coalesce(e.replaces_older, false), e.livemode,
      e.n = any (v_suspected), coalesce(e.unsigned_key, false), b.body, sha256(b.body), decode(e.fingerprint, 'hex'),
      public.without_secrets(b.payload, e.secret_fields), e.method, e.path, e.headers, e.content_type, e.request_id,
      e.occurred_at
    from jsonb_to_recordset(p_events) as e(
      n integer, provider text, event_key text, event_type text, source_id bigint, trust public.trust_level,
      parse_status public.parse_status, organisation_id text, company_id text, object_id text,
      replaces_older boolean, livemode boolean, unsigned_key boolean, secret_fields text[], body text, shown_body text,
      fingerprint text, method text, path text, headers jsonb, content_type text, request_id text,
      occurred_at timestamptz
    )
    cross join lateral (
      select d.body, sha256(convert_to(e.event_key, 'UTF8')) as key_hash,
        case when e.parse_status = 'ok' then public.payload_or_null(
          -- What is secret outside of the secret fields is covered in these bytes already.
          coalesce(decode(e.shown_body, 'base64'), d.body)
        ) end as payload
      from (select decode(e.body, 'base64') as body offset 0) d
      offset 0
    ) b
    order by e.provider, b.key_hash, e.source_id, e.n
    on conflict on constraint events_one_per_door_and_key do nothing
    returning id
  )
  select coalesce(array_agg(id), '{}') into v_new from inserted;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  select e.id, d.id, public.first_status(d), public.ordering_key_of(d, e)
  from public.events e
  join public.destinations d on (d.organisation_id is null or d.organisation_id = e.organisation_id)
    and public.wants_event(d, e.provider, e.event_type, e.organisation_id)
  where e.id = any (v_new) and (p_deliver_suspected or not e.suspected_replay);

  -- A new statement sees what another transaction committed while the insert waited for it.
  with seen as (
    select i.n, i.provider, i.event_type, i.body, i.headers, e.id as event_id,
      e.suspected_replay,
      case
        when e.id = any (v_new) and row_number() over (partition by e.id order by i.n) = 1 then 'accepted'
        when e.fingerprint = decode(i.fingerprint, 'hex') then 'duplicate'
        else 'conflict'
      end as outcome
    from jsonb_to_recordset(p_events) as i(
      n integer, provider text, event_key text, event_type text, source_id bigint, body text, fingerprint text,
      headers jsonb
    )
    join public.events e
      on e.provider = i.provider and e.event_key_hash = sha256(convert_to(i.event_key, 'UTF8'))
      and e.source_id is not distinct from i.source_id
  ),
  again as (
    select event_id, count(*) filter (where outcome = 'duplicate') as duplicates,
      count(*) filter (where outcome = 'conflict') as conflicts
    from seen where outcome <> 'accepted'
    group by event_id
    order by event_id
  ),
  counted as (
    update public.events e set
      duplicate_count = e.duplicate_count + a.duplicates,
      conflict_count = e.conflict_count + a.conflicts
    from again a
    where e.id = a.event_id
    returning e.id
  ),
  kept as (
    -- At most ten per event: a sender gone wrong must not fill the disk.
    insert into public.event_conflicts (event_id, raw_body, headers)
    select s.event_id, decode(s.body, 'base64'), s.headers
    from seen s
    join public.events e on e.id = s.event_id
    where s.outcome = 'conflict' and e.conflict_count < 10
    returning id
  )
  select jsonb_agg(jsonb_build_object(
    'n', s.n, 'event_id', s.event_id, 'outcome', s.outcome, 'provider', s.provider, 'event_type', s.event_type,
    'suspected_replay', s.suspected_replay
  ))
  into v_answer
  from seen s;

  perform public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'provider', s.provider, 'event_type', s.event_type, 'count', 1,
      'outcome', case s.outcome when 'accepted' then 'received' else s.outcome end
    ))
    from jsonb_to_recordset(v_answer) as s(provider text, event_type text, outcome text)
  ));

  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.advance_replays()
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_id bigint;
  v_fed integer := 0;
begin
  for v_id in
    select r.id from public.replays r
    where r.status in ('queued', 'running') and r.next_feed_at <= now()
    order by r.id
  loop
    -- Somebody else advances it already.
    continue when not pg_try_advisory_xact_lock(hashtextextended('replay ' || v_id, 1));
    v_fed := v_fed + public.advance_replay(v_id);
  end loop;
  return v_fed;
end
$function$;

CREATE OR REPLACE FUNCTION public.attend_destinations (
  p_disable_after_days integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_id bigint;
  v_released integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('attend_destinations', 1)) then
    return 0;
  end if;
  perform public.end_failing(p_disable_after_days);

  -- One index probe per destination that has such deliveries.
  for v_id in
    with recursive waiting as (
      (
        select d.destination_id from public.deliveries d
        where d.status in ('pending', 'retrying') order by d.destination_id limit 1
      )
      union all
      select (
        select d.destination_id from public.deliveries d
        where d.status in ('pending', 'retrying') and d.destination_id > w.destination_id
        order by d.destination_id limit 1
      )
      from waiting w
      where w.destination_id is not null
    )
    select w.destination_id from waiting w
    join public.destinations t on t.id = w.destination_id
    where not t.enabled or t.paused_at is not null
  loop
    perform public.hold_deliveries(v_id);
  end loop;

  for v_id in
    with recursive held as (
      (select d.destination_id from public.deliveries d where d.status = 'held' order by d.destination_id limit 1)
      union all
      select (
        select d.destination_id from public.deliveries d
        where d.status = 'held' and d.destination_id > h.destination_id
        order by d.destination_id limit 1
      )
      from held h
      where h.destination_id is not null
    )
    select h.destination_id from held h
    join public.destinations t on t.id = h.destination_id
    where t.enabled and t.paused_at is null
  loop
    v_released := v_released + public.release_deliveries(v_id);
  end loop;

  delete from public.destination_statistics s
  where (s.destination_id, s.span, s.at) in (
    select x.destination_id, x.span, x.at
    from public.destination_health h
    cross join lateral (
      select * from public.destination_statistics o
      where o.destination_id = h.destination_id and o.span = 'minute' and o.at < now() - interval '1 hour'
      order by o.at limit 10
    ) x
  );
  return v_released;
end
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
  SET statement_timeout TO '10s'
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
  SET statement_timeout TO '30s'
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

CREATE OR REPLACE FUNCTION public.count_event_types (
  p_filter jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
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

CREATE OR REPLACE FUNCTION public.count_events (
  p_filter jsonb
)
  RETURNS integer
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_count integer;
begin
  execute format(
    'select count(*) from (select from public.events e where %s limit 10000) x', public.event_predicate(p_filter)
  ) into v_count;
  return v_count;
end
$function$;

CREATE OR REPLACE FUNCTION public.event_neighbours (
  p_id     bigint,
  p_filter jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
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

CREATE OR REPLACE FUNCTION public.find_staff (
  p_email text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '5s'
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'password_hash', u.password_hash,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.email = lower(p_email);
$function$;

CREATE OR REPLACE FUNCTION public.get_event (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  select (public.event_summaries(array[e.id]) -> 0) || jsonb_build_object(
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

CREATE OR REPLACE FUNCTION public.get_staff (
  p_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '5s'
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.id = p_id;
$function$;

CREATE OR REPLACE FUNCTION public.list_actions (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text    DEFAULT NULL::text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_condition text := (
    select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where p_filter ? c.field), 'true')
    from (values
      (1, 'actor', format('a.actor = %L', p_filter ->> 'actor')),
      (2, 'action', format('a.action = any (%L::text[])', public.text_array(p_filter -> 'action'))),
      (3, 'subject', format('a.subject = %L', p_filter ->> 'subject')),
      (4, 'from_ts', format('a.acted_at >= %L::timestamptz', p_filter ->> 'from_ts')),
      (5, 'to_ts', format('a.acted_at < %L::timestamptz', p_filter ->> 'to_ts')),
      (6, 'range', format('a.acted_at >= now() - %L::interval', p_filter ->> 'range'))
    ) as c(n, field, condition)
  );
  v_answer jsonb;
begin
  if p_cursor is not null then
    v_condition := v_condition || format(
      ' and (a.acted_at, a.id) < (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      split_part(p_cursor, '.', 1), split_part(p_cursor, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select a.*, row_number() over (order by a.acted_at desc, a.id desc) as n
       from (
         select * from public.staff_actions a where %s order by a.acted_at desc, a.id desc limit %s + 1
       ) a
     )
     select jsonb_build_object(
       ''actions'', coalesce(jsonb_agg(jsonb_build_object(
         ''id'', p.id, ''at'', public.iso(p.acted_at), ''actor'', p.actor, ''actor_id'', p.actor_id,
         ''action'', p.action, ''subject'', p.subject, ''details'', p.details, ''request_id'', p.request_id
       ) order by p.n) filter (where p.n <= %2$s), ''[]''),
       ''next_cursor'', max((extract(epoch from p.acted_at) * 1000000)::bigint || ''.'' || p.id)
         filter (where p.n = %2$s and (select count(*) from page) > %2$s)
     )
     from page p',
    v_condition, p_limit
  ) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.list_applied_migrations()
  RETURNS text[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_versions text[];
begin
  if to_regclass('supabase_migrations.schema_migrations') is null then
    return null;
  end if;
  execute 'select array_agg(version order by version) from supabase_migrations.schema_migrations' into v_versions;
  return v_versions;
exception
  when insufficient_privilege then
    return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."list_applied_migrations"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_dead_letters (
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'webhook_data', case when d.fits then e.payload end, 'webhook_data_omitted', not d.fits,
    'body_url', '/api/webhooks/events/we_' || e.id || '/body', 'error_message', d.last_error,
    'failed_at', public.iso(d.finished_at), 'provider_slug', e.provider, 'event_key', e.event_key,
    'event_type', e.event_type
  ) order by d.finished_at desc, d.id desc), '[]')
  from (
    select n.*, sum(n.bytes) over (order by n.finished_at desc, n.id desc) <= public.payload_budget() as fits
    from (
      select x.id, x.event_id, x.last_error, x.finished_at, public.payload_bytes(y) as bytes
      from public.deliveries x
      join public.events y on y.id = x.event_id
      where x.status = 'dead' and y.status = 'dead'
      order by x.finished_at desc, x.id desc
      limit p_limit
    ) n
  ) d
  join public.events e on e.id = d.event_id;
$function$;

CREATE OR REPLACE FUNCTION public.list_destination_deliveries (
  p_id     bigint,
  p_limit  integer,
  p_cursor bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  with page as (
    select d.id, row_number() over (order by d.id desc) as n
    from public.deliveries d
    where d.destination_id = p_id and (p_cursor is null or d.id < p_cursor)
    order by d.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'deliveries', coalesce(jsonb_agg(jsonb_build_object(
      'delivery_id', d.id, 'event_id', 'we_' || e.id, 'event_type', e.event_type, 'provider', e.provider,
      'status', d.status, 'http_status', a.http_status, 'error_class', d.last_error_class, 'error', d.last_error,
      'duration_ms', a.duration_ms, 'attempt_count', d.attempt_count, 'replay_id', 'wr_' || d.replay_id,
      'created_at', public.iso(d.created_at), 'finished_at', public.iso(d.finished_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p
  join public.deliveries d on d.id = p.id
  join public.events e on e.id = d.event_id
  left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count;
$function$;

CREATE OR REPLACE FUNCTION public.list_destinations()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  select coalesce(jsonb_agg(public.destination_detail(d) order by d.id), '[]')
  from public.destinations d
  where d.archived_at is null;
$function$;

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
  SET statement_timeout TO '10s'
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
       ''events'', public.event_summaries(array_agg(p.id) filter (where p.n <= %3$s)),
       ''nearest'', max(p.cursor) filter (where p.n = 1),
       ''farthest'', max(p.cursor) filter (where p.n = %3$s and (select count(*) from page) > %3$s)
     )
     from page p',
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

CREATE OR REPLACE FUNCTION public.list_merchant_events (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with listed as materialized (
    select public.list_events(p_filter, p_limit, p_cursor) as page
  ),
  weighed as materialized (
    select x.n, e.id, e.received_at,
      sum(public.payload_bytes(e)) over (order by x.n) - public.payload_bytes(e) as bytes_before
    from listed l
    cross join lateral jsonb_array_elements(l.page -> 'events') with ordinality as x(summary, n)
    join public.events e on e.id = substr(x.summary ->> 'id', 4)::bigint
  ),
  fitting as materialized (
    select * from weighed w where w.n = 1 or w.bytes_before < public.payload_budget()
  )
  select jsonb_build_object(
    'events', coalesce(jsonb_agg(jsonb_build_object(
      'id', 'we_' || e.id, 'eventType', e.event_type, 'merchantId', e.organisation_id, 'status', e.status,
      'attempts', e.attempt_count, 'lastAttempt', public.iso(a.started_at), 'lastError', e.last_error,
      'errorClass', e.last_error_class, 'webhookUrl', public.mask_url(a.url), 'payload', e.payload,
      'createdAt', public.iso(e.received_at), 'provider', e.provider, 'eventKey', e.event_key
    ) order by f.n), '[]'),
    'next_cursor', case
      when (select count(*) from fitting) < (select count(*) from weighed) then (
        select (extract(epoch from l.received_at) * 1000000)::bigint || '.' || l.id from fitting l order by l.n desc limit 1
      )
      else (select l.page ->> 'next_cursor' from listed l)
    end
  )
  from fitting f
  join public.events e on e.id = f.id
  left join lateral (
    select t.url, a.started_at
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
    where d.event_id = e.id
    order by (t.kind = 'http') desc, d.id
    limit 1
  ) a on true;
$function$;

CREATE OR REPLACE FUNCTION public.list_projectable_items (
  p_replay_id bigint,
  p_after     integer,
  p_limit     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'kind', t.kind,
    'event', jsonb_build_object(
      'id', e.id, 'provider', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
      'received_at', public.iso(e.received_at), 'occurred_at', public.iso(e.occurred_at),
      'organisation_id', e.organisation_id, 'company_id', e.company_id,
      'settings', (select s.settings from public.sources s where s.id = e.source_id),
      'body', encode(e.raw_body, 'base64')
    )
  ) order by i.position), '[]')
  from (
    select x.*, sum(octet_length(y.raw_body)) over (order by x.position) - octet_length(y.raw_body) as bytes_before
    from (
      select * from public.replay_items z
      where z.replay_id = p_replay_id and z.position > p_after and z.outcome is null
      order by z.position limit p_limit
    ) x
    join public.events y on y.id = x.event_id
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  where i.bytes_before < public.payload_budget();
$function$;

CREATE OR REPLACE FUNCTION public.list_related_events (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
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

CREATE OR REPLACE FUNCTION public.list_replay_failures (
  p_replay_id bigint,
  p_after     integer,
  p_limit     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  with failing as (
    select i.position, i.event_id, i.error_class, i.detail, i.outcome, d.id as delivery_id, d.last_error_class,
      d.last_error, d.due_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    where i.replay_id = p_replay_id
      and (i.outcome = 'failed' or (i.outcome is null and i.fed_at is not null and d.status = 'retrying'))
  )
  select jsonb_build_object(
    'total', (select count(*) from failing),
    'failures', coalesce(jsonb_agg(jsonb_build_object(
      'position', f.position, 'event_id', 'we_' || f.event_id,
      'error_class', coalesce(f.error_class, f.last_error_class), 'detail', coalesce(f.detail, f.last_error),
      'http_status', a.http_status, 'finished_at', public.iso(a.finished_at), 'tries', coalesce(a.tries, 0),
      'next_retry', case when f.outcome is null then public.iso(f.due_at) end
    ) order by f.position), '[]')
  )
  from (select * from failing x where x.position > p_after order by x.position limit p_limit) f
  left join lateral (
    select x.http_status, x.finished_at, count(*) over () as tries
    from public.attempts x
    where x.delivery_id = f.delivery_id and x.replay_id = p_replay_id
    order by x.number desc
    limit 1
  ) a on true;
$function$;

CREATE OR REPLACE FUNCTION public.list_replay_items (
  p_replay_id bigint,
  p_outcome   text,
  p_after     integer,
  p_limit     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'event_id', 'we_' || i.event_id, 'event_key', e.event_key, 'event_type', e.event_type,
    'provider_slug', e.provider, 'org_id', e.organisation_id, 'received_at', public.iso(e.received_at),
    'delivery_id', d.id, 'destination', t.name, 'delivery_status', d.status, 'outcome', i.outcome,
    'skip_reason', i.skip_reason, 'error_class', i.error_class, 'detail', i.detail,
    'finished_at', public.iso(i.finished_at), 'http_status', a.http_status, 'duration_ms', a.duration_ms,
    'attempts', d.tries, 'next_retry', case when i.outcome is null and d.status = 'retrying' then public.iso(d.due_at) end,
    'changes', coalesce(a.changes, '[]')
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x
    where x.replay_id = p_replay_id and x.position > p_after
      and case
        when p_outcome is null then true
        when p_outcome = 'waiting' then x.outcome is null
        else x.outcome::text = p_outcome
      end
    order by x.position
    limit p_limit
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  left join public.attempts a on a.id = i.attempt_id;
$function$;

CREATE OR REPLACE FUNCTION public.list_replays (
  p_filter jsonb,
  p_limit  integer,
  p_cursor bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  with page as (
    select r.id, row_number() over (order by r.id desc) as n
    from public.replays r
    where (p_cursor is null or r.id < p_cursor)
      and case
        when p_filter ? 'status' then r.status::text = any (public.text_array(p_filter -> 'status'))
        else r.status <> 'draft'
      end
      and (not p_filter ? 'q' or strpos(lower(r.reason || ' ' || r.actor), lower(p_filter ->> 'q')) > 0)
    order by r.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'replays', coalesce(jsonb_agg(public.get_replay(p.id) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$function$;

CREATE OR REPLACE FUNCTION public.list_source_tokens()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', s.id, 'provider', s.provider, 'organisation_id', s.organisation_id, 'company_id', s.company_id,
    'settings', s.settings, 'token_hash', encode(s.token_hash, 'hex'),
    'previous_token_hash', case when s.previous_token_expires_at > now() then encode(s.previous_token_hash, 'hex') end,
    'previous_ends_in_ms', (extract(epoch from s.previous_token_expires_at - now()) * 1000)::bigint
  )), '[]')
  from public.sources s
  where s.enabled and s.archived_at is null;
$function$;

CREATE OR REPLACE FUNCTION public.payload_budget()
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select 4 * 1024 * 1024;
$function$;

REVOKE ALL ON FUNCTION "public"."payload_budget"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.payload_bytes (
  e public.events
)
  RETURNS bigint
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case when e.payload is null then 0 else octet_length(e.raw_body) end;
$function$;

REVOKE ALL ON FUNCTION "public"."payload_bytes"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.preview_changes (
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_preview jsonb;
begin
  begin
    v_preview := public.apply_changes(p_changes);
    raise exception using errcode = 'RDRVP';
  exception when sqlstate 'RDRVP' then
    -- The rows are as they were; the variable keeps what happened.
    null;
  end;
  return v_preview;
end
$function$;

CREATE OR REPLACE FUNCTION public.preview_replay (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  with items as (
    select i.skip_reason, e.id as event_id, e.provider, e.event_type, e.organisation_id, e.status, e.received_at,
      t.id as destination_id, t.name as destination, t.kind
    from public.replay_items i
    join public.events e on e.id = i.event_id
    join public.deliveries d on d.id = i.delivery_id
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id
  ),
  splits as (
    select s.name, s.value, count(distinct x.event_id) as count
    from items x
    cross join lateral (values
      ('provider', x.provider), ('event_type', x.event_type), ('destination', x.destination),
      ('organisation', x.organisation_id), ('status', x.status::text)
    ) as s(name, value)
    group by s.name, s.value
  )
  select jsonb_build_object(
    'events', (select count(distinct x.event_id) from items x),
    'deliveries', (select count(*) from items x),
    'to_run', (select count(*) from items x where x.skip_reason is null),
    'to_skip', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select x.skip_reason, count(*) as count from items x where x.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'by', coalesce((
      select jsonb_object_agg(g.name, g.split) from (
        select s.name, jsonb_agg(jsonb_build_object('value', s.value, 'count', s.count) order by s.count desc, s.value)
          as split
        from splits s group by s.name
      ) g
    ), '{}'),
    'oldest', (select public.iso(min(x.received_at)) from items x),
    'newest', (select public.iso(max(x.received_at)) from items x),
    'average_ms', (
      select coalesce(avg(a.duration_ms), 100)::integer
      from (select distinct x.destination_id from items x where x.skip_reason is null) x
      cross join lateral (
        select a.duration_ms from public.deliveries d
        join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
        where d.destination_id = x.destination_id and a.status = 'succeeded'
        order by d.id desc limit 50
      ) a
    ),
    -- Destinations whose newest attempts mostly failed: replaying into them is likely to fail again.
    'unhealthy_destinations', coalesce((
      select jsonb_agg(h.destination order by h.destination) from (
        select x.destination
        from (select distinct y.destination_id, y.destination from items y where y.skip_reason is null) x
        cross join lateral (
          select a.status from public.deliveries d
          join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
          where d.destination_id = x.destination_id and a.status <> 'open'
            and a.finished_at > now() - interval '10 minutes'
          order by d.id desc limit 20
        ) a
        group by x.destination
        having count(*) >= 3 and count(*) filter (where a.status <> 'succeeded') > count(*) / 2
      ) h
    ), '[]')
  );
$function$;

CREATE OR REPLACE FUNCTION public.probe_write()
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET statement_timeout TO '3s'
  AS $function$
  insert into public.write_probe as w (id, at, filler)
  select 1, now(), convert_to(string_agg(md5(random()::text), ''), 'UTF8') from generate_series(1, 128)
  on conflict (id) do update set at = excluded.at, filler = excluded.filler;
$function$;

REVOKE ALL ON FUNCTION "public"."probe_write"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_analytics (
  p_from           timestamp with time zone,
  p_to             timestamp with time zone,
  p_bucket_seconds integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
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
      select public.event_summaries(array_agg(e.id))
      from (
        (select x.id, x.received_at from public.events x where x.status = 'dead'
          order by x.received_at desc, x.id desc limit 8)
        union all
        (select x.id, x.received_at from public.events x where x.status = 'failed'
          order by x.received_at desc, x.id desc limit 8)
        order by received_at desc, id desc
        limit 8
      ) e
    )
  ) || public.read_backlog();
$function$;

CREATE OR REPLACE FUNCTION public.read_clock()
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  AS $function$
  select public.iso(clock_timestamp());
$function$;

REVOKE ALL ON FUNCTION "public"."read_clock"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_condition()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  AS $function$
  select jsonb_build_object(
    'at', public.iso(clock_timestamp()),
    -- Not that of this transaction: PostgREST makes every read one that cannot write.
    'read_only', current_setting('default_transaction_read_only') = 'on', 'standby', pg_is_in_recovery(),
    'requests', coalesce((
      select jsonb_agg(jsonb_build_object('provider', r.provider, 'accepted', r.accepted, 'rejected', r.rejected)
        order by r.provider)
      from (
        select s.provider, coalesce(sum(s.count) filter (where s.outcome <> 'rejected'), 0) as accepted,
          coalesce(sum(s.count) filter (where s.outcome = 'rejected'), 0) as rejected
        from public.statistics s
        where s.minute > now() - interval '5 minutes' and s.outcome in ('received', 'duplicate', 'conflict', 'rejected')
        group by s.provider
      ) r
    ), '[]')
  ) || public.read_backlog();
$function$;

REVOKE ALL ON FUNCTION "public"."read_condition"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_event_body (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  select jsonb_build_object(
    'provider_slug', e.provider, 'parse_status', e.parse_status,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', '')
  )
  from public.events e
  where e.id = p_id;
$function$;

CREATE OR REPLACE FUNCTION public.read_event_histogram (
  p_filter jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
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

CREATE OR REPLACE FUNCTION public.record_attempts (
  p_results jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  r record;
  v_delivery record;
  v_delivered boolean;
  v_changes jsonb;
  v_retry_in_ms bigint;
  v_status public.delivery_status;
  v_recorded bigint[] := '{}';
  v_answer jsonb := '[]';
  v_counts jsonb := '[]';
  v_health jsonb := '[]';
begin
  -- All rows that will change are locked in one order, so that two batches cannot deadlock.
  perform pg_advisory_xact_lock(k.lock)
  from (
    select distinct hashtextextended((c ->> 'table') || (c -> 'key')::text, 0) as lock
    from jsonb_array_elements(p_results) x cross join jsonb_array_elements(x -> 'changes') c
    order by 1
  ) k;

  for r in
    select * from jsonb_to_recordset(p_results) as x(
      delivery_id bigint, fence bigint, delivered boolean, duration_ms integer, retry_in_ms bigint, http_status integer,
      error_class public.error_class, error text, response_headers jsonb, response_body text,
      response_truncated boolean, throttle_ms bigint, changes jsonb
    )
    order by x.delivery_id
  loop
    select d.tries, d.destination_id, t.enabled and t.paused_at is null as open,
      coalesce(p.max_attempts, t.max_attempts) as max_attempts, e.provider, e.event_type
    into v_delivery
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    join public.events e on e.id = d.event_id
    left join lateral public.replay_retries(d) p on true
    where d.id = r.delivery_id and d.status = 'claimed' and d.fence = r.fence
    for update of d;

    if not found then
      v_answer := v_answer || jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false);
      continue;
    end if;

    v_delivered := r.delivered;
    v_retry_in_ms := r.retry_in_ms;
    v_changes := '[]';

    if v_delivered and jsonb_array_length(r.changes) > 0 then
      -- A poisonous delivery fails alone.
      begin
        v_changes := public.apply_changes(r.changes);
      exception when others then
        v_delivered := false;
        r.error := sqlerrm;
        -- Classes 22 and 23: the data is wrong, and will be wrong again. Anything else may pass.
        if left(sqlstate, 2) in ('22', '23') then
          r.error_class := 'constraint';
          v_retry_in_ms := null;
        else
          r.error_class := 'handler_error';
          v_retry_in_ms := 1000;
        end if;
      end;
    end if;

    v_status := case
      when v_delivered then 'delivered'
      when v_retry_in_ms is null or v_delivery.tries >= v_delivery.max_attempts then 'dead'
      when v_delivery.open then 'retrying'
      else 'held'
    end;

    update public.attempts a set
      status = case when v_delivered then 'succeeded' else 'failed' end::public.attempt_status,
      finished_at = now(),
      duration_ms = r.duration_ms,
      http_status = r.http_status,
      error_class = case when v_delivered then null else r.error_class end,
      error = case when v_delivered then null else r.error end,
      response_headers = r.response_headers,
      response_body = decode(r.response_body, 'base64'),
      response_truncated = coalesce(r.response_truncated, false),
      retry_at = case when v_status in ('retrying', 'held') then now() + v_retry_in_ms * interval '1 millisecond' end,
      changes = v_changes
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open';

    update public.deliveries d set
      status = v_status,
      lease_until = null,
      finished_at = case when v_status in ('delivered', 'dead') then now() end,
      due_at = case
        when v_status in ('retrying', 'held') then now() + v_retry_in_ms * interval '1 millisecond' else d.due_at
      end,
      last_error_class = case when v_delivered then null else r.error_class end,
      last_error = case when v_delivered then null else r.error end,
      last_http_status = r.http_status
    where d.id = r.delivery_id and d.fence = r.fence;

    v_recorded := v_recorded || r.delivery_id;
    v_answer := v_answer || jsonb_build_object(
      'delivery_id', r.delivery_id, 'recorded', true, 'status', v_status,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    );
    v_counts := v_counts || jsonb_build_object(
      'provider', v_delivery.provider, 'event_type', v_delivery.event_type, 'count', 1, 'duration_ms', r.duration_ms,
      'outcome', case when v_status in ('retrying', 'held') then 'failed' else v_status::text end
    );
    v_health := v_health || jsonb_build_object(
      'destination_id', v_delivery.destination_id, 'delivery_id', r.delivery_id, 'delivered', v_delivered,
      'duration_ms', r.duration_ms, 'http_status', r.http_status, 'throttle_ms', r.throttle_ms,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    );
  end loop;

  perform public.settle_deliveries(v_recorded);
  perform public.add_statistics(v_counts);
  perform public.note_health(v_health);
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.record_rejections (
  p_samples jsonb,
  p_counts  jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET statement_timeout TO '3s'
  AS $function$
  insert into public.rejections (
    provider, reason, detail, status_code, method, path, headers, body, body_size, request_id
  )
  select r.provider, r.reason, r.detail, r.status_code, r.method, r.path, r.headers, decode(r.body, 'base64'), r.body_size,
    r.request_id
  from (
    select s.*, row_number() over (partition by s.provider, s.reason) as turn
    from jsonb_to_recordset(p_samples) as s(
      provider text, reason public.rejection_reason, detail text, status_code integer, method text, path text,
      headers jsonb, body text, body_size integer, request_id text
    )
  ) r
  where r.turn + (
    select count(*) from public.rejections x
    where x.provider = r.provider and x.reason = r.reason and x.received_at >= date_trunc('hour', now())
  ) <= 100;

  select public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'provider', c.provider, 'event_type', c.reason, 'outcome', 'rejected', 'count', c.count
    ))
    from jsonb_to_recordset(p_counts) as c(provider text, reason text, count bigint)
  ));
$function$;

CREATE OR REPLACE FUNCTION public.record_sign_in (
  p_email   text,
  p_ip      text,
  p_success boolean
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET statement_timeout TO '5s'
  AS $function$
begin
  if p_success then
    update public.staff_users set last_sign_in_at = now() where email = lower(p_email);
    delete from public.sign_in_failures where email = lower(p_email);
  else
    insert into public.sign_in_failures (email, ip) values (left(lower(p_email), 320), left(p_ip, 64));
    delete from public.sign_in_failures where failed_at < now() - interval '1 day';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.run_expensive (
  p_who      text,
  p_function text,
  p_args     jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET statement_timeout TO '9s'
  AS $function$
declare
  v_columns text;
  v_arguments text;
  v_result jsonb;
begin
  if not public.take_turn(p_who) then
    return '{"busy": true}';
  end if;

  select string_agg(format('%I %s', a.name, format_type(t.type, null)), ', ' order by a.n),
    string_agg(format('%I => a.%I', a.name, a.name), ', ' order by a.n)
  into strict v_columns, v_arguments
  from pg_catalog.pg_proc p
  cross join unnest(p.proargnames) with ordinality as a(name, n)
  join unnest(p.proargtypes) with ordinality as t(type, n) on t.n = a.n
  where p.pronamespace = 'public'::regnamespace and p.proname = p_function and p_args ? a.name;

  execute format(
    'select to_jsonb(public.%I(%s)) from jsonb_to_record($1) as a(%s)', p_function, v_arguments, v_columns
  ) into v_result using p_args;
  return jsonb_build_object('result', v_result);
end
$function$;

REVOKE ALL ON FUNCTION "public"."run_expensive"(text, text, jsonb) FROM PUBLIC, "anon", "authenticated";

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
  SET statement_timeout TO '10s'
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

CREATE OR REPLACE FUNCTION public.sign_in_allowed (
  p_email text,
  p_ip    text
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '5s'
  AS $function$
  select
    (select count(*) from public.sign_in_failures f
     where f.email = lower(p_email) and f.failed_at > now() - interval '15 minutes') < 20
    and (select count(*) from public.sign_in_failures f
         where f.ip = p_ip and f.failed_at > now() - interval '15 minutes') < 20;
$function$;

CREATE OR REPLACE FUNCTION public.summarise_replay (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '10s'
  AS $function$
  select jsonb_build_object(
    'outcomes', coalesce((
      select jsonb_object_agg(o.outcome, o.count) from (
        select coalesce(i.outcome::text, 'waiting') as outcome, count(*) as count
        from public.replay_items i where i.replay_id = p_id group by 1
      ) o
    ), '{}'),
    'skip_reasons', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select i.skip_reason, count(*) as count from public.replay_items i
        where i.replay_id = p_id and i.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'failures', coalesce((
      select jsonb_agg(jsonb_build_object(
        'error_class', f.error_class, 'http_status', f.http_status, 'message', f.message, 'destination', f.destination,
        'count', f.count
      ) order by f.count desc, f.message)
      from (
        select i.error_class, a.http_status, i.detail as message, t.name as destination, count(*) as count
        from public.replay_items i
        join public.deliveries d on d.id = i.delivery_id
        join public.destinations t on t.id = d.destination_id
        left join public.attempts a on a.id = i.attempt_id
        where i.replay_id = p_id and i.outcome = 'failed'
        group by 1, 2, 3, 4
        limit 50
      ) f
    ), '[]'),
    'rows_changed', coalesce((
      select sum(jsonb_array_length(jsonb_path_query_array(
        a.changes, '$[*] ? (@.effect == "created" || @.effect == "updated")'
      )))
      from public.replay_items i
      join public.attempts a on a.id = i.attempt_id
      where i.replay_id = p_id and i.outcome = 'changed'
    ), 0)
  );
$function$;

CREATE OR REPLACE FUNCTION public.take_turn (
  p_who text
)
  RETURNS boolean
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  -- "turn" on a telephone keypad, which no other lock of ours begins with.
  select pg_try_advisory_xact_lock(8876, hashtext(p_who || ' 1')) or pg_try_advisory_xact_lock(8876, hashtext(p_who || ' 2'));
$function$;

REVOKE ALL ON FUNCTION "public"."take_turn"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.use_api_token (
  p_token_hash text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET statement_timeout TO '5s'
  AS $function$
begin
  update public.api_tokens t set last_used_at = now()
  where t.token_hash = decode(p_token_hash, 'hex') and t.revoked_at is null and t.expires_at > now()
    and (t.last_used_at is null or t.last_used_at < now() - interval '1 minute');
  return (
    select public.api_token(t) || jsonb_build_object('owner_id', t.owner_id)
    from public.api_tokens t where t.token_hash = decode(p_token_hash, 'hex')
  );
end
$function$;

GRANT EXECUTE ON FUNCTION "public"."list_applied_migrations"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_budget"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_bytes"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."probe_write"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_clock"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_condition"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."run_expensive"(text, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_turn"(text) TO "service_role";

REVOKE ALL ON TABLE "public"."write_probe" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."write_probe" TO "service_role";
