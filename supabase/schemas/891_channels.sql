-- Channels, and what each was told. Called by lib/queries/channels.ts.

-- Those whose alerts the caller may see, oldest first: [channel_json].
create function public.list_channels(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.channel_json(c) order by c.id), '[]')
  from public.channels c
  where c.archived_at is null and public.all_in_scope(p_scope, c.organisations);
$$;

-- Null when the caller may see no such channel.
create function public.get_channel(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.channel_json(c)
  from public.channels c
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations);
$$;

-- {notifications, next_cursor}, newest first. Null when the caller may see no such channel.
create function public.list_channel_notifications(p_id bigint, p_limit integer, p_after bigint, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'notifications', coalesce(jsonb_agg(jsonb_build_object(
      'id', 'no_' || n.id, 'kind', n.kind, 'status', n.status, 'alert_id', 'al_' || n.alert_id,
      'replay_id', 'wr_' || n.replay_id, 'summary', coalesce(a.summary, initcap(n.kind::text)), 'outcome', n.outcome,
      'attempts', n.attempts, 'due_at', public.iso(case when isfinite(n.due_at) then n.due_at else n.created_at end),
      'ended_at', public.iso(n.ended_at)
    ) order by n.id desc) filter (where n.place <= p_limit), '[]'),
    'next_cursor', max(n.id) filter (where n.place = p_limit and n.more)
  )
  from (
    select x.*, row_number() over (order by x.id desc) as place, count(*) over () > p_limit as more
    from (
      select * from public.notifications y
      where y.channel_id = p_id and coalesce(y.id < p_after, true)
      order by y.id desc limit p_limit + 1
    ) x
  ) n
  left join public.alerts a on a.id = n.alert_id
  having exists (
    select from public.channels c
    where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations)
  );
$$;
