-- What arrived, and what would usually have: from statistics and habits. Used by all that learns or reads silence.

-- 0 is Monday 00:00 in UTC, 167 Sunday 23:00. The first day of Unix time was a Thursday.
create function public.hour_of_week(p_hour timestamptz) returns integer
language sql stable
return ((extract(epoch from p_hour)::bigint / 3600 + 72) % 168)::integer;

-- How many events are usual between two times: each hour's rate, by how much of it lies between.
create function public.expected_between(p_rates numeric[], p_from timestamptz, p_to timestamptz) returns numeric
language sql stable set search_path = '' as $$
  select greatest(0, sum(
    p_rates[1 + (h.n + 72) % 168] * (least(h.n * 3600 + 3600, t.ends) - greatest(h.n * 3600, t.begins))
  ) / 3600)
  from (select extract(epoch from p_from) as begins, extract(epoch from p_to) as ends) t
  cross join lateral generate_series(floor(t.begins / 3600)::bigint, ceil(t.ends / 3600)::bigint - 1) as h(n);
$$;

-- When so many have become usual: the first time, to the millisecond, at which expected_between is p_expected. Null
-- when nothing is usual. Whole weeks are skipped, so that it reads one.
create function public.expected_by(p_rates numeric[], p_from timestamptz, p_expected numeric) returns timestamptz
language sql stable set search_path = '' as $$
  select to_timestamp(ceil((h.begins + (w.rest * 3600 - h.before) / h.rate) * 1000) / 1000)
  from (
    select extract(epoch from p_from) + 604800 * t.weeks as begins, p_expected - t.week * t.weeks as rest
    from (
      select sum(x) as week, greatest(ceil(p_expected / nullif(sum(x), 0)) - 1, 0) as weeks from unnest(p_rates) x
    ) t
  ) w
  cross join lateral (
    select y.*, coalesce(sum(y.rate * (y.ends - y.begins)) over (
      order by y.begins rows between unbounded preceding and 1 preceding
    ), 0) as before
    from (
      select p_rates[1 + (n + 72) % 168] as rate, greatest(n * 3600, w.begins) as begins, n * 3600 + 3600 as ends
      from generate_series(floor(w.begins / 3600)::bigint, floor(w.begins / 3600)::bigint + 168) n
    ) y
  ) h
  where h.rate > 0 and h.before + h.rate * (h.ends - h.begins) >= w.rest * 3600
  order by h.begins
  limit 1;
$$;

-- The end of the last minute in which something came of a series, also what was here already; null when nothing did for
-- two months. '' is all organisations, or all types. Hour by hour back: one probe each.
create function public.last_arrival(p_organisation text, p_provider text, p_event_type text) returns timestamptz
language plpgsql stable set search_path = '' as $$
declare
  v_hour timestamptz := date_trunc('hour', public.now_(), 'UTC');
begin
  while public.arrivals_in_hour(
    p_organisation, p_provider, p_event_type, v_hour, '{received,duplicate,conflict}'
  ) = 0 loop
    v_hour := v_hour - interval '1 hour';
    if v_hour < public.now_() - interval '60 days' then
      return null;
    end if;
  end loop;
  return coalesce((
    select max(s.minute) + interval '1 minute' from public.statistics s
    where s.organisation_id = p_organisation and s.minute >= v_hour and s.minute < v_hour + interval '1 hour'
      and s.provider = p_provider and (p_event_type = '' or s.event_type = p_event_type)
      and s.outcome in ('received', 'duplicate', 'conflict')
  ), v_hour + interval '1 hour');
end
$$;

-- How many came in one whole hour, by these outcomes.
create function public.arrivals_in_hour(
  p_organisation text, p_provider text, p_event_type text, p_hour timestamptz, p_outcomes text[]
) returns bigint
language plpgsql stable set search_path = '' as $$
begin
  -- Apart, so that each has the index to its end.
  return case
    when p_event_type = '' then (
      select coalesce(sum(h.count), 0) from public.statistics_hours h
      where h.organisation_id = p_organisation and h.hour = p_hour and h.provider = p_provider
        and h.outcome = any (p_outcomes)
    )
    else (
      select coalesce(sum(h.count), 0) from public.statistics_hours h
      where h.organisation_id = p_organisation and h.hour = p_hour and h.provider = p_provider
        and h.event_type = p_event_type and h.outcome = any (p_outcomes)
    )
  end;
end
$$;

-- How many came from p_from to p_to: whole hours from the hours, the rest from the minutes.
create function public.arrivals_between(
  p_organisation text, p_provider text, p_event_type text, p_from timestamptz, p_to timestamptz
) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  v_last timestamptz := date_trunc('hour', p_to, 'UTC');
  v_first timestamptz := least(date_trunc('hour', p_from - interval '1 microsecond', 'UTC') + interval '1 hour', p_to);
begin
  return coalesce((
    select sum(h.count) from public.statistics_hours h
    where h.organisation_id = p_organisation and h.hour >= v_first and h.hour < v_last and h.provider = p_provider
      and (p_event_type = '' or h.event_type = p_event_type) and h.outcome in ('received', 'duplicate', 'conflict')
  ), 0) + coalesce((
    select sum(s.count) from public.statistics s
    where s.organisation_id = p_organisation and s.minute >= p_from and s.minute < p_to
      and (s.minute < v_first or s.minute >= v_last) and s.provider = p_provider
      and (p_event_type = '' or s.event_type = p_event_type) and s.outcome in ('received', 'duplicate', 'conflict')
  ), 0);
end
$$;
