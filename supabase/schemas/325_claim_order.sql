-- Which deliveries of a destination are next: who is due, and who is first.

-- The next deliveries of a destination and lane that are due, oldest first, at most p_limit. The caller holds the
-- destination's row. p_together: deliveries that go in the same claim.
--
-- Those with an ordering key go strictly one after the other: a live one waits for every older live one of its key, a
-- replayed one for every older one, and both for one that is at the endpoint. So nothing waits for a replay that waits
-- itself. Older is by delivery id; events whose acceptance overlapped have no order.
create function public.due_deliveries(
  p_destination_id bigint, p_lane public.delivery_lane, p_limit integer, p_together bigint[]
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
        and d.due_at <= public.now_()
      order by d.due_at, d.id
      limit p_limit
    );
  end if;

  v_busy := array(
    select d.ordering_key from public.deliveries d where d.destination_id = p_destination_id and d.status = 'claimed'
    union all
    select d.ordering_key from public.deliveries d where d.id = any (p_together)
  );
  v_busy := array_remove(v_busy, null);

  with due as materialized (
    select d.id, d.ordering_key from public.deliveries d
    where d.destination_id = p_destination_id and d.lane = p_lane and d.status in ('pending', 'retrying')
      and d.due_at <= public.now_()
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

  -- The oldest all wait for others: take the first of each key instead, starting anywhere, so that every key has its
  -- turn.
  if cardinality(v_due) < p_limit and v_seen = v_window then
    v_due := v_due || array(
      select f.id
      from public.first_of_keys(p_destination_id, p_lane, v_window) f
      where f.status in ('pending', 'retrying') and f.due_at <= public.now_() and f.ordering_key <> all (v_busy)
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

-- The oldest unfinished delivery of up to p_limit keys: one index probe per key. It starts at the key of one that is
-- due, each time another, so that every key has its turn.
create function public.first_of_keys(p_destination_id bigint, p_lane public.delivery_lane, p_limit integer)
returns setof public.deliveries
language plpgsql volatile set search_path = '' as $$
declare
  d public.deliveries;
  v_from timestamptz;
  v_key text;
begin
  select public.now_() - random() * (public.now_() - min(x.due_at)) into v_from from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying');
  select x.ordering_key into v_key from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying')
    and x.due_at between v_from and public.now_()
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
create function public.may_probe(t public.destinations, h public.destination_health) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return (h).breaker = 'open' and public.takes_deliveries(t) and (h).disable_because is null
    and (h).throttled_until > public.now_() is not true and public.single_replay_due((t).id) is not null;
end
$$;

-- The oldest replay of a single event that waits for its first try here. Null when there is none.
create function public.single_replay_due(p_destination_id bigint) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return (
    select d.id from public.deliveries d
    join public.replays r on r.id = d.replay_id
    where d.destination_id = p_destination_id and d.lane = 'replay' and d.status = 'pending'
      and d.due_at <= public.now_()
      and r.kind = 'single'
    order by d.id
    limit 1
  );
end
$$;
