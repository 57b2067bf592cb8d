-- claim: gives a worker due deliveries, under a lease. Any number of workers may ask at the same time.
-- Called by lib/pipeline/claim.ts. The attempt row exists, and is counted, before a byte leaves.

-- Leases up to p_limit due deliveries for p_lease_seconds, an equal share per destination, live before replay, each
-- within what capacity_of allows its destination. Of them at most p_replay_limit are replays, and replays take at most
-- half of a destination's concurrency. p_slots: how many deliveries the worker works on at a time, at most half of them
-- for one destination. p_kind: only for rows, or only for endpoints. p_shares: as pace_of reads them; then p_limit is
-- for the proven ones, and the others have limits of their own. p_bytes: once the bodies above 64 KB come to this much,
-- no further one of them is taken; with 0, none is. Once the others come to 4 MiB, no further one is. So an answer
-- stays small enough for jsonb and for memory, whatever a body may have. Answers {work: [{delivery_id, fence,
-- attempt_id, attempt_number, try, replay_id, event: {…, body (base64)}, destination: {…}, pace}], next_due_ms:
-- milliseconds until the next delivery may go, null when nothing waits or only the end of another delivery can change
-- that; of replays only when they were asked for; waiting: the destinations with due work that this claim left, whose
-- next result may free capacity}.
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
      when h.breaker = 'open' and public.may_probe(t, h) then 'proven' else public.pace_of(t, h, p_shares)
    end as pace
    from waiting w
    join public.destinations t on t.id = w.destination_id
    left join public.destination_health h on h.destination_id = t.id
    where (p_kind is null or t.kind = p_kind) and public.has_due(t.id)
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
      when p.free > 0 then coalesce(p.most > public.in_flight(p.id), true)
        and public.capacity_of(p.t, p.h, p_worker, p_slots) > 0
        or (p.h).breaker = 'open' and public.may_probe(p.t, p.h)
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

  -- One claim per destination at a time keeps its concurrency, rate and order exact. Workers queue for a few
  -- milliseconds, in turn, and the next statement sees what the one before them took.
  perform from public.destinations t where t.id = any (v_destinations) order by t.id for no key update;

  for s in
    select t.id, least(c.share, r.capacity) as share,
      case when r.capacity = 0 and public.may_probe(t, h) then public.single_replay_due(t.id) end as single,
      ceil(t.max_concurrency / 2.0) - (
        select count(*) from public.deliveries d
        where d.destination_id = t.id and d.status = 'claimed' and d.lane = 'replay'
      ) as replay_share
    from unnest(v_destinations, v_shares) with ordinality c(id, share, turn)
    join public.destinations t on t.id = c.id
    left join public.destination_health h on h.destination_id = t.id
    cross join lateral (select public.capacity_of(t, h, p_worker, p_slots) as capacity offset 0) r
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
      select c.id, b.heavy, sum(b.heavy) over w - b.heavy as before,
        sum(e.body_size - b.heavy) over w - (e.body_size - b.heavy) as light_before
      from unnest(v_chosen) with ordinality c(id, place)
      join public.deliveries d on d.id = c.id
      join public.events e on e.id = d.event_id
      cross join lateral (
        select case when e.body_size > 65536 then e.body_size else 0 end as heavy offset 0
      ) b
      window w as (order by c.place)
    ) y
    where case when y.heavy = 0 then y.light_before < 4194304 else y.before < p_bytes end
  );

  -- What a person is changing now is skipped. Found by id alone: with its state the planner may take the index of all
  -- that waits.
  v_chosen := array(
    select x.id from (
      select d.id, d.status from public.deliveries d where d.id = any (v_chosen)
      order by d.id offset 0 for update skip locked
    ) x
    where x.status in ('pending', 'retrying')
  );

  if cardinality(v_chosen) > 0 then
    v_work := public.lease_deliveries(v_chosen, p_worker, p_lease_seconds, p_shares);
    v_waiting := array(
      select w.id from unnest(v_waiting) as w(id)
      where public.has_due(w.id)
    );
  end if;
  v_next_due := public.next_due(p_kind, v_destinations, v_replays_left > 0);

  return jsonb_build_object(
    'work', coalesce(v_work, '[]'),
    'waiting', coalesce(to_jsonb(v_waiting), '[]'),
    'next_due_ms', case when v_next_due is not null then
      greatest(0, ceil(extract(epoch from v_next_due - public.clock_()) * 1000))::bigint
    end
  );
end
$$;
