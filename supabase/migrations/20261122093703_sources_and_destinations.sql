-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

ALTER TABLE "public"."destinations"
  DROP CONSTRAINT "destinations_backoff_factor_check";

ALTER TABLE "public"."destinations"
  DROP CONSTRAINT "destinations_base_delay_ms_check";

ALTER TABLE "public"."destinations"
  DROP CONSTRAINT "destinations_max_concurrency_check";

ALTER TABLE "public"."events"
  DROP CONSTRAINT "events_one_per_provider_and_key";

DROP FUNCTION "public"."accept_events"(jsonb);

DROP FUNCTION "public"."claim_deliveries"(text, integer, integer, integer);

DROP FUNCTION "public"."wants_event"(public.destinations, text, text);

CREATE TABLE "public"."api_tokens" (
  "id"           bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "name"         text                     NOT NULL,
  "token_hash"   bytea                    NOT NULL,
  "hint"         text                     NOT NULL,
  "scopes"       text[]                   NOT NULL,
  "owner_id"     uuid,
  "created_by"   text                     NOT NULL,
  "created_at"   timestamp with time zone NOT NULL DEFAULT now(),
  "expires_at"   timestamp with time zone NOT NULL,
  "last_used_at" timestamp with time zone,
  "revoked_at"   timestamp with time zone,
  CONSTRAINT "api_tokens_end_within_a_year" CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '366 days'::interval)))),
  CONSTRAINT "api_tokens_hint_check" CHECK ((length(hint) = 4)),
  CONSTRAINT "api_tokens_name_check" CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  CONSTRAINT "api_tokens_one_per_token" UNIQUE (token_hash),
  CONSTRAINT "api_tokens_pkey" PRIMARY KEY (id),
  CONSTRAINT "api_tokens_scopes_check" CHECK ((cardinality(scopes) > 0)),
  CONSTRAINT "api_tokens_token_hash_check" CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE "public"."api_tokens"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."api_tokens" FROM "anon", "authenticated";

