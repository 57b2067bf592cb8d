-- What a message is made from: the rows as they are when it is sent, for lib/notifications/message.ts.

-- p_message: {updates, notifications: [{id, fence}]}. Answers it with {id, kind, channel, person, alerts, replay,
-- content}: to either a channel, with its encrypted secrets, or a person.
create function public.message_json(p_message jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select p_message || jsonb_build_object(
    'id', first.id, 'kind', first.kind, 'content', first.content,
    'channel', (
      select jsonb_build_object(
        'id', c.id, 'kind', c.kind, 'name', c.name, 'settings', c.settings, 'secrets', c.secrets
      )
      from public.channels c where c.id = first.channel_id
    ),
    'person', (
      select jsonb_build_object('name', u.name, 'email', u.email) from public.staff_users u where u.id = first.staff_id
    ),
    'alerts', (
      select coalesce(jsonb_agg(public.told_alert(a) order by a.severity, a.fired_at, a.id), '[]')
      from public.alerts a
      where a.id in (select n.alert_id from public.notifications n where n.id in (
        select (x ->> 'id')::bigint from jsonb_array_elements(p_message -> 'notifications') x
      ))
      -- An updated message says how all of its alerts are.
      or p_message ->> 'updates' is not null and a.id in (
        select n.alert_id from public.notifications n
        where n.channel_id = first.channel_id and n.remote_id = p_message ->> 'updates'
      )
    ),
    'replay', (
      select jsonb_build_object(
        'id', 'wr_' || r.id, 'status', r.status, 'total', r.total, 'succeeded', r.succeeded, 'failed', r.failed,
        'skipped', r.skipped, 'reason', r.reason, 'stopped_because', r.stopped_because
      )
      from public.replays r where r.id = first.replay_id
    )
  )
  from public.notifications first
  where first.id = (p_message #>> '{notifications,0,id}')::bigint;
$$;

create function public.told_alert(a public.alerts) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'al_' || (a).id, 'rule', r.name, 'rule_id', 'ar_' || (a).rule_id, 'kind', (a).kind,
    'severity', (a).severity, 'summary', (a).summary, 'explain', (a).explain, 'provider_slug', (a).provider,
    'event_type', (a).event_type, 'org_id', (a).organisation_id, 'destination_id', 'ds_' || (a).destination_id,
    'destination', (select d.name from public.destinations d where d.id = (a).destination_id),
    'fired_at', public.iso((a).fired_at), 'resolved_at', public.iso((a).resolved_at),
    'acknowledged_at', public.iso((a).acknowledged_at), 'acknowledged_by', (a).acknowledged_by,
    'incident_id', 'in_' || (a).incident_id
  )
  from public.alert_rules r where r.id = (a).rule_id;
$$;
