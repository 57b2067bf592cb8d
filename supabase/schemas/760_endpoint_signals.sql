-- Rules about destinations. One that is paused or that a person disabled is quiet. Called by read_signal.

-- Its slowest attempts: the time that 95 of 100 stayed under.
create function public.read_slow_endpoint(r public.alert_rules, s public.alert_series) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_minutes integer := least(coalesce(public.setting(r, 'window_minutes'), 15), 60);
  v_latency integer[];
  v_attempts bigint;
  v_ms integer;
begin
  select public.sum_latency(array_agg(d.latency)), sum(d.succeeded + d.failed) into v_latency, v_attempts
  from public.destination_statistics d
  where d.destination_id = (s).destination_id and d.span = 'minute'
    and d.at >= date_trunc('minute', public.now_()) - make_interval(mins => v_minutes);
  v_ms := public.latency_quantile(v_latency, 0.95);
  return public.signal(
    r, v_ms, v_ms > public.setting(r, 'threshold') and v_attempts >= coalesce(public.setting(r, 'at_least'), 1), null,
    case when v_ms is null then format('%s: no attempts in the last %s.', public.subject_in_words(s),
      public.minutes_in_words(v_minutes))
    else format('%s: 95 %% of %s attempts in the last %s took up to %s s.', public.subject_in_words(s), v_attempts,
      public.minutes_in_words(v_minutes), round(v_ms / 1000.0, 1)) end, '/destinations/ds_' || (s).destination_id
  );
end
$$;

-- It did not succeed for the window and failed at_least times meanwhile, or its circuit is open. Failures that are
-- about single events count for an hour: then the next event may be fine.
create function public.read_endpoint_down(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, coalesce(h.consecutive_failures, 0),
    public.takes_deliveries(t) and (
      h.breaker <> 'closed' or h.consecutive_failures >= coalesce(public.setting(r, 'at_least'), 1)
      and h.failing_since <= public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
      and (public.counts_against_endpoint(h.last_error_class) or h.last_failure_at > public.now_() - interval '1 hour')
    ),
    0,
    case
      when not public.takes_deliveries(t) then format('%s is paused or disabled.', t.name)
      when coalesce(h.consecutive_failures, 0) = 0 and coalesce(h.breaker, 'closed') = 'closed'
        then format('%s accepts deliveries.', t.name)
      else format('%s failed %s times in a row since %s%s%s', t.name, h.consecutive_failures,
        to_char(h.failing_since at time zone 'UTC', 'HH24:MI "UTC"'),
        case when h.breaker <> 'closed' then '; its circuit is open' else '' end,
        coalesce('. The last error: ' || h.last_error_class, '') || '.')
    end,
    '/destinations/ds_' || t.id
  )
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  where t.id = (s).destination_id;
$$;

-- It disabled itself, or will within days.
create function public.read_endpoint_disabled(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, (not t.enabled)::integer,
    not t.enabled and t.disabled_because is not null
      or t.enabled and (h.warned_at is not null or h.disable_because is not null),
    null,
    case
      when not t.enabled then format('%s was disabled: %s', t.name, coalesce(t.disabled_because, 'by a person.'))
      when h.disable_because is not null then format('%s will be disabled: %s', t.name, h.disable_because)
      when h.warned_at is not null then format('%s will be disabled unless a delivery succeeds.', t.name)
      else format('%s is enabled.', t.name)
    end,
    '/destinations/ds_' || t.id
  )
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  where t.id = (s).destination_id;
$$;
