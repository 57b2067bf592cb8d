-- claim: gives a worker due deliveries, under a lease. Any number of workers may ask at the same time.
-- Called by lib/pipeline/claim.ts. The attempt row exists, and is counted, before a byte leaves.
-- Long because all of the choice stands in one place: who has room, who is due, who is first.

-- Callers stand above what they call.
set check_function_bodies = off;

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
    'organisation_id', e.organisation_id, 'provider', e.provider, 'event_type', e.event_type, 'count', 1,
    'outcome', case c.status when 'dead' then 'dead' else 'failed' end
  ))
  into v_counts
  from closed c join public.events e on e.id = c.event_id;

  perform public.settle_deliveries(v_expired);
  perform public.add_statistics(v_counts);
  return cardinality(v_expired);
end
$$;

-- Leases up to p_limit due deliveries for p_lease_seconds, an equal share per destination, live before replay, each within
-- what room_at allows its destination. Of them at most p_replay_limit are replays, and replays take at most half of a
-- destination's concurrency. p_slots: how many deliveries the worker works on at a time, at most half of them for one
-- destination. p_kind: only for rows, or only for endpoints. p_shares: as pace_of tells; then p_limit is for the proven ones,
-- and the others are limited beside it. p_bytes: once the bodies above 64 KB come to this much, no further one of them is
-- taken; with 0, none is. So an answer stays small enough for jsonb and for memory, whatever a body may have.
-- Answers {work: [{delivery_id, fence, attempt_id, attempt_number, try, replay_id, event: {…, body (base64)},
-- destination: {…}, pace}], next_due_ms: milliseconds until the next delivery may go, null when nothing waits or only the end of
-- another delivery can change that; of replays only when they were asked for; waiting: the destinations with due work before
-- this claim, whose next end may make room}.
create function public.claim_deliveries(
  p_worker text, p_limit integer, p_lease_seconds integer, p_replay_limit integer default null,
  p_slots integer default null, p_kind public.destination_kind default null, p_shares jsonb default null,
  p_bytes bigint default 8388608
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_waiting bigint[];
  v_destinations bigint[];
  v_shares integer[];
  v_replays_left integer := coalesce(p_replay_limit, p_limit);
  s record;
  v_live bigint[];
  v_replayed bigint[];
  v_chosen bigint[] := '{}';
  v_work jsonb;
  v_next_due timestamptz;
begin
  perform public.expire_leases(greatest(p_limit, 10));

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
  ),
  due as (
    select t, h, t.id, case
      -- A person wants to know now: not in turn with what hangs.
      when h.breaker = 'open' and public.may_try(t, h) then 'proven' else public.pace_of(t, h, p_shares)
    end as pace
    from waiting w
    join public.destinations t on t.id = w.destination_id
    left join public.destination_health h on h.destination_id = t.id
    where (p_kind is null or t.kind = p_kind) and exists (
      select from public.deliveries d
      where d.destination_id = t.id and d.status in ('pending', 'retrying') and d.lane in ('live', 'replay')
        and d.due_at <= now()
    )
  ),
  paced as (
    select d.*, case d.pace
      when 'proven' then p_limit else coalesce((p_shares ->> d.pace)::integer, 0)
    end as free, case d.pace
      when 'unproven' then 2
      when 'slow' then greatest(1, (p_shares ->> 'slow_slots')::integer / count(*) over (partition by d.pace))
    end as most
    from due d
  ),
  -- Asked only of those that have a slot to go to: of a thousand that hang, few have.
  open as materialized (
    select p.*, case
      when p.free > 0 then coalesce(p.most > public.in_flight(p.id), true) and public.room_at(p.t, p.h, p_worker, p_slots) > 0
        or (p.h).breaker = 'open' and public.may_try(p.t, p.h)
      else false
    end as open
    from paced p
  ),
  taken as (
    select o.*, row_number() over (partition by o.pace, o.open order by random()) as turn from open o
  ),
  shared as (
    select t.id, least(
      greatest(1, t.free / count(*) over (partition by t.pace)),
      case when t.most is not null then t.most - public.in_flight(t.id) end
    )::integer as share
    from taken t
    where t.open and t.turn <= t.free
  )
  select array(select d.id from due d), array_agg(x.id order by x.turn), array_agg(x.share order by x.turn)
  into v_waiting, v_destinations, v_shares
  from (select y.id, y.share, random() as turn from shared y) x;

  -- One claim per destination at a time keeps its concurrency, rate and order exact. Workers queue for a few milliseconds,
  -- in turn, and the next statement sees what the one before them took.
  perform from public.destinations t where t.id = any (v_destinations) order by t.id for no key update;

  for s in
    select t.id, least(c.share, r.room) as share,
      case when r.room = 0 and public.may_try(t, h) then public.single_replay_due(t.id) end as single,
      ceil(t.max_concurrency / 2.0) - (
        select count(*) from public.deliveries d
        where d.destination_id = t.id and d.status = 'claimed' and d.lane = 'replay'
      ) as replay_share
    from unnest(v_destinations, v_shares) with ordinality c(id, share, turn)
    join public.destinations t on t.id = c.id
    left join public.destination_health h on h.destination_id = t.id
    cross join lateral (select public.room_at(t, h, p_worker, p_slots) as room offset 0) r
    order by c.turn
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

  v_chosen := array(
    select y.id
    from (
      select c.id, b.heavy, sum(b.heavy) over (order by c.place) - b.heavy as before
      from unnest(v_chosen) with ordinality c(id, place)
      join public.deliveries d on d.id = c.id
      join public.events e on e.id = d.event_id
      cross join lateral (
        select case when octet_length(e.raw_body) > 65536 then octet_length(e.raw_body) else 0 end as heavy offset 0
      ) b
    ) y
    where y.heavy = 0 or y.before < p_bytes
  );

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
        -- From when it is given, not from when the claim began, which may have had to wait.
        lease_until = clock_timestamp() + make_interval(secs => p_lease_seconds),
        worker = p_worker
      where d.id = any (v_chosen)
      returning d as row
    ),
    claimed as (
      select (l.row).* from leased l
    ),
    opened as (
      -- By the clock, not by the start of this transaction: it may have waited for the one that ended the attempt before.
      insert into public.attempts (delivery_id, number, fence, worker, replay_id, started_at)
      select c.id, c.attempt_count, c.fence, p_worker, c.replay_id, c.lease_until - make_interval(secs => p_lease_seconds)
      from claimed c
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
      ),
      'pace', public.pace_of(t, h, p_shares)
    ) order by c.id)
    into v_work
    from claimed c
    join opened o on o.delivery_id = c.id
    join public.events e on e.id = c.event_id
    join public.destinations t on t.id = c.destination_id
    left join public.destination_health h on h.destination_id = t.id
    left join lateral public.replay_retries((select l.row from leased l where (l.row).id = c.id)) p on true;

    perform public.roll_up_events(array(
      select distinct d.event_id from public.deliveries d where d.id = any (v_chosen)
    ));
    perform public.spend(v_chosen);
  else
    v_next_due := public.next_due(p_kind, v_destinations, v_replays_left > 0);
  end if;

  return jsonb_build_object(
    'work', coalesce(v_work, '[]'),
    'waiting', coalesce(to_jsonb(v_waiting), '[]'),
    'next_due_ms', case when v_next_due is not null then
      greatest(0, ceil(extract(epoch from v_next_due - clock_timestamp()) * 1000))::bigint
    end
  );
