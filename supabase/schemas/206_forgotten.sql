-- What may be forgotten when, and what was. Used by chapter 6, which deletes, and by what says that bytes are gone.

-- For how many days a class keeps what an organisation has; null is for ever.
create function public.days_kept(p_class public.retention_class, p_organisation_id text) returns integer
language sql stable set search_path = '' as $$
  select r.days from public.retention r
  where r.class = p_class and (r.organisation_id = p_organisation_id or r.organisation_id is null)
  order by r.organisation_id nulls last limit 1;
$$;

-- Nothing that is newer is past any horizon of the class; null when all is kept for ever.
create function public.newest_forgettable(p_class public.retention_class) returns timestamptz
language sql stable set search_path = '' as $$
  select public.now_() - make_interval(days => min(r.days)) from public.retention r where r.class = p_class;
$$;

-- Those of these events that are still needed: not delivered, dead, in an incident that is not closed, in a replay that
-- has not ended, or in an open finding.
create function public.events_in_use(p_events bigint[]) returns setof bigint
language sql stable set search_path = '' as $$
  select d.event_id from public.deliveries d
  where d.event_id = any (p_events) and d.status not in ('delivered', 'cancelled')
  union
  select i.event_id from public.incident_items i join public.incidents n on n.id = i.incident_id
  where i.event_id = any (p_events) and n.state not in ('closed', 'closed_with_exceptions')
  union
  select i.event_id from public.replay_items i join public.replays r on r.id = i.replay_id
  where i.event_id = any (p_events) and r.status not in ('completed', 'stopped', 'cancelled')
  union
  select f.event_id from public.findings f
  where f.event_id = any (p_events) and f.state in ('open', 'back_filling');
$$;

-- The same of a range of ids, when one is enough to know.
create function public.has_events_in_use(p_from bigint, p_to bigint) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from public.incidents n join public.incident_items i on i.incident_id = n.id
    where n.state not in ('closed', 'closed_with_exceptions') and i.event_id >= p_from and i.event_id < p_to
  ) or exists (
    select from public.replays r join public.replay_items i on i.replay_id = r.id
    where r.status not in ('completed', 'stopped', 'cancelled') and i.event_id >= p_from and i.event_id < p_to
  ) or exists (
    select from public.findings f
    where f.state in ('open', 'back_filling') and f.event_id >= p_from and f.event_id < p_to
  ) or exists (
    select from public.deliveries d
    where d.event_id >= p_from and d.event_id < p_to and d.status not in ('delivered', 'cancelled')
  );
$$;

-- Who makes a replay shares this lock, and who deletes has it alone: what is being selected is not deleted meanwhile.
create function public.lock_forgetting(p_alone boolean) returns void
language plpgsql volatile set search_path = '' as $$
begin
  if p_alone then
    perform pg_advisory_xact_lock(hashtextextended('forgetting', 1));
  else
    perform pg_advisory_xact_lock_shared(hashtextextended('forgetting', 1));
  end if;
end
$$;

-- When the bytes of an event were deleted, and under which retention: {at, days}. Null while they are here.
create function public.body_forgotten(p_event_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select case when not public.has_body(p_event_id) then coalesce((
    select jsonb_build_object('at', public.iso(f.forgotten_at), 'days', f.days)
    from public.forgettings f
    where f.class = 'bodies' and f.last_id >= p_event_id and f.first_id <= p_event_id and f.ids @> p_event_id
    order by f.id limit 1
  ), '{"at": null, "days": null}') end;
$$;

-- The headers of an event whose others are forgotten: a privacy request finds its shop by them.
create function public.kept_headers(p_headers jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce(jsonb_agg(h.pair order by h.place), '[]')
  from jsonb_array_elements(p_headers) with ordinality h(pair, place)
  where lower(h.pair ->> 0) ~ '^(x-)?shopify-shop-domain$';
$$;
