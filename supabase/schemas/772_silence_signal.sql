-- Events that are expected and do not arrive, and far fewer than expected. Called by the evaluation of alerts
-- (read_signal) and by take_silences_to_ask.

-- Which series are expected: the learnt ones. A null is all, as in alert_series.
create function public.expected_arrivals() returns table (organisation_id text, provider text, event_type text)
language sql stable set search_path = '' as $$
  select nullif(a.organisation_id, ''), a.provider, nullif(a.event_type, '')
  from public.arrival_habits a
  order by 1 nulls first, 2, 3 nulls first;
$$;

-- {value, is_bad, explain, evaluate_after, severity?, incident_id?, waits?}. evaluate_after: when it would become bad.
-- waits: the provider is being asked first (771_ask_silences.sql), and what it answers decides how bad it is.
create function public.read_silence_signal(r public.alert_rules, s public.alert_series) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_answer jsonb := '{}';
  x record;
begin
  select * into x from public.silence_of(r, s);
  if x.is_silent and x.asks then
    v_answer := public.silence_answer(s, x.due_at);
  end if;
  return v_answer || jsonb_build_object(
    'value', round(x.observed, 2), 'is_bad', x.is_silent, 'evaluate_after', public.iso(case
      when not x.is_known then public.now_() + interval '1 hour'
      when not x.is_silent then least(x.due_at, public.now_() + interval '6 hours')
    end),
    'explain', jsonb_build_object(
      'text', concat_ws(' ', public.subject_in_words(s) || ': ' || x.text, v_answer ->> 'text'),
      'observed', round(x.observed, 2), 'expected', round(x.expected, 2), 'threshold', round(x.threshold, 2),
      'window_minutes', x.minutes, 'link', public.events_link(s, null)
    )
  ) - 'text';
end
$$;

-- How silent a series is. Two forms: fixed, at least so many events within window_minutes (settings); and learnt, where
-- the events that are usual since the last one are more than its habit's threshold, and five minutes have passed: a
-- restart takes that long. due_at: when it became, or will become, silent.
create function public.silence_of(
  r public.alert_rules, s public.alert_series, out is_known boolean, out is_silent boolean, out due_at timestamptz,
  out asks boolean, out observed numeric, out expected numeric, out threshold numeric, out minutes integer,
  out text text
)
language plpgsql stable set search_path = '' as $$
declare
  v_of text := coalesce((s).organisation_id, '');
  v_type text := coalesce((s).event_type, '');
  v_least integer := greatest(1, ((r).settings ->> 'at_least')::integer);
  v_last timestamptz := public.last_arrival(v_of, (s).provider, v_type);
  a public.arrival_habits;
begin
  minutes := ((r).settings ->> 'window_minutes')::integer;
  is_silent := false;
  select * into a from public.arrival_habits h
  where h.organisation_id = v_of and h.provider = (s).provider and h.event_type = v_type;
  is_known := minutes is not null or a.provider is not null and v_last is not null;
  asks := minutes is null or v_least = 1;

  if not is_known then
    text := 'less than 14 days of history, or fewer than three events a day. Give the rule a window instead.';
    return;
  elsif public.is_switched_off((s).organisation_id, (s).provider) then
    text := 'its source is switched off.';
    due_at := public.now_() + interval '5 minutes';
    return;
  elsif minutes is not null then
    observed := public.arrivals_between(
      v_of, (s).provider, v_type, public.now_() - make_interval(mins => minutes), public.now_()
    );
    threshold := v_least;
    -- Nothing is missing before the rule was there for so long.
    due_at := greatest(v_last, (r).created_at) + make_interval(mins => minutes);
    is_silent := case when v_least = 1 then public.now_() >= due_at
      else observed < v_least and public.now_() >= (r).created_at + make_interval(mins => minutes) end;
    due_at := case when v_least = 1 then due_at end;
    text := format('%s events in the last %s minutes; there should be at least %s.', observed, minutes, v_least);
  else
    observed := 0;
    expected := public.expected_between(a.rates, v_last, public.now_());
    threshold := a.threshold;
    due_at := greatest(public.expected_by(a.rates, v_last, a.threshold), v_last + interval '5 minutes');
    is_silent := public.now_() >= due_at;
    minutes := floor(extract(epoch from public.now_() - v_last) / 60);
    text := format(
      'nothing has arrived since %s UTC. %s events are usual in that time; %s without one are more than chance.',
      to_char(v_last at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), round(expected, 1), round(threshold, 1)
    );
  end if;
