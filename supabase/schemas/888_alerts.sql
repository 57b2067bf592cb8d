-- Alerts, rules and silences as lib/contract/api/alerts.ts has them. Called by lib/queries/alerts.ts. What several
-- organisations share is for those who see all.

-- Alerts, newest first. p_filter: {state, severity?: […], kind?: […], rule_id?, provider?}. p_after: the number of the
-- last one seen.
create function public.list_alerts(p_filter jsonb, p_limit integer, p_after bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select a.id, row_number() over (order by a.id desc) as n
    from public.alerts a
    where (p_after is null or a.id < p_after) and public.in_scope(p_scope, a.organisation_id)
      and case p_filter ->> 'state'
        when 'firing' then a.resolved_at is null when 'resolved' then a.resolved_at is not null else true
      end
      and (not p_filter ? 'severity' or a.severity::text = any (public.text_array(p_filter -> 'severity')))
      and (not p_filter ? 'kind' or a.kind::text = any (public.text_array(p_filter -> 'kind')))
      and (not p_filter ? 'rule_id' or a.rule_id = (p_filter ->> 'rule_id')::bigint)
      and (not p_filter ? 'provider' or a.provider = p_filter ->> 'provider')
    order by a.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'alerts', coalesce((
      select jsonb_agg(public.alert_json(a, p_scope) order by p.n) from page p join public.alerts a on a.id = p.id
      where p.n <= p_limit
    ), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit),
    'firing', public.count_firing(p_scope),
    'evaluated_at', (select public.iso(h.at) from public.heartbeats h where h.name = 'alerts')
  )
  from page p;
$$;

-- How many fire and are told, by severity.
create function public.count_firing(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_object_agg(c.severity, c.count), '{}') from (
    select a.severity, count(*) as count from public.alerts a
    where a.resolved_at is null and a.suppressed_because is null and public.in_scope(p_scope, a.organisation_id)
    group by a.severity
  ) c;
$$;

-- One alert with whom it was told. Null when the caller may see none.
create function public.get_alert(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.alert_json(a, p_scope) || jsonb_build_object('notifications', coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', 'no_' || n.id, 'channel_id', 'ch_' || n.channel_id, 'to', coalesce(c.name, u.name), 'kind', n.kind,
      'status', n.status, 'outcome', n.outcome, 'due_at', public.iso(n.due_at), 'ended_at', public.iso(n.ended_at)
    ) order by n.id)
    from public.notifications n
    left join public.channels c on c.id = n.channel_id
    left join public.staff_users u on u.id = n.staff_id
    where n.alert_id = a.id and public.all_in_scope(p_scope, coalesce(c.organisations, u.organisations))
  ), '[]'))
  from public.alerts a
  where a.id = p_id and public.in_scope(p_scope, a.organisation_id);
$$;

create function public.alert_json(a public.alerts, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'al_' || (a).id, 'rule_id', 'ar_' || (a).rule_id,
    'rule', (select r.name from public.alert_rules r where r.id = (a).rule_id), 'kind', (a).kind,
    'severity', (a).severity, 'provider_slug', (a).provider, 'event_type', (a).event_type,
    'org_id', (a).organisation_id, 'destination_id', 'ds_' || (a).destination_id,
    'destination', (
      select public.destination_name(t, p_scope) from public.destinations t where t.id = (a).destination_id
    ),
    'summary', (a).summary, 'explain', public.explanation_json((a).explain), 'fired_at', public.iso((a).fired_at),
    'resolved_at', public.iso((a).resolved_at), 'suppressed_because', (a).suppressed_because,
    'acknowledged', case when (a).acknowledged_at is not null then jsonb_build_object(
      'name', (a).acknowledged_by, 'at', public.iso((a).acknowledged_at)
    ) end,
    'note', (a).note, 'assignee', (a).assignee,
    'incident_id', (
      select 'in_' || i.id from public.incidents i
      where i.id = (a).incident_id and public.all_in_scope(p_scope, i.organisations)
    )
  );
