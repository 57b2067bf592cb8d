-- Leases that end without a result: given back, renewed, or let pass.

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