CREATE TABLE "public"."campaigns" (
  "id"              bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"        text                     NOT NULL,
  "organisation_id" text                     NOT NULL DEFAULT ''::text,
  "campaign_id"     text                     NOT NULL,
  "name"            text,
  "status"          text,
  "versions"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"      timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "campaigns_one_per_provider_and_organisation" UNIQUE (PROVIDER, organisation_id, campaign_id),
  CONSTRAINT "campaigns_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."campaigns"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."campaigns" FROM "anon", "authenticated";

CREATE TABLE "public"."customers" (
  "id"              bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "organisation_id" text                     NOT NULL DEFAULT ''::text,
  "company_id"      text                     NOT NULL DEFAULT ''::text,
  "customer_id"     text                     NOT NULL,
  "email"           text,
  "phone"           text,
  "first_name"      text,
  "last_name"       text,
  "state"           text,
  "deleted_at"      timestamp with time zone,
  "redacted_at"     timestamp with time zone,
  "versions"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"      timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "customers_one_per_shop" UNIQUE (organisation_id, company_id, customer_id),
  CONSTRAINT "customers_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."customers"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."customers" FROM "anon", "authenticated";

CREATE TABLE "public"."destination_health" (
  "destination_id"       bigint                   NOT NULL,
  "consecutive_failures" integer                  NOT NULL DEFAULT 0,
  "failing_since"        timestamp with time zone,
  "last_success_at"      timestamp with time zone,
  "last_failure_at"      timestamp with time zone,
  "last_error_class"     public.error_class,
  "last_error"           text,
  "warned_at"            timestamp with time zone,
  "disable_because"      text,
  CONSTRAINT "destination_health_pkey" PRIMARY KEY (destination_id)
);

ALTER TABLE "public"."destination_health"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."destination_health"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."destination_health" FROM "anon", "authenticated";

CREATE TABLE "public"."destination_statistics" (
  "destination_id" bigint                   NOT NULL,
  "span"           text                     NOT NULL,
  "at"             timestamp with time zone NOT NULL,
  "succeeded"      integer                  NOT NULL DEFAULT 0,
  "failed"         integer                  NOT NULL DEFAULT 0,
  "counted"        integer                  NOT NULL DEFAULT 0,
  "against"        integer                  NOT NULL DEFAULT 0,
  "latency"        integer[]                NOT NULL,
  CONSTRAINT "destination_statistics_pkey" PRIMARY KEY (destination_id, span, at),
  CONSTRAINT "destination_statistics_span_check" CHECK ((span = ANY (ARRAY['minute'::text, 'hour'::text])))
);

ALTER TABLE "public"."destination_statistics"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."destination_statistics"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."destination_statistics" FROM "anon", "authenticated";

CREATE TABLE "public"."leads" (
  "id"              bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"        text                     NOT NULL,
  "organisation_id" text                     NOT NULL DEFAULT ''::text,
  "campaign_id"     text                     NOT NULL DEFAULT ''::text,
  "lead_id"         text                     NOT NULL,
  "email"           text,
  "first_name"      text,
  "last_name"       text,
  "company_name"    text,
  "profile_url"     text,
  "status"          text,
  "category"        text,
  "tags"            jsonb,
  "versions"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"      timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "leads_one_per_campaign" UNIQUE (PROVIDER, organisation_id, campaign_id, lead_id),
  CONSTRAINT "leads_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."leads"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."leads" FROM "anon", "authenticated";

CREATE TABLE "public"."messages" (
  "id"              bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"        text                     NOT NULL,
  "organisation_id" text                     NOT NULL DEFAULT ''::text,
  "message_id"      text                     NOT NULL,
  "campaign_id"     text,
  "lead_id"         text,
  "direction"       text,
  "status"          text,
  "subject"         text,
  "body"            text,
  "sequence_number" text,
  "sent_at"         timestamp with time zone,
  "opened_at"       timestamp with time zone,
  "clicked_at"      timestamp with time zone,
  "replied_at"      timestamp with time zone,
  "bounced_at"      timestamp with time zone,
  "received_at"     timestamp with time zone,
  "versions"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"      timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "messages_direction_check" CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
  CONSTRAINT "messages_one_per_provider_and_organisation" UNIQUE (PROVIDER, organisation_id, message_id),
  CONSTRAINT "messages_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."messages"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."messages" FROM "anon", "authenticated";

CREATE TABLE "public"."orders" (
  "id"                 bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "organisation_id"    text                     NOT NULL DEFAULT ''::text,
  "company_id"         text                     NOT NULL DEFAULT ''::text,
  "order_id"           text                     NOT NULL,
  "customer_id"        text,
  "name"               text,
  "email"              text,
  "phone"              text,
  "financial_status"   text,
  "fulfillment_status" text,
  "currency"           text,
  "total_price"        numeric,
  "ordered_at"         timestamp with time zone,
  "cancelled_at"       timestamp with time zone,
  "deleted_at"         timestamp with time zone,
  "redacted_at"        timestamp with time zone,
  "versions"           jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"         timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"         timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "orders_one_per_shop" UNIQUE (organisation_id, company_id, order_id),
  CONSTRAINT "orders_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."orders"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."orders" FROM "anon", "authenticated";

CREATE TABLE "public"."privacy_requests" (
  "id"              bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "organisation_id" text                     NOT NULL DEFAULT ''::text,
  "company_id"      text                     NOT NULL DEFAULT ''::text,
  "source_event"    text                     NOT NULL,
  "kind"            text                     NOT NULL,
  "shop_domain"     text                     NOT NULL,
  "customer_id"     text,
  "order_ids"       jsonb                    NOT NULL,
  "requested_at"    timestamp with time zone NOT NULL,
  "versions"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"      timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "privacy_requests_kind_check" CHECK ((kind = ANY (ARRAY['customers/data_request'::text, 'customers/redact'::text, 'shop/redact'::text]))),
  CONSTRAINT "privacy_requests_one_per_event" UNIQUE (organisation_id, company_id, source_event),
  CONSTRAINT "privacy_requests_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."privacy_requests"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."privacy_requests" FROM "anon", "authenticated";

CREATE TABLE "public"."sms_recipients" (
  "id"              bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "organisation_id" text                     NOT NULL DEFAULT ''::text,
  "message_id"      text                     NOT NULL,
  "phone"           text,
  "status"          text,
  "error_code"      text,
  "reference"       text,
  "sent_at"         timestamp with time zone,
  "versions"        jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"      timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"      timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "sms_recipients_one_per_shop_and_message" UNIQUE (organisation_id, message_id),
  CONSTRAINT "sms_recipients_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."sms_recipients"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sms_recipients" FROM "anon", "authenticated";

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
  "archived_at"               timestamp with time zone,
  "created_at"                timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"                timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "sources_check" CHECK (((previous_token_hash IS NULL) = (previous_token_expires_at IS NULL))),
  CONSTRAINT "sources_name_check" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120))),
  CONSTRAINT "sources_pkey" PRIMARY KEY (id),
  CONSTRAINT "sources_previous_token_hash_key" UNIQUE (previous_token_hash),
  CONSTRAINT "sources_token_hash_key" UNIQUE (token_hash),
  CONSTRAINT "sources_token_hint_check" CHECK ((char_length(token_hint) = 4))
);

ALTER TABLE "public"."sources"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sources" FROM "anon", "authenticated";

CREATE TABLE "public"."staff_invitations" (
  "staff_id"   uuid                     NOT NULL,
  "token_hash" bytea                    NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "expires_at" timestamp with time zone NOT NULL,
  CONSTRAINT "staff_invitations_one_per_token" UNIQUE (token_hash),
  CONSTRAINT "staff_invitations_pkey" PRIMARY KEY (staff_id),
  CONSTRAINT "staff_invitations_token_hash_check" CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE "public"."staff_invitations"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."staff_invitations" FROM "anon", "authenticated";

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
  ADD COLUMN "unsigned_key" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."events"
  ADD COLUMN "redacted_at" timestamp WITH time zone;

REVOKE ALL ON SEQUENCE "public"."api_tokens_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."api_tokens_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."campaigns_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."campaigns_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."customers_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."customers_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."leads_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."leads_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."messages_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."messages_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."orders_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."orders_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."privacy_requests_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."privacy_requests_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."sms_recipients_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sms_recipients_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."sources_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sources_id_seq" FROM "authenticated";

ALTER TABLE "public"."destinations"
  ALTER COLUMN "max_concurrency" SET DEFAULT 8;

CREATE TYPE "public"."breaker_state" AS ENUM (
  'closed',
  'open',
  'half_open'
);

ALTER TABLE "public"."destination_health"
  ADD COLUMN "breaker" public.breaker_state NOT NULL DEFAULT 'closed'::public.breaker_state;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "opened_at" timestamp WITH time zone;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "probe_at" timestamp WITH time zone;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "probe_delivery_id" bigint;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "trips" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "ramp" integer;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "throttled_until" timestamp WITH time zone;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "spent_until" timestamp WITH time zone;

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
      provider, event_key, event_key_hash, event_type, source_id, status, trust, parse_status, organisation_id, company_id,
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
      case when e.parse_status = 'ok' and b.payload is null then 'invalid_json' else e.parse_status end,
      e.organisation_id, e.company_id, e.object_id, coalesce(e.replaces_older, false), e.livemode,
      e.n = any (v_suspected), coalesce(e.unsigned_key, false), b.body, sha256(b.body), decode(e.fingerprint, 'hex'),
      public.without_secrets(b.payload, e.secret_fields), e.method, e.path, e.headers, e.content_type, e.request_id,
      e.occurred_at
    from jsonb_to_recordset(p_events) as e(
      n integer, provider text, event_key text, event_type text, source_id bigint, trust public.trust_level,
      parse_status public.parse_status, organisation_id text, company_id text, object_id text,
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

REVOKE ALL ON FUNCTION "public"."accept_events"(jsonb, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.accept_invitation (
  p_token_hash    text,
  p_name          text,
  p_password_hash text,
  p_request_id    text
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_staff public.staff_users;
begin
  -- The person before the link, as everywhere.
  select u.* into v_staff
  from public.staff_users u
  where u.id = (select i.staff_id from public.staff_invitations i where i.token_hash = decode(p_token_hash, 'hex'))
  for update;
  if v_staff.disabled_at is not null then
    return null;
  end if;
  delete from public.staff_invitations i
  where i.staff_id = v_staff.id and i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > now();
  if not found then
    return null;
  end if;
  update public.staff_users u set
    name = p_name, password_hash = p_password_hash, session_version = u.session_version + 1
  where u.id = v_staff.id;
  perform public.record_staff_action(
    'invitation.accept', v_staff.email, '{}', p_name, v_staff.id::text, p_request_id
  );
  return v_staff.email;
end
$function$;

REVOKE ALL ON FUNCTION "public"."accept_invitation"(text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_latency (
  p_one   integer[],
  p_other integer[]
)
  RETURNS integer[]
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return array(
    select coalesce(a.x, 0) + coalesce(a.y, 0) from unnest(p_one, p_other) with ordinality a(x, y, n) order by a.n
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_latency"(integer[], integer[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_secret (
  p_secrets jsonb,
  p_secret  jsonb,
  p_until   timestamp with time zone
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_array(p_secret || jsonb_build_object('created_at', public.iso(now()), 'expires_at', null))
    || coalesce((
      select jsonb_agg(k.secret || jsonb_build_object('expires_at', public.iso(k.expires_at)) order by k.n)
      from (
        select s.secret, s.n, least((s.secret ->> 'expires_at')::timestamptz, p_until) as expires_at
        from jsonb_array_elements(p_secrets) with ordinality as s(secret, n)
        order by s.n
        limit 4
      ) k
      where k.expires_at > now()
    ), '[]');
$function$;

REVOKE ALL ON FUNCTION "public"."add_secret"(jsonb, jsonb, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.api_token (
  t public.api_tokens
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'tk_' || t.id, 'name', t.name, 'hint', t.hint, 'scopes', t.scopes, 'created_by', t.created_by,
    'status', case
      when t.revoked_at is not null then 'revoked'
      when t.expires_at <= now() then 'expired'
      when u.disabled_at is not null then 'owner_disabled'
      else 'active'
    end,
    'owner_role', u.role, 'created_at', public.iso(t.created_at), 'expires_at', public.iso(t.expires_at),
    'last_used_at', public.iso(t.last_used_at), 'revoked_at', public.iso(t.revoked_at)
  )
  from (select) one
  left join public.staff_users u on u.id = t.owner_id;
$function$;

REVOKE ALL ON FUNCTION "public"."api_token"(public.api_tokens) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.archive_destination (
  p_id         bigint,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_cancelled bigint[];
  v_skipped record;
begin
  update public.destinations d set
    archived_at = now(), enabled = false, disabled_at = coalesce(d.disabled_at, now()),
    disabled_because = 'It was deleted.', secrets = '[]', headers = '{}', max_attempts = 1, updated_at = clock_timestamp()
  where d.id = p_id and d.archived_at is null and d.managed;
  if not found then
    return public.why_not_changed(p_id);
  end if;

  perform from public.deliveries d
  where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held') order by d.id for update;

  with cancelled as (
    update public.deliveries d set status = 'cancelled', finished_at = now()
    where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held')
    returning d.id
  )
  select array_agg(id) into v_cancelled from cancelled;

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_cancelled)
  ));

  for v_skipped in with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = 'destination_disabled', finished_at = now()
    where i.delivery_id = any (v_cancelled) and i.fed_at is not null and i.outcome is null
    returning i.replay_id
  )
  select s.replay_id, count(*) as items from skipped s group by s.replay_id order by s.replay_id
  loop
    perform public.count_outcomes(v_skipped.replay_id, 0, 0, v_skipped.items);
  end loop;

  perform public.note_destination(p_id, 'archive', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'cancelled', coalesce(cardinality(v_cancelled), 0)
  ));
  return jsonb_build_object('result', 'done');
end
$function$;

REVOKE ALL ON FUNCTION "public"."archive_destination"(bigint, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.attend_destinations (
  p_disable_after_days integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_id bigint;
  v_released integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('attend_destinations', 1)) then
    return 0;
  end if;
  perform public.end_failing(p_disable_after_days);

  -- One index probe per destination that has such deliveries.
  for v_id in
    with recursive waiting as (
      (
        select d.destination_id from public.deliveries d
        where d.status in ('pending', 'retrying') order by d.destination_id limit 1
      )
      union all
      select (
        select d.destination_id from public.deliveries d
        where d.status in ('pending', 'retrying') and d.destination_id > w.destination_id
        order by d.destination_id limit 1
      )
      from waiting w
      where w.destination_id is not null
    )
    select w.destination_id from waiting w
    join public.destinations t on t.id = w.destination_id
    where not t.enabled or t.paused_at is not null
  loop
    perform public.hold_deliveries(v_id);
  end loop;

  for v_id in
    with recursive held as (
      (select d.destination_id from public.deliveries d where d.status = 'held' order by d.destination_id limit 1)
      union all
      select (
        select d.destination_id from public.deliveries d
        where d.status = 'held' and d.destination_id > h.destination_id
        order by d.destination_id limit 1
      )
      from held h
      where h.destination_id is not null
    )
    select h.destination_id from held h
    join public.destinations t on t.id = h.destination_id
    where t.enabled and t.paused_at is null
  loop
    v_released := v_released + public.release_deliveries(v_id);
  end loop;

  delete from public.destination_statistics s
  where (s.destination_id, s.span, s.at) in (
    select x.destination_id, x.span, x.at
    from public.destination_health h
    cross join lateral (
      select * from public.destination_statistics o
      where o.destination_id = h.destination_id and o.span = 'minute' and o.at < now() - interval '1 hour'
      order by o.at limit 10
    ) x
  );
  return v_released;
end
$function$;

REVOKE ALL ON FUNCTION "public"."attend_destinations"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.burst_of (
  t public.destinations
)
  RETURNS interval
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select greatest(0.1, 1 / (t).rate_per_second) * interval '1 second';
$function$;

REVOKE ALL ON FUNCTION "public"."burst_of"(public.destinations) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_staff (
  p_id         uuid,
  p_within     public.staff_role[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text,
  p_role       public.staff_role   DEFAULT NULL::public.staff_role,
  p_disabled   boolean             DEFAULT NULL::boolean
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_before public.staff_users;
  v_after public.staff_users;
begin
  -- All administrators, in one order: two who demote each other wait here, and the second finds the last one.
  perform from public.staff_users u where u.role = 'admin' or u.id = p_id order by u.id for update;
  select * into v_before from public.staff_users u where u.id = p_id;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_id::text = p_actor_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_before.role <> all (p_within) or p_role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  end if;

  v_after := v_before;
  v_after.role := coalesce(p_role, v_before.role);
  v_after.disabled_at := case coalesce(p_disabled, v_before.disabled_at is not null)
    when true then coalesce(v_before.disabled_at, now())
  end;
  if v_after is not distinct from v_before then
    return jsonb_build_object('result', 'changed', 'staff', public.staff_member(v_before));
  elsif public.is_active_admin(v_before) and not public.is_active_admin(v_after) and not exists (
    select from public.staff_users u where u.id <> p_id and public.is_active_admin(u)
  ) then
    return jsonb_build_object('result', 'last_admin');
  end if;

  update public.staff_users u set
    role = v_after.role, disabled_at = v_after.disabled_at, session_version = u.session_version + 1
  where u.id = p_id returning * into v_after;
  if v_after.disabled_at is not null then
    delete from public.staff_invitations i where i.staff_id = p_id;
  end if;

  if v_after.role <> v_before.role then
    perform public.record_staff_action(
      'staff.change_role', v_after.email, jsonb_build_object('from', v_before.role, 'to', v_after.role),
      p_actor, p_actor_id, p_request_id
    );
  end if;
  if (v_after.disabled_at is null) <> (v_before.disabled_at is null) then
    perform public.record_staff_action(
      case when v_after.disabled_at is null then 'staff.enable' else 'staff.disable' end, v_after.email, '{}',
      p_actor, p_actor_id, p_request_id
    );
  end if;
  return jsonb_build_object('result', 'changed', 'staff', public.staff_member(v_after));
end
$function$;

REVOKE ALL ON FUNCTION "public"."change_staff"(uuid, public.staff_role[], text, text, text, public.staff_role, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.claim_deliveries (
  p_worker        text,
  p_limit         integer,
  p_lease_seconds integer,
  p_replay_limit  integer DEFAULT NULL::integer,
  p_slots         integer DEFAULT NULL::integer
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
  v_destinations bigint[];
  v_replays_left integer := coalesce(p_replay_limit, p_limit);
  s record;
  v_live bigint[];
  v_replayed bigint[];
  v_chosen bigint[] := '{}';
  v_work jsonb;
  v_next_due timestamptz;
begin
  perform public.expire_leases(p_limit);

  -- One index probe per destination that has waiting work: destinations without any cost nothing.
  with recursive waiting as (
    (
      select d.destination_id from public.deliveries d
      where d.status in ('pending', 'retrying')
      order by d.destination_id
      limit 1
    )
    union all
    select (
      select d.destination_id from public.deliveries d
      where d.status in ('pending', 'retrying') and d.destination_id > w.destination_id
      order by d.destination_id
      limit 1
    )
    from waiting w
    where w.destination_id is not null
  )
  select array_agg(x.id) into v_destinations
  from (
    select t.id
    from waiting w
    join public.destinations t on t.id = w.destination_id
    left join public.destination_health h on h.destination_id = t.id
    where exists (
      select from public.deliveries d
      where d.destination_id = t.id and d.status in ('pending', 'retrying') and d.lane in ('live', 'replay')
        and d.due_at <= now()
    ) and (public.room_at(t, h, p_worker, p_slots) > 0 or public.may_try(t, h))
    order by random()
    limit p_limit
  ) x;

  -- One claim per destination at a time keeps its concurrency, rate and order exact. Workers queue for a few milliseconds,
  -- in turn, and the next statement sees what the one before them took.
  perform from public.destinations t where t.id = any (v_destinations) order by t.id for no key update;

  for s in
    select t.id, r.share, case when r.room = 0 and public.may_try(t, h) then public.single_replay_due(t.id) end as single,
      ceil(t.max_concurrency / 2.0) - (
        select count(*) from public.deliveries d
        where d.destination_id = t.id and d.status = 'claimed' and d.lane = 'replay'
      ) as replay_share
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    cross join lateral (
      select x.room, least(greatest(1, p_limit / cardinality(v_destinations)), x.room) as share
      from (select public.room_at(t, h, p_worker, p_slots) as room offset 0) x
    ) r
    where t.id = any (v_destinations)
    order by random()
  loop
    if s.single is not null then
      -- A person wants to know now: their delivery is the probe.
      v_replayed := array(select s.single where v_replays_left > 0);
      v_live := '{}';
    else
      v_live := public.due_deliveries(s.id, 'live', s.share, '{}');
      v_replayed := public.due_deliveries(
        s.id, 'replay', least(s.share - cardinality(v_live), s.replay_share, v_replays_left)::integer, v_live
      );
    end if;
    v_replays_left := v_replays_left - cardinality(v_replayed);
    v_chosen := v_chosen || v_live || v_replayed;
  end loop;

  -- What a person moves this moment is passed over.
  v_chosen := array(
    select d.id from public.deliveries d
    where d.id = any (v_chosen) and d.status in ('pending', 'retrying')
    order by d.id
    for update skip locked
  );

  if cardinality(v_chosen) > 0 then
    with leased as (
      update public.deliveries d set
        status = 'claimed',
        fence = d.fence + 1,
        attempt_count = d.attempt_count + 1,
        tries = d.tries + 1,
        lease_until = now() + make_interval(secs => p_lease_seconds),
        worker = p_worker
      where d.id = any (v_chosen)
      returning d as row
    ),
    claimed as (
      select (l.row).* from leased l
    ),
    opened as (
      insert into public.attempts (delivery_id, number, fence, worker, replay_id)
      select c.id, c.attempt_count, c.fence, p_worker, c.replay_id from claimed c
      returning id, delivery_id, number
    )
    select jsonb_agg(jsonb_build_object(
      'delivery_id', c.id, 'fence', c.fence, 'attempt_id', o.id, 'attempt_number', o.number, 'try', c.tries,
      'replay_id', case when c.lane = 'replay' then c.replay_id end,
      'event', jsonb_build_object(
        'id', e.id, 'provider', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
        'received_at', public.iso(e.received_at), 'occurred_at', public.iso(e.occurred_at), 'headers', e.headers,
        'content_type', e.content_type, 'organisation_id', e.organisation_id, 'company_id', e.company_id,
        'settings', (select o.settings from public.sources o where o.id = e.source_id),
        'body', encode(e.raw_body, 'base64')
      ),
      'destination', jsonb_build_object(
        'id', t.id, 'slug', t.slug, 'kind', t.kind, 'url', t.url, 'headers', t.headers,
        'secrets', t.secrets, 'timeout_ms', t.timeout_ms,
        'max_attempts', coalesce(p.max_attempts, t.max_attempts),
        'base_delay_ms', coalesce(p.base_delay_ms, t.base_delay_ms),
        'backoff_factor', coalesce(p.backoff_factor, t.backoff_factor)
      )
    ) order by c.id)
    into v_work
    from claimed c
    join opened o on o.delivery_id = c.id
    join public.events e on e.id = c.event_id
    join public.destinations t on t.id = c.destination_id
    left join lateral public.replay_retries((select l.row from leased l where (l.row).id = c.id)) p on true;

    perform public.roll_up_events(array(
      select distinct d.event_id from public.deliveries d where d.id = any (v_chosen)
    ));
    perform public.spend(v_chosen);
  else
    v_next_due := public.next_due(p_worker, p_slots, v_replays_left > 0);
  end if;

  return jsonb_build_object(
    'work', coalesce(v_work, '[]'),
    'next_due_ms', case when v_next_due is not null then
      greatest(0, ceil(extract(epoch from v_next_due - clock_timestamp()) * 1000))::bigint
    end
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."claim_deliveries"(text, integer, integer, integer, integer) FROM PUBLIC, "anon", "authenticated";

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

CREATE OR REPLACE FUNCTION public.count_dead_letters()
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select count(*)::integer from (select from public.events e where e.status = 'dead' limit 10000) d;
$function$;

REVOKE ALL ON FUNCTION "public"."count_dead_letters"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_running_replays()
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select count(*)::integer from public.replays r where r.status in ('queued', 'running', 'paused');
$function$;

REVOKE ALL ON FUNCTION "public"."count_running_replays"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_api_token (
  p_name       text,
  p_token_hash text,
  p_hint       text,
  p_scopes     text[],
  p_days       integer,
  p_actor      text,
  p_actor_id   text,
  p_request_id text,
  p_owner_id   uuid    DEFAULT NULL::uuid
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_token public.api_tokens;
begin
  insert into public.api_tokens (name, token_hash, hint, scopes, owner_id, created_by, expires_at)
  values (
    p_name, decode(p_token_hash, 'hex'), p_hint, p_scopes, p_owner_id, p_actor, now() + p_days * interval '1 day'
  )
  returning * into v_token;
  perform public.record_staff_action(
    'token.create', 'tk_' || v_token.id,
    jsonb_build_object('name', p_name, 'scopes', p_scopes, 'expires_at', public.iso(v_token.expires_at)),
    p_actor, p_actor_id, p_request_id
  );
  return public.api_token(v_token);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text, text, text, uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_destination (
  p_destination jsonb,
  p_actor       text,
  p_actor_id    text,
  p_request_id  text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_new public.destinations;
begin
  insert into public.destinations (
    slug, name, kind, managed, providers, event_types, organisation_id, url, headers, secrets, timeout_ms, max_attempts,
    base_delay_ms, backoff_factor, max_concurrency, rate_per_second, ordering
  )
  select r.slug, r.name, 'http', true, r.providers, r.event_types, r.organisation_id, r.url, r.headers,
    public.add_secret('[]', r.secret, now()), r.timeout_ms, r.max_attempts, r.base_delay_ms, r.backoff_factor,
    r.max_concurrency, r.rate_per_second, r.ordering
  from jsonb_to_record(p_destination) as r(
    slug text, name text, providers text[], event_types text[], organisation_id text, url text, headers jsonb,
    secret jsonb, timeout_ms integer, max_attempts integer, base_delay_ms integer, backoff_factor numeric,
    max_concurrency integer, rate_per_second numeric, ordering public.delivery_ordering
  )
  returning * into v_new;

  perform public.note_destination(v_new.id, 'create', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'name', v_new.name, 'url', public.mask_url(v_new.url), 'organisation_id', v_new.organisation_id
  ));
  return public.destination_detail(v_new);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_destination"(jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_replay (
  p_kind            public.replay_kind,
  p_selection       jsonb,
  p_options         jsonb,
  p_limits          jsonb,
  p_reason          text,
  p_actor           text,
  p_actor_id        text,
  p_request_id      text,
  p_idempotency_key text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_known public.replays;
  v_matched integer;
  v_events bigint[];
  v_deliveries bigint[];
  v_replay_id bigint;
  v_counts record;
begin
  if p_idempotency_key is not null then
    perform pg_advisory_xact_lock(hashtextextended(p_actor_id || ' ' || p_idempotency_key, 1));
    select * into v_known from public.replays r
    where r.actor_id = p_actor_id and r.idempotency_key = p_idempotency_key;
    if found then
      return case
        when v_known.selection = p_selection and v_known.options = p_options
        then jsonb_build_object('result', 'created', 'repeated', true, 'replay', public.get_replay(v_known.id))
        else jsonb_build_object('result', 'key_reused', 'replay', public.get_replay(v_known.id))
      end;
    end if;
  end if;

  -- A preview that nobody started in a day was only a look.
  delete from public.replays r where r.status = 'draft' and r.created_at < now() - interval '1 day';

  v_matched := public.count_selection(p_selection);
  if v_matched = 0 then
    return jsonb_build_object('result', 'not_found');
  elsif v_matched > (p_limits ->> 'max_events')::integer and (p_selection ->> 'limit') is null then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched, 'limit', p_limits -> 'max_events');
  end if;
  v_events := public.select_events(
    p_selection, least((p_limits ->> 'max_events')::integer, (p_selection ->> 'limit')::integer)
  );

  insert into public.replays (
    kind, reason, actor, actor_id, request_id, idempotency_key, options, selection, matched, scheduled_at
  )
  values (
    p_kind, p_reason, p_actor, p_actor_id, p_request_id, p_idempotency_key, p_options, p_selection, v_matched,
    coalesce((p_options ->> 'scheduledAt')::timestamptz, now())
  )
  returning id into v_replay_id;

  perform public.route_again(v_events, p_options ->> 'destinations' = 'current');
  v_deliveries := public.select_deliveries(p_selection, v_events);

  insert into public.replay_items (
    replay_id, position, event_id, delivery_id, organisation_id, ordering_key, skip_reason, outcome, finished_at
  )
  select v_replay_id, row_number() over (order by x.received_at, x.event_id, x.delivery_id), x.event_id, x.delivery_id,
    x.organisation_id, x.ordering_key, x.skip_reason,
    case when x.skip_reason is not null then 'skipped' end::public.replay_outcome,
    case when x.skip_reason is not null then now() end
  from (
    select e.received_at, e.id as event_id, d.id as delivery_id, e.organisation_id,
      d.destination_id || ' ' || coalesce(e.object_id, e.event_key) as ordering_key,
      public.reason_to_skip(e, d, t, p_options, (p_limits ->> 'max_age_days')::integer) as skip_reason
    from public.events e
    join public.deliveries d on d.event_id = e.id
    join public.destinations t on t.id = d.destination_id
    where e.id = any (v_events) and (
      not p_selection ? 'failures_of' or d.id in (
        select i.delivery_id from public.replay_items i
        where i.replay_id = (p_selection ->> 'failures_of')::bigint
          and (i.outcome = 'failed' or i.skip_reason = 'predecessor_failed')
      )
    )
    -- A filter that speaks of deliveries replays those, and not the events' other ones.
    and (v_deliveries is null or d.id = any (v_deliveries))
  ) x;

  select count(*) as items, count(*) filter (where i.skip_reason is not null) as skipped,
    count(*) filter (where i.skip_reason = 'too_old') as too_old,
    count(*) filter (where i.skip_reason = 'in_flight') as in_flight
  into v_counts
  from public.replay_items i
  where i.replay_id = v_replay_id;

  if v_counts.items = 0 or v_counts.items in (v_counts.too_old, v_counts.in_flight) then
    delete from public.replays r where r.id = v_replay_id;
    return jsonb_build_object('days', p_limits -> 'max_age_days', 'result', case v_counts.items
      when 0 then 'no_destination' when v_counts.too_old then 'too_old' else 'in_flight'
    end);
  end if;

  update public.replays r set total = v_counts.items, skipped = v_counts.skipped where r.id = v_replay_id;
  return jsonb_build_object('result', 'created', 'repeated', false, 'replay', public.get_replay(v_replay_id));
end
$function$;

CREATE OR REPLACE FUNCTION public.create_sample (
  p_id         bigint,
  p_event      jsonb,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_destination public.destinations;
  v_event public.events;
  v_delivery_id bigint;
begin
  select * into v_destination from public.destinations d where d.id = p_id and d.archived_at is null for share;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif v_destination.kind <> 'http' then
    return jsonb_build_object('result', 'not_possible');
  end if;

  insert into public.events (
    provider, event_key, event_key_hash, event_type, status, trust, parse_status, organisation_id, raw_body,
    body_sha256, fingerprint, payload, method, path, headers, content_type, request_id, occurred_at
  )
  select e.provider, e.event_key, sha256(convert_to(e.event_key, 'UTF8')), e.event_type, 'received', e.trust, e.parse_status,
    e.organisation_id, b.body, sha256(b.body), decode(e.fingerprint, 'hex'), public.payload_or_null(b.body), e.method,
    e.path, e.headers, e.content_type, e.request_id, e.occurred_at
  from jsonb_to_record(p_event) as e(
    provider text, event_key text, event_type text, trust public.trust_level, parse_status public.parse_status,
    organisation_id text, body text, fingerprint text, method text, path text, headers jsonb, content_type text,
    request_id text, occurred_at timestamptz
  )
  cross join lateral (select decode(e.body, 'base64') as body) b
  returning * into v_event;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  values (
    v_event.id, p_id, public.first_status(v_destination), public.ordering_key_of(v_destination, v_event)
  )
  returning id into v_delivery_id;

  perform public.add_statistics(jsonb_build_array(jsonb_build_object(
    'provider', v_event.provider, 'event_type', v_event.event_type, 'count', 1, 'outcome', 'received'
  )));
  perform public.note_destination(p_id, 'sample', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'event_id', 'we_' || v_event.id
  ));
  return jsonb_build_object('result', 'done', 'event_id', 'we_' || v_event.id, 'delivery_id', v_delivery_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_sample"(bigint, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_source (
  p_source     jsonb,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  s public.sources;
begin
  insert into public.sources (provider, name, organisation_id, company_id, settings, token_hash, token_hint)
  values (
    p_source ->> 'provider', p_source ->> 'name', p_source ->> 'organisation_id', p_source ->> 'company_id',
    coalesce(p_source -> 'settings', '{}'), decode(p_source ->> 'token_hash', 'hex'), p_source ->> 'token_hint'
  )
  returning * into s;
  perform public.note_source('create', s, '{}', p_actor, p_actor_id, p_request_id);
  return public.source_answer(s);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_source"(jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delete_source (
  p_id         bigint,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  s public.sources;
begin
  update public.sources x set
    archived_at = now(), enabled = false, previous_token_hash = null, previous_token_expires_at = null, updated_at = now()
  where x.id = p_id and x.archived_at is null
  returning * into s;
  if not found then
    return false;
  end if;
  perform public.note_source('delete', s, '{}', p_actor, p_actor_id, p_request_id);
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_source"(bigint, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delivery_predicate (
  p_filter jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select string_agg(c.condition, ' and ' order by c.n) filter (where p_filter ? c.field)
  from (values
    (1, 'error_group', format('x.error_group = any (%L::text[])', public.text_array(p_filter -> 'error_group'))),
    -- By slug, or by id as `ds_12`: a slug has no underscore.
    (2, 'destination', format(
      'x.destination_id = any (array(select t.id from public.destinations t
         where t.slug = any (%L::text[]) or ''ds_'' || t.id = any (%1$L::text[])))',
      public.text_array(p_filter -> 'destination')
    )),
    (3, 'delivery_status', format(
      'x.status = any (%L::public.delivery_status[])', public.text_array(p_filter -> 'delivery_status')
    )),
    (4, 'http_status', format(
      'x.last_http_status = any (%L::integer[])', public.http_statuses(p_filter -> 'http_status')
    ))
  ) as c(n, field, condition);
$function$;

REVOKE ALL ON FUNCTION "public"."delivery_predicate"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.describe_dead_letters (
  p_destination_id bigint,
  p_error_group    text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with newest as (
    select d.last_error_class, d.last_http_status, d.last_error, d.finished_at, d.id, e.id as event_id, e.provider,
      e.event_type, e.event_key
    from public.deliveries d
    join public.events e on e.id = d.event_id and e.status = 'dead'
    where d.status = 'dead' and d.error_group = p_error_group and d.destination_id = p_destination_id
    order by d.finished_at desc, d.event_id desc
    limit 100
  )
  select jsonb_build_object(
    'error_class', n.last_error_class, 'http_status', n.last_http_status,
    'message', public.normalise_error(n.last_error),
    'providers', (
      select jsonb_agg(p.provider order by p.count desc, p.provider)
      from (select x.provider, count(*) from newest x group by 1 order by 2 desc, 1 limit 3) p
    ),
    'event_types', (
      select jsonb_agg(p.event_type order by p.count desc, p.event_type)
      from (select x.event_type, count(*) from newest x group by 1 order by 2 desc, 1 limit 3) p
    ),
    'sample', jsonb_build_object('id', 'we_' || n.event_id, 'event_key', n.event_key, 'error', n.last_error)
  )
  from newest n
  order by n.finished_at desc, n.event_id desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."describe_dead_letters"(bigint, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.destination_detail (
  d public.destinations
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'ds_' || (d).id, 'slug', (d).slug, 'name', (d).name, 'kind', (d).kind, 'managed', (d).managed,
    'organisation_id', (d).organisation_id, 'url', public.mask_url((d).url), 'providers', (d).providers,
    'event_types', (d).event_types,
    'headers', (select coalesce(jsonb_object_agg(h.name, '••••'), '{}') from jsonb_object_keys((d).headers) h(name)),
    'timeout_ms', (d).timeout_ms, 'max_attempts', (d).max_attempts, 'base_delay_ms', (d).base_delay_ms,
    'backoff_factor', (d).backoff_factor, 'max_concurrency', (d).max_concurrency,
    'rate_per_second', (d).rate_per_second, 'ordering', (d).ordering, 'enabled', (d).enabled,
    'disabled_at', public.iso((d).disabled_at), 'disabled_because', (d).disabled_because,
    'paused_at', public.iso((d).paused_at),
    'secrets', (
      select coalesce(jsonb_agg(s.secret - 'ciphertext' order by s.n), '[]')
      from jsonb_array_elements((d).secrets) with ordinality as s(secret, n)
      where (s.secret ->> 'expires_at') is null or (s.secret ->> 'expires_at')::timestamptz > now()
    ),
    'created_at', public.iso((d).created_at), 'updated_at', public.iso((d).updated_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."destination_detail"(public.destinations) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.disable_destination (
  p_id         bigint,
  p_because    text,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  update public.destinations t set
    enabled = false, disabled_at = now(), disabled_because = p_because, updated_at = now()
  where t.id = p_id and t.enabled and t.archived_at is null;
  return public.switched(
    p_id, found, 'destination.disable', jsonb_strip_nulls(jsonb_build_object('because', p_because)), p_actor, p_actor_id,
    p_request_id
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."disable_destination"(bigint, text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.due_deliveries (
  p_destination_id bigint,
  p_lane           public.delivery_lane,
  p_limit          integer,
  p_beside         bigint[]
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  -- Looked at per claim, however long the queue is.
  v_window constant integer := 200;
  v_busy text[];
  v_due bigint[];
  v_seen integer;
begin
  if p_limit <= 0 then
    return '{}';
  end if;
  if not exists (
    select from public.deliveries d
    where d.destination_id = p_destination_id and d.ordering_key is not null
      and d.status in ('pending', 'claimed', 'retrying', 'held')
  ) then
    return array(
      select d.id from public.deliveries d
      where d.destination_id = p_destination_id and d.lane = p_lane and d.status in ('pending', 'retrying')
        and d.due_at <= now()
      order by d.due_at, d.id
      limit p_limit
    );
  end if;

  v_busy := array(
    select d.ordering_key from public.deliveries d where d.destination_id = p_destination_id and d.status = 'claimed'
    union all
    select d.ordering_key from public.deliveries d where d.id = any (p_beside)
  );
  v_busy := array_remove(v_busy, null);

  with due as materialized (
    select d.id, d.ordering_key from public.deliveries d
    where d.destination_id = p_destination_id and d.lane = p_lane and d.status in ('pending', 'retrying')
      and d.due_at <= now()
    order by d.due_at, d.id
    limit v_window
  ),
  candidates as materialized (
    select u.id, null as ordering_key from due u where u.ordering_key is null
    union all
    -- Only the oldest of a key can be its first.
    select min(u.id), u.ordering_key from due u where u.ordering_key <> all (v_busy) group by u.ordering_key
  )
  select array(
    select c.id from candidates c
    where c.ordering_key is null or public.is_first(p_destination_id, c.ordering_key, c.id, p_lane)
    order by c.id
    limit p_limit
  ), (select count(*) from due) into v_due, v_seen;

  -- The oldest all wait for others: look at the first of each key instead, starting anywhere, so that every key has its turn.
  if cardinality(v_due) < p_limit and v_seen = v_window then
    v_due := v_due || array(
      select f.id
      from public.first_of_keys(p_destination_id, p_lane, v_window) f
      where f.status in ('pending', 'retrying') and f.due_at <= now() and f.ordering_key <> all (v_busy)
        and not f.id = any (v_due) and public.is_first(p_destination_id, f.ordering_key, f.id, p_lane)
      limit p_limit - cardinality(v_due)
    );
  end if;
  return v_due;
end
$function$;

REVOKE ALL ON FUNCTION "public"."due_deliveries"(bigint, public.delivery_lane, integer, bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.enable_destination (
  p_id         bigint,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_changed boolean;
begin
  update public.destinations t set
    enabled = true, disabled_at = null, disabled_because = null, updated_at = now()
  where t.id = p_id and not t.enabled and t.archived_at is null;
  v_changed := found;

  if v_changed then
    update public.destination_health h set
      consecutive_failures = 0, failing_since = null, warned_at = null, disable_because = null, breaker = 'closed',
      opened_at = null, probe_at = null, probe_delivery_id = null, trips = 0, ramp = 1, throttled_until = null
    where h.destination_id = p_id;
    update public.destination_statistics s set counted = 0, against = 0
    where s.destination_id = p_id and s.span = 'minute' and s.at > now() - interval '6 minutes';
  end if;
  return public.switched(p_id, v_changed, 'destination.enable', '{}', p_actor, p_actor_id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."enable_destination"(bigint, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_failing (
  p_disable_after_days integer
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  f record;
begin
  for f in
    select t.id, t.name, h.last_error, coalesce(h.disable_because, case
      when h.last_failure_at >= h.failing_since + make_interval(days => p_disable_after_days)
      then format('It failed for %s days without a success.', p_disable_after_days)
    end) as because
    from public.destination_health h
    join public.destinations t on t.id = h.destination_id
    where t.enabled and t.kind = 'http' and t.archived_at is null and (
      h.disable_because is not null
      or h.last_failure_at >= h.failing_since + make_interval(days => p_disable_after_days)
      or h.warned_at is null and h.last_failure_at >= h.failing_since + interval '1 day'
    )
    order by t.id
    -- No key update: the door may go on storing deliveries.
    for no key update of t skip locked
  loop
    if f.because is not null then
      perform public.disable_destination(f.id, f.because, 'Redrive', 'system', null);
      update public.destination_health h set disable_because = null where h.destination_id = f.id;
      perform public.notify_admins('ds_' || f.id, format(
        '%s was disabled. %s Its deliveries are held until it is enabled again.', f.name, f.because
      ));
    else
      update public.destination_health h set warned_at = now() where h.destination_id = f.id and h.warned_at is null;
      perform public.notify_admins('ds_' || f.id, format(
        '%s has been failing for a day (%s). It will be disabled in %s days unless a delivery succeeds.', f.name,
        f.last_error, p_disable_after_days - 1
      )) where found;
    end if;
  end loop;
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_failing"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.error_group_of (
  p_error_class public.error_class,
  p_http_status integer,
  p_message     text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case when p_error_class is not null or p_message is not null then left(encode(sha256(convert_to(
    concat_ws(E'\n', coalesce(p_error_class::text, ''), coalesce(p_http_status::text, ''), public.normalise_error(p_message)),
    'UTF8'
  )), 'hex'), 16) end;
$function$;

REVOKE ALL ON FUNCTION "public"."error_group_of"(public.error_class, integer, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_concerned (
  e public.events,
  p public.privacy_requests
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(
    (e).provider = 'shopify'
    and (e).organisation_id = (p).organisation_id
    and coalesce((e).company_id, '') = (p).company_id
    and coalesce((e).occurred_at, (e).received_at) <= (p).requested_at
    and case (p).kind
      -- Its own body names nobody.
      when 'shop/redact' then (e).event_type <> 'shop/redact'
      when 'customers/redact' then
        coalesce((e).object_id = 'customer:' || (p).customer_id, false)
        or coalesce((e).payload #>> '{customer,id}' = (p).customer_id, false)
        or coalesce((e).payload ->> 'customer_id' = (p).customer_id, false)
        or coalesce(starts_with((e).object_id, 'order:') and (p).order_ids ? substr((e).object_id, 7), false)
        -- What could not be kept as payload is searched as it came.
        or (e).payload is null and public.names_one_of((e).raw_body, p)
      else false
    end,
    false
  );
$function$;

REVOKE ALL ON FUNCTION "public"."event_concerned"(public.events, public.privacy_requests) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_predicate (
  p_filter jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where c.field is null or p_filter ? c.field), 'true')
  from (values
    (1, 'provider_slug', format('e.provider = any (%L::text[])', public.text_array(p_filter -> 'provider_slug'))),
    (2, 'status', format('e.status = any (%L::public.event_status[])', public.text_array(p_filter -> 'status'))),
    (3, 'error_class', format(
      'e.last_error_class = any (%L::public.error_class[])', public.text_array(p_filter -> 'error_class')
    )),
    -- One type or several with commas between them; a type has dots, never commas.
    (4, 'event_type', format('e.event_type = any (string_to_array(%L, '',''))', p_filter ->> 'event_type')),
    (5, 'org_id', format('e.organisation_id = %L', p_filter ->> 'org_id')),
    (6, 'company_id', format('e.company_id = %L', p_filter ->> 'company_id')),
    -- strpos, not like: a searched % or _ means itself.
    (7, 'q', format('strpos(lower(e.event_key), lower(%L)) > 0', p_filter ->> 'q')),
    (8, 'from_ts', format('e.received_at >= %L::timestamptz', p_filter ->> 'from_ts')),
    (9, 'to_ts', format('e.received_at < %L::timestamptz', p_filter ->> 'to_ts')),
    -- Moves with the clock, so the filter itself stays the same when it is asked twice.
    (10, 'range', format('e.received_at >= now() - %L::interval', p_filter ->> 'range')),
    (11, 'trust', format('e.trust = any (%L::public.trust_level[])', public.text_array(p_filter -> 'trust'))),
    (12, 'attempts', format('e.attempt_count >= %L::integer', p_filter ->> 'attempts')),
    (13, 'replayed', format('(e.replay_count > 0) = %L::boolean', p_filter ->> 'replayed')),
    -- The dearest comes last. The payload as Postgres prints it: {"name": "value", "list": [1, 2]}.
    (14, 'text', format('strpos(lower(e.payload::text), lower(%L)) > 0', p_filter ->> 'text')),
    -- Null when the filter says nothing of deliveries.
    (15, null, 'exists (select from public.deliveries x where x.event_id = e.id and '
      || public.delivery_predicate(p_filter) || ')')
  ) as c(n, field, condition);
$function$;

CREATE OR REPLACE FUNCTION public.event_summary (
  e public.events
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
    'status', e.status, 'trust', e.trust, 'parse_status', e.parse_status, 'org_id', e.organisation_id,
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
  );
$function$;

CREATE OR REPLACE FUNCTION public.find_event (
  p_provider  text,
  p_event_key text
)
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select e.id from public.events e
  where e.provider = p_provider and e.event_key_hash = sha256(convert_to(p_event_key, 'UTF8'))
  order by e.id desc
  limit 1;
$function$;

CREATE OR REPLACE FUNCTION public.find_invitation (
  p_token_hash text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'email', u.email, 'name', u.name, 'role', u.role, 'is_new', u.password_hash is null,
    'expires_at', public.iso(i.expires_at)
  )
  from public.staff_invitations i
  join public.staff_users u on u.id = i.staff_id
  where i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > now() and u.disabled_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."find_invitation"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_sealed_destination()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object('slug', d.slug, 'secrets', d.secrets, 'headers', d.headers)
  from public.destinations d
  where d.managed and d.archived_at is null and (d.secrets <> '[]' or d.headers <> '{}')
  order by d.id
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."find_sealed_destination"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.first_of_keys (
  p_destination_id bigint,
  p_lane           public.delivery_lane,
  p_limit          integer
)
  RETURNS SETOF public.deliveries
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  d public.deliveries;
  v_from timestamptz;
  v_key text;
begin
  select now() - random() * (now() - min(x.due_at)) into v_from from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying');
  select x.ordering_key into v_key from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying')
    and x.due_at between v_from and now()
  order by x.due_at, x.id
  offset floor(random() * 1000) limit 1;

  v_key := coalesce(v_key, '');
  for n in 1..p_limit loop
    select x.* into d from public.deliveries x
    where x.destination_id = p_destination_id and x.ordering_key >= v_key and (n = 1 or x.ordering_key > v_key)
      and x.status in ('pending', 'claimed', 'retrying', 'held') and x.lane = p_lane
    order by x.ordering_key, x.id
    limit 1;
    exit when not found;
    v_key := d.ordering_key;
    return next d;
  end loop;
end
$function$;

REVOKE ALL ON FUNCTION "public"."first_of_keys"(bigint, public.delivery_lane, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.first_status (
  p_destination public.destinations
)
  RETURNS public.delivery_status
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  if (p_destination).enabled and (p_destination).paused_at is null and not exists (
    select from public.deliveries d where d.destination_id = (p_destination).id and d.status = 'held'
  ) then
    return 'pending';
  end if;
  return 'held';
end
$function$;

REVOKE ALL ON FUNCTION "public"."first_status"(public.destinations) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_events bigint[];
begin
  -- Reads the shop's events one by one, because only their payload tells whom they are about. That takes a second for some
  -- ten thousand of them, and happens once per request.
  select coalesce(array_agg(x.id order by x.id), '{}') into v_events
  from (
    select e.id from public.events e
    where e.organisation_id = new.organisation_id and e.redacted_at is null and public.event_concerned(e, new)
    order by e.id
    for update
  ) x;

  update public.events e set
    raw_body = r.raw_body, payload = r.payload, headers = r.headers, redacted_at = r.redacted_at
  from public.events x cross join lateral public.redacted_event(x) r
  where e.id = any (v_events) and x.id = e.id;

  delete from public.event_conflicts c where c.event_id = any (v_events);

  update public.attempts a set
    response_body = null,
    changes = (select coalesce(jsonb_agg(c || '{"before": null, "after": {}}'), '[]') from jsonb_array_elements(a.changes) c)
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
  update public.orders o set updated_at = now()
  where o.organisation_id = new.organisation_id and o.company_id = new.company_id
    and (new.kind = 'shop/redact' or o.customer_id = new.customer_id or new.order_ids ? o.order_id)
    and (o.email is not null or o.phone is not null);
  update public.customers c set updated_at = now()
  where c.organisation_id = new.organisation_id and c.company_id = new.company_id
    and (new.kind = 'shop/redact' or c.customer_id = new.customer_id)
    and coalesce(c.email, c.phone, c.first_name, c.last_name) is not null;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_arriving_event()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if exists (
    select from public.privacy_requests p
    where p.organisation_id = new.organisation_id and public.event_concerned(new, p)
  ) then
    return public.redacted_event(new);
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget_arriving_event"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_row()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
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
      'email', null, 'phone', null, 'first_name', null, 'last_name', null, 'redacted_at', coalesce(new.redacted_at, now())
    ));
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget_row"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_destination (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.destination_detail(d) from public.destinations d where d.id = p_id and d.archived_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."get_destination"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_event (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.event_summary(e) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', ''), 'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id,
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count, 'max_attempts', t.max_attempts,
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', 'wr_' || d.replay_id, 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'kind', t.kind, 'url', public.mask_url(t.url)),
        'attempts', coalesce((
          select jsonb_agg(public.attempt_detail(a) order by a.number)
          from public.attempts a where a.delivery_id = d.id
        ), '[]')
      ) order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      where d.event_id = e.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(public.get_replay(i.replay_id) order by i.replay_id)
      from (select distinct i.replay_id from public.replay_items i where i.event_id = e.id) i
    ), '[]')
  )
  from public.events e
  where e.id = p_id;
$function$;

CREATE OR REPLACE FUNCTION public.get_sealed_destination (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', d.id, 'slug', d.slug, 'kind', d.kind, 'managed', d.managed, 'url', d.url, 'headers', d.headers,
    'secrets', d.secrets, 'timeout_ms', d.timeout_ms, 'organisation_id', d.organisation_id
  )
  from public.destinations d
  where d.id = p_id and d.archived_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."get_sealed_destination"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_source (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.source_answer(s) from public.sources s where s.id = p_id and s.archived_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."get_source"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hold_batch()
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$select 2000$function$;

REVOKE ALL ON FUNCTION "public"."hold_batch"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hold_deliveries (
  p_destination_id bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_held integer;
begin
  update public.deliveries d set status = 'held'
  where d.id = any (array(
    select x.id from public.deliveries x
    join public.destinations t on t.id = x.destination_id
    where x.destination_id = p_destination_id and x.status in ('pending', 'retrying')
      and (not t.enabled or t.paused_at is not null)
    limit public.hold_batch()
    for update of x skip locked
  ));
  get diagnostics v_held = row_count;
  return v_held;
end
$function$;

REVOKE ALL ON FUNCTION "public"."hold_deliveries"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.http_statuses (
  p_list jsonb
)
  RETURNS integer[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array_agg(s)
  from jsonb_array_elements_text(p_list) x(word)
  cross join generate_series(replace(x.word, 'xx', '00')::integer, replace(x.word, 'xx', '99')::integer) s;
$function$;

REVOKE ALL ON FUNCTION "public"."http_statuses"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.invite_staff (
  p_email      text,
  p_role       public.staff_role,
  p_token_hash text,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_staff public.staff_users;
  v_expires_at timestamptz;
begin
  insert into public.staff_users (email, name, role) values (lower(p_email), split_part(p_email, '@', 1), p_role)
  on conflict (email) do nothing returning * into v_staff;
  if not found then
    return jsonb_build_object('result', 'known');
  end if;
  v_expires_at := public.set_staff_link(v_staff.id, p_token_hash);
  perform public.record_staff_action(
    'staff.invite', v_staff.email, jsonb_build_object('role', p_role), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object(
    'result', 'invited', 'staff', public.staff_member(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."invite_staff"(text, public.staff_role, text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_active_admin (
  u public.staff_users
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select u.role = 'admin' and u.disabled_at is null and (u.password_hash is not null or u.last_sign_in_at is not null);
$function$;

REVOKE ALL ON FUNCTION "public"."is_active_admin"(public.staff_users) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_first (
  p_destination_id bigint,
  p_key            text,
  p_id             bigint,
  p_lane           public.delivery_lane
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return not exists (
    select from public.deliveries b
    where b.destination_id = p_destination_id and b.ordering_key = p_key and b.id < p_id
      and b.status in ('pending', 'claimed', 'retrying', 'held') and (p_lane = 'replay' or b.lane = 'live')
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."is_first"(bigint, text, bigint, public.delivery_lane) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.latency_bounds()
  RETURNS integer[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select '{5,10,20,35,50,75,100,150,200,300,400,500,750,1000,1500,2000,3000,4000,5000,7500,10000,15000,20000,30000}'::integer[];
$function$;

REVOKE ALL ON FUNCTION "public"."latency_bounds"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.latency_histogram (
  p_durations integer[]
)
  RETURNS integer[]
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
declare
  v_bounds integer[] := public.latency_bounds();
  v_histogram integer[] := array_fill(0, array[cardinality(v_bounds) + 1]);
  v_duration integer;
  v_bucket integer;
begin
  foreach v_duration in array p_durations loop
    v_bucket := width_bucket(v_duration - 1, v_bounds) + 1;
    v_histogram[v_bucket] := v_histogram[v_bucket] + 1;
  end loop;
  return v_histogram;
end
$function$;

REVOKE ALL ON FUNCTION "public"."latency_histogram"(integer[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.latency_quantile (
  p_latency  integer[],
  p_quantile numeric
)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  with buckets as (
    select n, count, sum(count) over (order by n) as until, sum(count) over () as total,
      coalesce(bounds[n - 1], 0) as low, coalesce(bounds[n], 2 * bounds[cardinality(bounds)]) as high
    from unnest(p_latency) with ordinality l(count, n), (select public.latency_bounds() as bounds) b
  )
  select round(low + (high - low) * (p_quantile * total - (until - count)) / count)::integer
  from buckets
  where count > 0 and until >= p_quantile * total
  order by n
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."latency_quantile"(integer[], numeric) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.link_staff (
  p_id         uuid,
  p_token_hash text,
  p_within     public.staff_role[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_staff public.staff_users;
  v_expires_at timestamptz;
begin
  select * into v_staff from public.staff_users u where u.id = p_id for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_id::text = p_actor_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_staff.role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  elsif v_staff.disabled_at is not null then
    return jsonb_build_object('result', 'disabled');
  end if;
  v_expires_at := public.set_staff_link(p_id, p_token_hash);
  perform public.record_staff_action('staff.link', v_staff.email, '{}', p_actor, p_actor_id, p_request_id);
  return jsonb_build_object(
    'result', 'linked', 'staff', public.staff_member(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_action_choices()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with recursive actors as (
    (select a.actor as value, 1 as n from public.staff_actions a order by a.actor limit 1)
    union all
    select (select a.actor from public.staff_actions a where a.actor > c.value order by a.actor limit 1), c.n + 1
    from actors c where c.value is not null and c.n < 200
  ), actions as (
    (select a.action as value, 1 as n from public.staff_actions a order by a.action limit 1)
    union all
    select (select a.action from public.staff_actions a where a.action > c.value order by a.action limit 1), c.n + 1
    from actions c where c.value is not null and c.n < 200
  )
  select jsonb_build_object(
    'actors', (select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actors c),
    'actions', (select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actions c)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."list_action_choices"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_actions (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text    DEFAULT NULL::text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_condition text := (
    select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where p_filter ? c.field), 'true')
    from (values
      (1, 'actor', format('a.actor = %L', p_filter ->> 'actor')),
      (2, 'action', format('a.action = any (%L::text[])', public.text_array(p_filter -> 'action'))),
      (3, 'subject', format('a.subject = %L', p_filter ->> 'subject')),
      (4, 'from_ts', format('a.acted_at >= %L::timestamptz', p_filter ->> 'from_ts')),
      (5, 'to_ts', format('a.acted_at < %L::timestamptz', p_filter ->> 'to_ts')),
      (6, 'range', format('a.acted_at >= now() - %L::interval', p_filter ->> 'range'))
    ) as c(n, field, condition)
  );
  v_answer jsonb;
begin
  if p_cursor is not null then
    v_condition := v_condition || format(
      ' and (a.acted_at, a.id) < (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      split_part(p_cursor, '.', 1), split_part(p_cursor, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select a.*, row_number() over (order by a.acted_at desc, a.id desc) as n
       from (
         select * from public.staff_actions a where %s order by a.acted_at desc, a.id desc limit %s + 1
       ) a
     )
     select jsonb_build_object(
       ''actions'', coalesce(jsonb_agg(jsonb_build_object(
         ''id'', p.id, ''at'', public.iso(p.acted_at), ''actor'', p.actor, ''actor_id'', p.actor_id,
         ''action'', p.action, ''subject'', p.subject, ''details'', p.details, ''request_id'', p.request_id
       ) order by p.n) filter (where p.n <= %2$s), ''[]''),
       ''next_cursor'', max((extract(epoch from p.acted_at) * 1000000)::bigint || ''.'' || p.id)
         filter (where p.n = %2$s and (select count(*) from page) > %2$s)
     )
     from page p',
    v_condition, p_limit
  ) into v_answer;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."list_actions"(jsonb, integer, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_api_tokens()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(
    public.api_token(t) order by t.revoked_at is not null or t.expires_at <= now(), t.id desc
  ), '[]')
  from public.api_tokens t
  where coalesce(t.revoked_at, t.expires_at) > now() - interval '30 days';
$function$;

REVOKE ALL ON FUNCTION "public"."list_api_tokens"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_dead_letter_groups (
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with cells as (
    select d.destination_id, d.error_group,
      -- 24 is the current hour of the clock, 1 the one 23 hours ago; older ones share 0.
      width_bucket(d.finished_at, array(
        select date_trunc('hour', now()) - ago * interval '1 hour' from generate_series(23, 0, -1) ago
      )) as hour,
      count(*) as count, min(d.finished_at) as first_at, max(d.finished_at) as last_at
    from public.deliveries d
    join public.events e on e.id = d.event_id and e.status = 'dead'
    where d.status = 'dead'
    group by 1, 2, 3
  ),
  groups as (
    select c.destination_id, c.error_group, sum(c.count)::integer as count, min(c.first_at) as first_at,
      max(c.last_at) as last_at, jsonb_object_agg(c.hour, c.count) as hours
    from cells c
    group by 1, 2
  ),
  shown as (
    select * from groups g order by g.count desc, g.last_at desc, g.error_group, g.destination_id limit p_limit
  )
  select jsonb_build_object(
    'groups', coalesce((
      select jsonb_agg(
        jsonb_build_object(
          'error_group', g.error_group, 'count', g.count, 'first_at', public.iso(g.first_at),
          'last_at', public.iso(g.last_at),
          'hours', (
            select jsonb_agg(coalesce((g.hours ->> n::text)::integer, 0) order by n) from generate_series(1, 24) n
          ),
          'destination', jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'kind', t.kind)
        ) || public.describe_dead_letters(g.destination_id, g.error_group)
        order by g.count desc, g.last_at desc, g.error_group, g.destination_id
      )
      from shown g
      join public.destinations t on t.id = g.destination_id
    ), '[]'),
    'total', jsonb_build_object(
      'groups', (select count(*) from groups),
      'deliveries', (select coalesce(sum(g.count), 0) from groups g),
      'events', (select count(*) from public.events e where e.status = 'dead')
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."list_dead_letter_groups"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_destination_deliveries (
  p_id     bigint,
  p_limit  integer,
  p_cursor bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with page as (
    select d.id, row_number() over (order by d.id desc) as n
    from public.deliveries d
    where d.destination_id = p_id and (p_cursor is null or d.id < p_cursor)
    order by d.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'deliveries', coalesce(jsonb_agg(jsonb_build_object(
      'delivery_id', d.id, 'event_id', 'we_' || e.id, 'event_type', e.event_type, 'provider', e.provider,
      'status', d.status, 'http_status', a.http_status, 'error_class', d.last_error_class, 'error', d.last_error,
      'duration_ms', a.duration_ms, 'attempt_count', d.attempt_count, 'replay_id', 'wr_' || d.replay_id,
      'created_at', public.iso(d.created_at), 'finished_at', public.iso(d.finished_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p
  join public.deliveries d on d.id = p.id
  join public.events e on e.id = d.event_id
  left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count;
$function$;

REVOKE ALL ON FUNCTION "public"."list_destination_deliveries"(bigint, integer, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_destinations()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(public.destination_detail(d) order by d.id), '[]')
  from public.destinations d
  where d.archived_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."list_destinations"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_merchant_events (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'events', coalesce(jsonb_agg(jsonb_build_object(
      'id', x.summary ->> 'id', 'eventType', e.event_type, 'merchantId', e.organisation_id, 'status', e.status,
      'attempts', e.attempt_count, 'lastAttempt', public.iso(a.started_at), 'lastError', e.last_error,
      'errorClass', e.last_error_class, 'webhookUrl', public.mask_url(a.url), 'payload', e.payload,
      'createdAt', public.iso(e.received_at), 'provider', e.provider, 'eventKey', e.event_key
    ) order by x.n), '[]'),
    'next_cursor', min(l.page ->> 'next_cursor')
  )
  from (select public.list_events(p_filter, p_limit, p_cursor) as page) l
  left join lateral jsonb_array_elements(l.page -> 'events') with ordinality as x(summary, n) on true
  left join public.events e on e.id = substr(x.summary ->> 'id', 4)::bigint
  left join lateral (
    select t.url, a.started_at
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
    where d.event_id = e.id
    order by (t.kind = 'http') desc, d.id
    limit 1
  ) a on true
  where e.id is not null;
$function$;

CREATE OR REPLACE FUNCTION public.list_projectable_items (
  p_replay_id bigint,
  p_after     integer,
  p_limit     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'kind', t.kind,
    'event', jsonb_build_object(
      'id', e.id, 'provider', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
      'received_at', public.iso(e.received_at), 'occurred_at', public.iso(e.occurred_at),
      'organisation_id', e.organisation_id, 'company_id', e.company_id,
      'settings', (select s.settings from public.sources s where s.id = e.source_id),
      'body', encode(e.raw_body, 'base64')
    )
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x
    where x.replay_id = p_replay_id and x.position > p_after and x.outcome is null
    order by x.position limit p_limit
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id;
$function$;

CREATE OR REPLACE FUNCTION public.list_source_tokens()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', s.id, 'provider', s.provider, 'organisation_id', s.organisation_id, 'company_id', s.company_id,
    'settings', s.settings, 'token_hash', encode(s.token_hash, 'hex'),
    'previous_token_hash', case when s.previous_token_expires_at > now() then encode(s.previous_token_hash, 'hex') end,
    'previous_ends_in_ms', (extract(epoch from s.previous_token_expires_at - now()) * 1000)::bigint
  )), '[]')
  from public.sources s
  where s.enabled and s.archived_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."list_source_tokens"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_sources (
  p_providers text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with counts as (
    select s.provider, sum(s.count) filter (where s.outcome = 'received') as events,
      sum(s.count) filter (where s.outcome = 'rejected') as rejections
    from public.statistics s
    where s.minute >= now() - interval '24 hours' and s.outcome in ('received', 'rejected')
    group by s.provider
  )
  select jsonb_object_agg(p.provider, jsonb_build_object(
    'last_event', (
      select jsonb_build_object('id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at))
      from public.events e
      -- A range, for the reason above.
      where e.provider between p.provider and p.provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    ),
    'events_24h', coalesce(c.events, 0),
    -- One look per reason, because the index has the reason before the time.
    'last_rejection', (
      select jsonb_build_object('reason', l.reason, 'detail', l.detail, 'received_at', public.iso(l.received_at))
      from unnest(enum_range(null::public.rejection_reason)) as r(reason)
      cross join lateral (
        select x.reason, x.detail, x.received_at from public.rejections x
        where x.provider = p.provider and x.reason = r.reason
        order by x.received_at desc
        limit 1
      ) l
      order by l.received_at desc
      limit 1
    ),
    'rejections_24h', coalesce(c.rejections, 0),
    'sources', coalesce((
      select jsonb_agg(public.source_answer(s) order by s.id) from public.sources s
      where s.provider = p.provider and s.archived_at is null
    ), '[]')
  ))
  from unnest(p_providers) as p(provider)
  left join counts c on c.provider = p.provider;
$function$;

REVOKE ALL ON FUNCTION "public"."list_sources"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_staff()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(public.staff_member(u) order by u.disabled_at is not null, lower(u.name), u.email), '[]')
  from public.staff_users u;
$function$;

REVOKE ALL ON FUNCTION "public"."list_staff"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.mask_url (
  p_url text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select regexp_replace(
    regexp_replace(p_url, '^([a-z]+://)[^/?#]*@', '\1••••@'), '([?&])([^=&#]*=)?[^&#]+', '\1\2••••', 'g'
  );
$function$;

REVOKE ALL ON FUNCTION "public"."mask_url"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.may_try (
  t public.destinations,
  h public.destination_health
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return (h).breaker = 'open' and (t).enabled and (t).paused_at is null and (t).archived_at is null
    and (h).disable_because is null
    and (h).throttled_until > now() is not true and public.single_replay_due((t).id) is not null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."may_try"(public.destinations, public.destination_health) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.merge_headers (
  p_old   jsonb,
  p_given jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_object_agg(g.name, coalesce(g.value, o.value)) filter (where coalesce(g.value, o.value) is not null), '{}')
  from jsonb_each_text(p_given) g(name, value)
  left join jsonb_each_text(p_old) o(name, value) on lower(o.name) = lower(g.name);
$function$;

REVOKE ALL ON FUNCTION "public"."merge_headers"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.move_breaker (
  h                public.destination_health,
  t                public.destinations,
  p_succeeded      bigint,
  p_against        bigint,
  p_deliveries     bigint[],
  p_bad_deliveries bigint[],
  p_throttle_ms    bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_trips integer := 0;
  v_ramp integer := (h).ramp;
begin
  if (h).breaker = 'half_open' and (h).probe_delivery_id = any (p_deliveries) then
    if (h).probe_delivery_id = any (p_bad_deliveries) then
      v_trips := (h).trips + 1;
    else
      update public.destination_health x set
        breaker = 'closed', opened_at = null, probe_at = null, probe_delivery_id = null, trips = 0
      where x.destination_id = (t).id;
      -- What was before it closed is no reason to open again.
      update public.destination_statistics s set counted = 0, against = 0
      where s.destination_id = (t).id and s.span = 'minute' and s.at > now() - interval '6 minutes';
      v_ramp := 1;
    end if;
  elsif (h).breaker = 'closed' then
    if p_against > 0 and (
      select sum(s.counted) >= 10 and sum(s.against) * 2 >= sum(s.counted)
      from public.destination_statistics s
      where s.destination_id = (t).id and s.span = 'minute' and s.at > now() - interval '5 minutes'
    ) then
      v_trips := 1;
    end if;
    v_ramp := v_ramp * (2 ^ least(p_succeeded, 10))::integer;
  end if;

  if v_trips > 0 then
    update public.destination_health x set
      breaker = 'open',
      opened_at = coalesce(x.opened_at, now()),
      probe_at = now() + least(30 * 2 ^ least(v_trips - 1, 10), 600) * interval '1 second',
      probe_delivery_id = null,
      trips = v_trips
    where x.destination_id = (t).id;
  end if;

  if p_throttle_ms is not null then
    v_ramp := greatest(1, least(coalesce(v_ramp, (t).max_concurrency), (t).max_concurrency) / 2);
  end if;
  if v_ramp is distinct from (h).ramp or p_throttle_ms is not null then
    update public.destination_health x set
      ramp = case when v_ramp < (t).max_concurrency then v_ramp end,
      throttled_until = greatest(x.throttled_until, now() + p_throttle_ms * interval '1 millisecond')
    where x.destination_id = (t).id;
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."move_breaker"(public.destination_health, public.destinations, bigint, bigint, bigint[], bigint[], bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.names_one_of (
  p_body bytea,
  p      public.privacy_requests
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select encode(p_body, 'escape') ~ ('\m(' || string_agg(x.id, '|') || ')\M')
  from (
    select (p).customer_id as id
    union all
    select jsonb_array_elements_text((p).order_ids)
  ) x
  where x.id ~ '^\d+$';
$function$;

REVOKE ALL ON FUNCTION "public"."names_one_of"(bytea, public.privacy_requests) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.next_due (
  p_worker  text,
  p_slots   integer,
  p_replays boolean
)
  RETURNS timestamp WITH time zone
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return (
    select min(z.at)
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
    cross join lateral (
      select d.due_at from public.deliveries d
      where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
        -- Where order is kept, what is due and was not claimed waits for another.
        and (d.ordering_key is null or d.due_at > now())
      order by d.due_at
      limit 1
    ) x
    cross join lateral (
      select greatest(
        x.due_at, h.throttled_until, case when h.breaker = 'open' then h.probe_at end,
        h.spent_until + 1 / t.rate_per_second * interval '1 second'
      ) as at
      offset 0
    ) z
    where t.enabled and t.paused_at is null and t.archived_at is null and h.disable_because is null and (l.lane = 'live' or p_replays)
      and (z.at > now() or public.room_at(t, h, p_worker, p_slots) > 0)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."next_due"(text, integer, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.normalise_error (
  p_message text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select left(btrim(regexp_replace(
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            p_message, '(column|relation|table|constraint|index|type|function) "([^"]*)"', '\1 \2', 'g'
          ),
          -- An apostrophe within a word opens nothing.
          '(^|[^A-Za-z0-9])(''[^'']*''|"[^"]*"|“[^”]*”|`[^`]*`)', '\1…', 'g'
        ),
        '[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*|\m[a-fA-F]{8,}\M', '#', 'g'
      ),
      '#(?:[.:/,]#)+', '#', 'g'
    ),
    '\s+', ' ', 'g'
  )), 300);
$function$;

REVOKE ALL ON FUNCTION "public"."normalise_error"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_destination (
  p_id         bigint,
  p_action     text,
  p_actor      text,
  p_actor_id   text,
  p_request_id text,
  p_details    jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, 'destination.' || p_action, 'ds_' || p_id, p_details, p_request_id);
$function$;

REVOKE ALL ON FUNCTION "public"."note_destination"(bigint, text, text, text, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_endpoint_test (
  p_actor           text,
  p_actor_id        text,
  p_subject         text,
  p_details         jsonb,
  p_request_id      text,
  p_most_per_minute integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended('endpoint tests of ' || p_actor_id, 1));
  if (
    select count(*) from public.staff_actions a
    where a.acted_at > now() - interval '1 minute' and a.actor_id = p_actor_id and a.action = 'endpoint.test'
  ) >= p_most_per_minute then
    return false;
  end if;
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, 'endpoint.test', left(p_subject, 300), p_details, p_request_id);
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_endpoint_test"(text, text, text, jsonb, text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_health (
  p_results jsonb
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  r record;
begin
  for r in
    with results as (
      select x.*, last_value(case when x.delivered then x.delivery_id end) over w as last_delivered
      from jsonb_to_recordset(p_results) as x(
        destination_id bigint, delivery_id bigint, delivered boolean, duration_ms integer, http_status integer,
        error_class public.error_class, error text, throttle_ms bigint
      )
      window w as (
        partition by x.destination_id order by x.delivered, x.delivery_id
        rows between unbounded preceding and unbounded following
      )
    )
    select x.destination_id,
      count(*) filter (where x.delivered) as succeeded,
      count(*) filter (where not x.delivered) as failed,
      count(*) filter (where not x.delivered and x.delivery_id > coalesce(x.last_delivered, 0)) as failed_last,
      count(*) filter (where x.delivered or x.error_class <> 'http_429') as counted,
      count(*) filter (where not x.delivered and public.speaks_against(x.error_class)) as against,
      bool_or(x.http_status = 410) as gone,
      max(x.throttle_ms) as throttle_ms,
      array_agg(x.delivery_id) as deliveries,
      array_agg(x.delivery_id) filter (where not x.delivered and public.speaks_against(x.error_class)) as bad_deliveries,
      array_agg(x.duration_ms) as durations,
      (array_agg(x.error_class order by x.delivery_id desc) filter (where not x.delivered))[1] as error_class,
      (array_agg(x.error order by x.delivery_id desc) filter (where not x.delivered))[1] as error
    from results x
    group by x.destination_id
    -- In one order, so that two batches cannot deadlock.
    order by x.destination_id
  loop
    insert into public.destination_health as h (
      destination_id, consecutive_failures, failing_since, last_success_at, last_failure_at, last_error_class, last_error
    )
    values (
      r.destination_id, r.failed_last, case when r.failed_last > 0 then now() end,
      case when r.succeeded > 0 then now() end, case when r.failed > 0 then now() end, r.error_class, r.error
    )
    on conflict (destination_id) do update set
      consecutive_failures = excluded.consecutive_failures + case when r.succeeded = 0 then h.consecutive_failures else 0 end,
      failing_since = case when r.succeeded = 0 then coalesce(h.failing_since, now()) else excluded.failing_since end,
      last_success_at = coalesce(excluded.last_success_at, h.last_success_at),
      last_failure_at = coalesce(excluded.last_failure_at, h.last_failure_at),
      last_error_class = coalesce(excluded.last_error_class, h.last_error_class),
      last_error = coalesce(excluded.last_error, h.last_error),
      warned_at = case when r.succeeded = 0 then h.warned_at end;

    insert into public.destination_statistics as s (
      destination_id, span, at, succeeded, failed, counted, against, latency
    )
    select r.destination_id, x.span, date_trunc(x.span, now()), r.succeeded, r.failed, r.counted, r.against,
      public.latency_histogram(r.durations)
    from (values ('hour'), ('minute')) x(span)
    on conflict (destination_id, span, at) do update set
      succeeded = s.succeeded + excluded.succeeded,
      failed = s.failed + excluded.failed,
      counted = s.counted + excluded.counted,
      against = s.against + excluded.against,
      latency = public.add_latency(s.latency, excluded.latency);

    perform public.move_breaker(h, t, r.succeeded, r.against, r.deliveries, r.bad_deliveries, r.throttle_ms)
    from public.destination_health h
    join public.destinations t on t.id = h.destination_id
    where h.destination_id = r.destination_id and t.kind = 'http';

    if r.gone then
      update public.destination_health h set disable_because = 'It answered 410 Gone: it wants no more webhooks.'
      from public.destinations t
      where h.destination_id = r.destination_id and t.id = h.destination_id and t.kind = 'http' and t.enabled
        and h.disable_because is null;
    end if;
  end loop;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_health"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_source (
  p_action     text,
  s            public.sources,
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
  values (
    p_actor, p_actor_id, 'source.' || p_action, 'so_' || (s).id,
    jsonb_build_object('provider', (s).provider, 'name', (s).name) || p_details, p_request_id
  );
$function$;

REVOKE ALL ON FUNCTION "public"."note_source"(text, public.sources, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notify_admins (
  p_subject text,
  p_message text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.notices (actor_id, subject, message)
  select u.id::text, p_subject, p_message
  from public.staff_users u
  where u.role = 'admin' and u.disabled_at is null
  order by u.id;
$function$;

REVOKE ALL ON FUNCTION "public"."notify_admins"(text, text) FROM PUBLIC, "anon", "authenticated";

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

CREATE OR REPLACE FUNCTION public.pause_destination (
  p_id         bigint,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  update public.destinations t set paused_at = now(), updated_at = now()
  where t.id = p_id and t.paused_at is null and t.archived_at is null;
  return public.switched(p_id, found, 'destination.pause', '{}', p_actor, p_actor_id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."pause_destination"(bigint, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.projection_tables()
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array[
    'businesses', 'audit_logs', 'call_logs', 'sms_logs', 'campaigns', 'leads', 'messages', 'sms_recipients', 'orders',
    'customers', 'privacy_requests'
  ];
$function$;

CREATE OR REPLACE FUNCTION public.read_backlog()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'waiting', jsonb_build_object(
      'count', (
        select count(*) from (
          select from public.deliveries d where d.status in ('pending', 'retrying') limit 10000
        ) w
      ),
      'oldest_due_seconds', (
        select round(extract(epoch from now() - min(x.due_at))::numeric, 1)
        from public.destinations t
        left join public.destination_health h on h.destination_id = t.id
        cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
        cross join lateral (
          select d.due_at from public.deliveries d
          where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
          order by d.due_at
          limit 1
        ) x
        where x.due_at <= now() and t.enabled and t.paused_at is null and t.archived_at is null
          and t.rate_per_second is null and t.ordering = 'none'
          and coalesce(h.breaker, 'closed') = 'closed' and h.ramp is null and h.disable_because is null
          and coalesce(h.throttled_until, '-infinity') <= now()
      )
    ),
    'dead_letters', public.count_dead_letters(), 'running_replays', public.count_running_replays(),
    'events_stored', exists (select from public.events)
  );
$function$;

CREATE OR REPLACE FUNCTION public.read_destination_names()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_object_agg(t.slug, t.name), '{}') from public.destinations t;
$function$;

REVOKE ALL ON FUNCTION "public"."read_destination_names"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_health (
  p_destination_ids bigint[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_object_agg(t.id, jsonb_build_object(
    'state', case
      when not t.enabled then 'disabled'
      when t.paused_at is not null then 'paused'
      when h.breaker <> 'closed' then h.breaker::text
      when h.throttled_until > now() then 'throttled'
      when h.consecutive_failures >= 5 or lately.failed > lately.succeeded then 'failing'
      when lately.succeeded is null then 'idle'
      when t.kind = 'http' and public.latency_quantile(lately.latency, 0.95) >= t.timeout_ms / 2 then 'slow'
      else 'healthy'
    end,
    'health', jsonb_build_object(
      'succeeded', coalesce(day.succeeded, 0), 'failed', coalesce(day.failed, 0),
      'success_rate', round(100.0 * day.succeeded / nullif(day.succeeded + day.failed, 0), 1),
      'p50_ms', public.latency_quantile(day.latency, 0.5), 'p95_ms', public.latency_quantile(day.latency, 0.95),
      'consecutive_failures', coalesce(h.consecutive_failures, 0), 'failing_since', public.iso(h.failing_since),
      'last_success_at', public.iso(h.last_success_at), 'last_failure_at', public.iso(h.last_failure_at),
      'last_error_class', h.last_error_class, 'last_error', h.last_error,
      'breaker', coalesce(h.breaker, 'closed'), 'breaker_probe_at', public.iso(h.probe_at),
      'throttled_until', case when h.throttled_until > now() then public.iso(h.throttled_until) end,
      'waiting', queue.waiting, 'held', queue.held, 'dead', queue.dead,
      'drain_seconds', ceil((queue.waiting + queue.held) / t.rate_per_second),
      'hours', day.hours
    )
  )), '{}')
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed, public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency,
      jsonb_agg(jsonb_build_object(
        'at', public.iso(x.at), 'succeeded', coalesce(s.succeeded, 0), 'failed', coalesce(s.failed, 0),
        'p95_ms', public.latency_quantile(s.latency, 0.95)
      ) order by x.at) as hours
    from generate_series(
      date_trunc('hour', now()) - interval '23 hours', date_trunc('hour', now()), interval '1 hour'
    ) x(at)
    left join public.destination_statistics s on s.destination_id = t.id and s.span = 'hour' and s.at = x.at
  ) day
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed, public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency
    from public.destination_statistics s
    where s.destination_id = t.id and s.span = 'minute' and s.at > now() - interval '15 minutes'
  ) lately
  cross join lateral (
    select
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status in ('pending', 'retrying'))
        + (select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'claimed') as waiting,
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'held') as held,
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'dead') as dead
  ) queue
  where t.id = any (p_destination_ids);
$function$;

REVOKE ALL ON FUNCTION "public"."read_health"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_rail()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object('dead_letters', public.count_dead_letters(), 'running_replays', public.count_running_replays());
$function$;

REVOKE ALL ON FUNCTION "public"."read_rail"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_attempts (
  p_results jsonb
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
  r record;
  v_delivery record;
  v_delivered boolean;
  v_changes jsonb;
  v_retry_in_ms bigint;
  v_status public.delivery_status;
  v_recorded bigint[] := '{}';
  v_answer jsonb := '[]';
  v_counts jsonb := '[]';
  v_health jsonb := '[]';
begin
  -- All rows that will change are locked in one order, so that two batches cannot deadlock.
  perform pg_advisory_xact_lock(k.lock)
  from (
    select distinct hashtextextended((c ->> 'table') || (c -> 'key')::text, 0) as lock
    from jsonb_array_elements(p_results) x cross join jsonb_array_elements(x -> 'changes') c
    order by 1
  ) k;

  for r in
    select * from jsonb_to_recordset(p_results) as x(
      delivery_id bigint, fence bigint, delivered boolean, duration_ms integer, retry_in_ms bigint, http_status integer,
      error_class public.error_class, error text, response_headers jsonb, response_body text,
      response_truncated boolean, throttle_ms bigint, changes jsonb
    )
    order by x.delivery_id
  loop
    select d.tries, d.destination_id, t.enabled and t.paused_at is null as open,
      coalesce(p.max_attempts, t.max_attempts) as max_attempts, e.provider, e.event_type
    into v_delivery
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    join public.events e on e.id = d.event_id
    left join lateral public.replay_retries(d) p on true
    where d.id = r.delivery_id and d.status = 'claimed' and d.fence = r.fence
    for update of d;

    if not found then
      v_answer := v_answer || jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false);
      continue;
    end if;

    v_delivered := r.delivered;
    v_retry_in_ms := r.retry_in_ms;
    v_changes := '[]';

    if v_delivered and jsonb_array_length(r.changes) > 0 then
      -- A poisonous delivery fails alone.
      begin
        v_changes := public.apply_changes(r.changes);
      exception when others then
        v_delivered := false;
        r.error := sqlerrm;
        -- Classes 22 and 23: the data is wrong, and will be wrong again. Anything else may pass.
        if left(sqlstate, 2) in ('22', '23') then
          r.error_class := 'constraint';
          v_retry_in_ms := null;
        else
          r.error_class := 'handler_error';
          v_retry_in_ms := 1000;
        end if;
      end;
    end if;

    v_status := case
      when v_delivered then 'delivered'
      when v_retry_in_ms is null or v_delivery.tries >= v_delivery.max_attempts then 'dead'
      when v_delivery.open then 'retrying'
      else 'held'
    end;

    update public.attempts a set
      status = case when v_delivered then 'succeeded' else 'failed' end::public.attempt_status,
      finished_at = now(),
      duration_ms = r.duration_ms,
      http_status = r.http_status,
      error_class = case when v_delivered then null else r.error_class end,
      error = case when v_delivered then null else r.error end,
      response_headers = r.response_headers,
      response_body = decode(r.response_body, 'base64'),
      response_truncated = coalesce(r.response_truncated, false),
      retry_at = case when v_status in ('retrying', 'held') then now() + v_retry_in_ms * interval '1 millisecond' end,
      changes = v_changes
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open';

    update public.deliveries d set
      status = v_status,
      lease_until = null,
      finished_at = case when v_status in ('delivered', 'dead') then now() end,
      due_at = case
        when v_status in ('retrying', 'held') then now() + v_retry_in_ms * interval '1 millisecond' else d.due_at
      end,
      last_error_class = case when v_delivered then null else r.error_class end,
      last_error = case when v_delivered then null else r.error end,
      last_http_status = r.http_status
    where d.id = r.delivery_id and d.fence = r.fence;

    v_recorded := v_recorded || r.delivery_id;
    v_answer := v_answer || jsonb_build_object(
      'delivery_id', r.delivery_id, 'recorded', true, 'status', v_status,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    );
    v_counts := v_counts || jsonb_build_object(
      'provider', v_delivery.provider, 'event_type', v_delivery.event_type, 'count', 1, 'duration_ms', r.duration_ms,
      'outcome', case when v_status in ('retrying', 'held') then 'failed' else v_status::text end
    );
    v_health := v_health || jsonb_build_object(
      'destination_id', v_delivery.destination_id, 'delivery_id', r.delivery_id, 'delivered', v_delivered,
      'duration_ms', r.duration_ms, 'http_status', r.http_status, 'throttle_ms', r.throttle_ms,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    );
  end loop;

  perform public.settle_deliveries(v_recorded);
  perform public.add_statistics(v_counts);
  perform public.note_health(v_health);
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.record_staff_action (
  p_action     text,
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
  values (p_actor, p_actor_id, p_action, p_subject, p_details, p_request_id);
$function$;

REVOKE ALL ON FUNCTION "public"."record_staff_action"(text, text, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redacted_event (
  e public.events
)
  RETURNS public.events
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  if e.event_type in ('customers/data_request', 'customers/redact') and jsonb_typeof(e.payload -> 'customer') = 'object' then
    e.payload := jsonb_strip_nulls(jsonb_build_object(
      'shop_id', e.payload -> 'shop_id',
      'shop_domain', e.payload -> 'shop_domain',
      'customer', jsonb_build_object('id', e.payload #> '{customer,id}'),
      'orders_to_redact', e.payload -> 'orders_to_redact',
      'orders_requested', e.payload -> 'orders_requested',
      'data_request', case when e.payload ? 'data_request' then jsonb_build_object('id', e.payload #> '{data_request,id}') end
    ));
    e.raw_body := convert_to(e.payload::text, 'UTF8');
  else
    e.payload := null;
    e.raw_body := convert_to('{"redacted":"Whoever this was about asked to be forgotten."}', 'UTF8');
  end if;
  e.headers := coalesce((
    select jsonb_agg(h.pair order by h.place)
    from jsonb_array_elements(e.headers) with ordinality h(pair, place)
    where lower(h.pair ->> 0) ~ '^(x-)?shopify-(topic|action|shop-domain|event-id|webhook-id|triggered-at|api-version)$'
  ), '[]');
  e.redacted_at := now();
  return e;
end
$function$;

REVOKE ALL ON FUNCTION "public"."redacted_event"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.release_deliveries (
  p_destination_id bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_released integer;
begin
  update public.deliveries d set
    status = case when d.tries > 0 then 'retrying' else 'pending' end::public.delivery_status,
    due_at = case when d.tries > 0 then greatest(d.due_at, now()) else now() end
  where d.id = any (array(
    select x.id from public.deliveries x
    join public.destinations t on t.id = x.destination_id
    where x.destination_id = p_destination_id and x.status = 'held' and t.enabled and t.paused_at is null
    order by x.id
    limit public.hold_batch()
    for update of x skip locked
  ));
  get diagnostics v_released = row_count;
  return v_released;
end
$function$;

REVOKE ALL ON FUNCTION "public"."release_deliveries"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.resume_destination (
  p_id         bigint,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  update public.destinations t set paused_at = null, updated_at = now()
  where t.id = p_id and t.paused_at is not null and t.archived_at is null;
  return public.switched(p_id, found, 'destination.resume', '{}', p_actor, p_actor_id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."resume_destination"(bigint, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.revoke_api_token (
  p_id         bigint,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_token public.api_tokens;
begin
  update public.api_tokens t set revoked_at = now() where t.id = p_id and t.revoked_at is null returning * into v_token;
  if found then
    perform public.record_staff_action(
      'token.revoke', 'tk_' || p_id, jsonb_build_object('name', v_token.name), p_actor, p_actor_id, p_request_id
    );
  end if;
  return (select public.api_token(t) from public.api_tokens t where t.id = p_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."revoke_api_token"(bigint, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.roll_up_events (
  p_events bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
begin
  -- Locked first, read second: two deliveries of one event that end together must see each other.
  perform from public.events e where e.id = any (p_events) order by e.id for update;

  update public.events e set
    status = r.status,
    attempt_count = r.attempts,
    processed_at = case
      when r.status in ('processed', 'replayed') then coalesce(e.processed_at, now())
    end,
    last_error_class = case when r.status in ('failed', 'dead', 'processing') then r.last_error_class end,
    last_error = case when r.status in ('failed', 'dead', 'processing') then r.last_error end
  from (
    select d.event_id,
      case
        when bool_or(d.status = 'claimed') then 'processing'
        when bool_or(d.status = 'dead') then 'dead'
        when bool_or(d.status = 'retrying' or d.status = 'held' and d.tries > 0) then 'failed'
        when bool_or(d.status in ('pending', 'held')) and sum(d.attempt_count) = 0 then 'received'
        when bool_or(d.status in ('pending', 'held')) then 'processing'
        when bool_or(d.status = 'delivered' and d.replay_id is not null) then 'replayed'
        else 'processed'
      end::public.event_status as status,
      sum(d.attempt_count)::integer as attempts,
      (array_agg(d.last_error_class order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error_class,
      (array_agg(d.last_error order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error
    from public.deliveries d
    where d.event_id = any (p_events)
    group by d.event_id
  ) r
  where e.id = r.event_id;
end
$function$;

CREATE OR REPLACE FUNCTION public.room_at (
  t        public.destinations,
  h        public.destination_health,
  p_worker text,
  p_slots  integer
)
  RETURNS integer
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_all integer;
  v_mine integer;
  v_probing boolean;
  v_tokens integer := floor(
    extract(epoch from now() - greatest((h).spent_until, now() - public.burst_of(t))) * (t).rate_per_second + 0.002
  );
begin
  if not (t).enabled or (t).paused_at is not null or (t).archived_at is not null or (h).disable_because is not null
    or (h).throttled_until > now() or (h).breaker = 'open' and (h).probe_at > now() then
    return 0;
  end if;
  select count(*), count(*) filter (where d.worker = p_worker), bool_or(d.id = (h).probe_delivery_id)
  into v_all, v_mine, v_probing
  from public.deliveries d
  where d.destination_id = (t).id and d.status = 'claimed';

  return greatest(0, case
    when (h).breaker in ('open', 'half_open') then least(case when v_probing then 0 else 1 end, v_tokens)
    else least((t).max_concurrency - v_all, (h).ramp - v_all, (p_slots + 1) / 2 - v_mine, v_tokens)
  end);
end
$function$;

REVOKE ALL ON FUNCTION "public"."room_at"(public.destinations, public.destination_health, text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.rotate_destination_secret (
  p_id            bigint,
  p_secret        jsonb,
  p_overlap_hours numeric,
  p_actor         text,
  p_actor_id      text,
  p_request_id    text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_new public.destinations;
begin
  update public.destinations d set
    secrets = public.add_secret(d.secrets, p_secret, now() + make_interval(secs => p_overlap_hours * 3600)),
    updated_at = clock_timestamp()
  where d.id = p_id and d.archived_at is null and d.managed
  returning d.* into v_new;
  if not found then
    return public.why_not_changed(p_id);
  end if;

  perform public.note_destination(
    p_id, 'rotate_secret', p_actor, p_actor_id, p_request_id, jsonb_build_object('overlap_hours', p_overlap_hours)
  );
  return jsonb_build_object('result', 'done', 'destination', public.destination_detail(v_new));
end
$function$;

REVOKE ALL ON FUNCTION "public"."rotate_destination_secret"(bigint, jsonb, numeric, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.rotate_source (
  p_id              bigint,
  p_token_hash      text,
  p_token_hint      text,
  p_overlap_seconds integer,
  p_actor           text,
  p_actor_id        text,
  p_request_id      text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  s public.sources;
begin
  update public.sources x set
    previous_token_hash = case when p_overlap_seconds > 0 then x.token_hash end,
    previous_token_expires_at = case when p_overlap_seconds > 0 then now() + make_interval(secs => p_overlap_seconds) end,
    token_hash = decode(p_token_hash, 'hex'),
    token_hint = p_token_hint,
    updated_at = now()
  where x.id = p_id and x.archived_at is null
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source(
    'rotate', s, jsonb_build_object('overlap_seconds', p_overlap_seconds), p_actor, p_actor_id, p_request_id
  );
  return public.source_answer(s);
end
$function$;

REVOKE ALL ON FUNCTION "public"."rotate_source"(bigint, text, text, integer, text, text, text) FROM PUBLIC, "anon", "authenticated";

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

CREATE OR REPLACE FUNCTION public.same_receiver (
  p_one   text,
  p_other text
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select substring(p_one from '^https?://(?:[^/?#]*@)?([^/?#]*)') = substring(p_other from '^https?://(?:[^/?#]*@)?([^/?#]*)')
    and not (starts_with(p_one, 'https:') and starts_with(p_other, 'http:'));
$function$;

REVOKE ALL ON FUNCTION "public"."same_receiver"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.select_deliveries (
  p_selection jsonb,
  p_events    bigint[]
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_condition text := public.delivery_predicate(p_selection -> 'filter');
  v_deliveries bigint[];
begin
  if v_condition is null then
    return null;
  end if;
  execute format(
    'select array_agg(x.id) from public.deliveries x where x.event_id = any ($1) and %s', v_condition
  ) into v_deliveries using p_events;
  return coalesce(v_deliveries, '{}');
end
$function$;

REVOKE ALL ON FUNCTION "public"."select_deliveries"(jsonb, bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.set_staff_link (
  p_staff_id   uuid,
  p_token_hash text
)
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.staff_invitations as i (staff_id, token_hash, expires_at)
  values (p_staff_id, decode(p_token_hash, 'hex'), now() + interval '72 hours')
  on conflict (staff_id) do update set
    token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = now()
  returning i.expires_at;
$function$;

REVOKE ALL ON FUNCTION "public"."set_staff_link"(uuid, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.single_replay_due (
  p_destination_id bigint
)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return (
    select d.id from public.deliveries d
    join public.replays r on r.id = d.replay_id
    where d.destination_id = p_destination_id and d.lane = 'replay' and d.status = 'pending' and d.due_at <= now()
      and r.kind = 'single'
    order by d.id
    limit 1
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."single_replay_due"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.source_answer (
  s public.sources
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'so_' || (s).id, 'provider', (s).provider, 'name', (s).name, 'organisation_id', (s).organisation_id,
    'company_id', (s).company_id, 'token_hint', (s).token_hint,
    'previous_token_expires_at', case
      when (s).previous_token_expires_at > now() then public.iso((s).previous_token_expires_at)
    end,
    'settings', (s).settings, 'enabled', (s).enabled, 'created_at', public.iso((s).created_at),
    'last_event', (
      select jsonb_build_object('id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at))
      from public.events e
      -- A range and its order, not an equality: only the source's own index can answer that, also for one without events.
      where e.source_id between (s).id and (s).id
      order by e.source_id, e.received_at desc, e.id desc
      limit 1
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."source_answer"(public.sources) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.speaks_against (
  p_class public.error_class
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select p_class in (
    'timeout', 'connection_refused', 'connection_reset', 'dns', 'tls', 'http_5xx', 'redirect', 'response_too_large'
  );
$function$;

REVOKE ALL ON FUNCTION "public"."speaks_against"(public.error_class) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.spend (
  p_deliveries bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  insert into public.destination_health (destination_id)
  select distinct t.id
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  where d.id = any (p_deliveries) and t.rate_per_second is not null
    and not exists (select from public.destination_health h where h.destination_id = t.id)
  on conflict do nothing;

  perform from public.destination_health h
  join public.destinations t on t.id = h.destination_id
  where h.destination_id in (select d.destination_id from public.deliveries d where d.id = any (p_deliveries))
    and (t.rate_per_second is not null or h.breaker <> 'closed')
  order by h.destination_id
  for update of h;
  if not found then
    return;
  end if;

  update public.destination_health h set
    spent_until = greatest(h.spent_until, now() - public.burst_of(t)) + c.count / t.rate_per_second * interval '1 second',
    probe_delivery_id = case when h.breaker <> 'closed' then c.first end,
    breaker = case when h.breaker <> 'closed' then 'half_open' else 'closed' end::public.breaker_state
  from (
    select d.destination_id, count(*) as count, min(d.id) as first
    from public.deliveries d
    where d.id = any (p_deliveries)
    group by d.destination_id
  ) c
  join public.destinations t on t.id = c.destination_id
  where h.destination_id = c.destination_id and (t.rate_per_second is not null or h.breaker <> 'closed');
end
$function$;

REVOKE ALL ON FUNCTION "public"."spend"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.staff_member (
  u public.staff_users
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role,
    'status', case
      when u.disabled_at is not null then 'disabled'
      when u.password_hash is null and u.last_sign_in_at is null then 'invited'
      else 'active'
    end,
    'created_at', public.iso(u.created_at), 'last_sign_in_at', public.iso(u.last_sign_in_at),
    'disabled_at', public.iso(u.disabled_at),
    'link_expires_at', (
      select public.iso(i.expires_at) from public.staff_invitations i where i.staff_id = u.id and i.expires_at > now()
    ),
    'active_tokens', (
      select count(*) from public.api_tokens t
      where t.owner_id = u.id and t.revoked_at is null and t.expires_at > now()
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."staff_member"(public.staff_users) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sum_latency (
  p_histograms integer[]
)
  RETURNS integer[]
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return array(
    select sum(u.x) from unnest(p_histograms) with ordinality u(x, n)
    group by (n - 1) % array_length(p_histograms, 2)
    order by (n - 1) % array_length(p_histograms, 2)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."sum_latency"(integer[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.suspected_replays (
  p_events jsonb
)
  RETURNS integer[]
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
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
  from incoming i
  where exists (
    select from incoming b
    where b.n < i.n and b.provider = i.provider and b.source_id is not distinct from i.source_id
      and b.body_sha256 = i.body_sha256 and b.event_key <> i.event_key and b.event_type = i.event_type
  ) or exists (
    select from public.events e
    where e.provider = i.provider and e.body_sha256 = i.body_sha256 and e.unsigned_key
      and e.source_id is not distinct from i.source_id and e.event_key <> i.event_key
      and e.received_at > now() - interval '30 days'
      and (e.event_type = i.event_type or e.received_at < now() - interval '5 hours')
  );
  return v_suspected;
end
$function$;

REVOKE ALL ON FUNCTION "public"."suspected_replays"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.switched (
  p_id         bigint,
  p_changed    boolean,
  p_action     text,
  p_details    jsonb,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if p_changed then
    perform public.hold_deliveries(t.id) + public.release_deliveries(t.id) from public.destinations t where t.id = p_id;
    insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
    values (p_actor, p_actor_id, p_action, 'ds_' || p_id, p_details, p_request_id);
  elsif not exists (select from public.destinations t where t.id = p_id and t.archived_at is null) then
    return jsonb_build_object('result', 'not_found');
  end if;
  return jsonb_build_object('result', 'done');
end
$function$;

REVOKE ALL ON FUNCTION "public"."switched"(bigint, boolean, text, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.take_back (
  p_id bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_waiting bigint[];
begin
  select array_agg(x.id) into v_waiting
  from (
    select d.id from public.deliveries d
    join public.replay_items i on i.delivery_id = d.id
    where i.replay_id = p_id and i.fed_at is not null and i.outcome is null
      and d.replay_id = p_id and (d.status = 'pending' or d.status = 'held' and d.tries = 0)
    order by d.id
    for update of d
  ) x;

  update public.deliveries d set
    status = i.prior_status,
    finished_at = i.prior_finished_at,
    lane = 'live'
  from public.replay_items i
  where d.id = any (v_waiting) and i.replay_id = p_id and i.delivery_id = d.id;

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_waiting)
  ));

  update public.events e set replay_count = e.replay_count - 1
  where e.id in (select i.event_id from public.replay_items i where i.replay_id = p_id and i.delivery_id = any (v_waiting))
    and not exists (
      select from public.replay_items i
      where i.replay_id = p_id and i.event_id = e.id and i.fed_at is not null and not i.delivery_id = any (v_waiting)
    );

  update public.replay_items i set fed_at = null, prior_status = null, prior_finished_at = null
  where i.replay_id = p_id and i.delivery_id = any (v_waiting);
end
$function$;

CREATE OR REPLACE FUNCTION public.update_destination (
  p_id         bigint,
  p_changes    jsonb,
  p_secret     jsonb,
  p_seen       timestamp with time zone,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_old public.destinations;
  v_new public.destinations;
  v_url text;
  v_moves boolean;
begin
  select * into v_old from public.destinations d where d.id = p_id and d.archived_at is null for no key update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif not v_old.managed then
    return jsonb_build_object('result', 'not_managed');
  elsif v_old.updated_at <> p_seen then
    return jsonb_build_object('result', 'changed_meanwhile', 'destination', public.destination_detail(v_old));
  end if;

  v_url := coalesce(p_changes ->> 'url', v_old.url);
  if v_url = public.mask_url(v_old.url) then
    v_url := v_old.url;
  elsif strpos(v_url, '••••') > 0 then
    return jsonb_build_object('result', 'masked_url');
  end if;
  v_moves := not public.same_receiver(v_old.url, v_url);

  update public.destinations d set
    name = coalesce(r.name, d.name),
    url = v_url,
    organisation_id = case when p_changes ? 'organisation_id' then r.organisation_id else d.organisation_id end,
    providers = coalesce(r.providers, d.providers),
    event_types = coalesce(r.event_types, d.event_types),
    headers = public.merge_headers(
      case when v_moves then '{}' else d.headers end, coalesce(r.headers, case when v_moves then '{}' else d.headers end)
    ),
    secrets = case when v_moves then public.add_secret('[]', p_secret, now()) else d.secrets end,
    timeout_ms = coalesce(r.timeout_ms, d.timeout_ms),
    max_attempts = coalesce(r.max_attempts, d.max_attempts),
    base_delay_ms = coalesce(r.base_delay_ms, d.base_delay_ms),
    backoff_factor = coalesce(r.backoff_factor, d.backoff_factor),
    max_concurrency = coalesce(r.max_concurrency, d.max_concurrency),
    rate_per_second = case when p_changes ? 'rate_per_second' then r.rate_per_second else d.rate_per_second end,
    ordering = coalesce(r.ordering, d.ordering),
    updated_at = clock_timestamp()
  from jsonb_to_record(p_changes) as r(
    name text, organisation_id text, providers text[], event_types text[], headers jsonb, timeout_ms integer,
    max_attempts integer, base_delay_ms integer, backoff_factor numeric, max_concurrency integer,
    rate_per_second numeric, ordering public.delivery_ordering
  )
  where d.id = p_id
  returning d.* into v_new;

  perform public.note_destination(p_id, 'update', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'fields', (select jsonb_agg(f.name) from jsonb_object_keys(p_changes) f(name)),
    'url', public.mask_url(v_new.url), 'new_secret', v_moves
  ));
  return jsonb_build_object(
    'result', 'done', 'destination', public.destination_detail(v_new), 'new_secret', v_moves
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."update_destination"(bigint, jsonb, jsonb, timestamp WITH time zone, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.update_source (
  p_id         bigint,
  p_change     jsonb,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  s public.sources;
begin
  update public.sources x set
    name = coalesce(p_change ->> 'name', x.name),
    organisation_id = case when p_change ? 'organisation_id' then p_change ->> 'organisation_id' else x.organisation_id end,
    company_id = case when p_change ? 'company_id' then p_change ->> 'company_id' else x.company_id end,
    settings = coalesce(p_change -> 'settings', x.settings),
    enabled = coalesce((p_change ->> 'enabled')::boolean, x.enabled),
    updated_at = now()
  where x.id = p_id and x.archived_at is null
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source('update', s, p_change, p_actor, p_actor_id, p_request_id);
  return public.source_answer(s);
end
$function$;

REVOKE ALL ON FUNCTION "public"."update_source"(bigint, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.use_api_token (
  p_token_hash text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  update public.api_tokens t set last_used_at = now()
  where t.token_hash = decode(p_token_hash, 'hex') and t.revoked_at is null and t.expires_at > now()
    and (t.last_used_at is null or t.last_used_at < now() - interval '1 minute');
  return (
    select public.api_token(t) || jsonb_build_object('owner_id', t.owner_id)
    from public.api_tokens t where t.token_hash = decode(p_token_hash, 'hex')
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."use_api_token"(text) FROM PUBLIC, "anon", "authenticated";

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

CREATE OR REPLACE FUNCTION public.why_not_changed (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object('result', case
    when exists (select from public.destinations d where d.id = p_id and d.archived_at is null) then 'not_managed'
    else 'not_found'
  end);
$function$;

REVOKE ALL ON FUNCTION "public"."why_not_changed"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.without_secrets (
  p_payload jsonb,
  p_fields  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when jsonb_typeof(p_payload) = 'object' and cardinality(p_fields) > 0 then p_payload || coalesce((
      select jsonb_object_agg(f, '[redacted]') from unnest(p_fields) f where p_payload ? f
    ), '{}')
    else p_payload
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."without_secrets"(jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_owner_id_fkey" FOREIGN KEY (owner_id) REFERENCES public.staff_users(id) ON DELETE CASCADE;

ALTER TABLE "public"."destination_health"
  ADD CONSTRAINT "destination_health_check" CHECK (((breaker = 'closed'::public.breaker_state) = (opened_at IS NULL)));

ALTER TABLE "public"."destination_health"
  ADD CONSTRAINT "destination_health_destination_id_fkey" FOREIGN KEY (destination_id) REFERENCES public.destinations(id) ON DELETE CASCADE;

ALTER TABLE "public"."destination_health"
  ADD CONSTRAINT "destination_health_ramp_check" CHECK ((ramp > 0));

ALTER TABLE "public"."destination_statistics"
  ADD CONSTRAINT "destination_statistics_destination_id_fkey" FOREIGN KEY (destination_id) REFERENCES public.destinations(id) ON DELETE CASCADE;

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
  ADD CONSTRAINT "events_one_per_door_and_key" UNIQUE NULLS NOT DISTINCT (PROVIDER, event_key_hash, source_id);

ALTER TABLE "public"."events"
  ADD CONSTRAINT "events_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE RESTRICT;

ALTER TABLE "public"."staff_invitations"
  ADD CONSTRAINT "staff_invitations_staff_id_fkey" FOREIGN KEY (staff_id) REFERENCES public.staff_users(id) ON DELETE CASCADE;

CREATE INDEX api_tokens_of_owner ON public.api_tokens USING btree (owner_id);

CREATE INDEX deliveries_by_http_status ON public.deliveries USING btree (last_http_status, event_id)
  WHERE (last_http_status >= 300);

CREATE INDEX deliveries_dead_of_destination ON public.deliveries USING btree (destination_id)
  WHERE (status = 'dead'::public.delivery_status);

CREATE INDEX deliveries_held ON public.deliveries USING btree (destination_id, id)
  WHERE (status = 'held'::public.delivery_status);

CREATE INDEX deliveries_in_order ON public.deliveries USING btree (destination_id, ordering_key, id)
  WHERE ((ordering_key IS
    NOT NULL) AND (status = ANY (ARRAY['pending'::public.delivery_status, 'claimed'::public.delivery_status, 'retrying'::public.delivery_status, 'held'::public.delivery_status])));

CREATE INDEX deliveries_newest_of_destination ON public.deliveries USING btree (destination_id, id DESC);

CREATE INDEX events_newest_of_source ON public.events USING btree (source_id, received_at DESC, id DESC)
  WHERE (source_id IS NOT NULL);

CREATE INDEX events_with_bytes ON public.events USING btree (PROVIDER, body_sha256)
  WHERE unsigned_key;

CREATE INDEX orders_of_customer ON public.orders USING btree (organisation_id, company_id, customer_id);

CREATE INDEX sources_of_provider ON public.sources USING btree (PROVIDER, id);

CREATE INDEX staff_actions_of_action ON public.staff_actions USING btree (action, acted_at DESC, id DESC);

CREATE INDEX staff_actions_of_actor ON public.staff_actions USING btree (actor, acted_at DESC, id DESC);

CREATE INDEX staff_actions_of_subject ON public.staff_actions USING btree (subject, acted_at DESC, id DESC);

CREATE TRIGGER forget_customer
  BEFORE INSERT OR UPDATE ON public.customers
  FOR EACH ROW
  EXECUTE FUNCTION public.forget_row();

CREATE TRIGGER forget_arriving_event
  BEFORE INSERT ON public.events
  FOR EACH ROW
  WHEN ((new.provider = 'shopify'::text))
  EXECUTE FUNCTION public.forget_arriving_event();

CREATE TRIGGER forget_order
  BEFORE INSERT OR UPDATE ON public.orders
  FOR EACH ROW
  EXECUTE FUNCTION public.forget_row();

CREATE TRIGGER forget
  AFTER INSERT OR UPDATE ON public.privacy_requests
  FOR EACH ROW
  WHEN ((new.kind = ANY (ARRAY['customers/redact'::text, 'shop/redact'::text])))
  EXECUTE FUNCTION public.forget();

GRANT EXECUTE ON FUNCTION "public"."accept_events"(jsonb, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."accept_invitation"(text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."add_latency"(integer[], integer[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."add_secret"(jsonb, jsonb, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."api_token"(public.api_tokens) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."archive_destination"(bigint, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."attend_destinations"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."burst_of"(public.destinations) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."change_staff"(uuid, public.staff_role[], text, text, text, public.staff_role, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."claim_deliveries"(text, integer, integer, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_dead_letters"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_running_replays"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text, text, text, uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_destination"(jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_sample"(bigint, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_source"(jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."delete_source"(bigint, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."delivery_predicate"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."describe_dead_letters"(bigint, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."destination_detail"(public.destinations) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."disable_destination"(bigint, text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."due_deliveries"(bigint, public.delivery_lane, integer, bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."enable_destination"(bigint, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_failing"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."error_group_of"(public.error_class, integer, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_concerned"(public.events, public.privacy_requests) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_invitation"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_sealed_destination"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."first_of_keys"(bigint, public.delivery_lane, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."first_status"(public.destinations) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_arriving_event"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_row"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_destination"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_sealed_destination"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_source"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hold_batch"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hold_deliveries"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."http_statuses"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."invite_staff"(text, public.staff_role, text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_active_admin"(public.staff_users) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_first"(bigint, text, bigint, public.delivery_lane) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."latency_bounds"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."latency_histogram"(integer[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."latency_quantile"(integer[], numeric) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_action_choices"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_actions"(jsonb, integer, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_api_tokens"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_dead_letter_groups"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_destination_deliveries"(bigint, integer, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_destinations"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_source_tokens"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_sources"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_staff"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."mask_url"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."may_try"(public.destinations, public.destination_health) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."merge_headers"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."move_breaker"(public.destination_health, public.destinations, bigint, bigint, bigint[], bigint[], bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."names_one_of"(bytea, public.privacy_requests) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."next_due"(text, integer, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."normalise_error"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_destination"(bigint, text, text, text, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_endpoint_test"(text, text, text, jsonb, text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_health"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_source"(text, public.sources, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notify_admins"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."ordering_key_of"(public.destinations, public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."pause_destination"(bigint, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_destination_names"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_health"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_rail"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_staff_action"(text, text, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redacted_event"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."release_deliveries"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resume_destination"(bigint, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."revoke_api_token"(bigint, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."room_at"(public.destinations, public.destination_health, text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."rotate_destination_secret"(bigint, jsonb, numeric, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."rotate_source"(bigint, text, text, integer, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."same_receiver"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."select_deliveries"(jsonb, bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."set_staff_link"(uuid, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."single_replay_due"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."source_answer"(public.sources) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."speaks_against"(public.error_class) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."spend"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."staff_member"(public.staff_users) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sum_latency"(integer[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."suspected_replays"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."switched"(bigint, boolean, text, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."update_destination"(bigint, jsonb, jsonb, timestamp WITH time zone, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."update_source"(bigint, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."use_api_token"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wants_event"(public.destinations, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."why_not_changed"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."without_secrets"(jsonb, text[]) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."api_tokens_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."api_tokens_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."campaigns_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."campaigns_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."customers_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."customers_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."leads_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."leads_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."messages_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."messages_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."orders_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."orders_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."privacy_requests_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."privacy_requests_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sms_recipients_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sms_recipients_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sources_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sources_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."api_tokens" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."api_tokens" TO "service_role";

REVOKE ALL ON TABLE "public"."campaigns" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."campaigns" TO "service_role";

REVOKE ALL ON TABLE "public"."customers" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."customers" TO "service_role";

REVOKE ALL ON TABLE "public"."destination_health" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."destination_health" TO "service_role";

REVOKE ALL ON TABLE "public"."destination_statistics" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."destination_statistics" TO "service_role";

REVOKE ALL ON TABLE "public"."leads" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."leads" TO "service_role";

REVOKE ALL ON TABLE "public"."messages" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."messages" TO "service_role";

REVOKE ALL ON TABLE "public"."orders" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."orders" TO "service_role";

REVOKE ALL ON TABLE "public"."privacy_requests" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."privacy_requests" TO "service_role";

REVOKE ALL ON TABLE "public"."sms_recipients" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sms_recipients" TO "service_role";

REVOKE ALL ON TABLE "public"."sources" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sources" TO "service_role";

REVOKE ALL ON TABLE "public"."staff_invitations" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."staff_invitations" TO "service_role";

ALTER TABLE "public"."deliveries"
  ADD COLUMN "error_group" text GENERATED ALWAYS AS (public.error_group_of(last_error_class, last_http_status, last_error)) STORED;

CREATE INDEX deliveries_dead_by_cause ON public.deliveries USING btree (error_group, destination_id, finished_at DESC, event_id)
  WHERE (status = 'dead'::public.delivery_status);
