-- What rules about arrivals would have seen in the past: silences and drops, by the habits as they are now. Called by
-- bad_spans. What a source was switched off for, and what its provider would have answered, is not known any more.

-- From the first to the last whole minute in which an evaluation would have been bad, as bad_spans has it.
create function public.past_arrivals(r public.alert_rules, p_from timestamptz, p_to timestamptz)
returns table (
  labels jsonb, step interval, begins timestamptz, ends timestamptz, evaluations bigint, value numeric, text text
)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  x record;
begin
  for x in execute format(
    'select * from public.%I($1, $2, $3)', case
      when (r).kind = 'drop' then 'past_drops'
      when (r).settings ? 'window_minutes' then 'past_too_few'
      else 'past_silences'
    end
  ) using r, p_from, p_to
  loop
    labels := jsonb_build_object(
      'provider', x.provider, 'event_type', x.event_type, 'organisation_id', x.organisation_id
    );
    step := interval '1 minute';
    begins := x.begins;
    ends := x.ends;
    evaluations := extract(epoch from x.ends - x.begins)::bigint / 60 + 1;
    text := concat_ws(' ', x.provider, x.event_type, 'of ' || x.organisation_id) || ': ' || x.text;
    return next;
  end loop;
end
$$;

-- Gaps between arrivals in which the usual events reached the threshold of silence: those that became silent within the
-- time. Hours say where a gap may be that long, and only there minutes are read, back to where p_most of them are: what
-- is older is read by whole hours.
create function public.past_silences(
  r public.alert_rules, p_from timestamptz, p_to timestamptz, p_most bigint default 150000
)
returns table (
  provider text, event_type text, organisation_id text, begins timestamptz, ends timestamptz, text text
)
language sql stable set search_path = '' set enable_nestloop = off set enable_mergejoin = off
set work_mem = '32MB' as $$
  -- Every join is by one key, because the planner believes that there is one series.
  with series as materialized (
    select row_number() over () * 1000000 as n, a.organisation_id || '/' || a.provider || '/' || a.event_type as key,
      a.provider, a.event_type, a.organisation_id, a.rates, a.threshold::float8
    from public.expected_series(r) e
    join public.arrival_habits a on a.provider = e.provider and a.event_type = coalesce(e.event_type, '')
      and a.organisation_id = coalesce(e.organisation_id, '')
  ),
  span as (
    select extract(epoch from p_from)::bigint / 3600 - 168 as first, extract(epoch from p_to)::bigint as until
  ),
  -- Of each hour of a series (slot) its rate, and what was usual before it.
  usual as materialized (
    select s.n + g.hour as slot, w.rate, s.threshold, sum(w.rate) over o - w.rate as before, sum(w.rate) over (
      partition by s.n
    ) as all_usual
    from series s
    cross join lateral (select u.rate::float8, u.slot - 1 as slot from unnest(s.rates) with ordinality u(rate, slot)) w
    join (
      select h as hour, (h + 72) % 168 as slot
      from span p cross join lateral generate_series(p.first, p.until / 3600) h
    ) g on g.slot = w.slot
    window o as (partition by s.n order by g.hour)
  ),
  hours as materialized (
    select s.n + h.hour as slot, s.n, least(sum(h.count), 60)::bigint as minutes
    from (
      select c.organisation_id || '/' || c.provider || '/' || t.event_type as key, c.count,
        date_part('epoch', c.hour)::bigint / 3600 as hour
      from public.statistics_hours c
      cross join lateral (values (c.event_type), ('')) as t(event_type)
      where c.organisation_id in (select x.organisation_id from series x)
        and c.hour >= date_trunc('hour', p_from, 'UTC') - interval '7 days' and c.hour <= p_to
        and c.outcome in ('received', 'duplicate', 'conflict')
    ) h
    join series s on s.key = h.key
    group by 1, 2
  ),
  -- What is usual from the beginning of the hour before to the end of this one is the most that a gap has.
  near as (
    select h.*, u.before + u.rate - lag(u.before) over w >= u.threshold
      or lead(u.before + u.rate, 1, u.all_usual) over w - u.before >= u.threshold as has_gap
    from hours h
    join usual u on u.slot = h.slot
    window w as (partition by h.n order by h.slot)
  ),
  read as materialized (
    select x.n, x.slot, x.has_gap and sum(x.minutes) over (order by x.slot - x.n desc) <= p_most as has_gap
    from near x
  ),
  -- The first and last arrival in each five minutes, which no gap is shorter than; where no gap is near, the ends of
  -- the hour do.
  met as materialized (
    select c.organisation_id, c.provider, c.event_type, date_part('epoch', min(c.minute))::bigint as first,
      date_part('epoch', max(c.minute))::bigint as last
    from public.statistics c
    where c.organisation_id in (select x.organisation_id from series x)
      and c.minute >= (select to_timestamp(min(x.slot - x.n) * 3600) from read x where x.has_gap)
      and c.minute <= p_to and c.outcome in ('received', 'duplicate', 'conflict')
    group by 1, 2, 3, floor(date_part('epoch', c.minute) / 300)
  ),
  arrivals as (
    select s.n, min(m.first) as first, max(m.last) as last
    from (
      select x.organisation_id || '/' || x.provider || '/' || t.event_type as key, x.first, x.last
      from met x
      cross join lateral (values (x.event_type), ('')) as t(event_type)
    ) m
    join series s on s.key = m.key
    where s.n + m.first / 3600 in (select x.slot from read x where x.has_gap)
    group by s.n, m.first / 300
    union all
    select x.n, (x.slot - x.n) * 3600, least((x.slot - x.n) * 3600 + 3540, p.until)
    from read x
    cross join span p
    where not x.has_gap
  ),
  -- From the end of one arrival's minute to the next arrival's.
  gaps as materialized (
    select a.n, a.last + 60 as begins, a.next as ends
    from (
      select x.n, x.last, lead(x.first, 1, p.until + 60) over (partition by x.n order by x.first) as next
      from arrivals x
      cross join span p
    ) a
    where a.next - a.last > 360
  ),
  silences as materialized (
    select g.*
    from gaps g
    join usual b on b.slot = g.n + g.begins / 3600
    join usual e on e.slot = g.n + (g.ends - 1) / 3600
    where e.before + e.rate * ((g.ends - 1) % 3600 + 1) / 3600 - b.before - b.rate * (g.begins % 3600) / 3600
      >= b.threshold - 0.001
  )
  select s.provider, nullif(s.event_type, ''), nullif(s.organisation_id, ''), d.at, to_timestamp(g.ends - 60),
    'nothing since ' || to_char(to_timestamp(g.begins) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
  from silences g
  join series s on s.n = g.n
  cross join lateral (
    select date_trunc('minute', greatest(
      public.expected_by(s.rates, to_timestamp(g.begins), s.threshold::numeric),
      to_timestamp(g.begins) + interval '5 minutes'
    ) + interval '59.999999 seconds') as at
  ) d
  where d.at >= p_from and d.at < to_timestamp(g.ends);
$$;

-- Times in which fewer than at_least came within window_minutes, of each provider that is watched. By minutes up to
-- three hours, by hours beyond.
create function public.past_too_few(r public.alert_rules, p_from timestamptz, p_to timestamptz)
returns table (
  provider text, event_type text, organisation_id text, begins timestamptz, ends timestamptz, text text
)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  v_window interval := make_interval(mins => public.setting(r, 'window_minutes')::integer);
  v_least integer := greatest(1, public.setting(r, 'at_least')::integer);
  v_unit text := case when v_window > interval '3 hours' then 'hour' else 'minute' end;
  -- Of the last one its window begins when its minute (its hour) has ended.
  v_kept interval := v_window + case when v_least = 1 then ('1 ' || v_unit)::interval else '0' end;
begin
  return query
  with changes as (
    select x.provider, x.at, sum(x.change) as change from (
      select e.provider, p_from as at, 0 as change from public.expected_series(r) e
      union all
      select c.provider, t.at, t.change * c.count
      from public.past_counts(r, v_unit, p_from - v_kept, p_to) c
      cross join lateral (values (c.at, 1), (c.at + v_kept, -1)) as t(at, change)
      where c.outcome in ('received', 'duplicate', 'conflict')
    ) x
    group by 1, 2
  ),
  counted as (
    select c.provider, c.at, lead(c.at, 1, 'infinity') over w as until, sum(c.change) over w < v_least as is_low
    from changes c
    window w as (partition by c.provider order by c.at)
  ),
  -- Low ones in a row have as many before them that are not.
  spans as (
    select c.*, count(*) filter (where not c.is_low) over (partition by c.provider order by c.at) as span
    from counted c
    where c.until > p_from and c.at <= p_to
  )
  select s.provider, (r).event_type, (r).organisation_id, greatest(min(s.at), p_from),
    least(max(s.until) - interval '1 minute', p_to),
    format('fewer than %s in %s', v_least, public.minutes_in_words(public.setting(r, 'window_minutes')))
  from spans s
  where s.is_low and s.provider in (select e.provider from public.expected_series(r) e)
  group by s.provider, s.span;
end
$$;
