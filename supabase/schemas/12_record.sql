-- record: closes attempts and moves their deliveries, in one transaction per batch. Called by lib/pipeline/record.ts.
-- Long because all of it is one transaction, and reads as one.
-- The rows of `tables` deliveries change in the same transaction, so their effect happens exactly once.

-- Applies row changes and answers, per change, what happened: [{table, key, effect, before, after}].
-- p_changes: [{table, key: {column: text}, values: {column: value}, version}]. Answers collect in an array, because adding to
-- a jsonb copies it: thousands of changes took half a minute that way.
create function public.apply_changes(p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_change jsonb;
  v_table text;
  v_where text;
  v_row jsonb;
  v_candidate jsonb;
  v_winning jsonb;
  v_versions jsonb;
  v_columns text;
  v_effect public.change_effect;
  v_answers jsonb[] := '{}';
begin
  for v_change in select c from jsonb_array_elements(p_changes) c loop
    v_table := v_change ->> 'table';
    if v_table is null or not v_table = any (public.projection_tables()) then
      raise exception 'A projection may not write the table %.', coalesce(v_table, '(none)') using errcode = '23514';
    end if;

    select string_agg(format('t.%I = %L', k.key, k.value), ' and ') into v_where
    from jsonb_each_text(v_change -> 'key') k;
    execute format('select to_jsonb(t) from public.%I t where %s for update', v_table, v_where) into v_row;

    -- The values as the table's types print them, so that 2026-01-01T00:00:00Z equals what is stored.
    execute format(
      'select coalesce(jsonb_object_agg(w.key, to_jsonb(r) -> w.key), ''{}'')
       from jsonb_populate_record(null::public.%I, $1) r, jsonb_object_keys($1) as w(key)', v_table
    ) into v_candidate using v_change -> 'values';

    -- A column is written unless a later event wrote it already.
    select coalesce(jsonb_object_agg(w.key, w.value), '{}'),
      coalesce(jsonb_object_agg(w.key, v_change ->> 'version'), '{}')
    into v_winning, v_versions
    from jsonb_each(v_candidate) w
    where coalesce(v_row -> 'versions' ->> w.key, '') collate "C" <= (v_change ->> 'version') collate "C";

    v_effect := case
      when v_row is null then 'created'
      when v_row @> v_candidate then 'unchanged'
      when v_winning = '{}' or v_row @> v_winning then 'superseded'
      else 'updated'
    end;

    if v_effect = 'created' then
      v_winning := v_winning || (v_change -> 'key') || jsonb_build_object('versions', v_versions);
      select string_agg(format('%I', k), ', ') into v_columns from jsonb_object_keys(v_winning) k;
      execute format(
        'insert into public.%I (%s) select %s from jsonb_populate_record(null::public.%I, $1)',
        v_table, v_columns, v_columns, v_table
      ) using v_winning;
    elsif v_winning <> '{}' then
      v_versions := coalesce(v_row -> 'versions', '{}') || v_versions;
      select string_agg(format('%I = r.%I', k, k), ', ') into v_columns from jsonb_object_keys(v_winning) k;
      execute format(
        'update public.%I t set %s, versions = $2%s from jsonb_populate_record(null::public.%I, $1) r where %s',
        v_table, v_columns, case when v_effect = 'updated' then ', updated_at = now()' else '' end, v_table, v_where
      ) using v_winning, v_versions;
    end if;

    v_answers := array_append(v_answers, jsonb_build_object(
      'table', v_table,
      'key', v_change -> 'key',
      'effect', v_effect,
      -- Only the columns the change speaks of.
      'before', (
        select jsonb_object_agg(w.key, v_row -> w.key) from jsonb_object_keys(v_candidate) as w(key)
        where v_row is not null
      ),
      'after', v_candidate || coalesce((
        select jsonb_object_agg(w.key, v_row -> w.key) from jsonb_object_keys(v_candidate) as w(key)
        where v_row is not null and not v_winning ? w.key
      ), '{}')
    ));
  end loop;
  return to_jsonb(v_answers);
end
$$;

-- Records how attempts ended. A result whose fence is not the delivery's newest is refused.
-- p_results: [{delivery_id, fence, delivered, duration_ms, retry_in_ms (null: do not retry), http_status, error_class,
-- error, response_headers, response_body (base64), response_truncated, throttle_ms (null: the endpoint did not ask us to slow
-- down), changes}]. p_wait: whether to wait for rows that another transaction is changing; without it, their results are left
-- alone and answered as busy, so that one that takes long never holds up the results beside it.
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
      v_answers := array_append(v_answers, jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false, 'busy', true));
      continue;
    end if;

    select d.tries, d.destination_id, t.enabled and t.paused_at is null as open,
      coalesce(p.max_attempts, t.max_attempts) as max_attempts, e.provider, e.event_type,
      e.organisation_id
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
      -- A poisonous delivery fails alone.
      begin
        if jsonb_array_length(r.changes) > 10000 then
          raise exception 'It wants to change % rows, and one event may change 10,000. Have the sender send it in parts.',
            jsonb_array_length(r.changes) using errcode = '23514';
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
      finished_at = now(),
      duration_ms = r.duration_ms,
      http_status = r.http_status,
      error_class = case when v_delivered then null else r.error_class end,
      error = case when v_delivered then null else r.error end,
      response_headers = r.response_headers,
      response_body = decode(r.response_body, 'base64'),
      response_truncated = coalesce(r.response_truncated, false),
      retry_at = case when v_status in ('retrying', 'held') then now() + v_retry_in_ms * interval '1 millisecond' end,
      changes = v_changes
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open';

    update public.deliveries d set
      status = v_status,
      lease_until = null,
      finished_at = case when v_status in ('delivered', 'dead') then now() end,
      due_at = case
        when v_status in ('retrying', 'held') then now() + v_retry_in_ms * interval '1 millisecond' else d.due_at
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
      'event_type', v_delivery.event_type, 'count', 1, 'duration_ms', r.duration_ms,
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
  perform public.note_health(to_jsonb(v_health));
  return to_jsonb(v_answers);
