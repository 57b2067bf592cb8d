-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

ALTER TABLE "public"."destinations"
  DROP CONSTRAINT "destinations_backoff_factor_check";

ALTER TABLE "public"."destinations"
  DROP CONSTRAINT "destinations_base_delay_ms_check";

ALTER TABLE "public"."destinations"
  DROP CONSTRAINT "destinations_max_concurrency_check";

DROP FUNCTION "public"."wants_event"(public.destinations, text, text);

CREATE TABLE "public"."sources" (
  "id"                        bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"                  text                     NOT NULL,
  "name"                      text                     NOT NULL,
  "organisation_id"           text,
  "company_id"                text,
  "token_hash"                bytea                    NOT NULL,
  "token_hint"                text                     NOT NULL,
  "previous_token_hash"       bytea,
  "previous_token_expires_at" timestamp with time zone,
  "settings"                  jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "enabled"                   boolean                  NOT NULL DEFAULT true,
  "created_at"                timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"                timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "sources_name_check" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
  CONSTRAINT "sources_pkey" PRIMARY KEY (id),
  CONSTRAINT "sources_previous_token_hash_key" UNIQUE (previous_token_hash),
  CONSTRAINT "sources_token_hash_key" UNIQUE (token_hash),
  CONSTRAINT "sources_token_hint_check" CHECK ((char_length(token_hint) = 4))
);

ALTER TABLE "public"."sources"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sources" FROM "anon", "authenticated";

ALTER TABLE "public"."deliveries"
  ADD COLUMN "ordering_key" text;

ALTER TABLE "public"."destinations"
  ADD COLUMN "managed" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."destinations"
  ADD COLUMN "organisation_id" text;

ALTER TABLE "public"."destinations"
  ADD COLUMN "headers" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."destinations"
  ADD COLUMN "secrets" jsonb NOT NULL DEFAULT '[]'::jsonb;

ALTER TABLE "public"."destinations"
  ADD COLUMN "rate_per_second" numeric;

ALTER TABLE "public"."events"
  ADD COLUMN "source_id" bigint;

ALTER TABLE "public"."events"
  ADD COLUMN "suspected_replay" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."events"
  ADD COLUMN "redacted_at" timestamp WITH time zone;

REVOKE ALL ON SEQUENCE "public"."sources_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sources_id_seq" FROM "authenticated";

ALTER TABLE "public"."destinations"
  ALTER COLUMN "max_concurrency" SET DEFAULT 8;

CREATE TYPE "public"."breaker_state" AS ENUM (
  'closed',
  'open',
  'half_open'
);

CREATE TYPE "public"."delivery_ordering" AS ENUM (
  'none',
  'object',
  'organisation',
  'all'
);

ALTER TABLE "public"."destinations"
  ADD COLUMN "ordering" public.delivery_ordering NOT NULL DEFAULT 'none'::public.delivery_ordering;

ALTER TABLE "public"."destinations"
  ADD COLUMN "disabled_at" timestamp WITH time zone;

ALTER TABLE "public"."destinations"
  ADD COLUMN "disabled_because" text;

ALTER TABLE "public"."destinations"
  ADD COLUMN "archived_at" timestamp WITH time zone;

