-- A replay as lib/contract/replays.ts has it.

-- A replay with its counts. Null when there is none.
create function public.get_replay(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.replay_json(r) from public.replays r
  where r.id = p_id and public.all_in_scope(p_scope, r.organisations);
$$;

create function public.replay_json(r public.replays) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'wr_' || r.id, 'kind', r.kind, 'status', r.status, 'reason', r.reason, 'actor', r.actor,
    'request_id', r.request_id, 'options', r.options, 'selection', r.selection, 'matched', r.matched,
    'remaining', r.remaining, 'total', r.total,
    'succeeded', r.succeeded, 'failed', r.failed, 'skipped', r.skipped,
    'in_progress', (
      select count(*) from public.replay_items i
      where i.replay_id = r.id and i.fed_at is not null and i.outcome is null
    ),
    'stopped_because', r.stopped_because, 'scheduled_at', public.iso(r.scheduled_at),
    'created_at', public.iso(r.created_at), 'queued_at', public.iso(r.queued_at),
    'started_at', public.iso(r.started_at), 'completed_at', public.iso(r.completed_at)
  );
$$;
