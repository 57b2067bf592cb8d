-- What pages and APIs read, as the JSON of lib/contract. Called by lib/queries. Nothing here changes anything.

-- Callers stand above what they call.
set check_function_bodies = off;

create function public.iso(p_at timestamptz) returns text
language sql immutable set search_path = '' as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
$$;

-- The condition a filter means, over `public.events e`. The one predicate of list, count, preview and replay.
-- p_filter: the fields of lib/contract/event-filter.ts, checked there. Every value is quoted here.
create function public.event_predicate(p_filter jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where p_filter ? c.field), 'true')
  from (values
    (1, 'provider_slug', format('e.provider = any (%L::text[])', public.text_array(p_filter -> 'provider_slug'))),
    (2, 'status', format('e.status = any (%L::public.event_status[])', public.text_array(p_filter -> 'status'))),
    (3, 'error_class', format(
      'e.last_error_class = any (%L::public.error_class[])', public.text_array(p_filter -> 'error_class')
    )),
    (4, 'event_type', format('e.event_type = %L', p_filter ->> 'event_type')),
    (5, 'org_id', format('e.organisation_id = %L', p_filter ->> 'org_id')),
    (6, 'company_id', format('e.company_id = %L', p_filter ->> 'company_id')),
    -- strpos, not like: a searched % or _ means itself.
    (7, 'q', format('strpos(lower(e.event_key), lower(%L)) > 0', p_filter ->> 'q')),
    (8, 'from_ts', format('e.received_at >= %L::timestamptz', p_filter ->> 'from_ts')),
    (9, 'to_ts', format('e.received_at < %L::timestamptz', p_filter ->> 'to_ts'))
  ) as c(n, field, condition);
$$;

create function public.text_array(p_list jsonb) returns text[]
language sql immutable set search_path = '' as $$
  select array_agg(x) from jsonb_array_elements_text(p_list) x;
$$;

create function public.event_summary(e public.events) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
    'status', e.status, 'trust', e.trust, 'parse_status', e.parse_status, 'org_id', e.organisation_id,
    'company_id', e.company_id, 'object_id', e.object_id, 'livemode', e.livemode, 'replay_count', e.replay_count,
    'duplicate_count', e.duplicate_count, 'conflict_count', e.conflict_count, 'attempt_count', e.attempt_count,
    'last_error', e.last_error, 'last_error_class', e.last_error_class, 'occurred_at', public.iso(e.occurred_at),
    'received_at', public.iso(e.received_at), 'created_at', public.iso(e.received_at),
    'processed_at', public.iso(e.processed_at), 'body_size', octet_length(e.raw_body),
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object('id', d.id, 'destination', t.name, 'kind', t.kind, 'status', d.status)
        order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      where d.event_id = e.id
    ), '[]')
  );
$$;

-- One page of the history, newest first. p_cursor: `<received_at in microseconds>.<id>` of the last row seen.
create function public.list_events(p_filter jsonb, p_limit integer, p_cursor text) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_condition text := public.event_predicate(p_filter);
  v_answer jsonb;
begin
  if p_cursor is not null then
    v_condition := v_condition || format(
      ' and (e.received_at, e.id) < (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      split_part(p_cursor, '.', 1), split_part(p_cursor, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select x.id, row_number() over (order by x.received_at desc, x.id desc) as n,
         (extract(epoch from x.received_at) * 1000000)::bigint || ''.'' || x.id as cursor
       from (
         select e.id, e.received_at from public.events e where %s order by e.received_at desc, e.id desc limit %s + 1
       ) x
     )
     select jsonb_build_object(
       ''events'', coalesce(jsonb_agg(public.event_summary(e) order by p.n) filter (where p.n <= %2$s), ''[]''),
       ''next_cursor'', max(p.cursor) filter (where p.n = %2$s and (select count(*) from page) > %2$s)
     )
     from page p join public.events e on e.id = p.id',
    v_condition, p_limit
  ) into v_answer;
  return v_answer;
end
$$;

-- Everything about one event. Null when there is none.
create function public.get_event(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select public.event_summary(e) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', ''), 'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id,
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count, 'max_attempts', t.max_attempts,
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', 'wr_' || d.replay_id, 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'kind', t.kind, 'url', t.url),
        'attempts', coalesce((
          select jsonb_agg(public.attempt_detail(a) order by a.number)
          from public.attempts a where a.delivery_id = d.id
        ), '[]')
      ) order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      where d.event_id = e.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(public.get_replay(i.replay_id) order by i.replay_id)
      from (select distinct i.replay_id from public.replay_items i where i.event_id = e.id) i
    ), '[]')
  )
  from public.events e
  where e.id = p_id;
$$;

create function public.attempt_detail(a public.attempts) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'wa_' || a.id, 'number', a.number, 'status', a.status, 'started_at', public.iso(a.started_at),
    'finished_at', public.iso(a.finished_at), 'duration_ms', a.duration_ms, 'http_status', a.http_status,
    'error_class', a.error_class, 'error', a.error, 'response_headers', a.response_headers,
    'response_body_base64', translate(encode(a.response_body, 'base64'), E'\n', ''),
    'response_truncated', a.response_truncated, 'retry_at', public.iso(a.retry_at), 'replay_id', 'wr_' || a.replay_id,
    'worker', a.worker, 'changes', a.changes
  );
$$;

-- The id of an event by its key, null when there is none.
create function public.find_event(p_provider text, p_event_key text) returns bigint
language sql stable set search_path = '' as $$
  select e.id from public.events e
  where e.provider = p_provider and e.event_key_hash = sha256(convert_to(p_event_key, 'UTF8'));
$$;

