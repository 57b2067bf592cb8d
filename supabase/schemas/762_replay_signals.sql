-- Rules about replays. Called by read_signal.

-- Events replayed within an hour, against the busiest hour of the 30 days before. A replay of several organisations
-- counts for each.
create function public.read_replay_volume(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  with mine as (
    select x.total, x.queued_at from public.replays x
    where x.queued_at > public.now_() - interval '30 days'
      and ((s).organisation_id is null and x.organisations is null or (s).organisation_id = any (x.organisations))
  ),
  seen as (
    select coalesce(sum(m.total) filter (where m.queued_at > public.now_() - interval '1 hour'), 0) as now,
      (
        select coalesce(max(h.total), 0) from (
          select sum(b.total) as total from mine b
          where b.queued_at <= public.now_() - interval '1 hour' group by date_trunc('hour', b.queued_at)
        ) h
      ) as usual
    from mine m
  )
  select public.signal(
    r, x.now, x.now >= coalesce(public.setting(r, 'at_least'), 1) and x.now > public.setting(r, 'threshold') * x.usual,
    x.usual,
    format('%s: %s deliveries were replayed within an hour; the busiest hour of the last 30 days had %s.',
      coalesce((s).organisation_id, 'No single organisation'), x.now, x.usual),
    '/replays'
  )
  from seen x;
$$;

-- Events that failed again in several replays of the window. At most 10,000 failed items are read.
create function public.read_repeated_failures(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  with failed as (
    select i.event_id, i.replay_id
    from public.replays x
    join public.replay_items i on i.replay_id = x.id and i.outcome = 'failed'
    where x.failed > 0
      and x.created_at > public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
    limit 10000
  ),
  again as (
    select f.event_id, count(distinct f.replay_id) as replays from failed f group by f.event_id
    having count(distinct f.replay_id) >= public.setting(r, 'threshold')
    order by 2 desc, 1
  )
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'No event failed in several replays.'
    else format('%s events failed in %s replays or more: %s.', count(*), public.setting(r, 'threshold')::integer,
      array_to_string((array_agg('we_' || a.event_id order by a.replays desc, a.event_id))[1:5], ', ')) end,
    case when count(*) = 0 then '/replays' else '/events/we_' || (array_agg(a.event_id order by a.replays desc))[1] end
  )
  from again a;
$$;

-- Replays that run and do not move for the window, or take longer than so many times what their options ask for.
create function public.read_stuck_replay(r public.alert_rules, s public.alert_series) returns jsonb
language sql stable set search_path = '' as $$
  with slow as (
    select x.id from public.replays x
    where x.status = 'running' and (
      x.next_feed_at <= public.now_() and greatest(x.started_at, x.next_feed_at)
        <= public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
        and not exists (
          select from public.replay_items i
          where i.replay_id = x.id and greatest(i.fed_at, i.finished_at)
            > public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
        )
      or x.started_at < public.now_() - public.replay_estimate(x) * public.setting(r, 'threshold')::double precision
    )
  )
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'Every replay moves.'
    else format('Replays that do not move, or take longer than they should: %s.',
      array_to_string((array_agg('wr_' || w.id order by w.id))[1:5], ', ')) end,
    case when count(*) = 1 then '/replays/wr_' || min(w.id) else '/replays?status=running' end
  )
  from slow w;
$$;

-- How long a replay should take: its rate, or 10 deliveries a second; and the pauses between its batches. Ten minutes
-- at least, for retries.
create function public.replay_estimate(x public.replays) returns interval
language sql stable set search_path = '' as $$
  select make_interval(secs => greatest(
    600, (x).total / coalesce((x.options ->> 'ratePerSecond')::double precision, 10)
      + coalesce((x.options ->> 'delayBetweenBatches')::double precision, 0)
      * ceil((x).total / coalesce((x.options ->> 'batchSize')::double precision, 100))
  ));
$$;