end
$$;

-- How many deliveries a destination has at the moment, over all workers.
create function public.in_flight(p_destination_id bigint) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return (select count(*) from public.deliveries d where d.destination_id = p_destination_id and d.status = 'claimed');
end
$$;

-- The next deliveries of a destination and lane that are due, oldest first, at most p_limit. The caller holds the
-- destination's row. p_beside: deliveries that go in the same moment.
--
-- Those with an ordering key go strictly one after the other: a live one waits for every older live one of its key, a replayed
-- one for every older one, and both for one that is at the endpoint. So nothing waits for a replay that waits itself.
-- Older is by delivery id; events whose acceptance overlapped have no order.
create function public.due_deliveries(
  p_destination_id bigint, p_lane public.delivery_lane, p_limit integer, p_beside bigint[]
) returns bigint[]
language plpgsql volatile set search_path = '' as $$
declare
  -- Looked at per claim, however long the queue is.
  v_window constant integer := 200;
  v_busy text[];
  v_due bigint[];
  v_seen integer;
begin
  if p_limit <= 0 then
    return '{}';
  end if;
  if not exists (
    select from public.deliveries d
    where d.destination_id = p_destination_id and d.ordering_key is not null
      and d.status in ('pending', 'claimed', 'retrying', 'held')
  ) then
    return array(
      select d.id from public.deliveries d
      where d.destination_id = p_destination_id and d.lane = p_lane and d.status in ('pending', 'retrying')
        and d.due_at <= now()
      order by d.due_at, d.id
      limit p_limit
    );
  end if;

  v_busy := array(
    select d.ordering_key from public.deliveries d where d.destination_id = p_destination_id and d.status = 'claimed'
    union all
    select d.ordering_key from public.deliveries d where d.id = any (p_beside)
  );
  v_busy := array_remove(v_busy, null);

  with due as materialized (
    select d.id, d.ordering_key from public.deliveries d
    where d.destination_id = p_destination_id and d.lane = p_lane and d.status in ('pending', 'retrying')
      and d.due_at <= now()
    order by d.due_at, d.id
    limit v_window
  ),
  candidates as materialized (
    select u.id, null as ordering_key from due u where u.ordering_key is null
    union all
    -- Only the oldest of a key can be its first.
    select min(u.id), u.ordering_key from due u where u.ordering_key <> all (v_busy) group by u.ordering_key
  )
  select array(
    select c.id from candidates c
    where c.ordering_key is null or public.is_first(p_destination_id, c.ordering_key, c.id, p_lane)
    order by c.id
    limit p_limit
  ), (select count(*) from due) into v_due, v_seen;

  -- The oldest all wait for others: look at the first of each key instead, starting anywhere, so that every key has its turn.
  if cardinality(v_due) < p_limit and v_seen = v_window then
    v_due := v_due || array(
      select f.id
      from public.first_of_keys(p_destination_id, p_lane, v_window) f
      where f.status in ('pending', 'retrying') and f.due_at <= now() and f.ordering_key <> all (v_busy)
        and not f.id = any (v_due) and public.is_first(p_destination_id, f.ordering_key, f.id, p_lane)
      limit p_limit - cardinality(v_due)
    );
  end if;
  return v_due;
