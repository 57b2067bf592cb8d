-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

DROP INDEX "public"."replay_items_by_outcome";

DROP INDEX "public"."replay_items_of_delivery";

ALTER TABLE "public"."replay_items"
  DROP CONSTRAINT "replay_items_each_delivery_once";

CREATE OR REPLACE FUNCTION public.accept_events (
  p_events jsonb
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
  v_new bigint[];
  v_answer jsonb;
begin
  -- Whatever the server or role is set to: an acknowledged event is on disk.
  perform set_config('synchronous_commit', 'on', true);

  -- In key order, so that two batches with the same keys wait for each other instead of deadlocking.
  with inserted as (
    insert into public.events (
      provider, event_key, event_key_hash, event_type, status, trust, parse_status, organisation_id, company_id,
      object_id, replaces_older, livemode, raw_body, body_sha256, fingerprint, payload, method, path, headers,
      content_type, request_id, occurred_at
    )
    select
      e.provider, e.event_key, b.key_hash, e.event_type,
      case when exists (
        select from public.destinations d where public.wants_event(d, e.provider, e.event_type)
      ) then 'received' else 'ignored' end::public.event_status,
      e.trust,
      case when e.parse_status = 'ok' and b.payload is null then 'invalid_json' else e.parse_status end,
      e.organisation_id, e.company_id, e.object_id, coalesce(e.replaces_older, false), e.livemode, b.body,
      sha256(b.body), decode(e.fingerprint, 'hex'), b.payload, e.method, e.path, e.headers, e.content_type, e.request_id, e.occurred_at
    from jsonb_to_recordset(p_events) as e(
      n integer, provider text, event_key text, event_type text, trust public.trust_level,
      parse_status public.parse_status, organisation_id text, company_id text, object_id text,
      replaces_older boolean, livemode boolean, body text, fingerprint text, method text, path text, headers jsonb,
      content_type text, request_id text, occurred_at timestamptz
    )
    cross join lateral (
      select d.body, sha256(convert_to(e.event_key, 'UTF8')) as key_hash,
        case when e.parse_status = 'ok' then public.payload_or_null(d.body) end as payload
      from (select decode(e.body, 'base64') as body offset 0) d
      offset 0
    ) b
    order by e.provider, b.key_hash, e.n
    on conflict on constraint events_one_per_provider_and_key do nothing
    returning id
  )
  select coalesce(array_agg(id), '{}') into v_new from inserted;

  insert into public.deliveries (event_id, destination_id, status)
  select e.id, d.id, case when d.paused_at is null then 'pending' else 'held' end::public.delivery_status
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type)
  where e.id = any (v_new);

  -- A new statement sees what another transaction committed while the insert waited for it.
  with seen as (
    select i.n, i.provider, i.event_type, i.body, i.headers, e.id as event_id,
      case
        when e.id = any (v_new) and row_number() over (partition by e.id order by i.n) = 1 then 'accepted'
        when e.fingerprint = decode(i.fingerprint, 'hex') then 'duplicate'
        else 'conflict'
      end as outcome
    from jsonb_to_recordset(p_events) as i(
      n integer, provider text, event_key text, event_type text, body text, fingerprint text, headers jsonb
    )
    join public.events e
      on e.provider = i.provider and e.event_key_hash = sha256(convert_to(i.event_key, 'UTF8'))
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
    'n', s.n, 'event_id', s.event_id, 'outcome', s.outcome, 'provider', s.provider, 'event_type', s.event_type
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

CREATE OR REPLACE FUNCTION public.advance_replay (
  p_id bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  r public.replays;
  v_fed_before integer;
  v_in_progress integer;
  v_limit integer;
  v_batch integer;
  v_items integer[];
  v_fed bigint[];
  v_events bigint[];
  v_skipped integer;
begin
  select * into r from public.replays x
  where x.id = p_id and x.status in ('queued', 'running') and x.next_feed_at <= now();
  if not found then
    return 0;
  end if;

  select count(*) into v_in_progress from public.replay_items i
  where i.replay_id = p_id and i.fed_at is not null and i.outcome is null;
  v_fed_before := v_in_progress + r.succeeded + r.failed;

  if public.stop_when_failing(r, v_fed_before, v_in_progress) then
    return 0;
  end if;

  v_batch := coalesce((r.options ->> 'batchSize')::integer, 100);
  v_limit := case
    -- The canary goes alone, and its outcome is awaited.
    when v_fed_before < (r.options ->> 'canary')::integer then (r.options ->> 'canary')::integer - v_fed_before
    when v_in_progress > 0 and v_fed_before = (r.options ->> 'canary')::integer then 0
    -- Batches with a pause between them; without one, as much as keeps the workers busy and can be taken back.
    when (r.options ->> 'delayBetweenBatches')::integer > 0 then v_batch
    else greatest(0, 2 * v_batch - v_in_progress)
  end;
  if r.options ->> 'ratePerSecond' is not null then
    v_limit := least(v_limit, greatest(1, floor((r.options ->> 'ratePerSecond')::numeric / 2))::integer);
  end if;

  select array_agg(x.position) into v_items
  from (
    select i.position from public.replay_items i
    where i.replay_id = p_id and i.fed_at is null and i.outcome is null
      and not ((r.options ->> 'preserveOriginalOrder')::boolean and exists (
        select from public.replay_items b
        where b.replay_id = i.replay_id and b.ordering_key = i.ordering_key and b.position < i.position
          and b.outcome is null
      ))
    order by i.position
    limit v_limit
  ) x;

  -- Deliveries first, as everywhere; the items remember what they were.
  perform from public.deliveries d
  where d.id in (
    select i.delivery_id from public.replay_items i where i.replay_id = p_id and i.position = any (v_items)
  )
  order by d.id for update;

  update public.replay_items i set
    fed_at = now(), prior_status = d.status, prior_finished_at = d.finished_at
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  where i.replay_id = p_id and i.position = any (v_items) and d.id = i.delivery_id
    and d.status in ('dead', 'delivered', 'cancelled', 'retrying') and t.enabled and t.paused_at is null
    and not public.predecessor_failed(r, i);

  select array_agg(i.delivery_id), array_agg(distinct i.event_id) filter (where not exists (
    select from public.replay_items b
    where b.replay_id = i.replay_id and b.event_id = i.event_id and b.fed_at is not null
      and not b.position = any (v_items)
  ))
  into v_fed, v_events
  from public.replay_items i
  where i.replay_id = p_id and i.position = any (v_items) and i.fed_at is not null;

  update public.deliveries d set
    status = 'pending', lane = 'replay', due_at = now(), tries = 0, finished_at = null, replay_id = p_id
  where d.id = any (v_fed);

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_fed)
  ));
  update public.events e set replay_count = e.replay_count + 1 where e.id = any (v_events);

  with skipped as (
    update public.replay_items i set outcome = 'skipped', finished_at = now(), skip_reason = case
      when public.predecessor_failed(r, i) then 'predecessor_failed'
      when not t.enabled then 'destination_disabled'
      when t.paused_at is not null then 'destination_paused'
      else 'in_flight'
    end::public.skip_reason
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id and i.position = any (v_items) and i.fed_at is null and d.id = i.delivery_id
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays x set
    status = 'running',
    started_at = coalesce(x.started_at, now()),
    next_feed_at = now() + greatest(
      case when cardinality(v_items) > 0 then (r.options ->> 'delayBetweenBatches')::integer else 0 end
        * interval '1 second',
      coalesce(coalesce(cardinality(v_fed), 0) / (r.options ->> 'ratePerSecond')::numeric, 0) * interval '1 second'
    )
  where x.id = p_id;
  perform public.count_outcomes(p_id, 0, 0, v_skipped);

  return coalesce(cardinality(v_fed), 0);
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

CREATE OR REPLACE FUNCTION public.claim_deliveries (
  p_worker        text,
  p_limit         integer,
  p_lease_seconds integer,
  p_replay_limit  integer DEFAULT NULL::integer
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
  v_destinations bigint[];
  v_chosen bigint[];
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
  select array_agg(x.id) into v_destinations
  from (
    select t.id
    from waiting w
    join public.destinations t on t.id = w.destination_id
    where t.enabled and t.paused_at is null and exists (
      select from public.deliveries d
      where d.destination_id = t.id and d.status in ('pending', 'retrying') and d.lane in ('live', 'replay')
        and d.due_at <= now()
    )
    order by random()
    limit p_limit
  ) x;

  -- One claim per destination at a time keeps its concurrency exact. Workers queue for a few milliseconds, in turn, and
  -- the next statement sees what the one before them took.
  perform from public.destinations t where t.id = any (v_destinations) order by t.id for no key update;

  with shares as (
    select t.id as destination_id, least(
      greatest(1, p_limit / cardinality(v_destinations)),
      t.max_concurrency - (
        select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'claimed'
      )
    ) as share,
    least(
      coalesce(p_replay_limit, p_limit),
      ceil(t.max_concurrency / 2.0) - (
        select count(*) from public.deliveries d
        where d.destination_id = t.id and d.status = 'claimed' and d.lane = 'replay'
      )
    ) as replay_share
    from public.destinations t
    where t.id = any (v_destinations)
  ),
  live as (
    select c.id, s.destination_id
    from shares s
    cross join lateral (
      select d.id from public.deliveries d
      where d.destination_id = s.destination_id and d.lane = 'live' and d.status in ('pending', 'retrying')
        and d.due_at <= now()
      order by d.due_at, d.id
      limit greatest(s.share, 0)
      for update skip locked
    ) c
  ),
  replayed as (
    select c.id
    from shares s
    cross join lateral (
      select d.id from public.deliveries d
      where d.destination_id = s.destination_id and d.lane = 'replay' and d.status in ('pending', 'retrying')
        and d.due_at <= now()
      order by d.due_at, d.id
      limit greatest(0, least(
        s.share - (select count(*) from live l where l.destination_id = s.destination_id), s.replay_share
      ))
      for update skip locked
    ) c
  )
  select array_agg(c.id) into v_chosen
  from (
    select id from live
    union all
    (select id from replayed limit coalesce(p_replay_limit, p_limit))
  ) c;

  if v_chosen is not null then
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
        'content_type', e.content_type, 'body', encode(e.raw_body, 'base64')
      ),
      'destination', jsonb_build_object(
        'id', t.id, 'slug', t.slug, 'kind', t.kind, 'url', t.url, 'timeout_ms', t.timeout_ms,
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
  end if;

  select min(x.due_at) into v_next_due
  from public.destinations t
  cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
  cross join lateral (
    select d.due_at from public.deliveries d
    where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
    order by d.due_at
    limit 1
  ) x
  where t.enabled and t.paused_at is null and v_chosen is null and (l.lane = 'live' or p_replay_limit is distinct from 0);

  return jsonb_build_object(
    'work', coalesce(v_work, '[]'),
    'next_due_ms', case when v_next_due is not null then
      greatest(0, ceil(extract(epoch from v_next_due - clock_timestamp()) * 1000))::bigint
    end
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.expire_leases (
  p_limit integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_expired bigint[];
  v_counts jsonb;
begin
  select array_agg(x.id order by x.id) into v_expired
  from (
    select d.id from public.deliveries d
    where d.status = 'claimed' and d.lease_until < now()
    order by d.lease_until
    limit p_limit
    for update skip locked
  ) x;

  if v_expired is null then
    return 0;
  end if;

  update public.attempts a set
    status = 'lease_expired',
    finished_at = now(),
    duration_ms = (extract(epoch from now() - a.started_at) * 1000)::integer,
    error_class = 'lease_expired',
    error = 'The worker ' || a.worker || ' stopped before it reported a result.'
  where a.delivery_id = any (v_expired) and a.status = 'open';

  with closed as (
    update public.deliveries d set
      status = case when d.tries >= coalesce(p.max_attempts, t.max_attempts) then 'dead' else 'retrying' end
        ::public.delivery_status,
      finished_at = case when d.tries >= coalesce(p.max_attempts, t.max_attempts) then now() end,
      due_at = now(),
      lease_until = null,
      last_error_class = 'lease_expired',
      last_error = 'The worker ' || d.worker || ' stopped before it reported a result.'
    from public.destinations t, public.deliveries x
    left join lateral public.replay_retries(x) p on true
    where t.id = d.destination_id and d.id = any (v_expired) and x.id = d.id
    returning d.event_id, d.status
  )
  select jsonb_agg(jsonb_build_object(
    'provider', e.provider, 'event_type', e.event_type, 'count', 1,
    'outcome', case c.status when 'dead' then 'dead' else 'failed' end
  ))
  into v_counts
  from closed c join public.events e on e.id = c.event_id;

  perform public.settle_deliveries(v_expired);
  perform public.add_statistics(v_counts);
  return cardinality(v_expired);
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
      response_truncated boolean, changes jsonb
    )
    order by x.delivery_id
  loop
    select d.tries, coalesce(p.max_attempts, t.max_attempts) as max_attempts, e.provider, e.event_type into v_delivery
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
      else 'retrying'
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
      retry_at = case when v_status = 'retrying' then now() + v_retry_in_ms * interval '1 millisecond' end,
      changes = v_changes
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open';

    update public.deliveries d set
      status = v_status,
      lease_until = null,
      finished_at = case when v_status in ('delivered', 'dead') then now() end,
      due_at = case when v_status = 'retrying' then now() + v_retry_in_ms * interval '1 millisecond' else d.due_at end,
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
      'outcome', case v_status when 'retrying' then 'failed' else v_status::text end
    );
  end loop;

  perform public.settle_deliveries(v_recorded);
  perform public.add_statistics(v_counts);
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.roll_up_events (
  p_events bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
begin
  -- Locked first, read second: two deliveries of one event that end together must see each other.
  perform from public.events e where e.id = any (p_events) order by e.id for update;

  update public.events e set
    status = r.status,
    attempt_count = r.attempts,
    processed_at = case
      when r.status in ('processed', 'replayed') then coalesce(e.processed_at, now())
    end,
    last_error_class = case when r.status in ('failed', 'dead', 'processing') then r.last_error_class end,
    last_error = case when r.status in ('failed', 'dead', 'processing') then r.last_error end
  from (
    select d.event_id,
      case
        when bool_or(d.status = 'claimed') then 'processing'
        when bool_or(d.status = 'dead') then 'dead'
        when bool_or(d.status = 'retrying') then 'failed'
        when bool_or(d.status in ('pending', 'held')) and sum(d.attempt_count) = 0 then 'received'
        when bool_or(d.status in ('pending', 'held')) then 'processing'
        when bool_or(d.status = 'delivered' and d.replay_id is not null) then 'replayed'
        else 'processed'
      end::public.event_status as status,
      sum(d.attempt_count)::integer as attempts,
      (array_agg(d.last_error_class order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error_class,
      (array_agg(d.last_error order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error
    from public.deliveries d
    where d.event_id = any (p_events)
    group by d.event_id
  ) r
  where e.id = r.event_id;
end
$function$;

CREATE OR REPLACE FUNCTION public.settle_deliveries (
  p_deliveries bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_ended record;
begin
  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (p_deliveries)
  ));

  for v_ended in with ended as (
    update public.replay_items i set
      outcome = public.replay_outcome_of(x.status, x.kind, x.changes),
      attempt_id = x.attempt_id,
      error_class = x.last_error_class,
      detail = x.last_error,
      finished_at = now()
    from (
      select m.replay_id, m.position, d.status, d.last_error_class, d.last_error, t.kind, a.id as attempt_id, a.changes
      from public.deliveries d
      -- From the few deliveries to their items, never the other way round: `offset 0` keeps the order.
      cross join lateral (
        select * from public.replay_items o
        where o.delivery_id = d.id and o.replay_id = d.replay_id and o.fed_at is not null and o.outcome is null
        offset 0
      ) m
      join public.destinations t on t.id = d.destination_id
      join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
      where d.id = any (p_deliveries) and d.status in ('delivered', 'dead')
    ) x
    where i.replay_id = x.replay_id and i.position = x.position and i.outcome is null
    returning i.replay_id, i.outcome
  )
  select replay_id, count(*) filter (where outcome <> 'failed') as succeeded,
    count(*) filter (where outcome = 'failed') as failed
  from ended
  group by replay_id
  -- Sorted, as everything that locks several rows.
  order by replay_id
  loop
    perform public.count_outcomes(v_ended.replay_id, v_ended.succeeded, v_ended.failed, 0);
  end loop;
end
$function$;

ALTER TABLE "public"."replay_items"
  ADD CONSTRAINT "replay_items_each_delivery_once" UNIQUE (delivery_id, replay_id);

CREATE INDEX replay_items_by_outcome ON public.replay_items USING btree (replay_id, outcome, "position")
  WHERE (outcome IS NOT NULL);
