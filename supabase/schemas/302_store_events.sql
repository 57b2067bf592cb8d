-- The only way in of events and their bytes. Called by accept_events, and by create_sample.

-- Stores the events whose key is new, and gives them deliveries to the destinations that want them; with p_for to that
-- one alone, whatever it wants. p_events and p_deliver_suspected: as accept_events takes them; p_suspected: the numbers
-- (n) of suspected replays among them. One with variant_of and variant is another version of that event, and gets no
-- deliveries. Answers the ids of the new ones. What is known already costs one probe: its body is not read.
create function public.store_events(
  p_events jsonb, p_suspected integer[], p_deliver_suspected boolean, p_for bigint default null
) returns bigint[]
language plpgsql volatile set search_path = '' as $$
declare
  v_new bigint[];
  v_numbers integer[];
  v_bodies bigint;
  v_events bigint;
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
    return v_new;
  end if;

  -- Before the events, because a privacy request may change the bytes of one that comes late.
  insert into public.event_bodies (event_id, raw_body, dense_body)
  select v_new[array_position(v_numbers, e.n)], case when e.is_dense is not true then decode(e.body, 'base64') end,
    case when e.is_dense then decode(e.body, 'base64') end
  from jsonb_to_recordset(p_events) as e(n integer, body text, is_dense boolean)
  where e.n = any (v_numbers);
  get diagnostics v_bodies = row_count;

  insert into public.events (
    id, provider, event_key, event_key_hash, event_type, source_id, status, trust, parse_status, flags, organisation_id,
    company_id, object_id, replaces_older, livemode, suspected_replay, unsigned_key, body_size, body_sha256,
    fingerprint, rendering, variant_of, payload,
    method, path, headers, content_type, request_id, occurred_at, object_type, customer_id, amount, amount_kind,
    currency, terms, logical_key, origin
  )
  overriding system value
  select
    v_new[array_position(v_numbers, e.n)], e.provider, e.event_key, b.key_hash, e.event_type, e.source_id,
    case when e.variant_of is null and not public.is_brought_back(e.origin)
    and (p_deliver_suspected or e.n <> all (p_suspected)) and (
      p_for is not null or exists (
        select from public.destinations d
        -- Cheaper than the question itself, for a thousand destinations of other organisations.
        where (d.organisation_id is null or d.organisation_id = e.organisation_id)
          and public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
      )
    ) then 'received' else 'ignored' end::public.event_status,
    e.trust,
    case when e.parse_status = 'ok' and b.payload is null then 'invalid_json' else e.parse_status end,
    coalesce(e.flags, '{}'),
    e.organisation_id, e.company_id, e.object_id, coalesce(e.replaces_older, false), e.livemode,
    e.n = any (p_suspected), coalesce(e.unsigned_key, false), octet_length(b.body), sha256(b.body),
    decode(e.fingerprint, 'hex'), e.rendering, e.variant_of,
    public.without_secrets(b.payload, e.secret_fields), e.method, e.path, e.headers, e.content_type, e.request_id,
    e.occurred_at, e.object_type, e.customer_id, e.amount, e.amount_kind, e.currency, array_to_tsvector(e.terms),
    e.logical_key, coalesce(e.origin, 'webhook')
  from jsonb_to_recordset(p_events) as e(
    n integer, provider text, event_key text, event_type text, source_id bigint, trust public.trust_level,
    parse_status public.parse_status, flags public.event_flag[], organisation_id text, company_id text, object_id text,
    replaces_older boolean, livemode boolean, unsigned_key boolean, secret_fields text[], body text, shown_body text,
    fingerprint text, rendering text, variant_of bigint, method text, path text, headers jsonb, content_type text,
    request_id text, occurred_at timestamptz, object_type text, customer_id text, amount bigint,
    amount_kind public.amount_kind, currency text, terms text[], logical_key text, origin public.event_origin
  )
  cross join lateral (
    select d.body, sha256(convert_to(e.event_key, 'UTF8')) as key_hash,
      case when e.parse_status = 'ok' then public.payload_or_null(
        -- What is secret outside of the secret fields is covered in these bytes already.
        coalesce(decode(e.shown_body, 'base64'), d.body)
      ) end as payload
    from (select decode(e.body, 'base64') as body offset 0) d
    offset 0
  ) b
  where e.n = any (v_numbers)
  order by 1;
  get diagnostics v_events = row_count;
  -- What is acknowledged can be delivered: no event without its bytes.
  if v_events <> cardinality(v_new) or v_bodies <> v_events then
    raise exception '% new events, % stored, with % bodies', cardinality(v_new), v_events, v_bodies;
  end if;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  select e.id, d.id, public.first_status(d), public.ordering_key_of(d, e)
  from public.events e
  join public.destinations d on case
    when p_for is not null then d.id = p_for
    else (d.organisation_id is null or d.organisation_id = e.organisation_id)
      and public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
  end
  where e.id = any (v_new) and e.variant_of is null and not public.is_brought_back(e.origin)
    and (p_deliver_suspected or not e.suspected_replay);

  return v_new;
end
$$;
