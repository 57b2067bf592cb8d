-- accept: what the door does, in one transaction. The caller answers 2xx only after it committed.
-- Called by lib/pipeline/accept.ts with a micro-batch of verified events, or of refused requests.

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
