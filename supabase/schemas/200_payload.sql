-- Received bytes, the payload made from them, and how much of both an answer may carry.

-- The received bytes of an event. By its id: passing a whole event makes a copy of it, payload included.
create function public.body_of(p_event_id bigint) returns bytea
language sql stable set search_path = '' as $$
  select coalesce(b.raw_body, b.dense_body) from public.event_bodies b where b.event_id = p_event_id;
$$;

-- Whether its bytes are here: they may be forgotten before their event (206_forgotten.sql).
create function public.has_body(p_event_id bigint) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.event_bodies b where b.event_id = p_event_id);
$$;

-- Bytes are deleted with their event, however it is deleted.
create function public.delete_event_bodies() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if tg_op = 'TRUNCATE' then
    truncate public.event_bodies;
  else
    delete from public.event_bodies b using deleted d where b.event_id = d.id;
  end if;
  return null;
end
$$;

create trigger delete_event_bodies after delete on public.events
referencing old table as deleted
for each statement execute function public.delete_event_bodies();

create trigger truncate_event_bodies after truncate on public.events
for each statement execute function public.delete_event_bodies();

-- The payload of an event, and its only reader: where payloads are kept is decided here and in 302_store_events.sql. A
-- parsed body, so that it is inlined.
create function public.payload_of(e public.events) returns jsonb
language sql immutable
return (e).payload;

-- The body as jsonb, or null when jsonb cannot hold it. A wrong body must never fail the insert of its event.
create function public.payload_or_null(p_body bytea) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  return convert_from(p_body, 'UTF8')::jsonb;
exception when others then
  return null;
end
$$;

-- The payload with its secret top-level fields replaced.
create function public.without_secrets(p_payload jsonb, p_fields text[]) returns jsonb
language sql immutable set search_path = '' as $$
  select case
    when jsonb_typeof(p_payload) = 'object' and cardinality(p_fields) > 0 then p_payload || coalesce((
      select jsonb_object_agg(f, '[redacted]') from unnest(p_fields) f where p_payload ? f
    ), '{}')
    else p_payload
  end;
$$;

-- How much of payloads one answer carries. To make, send and read 100 MB of JSON takes longer than a user waits.
create function public.payload_budget() returns integer
language sql immutable set search_path = '' as $$
  select 4 * 1024 * 1024;
$$;

-- The bytes that a payload adds to an answer, without reading it: those of the body it was made from.
create function public.payload_bytes(e public.events) returns bigint
language sql immutable
return case when public.payload_of(e) is null then 0 else (e).body_size end;

-- The first value of a received header, by lower-case name.
create function public.header_of(p_headers jsonb, p_name text) returns text
language sql immutable
return (select h ->> 1 from jsonb_array_elements(p_headers) h where lower(h ->> 0) = p_name limit 1);

-- An event as projections take it, with the settings of its source (lib/pipeline/projectable.ts). A parsed body, so
-- that it is inlined: no copy of the row is made, which would fetch its payload too.
create function public.event_for_projection(e public.events, p_settings jsonb) returns jsonb
language sql stable
return jsonb_build_object(
  'id', (e).id, 'provider', (e).provider, 'event_key', (e).event_key, 'event_type', (e).event_type,
  'received_at', public.iso((e).received_at), 'occurred_at', public.iso((e).occurred_at),
  'organisation_id', (e).organisation_id, 'company_id', (e).company_id, 'livemode', (e).livemode,
  'settings', p_settings,
  'shop', case when (e).provider = 'shopify' then public.shop_in_headers((e).headers) end,
  'body', encode(public.body_of((e).id), 'base64'),
  'content_encoding', public.header_of((e).headers, 'content-encoding')
);
