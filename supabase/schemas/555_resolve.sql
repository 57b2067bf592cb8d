-- Events that a person handled in another way. Called by lib/pipeline/resolve.ts.

-- Marks failed or dead events as handled by a person; retries that wait are cancelled.
-- Answers how many it marked: others were not failed or dead.
create function public.resolve_events(
  p_event_ids bigint[], p_reason text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  -- Others are as unknown as those that do not exist.
  v_asked bigint[] := array(
    select e.id from public.events e where e.id = any (p_event_ids) and public.in_scope(p_scope, e.organisation_id)
  );
  v_resolved bigint[];
begin
  perform from public.deliveries d
  where d.event_id = any (v_asked) and d.status in ('retrying', 'held') order by d.id for update;

  with resolved as (
    update public.events e set
      status = 'resolved', processed_at = public.now_(), last_error = null, last_error_class = null
    where e.id in (select x.id from public.events x where x.id = any (v_asked) order by x.id for update)
      and e.status in ('failed', 'dead')
    returning e.id
  )
  select coalesce(array_agg(id), '{}') into v_resolved from resolved;

  update public.deliveries d set status = 'cancelled', finished_at = public.now_()
  where d.event_id = any (v_resolved) and d.status in ('retrying', 'held');

  perform public.record_staff_action(
    'event.resolve', 'we_' || e, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  )
  from unnest(v_resolved) e;
  return cardinality(v_resolved);
end
$$;
