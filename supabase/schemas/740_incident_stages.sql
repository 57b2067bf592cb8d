-- The stages of a recovery: replays of growing size, one after the other.

-- Items that a stage may take now: what is here, has not arrived, was in no stage of this round, and can run.
create function public.items_to_recover(p_id bigint, p_max_age_days integer) returns setof public.incident_items
language sql stable set search_path = '' as $$
  select y.* from public.incident_items y
  join public.incidents i on i.id = y.incident_id
  cross join lateral (select x.received_at from public.events x where x.id = y.event_id offset 0) e
  where y.incident_id = p_id and y.state in ('affected', 'still_missing')
    and e.received_at >= public.now_() - make_interval(days => p_max_age_days)
    and not exists (
      select from public.incident_stages s
      where s.incident_id = p_id and s.replay_id = y.replay_id
        and s.number >= (i.recovery ->> 'first_stage')::integer
    )
    and (public.lacks_delivery(y.event_id) or exists (
      select from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      join public.events v on v.id = d.event_id
      where d.event_id = y.event_id and public.counts_for(d, t, v) and (
        d.status in ('dead', 'cancelled', 'retrying')
        or d.status = 'delivered' and (y.cause in ('stale', 'drifted') or public.delivers_again(i))
      )
    ));
$$;

-- The events of the next stage: critical types first, then the organisations that come first, then the oldest. At most
-- p_per_organisation of one organisation, which is what a replay may have within an hour. Answers [id].
create function public.pick_incident_events(
  p_id bigint, p_limit integer, p_per_organisation integer, p_max_age_days integer
) returns jsonb
language sql stable set search_path = '' as $$
  with placed as (
    select y.event_id, row_number() over (order by
      coalesce(array_position(public.text_array(i.recovery -> 'types_first'), y.event_type), 1000),
      coalesce(array_position(public.text_array(i.recovery -> 'organisations_first'), y.organisation_id), 1000),
      y.occurred_at, y.position
    ) as place, y.organisation_id
    from public.items_to_recover(p_id, p_max_age_days) y
    join public.incidents i on i.id = p_id
  ),
  limited as (
    select p.*, row_number() over (partition by p.organisation_id order by p.place) as of_organisation from placed p
  )
  select coalesce(jsonb_agg(x.event_id order by x.place), '[]')
  from (
    select l.event_id, l.place from limited l
    where l.organisation_id is null or l.of_organisation <= p_per_organisation
    order by l.place
    limit p_limit
  ) x;
$$;

-- Notes a stage before it starts: which replay it is, of which items and findings. Answers its number; null when the
-- lease was lost. May be repeated.
create function public.note_incident_stage(p_id bigint, p_fence bigint, p_replay_id bigint) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_number integer;
  v_events bigint[];
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  select s.number into v_number from public.incident_stages s where s.incident_id = p_id and s.replay_id = p_replay_id;
  if found then
    return v_number;
  end if;
  insert into public.incident_stages (incident_id, number, replay_id)
  select p_id, greatest(coalesce(max(s.number), 0) + 1, (i.recovery ->> 'first_stage')::integer), p_replay_id
  from public.incident_stages s where s.incident_id = p_id
  returning number into v_number;
  v_events := array(select distinct r.event_id from public.replay_items r where r.replay_id = p_replay_id);
  update public.incident_items y set replay_id = p_replay_id, changed_at = public.now_()
  where y.incident_id = p_id and y.event_id = any (v_events) and y.state in ('affected', 'still_missing');
  update public.findings f set state = 'back_filling', replay_id = p_replay_id, checked_at = public.now_()
  from public.incident_items y
  where y.incident_id = p_id and y.replay_id = p_replay_id and f.id = y.finding_id and public.is_free(f);
  perform public.write_incident_log(
    p_id, 'replay', format('Stage %s: wr_%s with %s events.', v_number, p_replay_id, cardinality(v_events)),
    jsonb_build_object('replay_id', 'wr_' || p_replay_id, 'number', v_number, 'events', cardinality(v_events)),
    'Recovery', 'recovery', i.recovery ->> 'request_id'
  );
  return v_number;
