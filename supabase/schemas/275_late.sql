-- What comes after a privacy request and happened before it: events that arrive late or are sent again, attempts that
-- were under way, and rows that a worker writes from what it read before.

-- An older event that arrives after the request, or is sent again: its hashes are kept, and nothing else.
create function public.redact_arriving_event() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_shop text := coalesce(public.shop_of(new), lower(new.organisation_id));
  v_people text[];
begin
  -- Most shops have none.
  if not exists (select from public.privacy_requests p where p.shop_domain = v_shop) then
    return new;
  end if;
  v_people := public.people_of_event(new, v_shop, public.said_by(new));
  if exists (
    select from public.privacy_requests p
    where p.shop_domain = v_shop and p.kind in ('customers/redact', 'shop/redact')
      and public.event_concerned(new, v_people, p)
  ) then
    new := public.redact_new_event(new);
  end if;
  return new;
end
$$;

create trigger redact_arriving_event before insert on public.events
for each row when (new.provider = 'shopify' or new.organisation_id like '%.myshopify.com')
execute function public.redact_arriving_event();

-- What a provider lists although a request came before: it is named, and what it says is not kept.
create function public.redact_arriving_finding() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_shop text := coalesce(public.shop_in_headers(new.headers), lower(new.organisation_id));
begin
  if exists (
    select from public.privacy_requests p
    where p.shop_domain = v_shop and p.kind in ('customers/redact', 'shop/redact') and new.occurred_at <= p.requested_at
      and (p.kind = 'shop/redact' or p.people && public.people_of_finding(new.event_type, v_shop, new.body))
  ) then
    new.body := null;
    new.headers := null;
    new.difference := null;
  end if;
  return new;
end
$$;

create trigger redact_arriving_finding before insert on public.findings
for each row when (new.provider = 'shopify' or new.organisation_id like '%.myshopify.com')
execute function public.redact_arriving_finding();

-- Ends an attempt that was under way while its event was redacted. A request's own attempt says which ids it wrote.
create function public.redact_attempt() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_event_type text;
begin
  -- Most installations have none.
  if not exists (select from public.privacy_requests) then
    return new;
  end if;
  select e.event_type into v_event_type
  from public.deliveries d
  join public.events e on e.id = d.event_id
  where d.id = new.delivery_id and e.redacted_at is not null;
  if found then
    new.response_body := null;
    new.response_headers := null;
    if v_event_type not in ('customers/redact', 'customers/data_request') then
      new.error := null;
      new.changes := public.redacted_changes(new.changes);
    end if;
  end if;
  return new;
end
$$;

create trigger redact_attempt before update on public.attempts
for each row when (
  old.status = 'open' and new.status <> 'open' and (new.changes <> '[]' or new.response_body is not null)
)
execute function public.redact_attempt();

-- A row whose personal columns were written by an event from before the request, on whatever way it came here.
create function public.redact_row() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_row jsonb := to_jsonb(new);
  v_shop text := public.shop_of_row(v_row);
  v_people text[];
  v_requested_at timestamptz;
  v_columns text[];
begin
  if v_row ? 'shop' and v_row ->> 'shop' is null and v_shop is not null then
    new := jsonb_populate_record(new, jsonb_build_object('shop', v_shop));
  end if;
  if not exists (select from public.privacy_requests p where p.shop_domain = v_shop) then
    return new;
  end if;
  v_people := public.people_of_row(tg_table_name, v_shop, v_row);
  select max(p.requested_at) into v_requested_at
  from public.privacy_requests p
  where p.shop_domain = v_shop and (p.kind = 'shop/redact' or p.kind = 'customers/redact' and p.people && v_people);
  v_columns := public.columns_from_before(tg_table_name, v_row, v_requested_at);
  if cardinality(v_columns) = 0 then
    return new;
  end if;
  return jsonb_populate_record(new, (
    select jsonb_object_agg(c, null) from unnest(v_columns) c
  ) || jsonb_build_object('redacted_at', coalesce(v_row ->> 'redacted_at', public.iso(public.now_()))));
end
$$;

create trigger redact_order before insert or update on public.orders
for each row execute function public.redact_row();

create trigger redact_customer before insert or update on public.customers
for each row execute function public.redact_row();

create trigger redact_sms_recipient before insert or update on public.sms_recipients
for each row when (new.organisation_id like '%.myshopify.com') execute function public.redact_row();