end
$$;

-- Locks the rows that results will change until the end of the transaction: two batches neither deadlock nor make the same row
-- twice. Each row has a lock of its own and shares that of its table, provider and organisation. A result with more than a thousand
-- changes takes the shared ones for itself instead: Postgres has room for a few thousand locks in all.
-- Without p_wait it takes what is free; answers the deliveries it could not have.
create function public.lock_rows(p_results jsonb, p_wait boolean) returns bigint[]
language plpgsql volatile set search_path = '' as $$
declare
  v_locked boolean;
  v_busy bigint[] := '{}';
  k record;
begin
  if not jsonb_path_exists(p_results, '$[*].changes[0]') then
    return v_busy;
  end if;

  for k in
    with locks as materialized (
      select (x ->> 'delivery_id')::bigint as delivery_id, jsonb_array_length(x -> 'changes') > 1000 as many,
        hashtextextended(concat_ws(' ', c ->> 'table', c #>> '{key,provider}', c #>> '{key,organisation_id}'), 2) as shared,
        hashtextextended((c ->> 'table') || (c -> 'key')::text, 0) as own
      from jsonb_array_elements(p_results) x cross join jsonb_array_elements(x -> 'changes') c
    )
    -- In one order, the shared ones first, and of two equal ones the stronger first.
    select l.lock, l.is_shared, array_agg(distinct l.delivery_id) as deliveries
    from (
      select delivery_id, shared as lock, not many as is_shared, 1 as place from locks
      union all
      select delivery_id, own, false, 2 from locks where not many
    ) l
    group by l.place, l.lock, l.is_shared
    order by l.place, l.lock, l.is_shared
  loop
    if p_wait then
      if k.is_shared then
        perform pg_advisory_xact_lock_shared(k.lock);
      else
        perform pg_advisory_xact_lock(k.lock);
      end if;
    elsif not k.deliveries <@ v_busy then
      v_locked := case when k.is_shared then pg_try_advisory_xact_lock_shared(k.lock) else pg_try_advisory_xact_lock(k.lock) end;
      if not v_locked then
        v_busy := v_busy || k.deliveries;
      end if;
    end if;
  end loop;
  return v_busy;
end
$$;

-- After deliveries moved: their events' status follows, and the replays that drove them count their outcome.
create function public.settle_deliveries(p_deliveries bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ended record;
begin
  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (p_deliveries)
  ));

  for v_ended in with ended as (
    update public.replay_items i set
      outcome = public.replay_outcome_of(x.status, x.kind, x.changes),
      attempt_id = x.attempt_id,
      error_class = x.last_error_class,
      detail = x.last_error,
      finished_at = now()
    from (
      select m.replay_id, m.position, d.status, d.last_error_class, d.last_error, t.kind, a.id as attempt_id, a.changes
      from public.deliveries d
      -- From the few deliveries to their items, never the other way round: `offset 0` keeps the order.
      cross join lateral (
        select * from public.replay_items o
        where o.delivery_id = d.id and o.replay_id = d.replay_id and o.fed_at is not null and o.outcome is null
        offset 0
      ) m
      join public.destinations t on t.id = d.destination_id
      join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
      where d.id = any (p_deliveries) and d.status in ('delivered', 'dead')
    ) x
    where i.replay_id = x.replay_id and i.position = x.position and i.outcome is null
    returning i.replay_id, i.outcome
  )
  select replay_id, count(*) filter (where outcome <> 'failed') as succeeded,
    count(*) filter (where outcome = 'failed') as failed
  from ended
  group by replay_id
  -- Sorted, as everything that locks several rows.
  order by replay_id
  loop
    perform public.count_outcomes(v_ended.replay_id, v_ended.succeeded, v_ended.failed, 0);
  end loop;
end
$$;

-- What a replayed delivery did, in one word. `already_correct` and `superseded` say that nothing changed.
create function public.replay_outcome_of(
  p_status public.delivery_status, p_kind public.destination_kind, p_changes jsonb
) returns public.replay_outcome
language sql immutable set search_path = '' as $$
  select case
    when p_status <> 'delivered' then 'failed'
    when p_kind = 'http' then 'delivered'
    when jsonb_path_exists(p_changes, '$[*] ? (@.effect == "created" || @.effect == "updated")') then 'changed'
    when jsonb_path_exists(p_changes, '$[*] ? (@.effect == "superseded")') then 'superseded'
    else 'already_correct'
  end::public.replay_outcome;
$$;

-- Adds outcomes to a replay's counts and ends it with its last item.
create function public.count_outcomes(p_replay_id bigint, p_succeeded bigint, p_failed bigint, p_skipped bigint)
returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ended boolean;
begin
  update public.replays r set
    succeeded = r.succeeded + p_succeeded,
    failed = r.failed + p_failed,
    skipped = r.skipped + p_skipped,
    status = case
      when r.status = 'running' and r.succeeded + r.failed + r.skipped + p_succeeded + p_failed + p_skipped = r.total
      then 'completed' else r.status
    end,
    completed_at = case
      when r.status = 'running' and r.succeeded + r.failed + r.skipped + p_succeeded + p_failed + p_skipped = r.total
      then now() else r.completed_at
    end
  where r.id = p_replay_id
  returning r.status = 'completed' into v_ended;

  if v_ended then
    perform public.notice_end(p_replay_id);
  end if;
end
$$;

-- Tells who asked to be told that a replay ended: always, when everything went well, or when something failed.
create function public.notice_end(p_replay_id bigint) returns void
language sql volatile set search_path = '' as $$
  insert into public.notices (actor_id, subject, message)
  select r.actor_id, 'wr_' || r.id, format(
    'Replay wr_%s %s: %s of %s succeeded, %s failed, %s skipped.',
    r.id, r.status, r.succeeded, r.total, r.failed, r.skipped
  )
  from public.replays r
  where r.id = p_replay_id and (
    (r.options ->> 'notifyOnCompletion')::boolean
    or (r.options ->> 'notifyOnSuccess')::boolean and r.status = 'completed' and r.failed = 0
    or (r.options ->> 'notifyOnFailure')::boolean and (r.status = 'stopped' or r.failed > 0)
  );
$$;

-- The status of an event is what its deliveries say together. Needs no result of theirs, only their rows.
create function public.roll_up_events(p_events bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
begin
  -- Locked first, read second: two deliveries of one event that end together must see each other.
  perform from public.events e where e.id = any (p_events) order by e.id for update;

  update public.events e set
    status = r.status,
    attempt_count = r.attempts,
    processed_at = case
      when r.status in ('processed', 'replayed') then coalesce(e.processed_at, now())
    end,
    last_error_class = case when r.status in ('failed', 'dead', 'processing') then r.last_error_class end,
    last_error = case when r.status in ('failed', 'dead', 'processing') then r.last_error end
  from (
    select d.event_id,
      case
        when bool_or(d.status = 'claimed') then 'processing'
        when bool_or(d.status = 'dead') then 'dead'
        when bool_or(d.status = 'retrying' or d.status = 'held' and d.tries > 0) then 'failed'
        when bool_or(d.status in ('pending', 'held')) and sum(d.attempt_count) = 0 then 'received'
        when bool_or(d.status in ('pending', 'held')) then 'processing'
        when bool_or(d.status = 'delivered' and d.replay_id is not null) then 'replayed'
        else 'processed'
      end::public.event_status as status,
      sum(d.attempt_count)::integer as attempts,
      (array_agg(d.last_error_class order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error_class,
      (array_agg(d.last_error order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error
    from public.deliveries d
    where d.event_id = any (p_events)
    group by d.event_id
  ) r
  where e.id = r.event_id;
end
$$;
