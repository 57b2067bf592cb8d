-- How often events usually arrive, learnt from the hours of the last six weeks: per provider and type, of all
-- organisations together, and of each organisation that has a source of its own. Called by lib/alerts/silence.ts.

-- Learns all habits anew when the last round ended an hour ago, p_limit organisations per call; one process at a time.
-- What has too little history, or no arrivals for weeks, has no habit. Answers how many organisations it learnt: fewer
-- than p_limit when the round is over, or it is not time yet.
create function public.learn_arrivals(p_limit integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  h public.heartbeats;
  v_organisation text;
  v_learnt integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('learn_arrivals', 1)) then
    return 0;
  end if;
  insert into public.heartbeats (name, kind, details) values ('arrivals', 'learning', '{"after": null}')
  on conflict (name) do nothing;
  select * into h from public.heartbeats x where x.name = 'arrivals';
  if not h.details ? 'after' and h.at > public.now_() - interval '1 hour' then
    return 0;
  end if;
  for v_organisation in
    select o.id from (
      select '' as id union select s.organisation_id from public.sources s where s.archived_at is null
    ) o
    where o.id > (h.details ->> 'after') or h.details ->> 'after' is null and o.id is not null
    order by 1
    limit p_limit
  loop
    perform public.learn_arrivals_of(v_organisation);
    v_learnt := v_learnt + 1;
  end loop;
  update public.heartbeats x set
    at = public.now_(),
    details = case when v_learnt < p_limit then '{}' else jsonb_build_object('after', v_organisation) end
  where x.name = 'arrivals';
  delete from public.arrival_habits a where a.learnt_at < public.now_() - interval '3 hours' and v_learnt < p_limit;
  return v_learnt;
end
$$;

-- Learns those of one organisation ('': of all together). The type '' is all types of a provider. Without nested loops:
-- what it joins is large, and has no index.
--
-- Rates are by hour of the week, in UTC. An hour has six observations at most, so it is drawn towards the mean of
-- itself, the hour before and the hour after: by two observations where little arrives, and by no more than one event
-- where much does, or a closed night would be expected to have what the day has.
-- The variance (φ) is what counts differ from their rates, as a multiple of what chance makes them differ. Both sums
-- are over all hours, so that hours in which nothing is expected say nothing; and a rate is nearer to the counts it is
-- made of than to new ones, by 1 − 1 / (n + κ).
create function public.learn_arrivals_of(p_organisation text) returns void
language plpgsql volatile set search_path = '' set enable_nestloop = off as $$
declare
  v_until timestamptz := date_trunc('hour', public.now_(), 'UTC');
  v_from timestamptz := v_until - interval '42 days';
