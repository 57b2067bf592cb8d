-- What a privacy request did, and what is stored about the person of a data request. Called by lib/queries.

-- The request that an event made, null when it made none.
create function public.privacy_request_json(e public.events) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'kind', p.kind, 'shop', p.shop_domain, 'customer_id', p.customer_id, 'requested_at', public.iso(p.requested_at),
    'events_changed', p.events_changed, 'rows_changed', p.rows_changed, 'changed', p.changed
  )
  from public.privacy_requests p
  where (e).provider = 'shopify' and p.organisation_id = coalesce((e).organisation_id, '')
    and p.company_id = coalesce((e).company_id, '') and p.source_event = 'shopify:' || (e).event_key;
$$;

-- Of the person whose data request an event is: {request, rows: {table: [row, …]}, event_ids}, within the scope. Null
-- when the event is no data request.
create function public.find_person(p_event_id bigint, p_scope text[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_request public.privacy_requests;
  v_answer jsonb;
  v_rows jsonb;
  t record;
begin
  select p.* into v_request
  from public.events e
  join public.privacy_requests p on p.organisation_id = coalesce(e.organisation_id, '')
    and p.company_id = coalesce(e.company_id, '') and p.source_event = 'shopify:' || e.event_key
  where e.id = p_event_id and e.provider = 'shopify' and public.in_scope(p_scope, e.organisation_id)
    and p.kind = 'customers/data_request';
  if not found then
    return null;
  end if;
  v_answer := jsonb_build_object('request', to_jsonb(v_request) - array['people', 'contact_hashes', 'versions'], 'rows',
    '{}'::jsonb, 'event_ids', (
      select coalesce(jsonb_agg(e.id order by e.id), '[]')
      from public.events_about(v_request) a(id)
      join public.events e on e.id = a.id
      where public.in_scope(p_scope, e.organisation_id)
    ));
  for t in select * from public.tables_of_people() order by table_name loop
    execute format(
      'select coalesce(jsonb_agg(to_jsonb(t) - ''versions'' order by t.id), ''[]'') from public.%1$I t
       where t.%2$I = $1.shop_domain and public.in_scope($2, t.organisation_id)
         and $1.people && public.people_of_row(%1$L, $1.shop_domain, to_jsonb(t))', t.table_name, t.shop_column
    ) into v_rows using v_request, p_scope;
    v_answer := jsonb_set(v_answer, array['rows', t.table_name], v_rows);
  end loop;
  return v_answer;
end
$$;

-- Events as an export has them, with their bytes: [{event_id, …, body_base64}], within the scope.
create function public.read_events_of_person(p_ids bigint[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'event_id', 'we_' || e.id, 'provider', e.provider, 'event_type', e.event_type, 'event_key', e.event_key,
    'organisation_id', e.organisation_id, 'occurred_at', public.iso(e.occurred_at),
    'received_at', public.iso(e.received_at),
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', ''),
    'body_forgotten', public.body_forgotten(e.id)
  ) order by e.id), '[]')
  from public.events e
  where e.id = any (p_ids) and public.in_scope(p_scope, e.organisation_id);
$$;
