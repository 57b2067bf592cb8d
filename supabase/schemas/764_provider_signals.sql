-- Rules about what providers' APIs said: what is missing, what was repaired, and how they are set up. Called by
-- read_signal.

-- Events that providers sent and that are not here, over all sources of a provider.
create function public.read_missing(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, count(*), count(*) > public.setting(r, 'threshold'), 0,
    format('%s: %s events of the provider are missing here%s.', (s).provider, count(*),
      coalesce(', the oldest from ' || to_char(min(f.occurred_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), '')),
    coalesce('/reconciliation/rc_' || max(f.run), '/reconciliation')
  )
  from public.missing_of(s) f;
$$;

-- What is open and missing, each once; at most 10,000.
create function public.missing_of(s public.alert_series)
returns table (identity text, occurred_at timestamptz, run bigint)
language sql stable set search_path = '' as $$
  select f.identity, min(f.occurred_at), max(f.reconciliation_id)
  from (
    select x.identity, x.source_id, x.occurred_at, x.reconciliation_id from public.findings x
    where x.provider = (s).provider and x.kind = 'missing' and x.state = 'open'
    limit 10000
  ) f
  group by f.identity, f.source_id;
$$;

-- What reconciliation brought back within an hour, against the usual hour of the week before.
create function public.read_repairs(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  with seen as (
    select count(*) filter (where f.closed_at > public.now_() - interval '1 hour') as now,
      count(*) filter (where f.closed_at <= public.now_() - interval '1 hour') / 167.0 as usual
    from public.findings f
    where f.closed_at > public.now_() - interval '7 days' and f.provider = (s).provider
  )
  select public.signal(
    r, x.now, x.now >= coalesce(public.setting(r, 'at_least'), 1) and x.now > public.setting(r, 'threshold') * x.usual,
    x.usual,
    format('%s: %s missing events were brought back within an hour; usually it is %s.', (s).provider, x.now,
      round(x.usual, 1)),
    '/reconciliation'
  )
  from seen x;
$$;

-- Something is missing that the provider's API will list for less than so many hours.
create function public.read_horizon(r public.alert_rules, s public.alert_series, p_horizons jsonb) returns jsonb
language sql stable set search_path = '' as $$
  with seen as (
    select count(*) as missing, round(extract(epoch from min(f.occurred_at) + make_interval(
      days => (p_horizons ->> (s).provider)::integer
    ) - public.now_()) / 3600, 1) as hours
    from public.missing_of(s) f
  )
  select public.signal(
    r, x.hours, x.hours < public.setting(r, 'threshold'), null,
    case
      when x.missing = 0 then format('%s: nothing is missing.', (s).provider)
      when x.hours is null then format('%s: the API lists everything that is missing.', (s).provider)
      else format('%s: the API lists the oldest of %s missing events for %s more hours.', (s).provider, x.missing,
        greatest(x.hours, 0))
    end,
    '/reconciliation'
  )
  from seen x;
$$;

-- What the newest run of each source found wrong with the provider's configuration, and keys that do not work.
create function public.read_configuration(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  with problems as (
    select p.value ->> 'title' as title
    from (
      select distinct on (x.source_id) x.configuration from public.reconciliations x
      where x.provider = (s).provider and x.configuration is not null
        and x.created_at > public.now_() - interval '7 days'
      order by x.source_id, x.created_at desc, x.id desc
    ) n
    cross join lateral jsonb_array_elements(coalesce(n.configuration -> 'problems', '[]')) p
    union all
    select 'The API key does not work: ' || c.problem from public.api_credentials c
    where c.provider = (s).provider and c.problem is not null
  )
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then format('%s: the provider is set up as it should be.', (s).provider)
    else left(format('%s: %s', (s).provider, string_agg(p.title, ' ' order by p.title)), 500) end,
    '/reconciliation'
  )
  from problems p;
$$;
