-- Durations as histograms: added in a transaction of attempts or events, and read as quantiles.

-- Upper ends of the latency buckets, in milliseconds.
create function public.latency_bounds() returns integer[]
language sql immutable set search_path = '' as $$
  select array[
    5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000,
    20000, 30000
  ];
$$;

-- The same of the time from receipt until an event is applied: up to a week, because retries take that long.
create function public.applied_bounds() returns integer[]
language sql immutable set search_path = '' as $$
  select array[
    25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1200000, 1800000,
    3600000, 7200000, 14400000, 43200000, 86400000, 259200000, 604800000
  ];
$$;

-- How many of the durations fall into each bucket of p_bounds; null without any.
create function public.latency_histogram(
  p_durations integer[], p_bounds integer[] default public.latency_bounds()
) returns integer[]
language plpgsql immutable strict set search_path = '' as $$
declare
  v_bounds integer[] := p_bounds;
  v_histogram integer[] := array_fill(0, array[cardinality(v_bounds) + 1]);
  v_duration integer;
  v_bucket integer;
begin
  foreach v_duration in array p_durations loop
    v_bucket := width_bucket(v_duration - 1, v_bounds) + 1;
    v_histogram[v_bucket] := v_histogram[v_bucket] + 1;
  end loop;
  return v_histogram;
end
$$;

-- The sum of two histograms, of which one may be missing.
create function public.add_latency(p_one integer[], p_other integer[]) returns integer[]
language plpgsql immutable set search_path = '' as $$
begin
  if p_one is null or p_other is null then
    return coalesce(p_one, p_other);
  end if;
  return array(
    select coalesce(a.x, 0) + coalesce(a.y, 0) from unnest(p_one, p_other) with ordinality a(x, y, n) order by a.n
  );
end
$$;

-- The same of counters that are never started anew.
create function public.add_latency(p_one bigint[], p_other bigint[]) returns bigint[]
language plpgsql immutable set search_path = '' as $$
begin
  if p_one is null or p_other is null then
    return coalesce(p_one, p_other);
  end if;
  return array(
    select coalesce(a.x, 0) + coalesce(a.y, 0) from unnest(p_one, p_other) with ordinality a(x, y, n) order by a.n
  );
end
$$;

-- The sum of several histograms, given as one array of them.
create function public.sum_latency(p_histograms integer[]) returns integer[]
language plpgsql immutable set search_path = '' as $$
begin
  return array(
    select sum(u.x) from unnest(p_histograms) with ordinality u(x, n)
    group by (n - 1) % array_length(p_histograms, 2)
    order by (n - 1) % array_length(p_histograms, 2)
  );
end
$$;

-- The same of counters.
create function public.sum_latency(p_histograms bigint[]) returns bigint[]
language plpgsql immutable set search_path = '' as $$
begin
  return array(
    select sum(u.x) from unnest(p_histograms) with ordinality u(x, n)
    group by (n - 1) % array_length(p_histograms, 2)
    order by (n - 1) % array_length(p_histograms, 2)
  );
end
$$;

-- The duration that a share p_quantile of the attempts stayed under, in milliseconds: evenly spread within its bucket.
create function public.latency_quantile(
  p_latency integer[], p_quantile numeric, p_bounds integer[] default public.latency_bounds()
) returns integer
language sql immutable set search_path = '' as $$
  with buckets as (
    select n, count, sum(count) over (order by n) as until, sum(count) over () as total,
      coalesce(bounds[n - 1], 0) as low, coalesce(bounds[n], 2 * bounds[cardinality(bounds)]) as high
    from unnest(p_latency) with ordinality l(count, n), (select p_bounds as bounds) b
  )
  select round(low + (high - low) * (p_quantile * total - (until - count)) / count)::integer
  from buckets
  where count > 0 and until >= p_quantile * total
  order by n
  limit 1;
$$;
