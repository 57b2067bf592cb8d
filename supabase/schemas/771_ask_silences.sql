-- Asks the provider before anybody is paged: a silent series waits for a run of reconciliation over the time since its
-- last event, for two minutes at most. What the run finds decides how bad the silence is. Called by lib/alerts/ask.ts.

-- Takes series that are silent and were not asked about, at most p_limit, for two minutes: [{series_id, provider,
-- event_type, source_ids, from_ts}]. source_ids: whose key may be asked with, best first; null is the default source.
-- Of two processes one gets each.
create function public.take_silences_to_ask(p_limit integer) returns jsonb
language sql volatile set search_path = '' as $$
  with silent as (
    select s.id, x.last_at
    from public.alert_series s
    join public.alert_rules r on r.id = s.rule_id
    cross join lateral (
      select y.is_silent and y.asks as is_due, greatest(
        public.last_arrival(coalesce(s.organisation_id, ''), s.provider, coalesce(s.event_type, '')),
        public.now_() - interval '24 hours'
      ) as last_at
      from public.silence_of(r, s) y
    ) x
    where r.kind = 'silence' and r.enabled and r.archived_at is null and s.state <> 'firing'
      and (s.evaluate_after <= public.now_() or s.state = 'pending') and s.asking_until is null
      and s.provider is not null and x.is_due
    order by s.id
    limit p_limit
    for update of s skip locked
  ),
  taken as (
    update public.alert_series s set asking_until = public.now_() + interval '2 minutes', asking_run_id = null
    from silent x
    where s.id = x.id
    returning s.*, x.last_at
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'series_id', t.id, 'provider', t.provider, 'event_type', t.event_type, 'from_ts', public.iso(t.last_at),
    'source_ids', (
      select jsonb_agg(o.id order by o.turn, o.id) from (
        select null::bigint as id, 1 as turn where t.organisation_id is null
        union all
        select c.id, 2 from public.sources c
        where c.provider = t.provider and c.enabled and c.archived_at is null
          and (t.organisation_id is null or c.organisation_id = t.organisation_id)
      ) o
    )
  ) order by t.id), '[]')
  from taken t;
$$;

-- The run that these series wait for; null: the provider cannot be asked, and they wait no longer.
create function public.note_silences_asked(p_series bigint[], p_run bigint) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_noted integer;
begin
  update public.alert_series s set
    asking_run_id = p_run, asking_until = case when p_run is null then public.now_() else s.asking_until end
  where s.id = any (p_series) and s.asking_until is not null;
  get diagnostics v_noted = row_count;
  return v_noted;
end
$$;

-- Opens an incident for each run that series wait for and that found missing events: one per run, of what it found.
-- Answers how many.
create function public.open_silence_incidents(p_most integer) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  x public.reconciliations;
  v_types text;
  v_opened integer := 0;
begin
  for x in
    select r.* from public.reconciliations r
    where r.id in (
      select s.asking_run_id from public.alert_series s
      where s.state <> 'firing' and s.asking_until > public.now_()
    )
      and r.completed_at is not null and public.lacking_of(r.id, r.types) > 0 and public.incident_of_run(r.id) is null
    order by r.id
    for update of r skip locked
  loop
    v_types := coalesce(array_to_string(x.types, ', '), 'events');
    v_opened := v_opened + (public.open_incident(
      jsonb_build_object(
        'title', left(format('%s: %s did not arrive', x.provider, v_types), 200),
        'cause', left(format('Nothing arrived, and the provider lists %s that are not here.', v_types), 2000),
        'severity', 'P1', 'opened_by', 'alert', 'from_ts', public.iso(x.from_ts), 'to_ts', public.iso(x.to_ts),
        'selection', jsonb_build_object('reconciliation_id', x.id)
      ),
      p_most, case when x.organisation_id is not null then array[x.organisation_id] end, 'Alerts', 'alerts', 'alerts'
    ) ->> 'result' = 'opened')::integer;
  end loop;
  return v_opened;
end
$$;

-- What the provider answered about a silent series: {waits} while it has not; else {severity, text, incident_id?}.
-- Empty when it cannot be asked. A series that was not asked about yet waits for one evaluation. p_due_at: when it
-- became silent.
create function public.silence_answer(s public.alert_series, p_due_at timestamptz) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_is_time boolean := (s).asking_until > public.now_();
  v_lacking integer;
  v_incident bigint;
  r public.reconciliations;
begin
  if (s).asking_until is null then
    return case
      when (s).state <> 'firing' and coalesce((s).evaluated_at < p_due_at, true) then '{"waits": true}' else '{}'
    end;
  elsif (s).asking_run_id is null then
    return case when v_is_time then '{"waits": true}' else '{}' end;
  end if;
  select * into r from public.reconciliations x where x.id = (s).asking_run_id;
  if r.status in ('queued', 'running') and v_is_time then
    return '{"waits": true}';
  end if;
  v_lacking := public.lacking_of(r.id, array[(s).event_type]);
  if v_lacking = 0 and r.status is distinct from 'completed' then
    return jsonb_build_object(
      'severity', 'P3', 'text', 'The provider was asked, and did not answer'
        || coalesce(': ' || left(r.reason, 200), ' within two minutes.')
    );
  elsif v_lacking = 0 then
    return jsonb_build_object(
      'severity', 'P4', 'text', 'It is quiet at the provider: its API lists none that we do not have.'
    );
  end if;
  v_incident := public.incident_of_run(r.id);
  if v_incident is null and v_is_time and (s).state <> 'firing' then
    return '{"waits": true}';
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'severity', 'P1', 'incident_id', v_incident,
    'text', format('The provider lists %s that we do not have.', v_lacking)
  ));
end
$$;

-- How many events of a run the provider has and we do not. Of all types (null, or a list of it) those that the provider
-- was never told to send do not count.
create function public.lacking_of(p_run bigint, p_types text[]) returns integer
language sql stable set search_path = '' as $$
  select count(*)::integer from public.findings f
  where f.reconciliation_id = p_run and f.closed_at is null
    and case when p_types[1] is null then f.kind in ('missing', 'rejected', 'unrecoverable')
      else f.kind in ('missing', 'rejected', 'unrecoverable', 'not_subscribed') and f.event_type = any (p_types) end;
$$;

-- The incident that was opened of a run by an alert.
create function public.incident_of_run(p_run bigint) returns bigint
language sql stable set search_path = '' as $$
  select min(i.id) from public.incidents i
  where i.opened_by = 'alert' and (i.selection ->> 'reconciliation_id')::bigint = p_run;
$$;
