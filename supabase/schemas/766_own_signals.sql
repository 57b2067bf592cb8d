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