begin
  delete from public.arrival_habits a where a.organisation_id = p_organisation;
  with counts as materialized (
    select h.provider, t.event_type, extract(epoch from h.hour)::bigint / 3600 as hour,
      sum(h.count::double precision) as x
    from public.statistics_hours h
    cross join lateral (values (h.event_type), ('')) as t(event_type)
    where h.organisation_id = p_organisation and h.hour >= v_from and h.hour < v_until and h.outcome = 'received'
    group by 1, 2, 3
    having sum(h.count) > 0
  ),
  -- From the first arrival to the last one: what is silent now is not learnt as usual.
  series as (
    select c.provider, c.event_type, min(c.hour) as first_hour, max(c.hour) as last_hour
    from counts c
    group by 1, 2
    having max(c.hour) - min(c.hour) >= 14 * 24 - 1 and sum(c.x) >= 42
  ),
  unusual as materialized (
    select u.provider, extract(epoch from u.hour)::bigint / 3600 as hour
    from public.unusual_hours(p_organisation, v_from, v_until) u
  ),
  kept as (
    select c.provider, c.event_type, (c.hour + 72) % 168 as slot, sum(c.x) as x, sum(c.x * c.x) as squares
    from counts c
    where (c.provider, c.hour) not in (select u.provider, u.hour from unusual u)
    group by 1, 2, 3
  ),
  left_out as (
    select s.provider, s.event_type, (u.hour + 72) % 168 as slot, count(*) as n
    from series s
    join unusual u on u.provider = s.provider and u.hour between s.first_hour and s.last_hour
    group by 1, 2, 3
  ),
  -- n: how often this hour of the week was between the first arrival and the last.
  observed as (
    select s.provider, s.event_type, w.slot, coalesce(k.x, 0) as x, coalesce(k.squares, 0) as squares,
      floor((s.last_hour + 72 - w.slot) / 168.0) - floor((s.first_hour + 71 - w.slot) / 168.0)
        - coalesce(l.n, 0)::double precision as n
    from series s
    cross join generate_series(0, 167) as w(slot)
    left join kept k on k.provider = s.provider and k.event_type = s.event_type and k.slot = w.slot
    left join left_out l on l.provider = s.provider and l.event_type = s.event_type and l.slot = w.slot
  ),
  means as materialized (
    select o.provider, o.event_type, sum(o.n) as hours, sum(o.x) / sum(o.n) as mean
    from observed o
    group by 1, 2
    having sum(o.n) >= 14 * 24 and sum(o.x) / nullif(sum(o.n), 0) * 24 >= 3
  ),
  slots as (
    select o.*, m.mean, least(2, 1 / m.mean) as pull
    from observed o
    join means m on m.provider = o.provider and m.event_type = o.event_type
  ),
  near as (
    select s.*, coalesce((
      s.x + coalesce(lag(s.x) over w, last_value(s.x) over w) + coalesce(lead(s.x) over w, first_value(s.x) over w)
    ) / nullif(
      s.n + coalesce(lag(s.n) over w, last_value(s.n) over w) + coalesce(lead(s.n) over w, first_value(s.n) over w), 0
    ), s.mean) as around
    from slots s
    window w as (
      partition by s.provider, s.event_type order by s.slot
      rows between unbounded preceding and unbounded following
    )
  ),
  rates as (
    select n.*, (n.x + n.pull * n.around) / (n.n + n.pull) as rate from near n
  ),
  varied as (
    select r.provider, r.event_type, array_agg(round(r.rate::numeric, 6) order by r.slot) as rates,
      sum(r.squares - 2 * r.rate * r.x + r.n * r.rate * r.rate)
        / nullif(sum(r.n * r.rate * (1 - 1 / (r.n + r.pull))), 0) as variance
    from rates r
    group by 1, 2
  )
  insert into public.arrival_habits (
    organisation_id, provider, event_type, rates, per_day, spread, threshold, days, learnt_at
  )
  select p_organisation, v.provider, v.event_type, v.rates, round((m.mean * 24)::numeric, 2),
    round(public.arrival_spread(m.mean, v.variance)::numeric, 3),
    round(public.silence_threshold(m.mean, v.variance)::numeric, 3), floor(m.hours / 24)::integer, public.now_()
  from varied v
  join means m on m.provider = v.provider and m.event_type = v.event_type;
end
$$;

-- k of a gamma-Poisson distribution whose counts vary so much: small is uneven, and null is chance alone. p_mean: per
-- hour.
create function public.arrival_spread(p_mean double precision, p_variance double precision) returns double precision
language sql immutable
return case when p_variance > 1 and p_mean / (p_variance - 1) < 100000 then greatest(3, p_mean / (p_variance - 1)) end;

-- How many expected events without one are too many, so that chance does it once in 30 days: the greatest of three.
-- ln(g) of g gaps in 30 days where only chance is at work; k(g^(1/k) − 1) where the level itself goes up and down; and
-- where events come in bursts of φ there are only g/φ gaps, of φ events each: φ ln(g/φ).
create function public.silence_threshold(p_mean double precision, p_variance double precision)
returns double precision
language sql immutable set search_path = '' as $$
  select greatest(
    ln(g.gaps), k.spread * (power(g.gaps, 1 / k.spread) - 1),
    g.bursts * ln(greatest(g.gaps / g.bursts, exp(1.0::double precision)))
  )
  from (select p_mean * 24 * 30 as gaps, greatest(coalesce(p_variance, 1), 1) as bursts) g
  cross join (select public.arrival_spread(p_mean, p_variance) as spread) k;
$$;
