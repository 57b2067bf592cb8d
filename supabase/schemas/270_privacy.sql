-- Privacy requests: a person asked a Shopify shop to be forgotten (customers/redact), or the shop itself left
-- (shop/redact). Writing such a row into privacy_requests redacts in the same transaction (272_redact.sql): the bytes,
-- payload and headers of the events concerned, their other versions, answers and rejections, and the personal columns
-- of rows. The shop is the identity: what came through any of its sources is forgotten, whatever its organisation.
-- Hashes and ids stay, so that a retry is still a duplicate and the request can be proved.
-- One rule covers what comes late (275_late.sql): nothing that happened before a request is kept, whenever it arrives.
-- What happens after it is new, and kept: a person may come back.

-- The shop of an event. Shopify names it in a header, and a source may be bound to one; other providers' events are a
-- shop's when it is their organisation.
create function public.shop_of(e public.events) returns text
language sql stable set search_path = '' as $$
  select case when (e).provider = 'shopify' then coalesce(
    public.shop_in_headers((e).headers),
    (select public.shop_of_source(s) from public.sources s where s.id = (e).source_id)
  ) end;
$$;

-- Its shop, as the settings have it: without what was typed around it before they were checked.
create function public.shop_of_source(s public.sources) returns text
language sql immutable set search_path = '' as $$
  select lower(nullif(btrim(regexp_replace((s).settings ->> 'shop', '^\s*https?://|/.*$', '', 'g')), ''));
$$;

-- The events of a shop, by index, whoever sent them.
create function public.events_of_shop(p_shop text) returns setof bigint
language sql stable set search_path = '' as $$
  select e.id from public.events e where e.provider = 'shopify' and public.shop_in_headers(e.headers) = p_shop
  union
  select e.id from public.sources s join public.events e on e.source_id = s.id
  where s.provider = 'shopify' and public.shop_of_source(s) = p_shop and public.shop_in_headers(e.headers) is null
  union
  select e.id from public.events e where e.organisation_id = p_shop and e.provider <> 'shopify';
$$;

-- Whom an event is about, as people_in says it. p_text: what it says.
create function public.people_of_event(e public.events, p_shop text, p_text text) returns text[]
language sql stable set search_path = '' as $$
  select array_remove(array[(e).object_id, case
    -- Its own id comes first, also in a body that could not be parsed.
    when (e).event_type ~ '^(orders|customers)/' then
      split_part((e).event_type, 's/', 1) || ':' || substring(p_text from '^\s*\{\s*"id"\s*:\s*"?(\d+)')
  end], null) || public.people_in(p_shop, p_text);
$$;

-- Whom the webhook of a finding would have been about.
create function public.people_of_finding(p_event_type text, p_shop text, p_body bytea) returns text[]
language sql stable set search_path = '' as $$
  select array_remove(array[case
    when p_event_type ~ '^(orders|customers)/' then
      split_part(p_event_type, 's/', 1) || ':' || substring(w.text from '^\s*\{\s*"id"\s*:\s*"?(\d+)')
  end], null) || public.people_in(p_shop, w.text)
  from (select public.text_of_bytes(p_body) as text offset 0) w;
$$;

-- Whether a request covers an event of its shop that is about these people.
create function public.event_concerned(e public.events, p_people text[], p public.privacy_requests) returns boolean
language sql stable set search_path = '' as $$
  select coalesce((e).occurred_at, (e).received_at) <= (p).requested_at and case (p).kind
    -- Its own body names no one.
    when 'shop/redact' then (e).event_type <> 'shop/redact'
    else (p).people && p_people
  end;
$$;

-- What an event says, as text: its payload, or its bytes where no payload could be kept.
create function public.said_by(e public.events) returns text
language sql stable set search_path = '' as $$
  select coalesce(public.payload_of(e)::text, public.text_of_bytes(public.body_of((e).id)));
$$;

-- The events that a request is about, oldest first. Reads the shop's events one by one, because only what they say
-- tells whom they are about.
create function public.events_about(p public.privacy_requests) returns setof bigint
language sql stable set search_path = '' as $$
  select e.id
  from public.events_of_shop((p).shop_domain) s(id)
  join public.events e on e.id = s.id
  cross join lateral (
    select case when (p).kind <> 'shop/redact' then
      public.people_of_event(e, (p).shop_domain, public.said_by(e))
    end as people
    offset 0
  ) w
  where e.redacted_at is null and public.event_concerned(e, w.people, p)
  order by e.id;
$$;

