-- accept: what the door does, in one transaction. The caller answers 2xx only after it committed.
-- Called by lib/pipeline/accept.ts with a micro-batch of verified events, or of refused requests.

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

-- Stores every event once per door, counts duplicates, keeps conflicts, and fans out deliveries.
-- p_events: [{n, provider, event_key, event_type, source_id, trust, parse_status, flags, organisation_id, company_id,
-- object_id, replaces_older, livemode, unsigned_key, secret_fields, body (base64), shown_body (base64), fingerprint (hex), method,
-- path, headers, content_type, request_id, occurred_at}]. p_deliver_suspected: suspected replays are delivered like any other event.
-- Answers [{n, event_id, outcome, suspected_replay}] with outcome accepted, duplicate or conflict.
create function public.accept_events(p_events jsonb, p_deliver_suspected boolean default false) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_new bigint[];
  v_suspected integer[];
  v_answer jsonb;
begin
  -- Whatever the server or role is set to: an acknowledged event is on disk.
  perform set_config('synchronous_commit', 'on', true);

  v_suspected := public.suspected_replays(p_events);

  -- In key order, so that two batches with the same keys wait for each other instead of deadlocking.
  with inserted as (
    insert into public.events (
      provider, event_key, event_key_hash, event_type, source_id, status, trust, parse_status, flags, organisation_id, company_id,
      object_id, replaces_older, livemode, suspected_replay, unsigned_key, raw_body, body_sha256, fingerprint, payload,
      method, path, headers, content_type, request_id, occurred_at
    )
    select
      e.provider, e.event_key, b.key_hash, e.event_type, e.source_id,
      case when (p_deliver_suspected or e.n <> all (v_suspected)) and exists (
        select from public.destinations d
        -- Cheaper than the question itself, for a thousand destinations of other organisations.
        where (d.organisation_id is null or d.organisation_id = e.organisation_id)
          and public.wants_event(d, e.provider, e.event_type, e.organisation_id)
      ) then 'received' else 'ignored' end::public.event_status,
      e.trust,
      case when e.parse_status = 'ok' and b.payload is null then 'invalid_json' else e.parse_status end, coalesce(e.flags, '{}'),
      e.organisation_id, e.company_id, e.object_id, coalesce(e.replaces_older, false), e.livemode,
      e.n = any (v_suspected), coalesce(e.unsigned_key, false), b.body, sha256(b.body), decode(e.fingerprint, 'hex'),
      public.without_secrets(b.payload, e.secret_fields), e.method, e.path, e.headers, e.content_type, e.request_id,
      e.occurred_at
    from jsonb_to_recordset(p_events) as e(
      n integer, provider text, event_key text, event_type text, source_id bigint, trust public.trust_level,
      parse_status public.parse_status, flags public.event_flag[], organisation_id text, company_id text, object_id text,
      replaces_older boolean, livemode boolean, unsigned_key boolean, secret_fields text[], body text, shown_body text,
      fingerprint text, method text, path text, headers jsonb, content_type text, request_id text,
      occurred_at timestamptz
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
    order by e.provider, b.key_hash, e.source_id, e.n
    on conflict on constraint events_one_per_door_and_key do nothing
    returning id
  )
  select coalesce(array_agg(id), '{}') into v_new from inserted;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  select e.id, d.id, public.first_status(d), public.ordering_key_of(d, e)
  from public.events e
  join public.destinations d on (d.organisation_id is null or d.organisation_id = e.organisation_id)
    and public.wants_event(d, e.provider, e.event_type, e.organisation_id)
  where e.id = any (v_new) and (p_deliver_suspected or not e.suspected_replay);

  -- A new statement sees what another transaction committed while the insert waited for it.
  with seen as (
    select i.n, i.provider, i.event_type, i.body, i.headers, e.id as event_id, e.organisation_id,
      e.suspected_replay,
      case
        when e.id = any (v_new) and row_number() over (partition by e.id order by i.n) = 1 then 'accepted'
        when e.fingerprint = decode(i.fingerprint, 'hex') then 'duplicate'
        else 'conflict'
      end as outcome
    from jsonb_to_recordset(p_events) as i(
      n integer, provider text, event_key text, event_type text, source_id bigint, body text, fingerprint text,
      headers jsonb
    )
    join public.events e
      on e.provider = i.provider and e.event_key_hash = sha256(convert_to(i.event_key, 'UTF8'))
      and e.source_id is not distinct from i.source_id
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
  ),
  kept as (
    -- At most ten per event: a sender gone wrong must not fill the disk.
    insert into public.event_conflicts (event_id, raw_body, headers)
    select s.event_id, decode(s.body, 'base64'), s.headers
    from seen s
    join public.events e on e.id = s.event_id
    where s.outcome = 'conflict' and e.conflict_count < 10
    returning id
  )
  select jsonb_agg(jsonb_build_object(
    'n', s.n, 'event_id', s.event_id, 'outcome', s.outcome, 'provider', s.provider, 'event_type', s.event_type,
    'organisation_id', s.organisation_id, 'suspected_replay', s.suspected_replay
  ))
  into v_answer
  from seen s;

  perform public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'organisation_id', s.organisation_id, 'provider', s.provider, 'event_type', s.event_type, 'count', 1,
      'outcome', case s.outcome when 'accepted' then 'received' else s.outcome end
    ))
    from jsonb_to_recordset(v_answer) as s(organisation_id text, provider text, event_type text, outcome text)
  ));

  return v_answer;
