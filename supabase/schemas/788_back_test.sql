-- What a rule would have told, had it been there: the past is judged by the functions that judge the present. Called by
-- lib/queries/back-tests.ts.

-- p_rule: {kind, settings, bad_evaluations, hold_seconds, provider, event_type, organisation_id, destination_id}.
-- Answers as backTest in lib/contract/api/alerts.ts, or {result: 'beyond_scope' | 'no_destination'}.
create function public.back_test(p_rule jsonb, p_days integer, p_scope text[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  r public.alert_rules := jsonb_populate_record(null::public.alert_rules, p_rule);
  v_refused text := public.alert_rule_problem(p_rule, p_scope);
  v_to timestamptz := date_trunc('minute', public.now_());
  v_from timestamptz := v_to - make_interval(days => p_days);
  v_fired jsonb := '[]';
  v_of jsonb;
  b record;
  v_first timestamptz;
  v_last timestamptz;
  v_text text;
begin
  if v_refused is not null then
    return jsonb_build_object('result', v_refused);
  end if;
  for b in
    select x.* from public.bad_spans(r, v_from, v_to) x order by x.labels, x.begins
  loop
    if v_of is distinct from b.labels or v_last < b.begins then
      v_fired := v_fired || public.past_alert(v_of, v_first, v_last, v_text, v_to);
      v_of := b.labels;
      v_first := null;
      v_last := null;
    end if;
    if v_first is not null then
      v_last := b.ends + make_interval(secs => r.hold_seconds) + b.step;
    elsif b.evaluations * extract(epoch from b.step) >= r.bad_evaluations * 60 then
      v_first := b.begins + make_interval(mins => r.bad_evaluations - 1);
      v_last := b.ends + make_interval(secs => r.hold_seconds) + b.step;
      v_text := coalesce(b.text, concat_ws(' ', coalesce(
        (select t.name from public.destinations t where t.id = (b.labels ->> 'destination_id')::bigint),
        b.labels ->> 'provider'
      ) || ':', trim_scale(round(b.value, 1))));
    end if;
  end loop;
  v_fired := v_fired || public.past_alert(v_of, v_first, v_last, v_text, v_to);
  return jsonb_build_object(
    'result', 'done', 'from_ts', public.iso(v_from), 'to_ts', public.iso(v_to),
    'would_have_fired', jsonb_array_length(v_fired),
    'times', coalesce((
      select jsonb_agg(t.value order by t.value ->> 'fired_at' desc) from (
        select x.value from jsonb_array_elements(v_fired) x order by x.value ->> 'fired_at' desc limit 100
      ) t
    ), '[]'),
    'problem', case when public.back_test_unit(r) is null and (r).kind not in ('silence', 'drop') then
      'Nothing is kept of the past of this kind. It can be tested by waiting.'
    end
  );
end
$$;

-- One time that it would have fired, in a list; an empty list when it would not.
create function public.past_alert(
  p_labels jsonb, p_first timestamptz, p_resolved timestamptz, p_text text, p_to timestamptz
) returns jsonb
language sql immutable set search_path = '' as $$
  select case when p_first is null then '[]' else jsonb_build_array(jsonb_build_object(
    'provider_slug', p_labels ->> 'provider', 'event_type', p_labels ->> 'event_type',
    'org_id', p_labels ->> 'organisation_id', 'destination_id', 'ds_' || (p_labels ->> 'destination_id'),
    'fired_at', public.iso(p_first), 'resolved_at', case when p_resolved <= p_to then public.iso(p_resolved) end,
    'text', p_text
  )) end;
$$;

-- In which steps the past of a rule is known; null when it is not.
create function public.back_test_unit(r public.alert_rules) returns text
language sql immutable set search_path = '' as $$
  select case
    when (r).kind = 'slow_endpoint' or (r).kind = 'success_rate' and (r).destination_id is not null then 'hour'
    when (r).kind in ('success_rate', 'dead_letters', 'attempts', 'stalled', 'failures_doubled', 'rejections')
      then case when public.setting(r, 'window_minutes') > 180 then 'hour' else 'minute' end
  end;
$$;

-- Bad evaluations in a row. text: what was seen, where value alone does not say it.
create function public.bad_spans(r public.alert_rules, p_from timestamptz, p_to timestamptz)
returns table (
  labels jsonb, step interval, begins timestamptz, ends timestamptz, evaluations bigint, value numeric, text text
)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
  if (r).kind in ('silence', 'drop') then
    return query select * from public.past_arrivals(r, p_from, p_to);
    return;
  end if;
  return query select x.labels, x.step, min(x.at), max(x.at), count(*),
    (array_agg(x.value order by x.at))[least((r).bad_evaluations, count(*))], null::text
  from (
    select p.*, p.at - row_number() over (partition by p.labels order by p.at) * p.step as span
    from public.bad_past(r, p_from, p_to) p
  ) x
  group by x.labels, x.step, x.span;
end
$$;

-- The times at which a rule was bad, series by series.
create function public.bad_past(r public.alert_rules, p_from timestamptz, p_to timestamptz)
returns table (labels jsonb, at timestamptz, value numeric, step interval)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  v_unit text := public.back_test_unit(r);
  v_step interval := ('1 ' || v_unit)::interval;
  v_minutes integer := coalesce(public.setting(r, 'window_minutes'), 60);
  v_window integer := case v_unit when 'hour' then greatest(1, ceil(v_minutes / 60.0)) else v_minutes end;
begin
  if v_unit is null then
    return;
  elsif public.signal_subject((r).kind, (r).destination_id) = 'destination' then
    return query select jsonb_build_object('destination_id', e.destination_id, 'organisation_id', e.organisation_id),
      d.at, j.value, v_step
    from public.expected_series(r) e
    join public.destination_statistics d
      on d.destination_id = e.destination_id and d.span = 'hour' and d.at >= p_from and d.at <= p_to
    cross join lateral public.judge_counts(
      'success_rate', public.setting(r, 'threshold'), public.setting(r, 'at_least'), 0, d.succeeded, d.failed, 0, 0, 0
    ) c
    cross join lateral (
      select case (r).kind when 'slow_endpoint' then public.latency_quantile(d.latency, 0.95) else c.value end as value
    ) j
    where case (r).kind
      when 'slow_endpoint' then j.value > public.setting(r, 'threshold')
        and d.succeeded + d.failed >= coalesce(public.setting(r, 'at_least'), 1)
      else c.is_bad
    end;
    return;
  end if;
  return query
  with counted as materialized (
    select h.provider, h.at, sum(h.count) filter (where h.outcome in ('received', 'duplicate')) as received,
      sum(h.count) filter (where h.outcome = 'delivered') as delivered,
      sum(h.count) filter (where h.outcome = 'failed') as failed,
      sum(h.count) filter (where h.outcome = 'dead') as dead,
      sum(h.count) filter (where h.outcome = 'rejected' and h.event_type = 'bad_signature') as rejected
    from public.past_counts(r, v_unit, p_from - 2 * v_window * v_step, p_to) h
    group by 1, 2
  ),
  -- Every minute of every provider, also those without a count: added up, because a join might be a loop in a loop.
  filled as (
    select f.provider, f.at, coalesce(sum(f.received), 0) as received, coalesce(sum(f.delivered), 0) as delivered,
      coalesce(sum(f.failed), 0) as failed, coalesce(sum(f.dead), 0) as dead,
      coalesce(sum(f.rejected), 0) as rejected
    from (
      select * from counted
      union all
      select p.provider, g.at, null, null, null, null, null
      from (select distinct c.provider from counted c) p
      cross join generate_series(
        date_trunc(v_unit, p_from, 'UTC') - 2 * v_window * v_step, date_trunc(v_unit, p_to, 'UTC'), v_step
      ) g(at)
    ) f
    group by 1, 2
  ),
  summed as (
    select f.provider, f.at, sum(f.received) over w as received, sum(f.delivered) over w as delivered,
      sum(f.failed) over w as failed, sum(f.dead) over w as dead, sum(f.rejected) over w as rejected,
      coalesce(sum(f.failed + f.dead) over (
        partition by f.provider order by f.at rows between 2 * v_window preceding and v_window + 1 preceding
      ), 0) as before
    from filled f
    window w as (partition by f.provider order by f.at rows between v_window preceding and current row)
  )
  select jsonb_build_object(
    'provider', s.provider, 'event_type', (r).event_type, 'organisation_id', (r).organisation_id
  ), s.at, j.value, v_step
  from summed s
  cross join lateral public.judge_counts(
    (r).kind, public.setting(r, 'threshold'), public.setting(r, 'at_least'), s.received, s.delivered, s.failed, s.dead,
    s.rejected, s.before
  ) j
  where s.at >= p_from and s.received + s.delivered + s.failed + s.dead + s.rejected > 0 and j.is_bad;
end
$$;

-- The counts of a rule, by minute or by hour.
create function public.past_counts(r public.alert_rules, p_unit text, p_from timestamptz, p_to timestamptz)
returns table (provider text, at timestamptz, event_type text, outcome text, count bigint)
language sql stable set search_path = '' as $$
  select x.provider, x.at, x.event_type, x.outcome, x.count
  from (
    select m.provider, m.minute as at, m.event_type, m.outcome, m.count from public.statistics m
    where p_unit = 'minute' and m.organisation_id = coalesce((r).organisation_id, '')
      and m.minute between p_from and p_to
    union all
    select h.provider, h.hour, h.event_type, h.outcome, h.count from public.statistics_hours h
    where p_unit = 'hour' and h.organisation_id = coalesce((r).organisation_id, '')
      and h.hour between p_from and p_to
  ) x
  where ((r).provider is null or x.provider = (r).provider)
    and ((r).event_type is null or x.event_type = (r).event_type or x.outcome = 'rejected');
$$;
