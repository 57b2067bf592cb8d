-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

ALTER TABLE "public"."event_bodies"
  ADD COLUMN "dense_body" bytea;

ALTER TABLE "public"."event_bodies"
  ALTER COLUMN "raw_body" DROP NOT NULL;

CREATE OR REPLACE FUNCTION public.accept_events (
  p_events            jsonb,
  p_deliver_suspected boolean DEFAULT false
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET plan_cache_mode TO 'force_generic_plan'
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_events jsonb;
  v_new bigint[];
  v_suspected integer[];
  v_answer jsonb;
  v_other jsonb;
  v_late bigint[];
  v_again integer[] := '{}';
begin
  -- Whatever the server or role is set to: an acknowledged event is on disk.
  perform set_config('synchronous_commit', 'on', true);

  v_events := public.paired_events(p_events);
  v_suspected := public.suspected_replays(v_events);

  v_new := public.store_events(v_events, v_suspected, p_deliver_suspected);

  -- A new statement sees what another transaction committed while the insert waited for it.
  with seen as (
    select i.n, i.provider, i.event_type, k.event_id, e.organisation_id,
      coalesce(e.suspected_replay, false) as suspected_replay,
      public.is_brought_back(e.origin) as is_late, e.fingerprint <> decode(i.fingerprint, 'hex') as is_other,
      case
        when e.id = any (v_new) and row_number() over (partition by e.id order by i.n) = 1 then 'accepted'
        -- Its event may be gone, and with it what could be compared.
        when e.id is null or e.fingerprint = decode(i.fingerprint, 'hex') then 'duplicate'
        -- One event, written in two versions of the provider's API.
        when i.rendering <> e.rendering then 'duplicate'
        -- The webhook of an event that was brought back: its bytes are kept, and it is delivered once.
        when public.is_brought_back(e.origin) then 'duplicate'
        else 'conflict'
      end as outcome
    from jsonb_to_recordset(v_events) as i(
      n integer, provider text, event_key text, event_type text, source_id bigint, fingerprint text, rendering text
    )
    -- Key by key: planned while the table is empty, a join reads the whole of it for every request ever after.
    cross join lateral (
      select x.event_id from public.event_keys x
      where x.provider = i.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
        and x.source_id is not distinct from i.source_id and x.variant = ''
      offset 0
    ) k
    left join public.events e on e.id = k.event_id
  ),
  again as (
    select event_id, count(*) filter (where outcome = 'duplicate') as duplicates,
      count(*) filter (where outcome = 'conflict') as conflicts
    from seen where outcome <> 'accepted'
    group by event_id
    order by event_id
  ),
  counted as (
    update public.events e set
      duplicate_count = e.duplicate_count + a.duplicates,
      conflict_count = e.conflict_count + a.conflicts
    from again a
    where e.id = a.event_id
    returning e.id
  )
  select jsonb_agg(jsonb_build_object(
    'n', s.n, 'event_id', s.event_id, 'outcome', s.outcome, 'provider', s.provider, 'event_type', s.event_type,
    'organisation_id', s.organisation_id, 'suspected_replay', s.suspected_replay
  )), jsonb_agg(jsonb_build_object('n', s.n, 'of', s.event_id)) filter (
    where s.outcome = 'conflict' or s.is_late and s.is_other
  ), array_agg(distinct s.event_id) filter (where s.is_late and (p_deliver_suspected or s.n <> all (v_suspected)))
  into v_answer, v_other, v_late
  from seen s;

  if v_other is not null then
    v_again := public.store_variants(v_events, v_other);
  end if;
  if v_late is not null then
    perform public.deliver_late_webhooks(v_late);
  end if;

  perform public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'organisation_id', s.organisation_id, 'provider', s.provider, 'event_type', s.event_type, 'count', 1,
      'outcome', case
        when s.outcome = 'accepted' then 'received' when s.n = any (v_again) then 'duplicate' else s.outcome
      end
    ))
    from jsonb_to_recordset(v_answer) as s(
      n integer, organisation_id text, provider text, event_type text, outcome text
    )
  ));

  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.body_of (
  p_event_id bigint
)
  RETURNS bytea
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(b.raw_body, b.dense_body) from public.event_bodies b where b.event_id = p_event_id;
$function$;

