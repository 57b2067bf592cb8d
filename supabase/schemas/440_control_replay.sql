-- Pausing, resuming and cancelling.

-- Pauses, resumes or cancels. What is at an endpoint now ends and counts; nothing else starts.
-- Answers {result}: 'done' with the replay, 'not_found', or 'not_possible' (with the replay as it is).
create function public.control_replay(
  p_id bigint, p_action text, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_status public.replay_status;
begin
  perform public.lock_replay(p_id);
  select r.status into v_status from public.replays r
  where r.id = p_id and public.all_in_scope(p_scope, r.organisations);
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif (p_action = 'pause' and v_status = 'paused') or (p_action = 'cancel' and v_status = 'cancelled') then
    -- The same request again.
    return jsonb_build_object('result', 'done', 'replay', public.get_replay(p_id, p_scope));
  elsif not (
    (p_action = 'pause' and v_status in ('queued', 'running'))
    or (p_action = 'resume' and v_status = 'paused')
    or (p_action = 'cancel' and v_status in ('draft', 'queued', 'running', 'paused'))
  ) then
    return jsonb_build_object('result', 'not_possible', 'replay', public.get_replay(p_id, p_scope));
  end if;

  if p_action = 'resume' then
    update public.replays r set
      status = case when r.started_at is null then 'queued' else 'running' end::public.replay_status,
      next_feed_at = greatest(r.scheduled_at, public.now_())
    where r.id = p_id;
    perform public.advance_replay(p_id);
  else
    perform public.unfeed_items(p_id);
    if p_action = 'cancel' then
      perform public.end_replay(p_id, 'cancelled', 'cancelled', null);
    else
      update public.replays r set status = 'paused' where r.id = p_id;
    end if;
  end if;

  perform public.record_staff_action('replay.' || p_action, 'wr_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'replay', public.get_replay(p_id, p_scope));
end
$$;

-- Deletes a draft whose start was refused, and frees its idempotency key: the caller was told to try again later. Has
-- no effect on anything that started.
create function public.discard_draft(p_id bigint, p_scope text[]) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  perform public.lock_replay(p_id);
  delete from public.replays r
  where r.id = p_id and r.status = 'draft' and public.all_in_scope(p_scope, r.organisations);
  return found;
end
$$;
