-- Whether a destination has something due, and when the next delivery may go.

-- Whether something is due there. Two probes of an index, each in its order: of an `exists` the planner makes a join
-- with the whole backlog, and without an order it takes any index.
create function public.has_due(p_destination_id bigint) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return coalesce(
    (
      select true from public.deliveries d
      where d.destination_id = p_destination_id and d.lane = 'live' and d.status in ('pending', 'retrying')
        and d.due_at <= public.now_()
      order by d.due_at, d.id limit 1
    ),
    (
      select true from public.deliveries d
      where d.destination_id = p_destination_id and d.lane = 'replay' and d.status in ('pending', 'retrying')
        and d.due_at <= public.now_()
      order by d.due_at, d.id limit 1
    ),
    false
  );
end
$$;

-- When the next delivery may go: it is due, and its destination is not throttled, open, or out of its rate any more.
-- Null when nothing waits, or when it waits for the end of another one, which cannot be known. p_open: the destinations
-- that had capacity in this claim. p_kind: only of these.
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
        and (d.ordering_key is null or d.due_at > public.now_())
      order by d.due_at
      limit 1
    ) x
    cross join lateral (
      select greatest(
        x.due_at, h.throttled_until, case when h.breaker = 'open' then h.probe_at end,
        h.rate_used_until + 1 / t.rate_per_second * interval '1 second'
      ) as at
      offset 0
    ) z
    where public.takes_deliveries(t) and h.disable_because is null and (l.lane = 'live' or p_replays)
      and (p_kind is null or t.kind = p_kind) and (z.at > public.now_() or t.id = any (p_open))
  );
end
$$;
