-- Pausing, disabling, and what follows: the deliveries of a destination that is paused or off are held, and released in
-- order when it is back. Called by the worker loop (maintain_destinations).
--
-- The switch is one row and acts at once: nothing is claimed for a destination that is off. Its deliveries follow in
-- batches, oldest first, and one that is written at the moment of the switch is corrected by the next run. So nothing
-- waits for a lock on a destination, and 100,000 held deliveries are released without a long transaction. held is
-- pending or retrying, in other words: with tries it was retrying, without it was pending.

-- What destinations need between claims: those that are gone or failed too long are disabled, administrators are
-- notified, and deliveries are held or released. Called by the worker loop; one at a time is enough. Answers how many
-- deliveries it released.
create function public.maintain_destinations(p_disable_after_days integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_id bigint;
  v_released integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('maintain_destinations', 1)) then
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
    where not public.takes_deliveries(t)
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
    where public.takes_deliveries(t)
  loop
    v_released := v_released + public.release_deliveries(v_id);
  end loop;

  delete from public.destination_statistics s
  where (s.destination_id, s.span, s.at) in (
    select x.destination_id, x.span, x.at
    from public.destination_health h
    cross join lateral (
      select * from public.destination_statistics o
      where o.destination_id = h.destination_id and o.span = 'minute' and o.at < public.now_() - interval '1 hour'
      order by o.at limit 10
    ) x
  );
  return v_released;
end
$$;

-- Holds the next batch of what waits at a destination that is paused or off. Never waits for a lock: what another
-- transaction is changing now is taken the next time. Nothing of the events changes, for held reads as what it was.
-- Answers how many.
create function public.hold_deliveries(p_destination_id bigint) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_held integer;
begin
  update public.deliveries d set status = 'held'
  where d.id = any (array(
    select x.id from public.deliveries x
    join public.destinations t on t.id = x.destination_id
    where x.destination_id = p_destination_id and x.status in ('pending', 'retrying')
      and not public.takes_deliveries(t)
    limit public.hold_batch()
    for update of x skip locked
  ));
  get diagnostics v_held = row_count;
  return v_held;
end
$$;

-- Releases the next batch of what is held at a destination that is back, oldest first. One that waited for its retry
-- still waits for it; the others are due in their order.
create function public.release_deliveries(p_destination_id bigint) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_released integer;
begin
  update public.deliveries d set
    status = case when d.tries > 0 then 'retrying' else 'pending' end::public.delivery_status,
    due_at = case when d.tries > 0 then greatest(d.due_at, public.now_()) else public.now_() end
  where d.id = any (array(
    select x.id from public.deliveries x
    join public.destinations t on t.id = x.destination_id
    where x.destination_id = p_destination_id and x.status = 'held' and public.takes_deliveries(t)
    order by x.id
    limit public.hold_batch()
    for update of x skip locked
  ));
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

-- Deliveries moved by one call and destination: some 50 ms.
create function public.hold_batch() returns integer
language sql immutable set search_path = '' as 'select 2000';

-- Disables what answered 410 or failed for p_disable_after_days without a success, and warns of that after one day.
-- Each is said once. Old failures alone are no reason: the last of them must be that much younger than the first.
create function public.end_failing(p_disable_after_days integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  f record;
begin
  for f in
    select t.id, t.name, h.last_error, coalesce(h.disable_because, case
      when h.last_failure_at >= h.failing_since + make_interval(days => p_disable_after_days)
      then format('It failed for %s days without a success.', p_disable_after_days)
    end) as because
    from public.destination_health h
    join public.destinations t on t.id = h.destination_id
    where t.enabled and t.kind = 'http' and t.archived_at is null and (
      h.disable_because is not null
      or h.last_failure_at >= h.failing_since + make_interval(days => p_disable_after_days)
      or h.warned_at is null and h.last_failure_at >= h.failing_since + interval '1 day'
    )
    order by t.id
    -- No key update: webhooks may go on storing deliveries.
    for no key update of t skip locked
  loop
    if f.because is not null then
      perform public.disable_destination(f.id, f.because, null, 'Redrive', 'system', null);
      update public.destination_health h set disable_because = null where h.destination_id = f.id;
      perform public.notify_admins('ds_' || f.id, format(
        '%s was disabled. %s Its deliveries are held until it is enabled again.', f.name, f.because
      ));
    else
      update public.destination_health h set warned_at = public.now_()
      where h.destination_id = f.id and h.warned_at is null;
      perform public.notify_admins('ds_' || f.id, format(
        '%s has been failing for a day (%s). It will be disabled in %s days unless a delivery succeeds.', f.name,
        f.last_error, p_disable_after_days - 1
      )) where found;
    end if;
  end loop;
end
$$;
