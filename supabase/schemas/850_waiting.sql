-- What waits, as counts that stop early, and since when.

-- What waits, as counts that stop at 10,000, and how long the oldest due delivery has waited that a worker could have
-- taken: not one that its destination's circuit, throttle, rate or order holds back.
create function public.read_backlog(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'waiting', case when p_scope is null then public.read_waiting() else public.read_waiting_within(p_scope) end,
    'dead_letters', public.count_dead_letters(p_scope), 'running_replays', public.count_running_replays(p_scope),
    'events_stored', case when p_scope is null then exists (select from public.events) else exists (
      select from unnest(p_scope) as o(id)
      cross join lateral (select from public.events e where e.organisation_id = o.id limit 1) x
    ) end
  );
$$;

create function public.read_waiting() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'oldest_due_seconds', public.oldest_due_seconds()
  ) || public.read_waits();
$$;

-- The same for some organisations: of their newest 10,000 events that are not finished, because nothing else says whose
-- a delivery is.
create function public.read_waiting_within(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'count', count(*) filter (where w.status <> 'held'),
    'blocked', count(*) filter (where w.status <> 'held' and public.hold_of(t, h) is not null),
    'held', count(*) filter (where w.status = 'held'),
    'oldest_due_seconds', round(extract(epoch from public.now_() - min(w.due_at) filter (
      where w.status <> 'held' and w.due_at <= public.now_() and public.takes_deliveries(t)
        and t.rate_per_second is null and t.ordering = 'none'
        and coalesce(h.breaker, 'closed') = 'closed' and h.ramp is null and h.disable_because is null
        and coalesce(h.throttled_until, '-infinity') <= public.now_()
    ))::numeric, 1)
  )
  from (
    select d.due_at, d.destination_id, d.status
    from (
      select e.id from public.events e
      where e.status in ('received', 'processing', 'failed', 'dead') and public.in_scope(p_scope, e.organisation_id)
      order by e.received_at desc
      limit 10000
    ) e
    join public.deliveries d on d.event_id = e.id and d.status in ('pending', 'retrying', 'held')
    limit 10000
  ) w
  join public.destinations t on t.id = w.destination_id
  left join public.destination_health h on h.destination_id = t.id;
$$;

-- How many deliveries wait, over all destinations, each count at most 10,000: {count: pending or to be retried,
-- blocked: of these, those that their destination holds back, held: those that are held while it is paused or
-- disabled}. The sums of what read_health says of each destination.
create function public.read_waits() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'count', least(coalesce(sum(q.waiting), 0), 10000),
    'blocked', least(coalesce(sum(q.waiting) filter (where q.hold is not null), 0), 10000),
    'held', least(coalesce(sum(q.held), 0), 10000)
  )
  from (
    select public.hold_of(t, h) as hold,
      (
        select count(*) from (
          select from public.deliveries d
          where d.destination_id = t.id and d.status in ('pending', 'retrying') limit 10000
        ) w
      ) as waiting,
      (
        select count(*) from (
          select from public.deliveries d where d.destination_id = t.id and d.status = 'held' limit 10000
        ) w
      ) as held
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    where t.archived_at is null
  ) q;
$$;

-- The counts in the sidebar of the console.
create function public.read_nav_counts(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'dead_letters', public.count_dead_letters(p_scope), 'running_replays', public.count_running_replays(p_scope)
  );
$$;

create function public.count_running_replays(p_scope text[]) returns integer
language sql stable set search_path = '' as $$
  select count(*)::integer from public.replays r
  where r.status in ('queued', 'running', 'paused') and public.all_in_scope(p_scope, r.organisations);
$$;
