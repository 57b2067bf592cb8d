-- What an incident is about: items made of events, and of findings of runs. Whoever adds them writes how many into the
-- log in the same transaction: 710_incident_guards.sql insists.

-- Adds events that are no items yet, oldest first. Answers how many.
create function public.add_incident_events(p_id bigint, p_events bigint[]) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_added integer;
begin
  insert into public.incident_items (
    incident_id, position, provider, source_id, identity, event_type, event_id, object_id, organisation_id, customer_id,
    occurred_at, amount, currency, cause
  )
  select p_id, public.last_position(p_id) + row_number() over (order by e.received_at, e.id), e.provider, e.source_id,
    public.item_identity(e), e.event_type, e.id, e.object_id, e.organisation_id, e.customer_id,
    coalesce(e.occurred_at, e.received_at), e.amount, e.currency, public.cause_of_event(e.id)
  from unnest(p_events) n(id)
  cross join lateral (select x.* from public.events x where x.id = n.id offset 0) e
  where not exists (
    select from public.incident_items y where y.incident_id = p_id and y.event_id = e.id
  )
  on conflict on constraint incident_items_each_once do nothing;
  get diagnostics v_added = row_count;
  perform public.note_incident_organisations(p_id) where v_added > 0;
  return v_added;
end
$$;

-- Adds open findings of runs that are no items yet, at most p_most. What is of other organisations than p_scope, or
-- than the selection's own, stays out. Answers how many.
create function public.add_incident_findings_of(p_id bigint, p_runs bigint[], p_scope text[], p_most integer)
returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_organisation text := (
    select i.selection -> 'filter' ->> 'org_id' from public.incidents i where i.id = p_id
  );
  v_added integer;
begin
  insert into public.incident_items (
    incident_id, position, provider, source_id, identity, event_type, event_id, finding_id, object_id, organisation_id,
    customer_id, occurred_at, amount, currency, cause, state, reason
  )
  select p_id, public.last_position(p_id) + row_number() over (order by f.occurred_at, f.id), f.provider, f.source_id,
    coalesce(public.item_identity(e), f.identity), f.event_type, e.id, f.id, coalesce(e.object_id, f.object_id),
    coalesce(e.organisation_id, f.organisation_id), e.customer_id, f.occurred_at, e.amount, e.currency,
    case f.kind
      when 'rejected' then 'rejected' when 'undelivered' then 'failed' when 'drifted' then 'drifted' else 'missing'
    end::public.incident_cause,
    case when f.kind = 'unrecoverable' then 'unrecoverable' else 'affected' end::public.incident_item_state,
    case when f.kind = 'unrecoverable' then coalesce(left(f.detail, 1000), 'The provider does not give it back.') end
  from (
    -- The same is missing in several runs, once each.
    select distinct on (x.provider, x.source_id, x.identity) x.* from public.findings x
    where x.reconciliation_id = any (p_runs) and x.closed_at is null
    order by x.provider, x.source_id, x.identity, x.id desc
  ) f
  left join lateral (select x.* from public.events x where x.id = f.event_id offset 0) e on true
  where public.in_scope(p_scope, coalesce(e.organisation_id, f.organisation_id))
    and (v_organisation is null or coalesce(e.organisation_id, f.organisation_id, v_organisation) = v_organisation)
    and not exists (
      select from public.incident_items y where y.incident_id = p_id and y.event_id = f.event_id
    )
    and not exists (
      select from public.incident_items y
      where y.incident_id = p_id and y.provider = f.provider and y.source_id is not distinct from f.source_id
        and y.identity = f.identity
    )
  order by f.occurred_at, f.id
  limit p_most
  on conflict on constraint incident_items_each_once do nothing;
  get diagnostics v_added = row_count;
  perform public.note_incident_organisations(p_id) where v_added > 0;
  return v_added;
end
$$;

create function public.last_position(p_id bigint) returns integer
language sql stable set search_path = '' as $$
  select coalesce(max(y.position), 0) from public.incident_items y where y.incident_id = p_id;
$$;

-- The key that an event is an item under. Another version of an event has its key, so its id is its name. Inlined, as
-- counts_for below: no copy of the event is made, which would fetch its payload.
create function public.item_identity(e public.events) returns text
language sql stable
return case when (e).variant_of is null then (e).event_key else 'we_' || (e).id end;

-- Why an event belongs to an incident, as its deliveries say it. That rows are gone, find_stale finds.
create function public.cause_of_event(p_event_id bigint) returns public.incident_cause
language sql stable set search_path = '' as $$
  select case
    when bool_or(d.status in ('dead', 'cancelled')) then 'failed'
    when bool_or(d.status <> 'delivered') then 'waiting'
    else 'delivered'
  end::public.incident_cause
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  join public.events e on e.id = d.event_id
  where d.event_id = p_event_id and public.counts_for(d, t, e);
$$;

-- Whether a delivery has to arrive: its destination is there, and still wants it where it was cancelled.
create function public.counts_for(d public.deliveries, t public.destinations, e public.events) returns boolean
language sql stable
return (t).archived_at is null and ((d).status <> 'cancelled' or public.wants_event(
  t, (e).provider, (e).event_type, (e).organisation_id, (e).livemode, (e).flags
));

-- Whose events the items are: it says who may see the incident. Without items, those of who opened it.
create function public.note_incident_organisations(p_id bigint) returns void
language sql volatile set search_path = '' as $$
  update public.incidents i set organisations = (
    select case when bool_and(y.organisation_id is not null) then array_agg(distinct y.organisation_id) end
    from public.incident_items y where y.incident_id = p_id
  )
  where i.id = p_id;
$$;

create function public.is_incident_closed(i public.incidents) returns boolean
language sql immutable set search_path = '' as $$
  select (i).state in ('closed', 'closed_with_exceptions');
$$;

-- Whether what is delivered already is sent again: an endpoint may have lost what it acknowledged.
create function public.delivers_again(i public.incidents) returns boolean
language sql immutable set search_path = '' as $$
  select coalesce(not ((i).recovery -> 'options' ->> 'skipAlreadyApplied')::boolean, false);
$$;

-- Whether a worker is at it, or will be.
create function public.is_recovery_active(i public.incidents) returns boolean
language sql immutable set search_path = '' as $$
  select coalesce(((i).recovery ->> 'active')::boolean, false);
$$;
