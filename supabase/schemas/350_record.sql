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
  r record;
  v_delivery record;
  v_delivered boolean;
  v_changes jsonb;
  v_retry_in_ms bigint;
  v_status public.delivery_status;
  v_busy bigint[];
  v_recorded bigint[] := '{}';
  v_answers jsonb[] := '{}';
  v_counts jsonb[] := '{}';
  v_health jsonb[] := '{}';
begin
  v_busy := public.lock_rows(p_results, p_wait);

  for r in
    select * from jsonb_to_recordset(p_results) as x(
      delivery_id bigint, fence bigint, delivered boolean, duration_ms integer, retry_in_ms bigint, http_status integer,
      error_class public.error_class, error text, response_headers jsonb, response_body text,
      response_truncated boolean, throttle_ms bigint, changes jsonb
    )
    order by x.delivery_id
  loop
    if r.delivery_id = any (v_busy) then
      v_answers := array_append(
        v_answers, jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false, 'busy', true)
      );
      continue;
    end if;

    select d.tries, d.destination_id, public.takes_deliveries(t) as open,
      coalesce(p.max_attempts, t.max_attempts) as max_attempts, e.provider, e.event_type,
      e.organisation_id, t.kind
    into v_delivery
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    join public.events e on e.id = d.event_id
    left join lateral public.replay_retries(d) p on true
    where d.id = r.delivery_id and d.status = 'claimed' and d.fence = r.fence
    for update of d;

    if not found then
      v_answers := array_append(v_answers, jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false));
      continue;
    end if;

    v_delivered := r.delivered;
    v_retry_in_ms := r.retry_in_ms;
    v_changes := '[]';

    if v_delivered and jsonb_array_length(r.changes) > 0 then
      -- A delivery whose changes fail does so alone.
      begin
        if jsonb_array_length(r.changes) > 10000 then
          raise exception using errcode = '23514', message = format(
            'It wants to change %s rows, and one event may change 10,000. Have the sender send it in parts.',
            jsonb_array_length(r.changes)
          );
        end if;
        v_changes := public.apply_changes(r.changes);
      exception when others then
        v_delivered := false;
        r.error := sqlerrm;
        -- Classes 22 and 23: the data is wrong, and will be wrong again. Anything else may pass.
        if left(sqlstate, 2) in ('22', '23') then
          r.error_class := 'constraint';
          v_retry_in_ms := null;
        else
          r.error_class := 'handler_error';
          v_retry_in_ms := 1000;
        end if;
      end;
    end if;

    v_status := case
      when v_delivered then 'delivered'
      when v_retry_in_ms is null or v_delivery.tries >= v_delivery.max_attempts then 'dead'
      when v_delivery.open then 'retrying'
      else 'held'
    end;

    update public.attempts a set
      status = case when v_delivered then 'succeeded' else 'failed' end::public.attempt_status,
      finished_at = public.now_(),
      duration_ms = r.duration_ms,
      http_status = r.http_status,
      error_class = case when v_delivered then null else r.error_class end,
      error = case when v_delivered then null else r.error end,
      response_headers = r.response_headers,
      response_body = decode(r.response_body, 'base64'),
      response_truncated = coalesce(r.response_truncated, false),
      retry_at = case
        when v_status in ('retrying', 'held') then public.now_() + v_retry_in_ms * interval '1 millisecond'
      end,
      changes = v_changes
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open';

    update public.deliveries d set
      status = v_status,
      lease_until = null,
      finished_at = case when v_status in ('delivered', 'dead') then public.now_() end,
      due_at = case
        when v_status in ('retrying', 'held') then public.now_() + v_retry_in_ms * interval '1 millisecond'
        else d.due_at
      end,
      last_error_class = case when v_delivered then null else r.error_class end,
      last_error = case when v_delivered then null else r.error end,
      last_http_status = r.http_status
    where d.id = r.delivery_id and d.fence = r.fence;

    v_recorded := array_append(v_recorded, r.delivery_id);
    v_answers := array_append(v_answers, jsonb_build_object(
      'delivery_id', r.delivery_id, 'recorded', true, 'status', v_status,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    ));
    v_counts := array_append(v_counts, jsonb_build_object(
      'organisation_id', v_delivery.organisation_id, 'provider', v_delivery.provider,
      'event_type', v_delivery.event_type, 'count', 1, 'duration_ms', r.duration_ms, 'kind', v_delivery.kind,
      'error_class', case when v_delivered then null else r.error_class end,
      'outcome', case when v_status in ('retrying', 'held') then 'failed' else v_status::text end
    ));
    v_health := array_append(v_health, jsonb_build_object(
      'destination_id', v_delivery.destination_id, 'delivery_id', r.delivery_id, 'delivered', v_delivered,
      'duration_ms', r.duration_ms, 'http_status', r.http_status, 'throttle_ms', r.throttle_ms,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    ));
  end loop;

  perform public.settle_deliveries(v_recorded);
  perform public.add_statistics(to_jsonb(v_counts));
  perform public.count_attempts(to_jsonb(v_counts));
  perform public.note_health(to_jsonb(v_health));
  return to_jsonb(v_answers);
end
$$;