-- An event without what it said: requests keep their ids, any other event says that it is gone.
create function public.redacted_event(e public.events) returns public.events
language plpgsql stable set search_path = '' as $$
declare
  v_said jsonb := public.payload_of(e);
begin
  if e.event_type in ('customers/data_request', 'customers/redact') and jsonb_typeof(v_said -> 'customer') = 'object'
  then
    e.payload := jsonb_strip_nulls(jsonb_build_object(
      'shop_id', v_said -> 'shop_id',
      'shop_domain', v_said -> 'shop_domain',
      'customer', jsonb_build_object('id', v_said #> '{customer,id}'),
      -- So that it can be carried out again.
      'contact_hashes', coalesce(v_said -> 'contact_hashes', to_jsonb(public.contacts_of(
        lower(btrim(v_said ->> 'shop_domain')), v_said #>> '{customer,email}', v_said #>> '{customer,phone}'
      ))),
      'orders_to_redact', v_said -> 'orders_to_redact',
      'orders_requested', v_said -> 'orders_requested',
      'data_request', case
        when v_said ? 'data_request' then jsonb_build_object('id', v_said #> '{data_request,id}')
      end
    ));
  else
    e.payload := null;
  end if;
  e.headers := coalesce((
    select jsonb_agg(h.pair order by h.place)
    from jsonb_array_elements(e.headers) with ordinality h(pair, place)
    where lower(h.pair ->> 0) ~ '^(x-)?shopify-(topic|action|shop-domain|event-id|webhook-id|triggered-at|api-version)$'
  ), '[]');
  e.last_error := null;
  -- Whom it was about goes. What it was worth stays: that names no one.
  e.customer_id := null;
  e.terms := null;
  e.redacted_at := public.now_();
  e.body_size := octet_length(public.redacted_body(e));
  return e;
end
$$;

-- The bytes of a redacted event: its payload, or that it is gone.
create function public.redacted_body(e public.events) returns bytea
language sql stable set search_path = '' as $$
  select convert_to(
    coalesce(public.payload_of(e)::text, '{"redacted":"The person this was about asked to be forgotten."}'), 'UTF8'
  );
$$;

-- Redacts events, their other versions and all that was kept with them. Answers how many of what: {versions, attempts}.
create function public.redact_events(p_events bigint[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_versions bigint[];
  v_events bigint[];
  v_attempts integer;
begin
  -- Whatever another version says, it is about the same people.
  select coalesce(array_agg(v.id order by v.id), '{}') into v_versions
  from public.events v
  where v.variant_of = any (p_events) and v.id <> all (p_events) and v.redacted_at is null;
  v_events := p_events || v_versions;

  update public.events e set
    body_size = r.body_size, payload = r.payload, headers = r.headers, last_error = r.last_error,
    redacted_at = r.redacted_at, customer_id = r.customer_id, terms = r.terms
  from public.events x cross join lateral public.redacted_event(x) r
  where e.id = any (v_events) and x.id = e.id;
  update public.event_bodies b set raw_body = public.redacted_body(e), dense_body = null
  from public.events e
  where b.event_id = any (v_events) and e.id = b.event_id;

  -- What is open is redacted when it ends: see redact_attempt.
  update public.attempts a set
    response_body = null, response_headers = null, error = null, changes = public.redacted_changes(a.changes)
  from public.deliveries d
  where d.event_id = any (v_events) and a.delivery_id = d.id and a.status <> 'open';
  get diagnostics v_attempts = row_count;
  update public.deliveries d set last_error = null where d.event_id = any (v_events) and d.last_error is not null;
  update public.replay_items i set detail = null where i.event_id = any (v_events) and i.detail is not null;
  -- That it was affected stays, and so does who accepted it.
  update public.incident_items i set
    customer_id = null, reason = case when i.reason is not null then 'Removed by a privacy request.' end
  where i.event_id = any (v_events) and (i.customer_id is not null or i.reason is not null);

  return jsonb_build_object('versions', cardinality(v_versions), 'attempts', v_attempts);
end
$$;

-- Which rows were changed stays, and not from what to what.
create function public.redacted_changes(p_changes jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select coalesce(jsonb_agg(c || '{"before": null, "after": {}}'), '[]') from jsonb_array_elements(p_changes) c;
$$;

-- An event that is being stored, redacted. store_events wrote its bytes before it.
create function public.redact_new_event(e public.events) returns public.events
language plpgsql volatile set search_path = '' as $$
begin
  e := public.redacted_event(e);
  update public.event_bodies b set raw_body = public.redacted_body(e), dense_body = null where b.event_id = e.id;
  return e;
end
$$;
