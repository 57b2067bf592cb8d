-- Rules about Redrive itself. Called by read_signal.

create function public.read_oldest_due(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, coalesce(x.seconds, 0), x.seconds > public.setting(r, 'threshold'), null,
    case when x.seconds is null then 'No delivery waits that could be sent.'
    else format('The oldest delivery that could be sent has waited for %s s.', round(x.seconds)) end,
    '/'
  )
  from (select public.oldest_due_seconds() as seconds) x;
$$;

-- A worker stopped without saying so, or there is none, while deliveries wait.
create function public.read_worker_gone(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, coalesce(d.seconds, 0), d.seconds > public.setting(r, 'threshold') and (w.gone > 0 or w.live = 0), null,
    format('%s workers report, %s stopped without notice%s.', w.live, w.gone,
      coalesce(', and the oldest delivery has waited for ' || round(d.seconds) || ' s', '')),
    '/'
  )
  from (
    select count(*) filter (where h.at > public.now_() - interval '2 minutes') as live,
      count(*) filter (where h.at <= public.now_() - interval '2 minutes') as gone
    from public.heartbeats h where h.kind = 'worker' and h.at > public.now_() - interval '1 day'
  ) w
  cross join (select public.oldest_due_seconds() as seconds) d;
$$;

create function public.read_channel_failing(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'Every channel accepts messages.'
    else left(format('Channels that accept nothing: %s.', string_agg(
      c.name || coalesce(' (' || c.problem || ')', ''), ', ' order by c.name
    )), 500) end,
    '/alerts/channels'
  )
  from public.channels c
  where c.enabled and c.archived_at is null and c.failures >= public.setting(r, 'threshold');
$$;

-- Free space in MiB where the embedded database is, as the processes that share its disk report it with their
-- heartbeats (lib/alerts/run.ts). A database elsewhere is not known of.
create function public.read_disk_low(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, x.free, x.free < public.setting(r, 'threshold'), null,
    case when x.free is null then 'The database is not on the disk of a worker.'
    else format('%s MiB are free where the database is. Webhooks are rejected when the disk is full.', x.free) end,
    '/'
  )
  from (
    select min((h.details ->> 'disk_free_mib')::numeric) as free
    from public.heartbeats h
    where h.kind = 'worker' and h.at > public.now_() - interval '2 minutes'
  ) x;
$$;

-- API tokens that were used within 31 days, and expire within so many days: by name, whose, and when. Not those that
-- were made for as short a time: whoever made them knows.
create function public.read_credential_expiring(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'No API token in use expires soon.'
    else left(format('API tokens in use that expire soon: %s.', string_agg(
      format('%s (%s, on %s)', t.name, coalesce('of ' || u.name, 'made by ' || t.created_by),
        to_char(t.expires_at at time zone 'UTC', 'YYYY-MM-DD')), '; ' order by t.expires_at, t.id
    )), 500) end,
    '/settings/tokens'
  )
  from public.api_tokens t
  left join public.staff_users u on u.id = t.owner_id
  where t.revoked_at is null and t.expires_at > public.now_()
    and t.expires_at <= public.now_() + public.setting(r, 'threshold')::integer * interval '1 day'
    and t.expires_at - t.created_at > 2 * public.setting(r, 'threshold')::integer * interval '1 day'
    and t.last_used_at > public.now_() - interval '31 days' and u.disabled_at is null;
$$;