end
$$;

-- {value, is_bad, explain, evaluate_after}: bad when each of the last three windows has too few by settings.threshold
-- (4) standard deviations. A window is as many whole hours as 20 events take, and at least window_minutes (60). Where
-- nothing arrives at all, that is silence.
create function public.read_drop_signal(r public.alert_rules, s public.alert_series) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_end timestamptz := date_trunc('hour', public.now_(), 'UTC');
  v_limit numeric := coalesce(((r).settings ->> 'threshold')::numeric, 4);
  v_length integer := ceil(coalesce(((r).settings ->> 'window_minutes')::numeric, 60) / 60);
  v_windows integer := 0;
  v_low integer := 0;
  v_hours integer := 0;
  v_rate numeric := 0;
  v_count numeric := 0;
  v_expected numeric := 0;
  v_observed numeric := 0;
  v_z numeric;
  v_newest_z numeric;
  v_begin timestamptz;
  a public.arrival_habits;
begin
  select * into a from public.arrival_habits x
  where x.organisation_id = coalesce((s).organisation_id, '') and x.provider = (s).provider
    and x.event_type = coalesce((s).event_type, '');
  v_begin := v_end;
  while v_windows < 3 and a.provider is not null and v_begin > v_end - interval '72 hours' loop
    v_begin := v_begin - interval '1 hour';
    v_hours := v_hours + 1;
    v_rate := v_rate + a.rates[1 + public.hour_of_week(v_begin)];
    v_count := v_count + public.arrivals_in_hour(a.organisation_id, a.provider, a.event_type, v_begin, '{received}');
    continue when v_rate < 20 or v_hours < v_length;
    v_z := (v_count - v_rate) / sqrt(v_rate + coalesce(v_rate * v_rate / a.spread, 0));
    v_newest_z := coalesce(v_newest_z, v_z);
    v_windows := v_windows + 1;
    v_low := v_low + (v_z < -v_limit)::integer;
    v_expected := v_expected + v_rate;
    v_observed := v_observed + v_count;
    v_hours := 0;
    v_rate := 0;
    v_count := 0;
  end loop;
  return jsonb_build_object(
    'value', round(v_newest_z, 2), 'is_bad', v_low = 3 and v_observed > 0,
    -- Whole hours are read: nothing changes before the next one is over.
    'evaluate_after', public.iso(v_end + interval '61 minutes'), 'explain', jsonb_build_object(
      'text', public.subject_in_words(s) || case
        when v_windows < 3 then ': too few events to tell a drop from chance.'
        else format(': %s events in %s hours, where %s are usual.', v_observed,
          extract(epoch from v_end - v_begin)::integer / 3600, round(v_expected))
      end,
      'observed', v_observed, 'expected', round(v_expected, 1), 'threshold', -v_limit,
      'window_minutes', extract(epoch from v_end - v_begin)::integer / 60, 'link', public.events_link(s, null)
    )
  );
end
$$;

-- Whether nothing can come: the provider (or the organisation) has sources, all of them are switched off, and the
-- newest event did not come by the default one.
create function public.is_switched_off(p_organisation text, p_provider text) returns boolean
language sql stable set search_path = '' as $$
  select coalesce(bool_and(not x.enabled), false) and coalesce((
    select e.source_id is not null from public.events e
    where e.provider between p_provider and p_provider and p_organisation is null
    order by e.provider, e.received_at desc, e.id desc
    limit 1
  ), p_organisation is not null)
  from public.sources x
  where x.provider = p_provider and x.archived_at is null
    and (p_organisation is null or x.organisation_id = p_organisation);
$$;
