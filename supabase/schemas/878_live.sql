-- What changed recently, for pages that keep themselves current. Called by lib/queries/live.ts, some times per second
-- while a page is open. Nothing is written for it: no trigger, no column, no index.

-- What happened after a cursor: {cursor, reset, topics: [text], event_ids: [bigint] or null, replay_ids: [bigint]}. A
-- cursor is a moment and the snapshot of that moment. A row is news when the transaction that wrote it last was not
-- visible in that snapshot, so a transaction that began before a call and ended after it is neither lost nor reported
-- twice. Only rows written in subtransactions could be missed, and none of those below are.
-- Cost: the newest rows of each table by their keys, whatever the tables hold; nothing when no transaction ended since.
-- Everything that moves an event opens or closes an attempt, is a person's action, or is a new event; old attempts that
-- end are found among the newest 2,000. When these do not reach back two minutes, some could be missed: then
-- `event_ids` is null, which says "any of them". It also is when there are more than 100.
-- Planned once: planning it anew takes longer than running it.
-- Of what is not in the scope nothing is reported, neither that it is nor that it changed. reset: the cursor says
-- nothing (too old, of another database, no cursor): everything has to be read anew.
create function public.changes_since(p_scope text[], p_cursor text default null) returns jsonb
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  v_now pg_snapshot := pg_current_snapshot();
  v_cursor text := (extract(epoch from public.now_()) * 1000)::bigint || '~' || v_now;
  v_seen pg_snapshot;
  v_end bigint := pg_snapshot_xmax(v_now)::text::bigint;
  v_age integer;
  v_answer jsonb;
