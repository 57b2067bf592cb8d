-- Replays, how far they are, and how they ended. Called by lib/queries.

-- Replays, newest first; drafts only when asked for. p_filter: {status?: […], actor?, q?}. p_cursor: the id of the last
-- one seen, as a number.
create function public.list_replays(p_filter jsonb, p_limit integer, p_cursor bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select r.id, row_number() over (order by r.id desc) as n
    from public.replays r
    where (p_cursor is null or r.id < p_cursor) and public.all_in_scope(p_scope, r.organisations)
      and case
        when p_filter ? 'status' then r.status::text = any (public.text_array(p_filter -> 'status'))
        else r.status <> 'draft'
      end
      and (not p_filter ? 'q' or strpos(lower(r.reason || ' ' || r.actor), lower(p_filter ->> 'q')) > 0)
    order by r.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'replays', coalesce(jsonb_agg(public.get_replay(p.id, p_scope) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$$;

-- What holds the deliveries of a replay that have not ended, or would hold those of a draft, and how its trial goes:
-- {holds, trial}. Null when it is not in the scope. The holds are those of the destinations, each with {destination_id,
-- destination, deliveries}, most first. `order`: they wait behind an older delivery of the same key that is not the
-- replay's: {event_id, until: its retry}.
create function public.read_replay_progress(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with behind as (
    select d.destination_id, count(*) as deliveries, min(b.event_id) as event_id, min(b.retry_at) as retry_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    cross join lateral (
      select x.event_id, case x.status when 'retrying' then x.due_at end as retry_at, x.replay_id
      from public.deliveries x
      where x.destination_id = d.destination_id and x.ordering_key = d.ordering_key and x.id < d.id
        and x.status in ('pending', 'claimed', 'retrying', 'held')
      order by x.id limit 1
    ) b
    where i.replay_id = p_id and i.fed_at is not null and i.outcome is null
      and d.status in ('pending', 'retrying') and d.ordering_key is not null and b.replay_id is distinct from p_id
    group by d.destination_id
  ),
  holds as (
    select t.id, public.destination_name(t, p_scope) as name, c.deliveries, public.hold_within(t, h, p_scope) as hold
    from (
      select d.destination_id, count(*) as deliveries
      from public.replay_items i
      join public.deliveries d on d.id = i.delivery_id
      where i.replay_id = p_id and i.outcome is null
      group by d.destination_id
    ) c
    join public.destinations t on t.id = c.destination_id
    left join public.destination_health h on h.destination_id = t.id
    union all
    select t.id, public.destination_name(t, p_scope), b.deliveries, jsonb_build_object(
      'why', 'order', 'because', null, 'since', null, 'until', public.iso(b.retry_at), 'by', null
    ) || coalesce((
      select jsonb_build_object('event_id', 'we_' || e.id) from public.events e
      where e.id = b.event_id and public.in_scope(p_scope, e.organisation_id)
    ), '{}')
    from behind b
    join public.destinations t on t.id = b.destination_id
  )
  select case when public.replay_name(p_id, p_scope) is not null then jsonb_build_object(
    'holds', (
      select coalesce(jsonb_agg(h.hold || jsonb_build_object(
        'destination_id', 'ds_' || h.id, 'destination', h.name, 'deliveries', h.deliveries
      ) order by h.deliveries desc, h.id), '[]')
      from holds h
      where h.hold is not null
    ),
    'trial', public.read_trial(p_id)
  ) end;
$$;

-- How a replay's items ended: per outcome, per skip reason, and the failures by class, status and message.
create function public.summarise_replay(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select case when public.replay_name(p_id, p_scope) is not null then jsonb_build_object(
    'outcomes', coalesce((
      select jsonb_object_agg(o.outcome, o.count) from (
        select coalesce(i.outcome::text, 'waiting') as outcome, count(*) as count
        from public.replay_items i where i.replay_id = p_id group by 1
      ) o
    ), '{}'),
    'skip_reasons', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select i.skip_reason, count(*) as count from public.replay_items i
        where i.replay_id = p_id and i.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'failures', coalesce((
      select jsonb_agg(jsonb_build_object(
        'error_class', f.error_class, 'http_status', f.http_status, 'message', f.message, 'destination', f.destination,
        'count', f.count
      ) order by f.count desc, f.message)
      from (
        select i.error_class, a.http_status, i.detail as message,
          public.destination_name(t, p_scope) as destination, count(*) as count
        from public.replay_items i
        join public.deliveries d on d.id = i.delivery_id
        join public.destinations t on t.id = d.destination_id
        left join public.attempts a on a.id = i.attempt_id
        where i.replay_id = p_id and i.outcome = 'failed'
        group by 1, 2, 3, 4
        limit 50
      ) f
    ), '[]'),
    'rows_changed', coalesce((
      select sum(jsonb_array_length(jsonb_path_query_array(
        a.changes, '$[*] ? (@.effect == "created" || @.effect == "updated")'
      )))
      from public.replay_items i
      join public.attempts a on a.id = i.attempt_id
      where i.replay_id = p_id and i.outcome = 'changed'
    ), 0)
  ) end;
$$;
