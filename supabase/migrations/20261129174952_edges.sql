-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

ALTER TYPE "public"."error_class" ADD VALUE 'delivery_loop' AFTER 'lease_expired';


SET local check_function_bodies = off;

CREATE TYPE "public"."event_flag" AS ENUM (
  'repeated_keys',
  'impossible_time'
);

ALTER TABLE "public"."events"
  ADD COLUMN "flags" public.event_flag[] NOT NULL DEFAULT '{}'::public.event_flag[];

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
  AS $function$
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
    select i.n, i.provider, i.event_type, i.body, i.headers, e.id as event_id,
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
    'suspected_replay', s.suspected_replay
  ))
  into v_answer
  from seen s;

  perform public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'provider', s.provider, 'event_type', s.event_type, 'count', 1,
      'outcome', case s.outcome when 'accepted' then 'received' else s.outcome end
    ))
    from jsonb_to_recordset(v_answer) as s(provider text, event_type text, outcome text)
  ));

  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.event_summaries (
  p_ids bigint[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
      'status', e.status, 'trust', e.trust, 'parse_status', e.parse_status, 'flags', to_jsonb(e.flags), 'org_id', e.organisation_id,
      'company_id', e.company_id, 'object_id', e.object_id, 'livemode', e.livemode, 'replay_count', e.replay_count,
      'duplicate_count', e.duplicate_count, 'conflict_count', e.conflict_count, 'attempt_count', e.attempt_count,
      'last_error', e.last_error, 'last_error_class', e.last_error_class, 'occurred_at', public.iso(e.occurred_at),
      'received_at', public.iso(e.received_at), 'created_at', public.iso(e.received_at),
      'processed_at', public.iso(e.processed_at), 'body_size', octet_length(e.raw_body), 'source_id', 'so_' || e.source_id,
      'suspected_replay', e.suspected_replay, 'redacted_at', public.iso(e.redacted_at),
      'deliveries', coalesce((
        select jsonb_agg(jsonb_build_object('id', d.id, 'destination', t.name, 'kind', t.kind, 'status', d.status)
          order by d.id)
        from public.deliveries d
        join public.destinations t on t.id = d.destination_id
        where d.event_id = e.id
      ), '[]')
    )
    order by e.received_at desc, e.id desc
  ), '[]')
  from public.events e
  where e.id = any (p_ids);
$function$;

CREATE OR REPLACE FUNCTION public.record_download (
  p_subject    text,
  p_details    jsonb,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  select p_actor, p_actor_id, 'event.download', p_subject, p_details, p_request_id
  where not exists (
    select from public.staff_actions a
    where a.subject = p_subject and a.acted_at > now() - interval '1 minute' and a.action = 'event.download'
      and a.actor_id = p_actor_id
  );
$function$;

REVOKE ALL ON FUNCTION "public"."record_download"(text, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

GRANT EXECUTE ON FUNCTION "public"."record_download"(text, jsonb, text, text, text) TO "service_role";