CREATE OR REPLACE FUNCTION public.accept_events (
  p_events jsonb
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
  v_answer jsonb;
begin
  -- Whatever the server or role is set to: an acknowledged event is on disk.
  perform set_config('synchronous_commit', 'on', true);

  -- In key order, so that two batches with the same keys wait for each other instead of deadlocking.
  with inserted as (
    insert into public.events (
      provider, event_key, event_key_hash, event_type, status, trust, parse_status, organisation_id, company_id,
      object_id, replaces_older, livemode, raw_body, body_sha256, fingerprint, payload, method, path, headers,
      content_type, request_id, occurred_at
    )
    select
      e.provider, e.event_key, b.key_hash, e.event_type,
      case when exists (
        select from public.destinations d where public.wants_event(d, e.provider, e.event_type, e.organisation_id)
      ) then 'received' else 'ignored' end::public.event_status,
      e.trust,
      case when e.parse_status = 'ok' and b.payload is null then 'invalid_json' else e.parse_status end,
      e.organisation_id, e.company_id, e.object_id, coalesce(e.replaces_older, false), e.livemode, b.body,
      sha256(b.body), decode(e.fingerprint, 'hex'), b.payload, e.method, e.path, e.headers, e.content_type, e.request_id, e.occurred_at
    from jsonb_to_recordset(p_events) as e(
      n integer, provider text, event_key text, event_type text, trust public.trust_level,
      parse_status public.parse_status, organisation_id text, company_id text, object_id text,
      replaces_older boolean, livemode boolean, body text, fingerprint text, method text, path text, headers jsonb,
      content_type text, request_id text, occurred_at timestamptz
    )
    cross join lateral (
      select d.body, sha256(convert_to(e.event_key, 'UTF8')) as key_hash,
        case when e.parse_status = 'ok' then public.payload_or_null(d.body) end as payload
      from (select decode(e.body, 'base64') as body offset 0) d
      offset 0
    ) b
    order by e.provider, b.key_hash, e.n
    on conflict on constraint events_one_per_provider_and_key do nothing
    returning id
  )
  select coalesce(array_agg(id), '{}') into v_new from inserted;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  select e.id, d.id, public.first_status(d), public.ordering_key_of(d, e)
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type, e.organisation_id)
  where e.id = any (v_new);

  -- A new statement sees what another transaction committed while the insert waited for it.
  with seen as (
    select i.n, i.provider, i.event_type, i.body, i.headers, e.id as event_id,
      case
        when e.id = any (v_new) and row_number() over (partition by e.id order by i.n) = 1 then 'accepted'
        when e.fingerprint = decode(i.fingerprint, 'hex') then 'duplicate'
        else 'conflict'
      end as outcome
    from jsonb_to_recordset(p_events) as i(
      n integer, provider text, event_key text, event_type text, body text, fingerprint text, headers jsonb
    )
    join public.events e
      on e.provider = i.provider and e.event_key_hash = sha256(convert_to(i.event_key, 'UTF8'))
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
    'n', s.n, 'event_id', s.event_id, 'outcome', s.outcome, 'provider', s.provider, 'event_type', s.event_type
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

CREATE OR REPLACE FUNCTION public.configure_destinations (
  p_destinations jsonb
)
  RETURNS integer
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.destinations as d (
    slug, name, kind, providers, event_types, url, timeout_ms, max_attempts, base_delay_ms, backoff_factor,
    max_concurrency
  )
  select
    r.slug, r.name, r.kind, r.providers, r.event_types, r.url, coalesce(r.timeout_ms, 15000), r.max_attempts,
    r.base_delay_ms, r.backoff_factor, coalesce(r.max_concurrency, 8)
  from jsonb_to_recordset(p_destinations) as r(
    slug text, name text, kind public.destination_kind, providers text[], event_types text[], url text,
    timeout_ms integer, max_attempts integer, base_delay_ms integer, backoff_factor numeric, max_concurrency integer
  )
  on conflict (slug) do update set
    name = excluded.name,
    kind = excluded.kind,
    providers = excluded.providers,
    event_types = excluded.event_types,
    url = excluded.url,
    timeout_ms = excluded.timeout_ms,
    max_attempts = excluded.max_attempts,
    base_delay_ms = excluded.base_delay_ms,
    backoff_factor = excluded.backoff_factor,
    max_concurrency = excluded.max_concurrency,
    updated_at = now();

  select count(*)::integer from public.destinations;
$function$;

CREATE OR REPLACE FUNCTION public.first_status (
  p_destination public.destinations
)
  RETURNS public.delivery_status
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case when (p_destination).enabled and (p_destination).paused_at is null then 'pending' else 'held' end
    ::public.delivery_status;
$function$;

REVOKE ALL ON FUNCTION "public"."first_status"(public.destinations) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.ordering_key_of (
  d public.destinations,
  e public.events
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case (d).ordering
    when 'object' then coalesce((e).object_id, (e).event_key)
    when 'organisation' then coalesce((e).organisation_id, '')
    when 'all' then ''
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."ordering_key_of"(public.destinations, public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.route_again (
  p_events bigint[],
  p_all    boolean
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.deliveries (event_id, destination_id, status, ordering_key, finished_at)
  select e.id, d.id, 'cancelled', public.ordering_key_of(d, e), now()
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type, e.organisation_id)
  where e.id = any (p_events) and (p_all or not exists (select from public.deliveries x where x.event_id = e.id))
  order by e.id, d.id
  on conflict do nothing;
$function$;

CREATE OR REPLACE FUNCTION public.wants_event (
  p_destination     public.destinations,
  p_provider        text,
  p_event_type      text,
  p_organisation_id text
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select (p_destination).archived_at is null
    and (p_provider = any ((p_destination).providers) or '*' = any ((p_destination).providers))
    and ((p_destination).organisation_id is null or (p_destination).organisation_id = p_organisation_id)
    and exists (
      select from unnest((p_destination).event_types) w(wanted)
      where w.wanted in ('*', p_event_type)
        or right(w.wanted, 2) = '.*' and starts_with(p_event_type, left(w.wanted, -1))
    );
$function$;

REVOKE ALL ON FUNCTION "public"."wants_event"(public.destinations, text, text, text) FROM PUBLIC, "anon", "authenticated";

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_backoff_factor_check" CHECK (((backoff_factor >= (1)::numeric) AND (backoff_factor <= (10)::numeric)));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_base_delay_ms_check" CHECK (((base_delay_ms >= 1) AND (base_delay_ms <= 86400000)));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_check1" CHECK ((enabled = (disabled_at IS NULL)));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_max_concurrency_check" CHECK (((max_concurrency >= 1) AND (max_concurrency <= 1000)));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_name_check" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_rate_per_second_check" CHECK (((rate_per_second > (0)::numeric) AND (rate_per_second <= (1000)::numeric)));

ALTER TABLE "public"."events"
  ADD CONSTRAINT "events_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE SET NULL;

CREATE INDEX deliveries_held ON public.deliveries USING btree (destination_id, id)
  WHERE (status = 'held'::public.delivery_status);

CREATE INDEX deliveries_in_order ON public.deliveries USING btree (destination_id, ordering_key, id)
  WHERE ((ordering_key IS
    NOT NULL) AND (status = ANY (ARRAY['pending'::public.delivery_status, 'claimed'::public.delivery_status, 'retrying'::public.delivery_status, 'held'::public.delivery_status])));

CREATE INDEX sources_of_provider ON public.sources USING btree (PROVIDER, id);

GRANT EXECUTE ON FUNCTION "public"."first_status"(public.destinations) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."ordering_key_of"(public.destinations, public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wants_event"(public.destinations, text, text, text) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sources_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sources_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."sources" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sources" TO "service_role";
