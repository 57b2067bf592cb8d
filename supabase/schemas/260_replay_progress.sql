-- What the journey and a replay share: how a replayed delivery is retried, what it counts as, and how a replay ends
-- with it.

-- How a replayed delivery is retried: its replay's own numbers, where it has any.
create function public.replay_retries(d public.deliveries)
returns table (max_attempts integer, base_delay_ms integer, backoff_factor numeric)
language sql stable set search_path = '' as $$
  select (r.options ->> 'maxRetries')::integer + 1, (r.options ->> 'retryDelaySeconds')::integer * 1000,
    case r.options ->> 'retryPolicy' when 'fixed' then 1 when 'exponential_backoff' then 2 end::numeric
  from public.replays r
  where (d).lane = 'replay' and r.id = (d).replay_id;
$$;

-- What a replayed delivery did, in one word. `already_correct` and `superseded` say that nothing changed.
create function public.replay_outcome_of(
  p_status public.delivery_status, p_kind public.destination_kind, p_changes jsonb
) returns public.replay_outcome
language sql immutable set search_path = '' as $$
  select case
    when p_status <> 'delivered' then 'failed'
    when p_kind = 'http' then 'delivered'
    when jsonb_path_exists(p_changes, '$[*] ? (@.effect == "created" || @.effect == "updated")') then 'changed'
    when jsonb_path_exists(p_changes, '$[*] ? (@.effect == "superseded")') then 'superseded'
    else 'already_correct'
  end::public.replay_outcome;
$$;

-- Adds outcomes to a replay's counts and ends it with its last item.
create function public.count_outcomes(p_replay_id bigint, p_succeeded bigint, p_failed bigint, p_skipped bigint)
returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ended boolean;
begin
  update public.replays r set
    succeeded = r.succeeded + p_succeeded,
    failed = r.failed + p_failed,
    skipped = r.skipped + p_skipped,
    status = case
      when r.status = 'running' and r.succeeded + r.failed + r.skipped + p_succeeded + p_failed + p_skipped = r.total
      then 'completed' else r.status
    end,
    completed_at = case
      when r.status = 'running' and r.succeeded + r.failed + r.skipped + p_succeeded + p_failed + p_skipped = r.total
      then public.now_() else r.completed_at
    end
  where r.id = p_replay_id
  returning r.status = 'completed' into v_ended;

  if v_ended then
    perform public.notice_end(p_replay_id);
  end if;
end
$$;

-- Notifies who asked for it that a replay ended: always, when everything went well, or when something failed.
create function public.notice_end(p_replay_id bigint) returns void
language sql volatile set search_path = '' as $$
  insert into public.notices (actor_id, subject, message)
  select r.actor_id, 'wr_' || r.id, format(
    'Replay wr_%s %s: %s of %s succeeded, %s failed, %s skipped.',
    r.id, r.status, r.succeeded, r.total, r.failed, r.skipped
  )
  from public.replays r
  where r.id = p_replay_id and (
    (r.options ->> 'notifyOnCompletion')::boolean
    or (r.options ->> 'notifyOnSuccess')::boolean and r.status = 'completed' and r.failed = 0
    or (r.options ->> 'notifyOnFailure')::boolean and (r.status = 'stopped' or r.failed > 0)
  );
$$;
