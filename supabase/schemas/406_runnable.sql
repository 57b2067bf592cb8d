-- Which events of a filter would run, for a replay that takes only some of them: the next batch must not consist of
-- what an earlier one has done.

-- Whether a destination got a newer event of the same object and type.
create function public.has_newer_state(
  p_destination_id bigint, p_provider text, p_object_id text, p_event_type text, p_at timestamptz
) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from public.events n
    join public.deliveries x on x.event_id = n.id and x.destination_id = p_destination_id and x.status = 'delivered'
    where n.provider = p_provider and n.object_id = p_object_id and n.event_type = p_event_type
      and coalesce(n.occurred_at, n.received_at) > p_at
  );
$$;

-- Why a delivery would be skipped, null when it would run. The first reason that holds is the one that is said.
-- p_lost: the rows that it wrote are gone (407_applied_rows.sql). A parsed body, so that it is inlined: no copy of the
-- event is made, which would fetch its payload.
create function public.reason_to_skip(
  e public.events, d public.deliveries, t public.destinations, p_options jsonb, p_max_age_days integer, p_lost boolean
) returns public.skip_reason
language sql stable
return case
  when (d).status not in ('dead', 'delivered', 'cancelled', 'retrying') then 'in_flight'
  when (e).received_at < public.now_() - make_interval(days => p_max_age_days) then 'too_old'
  when not public.has_body((e).id) then 'body_forgotten'
  -- A delivery from before the destination took live events alone.
  when not public.takes_mode(t, (e).livemode) then 'test_mode'
  when not (t).enabled then 'destination_disabled'
  when (t).paused_at is not null then 'destination_paused'
  when not (p_options ->> 'skipAlreadyApplied')::boolean then null
  when (d).status = 'delivered' and not coalesce(p_lost, false) then 'already_applied'
  -- An endpoint that has the newer state of this object must not get the older one. Rows guard themselves.
  when (t).kind = 'http' and (e).replaces_older and (e).object_id is not null and public.has_newer_state(
    (t).id, (e).provider, (e).object_id, (e).event_type, coalesce((e).occurred_at, (e).received_at)
  ) then 'superseded'
end::public.skip_reason;

-- The first p_limit events of a filter of which a delivery would run, and how many more there are: {events: [id],
-- remaining}. First those that no replay has tried, then the oldest: what fails again does not keep the others from
-- their turn. Considers the oldest 100,000 matches, and checks the rows of the oldest 10,000 delivered ones: each costs
-- about 0.1 ms.
create function public.find_runnable_events(
  p_selection jsonb, p_scope text[], p_options jsonb, p_max_age_days integer, p_limit integer
) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_matched bigint[] := public.select_events(p_selection, p_scope, 100000);
  v_deliveries bigint[] := public.select_deliveries(p_selection, v_matched);
  v_reroutes_all boolean := p_options ->> 'destinations' = 'current';
  v_lost bigint[] := '{}';
begin
  if (p_options ->> 'skipAlreadyApplied')::boolean then
    v_lost := public.lost_deliveries(array(
      select d.id from public.deliveries d
      where d.event_id = any (v_matched) and d.status = 'delivered'
        and (v_deliveries is null or d.id = any (v_deliveries))
      order by d.event_id
      limit 10000
    ));
  end if;

  return (
    with considered as (
      select e.id, e.replay_count, e.received_at, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags,
        coalesce(
        bool_or(
          d.id is not null and public.reason_to_skip(e, d, t, p_options, p_max_age_days, l.id is not null) is null
        ), false
      ) as runs, count(d.id) as deliveries
      from unnest(v_matched) m(id)
      join public.events e on e.id = m.id
      left join public.deliveries d on d.event_id = e.id
      left join public.destinations t on t.id = d.destination_id
      left join unnest(v_lost) l(id) on l.id = d.id
      left join unnest(v_deliveries) s(id) on s.id = d.id
      where v_deliveries is null or s.id is not null
      group by e.id
    ),
    runnable as (
      select c.id, row_number() over (order by c.replay_count, c.received_at, c.id) as n
      from considered c
      where c.runs or (
        -- reroute_events gives it a delivery.
        v_deliveries is null and (v_reroutes_all or c.deliveries = 0)
        and c.received_at >= public.now_() - make_interval(days => p_max_age_days)
        and exists (
          select from public.destinations t
          where public.wants_event(t, c.provider, c.event_type, c.organisation_id, c.livemode, c.flags)
            and public.takes_deliveries(t)
            and not exists (select from public.deliveries x where x.event_id = c.id and x.destination_id = t.id)
        )
      )
    )
    select jsonb_build_object(
      'events', coalesce(jsonb_agg(r.id order by r.n) filter (where r.n <= p_limit), '[]'),
      'remaining', count(*) filter (where r.n > p_limit)
    )
    from runnable r
  );
end
$$;