CREATE OR REPLACE FUNCTION public.personal_columns()
  RETURNS TABLE (
    table_name  text,
    column_name text,
    handling    text,
    why         text
  )
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select x.table_name, c, x.handling, x.why
  from (values
    ('events', 'payload headers last_error customer_id terms', 'event', null),
    ('events', 'provider event_key event_key_hash event_type flags organisation_id company_id object_id body_sha256'
      || ' fingerprint rendering method path content_type request_id logical_key object_type currency', 'kept',
      'ids, hashes, kinds'),
    ('event_bodies', 'raw_body dense_body', 'event', null),
    ('event_keys', '*', 'kept', 'hashes'),
    ('rejections', 'headers body', 'row', 'a rejection about the person is deleted'),
    ('rejections', 'provider detail method path body_sha256 request_id organisation_id event_key', 'kept',
      'ids, hashes, our own words'),
    ('deliveries', 'last_error', 'event', null),
    ('deliveries', 'ordering_key worker error_group', 'kept', 'ids and hashes'),
    ('attempts', 'error response_headers response_body changes', 'event', null),
    ('attempts', 'worker', 'kept', 'the name of a process'),
    ('findings', 'body headers difference', 'event', null),
    ('findings', 'provider organisation_id identity event_key logical_key event_type object_id detail', 'kept',
      'ids, our own words'),
    ('reconciliations', '*', 'kept', 'what staff asked for, and counts'),
    ('reconciliation_windows', '*', 'kept', 'where the reading of a list is'),
    ('reconciliation_entries', '*', 'kept', 'hashes'),
    ('api_requests', '*', 'kept', 'what we asked, not what was answered'),
    ('api_budgets', '*', 'kept', 'hashes of keys'),
    ('api_credentials', '*', 'kept', 'configuration'),
    ('watches', '*', 'kept', 'configuration'),
    ('replay_items', 'detail', 'event', null),
    ('replay_items', 'organisation_id ordering_key', 'kept', 'ids'),
    ('replays', '*', 'kept', 'what staff wrote: a reason, a filter'),
    ('staff_actions', '*', 'kept', 'what staff did: the log is never changed'),
    ('notices', '*', 'kept', 'our own words, for staff'),
    ('event_views', '*', 'kept', 'what staff wrote'),
    ('staff_users', '*', 'kept', 'staff'),
    ('staff_invitations', '*', 'kept', 'staff'),
    ('staff_sessions', '*', 'kept', 'staff'),
    ('sign_in_guesses', '*', 'kept', 'staff'),
    ('sign_in_refusals', '*', 'kept', 'staff'),
    ('api_tokens', '*', 'kept', 'staff'),
    ('sources', '*', 'kept', 'configuration'),
    ('destinations', '*', 'kept', 'configuration'),
    ('destination_health', '*', 'kept', 'how an endpoint answers, not about whom'),
    ('destination_statistics', '*', 'kept', 'counts'),
    ('statistics', '*', 'kept', 'counts'),
    ('statistics_hours', '*', 'kept', 'counts'),
    ('write_probe', '*', 'kept', 'random bytes'),
    ('orders', 'email phone', 'cleared', null),
    ('orders', 'organisation_id company_id shop order_id customer_id name financial_status fulfillment_status currency'
      || ' versions', 'kept', 'the books: amounts, states and ids'),
    ('customers', 'email phone first_name last_name', 'cleared', null),
    ('customers', 'organisation_id company_id shop customer_id state versions', 'kept', 'ids and states'),
    ('privacy_requests', 'organisation_id company_id source_event kind shop_domain customer_id order_ids'
      || ' contact_hashes people changed versions', 'kept', 'what proves the request, without address and number'),
    ('sms_recipients', 'phone reference', 'cleared', null),
    ('sms_recipients', 'organisation_id message_id status error_code versions', 'kept', 'ids and states'),
    ('leads', 'lead_id email first_name last_name company_name profile_url status category tags', 'row', null),
    ('leads', 'provider organisation_id campaign_id versions', 'kept', 'ids'),
    ('messages', 'lead_id subject body', 'row', null),
    ('messages', 'provider organisation_id message_id campaign_id direction status sequence_number versions', 'kept',
      'ids and states'),
    ('campaigns', '*', 'kept', 'of nobody in particular'),
    ('businesses', '*', 'kept', 'of no shop: a customer of Stripe'),
    ('audit_logs', '*', 'kept', 'of no shop'),
    ('subscriptions', '*', 'kept', 'of no shop: a customer of Stripe'),
    ('sender_networks', '*', 'kept', 'networks that sent webhooks, for a day'),
    ('source_allowances', '*', 'kept', 'counts'),
    ('call_logs', '*', 'kept', 'of no shop: Telnyx names none'),
    ('sms_logs', '*', 'kept', 'of no shop: Telnyx names none'),
    ('sms_log_recipients', '*', 'kept', 'of no shop: Telnyx names none')
  ) as x(table_name, columns, handling, why)
  cross join unnest(string_to_array(x.columns, ' ')) as c;
$function$;