$$;

-- Every field, whatever a reading left out.
create function public.explanation_json(p_explain jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'text', coalesce(p_explain ->> 'text', ''), 'observed', p_explain -> 'observed',
    'expected', p_explain -> 'expected', 'threshold', p_explain -> 'threshold',
    'window_minutes', p_explain -> 'window_minutes', 'link', p_explain -> 'link'
  );
$$;

-- The rules, worst first.
create function public.list_alert_rules(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.alert_rule_json(r, p_scope) order by r.severity, r.name, r.id), '[]')
  from public.alert_rules r
  where r.archived_at is null and public.in_scope(p_scope, r.organisation_id);
$$;

-- One rule. Null when the caller may see none.
create function public.get_alert_rule(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.alert_rule_json(r, p_scope) from public.alert_rules r
  where r.id = p_id and r.archived_at is null and public.in_scope(p_scope, r.organisation_id);
$$;

create function public.alert_rule_json(r public.alert_rules, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'ar_' || (r).id, 'slug', (r).slug, 'kind', (r).kind, 'provider_slug', (r).provider,
    'event_type', (r).event_type, 'org_id', (r).organisation_id, 'destination_id', 'ds_' || (r).destination_id,
    'destination', (
      select public.destination_name(t, p_scope) from public.destinations t where t.id = (r).destination_id
    ),
    'name', (r).name, 'settings', (r).settings, 'severity', (r).severity, 'bad_evaluations', (r).bad_evaluations,
    'hold_seconds', (r).hold_seconds, 'repeat_seconds', (r).repeat_seconds,
    'channel_ids', coalesce((
      select jsonb_agg('ch_' || c.channel_id order by c.channel_id)
      from public.alert_rule_channels c where c.rule_id = (r).id
    ), '[]'),
    'enabled', (r).enabled, 'version', (r).version, 'firing', s.firing, 'series', s.series, 'problem', s.problem,
    'last_fired_at', (
      select public.iso(a.fired_at) from public.alerts a where a.rule_id = (r).id order by a.fired_at desc limit 1
    ),
    'fired_14_days', (
      select count(*) from public.alerts a
      where a.rule_id = (r).id and a.fired_at > public.now_() - interval '14 days'
    )
  )
  from (
    select count(*) filter (where x.state = 'firing') as firing, count(*) as series, min(x.problem) as problem
    from public.alert_series x where x.rule_id = (r).id
  ) s;
$$;

-- Silences that are active or to come, and the newest that ended; 200 at most.
create function public.list_silences(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.silence_json(x, p_scope) order by x.ends_at desc, x.id desc), '[]')
  from (
    select * from public.alert_silences s where public.all_in_scope(p_scope, s.scope)
    order by s.ends_at desc, s.id desc
    limit 200
  ) x;
$$;

-- One silence. Null when the caller may see none.
create function public.get_silence(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.silence_json(x, p_scope) from public.alert_silences x
  where x.id = p_id and public.all_in_scope(p_scope, x.scope);
$$;

create function public.silence_json(x public.alert_silences, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'sl_' || (x).id, 'rule_id', 'ar_' || (x).rule_id,
    'rule', (select r.name from public.alert_rules r where r.id = (x).rule_id), 'kind', (x).kind,
    'provider_slug', (x).provider, 'event_type', (x).event_type, 'org_id', (x).organisation_id,
    'destination_id', 'ds_' || (x).destination_id,
    'destination', (
      select public.destination_name(t, p_scope) from public.destinations t where t.id = (x).destination_id
    ),
    'begins_at', public.iso((x).begins_at), 'ends_at', public.iso((x).ends_at), 'reason', (x).reason,
    'actor', (x).actor, 'ended_by', (x).ended_by,
    'is_active', (x).begins_at <= public.now_() and (x).ends_at > public.now_()
  );
$$;
