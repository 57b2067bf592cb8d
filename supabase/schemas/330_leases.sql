-- Leases: how a claim gives them, and those that end without a result: let pass, given back, or renewed.

-- Leases what claim chose, and opens its attempts: the end of claim_deliveries. The caller holds the deliveries' rows.
-- Answers `work` of claim_deliveries.
create function public.lease_deliveries(p_chosen bigint[], p_worker text, p_lease_seconds integer, p_shares jsonb)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_work jsonb;
  v_events bigint[];
begin
  with claimed as (
    update public.deliveries d set
      status = 'claimed',
      fence = d.fence + 1,
      attempt_count = d.attempt_count + 1,
      tries = d.tries + 1,
      -- From when it is given, not from when the claim began, which may have had to wait.
      lease_until = public.clock_() + make_interval(secs => p_lease_seconds),
      worker = p_worker
    where d.id = any (p_chosen)
    returning d.*
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
    'event', public.event_for_projection(e, (select o.settings from public.sources o where o.id = e.source_id))
      || jsonb_build_object('headers', e.headers, 'content_type', e.content_type, 'traceparent', e.traceparent),
    'destination', jsonb_build_object(
      'id', t.id, 'slug', t.slug, 'kind', t.kind, 'url', t.url, 'headers', t.headers,
      'secrets', t.secrets, 'timeout_ms', t.timeout_ms,
      'max_attempts', coalesce(public.replay_max_attempts(y), t.max_attempts),
      'base_delay_ms', coalesce(public.replay_base_delay_ms(y), t.base_delay_ms),
      'backoff_factor', coalesce(public.replay_backoff_factor(y), t.backoff_factor)
    ),
    'pace', public.pace_of(t, h, p_shares)
  ) order by c.id)
  into v_work
  from claimed c
  join opened o on o.delivery_id = c.id
  join public.events e on e.id = c.event_id
  join public.destinations t on t.id = c.destination_id
  left join public.destination_health h on h.destination_id = t.id
  left join public.replays y on y.id = c.replay_id and c.lane = 'replay';

  -- What goes to rows is in flight for milliseconds: to write that down, and take it back, would double the work on its
  -- event.
  v_events := array(
    select distinct d.event_id
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    where d.id = any (p_chosen) and (t.kind = 'http' or d.attempt_count > 1)
  );
  if v_events <> '{}' then
    perform public.roll_up_events(v_events);
  end if;
  perform public.book_claim(p_chosen);
  return v_work;
end
$$;

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
    where d.status = 'claimed' and d.lease_until < public.now_()
    order by d.lease_until
    limit p_limit
    for update skip locked
  ) x;

  if v_expired is null then
    return 0;
  end if;

  update public.attempts a set
    status = 'lease_expired',
    finished_at = public.now_(),
    duration_ms = (extract(epoch from public.now_() - a.started_at) * 1000)::integer,
    error_class = 'lease_expired',
    error = 'The worker ' || a.worker || ' stopped before it reported a result.'
  where a.delivery_id = any (v_expired) and a.status = 'open';

  with closed as (
    update public.deliveries d set
      status = case
        when d.tries >= coalesce(public.replay_max_attempts(y), t.max_attempts) then 'dead' else 'retrying'
      end::public.delivery_status,
      finished_at = case
        when d.tries >= coalesce(public.replay_max_attempts(y), t.max_attempts) then public.now_()
      end,
      due_at = public.now_(),
      lease_until = null,
      last_error_class = 'lease_expired',
      last_error = 'The worker ' || d.worker || ' stopped before it reported a result.'
    from public.destinations t, public.deliveries x
    left join public.replays y on y.id = x.replay_id and x.lane = 'replay'
    where t.id = d.destination_id and d.id = any (v_expired) and x.id = d.id
    returning d.event_id, d.status, t.kind
  )
  select jsonb_agg(jsonb_build_object(
    'organisation_id', e.organisation_id, 'provider', e.provider, 'event_type', e.event_type, 'count', 1,
    'kind', c.kind, 'error_class', 'lease_expired',
    'outcome', case c.status when 'dead' then 'dead' else 'failed' end
  ))
  into v_counts
  from closed c join public.events e on e.id = c.event_id;

  perform public.settle_deliveries(v_expired);
  perform public.add_statistics(v_counts);
  perform public.count_attempts(v_counts);
  return cardinality(v_expired);
end
$$;

-- Gives back what a stopping worker still holds: its leases end now, so that another worker goes on at once.
create function public.release_leases(p_worker text) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_released integer;
begin
  update public.deliveries d set lease_until = public.now_() - interval '1 millisecond'
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
  update public.deliveries d set lease_until = public.now_() + make_interval(secs => p_lease_seconds)
  where d.id = p_delivery_id;
  return true;
end
$$;
