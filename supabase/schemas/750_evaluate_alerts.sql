-- The evaluation of alerts: each due series is read, and its state moves. Called by the worker (lib/alerts/run.ts), by
-- any number of processes. One at a time evaluates, in one transaction: a killed one leaves nothing half done, and an
-- alert is written together with what is told of it.
--
-- ok → pending (bad, not often enough) → firing → ok (well for hold_seconds)

-- Evaluates series that are due, at most p_limit. p_horizons: {provider: days}, how far back providers' APIs list.
-- Answers {evaluated, fired, resolved, ms}; null when another process is at it.
create function public.evaluate_alerts(p_limit integer, p_horizons jsonb default '{}') returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_began timestamptz := public.clock_();
  v_id bigint;
  v_flip text;
  v_evaluated integer := 0;
  v_fired integer := 0;
  v_resolved integer := 0;
  v_answer jsonb;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('evaluate_alerts', 1)) then
    return null;
  end if;
  perform public.add_expected_series();
  for v_id in
    select s.id from public.alert_series s
    join public.alert_rules r on r.id = s.rule_id
    where s.evaluate_after <= public.now_() and r.enabled and r.archived_at is null
    -- What hides others comes before them, so that it hides them in the same minute.
    order by public.evaluation_rank(r.kind), r.severity, s.event_type is not null, s.evaluate_after, s.id
    limit p_limit
  loop
    v_evaluated := v_evaluated + 1;
    begin
      v_flip := public.evaluate_series(v_id, p_horizons);
      v_fired := v_fired + (v_flip is not distinct from 'fired')::integer;
      v_resolved := v_resolved + (v_flip is not distinct from 'resolved')::integer;
    exception when others then
      update public.alert_series s set
        problem = left(sqlerrm, 500), evaluate_after = public.now_() + interval '1 hour', evaluated_at = public.now_()
      where s.id = v_id;
    end;
  end loop;
  perform public.catch_up_alerts();
  v_answer := jsonb_build_object(
    'evaluated', v_evaluated, 'fired', v_fired, 'resolved', v_resolved,
    'ms', round(extract(epoch from public.clock_() - v_began) * 1000)
  );
  perform public.note_heartbeat('alerts', 'evaluation', null, v_answer);
  if v_fired + v_resolved > 0 then
    -- For changes_since, which cannot see what was written within an exception block.
    perform public.note_heartbeat('alert_flips', 'evaluation', null, v_answer);
  end if;
  return v_answer;
end
$$;

-- Trouble of our own first, then endpoints and silences.
create function public.evaluation_rank(p_kind public.alert_kind) returns integer
language sql immutable
return case
  when p_kind in ('oldest_due', 'worker_gone') then 1
  when p_kind in ('endpoint_down', 'endpoint_disabled', 'silence') then 2
  else 3
end;

-- Reads one series and moves its state. Answers 'fired', 'resolved' or null.
create function public.evaluate_series(p_id bigint, p_horizons jsonb) returns text
language plpgsql volatile set search_path = '' as $$
declare
  s public.alert_series;
  r public.alert_rules;
  v_signal jsonb;
  v_bad boolean;
  v_count integer;
  v_next timestamptz := date_trunc('minute', public.now_()) + interval '1 minute';
begin
  select * into s from public.alert_series x where x.id = p_id for update;
  select * into r from public.alert_rules x where x.id = s.rule_id;
  v_signal := public.read_signal(r, s, p_horizons);
  v_bad := coalesce((v_signal ->> 'is_bad')::boolean, false);
  v_count := case when v_bad then s.bad + 1 else 0 end;
  if not v_bad and s.state <> 'firing' then
    v_next := coalesce((v_signal ->> 'evaluate_after')::timestamptz, v_next);
  end if;
  update public.alert_series x set
    value = (v_signal ->> 'value')::numeric, explain = coalesce(v_signal -> 'explain', '{}'), bad = v_count,
    well_since = case when x.state = 'firing' and not v_bad then coalesce(x.well_since, public.now_()) end,
    -- A run that the provider was asked with is over with what it was asked about.
    asking_run_id = case when v_bad then x.asking_run_id end, asking_until = case when v_bad then x.asking_until end,
    evaluated_at = public.now_(), evaluate_after = v_next, problem = null
  where x.id = p_id
  returning * into s;

  if s.state = 'firing' then
    if s.well_since <= public.now_() - make_interval(secs => r.hold_seconds) then
      return public.resolve_series(s);
    end if;
  elsif v_bad and v_count >= r.bad_evaluations and not coalesce((v_signal ->> 'waits')::boolean, false) then
    return public.fire_series(s, r, v_signal);
  elsif (s.state = 'pending') <> v_bad then
    update public.alert_series x set
      state = case when v_bad then 'pending' else 'ok' end::public.alert_state, since = public.now_()
    where x.id = p_id and x.state = s.state;
  end if;
  return null;
end
$$;

-- A signal may have a severity of its own, and an incident that was opened for it.
create function public.fire_series(s public.alert_series, r public.alert_rules, p_signal jsonb) returns text
language plpgsql volatile set search_path = '' as $$
declare
  v_alert public.alerts;
begin
  insert into public.alerts (
    rule_id, series_id, kind, severity, provider, event_type, organisation_id, destination_id, summary, explain,
    incident_id
  )
  values (
    (r).id, (s).id, (r).kind, coalesce((p_signal ->> 'severity')::public.incident_severity, (r).severity), (s).provider,
    (s).event_type, (s).organisation_id, (s).destination_id,
    left(coalesce(nullif((s).explain ->> 'text', ''), (r).name), 500), (s).explain,
    (p_signal ->> 'incident_id')::bigint
  )
  returning * into v_alert;
  update public.alert_series x set state = 'firing', since = public.now_(), alert_id = v_alert.id, well_since = null
  where x.id = (s).id and x.state = (s).state;
  update public.alerts a set suppressed_because = public.suppression_of(v_alert) where a.id = v_alert.id;
  perform public.notify_alert(v_alert.id, 'fired');
  return 'fired';
end
$$;

create function public.resolve_series(s public.alert_series) returns text
language plpgsql volatile set search_path = '' as $$
begin
  update public.alert_series x set
    state = 'ok', since = public.now_(), bad = 0, well_since = null, alert_id = null
  where x.id = (s).id and x.state = 'firing';
  update public.alerts a set resolved_at = public.now_() where a.id = (s).alert_id and a.resolved_at is null;
  perform public.notify_alert((s).alert_id, 'resolved');
  return 'resolved';
end
$$;

-- That something works, now. Those that ended without saying so are removed after a day.
create function public.note_heartbeat(p_name text, p_kind text, p_version text, p_details jsonb) returns void
language sql volatile set search_path = '' as $$
  insert into public.heartbeats as h (name, kind, version, details) values (p_name, p_kind, p_version, p_details)
  on conflict (name) do update set
    at = public.now_(), version = coalesce(excluded.version, h.version), details = excluded.details;

  delete from public.heartbeats h where h.at < public.now_() - interval '1 day' and h.kind = 'worker';
$$;

-- It stopped, as it should.
create function public.end_heartbeat(p_name text) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  delete from public.heartbeats h where h.name = p_name;
  return found;
end
$$;