end
$$;

-- Whether no older delivery of its key comes before it.
create function public.is_first(p_destination_id bigint, p_key text, p_id bigint, p_lane public.delivery_lane)
returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return not exists (
    select from public.deliveries b
    where b.destination_id = p_destination_id and b.ordering_key = p_key and b.id < p_id
      and b.status in ('pending', 'claimed', 'retrying', 'held') and (p_lane = 'replay' or b.lane = 'live')
  );
end
$$;

-- The oldest unfinished delivery of up to p_limit keys: one index probe per key. It starts at the key of one that is due, each
-- time another, so that every key has its turn.
create function public.first_of_keys(p_destination_id bigint, p_lane public.delivery_lane, p_limit integer)
returns setof public.deliveries
language plpgsql volatile set search_path = '' as $$
declare
  d public.deliveries;
  v_from timestamptz;
  v_key text;
begin
  select now() - random() * (now() - min(x.due_at)) into v_from from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying');
  select x.ordering_key into v_key from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying')
    and x.due_at between v_from and now()
  order by x.due_at, x.id
  offset floor(random() * 1000) limit 1;

  v_key := coalesce(v_key, '');
  for n in 1..p_limit loop
    select x.* into d from public.deliveries x
    where x.destination_id = p_destination_id and x.ordering_key >= v_key and (n = 1 or x.ordering_key > v_key)
      and x.status in ('pending', 'claimed', 'retrying', 'held') and x.lane = p_lane
    order by x.ordering_key, x.id
    limit 1;
    exit when not found;
    v_key := d.ordering_key;
    return next d;
  end loop;
