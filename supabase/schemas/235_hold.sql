-- What holds a delivery back and until when: said once, for pages, the API and lists.

-- What holds back every delivery of a destination, null when nothing does: {why, since, until, by, because}.
--   disabled   by whom, or why it was
--   paused     by whom
--   circuit    its circuit is open: until the next try
--   probe      one delivery is let through, or the next one is: the others wait for how it ends
--   throttled  the endpoint asked for a pause
create function public.hold_of(t public.destinations, h public.destination_health) returns jsonb
language sql stable set search_path = '' as $$
  select x.hold || jsonb_build_object('since', public.iso(x.since), 'until', public.iso(x.until), 'by', case
    when x.action is not null then (
      select a.actor from public.staff_actions a
      where a.subject = 'ds_' || (t).id and a.action = x.action and a.acted_at >= x.since and a.actor_id <> 'system'
      order by a.acted_at desc, a.id desc limit 1
    )
  end)
  from (
    select jsonb_build_object(
      'why', w.why, 'because', case w.why when 'disabled' then (t).disabled_because end
    ) as hold,
      case w.why when 'disabled' then (t).disabled_at when 'paused' then (t).paused_at else (h).opened_at end as since,
      case w.why
        when 'circuit' then greatest((h).probe_at, (h).throttled_until)
        when 'throttled' then (h).throttled_until
      end
        as until,
      case w.why when 'disabled' then 'destination.disable' when 'paused' then 'destination.pause' end as action
    from (
      select case
        when not (t).enabled then 'disabled'
        when (t).paused_at is not null then 'paused'
        when (h).breaker = 'open' and (h).probe_at > public.now_() then 'circuit'
        when (h).throttled_until > public.now_() then 'throttled'
        when (h).breaker <> 'closed' then 'probe'
      end as why
    ) w
  ) x
  where x.hold ->> 'why' is not null;
$$;

-- The same for a user who sees some organisations: of another one's destination it says neither who nor why.
create function public.hold_within(t public.destinations, h public.destination_health, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select case
    when (t).organisation_id is null or public.in_scope(p_scope, (t).organisation_id) then public.hold_of(t, h)
    else public.hold_of(t, h) || '{"by": null, "because": null}'
  end;
$$;

-- What holds one delivery: its destination's hold, or `order`, the oldest unfinished delivery of the same key before
-- it: {…, until: its retry, event_id: where it is in the scope}. Null when nothing does.
create function public.hold_of_delivery(
  d public.deliveries, t public.destinations, h public.destination_health, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(public.hold_within(t, h, p_scope), case when (d).status in ('pending', 'retrying') then (
    select jsonb_build_object(
      'why', 'order', 'because', null, 'since', null,
      'until', case x.status when 'retrying' then public.iso(x.due_at) end, 'by', null
    ) || coalesce((
      select jsonb_build_object('event_id', 'we_' || e.id) from public.events e
      where e.id = x.event_id and public.in_scope(p_scope, e.organisation_id)
    ), '{}')
    from public.deliveries x
    -- As is_first decides in the claim.
    where x.destination_id = (d).destination_id and x.ordering_key = (d).ordering_key and x.id < (d).id
      and x.status in ('pending', 'claimed', 'retrying', 'held') and ((d).lane = 'replay' or x.lane = 'live')
    order by x.id limit 1
  ) end);
$$;
