-- What a replay runs, item by item. Called by lib/queries.

-- The items of a replay in the order they run, from p_after on. p_outcome: null is all, `waiting` those without one.
create function public.list_replay_items(
  p_replay_id bigint, p_outcome text, p_after integer, p_limit integer, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'event_id', 'we_' || i.event_id, 'event_key', e.event_key, 'event_type', e.event_type,
    'provider_slug', e.provider, 'org_id', e.organisation_id, 'received_at', public.iso(e.received_at),
    'delivery_id', d.id, 'destination', public.destination_name(t, p_scope), 'delivery_status', d.status,
    'outcome', i.outcome,
    'skip_reason', i.skip_reason, 'error_class', i.error_class, 'detail', i.detail,
    'finished_at', public.iso(i.finished_at), 'http_status', a.http_status, 'duration_ms', a.duration_ms,
    'attempts', d.tries,
    'next_retry', case when i.outcome is null and d.status = 'retrying' then public.iso(d.due_at) end,
    'hold', case when i.outcome is null then public.hold_of_delivery(d, t, h, p_scope) end,
    'changes', coalesce(a.changes, '[]'), 'body_sha256', encode(e.body_sha256, 'hex')
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x
    where x.replay_id = p_replay_id and x.position > p_after and public.replay_name(p_replay_id, p_scope) is not null
      and case
        when p_outcome is null then true
        when p_outcome = 'waiting' then x.outcome is null
        else x.outcome::text = p_outcome
      end
    order by x.position
    limit p_limit
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  left join public.destination_health h on h.destination_id = t.id
  left join public.attempts a on a.id = i.attempt_id;
$$;

-- What failed in a replay, for the merchant-delivery API of the Globapay runbook: items that ended so, and those that
-- failed and wait for another try. From p_after on; `total` counts all of them.
create function public.list_replay_failures(p_replay_id bigint, p_after integer, p_limit integer, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  with failing as (
    select i.position, i.event_id, i.error_class, i.detail, i.outcome, d.id as delivery_id, d.last_error_class,
      d.last_error, d.due_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    where i.replay_id = p_replay_id and public.replay_name(p_replay_id, p_scope) is not null
      and (i.outcome = 'failed' or (i.outcome is null and i.fed_at is not null and d.status = 'retrying'))
  )
  select jsonb_build_object(
    'total', (select count(*) from failing),
    'failures', coalesce(jsonb_agg(jsonb_build_object(
      'position', f.position, 'event_id', 'we_' || f.event_id,
      'error_class', coalesce(f.error_class, f.last_error_class), 'detail', coalesce(f.detail, f.last_error),
      'http_status', a.http_status, 'finished_at', public.iso(a.finished_at), 'tries', coalesce(a.tries, 0),
      'next_retry', case when f.outcome is null then public.iso(f.due_at) end
    ) order by f.position), '[]')
  )
  from (select * from failing x where x.position > p_after order by x.position limit p_limit) f
  left join lateral (
    select x.http_status, x.finished_at, count(*) over () as tries
    from public.attempts x
    where x.delivery_id = f.delivery_id and x.replay_id = p_replay_id
    order by x.number desc
    limit 1
  ) a on true;
$$;
