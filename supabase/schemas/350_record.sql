-- record: closes attempts and moves their deliveries, in one transaction per batch. Called by lib/pipeline/record.ts.
-- The rows of `tables` deliveries change in the same transaction, so their effect happens exactly once.

-- Records how attempts ended. A result whose fence is not the delivery's newest is refused.
-- p_results: [{delivery_id, fence, delivered, duration_ms, retry_in_ms (null: do not retry), http_status, error_class,
-- error, response_headers, response_body (base64), response_truncated, throttle_ms (null: the endpoint did not ask us
-- to slow down), changes}]. p_wait: whether to wait for rows that another transaction is changing; without it, their
-- results are left alone and answered as busy, so that one that takes long never holds up the others.
-- Answers [{delivery_id, recorded, busy, status, error_class, error}], status null when refused or busy.
create function public.record_attempts(p_results jsonb, p_wait boolean default true) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_busy bigint[];
  -- The places of the results that count: of a delivery that is still claimed with this fence, once each.
  v_places bigint[];
  v_applied jsonb;
  v_recorded bigint[];
  v_answers jsonb;
  v_counts jsonb;
  v_health jsonb;
begin
  v_busy := public.lock_rows(p_results, p_wait);

  select array_agg(l.place) into v_places
  from (
    select x.place, row_number() over (partition by x.delivery_id order by x.place) as time
    from (
      select r.place, r.delivery_id, d.status = 'claimed' and d.fence = r.fence as is_current
      from rows from (jsonb_to_recordset(p_results) as (delivery_id bigint, fence bigint))
        with ordinality r(delivery_id, fence, place)
      join public.deliveries d on d.id = r.delivery_id
      where r.delivery_id <> all (v_busy)
      -- With its state the planner may take the index of all that is in flight.
      order by d.id offset 0
      for update of d
    ) x
    where x.is_current
  ) l
  where l.time = 1;

  v_applied := public.apply_results(p_results, v_places);

  with results as materialized (
    select r.*, o.*, d.destination_id, e.provider, e.event_type, e.organisation_id, t.kind,
      coalesce(f.applied -> 'changes', '[]') as applied_changes,
      case
        when o.is_delivered then 'delivered'
        when o.wait_ms is null or d.tries >= coalesce(public.replay_max_attempts(y), t.max_attempts) then 'dead'
        when public.takes_deliveries(t) then 'retrying'
        else 'held'
      end::public.delivery_status as status
    from rows from (jsonb_to_recordset(p_results) as (
      delivery_id bigint, fence bigint, delivered boolean, duration_ms integer, retry_in_ms bigint,
      http_status integer, error_class public.error_class, error text, response_headers jsonb, response_body text,
      response_truncated boolean, throttle_ms bigint
    )) with ordinality r(
      delivery_id, fence, delivered, duration_ms, retry_in_ms, http_status, given_class, given_error,
      response_headers, response_body, response_truncated, throttle_ms, place
    )
    join public.deliveries d on d.id = r.delivery_id
    join public.destinations t on t.id = d.destination_id
    join public.events e on e.id = d.event_id
    left join public.replays y on y.id = d.replay_id and d.lane = 'replay'
    cross join lateral (select v_applied -> r.delivery_id::text as applied offset 0) f
    -- What could not be applied failed, whatever was reported.
    cross join lateral (
      select r.delivered and not coalesce(f.applied ? 'error', false) as is_delivered,
        case when f.applied ? 'error' then (f.applied ->> 'retry_in_ms')::bigint else r.retry_in_ms end as wait_ms,
        case
          when f.applied ? 'error' then (f.applied ->> 'error_class')::public.error_class
          when not r.delivered then r.given_class
        end as error_class,
        case when f.applied ? 'error' then f.applied ->> 'error' when not r.delivered then r.given_error end as error
      offset 0
    ) o
    where r.place = any (v_places)
  ),
  closed as (
    update public.attempts a set
      status = case when r.is_delivered then 'succeeded' else 'failed' end::public.attempt_status,
      finished_at = public.now_(),
      duration_ms = r.duration_ms,
      http_status = r.http_status,
      error_class = r.error_class,
      error = r.error,
      response_headers = r.response_headers,
      response_body = decode(r.response_body, 'base64'),
      response_truncated = coalesce(r.response_truncated, false),
      retry_at = case
        when r.status in ('retrying', 'held') then public.now_() + r.wait_ms * interval '1 millisecond'
      end,
      changes = r.applied_changes
    from results r
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open'
  ),
  moved as (
    update public.deliveries d set
      status = r.status,
      lease_until = null,
      finished_at = case when r.status in ('delivered', 'dead') then public.now_() end,
      due_at = case
        when r.status in ('retrying', 'held') then public.now_() + r.wait_ms * interval '1 millisecond'
        else d.due_at
      end,
      last_error_class = r.error_class,
      last_error = r.error,
      last_http_status = r.http_status
    from results r
    where d.id = r.delivery_id
  )
  select array_agg(r.delivery_id),
    jsonb_agg(jsonb_build_object(
      'delivery_id', r.delivery_id, 'recorded', true, 'status', r.status, 'error_class', r.error_class,
      'error', r.error
    )),
    jsonb_agg(jsonb_build_object(
      'organisation_id', r.organisation_id, 'provider', r.provider, 'event_type', r.event_type, 'count', 1,
      'duration_ms', r.duration_ms, 'kind', r.kind, 'error_class', r.error_class,
      'outcome', case when r.status in ('retrying', 'held') then 'failed' else r.status::text end
    )),
    jsonb_agg(jsonb_build_object(
      'destination_id', r.destination_id, 'delivery_id', r.delivery_id, 'delivered', r.is_delivered,
      'duration_ms', r.duration_ms, 'http_status', r.http_status, 'throttle_ms', r.throttle_ms,
      'error_class', r.error_class, 'error', r.error
    ))
  into v_recorded, v_answers, v_counts, v_health
  from results r;

  if v_recorded is not null then
    perform public.settle_deliveries(v_recorded);
    perform public.add_statistics(v_counts);
    perform public.count_attempts(v_counts);
    perform public.note_health(v_health);
  end if;
  return (
    select coalesce(jsonb_agg(x.answer order by x.answer -> 'delivery_id'), '[]')
    from (
      select a as answer from jsonb_array_elements(v_answers) a
      union all
      select jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false)
        || case when r.delivery_id = any (v_busy) then '{"busy": true}'::jsonb else '{}' end
      from rows from (jsonb_to_recordset(p_results) as (delivery_id bigint)) with ordinality r(delivery_id, place)
      where r.place = any (v_places) is not true
    ) x
  );
end
$$;
