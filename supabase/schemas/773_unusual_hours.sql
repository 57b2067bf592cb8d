-- Which hours say nothing about how often events arrive. Called by learn_arrivals_of.

-- Hours of a provider that are not learnt from: those of an incident, those in which our endpoint refused most of what
-- came (a paused source, a secret that was rolled) or most deliveries failed, and those in which nothing arrived from
-- anybody although much always does: we were not there. Incidents of more than a week are about events, not an outage;
-- and what is so in more than one hour of twenty is how things are.
create function public.unusual_hours(p_organisation text, p_from timestamptz, p_until timestamptz)
returns table (provider text, hour timestamptz)
language sql stable set search_path = '' as $$
  select p.provider, g.hour
  from public.incidents i
  cross join lateral (
    select distinct y.provider from public.incident_items y where y.incident_id = i.id
  ) p
  cross join lateral generate_series(
    date_trunc('hour', greatest(i.from_ts, p_from), 'UTC'), least(i.to_ts, p_until) - interval '1 microsecond',
    interval '1 hour'
  ) as g(hour)
  where i.to_ts > p_from and i.from_ts < p_until and i.to_ts - i.from_ts <= interval '7 days'
    and (p_organisation = '' or coalesce(p_organisation = any (i.organisations), true))
  union
  select u.provider, unnest(u.unhealthy)
  from (
    select c.provider, count(*) as hours, array_agg(c.hour) filter (where c.is_unhealthy) as unhealthy
    from (
      select h.provider, h.hour,
        coalesce(sum(h.count::float8) filter (where h.outcome = 'rejected'), 0)
          >= greatest(5, coalesce(sum(h.count::float8) filter (where h.outcome = 'received'), 0))
        or coalesce(sum(h.count::float8) filter (where h.outcome in ('failed', 'dead')), 0)
          > greatest(9, coalesce(sum(h.count::float8) filter (where h.outcome = 'delivered'), 0)) as is_unhealthy
      from public.statistics_hours h
      where h.organisation_id = p_organisation and h.hour >= p_from and h.hour < p_until
        and h.outcome in ('received', 'rejected', 'delivered', 'failed', 'dead')
      group by 1, 2
    ) c
    group by 1
  ) u
  where cardinality(u.unhealthy) <= u.hours / 20.0
  union
  select p.provider, a.hour
  from public.hours_away(p_from, p_until) a
  cross join (
    select distinct h.provider from public.statistics_hours h
    where h.organisation_id = p_organisation and h.hour >= p_from and h.hour < p_until and h.outcome = 'received'
  ) p;
$$;

-- Hours in which we received nothing at all, in whose place in the other weeks 20 events or more are usual.
create function public.hours_away(p_from timestamptz, p_until timestamptz) returns table (hour timestamptz)
language sql stable set search_path = '' as $$
  with counts as (
    select h.hour, sum(h.count::float8) as x from public.statistics_hours h
    where h.organisation_id = '' and h.hour >= p_from and h.hour < p_until
      and h.outcome in ('received', 'duplicate', 'conflict', 'rejected')
    group by 1
  ),
  hours as (
    select g.hour, coalesce(c.x, 0) as x,
      avg(coalesce(c.x, 0)) over (partition by public.hour_of_week(g.hour)) as usual
    from generate_series((select min(c.hour) from counts c), p_until - interval '1 hour', interval '1 hour') as g(hour)
    left join counts c on c.hour = g.hour
  )
  select a.hour from hours a
  where a.x = 0 and a.usual >= 20
    and (select count(*) from hours b where b.x = 0 and b.usual >= 20) <= (select count(*) from hours) / 20.0;
$$;
