-- claim: gives a worker due deliveries, under a lease. Any number of workers may ask at the same time.
-- Called by lib/pipeline/claim.ts. The attempt row exists, and is counted, before a byte leaves.

-- Closes attempts whose worker let its lease pass, and makes their deliveries due again, or dead when that was the last
-- try: an event that kills its worker must not do so for ever.
create function public.expire_leases(p_limit integer) returns integer
language plpgsql volatile set search_path = '' as $$
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
$$;

-- Leases up to p_limit due deliveries for p_lease_seconds, an equal share per destination, live before replay. Of them
-- at most p_replay_limit are replays, and replays take at most half of a destination's concurrency.
-- Answers {work: [{delivery_id, fence, attempt_id, attempt_number, try, replay_id, event: {…, body (base64)},
-- destination: {…}}], next_due_ms: milliseconds until the next delivery is due, null when nothing waits; of replays only
-- when they were asked for}.
create function public.claim_deliveries(
  p_worker text, p_limit integer, p_lease_seconds integer, p_replay_limit integer default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
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
        'content_type', e.content_type, 'organisation_id', e.organisation_id, 'company_id', e.company_id,
        'settings', (select s.settings from public.sources s where s.id = e.source_id),
        'body', encode(e.raw_body, 'base64')
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
$$;

-- Gives back what a stopping worker still holds: its leases end now, so that another worker goes on at once.
create function public.release_leases(p_worker text) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_released integer;
begin
  update public.deliveries d set lease_until = now() - interval '1 millisecond'
  where d.status = 'claimed' and d.worker = p_worker;
  get diagnostics v_released = row_count;
  return v_released;
end
$$;
