-- What the journey and a replay share: how a replayed delivery is retried, what it counts as, and how a replay ends
-- with it.

-- How a replayed delivery is retried: its replay's own numbers, null where it has none. Parsed bodies, so that they are
-- inlined.
create function public.replay_max_attempts(r public.replays) returns integer
language sql immutable
return ((r).options ->> 'maxRetries')::integer + 1;

create function public.replay_base_delay_ms(r public.replays) returns integer
language sql immutable
return ((r).options ->> 'retryDelaySeconds')::integer * 1000;

create function public.replay_backoff_factor(r public.replays) returns numeric
language sql immutable
return case (r).options ->> 'retryPolicy' when 'fixed' then 1 when 'exponential_backoff' then 2 end;

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

  perform public.add_counters(jsonb_build_array(
    jsonb_build_object('metric', 'replay_item', 'outcome', 'succeeded', 'count', p_succeeded),
    jsonb_build_object('metric', 'replay_item', 'outcome', 'failed', 'count', p_failed),
    jsonb_build_object('metric', 'replay_item', 'outcome', 'skipped', 'count', p_skipped)
  ));

  if v_ended then
    perform public.notice_end(p_replay_id);
  end if;
end
$$;

-- Notifies who asked for it that a replay ended: always, when everything went well, or when something failed. In the
-- console, by mail when the person wants that, and in the channels that take ends of replays and may see all of its
-- organisations. PagerDuty is about what is wrong alone.
create function public.notice_end(p_replay_id bigint) returns void
language sql volatile set search_path = '' as $$
  with wanted as (
    select r.* from public.replays r
    where r.id = p_replay_id and (
      (r.options ->> 'notifyOnCompletion')::boolean
      or (r.options ->> 'notifyOnSuccess')::boolean and r.status = 'completed' and r.failed = 0
      or (r.options ->> 'notifyOnFailure')::boolean and (r.status = 'stopped' or r.failed > 0)
    )
  ),
  mailed as (
    insert into public.notifications (staff_id, kind, replay_id, group_key)
    select u.id, 'replay', w.id, 'wr_' || w.id
    from wanted w
    join public.staff_users u on u.id::text = w.actor_id
    join public.notification_preferences p on p.staff_id = u.id
    where p.mails_replays and u.disabled_at is null
    on conflict on constraint notifications_each_once do nothing
  ),
  told as (
    insert into public.notifications (channel_id, kind, replay_id, group_key)
    select c.id, 'replay', w.id, 'wr_' || w.id
    from wanted w
    join public.channels c on c.tells_replays and c.enabled and c.archived_at is null and c.kind <> 'pagerduty'
      and public.all_in_scope(c.organisations, w.organisations)
    on conflict on constraint notifications_each_once do nothing
  )
  insert into public.notices (actor_id, subject, message)
  select w.actor_id, 'wr_' || w.id, format(
    'Replay wr_%s %s: %s of %s succeeded, %s failed, %s skipped.',
    w.id, w.status, w.succeeded, w.total, w.failed, w.skipped
  )
  from wanted w;
$$;
