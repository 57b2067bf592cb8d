-- What a person wants to be told, and the report of each week by mail. Called by lib/notifications/reports.ts and
-- lib/commands/notification-preferences.ts.

-- Changes what p_changes has; answers all of it.
create function public.change_notification_preferences(
  p_staff_id uuid, p_changes jsonb, p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  p public.notification_preferences;
begin
  insert into public.notification_preferences (staff_id) values (p_staff_id) on conflict (staff_id) do nothing;
  select * into p from public.notification_preferences x where x.staff_id = p_staff_id for update;
  p := jsonb_populate_record(p, p_changes);
  update public.notification_preferences x set
    mail_severities = p.mail_severities, console_severities = p.console_severities, mails_replays = p.mails_replays,
    mails_report = p.mails_report, updated_at = public.now_()
  where x.staff_id = p_staff_id;
  perform public.record_staff_action(
    'preferences.change', (select u.email from public.staff_users u where u.id = p_staff_id), p_changes,
    p_actor, p_actor_id, p_request_id
  );
  return public.get_notification_preferences(p_staff_id);
end
$$;

create function public.get_notification_preferences(p_staff_id uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'mail_severities', coalesce(p.mail_severities, '{}'),
    'console_severities', coalesce(p.console_severities, '{P0,P1}'),
    'mails_replays', coalesce(p.mails_replays, false), 'mails_report', coalesce(p.mails_report, false)
  )
  from public.staff_users u
  left join public.notification_preferences p on p.staff_id = u.id
  where u.id = p_staff_id;
$$;

-- Who still has to get the report of the week that ended on Monday, UTC: [{staff_id, organisations, week, from_ts,
-- to_ts}]. Not after two days: then it is no longer news.
create function public.due_reports(p_limit integer) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'staff_id', u.id, 'organisations', to_jsonb(u.organisations), 'week', w.week,
    'from_ts', public.iso(w.monday - interval '7 days'), 'to_ts', public.iso(w.monday)
  )), '[]')
  from (
    select m.monday, (extract(epoch from m.monday) / 604800)::bigint as week
    from (select date_trunc('week', public.now_() at time zone 'UTC') at time zone 'UTC' as monday) m
    where public.now_() < m.monday + interval '2 days'
  ) w
  join lateral (
    select s.* from public.staff_users s
    join public.notification_preferences p on p.staff_id = s.id
    where p.mails_report and s.disabled_at is null and not exists (
      select from public.notifications n where n.staff_id = s.id and n.kind = 'report' and n.number = w.week
    )
    order by s.id limit p_limit
  ) u on true;
$$;

-- Once per person and week. p_content: {title, text, facts, path}.
create function public.write_report(p_staff_id uuid, p_week bigint, p_content jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.notifications (staff_id, kind, number, group_key, content)
  values (p_staff_id, 'report', p_week, 'report', p_content)
  on conflict on constraint notifications_each_once do nothing;
  return found;
end
$$;

-- Deletes what ended more than 90 days ago, and ends tests whose sender was killed. Answers how many were deleted.
create function public.forget_notifications(p_limit integer) returns bigint
language plpgsql volatile set search_path = '' as $$
declare
  v_count bigint;
begin
  update public.notifications n set status = 'failed', ended_at = public.now_(), outcome = 'The test was interrupted.'
  where n.status = 'pending' and n.kind = 'test' and n.lease_until < public.now_();
  delete from public.notifications n where n.id in (
    select o.id from public.notifications o
    where o.ended_at < public.now_() - interval '90 days' order by o.ended_at limit p_limit
  );
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
