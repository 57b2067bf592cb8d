-- What a rule about drops would have seen at the end of each past hour, by the habits as they are now. The same windows
-- as read_drop_signal reads; tests/pipeline/back-test-arrivals.test.ts compares the two hour by hour. Called by
-- past_arrivals.

create function public.past_drops(r public.alert_rules, p_from timestamptz, p_to timestamptz)
returns table (
  provider text, event_type text, organisation_id text, begins timestamptz, ends timestamptz, text text
)
language sql stable set search_path = '' set enable_nestloop = off set enable_mergejoin = off
set work_mem = '32MB' as $$
  with series as materialized (
    select row_number() over () * 1000000 as n, a.organisation_id || '/' || a.provider || '/' || a.event_type as key,
      a.provider, a.event_type, a.organisation_id, a.rates, a.spread
    from public.expected_series(r) e
    join public.arrival_habits a on a.provider = e.provider and a.event_type = coalesce(e.event_type, '')
      and a.organisation_id = coalesce(e.organisation_id, '')
  ),
  -- Whole hours, from three days before: so far back reach three windows.
  span as (
    select extract(epoch from p_from)::bigint / 3600 - 72 as first, extract(epoch from p_to)::bigint / 3600 - 1 as last
  ),
  -- Joins are by one key, as in past_silences.
  came as (
    select s.n + h.hour as slot, sum(h.count)::bigint as count
    from (
      select c.organisation_id || '/' || c.provider || '/' || t.event_type as key, c.count,
        date_part('epoch', c.hour)::bigint / 3600 as hour
      from public.statistics_hours c
      cross join lateral (values (c.event_type), ('')) as t(event_type)
      where c.organisation_id in (select x.organisation_id from series x)
        and c.hour >= date_trunc('hour', p_from, 'UTC') - interval '73 hours' and c.hour <= p_to
        and c.outcome = 'received'
    ) h
    join series s on s.key = h.key
    group by 1
  ),
  counted as (
    select x.n, array_agg(x.rate order by x.hour) as rates, array_agg(x.count order by x.hour) as counts
    from (
      select s.n, g.hour, (w.rate * 1000000)::bigint as rate, coalesce(c.count, 0) as count
      from series s
      cross join lateral (select u.rate, u.slot - 1 as slot from unnest(s.rates) with ordinality u(rate, slot)) w
      join (
        select h as hour, (h + 72) % 168 as slot from span p cross join lateral generate_series(p.first, p.last) h
      ) g on g.slot = w.slot
      left join came c on c.slot = s.n + g.hour
    ) x
    group by 1
  ),
  low as (
    select c.n, p.first + l.hour as ended, l.observed, l.expected, l.hours,
      p.first + l.hour - row_number() over (partition by c.n order by l.hour) as span
    from counted c
    join series s on s.n = c.n
    cross join span p
    cross join lateral public.low_hours(
      c.rates, c.counts, s.spread::float8, coalesce(public.setting(r, 'threshold'), 4)::float8,
      ceil(coalesce(public.setting(r, 'window_minutes'), 60) / 60)::integer
    ) l
    where p.first + l.hour >= extract(epoch from p_from) / 3600
  )
  -- An hour is read a minute after its end, and is what is known until the next one has ended.
  select s.provider, nullif(s.event_type, ''), nullif(s.organisation_id, ''),
    to_timestamp(min(l.ended) * 3600) + interval '1 minute',
    least(to_timestamp(max(l.ended) * 3600) + interval '59 minutes', p_to), (array_agg(format(
      '%s events in %s hours, where %s are usual', l.observed, l.hours, round(l.expected)
    ) order by l.ended))[1]
  from low l
  join series s on s.n = l.n
  group by l.span, s.n, s.provider, s.event_type, s.organisation_id
  having to_timestamp(min(l.ended) * 3600) + interval '1 minute' <= p_to;
$$;

-- The hours at whose end each of the last three windows had too few. p_rates: millionths of events, so that sums are
-- exact. hour: how many hours had ended then. Two pointers: each hour is added once and taken away once.
create function public.low_hours(
  p_rates bigint[], p_counts bigint[], p_spread double precision, p_limit double precision, p_length integer
)
returns table (hour integer, observed bigint, expected double precision, hours integer)
language plpgsql immutable set search_path = '' as $$
declare
  v_hours integer := cardinality(p_rates);
  v_rate bigint := 0;
  v_count bigint := 0;
  -- The window that ends with each hour: where it begins, what is usual in it, and what came.
  v_begins integer[] := array_fill(null::integer, array[v_hours]);
  v_rates bigint[] := array_fill(0::bigint, array[v_hours]);
  v_counts bigint[] := array_fill(0::bigint, array[v_hours]);
  v_low boolean[] := array_fill(false, array[v_hours]);
  v_first integer := 1;
  v_second integer;
  v_third integer;
begin
  for v_last in 1..v_hours loop
    v_rate := v_rate + p_rates[v_last];
    v_count := v_count + p_counts[v_last];
    while v_rate - p_rates[v_first] >= 20000000 and v_last - v_first >= p_length loop
      v_rate := v_rate - p_rates[v_first];
      v_count := v_count - p_counts[v_first];
      v_first := v_first + 1;
    end loop;
    continue when v_rate < 20000000 or v_last - v_first + 1 < p_length;
    v_begins[v_last] := v_first;
    v_rates[v_last] := v_rate;
    v_counts[v_last] := v_count;
    v_low[v_last] := v_count - v_rate / 1e6::float8
      < -p_limit * sqrt(v_rate / 1e6::float8 + coalesce(power(v_rate / 1e6::float8, 2) / p_spread, 0));
    continue when not v_low[v_last] or v_first = 1;
    v_second := v_first - 1;
    continue when not v_low[v_second] or v_begins[v_second] = 1;
    v_third := v_begins[v_second] - 1;
    continue when not v_low[v_third] or v_last - v_begins[v_third] >= 72;
    hour := v_last;
    hours := v_last - v_begins[v_third] + 1;
    observed := v_counts[v_last] + v_counts[v_second] + v_counts[v_third];
    expected := (v_rates[v_last] + v_rates[v_second] + v_rates[v_third]) / 1e6::float8;
    if observed > 0 then
      return next;
    end if;
  end loop;
end
$$;
