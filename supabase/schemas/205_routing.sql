-- Which events go where, in which order they go, and what a new delivery waits for.

-- Whether a destination takes deliveries: it is on, not paused and not deleted. A circuit or a throttle only delays
-- them. Its body is parsed when it is created, so it needs no search_path, and can be inlined into the statement that
-- asks.
create function public.takes_deliveries(t public.destinations) returns boolean
language sql immutable
return (t).enabled and (t).paused_at is null and (t).archived_at is null;

-- Whether one of these is a family, like `invoice.*`, and the type is of it.
create function public.is_of_family(p_wanted text[], p_event_type text) returns boolean
language sql immutable set search_path = '' as $$
  select exists (
    select from unnest(p_wanted) w(wanted)
    where right(w.wanted, 2) = '.*' and starts_with(p_event_type, left(w.wanted, -1))
  );
$$;

-- Whether a destination takes events of this mode: false is the provider's test mode, null a provider without one.
create function public.takes_mode(p_destination public.destinations, p_livemode boolean) returns boolean
language sql immutable
return (p_destination).livemode = 'any' or ((p_destination).livemode = 'test') = (p_livemode is false);

-- Whether events of this provider, type, organisation and mode, with these flags, come here. Pausing and disabling do
-- not change that: they hold. Asked of each destination for each event, so its body is one expression, which is
-- inlined, and calls another function only where a family of types is wanted.
create function public.wants_event(
  p_destination public.destinations, p_provider text, p_event_type text, p_organisation_id text, p_livemode boolean,
  p_flags public.event_flag[]
) returns boolean
language sql immutable
return (p_destination).archived_at is null
  and (p_provider = any ((p_destination).providers) or '*' = any ((p_destination).providers))
  and ((p_destination).organisation_id is null or (p_destination).organisation_id = p_organisation_id)
  and public.takes_mode(p_destination, p_livemode)
  and ((p_destination).takes_internal or 'internal' <> all (coalesce(p_flags, '{}')))
  and (
    '*' = any ((p_destination).event_types) or p_event_type = any ((p_destination).event_types)
    or (p_destination).wants_families and public.is_of_family((p_destination).event_types, p_event_type)
  );

-- What a new delivery waits for: pending ones are claimed, held ones are released in order when the destination is
-- resumed or enabled. While older ones are still held, newer ones queue behind them.
create function public.first_status(p_destination public.destinations) returns public.delivery_status
language plpgsql stable set search_path = '' as $$
begin
  if public.takes_deliveries(p_destination) and not exists (
    select from public.deliveries d where d.destination_id = (p_destination).id and d.status = 'held'
  ) then
    return 'pending';
  end if;
  return 'held';
end
$$;

-- What an event waits for at a destination, as the destination orders its deliveries.
create function public.ordering_key_of(
  p_ordering public.delivery_ordering, p_object_id text, p_event_key text, p_organisation_id text
) returns text
language sql immutable
return case p_ordering
  when 'object' then coalesce(p_object_id, p_event_key)
  when 'organisation' then coalesce(p_organisation_id, '')
  when 'all' then ''
end;

-- Whether a back-fill stored an event: its bytes are the provider's answer to us, or ours.
create function public.is_brought_back(p_origin public.event_origin) returns boolean
language sql immutable
return coalesce(p_origin in ('provider_api', 'reconstructed'), false);
