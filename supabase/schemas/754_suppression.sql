-- What is not told, and what is told again. Called by evaluate_alerts.

-- Why an alert is not told: a silence of people, a worse alert about the same, or one that explains it. Null: it is.
create function public.suppression_of(a public.alerts) returns text
language sql stable set search_path = '' as $$
  select coalesce(
    (
      select left(format('Silenced by %s: %s', x.actor, x.reason), 200)
      from public.alert_silences x
      where x.begins_at <= public.now_() and x.ends_at > public.now_()
        and coalesce(x.rule_id = (a).rule_id, true) and coalesce(x.kind = (a).kind, true)
        and (x.provider is null or x.provider = (a).provider)
        and (x.event_type is null or x.event_type = (a).event_type)
        and (x.organisation_id is null or x.organisation_id = (a).organisation_id)
        and (x.destination_id is null or x.destination_id = (a).destination_id)
        and public.in_scope(x.scope, (a).organisation_id)
      order by x.ends_at desc
      limit 1
    ),
    (
      select left(format('Part of al_%s: %s', o.id, o.summary), 200)
      from public.alerts o
      where o.resolved_at is null and o.id <> (a).id and public.explains(o, a)
      order by o.severity, o.id
      limit 1
    )
  );
$$;

-- Whether one alert makes another one needless: a worse one of the same kind about the same, or an
-- older one as bad; a whole provider's silence
-- its types'; an endpoint that is down that nothing is delivered; and trouble of our own every silence, because then
-- nothing is known.
create function public.explains(o public.alerts, a public.alerts) returns boolean
language sql stable set search_path = '' as $$
  select case
    when (o).kind = (a).kind and ((o).severity, (o).id) < ((a).severity, (a).id)
      and ((o).provider, (o).event_type, (o).organisation_id, (o).destination_id)
        is not distinct from ((a).provider, (a).event_type, (a).organisation_id, (a).destination_id) then true
    when (a).kind not in ('silence', 'drop', 'stalled') then false
    when (o).kind in ('oldest_due', 'worker_gone') then true
    when (o).kind in ('endpoint_down', 'endpoint_disabled') then (a).kind = 'stalled' and exists (
      select from public.destinations t
      where t.id = (o).destination_id and t.providers && array[(a).provider, '*']
    )
    when (o).kind = 'silence' then (a).event_type is not null and (o).event_type is null
      and (o).provider = (a).provider
      and ((o).organisation_id is null or (o).organisation_id is not distinct from (a).organisation_id)
    else false
  end;
$$;

-- What was hidden and is hidden no more is told now. What fires on, unacknowledged, is told again.
create function public.catch_up_alerts() returns void
language plpgsql volatile set search_path = '' as $$
declare
  a public.alerts;
  v_because text;
begin
  for a in
    select x.* from public.alerts x
    where x.resolved_at is null and x.suppressed_because is not null order by x.severity, x.id
  loop
    v_because := public.suppression_of(a);
    update public.alerts x set suppressed_because = v_because
    where x.id = a.id and x.suppressed_because is distinct from v_because;
    perform public.notify_alert(a.id, 'fired') where v_because is null;
  end loop;

  perform public.notify_alert(x.id, 'repeated')
  from public.alerts x
  join public.alert_rules r on r.id = x.rule_id
  where x.resolved_at is null and x.suppressed_because is null and x.acknowledged_at is null
    and coalesce((
      select max(n.created_at) from public.notifications n
      where n.alert_id = x.id and n.kind in ('fired', 'repeated')
    ), x.fired_at) <= public.now_() - make_interval(secs => r.repeat_seconds)
    and public.suppression_of(x) is null;
end
$$;