CREATE OR REPLACE FUNCTION public.record_page (
  p_window        bigint,
  p_fence         bigint,
  p_page          jsonb,
  p_lease_seconds integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET plan_cache_mode TO 'force_generic_plan'
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  w public.reconciliation_windows;
  r public.reconciliations;
  v_new integer[];
  v_matched jsonb;
begin
  select * into w from public.reconciliation_windows x
  where x.id = p_window and x.fence = p_fence and x.status = 'pending'
  for update;
  if not found then
    return false;
  end if;
  -- The run cannot end meanwhile; pages of other windows are recorded at the same time.
  select * into r from public.reconciliations x where x.id = w.reconciliation_id and x.status = 'running' for key share;
  if not found then
    return false;
  end if;

  perform public.note_api_requests(r.id, w.id, r.provider, p_page -> 'requests');
  v_new := public.new_entries(r, p_page -> 'entries');
  v_matched := public.match_keys(r.provider, r.source_id, r.subscribed_types, (
    select jsonb_agg(e) from jsonb_array_elements(p_page -> 'entries') e
    where (e ->> 'n')::integer = any (v_new) and not (e ->> 'is_right')::boolean
  ));

  insert into public.findings (
    reconciliation_id, provider, source_id, organisation_id, kind, identity, event_key, logical_key, event_type,
    object_id, occurred_at, origin, body, headers, event_id, rejection_id, difference, detail
  )
  select r.id, r.provider, r.source_id, coalesce(r.organisation_id, i.organisation_id), k.kind,
    coalesce(i.event_key, i.logical_key), i.event_key, i.logical_key, i.event_type, i.object_id, i.occurred_at,
    i.origin, decode(i.body, 'base64'), i.headers, m.event_id, m.rejection_id, i.difference,
    left(coalesce(i.unrecoverable, m.detail), 1000)
  from jsonb_to_recordset(v_matched) as m(
    n integer, event_id bigint, is_waiting boolean, kind public.finding_kind, rejection_id bigint, detail text
  )
  join jsonb_to_recordset(p_page -> 'entries') as i(
    n integer, event_key text, logical_key text, event_type text, object_id text, occurred_at timestamptz,
    origin public.event_origin, organisation_id text, body text, headers jsonb, unrecoverable text, difference jsonb
  ) on i.n = m.n
  cross join lateral (
    select case
      when m.event_id is not null and not m.is_waiting then
        coalesce(m.kind, case when i.difference is not null then 'drifted'::public.finding_kind end)
      when i.unrecoverable is not null and m.kind <> 'rejected' then 'unrecoverable'
      else m.kind
    end as kind
  ) k
  where k.kind is not null
  on conflict on constraint findings_once_per_run do nothing;

  update public.reconciliations x set
    listed = x.listed + cardinality(v_new),
    received = x.received + (
      select count(*) from jsonb_to_recordset(v_matched) as m(event_id bigint, is_waiting boolean)
      where m.event_id is not null and not m.is_waiting
    ) + (
      select count(*) from jsonb_to_recordset(p_page -> 'entries') as i(n integer, is_right boolean)
      where i.is_right and i.n = any (v_new)
    ),
    counted = public.counted_with(x.counted, p_page -> 'counts'),
    reason = null
  where x.id = r.id;
  update public.reconciliation_windows x set
    cursor = p_page -> 'next', pages = x.pages + 1, failures = 0, problem = null,
    status = case when (p_page ->> 'is_last')::boolean then 'done' else x.status end,
    lease_until = case
      when not (p_page ->> 'is_last')::boolean then public.clock_() + make_interval(secs => p_lease_seconds)
    end
  where x.id = p_window;
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.redact_events (
  p_events bigint[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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

  return jsonb_build_object('versions', cardinality(v_versions), 'attempts', v_attempts);
end
$function$;

CREATE OR REPLACE FUNCTION public.redact_new_event (
  e public.events
)
  RETURNS public.events
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  e := public.redacted_event(e);
  update public.event_bodies b set raw_body = public.redacted_body(e), dense_body = null where b.event_id = e.id;
  return e;
end
$function$;

CREATE OR REPLACE FUNCTION public.store_events (
  p_events            jsonb,
  p_suspected         integer[],
  p_deliver_suspected boolean,
  p_for               bigint    DEFAULT NULL::bigint
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

ALTER TABLE "public"."event_bodies"
  ADD CONSTRAINT "event_bodies_check" CHECK ((num_nonnulls(raw_body, dense_body) = 1));

-- A comparison of two schemas does not see how a column is stored.
ALTER TABLE "public"."event_bodies" ALTER COLUMN "dense_body" SET STORAGE EXTERNAL;