end
$$;

-- The newest stage of this round: {number, replay_id, status, total, succeeded, failed, skipped, stopped_because,
-- ended_ms: how long ago}. Null before the first one.
create function public.read_incident_stage(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'number', s.number, 'replay_id', r.id, 'status', r.status, 'total', r.total, 'succeeded', r.succeeded,
    'failed', r.failed, 'skipped', r.skipped, 'stopped_because', r.stopped_because,
    'ended_ms', (extract(epoch from public.now_() - r.completed_at) * 1000)::bigint
  )
  from public.incident_stages s
  join public.incidents i on i.id = s.incident_id
  join public.replays r on r.id = s.replay_id
  where s.incident_id = p_id and s.number >= (i.recovery ->> 'first_stage')::integer
  order by s.number desc
  limit 1;
$$;

-- What is left to run: {to_run, under_way, by_destination: [{destination, items}], holds: [{destination, why, until,
-- by, items}]}. `under_way`: items of which a delivery has not ended by itself.
create function public.read_incident_progress(p_id bigint, p_max_age_days integer) returns jsonb
language sql stable set search_path = '' as $$
  with waiting as (
    select y.position, d.destination_id, d.status
    from public.incident_items y
    join public.events e on e.id = y.event_id
    join public.deliveries d on d.event_id = e.id
    join public.destinations t on t.id = d.destination_id
    where y.incident_id = p_id and y.state in ('affected', 'still_missing') and public.counts_for(d, t, e)
      and (d.status <> 'delivered' or y.cause in ('stale', 'drifted'))
  ),
  by_destination as (
    select w.destination_id, count(*) as items from waiting w group by 1
  )
  select jsonb_build_object(
    'to_run', (select count(*) from public.items_to_recover(p_id, p_max_age_days)),
    'under_way', (
      select count(distinct w.position) from waiting w where w.status in ('pending', 'claimed', 'held')
    ),
    'by_destination', (
      select coalesce(
        jsonb_agg(jsonb_build_object('destination', t.name, 'items', b.items) order by b.items desc), '[]'
      )
      from by_destination b join public.destinations t on t.id = b.destination_id
    ),
    'holds', (
      select coalesce(jsonb_agg(h.hold || jsonb_build_object('destination', h.name, 'items', h.items)), '[]')
      from (
        select t.name, b.items, public.hold_of(t, x) as hold
        from by_destination b
        join public.destinations t on t.id = b.destination_id
        left join public.destination_health x on x.destination_id = t.id
        order by b.items desc
        limit 20
      ) h
      where h.hold ->> 'why' in ('paused', 'disabled', 'circuit', 'throttled')
    )
  );
$$;

-- Items are recovered when every delivery of their event is delivered, or was skipped because it needed no replay.
-- Answers how many; null when the lease was lost.
create function public.settle_incident_items(p_id bigint, p_fence bigint) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  i public.incidents;
  v_settled integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  update public.incident_items y set state = 'recovered', reason = null, changed_at = public.now_()
  where y.incident_id = p_id and y.state in ('affected', 'still_missing') and y.event_id is not null
    -- What its rows lost, only a replay of this round has written again.
    and (y.cause not in ('stale', 'drifted') and not public.delivers_again(i) or exists (
      select from public.replay_items r
      join public.incident_stages s on s.replay_id = r.replay_id and s.incident_id = p_id
      where r.replay_id = y.replay_id and r.event_id = y.event_id and r.outcome is not null
        and s.number >= (i.recovery ->> 'first_stage')::integer
    ))
    and not public.lacks_delivery(y.event_id)
    and not exists (
      select from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      join public.events e on e.id = d.event_id
      where d.event_id = y.event_id and public.counts_for(d, t, e) and d.status <> 'delivered' and not exists (
        select from public.replay_items r
        where r.replay_id = y.replay_id and r.delivery_id = d.id
          and r.skip_reason in ('already_applied', 'superseded')
      )
    );
  get diagnostics v_settled = row_count;
  return v_settled;
end
$$;
