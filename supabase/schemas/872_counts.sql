-- What was counted in a time, and who stopped sending.

-- What was counted of requests, attempts and outcomes between two whole minutes, by step of p_bucket_seconds (steps are
-- those of the clock, so the first and the last may be parts). Steps of an hour and more are read from the hours, and
-- from the minutes that those leave at both ends: 30 days are 720 hours and at most 118 minutes.
create function public.counted_between(
  p_from timestamptz, p_to timestamptz, p_bucket_seconds integer, p_scope text[]
) returns table (at timestamptz, provider text, event_type text, outcome text, count bigint)
language plpgsql stable set search_path = '' as $$
declare
  v_of text[] := public.statistics_of(p_scope);
  v_step interval := make_interval(secs => p_bucket_seconds);
  v_first timestamptz := date_trunc('hour', p_from + interval '1 hour' - interval '1 microsecond', 'UTC');
  v_last timestamptz := date_trunc('hour', p_to, 'UTC');
begin
  if p_bucket_seconds < 3600 or v_first >= v_last then
    v_first := p_to;
    v_last := p_to;
  end if;
  return query
    select date_bin(v_step, x.at, timestamptz '2000-01-01 00:00Z'), x.provider, x.event_type, x.outcome,
      sum(x.count)::bigint
    from (
      select s.minute as at, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s
      where s.organisation_id = any (v_of) and s.minute >= p_from and s.minute < v_first and s.outcome <> 'applied'
      union all
      select h.hour, h.provider, h.event_type, h.outcome, h.count
      from public.statistics_hours h
      where h.organisation_id = any (v_of) and h.hour >= v_first and h.hour < v_last and h.outcome <> 'applied'
      union all
      select s.minute, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s
      where s.organisation_id = any (v_of) and s.minute >= v_last and s.minute < p_to and s.outcome <> 'applied'
    ) x
    group by 1, 2, 3, 4;
end
$$;

-- Providers that used to send and stopped: nothing for longer than four times the longest pause they made in the two
-- weeks before. Only those that sent in five hours or more, over more than a day: a test of one afternoon is no habit.
-- [{provider, last_at, usual_gap_seconds, silent_seconds}], the longest silence first.
create function public.list_silent_providers(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with active as (
    select h.provider, h.hour, h.hour - lag(h.hour) over (partition by h.provider order by h.hour) as gap
    from public.statistics_hours h
    where h.organisation_id = any (public.statistics_of(p_scope)) and h.hour >= public.now_() - interval '14 days'
      and h.outcome in ('received', 'duplicate', 'conflict')
    group by h.provider, h.hour
  ),
  habits as (
    select a.provider, max(a.gap) as usual_gap, max(a.hour) as last_hour
    from active a
    group by a.provider
    having count(*) >= 5 and max(a.hour) - min(a.hour) >= interval '24 hours'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', q.provider, 'last_at', public.iso(q.last_at),
    'usual_gap_seconds', extract(epoch from q.usual_gap)::integer,
    'silent_seconds', extract(epoch from public.now_() - q.last_at)::integer
  ) order by q.last_at), '[]')
  from (
    select h.provider, h.usual_gap, coalesce((
      select max(s.minute) from public.statistics s
      where s.organisation_id = any (public.statistics_of(p_scope)) and s.minute >= h.last_hour
        and s.minute < h.last_hour + interval '1 hour' and s.provider = h.provider
        and s.outcome in ('received', 'duplicate', 'conflict')
    ), h.last_hour) as last_at
    from habits h
    where public.now_() - h.last_hour > 4 * h.usual_gap
  ) q
  where public.now_() - q.last_at > 4 * q.usual_gap;
$$;
