-- Deleting a destination, and what becomes of what waits for it.

-- Deletes it for people: it wants nothing more and is listed nowhere. What waits for it is cancelled; what is at its
-- endpoint now ends, and is not retried.
-- Answers {result}: 'done', 'not_found' or 'not_managed'.
create function public.archive_destination(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_cancelled bigint[];
  v_skipped record;
begin
  update public.destinations d set
    archived_at = public.now_(), enabled = false, disabled_at = coalesce(d.disabled_at, public.now_()),
    disabled_because = 'It was deleted.', secrets = '[]', headers = '{}', max_attempts = 1, updated_at = public.clock_()
  where d.id = p_id and d.archived_at is null and d.managed and public.in_scope(p_scope, d.organisation_id);
  if not found then
    return public.why_not_changed(p_id, p_scope);
  end if;

  perform from public.deliveries d
  where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held') order by d.id for update;

  with cancelled as (
    update public.deliveries d set status = 'cancelled', finished_at = public.now_()
    where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held')
    returning d.id
  )
  select array_agg(id) into v_cancelled from cancelled;

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_cancelled)
  ));

  for v_skipped in with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = 'destination_disabled',
      finished_at = public.now_()
    where i.delivery_id = any (v_cancelled) and i.fed_at is not null and i.outcome is null
    returning i.replay_id
  )
  select s.replay_id, count(*) as items from skipped s group by s.replay_id order by s.replay_id
  loop
    perform public.count_outcomes(v_skipped.replay_id, 0, 0, v_skipped.items);
  end loop;

  perform public.note_destination(p_id, 'archive', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'cancelled', coalesce(cardinality(v_cancelled), 0)
  ));
  return jsonb_build_object('result', 'done');
end
$$;
