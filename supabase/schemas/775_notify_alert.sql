-- Whom an alert is told: one notification per channel or person, written in the transaction that changes the alert. So
-- what fired is told at least once, and what was well again before it was sent is never told. Called by the evaluation
-- of alerts and by acknowledge_alert; lib/notifications sends what is written here.

-- Writes what has to be sent: how many notifications. Nothing when the alert is suppressed.
create function public.notify_alert(p_alert_id bigint, p_kind public.notification_kind) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  a public.alerts;
begin
  select * into a from public.alerts x where x.id = p_alert_id;
  if a.id is null or a.suppressed_because is not null and p_kind in ('fired', 'repeated') then
    return 0;
  end if;
  return case p_kind
    when 'fired' then public.notify_fired(a)
    when 'repeated' then public.notify_again(a)
    when 'acknowledged' then public.notify_acknowledged(a)
    when 'resolved' then public.notify_resolved(a)
  end;
end
$$;

-- After group_wait, so that what heals by itself is not told and what fires together is one message. A group sends at
-- most one in group_interval.
create function public.notify_fired(a public.alerts) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_count integer;
begin
  insert into public.notifications (channel_id, staff_id, kind, alert_id, group_key, due_at)
  select r.channel_id, r.staff_id, 'fired', (a).id, r.group_key, public.group_due(r.channel_id, r.staff_id, r.group_key)
  from public.recipients_of(a) r
  on conflict on constraint notifications_each_once do nothing;
  get diagnostics v_count = row_count;
  insert into public.notices (actor_id, subject, message)
  select u.id::text, 'al_' || (a).id, (a).severity || ': ' || (a).summary
  from public.staff_users u
  left join public.notification_preferences p on p.staff_id = u.id
  where u.disabled_at is null and public.in_scope(u.organisations, (a).organisation_id)
    and (a).severity = any (coalesce(p.console_severities, '{P0,P1}'));
  return v_count;
end
$$;

-- When a new alert of a group is due at a recipient: with those that wait already, else after the two intervals.
create function public.group_due(p_channel_id bigint, p_staff_id uuid, p_group_key text) returns timestamptz
language sql stable set search_path = '' as $$
  select coalesce(
    min(n.due_at) filter (where n.status = 'pending' and n.attempts = 0 and n.due_at > public.now_()),
    greatest(
      public.now_() + interval '30 seconds',
      max(n.ended_at) filter (where n.status = 'sent') + interval '5 minutes'
    )
  )
  from public.notifications n
  where n.group_key = p_group_key and n.kind = 'fired'
    and n.channel_id is not distinct from p_channel_id and n.staff_id is not distinct from p_staff_id
    -- Tries take up to an hour and 13 minutes.
    and n.due_at > public.now_() - interval '2 hours'
    and (n.status = 'pending' or n.ended_at > public.now_() - interval '5 minutes');
$$;

-- Once more, because it still fires. PagerDuty repeats by itself what it accepted.
create function public.notify_again(a public.alerts) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_count integer;
  v_number bigint := 1 + (
    select coalesce(max(n.number), 0) from public.notifications n where n.alert_id = (a).id and n.kind = 'repeated'
  );
begin
  insert into public.notifications (channel_id, staff_id, kind, alert_id, number, group_key)
  select r.channel_id, r.staff_id, 'repeated', (a).id, v_number, r.group_key
  from public.recipients_of(a) r
  where not exists (
    select from public.notifications n
    where n.alert_id = (a).id and n.channel_id is not distinct from r.channel_id
      and n.staff_id is not distinct from r.staff_id and (n.status = 'pending' or r.repeats and n.status = 'sent')
  )
  on conflict on constraint notifications_each_once do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- Only to what shows a state: PagerDuty, other programs, and a message of a Slack bot, which is updated.
create function public.notify_acknowledged(a public.alerts) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_count integer;
begin
  insert into public.notifications (channel_id, kind, alert_id, group_key)
  select n.channel_id, 'acknowledged', (a).id, n.group_key
  from public.notifications n
  join public.channels c on c.id = n.channel_id
  where n.alert_id = (a).id and n.kind = 'fired' and n.status in ('pending', 'sent')
    and (c.kind in ('pagerduty', 'webhook') or c.kind = 'slack' and c.settings ? 'channel')
  on conflict on constraint notifications_each_once do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

-- To everybody whom it may have reached. What was never tried is skipped, and so is its end.
create function public.notify_resolved(a public.alerts) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_count integer;
begin
  update public.notifications n set
    status = 'skipped', ended_at = public.now_(), lease_until = null, outcome = public.healed_text()
  where n.alert_id = (a).id and n.status = 'pending' and n.kind <> 'resolved'
    and coalesce(n.lease_until <= public.now_(), true);

  insert into public.notifications (channel_id, staff_id, kind, alert_id, group_key, status, outcome, ended_at)
  select t.channel_id, t.staff_id, 'resolved', (a).id, t.group_key,
    case when t.tried then 'pending'::public.notification_status else 'skipped' end,
    case when not t.tried then public.healed_text() end, case when not t.tried then public.now_() end
  from (
    select n.channel_id, n.staff_id, min(n.group_key) as group_key, bool_or(n.attempts > 0) as tried
    from public.notifications n
    where n.alert_id = (a).id and n.kind in ('fired', 'repeated')
    group by n.channel_id, n.staff_id
  ) t
  on conflict on constraint notifications_each_once do nothing;
  select count(*) into v_count from public.notifications n
  where n.alert_id = (a).id and n.kind = 'resolved' and n.status = 'pending';

  -- In the console the end takes the place of the beginning.
  with told as (
    update public.notices n set seen_at = coalesce(n.seen_at, public.now_())
    where n.subject = 'al_' || (a).id
    returning n.actor_id
  )
  insert into public.notices (actor_id, subject, message)
  select distinct t.actor_id, 'al_' || (a).id, 'Resolved: ' || (a).summary from told t;
  return v_count;
end
$$;

create function public.healed_text() returns text
language sql immutable set search_path = ''
return 'It was well again before it was sent.';

-- The channels of the rule, or those that take its severity; and the persons who want it by mail. Nothing goes to a
-- channel or person that may not see the alert's organisation. A failing channel is told by the others. `repeats`: it
-- repeats by itself what it accepted once.
create function public.recipients_of(a public.alerts)
returns table (channel_id bigint, staff_id uuid, group_key text, repeats boolean)
language sql stable set search_path = '' as $$
  with g as (select concat_ws(' ', 'ar_' || (a).rule_id, (a).provider) as group_key)
  select c.id, null::uuid, case when c.kind = 'pagerduty' then 'al_' || (a).id else g.group_key end,
    c.kind = 'pagerduty'
  from public.channels c, g
  where c.enabled and c.archived_at is null and public.in_scope(c.organisations, (a).organisation_id)
    and case
      when exists (select from public.alert_rule_channels x where x.rule_id = (a).rule_id) then exists (
        select from public.alert_rule_channels x where x.rule_id = (a).rule_id and x.channel_id = c.id
      )
      else (a).severity = any (c.severities)
    end
    and not ((a).kind = 'channel_failing' and c.failures > 0)
  union all
  select null, u.id, g.group_key, false
  from public.staff_users u
  join public.notification_preferences p on p.staff_id = u.id, g
  where u.disabled_at is null and public.in_scope(u.organisations, (a).organisation_id)
    and (a).severity = any (p.mail_severities);
$$;
