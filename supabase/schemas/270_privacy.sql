-- Privacy requests: a person asked a Shopify shop to be forgotten (customers/redact), or the shop itself left
-- (shop/redact). Writing such a row into privacy_requests redacts in the same transaction: the bytes, payload and
-- headers of the events concerned, their conflicts, answers and rejections, and the personal columns of the rows they
-- wrote. Hashes and ids stay, so that a retry is still a duplicate and the request can be proved.
-- One rule covers what comes late: nothing that happened before a request is kept, whenever it arrives. What happens
-- after it is new, and kept: a person may come back.

-- Whether bytes hold the id of the customer or of an order, as a number of its own.
create function public.names_one_of(p_body bytea, p public.privacy_requests) returns boolean
language sql immutable set search_path = '' as $$
  select encode(p_body, 'escape') ~ ('\m(' || string_agg(x.id, '|') || ')\M')
  from (
    select (p).customer_id as id
    union all
    select jsonb_array_elements_text((p).order_ids)
  ) x
  where x.id ~ '^\d+$';
$$;

-- Whether a request to forget is about this event. The shop is organisation and company together, as its source binds
-- them.
create function public.event_concerned(e public.events, p public.privacy_requests) returns boolean
language sql stable set search_path = '' as $$
  select coalesce(
    (e).provider = 'shopify'
    and (e).organisation_id = (p).organisation_id
    and coalesce((e).company_id, '') = (p).company_id
    and coalesce((e).occurred_at, (e).received_at) <= (p).requested_at
    and case (p).kind
      -- Its own body names no one.
      when 'shop/redact' then (e).event_type <> 'shop/redact'
      when 'customers/redact' then
        coalesce((e).object_id = 'customer:' || (p).customer_id, false)
        or coalesce(public.payload_of(e) #>> '{customer,id}' = (p).customer_id, false)
        or coalesce(public.payload_of(e) ->> 'customer_id' = (p).customer_id, false)
        or coalesce(starts_with((e).object_id, 'order:') and (p).order_ids ? substr((e).object_id, 7), false)
        -- What could not be kept as payload is searched as it came.
        or public.payload_of(e) is null and public.names_one_of(public.body_of((e).id), p)
      else false
    end,
    false
  );
$$;

-- An event without what it said: requests keep their ids, any other event says that it is gone.
create function public.redacted_event(e public.events) returns public.events
language plpgsql stable set search_path = '' as $$
begin
  if e.event_type in ('customers/data_request', 'customers/redact')
    and jsonb_typeof(public.payload_of(e) -> 'customer') = 'object'
  then
    e.payload := jsonb_strip_nulls(jsonb_build_object(
      'shop_id', public.payload_of(e) -> 'shop_id',
      'shop_domain', public.payload_of(e) -> 'shop_domain',
      'customer', jsonb_build_object('id', public.payload_of(e) #> '{customer,id}'),
      'orders_to_redact', public.payload_of(e) -> 'orders_to_redact',
      'orders_requested', public.payload_of(e) -> 'orders_requested',
      'data_request', case
        when public.payload_of(e) ? 'data_request'
          then jsonb_build_object('id', public.payload_of(e) #> '{data_request,id}')
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

-- Runs for every request that is written, and again when its event is replayed: then it redacts what a mistake brought
-- back.
create function public.apply_privacy_request() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_events bigint[];
begin
  -- Reads the shop's events one by one, because only their payload tells whom they are about. That takes a second for
  -- some ten thousand of them, and happens once per request.
  select coalesce(array_agg(x.id order by x.id), '{}') into v_events
  from (
    select e.id from public.events e
    where e.organisation_id = new.organisation_id and e.redacted_at is null and public.event_concerned(e, new)
    order by e.id
    for update
  ) x;

  update public.events e set
    body_size = r.body_size, payload = r.payload, headers = r.headers, redacted_at = r.redacted_at
  from public.events x cross join lateral public.redacted_event(x) r
  where e.id = any (v_events) and x.id = e.id;
  update public.event_bodies b set raw_body = public.redacted_body(e)
  from public.events e
  where b.event_id = any (v_events) and e.id = b.event_id;

  delete from public.event_conflicts c where c.event_id = any (v_events);

  update public.attempts a set
    response_body = null,
    changes = (
      select coalesce(jsonb_agg(c || '{"before": null, "after": {}}'), '[]') from jsonb_array_elements(a.changes) c
    )
  from public.deliveries d
  where d.event_id = any (v_events) and a.delivery_id = d.id and a.status <> 'open';

  delete from public.rejections r
  where r.provider = 'shopify'
    and exists (
      select from jsonb_array_elements(r.headers) h
      where lower(h ->> 0) in ('shopify-shop-domain', 'x-shopify-shop-domain')
        and lower(h ->> 1) = lower(new.shop_domain)
    )
    and (new.kind = 'shop/redact' or public.names_one_of(r.body, new));

  -- Their own trigger does the rest.
  update public.orders o set updated_at = public.now_()
  where o.organisation_id = new.organisation_id and o.company_id = new.company_id
    and (new.kind = 'shop/redact' or o.customer_id = new.customer_id or new.order_ids ? o.order_id)
    and (o.email is not null or o.phone is not null);
  update public.customers c set updated_at = public.now_()
  where c.organisation_id = new.organisation_id and c.company_id = new.company_id
    and (new.kind = 'shop/redact' or c.customer_id = new.customer_id)
    and coalesce(c.email, c.phone, c.first_name, c.last_name) is not null;
  return null;
end
$$;

create trigger apply_privacy_request after insert or update on public.privacy_requests
for each row when (new.kind in ('customers/redact', 'shop/redact')) execute function public.apply_privacy_request();

-- An older event that arrives after the request, or is sent again: its hashes are kept, and nothing else.
create function public.redact_arriving_event() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if exists (
    select from public.privacy_requests p
    where p.organisation_id = new.organisation_id and public.event_concerned(new, p)
  ) then
    new := public.redacted_event(new);
    -- store_events wrote them before the event.
    update public.event_bodies b set raw_body = public.redacted_body(new) where b.event_id = new.id;
  end if;
  return new;
end
$$;

create trigger redact_arriving_event before insert on public.events
for each row when (new.provider = 'shopify') execute function public.redact_arriving_event();

-- A row whose personal columns were written by an event from before the request, on whatever way it came here.
create function public.redact_row() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_requested_at timestamptz;
begin
  select max(p.requested_at) into v_requested_at
  from public.privacy_requests p
  where p.organisation_id = new.organisation_id and p.company_id = new.company_id
    and (
      p.kind = 'shop/redact'
      or p.kind = 'customers/redact'
        and (p.customer_id = new.customer_id or p.order_ids ? coalesce(to_jsonb(new) ->> 'order_id', ''))
    );

  if coalesce(new.versions ->> 'email', '') collate "C"
    <= to_char(v_requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '#99' collate "C"
  then
    return jsonb_populate_record(new, jsonb_build_object(
      'email', null, 'phone', null, 'first_name', null, 'last_name', null,
      'redacted_at', coalesce(new.redacted_at, public.now_())
    ));
  end if;
  return new;
end
$$;

create trigger redact_order before insert or update on public.orders
for each row execute function public.redact_row();

create trigger redact_customer before insert or update on public.customers
for each row execute function public.redact_row();