end
$$;

-- Whether a person's own replay may try a destination whose circuit is open: it goes out as the probe.
create function public.may_try(t public.destinations, h public.destination_health) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return (h).breaker = 'open' and (t).enabled and (t).paused_at is null and (t).archived_at is null
    and (h).disable_because is null
    and (h).throttled_until > now() is not true and public.single_replay_due((t).id) is not null;
end
$$;

-- The oldest replay of a single event that waits for its first try here. Null when there is none.
create function public.single_replay_due(p_destination_id bigint) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return (
    select d.id from public.deliveries d
    join public.replays r on r.id = d.replay_id
    where d.destination_id = p_destination_id and d.lane = 'replay' and d.status = 'pending' and d.due_at <= now()
      and r.kind = 'single'
    order by d.id
    limit 1
  );
end
$$;

-- Books what was claimed: the rate's bucket, and the probe of a circuit that is not closed. Last in the claim, because it locks
-- what record_attempts locks last.
create function public.spend(p_deliveries bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.destination_health (destination_id)
  select distinct t.id
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  where d.id = any (p_deliveries) and t.rate_per_second is not null
    and not exists (select from public.destination_health h where h.destination_id = t.id)
  on conflict do nothing;

  perform from public.destination_health h
  join public.destinations t on t.id = h.destination_id
  where h.destination_id in (select d.destination_id from public.deliveries d where d.id = any (p_deliveries))
    and (t.rate_per_second is not null or h.breaker <> 'closed')
  order by h.destination_id
  for update of h;
  if not found then
    return;
  end if;

  update public.destination_health h set
    spent_until = greatest(h.spent_until, now() - public.burst_of(t)) + c.count / t.rate_per_second * interval '1 second',
    probe_delivery_id = case when h.breaker <> 'closed' then c.first end,
    breaker = case when h.breaker <> 'closed' then 'half_open' else 'closed' end::public.breaker_state
  from (
    select d.destination_id, count(*) as count, min(d.id) as first
    from public.deliveries d
    where d.id = any (p_deliveries)
    group by d.destination_id
  ) c
  join public.destinations t on t.id = c.destination_id
  where h.destination_id = c.destination_id and (t.rate_per_second is not null or h.breaker <> 'closed');
end
$$;

-- When the next delivery may go: it is due, and its destination is not throttled, open, or out of its rate any more. Null when
-- nothing waits, or when it waits for the end of another one, which nobody can know. p_open: the destinations that had room in
-- this claim. p_kind: only of these.
create function public.next_due(p_kind public.destination_kind, p_open bigint[], p_replays boolean) returns timestamptz
language plpgsql stable set search_path = '' as $$
begin
  return (
    select min(z.at)
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
    cross join lateral (
      select d.due_at from public.deliveries d
      where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
        -- Where order is kept, what is due and was not claimed waits for another.
        and (d.ordering_key is null or d.due_at > now())
      order by d.due_at
      limit 1
    ) x
    cross join lateral (
      select greatest(
        x.due_at, h.throttled_until, case when h.breaker = 'open' then h.probe_at end,
        h.spent_until + 1 / t.rate_per_second * interval '1 second'
      ) as at
      offset 0
    ) z
    where t.enabled and t.paused_at is null and t.archived_at is null and h.disable_because is null and (l.lane = 'live' or p_replays)
      and (p_kind is null or t.kind = p_kind) and (z.at > now() or t.id = any (p_open))
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

-- Lengthens the lease of a delivery whose result waits to be recorded. False when it is not this claim's any more.
create function public.renew_lease(p_delivery_id bigint, p_fence bigint, p_lease_seconds integer) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  -- While it is being recorded its row is locked: then there is nothing to lengthen, and nothing to wait for.
  perform from public.deliveries d
  where d.id = p_delivery_id and d.fence = p_fence and d.status = 'claimed'
  for update skip locked;
  if not found then
    return false;
  end if;
  update public.deliveries d set lease_until = now() + make_interval(secs => p_lease_seconds) where d.id = p_delivery_id;
  return true;
end
$$;
