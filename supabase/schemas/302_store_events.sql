-- The only way in of events and their bytes. Called by accept_events, and by create_sample.

-- Stores the events whose key is new, and gives them deliveries to the destinations that want them; with p_for to that
-- one alone, whatever it wants. p_events and p_deliver_suspected: as accept_events takes them; p_suspected: the numbers
-- (n) of suspected replays among them. One with variant_of and variant is another version of that event, and gets no
-- deliveries. Answers {new: {n: id}, kinds: [the kinds of destinations that get one of them]}. What is known already
-- costs one probe: its body is not read.
create function public.store_events(
  p_events jsonb, p_suspected integer[], p_deliver_suspected boolean, p_for bigint default null
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_new bigint[];
  v_numbers integer[];
  v_bodies bigint;
  v_events bigint;
  v_kinds public.destination_kind[];
begin
  -- In key order, so that two batches with the same keys wait for each other instead of deadlocking.
  with keys as materialized (
    select k.n, k.provider, k.key_hash, k.source_id, k.variant, nextval('public.events_id_seq') as id
    from (
      select e.n, e.provider, sha256(convert_to(e.event_key, 'UTF8')) as key_hash, e.source_id,
        coalesce(e.variant, '') as variant
      from jsonb_to_recordset(p_events) as e(
        n integer, provider text, event_key text, source_id bigint, variant text
      )
      order by 2, 3, 4, 5, 1
    ) k
  ),
  taken as (
    insert into public.event_keys (provider, key_hash, source_id, variant, event_id)
    select k.provider, k.key_hash, k.source_id, k.variant, k.id from keys k
    on conflict on constraint event_keys_one_per_source_and_key do nothing
    returning event_id
  )
  select coalesce(array_agg(k.id order by k.id), '{}'), coalesce(array_agg(k.n order by k.id), '{}')
  into v_new, v_numbers
  from keys k
  -- Not joined: the plans of accept know loops alone, and this would be a million of them for a thousand events.
  where k.id = any (array(select t.event_id from taken t));
  if v_new = '{}' then
    return '{"new": {}, "kinds": []}'::jsonb;
  end if;

  -- Before the events, because a privacy request may change the bytes of one that comes late.
  insert into public.event_bodies (event_id, raw_body, dense_body)
  select v_new[array_position(v_numbers, e.n)], case when e.is_dense is not true then decode(e.body, 'base64') end,
    case when e.is_dense then decode(e.body, 'base64') end
  from jsonb_to_recordset(p_events) as e(n integer, body text, is_dense boolean)
  where e.n = any (v_numbers);
  get diagnostics v_bodies = row_count;

  with incoming as materialized (
    select v_new[array_position(v_numbers, e.n)] as id, e.*, b.*,
      e.variant_of is null and not public.is_brought_back(e.origin)
        and (p_deliver_suspected or e.n <> all (p_suspected)) as is_deliverable
    from jsonb_to_recordset(p_events) as e(
      n integer, provider text, event_key text, event_type text, source_id bigint, trust public.trust_level,
      parse_status public.parse_status, flags public.event_flag[], organisation_id text, company_id text,
      object_id text, replaces_older boolean, livemode boolean, unsigned_key boolean, secret_fields text[], body text,
      shown_body text, fingerprint text, rendering text, variant_of bigint, method text, path text, headers jsonb,
      content_type text, request_id text, occurred_at timestamptz, object_type text, customer_id text, amount bigint,
      amount_kind public.amount_kind, currency text, terms text[], logical_key text, origin public.event_origin,
      traceparent text
    )
    cross join lateral (
      select d.bytes, case when e.parse_status = 'ok' then public.payload_or_null(
        -- What is secret outside of the secret fields is covered in these bytes already.
        coalesce(decode(e.shown_body, 'base64'), d.bytes)
      ) end as payload
      from (select decode(e.body, 'base64') as bytes offset 0) d
      offset 0
    ) b
    where e.n = any (v_numbers)
  ),
  -- Asked once per kind of event and destination, not per event: there may be a thousand destinations.
  wanted as materialized (
    select k.*, d.id as destination_id, d.kind, public.first_status(d) as status, d.ordering
    from (
      select distinct i.provider, i.event_type, i.organisation_id, i.livemode, i.flags from incoming i
      where i.is_deliverable
    ) k
    join public.destinations d on case
      when p_for is not null then d.id = p_for
      -- Cheaper than the question itself, for a thousand destinations of other organisations.
      else (d.organisation_id is null or d.organisation_id = k.organisation_id)
        and public.wants_event(d, k.provider, k.event_type, k.organisation_id, k.livemode, k.flags)
    end
  ),
  outgoing as materialized (
    select i.id as event_id, w.destination_id, w.status,
      public.ordering_key_of(w.ordering, i.object_id, i.event_key, i.organisation_id) as ordering_key
    from incoming i
    join wanted w on w.provider = i.provider and w.event_type = i.event_type
      and w.organisation_id is not distinct from i.organisation_id and w.livemode is not distinct from i.livemode
      and w.flags is not distinct from i.flags
    where i.is_deliverable
  ),
  stored as (
    insert into public.events (
      id, provider, event_key, event_type, source_id, status, trust, parse_status, flags,
      organisation_id, company_id, object_id, replaces_older, livemode, suspected_replay, unsigned_key, body_size,
      body_sha256, fingerprint, rendering, variant_of, payload, method, path, headers, content_type, request_id,
      occurred_at, object_type, customer_id, amount, amount_kind, currency, terms, logical_key, origin,
      traceparent
    )
    overriding system value
    select
      i.id, i.provider, i.event_key, i.event_type, i.source_id,
      case when i.id in (select o.event_id from outgoing o) then 'received' else 'ignored' end::public.event_status,
      i.trust, case when i.parse_status = 'ok' and i.payload is null then 'invalid_json' else i.parse_status end,
      coalesce(i.flags, '{}'), i.organisation_id, i.company_id, i.object_id, coalesce(i.replaces_older, false),
      i.livemode, i.n = any (p_suspected), coalesce(i.unsigned_key, false), octet_length(i.bytes), sha256(i.bytes),
      decode(i.fingerprint, 'hex'), i.rendering, i.variant_of,
      case when i.secret_fields is null then i.payload else public.without_secrets(i.payload, i.secret_fields) end,
      i.method, i.path, i.headers, i.content_type, i.request_id, i.occurred_at, i.object_type, i.customer_id,
      i.amount, i.amount_kind, i.currency, array_to_tsvector(i.terms), i.logical_key, coalesce(i.origin, 'webhook'),
      i.traceparent
    from incoming i
    order by i.id
    returning id
  ),
  fanned_out as (
    insert into public.deliveries (event_id, destination_id, status, ordering_key)
    select o.event_id, o.destination_id, o.status, o.ordering_key from outgoing o
    order by o.event_id, o.destination_id
  )
  select (select count(*) from stored), array(select distinct w.kind from wanted w) into v_events, v_kinds;
  -- What is acknowledged can be delivered: no event without its bytes.
  if v_events <> cardinality(v_new) or v_bodies <> v_events then
    raise exception '% new events, % stored, with % bodies', cardinality(v_new), v_events, v_bodies;
  end if;

  return jsonb_build_object(
    'new', (select jsonb_object_agg(x.n, x.id) from unnest(v_numbers, v_new) x(n, id)), 'kinds', v_kinds
  );
end
$$;
