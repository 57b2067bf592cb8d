-- The histogram above the history. Called by lib/queries/histogram.ts.

-- Events per step of time, by what became of them, for the filter of list_events; the last 24 hours when the filter has
-- no time. A filter of provider, type and time is counted from the statistics, and only what was not processed from the
-- events. Any other is counted event by event, the newest 50,000: `counted_from` says how far back that reached, null
-- when it is all.
create function public.read_event_histogram(p_filter jsonb, p_scope text[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_most constant integer := 50000;
  v_to timestamptz := coalesce((p_filter ->> 'to_ts')::timestamptz, public.now_());
  v_from timestamptz := coalesce(
    greatest((p_filter ->> 'from_ts')::timestamptz, public.now_() - (p_filter ->> 'range')::interval),
    v_to - interval '24 hours'
  );
  v_seconds integer := public.histogram_step(v_from, v_to);
  v_counted jsonb;
begin
  if v_seconds >= 60 and p_filter - array['provider_slug', 'event_type', 'from_ts', 'to_ts', 'range'] = '{}' then
    v_counted := public.count_by_statistics(p_filter, p_scope, v_from, v_to, v_seconds, v_most);
  end if;
  if v_counted is null then
    v_counted := public.count_by_event(public.event_predicate(p_filter, p_scope), v_from, v_to, v_seconds, v_most);
  end if;

  return jsonb_build_object(
    'from', public.iso(v_from), 'to', public.iso(v_to), 'bucket_seconds', v_seconds,
    'capped', v_counted ->> 'counted_from' is not null, 'counted_from', v_counted -> 'counted_from',
    'buckets', coalesce((
      select jsonb_agg(
        '{"processed": 0, "waiting": 0, "failing": 0, "dead": 0, "other": 0}' || coalesce(c.counts, '{}')
          || jsonb_build_object('at', public.iso(s.at))
        order by s.at
      )
      from generate_series(
        public.histogram_slot(v_from, v_seconds), v_to - interval '1 microsecond', make_interval(secs => v_seconds)
      ) as s(at)
      left join (
        select x.at, jsonb_object_agg(x.outcome, x.count) as counts
        from jsonb_to_recordset(v_counted -> 'counts') as x(at timestamptz, outcome text, count bigint)
        group by x.at
      ) c on c.at = s.at
    ), '[]')
  );
end
$$;

-- Steps that people read, about sixty of them at most.
create function public.histogram_step(p_from timestamptz, p_to timestamptz) returns integer
language sql immutable set search_path = '' as $$
  select coalesce(
    (
      select min(s.step)
      from unnest(array[1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 10800, 21600, 43200, 86400]) as s(step)
      where s.step * 60 >= extract(epoch from p_to - p_from)
    ),
    86400 * ceil(extract(epoch from p_to - p_from) / 5184000)::integer
  );
$$;

create function public.histogram_slot(p_at timestamptz, p_seconds integer) returns timestamptz
language sql immutable set search_path = '' as $$
  select date_bin(make_interval(secs => p_seconds), p_at, timestamptz '2000-01-01 00:00:00+00');
$$;

-- What a status counts as in the histogram.
create function public.histogram_outcome(p_status public.event_status) returns text
language sql immutable set search_path = '' as $$
  select case p_status
    when 'processed' then 'processed' when 'replayed' then 'processed'
    when 'received' then 'waiting' when 'processing' then 'waiting'
    when 'failed' then 'failing' when 'dead' then 'dead' else 'other'
  end;
$$;

-- The newest p_most events that meet a condition: {counts: [{at, outcome, count}], counted_from}.
create function public.count_by_event(
  p_condition text, p_from timestamptz, p_to timestamptz, p_seconds integer, p_most integer
) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_answer jsonb;
begin
  -- Grouped by status and only then by outcome, so that no function is called for each event.
  execute format(
    'with newest as materialized (
       select e.received_at, e.status from public.events e
       where %s and e.received_at >= %L::timestamptz and e.received_at < %L::timestamptz
       order by e.received_at desc limit %s
     ),
     slots as (
       select date_bin(make_interval(secs => %s), n.received_at, timestamptz ''2000-01-01 00:00:00+00'') as at,
         n.status,
         count(*) as count
       from newest n group by 1, 2
     )
     select jsonb_build_object(
       ''counts'', coalesce((
         select jsonb_agg(jsonb_build_object(''at'', o.at, ''outcome'', o.outcome, ''count'', o.count))
         from (
           select s.at, public.histogram_outcome(s.status) as outcome, sum(s.count) as count from slots s group by 1, 2
         ) o
       ), ''[]''),
       ''counted_from'', (select public.iso(min(n.received_at)) from newest n having count(*) = %4$s)
     )',
    p_condition, p_from, p_to, p_most, p_seconds
  ) into v_answer;
  return v_answer;
end
$$;

-- The same from the statistics, for a filter of provider, type and time: what came in, less what did not end well. The
-- statistics know whole minutes; what sticks out at both ends is counted event by event. Null when too much did not end
-- well to be counted so.
create function public.count_by_statistics(
  p_filter jsonb, p_scope text[], p_from timestamptz, p_to timestamptz, p_seconds integer, p_most integer
) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_first timestamptz := date_trunc('minute', p_from + interval '1 minute' - interval '1 microsecond');
  v_last timestamptz := greatest(date_trunc('minute', p_to), v_first);
  v_condition text := public.event_predicate(p_filter - array['from_ts', 'to_ts', 'range'], p_scope);
  v_unwell jsonb := public.count_by_event(
    v_condition || ' and e.status in (''received'', ''processing'', ''failed'', ''dead'', ''resolved'', ''ignored'')',
    v_first, v_last, p_seconds, p_most
  );
  v_answer jsonb;
begin
  if v_unwell ->> 'counted_from' is not null then
    return null;
  end if;

  execute format(
    'with received as (
       select date_bin(make_interval(secs => %s), e.minute, timestamptz ''2000-01-01 00:00:00+00'') as at,
         sum(e.count) as count
       from public.statistics e
       where e.organisation_id = any (%L::text[]) and e.minute >= %L::timestamptz and e.minute < %L::timestamptz
         and e.outcome = ''received'' and %s
       group by 1
     ),
     unwell as (
       select u.at, u.outcome, u.count
       from jsonb_to_recordset(%L::jsonb) as u(at timestamptz, outcome text, count bigint)
     ),
     edges as (
       select u.at, u.outcome, u.count
       from (values (%L::jsonb), (%L::jsonb)) as e(counts)
       cross join lateral jsonb_to_recordset(e.counts) as u(at timestamptz, outcome text, count bigint)
     )
     select jsonb_build_object(''counts'', coalesce(jsonb_agg(jsonb_build_object(
       ''at'', o.at, ''outcome'', o.outcome, ''count'', o.count
     )), ''[]''))
     from (
       select x.at, x.outcome, greatest(sum(x.count), 0) as count
       from (
         select r.at, ''processed'' as outcome, r.count from received r
         union all select u.at, ''processed'', -u.count from unwell u
         union all select u.at, u.outcome, u.count from unwell u
         union all select e.at, e.outcome, e.count from edges e
       ) x
       group by 1, 2
     ) o',
    p_seconds, public.statistics_of(p_scope), v_first, v_last, v_condition, v_unwell -> 'counts',
    public.count_by_event(v_condition, p_from, least(v_first, p_to), p_seconds, p_most) -> 'counts',
    public.count_by_event(v_condition, v_last, p_to, p_seconds, p_most) -> 'counts'
  ) into v_answer;
  return v_answer;
end
$$;
