-- How many deliveries a destination may have now. Called by claim_deliveries, under the destination's lock.

-- How many deliveries a destination may get now, over all workers: 0 while it is off, paused, throttled, at its
-- concurrency or rate, or its circuit is open; 1 as a probe. Exact when the caller holds the destination's row.
-- A worker gives at most half of its p_slots to one destination, so that one that hangs cannot have them all.
create function public.capacity_of(
  t public.destinations, h public.destination_health, p_worker text, p_slots integer
) returns integer
language plpgsql stable set search_path = '' as $$
declare
  v_all integer;
  v_mine integer;
  v_probing boolean;
  v_tokens integer := floor(
    extract(epoch from public.now_() - greatest((h).rate_used_until, public.now_() - public.burst_of(t)))
      * (t).rate_per_second + 0.002
  );
begin
  if not public.takes_deliveries(t) or (h).disable_because is not null or (h).throttled_until > public.now_()
    or (h).breaker = 'open' and (h).probe_at > public.now_() then
    return 0;
  end if;
  select count(*), count(*) filter (where d.worker = p_worker), bool_or(d.id = (h).probe_delivery_id)
  into v_all, v_mine, v_probing
  from public.deliveries d
  where d.destination_id = (t).id and d.status = 'claimed';

  return greatest(0, case
    when (h).breaker in ('open', 'half_open') then least(case when v_probing then 0 else 1 end, v_tokens)
    else least((t).max_concurrency - v_all, (h).ramp - v_all, (p_slots + 1) / 2 - v_mine, v_tokens)
  end);
end
$$;

-- Which slots of a worker a destination's deliveries take, as p_shares tells them apart: {slow: free slots, unproven:
-- free slots, slow_slots: how many there are, late: [destinations that keep the worker waiting now]}.
--   slow      its newest attempts took two seconds and more, or it keeps the worker waiting now. However many such
--             endpoints hang, they share their slots in turn and take none from the others; one prompt answer makes it
--             proven again.
--   unproven  it has never answered with success: two at a time until it does, from slots of its kind.
--   proven    all others. Rows never wait for another server, so they always are.
create function public.pace_of(t public.destinations, h public.destination_health, p_shares jsonb) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_shares is null or (t).kind = 'tables' then 'proven'
    when (h).recent_max_ms >= 2000 or p_shares -> 'late' @> to_jsonb((t).id) then 'slow'
    when (h).last_success_at is null then 'unproven'
    else 'proven'
  end;
$$;

-- How many deliveries a destination has at the moment, over all workers.
create function public.in_flight(p_destination_id bigint) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  return (select count(*) from public.deliveries d where d.destination_id = p_destination_id and d.status = 'claimed');
end
$$;

-- Books what was claimed: the rate's bucket, and the probe of a circuit that is not closed. Last in the claim, because
-- it locks what record_attempts locks last.
create function public.book_claim(p_deliveries bigint[]) returns void
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
    rate_used_until = greatest(h.rate_used_until, public.now_() - public.burst_of(t))
      + c.count / t.rate_per_second * interval '1 second',
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

-- How much of its rate a destination may save up: a tenth of a second's worth, and at least one delivery.
create function public.burst_of(t public.destinations) returns interval
language sql immutable set search_path = '' as $$
  select greatest(0.1, 1 / (t).rate_per_second) * interval '1 second';
$$;
