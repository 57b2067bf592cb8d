-- Webhooks that come after a back-fill stored their event. Called by accept_events.

-- The events, each under the key of the event that a back-fill made of its object, where there is one: the webhook that
-- comes late is that event. What a webhook and the provider's object have in common is the logical key, and it is the
-- event key of what was reconstructed. A back-fill holds the lock of its source alone, so that neither misses the
-- other.
create function public.paired_events(p_events jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_pairs jsonb;
begin
  if not jsonb_path_exists(p_events, '$[*].logical_key ? (@ != null)') then
    return p_events;
  end if;

  perform pg_advisory_xact_lock_shared(k.lock)
  from (
    select distinct public.pairing_lock(i.provider, i.source_id) as lock
    from jsonb_to_recordset(p_events) as i(provider text, source_id bigint, logical_key text)
    where i.logical_key is not null
    order by 1
  ) k;

  select jsonb_object_agg(i.n, i.logical_key) into v_pairs
  from jsonb_to_recordset(p_events) as i(n integer, provider text, source_id bigint, event_key text, logical_key text)
  cross join lateral (
    select x.event_id from public.event_keys x
    where x.provider = i.provider and x.key_hash = sha256(convert_to(i.logical_key, 'UTF8'))
      and x.source_id is not distinct from i.source_id and x.variant = ''
    offset 0
  ) k
  join public.events e on e.id = k.event_id and e.origin = 'reconstructed'
  where i.logical_key is not null and i.event_key <> i.logical_key
    -- It came before: it is itself, and what was reconstructed later repaired a row.
    and not exists (
      select from public.event_keys x
      where x.provider = i.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
        and x.source_id is not distinct from i.source_id and x.variant = ''
    );
  if v_pairs is null then
    return p_events;
  end if;

  return (
    select jsonb_agg(case
      when v_pairs ? (x.event ->> 'n') then
        x.event || jsonb_build_object('event_key', v_pairs -> (x.event ->> 'n'))
      else x.event
    end)
    from jsonb_array_elements(p_events) as x(event)
  );
end
$$;

-- The lock that keeps webhooks of a source and a back-fill of their objects apart.
create function public.pairing_lock(p_provider text, p_source_id bigint) returns bigint
language sql immutable set search_path = '' as $$
  select hashtextextended('pairing ' || p_provider || ' ' || coalesce(p_source_id::text, ''), 1);
$$;

-- Delivers what a back-fill stored and nothing has delivered, because its replay is a draft, has not come to it, or was
-- cancelled: the webhook has come, and what is acknowledged is not lost. Each destination for itself: one may have it
-- already. What was tried before and is cancelled was resolved by a user. Deliveries that a replay is handing over now
-- are locked, and stay the replay's: the caller holds the events' rows, and may not wait for them.
create function public.deliver_late_webhooks(p_events bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_new bigint[];
  v_events bigint[];
begin
  select array_agg(p.id order by p.id) filter (where not exists (
      select from public.deliveries d where d.event_id = p.id and d.status <> 'cancelled'
    )),
    array_agg(p.id order by p.id) filter (where not exists (
      select from public.deliveries d where d.event_id = p.id
    ) or exists (
      select from public.deliveries d where d.event_id = p.id and d.status = 'cancelled'
    ))
  into v_new, v_events
  from unnest(p_events) p(id);
  if v_events is null then
    return;
  end if;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  select e.id, d.id, public.first_status(d),
    public.ordering_key_of(d.ordering, e.object_id, e.event_key, e.organisation_id)
  from public.events e
  join public.destinations d
    on public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
  where e.id = any (v_new)
  order by e.id, d.id
  on conflict do nothing;

  with waiting as (
    select d.id from public.deliveries d
    where d.event_id = any (v_events) and d.status = 'cancelled'
      and not exists (select from public.attempts a where a.delivery_id = d.id)
    order by d.id
    for update skip locked
  )
  update public.deliveries d set
    status = public.first_status(t), lane = 'live', due_at = public.now_(), tries = 0, finished_at = null,
    replay_id = null
  from waiting w, public.events e, public.destinations t
  where d.id = w.id and e.id = d.event_id and t.id = d.destination_id
    and public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags);

  perform public.roll_up_events(v_events);
end
$$;