end
$$;

-- The numbers of those whose bytes came through the same door before under another key, from a provider that does not sign
-- its keys: somebody may have caught a request and sends it again as a new one. Bytes of the same moment under another type
-- are no such thing: Shopify sends one state of an order as orders/create and orders/paid, and tries each for four hours.
-- Two such batches with the same bytes wait for each other here, before they write anything.
create function public.suspected_replays(p_events jsonb) returns integer[]
language plpgsql volatile set search_path = '' as $$
declare
  v_suspected integer[];
begin
  if not jsonb_path_exists(p_events, '$[*].unsigned_key ? (@ == true)') then
    return '{}';
  end if;

  perform pg_advisory_xact_lock(k.lock)
  from (
    select distinct hashtextextended('bytes ' || i.provider || ' ' || md5(i.body), 1) as lock
    from jsonb_to_recordset(p_events) as i(provider text, body text, unsigned_key boolean)
    where i.unsigned_key
    order by 1
  ) k;

  with incoming as (
    select i.n, i.provider, i.source_id, i.event_type, i.event_key, sha256(decode(i.body, 'base64')) as body_sha256
    from jsonb_to_recordset(p_events) as i(
      n integer, provider text, source_id bigint, event_type text, event_key text, body text, unsigned_key boolean
    )
    where i.unsigned_key
  )
  select coalesce(array_agg(i.n), '{}') into v_suspected
  from (
    -- Another key with the same bytes before it in this batch. Windows, not pairs: a request may be a thousand events.
    select x.*, min(x.event_key) over w <> x.event_key or max(x.event_key) over w <> x.event_key as again
    from incoming x
    window w as (
      partition by x.provider, x.source_id, x.body_sha256, x.event_type order by x.n
      rows between unbounded preceding and 1 preceding
    )
  ) i
  where i.again or exists (
    select from public.events e
    where e.provider = i.provider and e.body_sha256 = i.body_sha256 and e.unsigned_key
      and e.source_id is not distinct from i.source_id and e.event_key <> i.event_key
      and e.received_at > now() - interval '30 days'
      and (e.event_type = i.event_type or e.received_at < now() - interval '5 hours')
  );
  return v_suspected;
end
$$;

-- Keeps refused requests as evidence, at most 100 per provider, reason and hour, and counts them all.
-- p_samples: [{provider, reason, detail, status_code, method, path, headers, body (base64), body_size, body_sha256 (hex),
-- request_id, source_id?, organisation_id?, event_key?}].
-- p_counts: [{provider, reason, organisation_id?, count}], which includes the samples.
-- Answers [{provider, reason}]: those of the samples of which no more are kept in this hour.
create function public.record_rejections(p_samples jsonb, p_counts jsonb) returns jsonb
language sql volatile set search_path = '' as $$
  select public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'organisation_id', c.organisation_id, 'provider', c.provider, 'event_type', c.reason, 'outcome', 'rejected',
      'count', c.count
    ))
    from jsonb_to_recordset(p_counts) as c(organisation_id text, provider text, reason text, count bigint)
  ));

  with samples as materialized (
    select s.*, row_number() over (partition by s.provider, s.reason) as turn
    from jsonb_to_recordset(p_samples) as s(
      provider text, reason public.rejection_reason, detail text, status_code integer, method text, path text,
      headers jsonb, body text, body_size integer, body_sha256 text, request_id text, source_id bigint,
      organisation_id text, event_key text
    )
  ), lately as materialized (
    select k.provider, k.reason, k.turns, (
      select count(*) from public.rejections x
      where x.provider = k.provider and x.reason = k.reason and x.received_at >= date_trunc('hour', now())
    ) as kept
    from (select s.provider, s.reason, count(*) as turns from samples s group by s.provider, s.reason) k
  ), stored as (
    insert into public.rejections (
      provider, reason, detail, status_code, method, path, headers, body, body_size, body_sha256, request_id, source_id,
      organisation_id, event_key
    )
    select r.provider, r.reason, r.detail, r.status_code, r.method, r.path, r.headers, decode(r.body, 'base64'), r.body_size,
      decode(r.body_sha256, 'hex'), r.request_id,
      (select x.id from public.sources x where x.id = r.source_id), r.organisation_id, r.event_key
    from samples r
    join lately l on l.provider = r.provider and l.reason = r.reason
    where r.turn + l.kept <= 100
  )
  select coalesce(jsonb_agg(jsonb_build_object('provider', l.provider, 'reason', l.reason)), '[]')
  from lately l where l.kept + l.turns >= 100;
$$;