begin
  if p_cursor ~ '^\d{13}~\d{1,18}:\d{1,18}:[\d,]*$'
    and to_timestamp(split_part(p_cursor, '~', 1)::bigint / 1000.0) > public.now_() - interval '10 minutes'
  then
    v_seen := public.snapshot_of(split_part(p_cursor, '~', 2));
  end if;
  if v_seen is null or pg_snapshot_xmax(v_seen)::text::bigint > v_end then
    return jsonb_build_object('cursor', v_cursor, 'reset', true, 'topics', '[]'::jsonb, 'event_ids', '[]'::jsonb,
      'replay_ids', '[]'::jsonb);
  end if;
  if v_seen::text = v_now::text then
    return jsonb_build_object('cursor', p_cursor, 'reset', false, 'topics', '[]'::jsonb, 'event_ids', '[]'::jsonb,
      'replay_ids', '[]'::jsonb);
  end if;
  v_age := age(pg_snapshot_xmin(v_seen)::xid);

  with recent as (
    (select 'event' as what, e.id, null::bigint as replay_id, null as word, false as ended,
        case when e.organisation_id is not null then array[e.organisation_id] end as whose, e.received_at as at,
        e.xmin as xid
      from public.events e order by e.id desc limit 300)
    union all
    (select 'attempt', a.delivery_id, a.replay_id, null, a.status <> 'open', null, a.started_at, a.xmin
      from public.attempts a order by a.id desc limit 2000)
    union all
    (select 'action', null, case when s.subject ~ '^[wb]r_\d{1,18}$' then substr(s.subject, 4)::bigint end,
        s.action, false, s.organisations, s.acted_at, s.xmin
      from public.staff_actions s order by s.acted_at desc, s.id desc limit 50)
    union all
    (select 'replay', null, r.id, null, false, r.organisations, r.created_at, r.xmin
      from public.replays r order by r.created_at desc, r.id desc limit 50)
    union all
    (select 'replay', null, r.id, null, false, r.organisations, r.created_at, r.xmin
      from public.replays r where r.status in ('queued', 'running', 'paused') order by r.id limit 200)
    union all
    (select 'notice', n.id, null, null, false, n.organisations, n.created_at, n.xmin
      from public.notices n order by n.id desc limit 20)
    union all
    (select 'rejection', x.id, null, null, false,
        case when x.organisation_id is not null then array[x.organisation_id] end, x.received_at, x.xmin
      from public.rejections x order by x.id desc limit 20)
    union all
    (select 'incident', i.id, null, null, false, i.organisations, i.opened_at, i.xmin
      from public.incidents i where i.state not in ('closed', 'closed_with_exceptions') order by i.due_at limit 50)
    union all
    (select 'incident', l.incident_id, null, null, false, i.organisations, l.at, l.xid
      from (select x.incident_id, x.at, x.xmin as xid from public.incident_log x order by x.id desc limit 50) l
      join public.incidents i on i.id = l.incident_id)
    union all
    -- Alerts are written in subtransactions: the heartbeat is not. Whose they are is that of what flipped with it.
    (select 'alert', null, null, null, false,
        case when a.organisation_id is not null then array[a.organisation_id] end, h.at, h.xmin
      from public.heartbeats h
      left join lateral (
        select x.* from public.alerts x order by x.fired_at desc, x.id desc limit 50
      ) a on greatest(a.fired_at, a.resolved_at) >= h.at - interval '1 minute'
      where h.name = 'alert_flips')
  ),
  reach as (
    select count(*) filter (where r.what = 'event') < 300
        or min(r.at) filter (where r.what = 'event') < public.now_() - interval '10 seconds' as of_events,
      count(*) filter (where r.what = 'attempt') < 2000
        or min(r.at) filter (where r.what = 'attempt') < public.now_() - interval '2 minutes' as of_attempts
    from recent r
  ),
  -- xmin has 32 bits: the newest full number below ours that ends with them. Its age is cheap to know, and rules out
  -- most.
  fresh as materialized (
    select * from recent r
    where age(r.xid) <= v_age and not pg_visible_in_snapshot(
      (v_end - ((v_end - r.xid::text::bigint) & 4294967295))::text::xid8, v_seen
    ) and case
      when p_scope is null then true
      when r.what <> 'attempt' then public.all_in_scope(p_scope, r.whose)
      else exists (
        select from public.deliveries d join public.events e on e.id = d.event_id
        where d.id = r.id and public.in_scope(p_scope, e.organisation_id)
      )
    end
  ),
  moved as (
    select d.event_id, d.status, f.replay_id
    from fresh f join public.deliveries d on d.id = f.id
    where f.what = 'attempt'
  ),
  ids as (
    select f.id from fresh f where f.what = 'event' union select m.event_id from moved m order by 1 desc limit 101
  ),
  runs as (
    select distinct f.replay_id as id from fresh f
    where f.replay_id is not null and (p_scope is null or public.replay_name(f.replay_id, p_scope) is not null)
    order by 1 desc limit 101
  ),
  said as (
    -- A person's action on events or destinations may move any event.
    select coalesce(bool_or(f.what = 'action' and f.word ~ '^(event|destination|replay)\.'), false)
        -- Among so much of others, something of theirs could be missed.
        or p_scope is not null and not (select c.of_attempts and c.of_events from reach c) as acted,
      array_agg(distinct f.what) as whats, coalesce(bool_or(f.word like 'destination.%'), false) as switched,
      coalesce(bool_or(f.ended), false) as ended,
      coalesce(bool_or(f.word ~ '^(alert|alert_rule|silence)\.'), false) as alerted
    from fresh f
  )
  select jsonb_build_object(
    'cursor', v_cursor,
    'reset', false,
    'topics', to_jsonb(array_remove(array[
      case when s.acted or s.whats && '{event,attempt}' then 'events' end,
      case when s.acted or exists (select from moved m where m.status = 'dead' or m.replay_id is not null)
        then 'dead_letters' end,
      case when exists (select from runs) then 'replays' end,
      case when s.ended or s.switched then 'destinations' end,
      case when 'rejection' = any (s.whats) then 'rejections' end,
      case when 'notice' = any (s.whats) then 'notices' end,
      case when 'incident' = any (s.whats) then 'incidents' end,
      case when s.alerted or 'alert' = any (s.whats) then 'alerts' end,
      case when 'action' = any (s.whats) then 'audit' end
    ], null)),
    'event_ids', case
      when s.acted or (select count(*) from ids) > 100
        or 'attempt' = any (s.whats) and not (select c.of_attempts from reach c)
        or 'event' = any (s.whats) and not (select c.of_events from reach c) then null
      else coalesce((select jsonb_agg(i.id) from ids i), '[]')
    end,
    'replay_ids', case
      when (select count(*) from runs) > 100 then null
      else coalesce((select jsonb_agg(i.id) from runs i), '[]')
    end
  ) into v_answer
  from said s;
  return v_answer;
end
$$;

-- The snapshot a text means, null when it means none.
create function public.snapshot_of(p_text text) returns pg_snapshot
language plpgsql immutable set search_path = '' as $$
begin
  return p_text::pg_snapshot;
exception when data_exception then
  return null;
end
$$;