-- A replay with its counts. Null when there is none.
create function public.get_replay(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'wr_' || r.id, 'kind', r.kind, 'status', r.status, 'reason', r.reason, 'actor', r.actor,
    'request_id', r.request_id, 'total', r.total, 'succeeded', r.succeeded, 'failed', r.failed, 'skipped', r.skipped,
    'created_at', public.iso(r.created_at), 'started_at', public.iso(r.started_at),
    'completed_at', public.iso(r.completed_at)
  )
  from public.replays r
  where r.id = p_id;
$$;

-- The first p_limit items of a replay, in the order they run.
create function public.list_replay_items(p_replay_id bigint, p_limit integer) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'event_id', 'we_' || i.event_id, 'event_key', e.event_key, 'destination', t.name, 'outcome', i.outcome,
    'detail', i.detail
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x where x.replay_id = p_replay_id order by x.position limit p_limit
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id;
$$;

-- The newest dead deliveries, as the CloudGreet runbook's failed webhooks.
create function public.list_dead_letters(p_limit integer) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'webhook_data', e.payload, 'error_message', d.last_error,
    'failed_at', public.iso(d.finished_at), 'provider_slug', e.provider, 'event_key', e.event_key,
    'event_type', e.event_type
  ) order by d.finished_at desc, d.id desc), '[]')
  from (
    select * from public.deliveries x where x.status = 'dead' order by x.finished_at desc, x.id desc limit p_limit
  ) d
  join public.events e on e.id = d.event_id;
$$;

-- What the overview shows, from the statistics buckets: its cost does not grow with the number of events.
create function public.read_analytics(p_minutes integer, p_bucket_seconds integer) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_to timestamptz := date_trunc('minute', now()) + interval '1 minute';
  v_from timestamptz := v_to - make_interval(mins => p_minutes);
begin
  return jsonb_build_object(
    'from', public.iso(v_from), 'to', public.iso(v_to), 'bucket_seconds', p_bucket_seconds,
    'totals', public.count_statistics(v_from, v_to),
    'previous', public.count_statistics(v_from - make_interval(mins => p_minutes), v_from),
    'series', coalesce((
      select jsonb_agg(b.counts || jsonb_build_object('at', public.iso(b.at), 'provider', b.provider)
        order by b.at, b.provider)
      from (
        select date_bin(make_interval(secs => p_bucket_seconds), s.minute, v_from) as at, s.provider,
          public.sum_outcomes(array_agg(s)) as counts
        from public.statistics s
        where s.minute >= v_from and s.minute < v_to
        group by 1, 2
      ) b
    ), '[]'),
    'stats', coalesce((
      select jsonb_agg(jsonb_build_object('event_type', t.event_type, 'status', t.status, 'count', t.count)
        order by t.event_type, t.status)
      from (
        select s.event_type, case s.outcome when 'delivered' then 'success' else 'failure' end as status,
          sum(s.count) as count
        from public.statistics s
        where s.minute >= v_from and s.minute < v_to and s.outcome in ('delivered', 'failed', 'dead')
        group by 1, 2
      ) t
    ), '[]'),
    'rejections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', r.provider, 'reason', r.reason, 'count', r.count,
        'last_at', public.iso(coalesce(l.received_at, r.last_minute)), 'last_detail', l.detail
      ) order by r.count desc, r.provider, r.reason)
      from (
        select s.provider, s.event_type as reason, sum(s.count) as count, max(s.minute) as last_minute
        from public.statistics s
        where s.minute >= v_from and s.minute < v_to and s.outcome = 'rejected'
        group by 1, 2
      ) r
      left join lateral (
        select x.received_at, x.detail from public.rejections x
        where x.provider = r.provider and x.reason::text = r.reason
        order by x.received_at desc limit 1
      ) l on true
    ), '[]'),
    'failed_webhooks', public.list_dead_letters(10),
    'needs_attention', (
      select coalesce(jsonb_agg(public.event_summary(e) order by e.received_at desc, e.id desc), '[]')
      from (
        (select * from public.events x where x.status = 'dead' order by x.received_at desc, x.id desc limit 8)
        union all
        (select * from public.events x where x.status = 'failed' order by x.received_at desc, x.id desc limit 8)
        order by received_at desc, id desc
        limit 8
      ) e
    )
  ) || public.read_backlog();
end
$$;

-- What waits, as counts that stop at 10,000, and how long the oldest due delivery has waited.
create function public.read_backlog() returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'waiting', jsonb_build_object(
      'count', (
        select count(*) from (
          select from public.deliveries d where d.status in ('pending', 'retrying') limit 10000
        ) w
      ),
      'oldest_due_seconds', (
        select round(extract(epoch from now() - min(x.due_at))::numeric, 1)
        from public.destinations t
        cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
        cross join lateral (
          select d.due_at from public.deliveries d
          where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
          order by d.due_at
          limit 1
        ) x
        where x.due_at <= now() and t.enabled and t.paused_at is null
      )
    ),
    'dead_letters', (
      select count(*) from (select from public.events e where e.status = 'dead' limit 10000) d
    ),
    'running_replays', (select count(*) from public.replays r where r.status in ('queued', 'running')),
    'events_stored', exists (select from public.events)
  );
$$;

create function public.count_statistics(p_from timestamptz, p_to timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select public.sum_outcomes(array_agg(s))
  from public.statistics s
  where s.minute >= p_from and s.minute < p_to;
$$;

create function public.sum_outcomes(p_rows public.statistics[]) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_object_agg(o.outcome, coalesce(c.count, 0))
  from unnest(array['received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead']) as o(outcome)
  left join (
    select s.outcome, sum(s.count) as count from unnest(p_rows) s group by s.outcome
  ) c on c.outcome = o.outcome;
$$;
