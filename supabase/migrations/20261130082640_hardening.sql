-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

DROP TRIGGER "forget_customer" ON "public"."customers";

DROP TRIGGER "forget_arriving_event" ON "public"."events";

DROP TRIGGER "forget_order" ON "public"."orders";

DROP TRIGGER "forget" ON "public"."privacy_requests";

DROP INDEX "public"."events_with_bytes";

ALTER TABLE "public"."api_tokens"
  DROP CONSTRAINT "api_tokens_scopes_check";

ALTER TABLE "public"."attempts"
  DROP CONSTRAINT "attempts_delivery_id_fkey";

ALTER TABLE "public"."deliveries"
  DROP CONSTRAINT "deliveries_event_id_fkey";

ALTER TABLE "public"."event_conflicts"
  DROP CONSTRAINT "event_conflicts_event_id_fkey";

ALTER TABLE "public"."events"
  DROP CONSTRAINT "events_one_per_door_and_key";

ALTER TABLE "public"."replay_items"
  DROP CONSTRAINT "replay_items_attempt_id_fkey";

ALTER TABLE "public"."replay_items"
  DROP CONSTRAINT "replay_items_delivery_id_fkey";

ALTER TABLE "public"."replay_items"
  DROP CONSTRAINT "replay_items_event_id_fkey";

ALTER TABLE "public"."statistics"
  DROP CONSTRAINT "statistics_outcome_check";

ALTER TABLE "public"."statistics"
  DROP CONSTRAINT "statistics_pkey";

ALTER TABLE "public"."statistics_hours"
  DROP CONSTRAINT "statistics_hours_outcome_check";

ALTER TABLE "public"."statistics_hours"
  DROP CONSTRAINT "statistics_hours_pkey";

DROP FUNCTION "public"."add_statistics"(jsonb);

DROP FUNCTION "public"."api_token"(public.api_tokens);

DROP FUNCTION "public"."archive_destination"(bigint, text, text, text);

DROP FUNCTION "public"."attempt_detail"(public.attempts);

DROP FUNCTION "public"."attend_destinations"(integer);

DROP FUNCTION "public"."change_staff"(uuid, public.staff_role[], text, text, text, public.staff_role, boolean);

DROP FUNCTION "public"."changes_since"(text);

DROP FUNCTION "public"."claim_deliveries"(text, integer, integer, integer, integer);

DROP FUNCTION "public"."control_replay"(bigint, text, text, text, text);

DROP FUNCTION "public"."count_by_statistics"(jsonb, timestamp WITH time zone, timestamp WITH time zone, integer, integer);

DROP FUNCTION "public"."count_dead_letters"();

DROP FUNCTION "public"."count_event_types"(jsonb);

DROP FUNCTION "public"."count_events"(jsonb);

DROP FUNCTION "public"."count_running_replays"();

DROP FUNCTION "public"."count_selection"(jsonb);

DROP FUNCTION "public"."counted_between"(timestamp WITH time zone, timestamp WITH time zone, integer);

DROP FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text, text, text, uuid);

DROP FUNCTION "public"."create_destination"(jsonb, text, text, text);

DROP FUNCTION "public"."create_replay"(public.replay_kind, jsonb, jsonb, jsonb, text, text, text, text, text);

DROP FUNCTION "public"."create_sample"(bigint, jsonb, text, text, text);

DROP FUNCTION "public"."create_source"(jsonb, text, text, text);

DROP FUNCTION "public"."delete_source"(bigint, text, text, text);

DROP FUNCTION "public"."describe_dead_letters"(bigint, text);

DROP FUNCTION "public"."destination_detail"(public.destinations);

DROP FUNCTION "public"."disable_destination"(bigint, text, text, text, text);

DROP FUNCTION "public"."due_deliveries"(bigint, public.delivery_lane, integer, bigint[]);

DROP FUNCTION "public"."enable_destination"(bigint, text, text, text);

DROP FUNCTION "public"."event_branches"(jsonb);

DROP FUNCTION "public"."event_concerned"(public.events, public.privacy_requests);

DROP FUNCTION "public"."event_neighbours"(bigint, jsonb);

DROP FUNCTION "public"."event_predicate"(jsonb);

DROP FUNCTION "public"."event_summaries"(bigint[]);

DROP FUNCTION "public"."event_view"(public.event_views);

DROP FUNCTION "public"."find_event"(text, text);

DROP FUNCTION "public"."find_events"(text, integer);

DROP FUNCTION "public"."find_organisations"(text, integer);

DROP FUNCTION "public"."forget"();

DROP FUNCTION "public"."forget_arriving_event"();

DROP FUNCTION "public"."forget_row"();

DROP FUNCTION "public"."get_destination"(bigint);

DROP FUNCTION "public"."get_event"(bigint);

DROP FUNCTION "public"."get_replay"(bigint);

DROP FUNCTION "public"."get_sealed_destination"(bigint);

DROP FUNCTION "public"."get_source"(bigint);

DROP FUNCTION "public"."invite_staff"(text, public.staff_role, text, text, text, text);

DROP FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text, text, text);

DROP FUNCTION "public"."list_action_choices"();

DROP FUNCTION "public"."list_actions"(jsonb, integer, text);

DROP FUNCTION "public"."list_api_tokens"();

DROP FUNCTION "public"."list_dead_letter_groups"(integer);

DROP FUNCTION "public"."list_dead_letters"(integer);

DROP FUNCTION "public"."list_destination_deliveries"(bigint, integer, bigint);

DROP FUNCTION "public"."list_destinations"();

DROP FUNCTION "public"."list_events"(jsonb, integer, text, text);

DROP FUNCTION "public"."list_merchant_events"(jsonb, integer, text);

DROP FUNCTION "public"."list_missing_events"(jsonb);

DROP FUNCTION "public"."list_notices"(text);

DROP FUNCTION "public"."list_projectable_items"(bigint, integer, integer);

DROP FUNCTION "public"."list_related_events"(bigint);

DROP FUNCTION "public"."list_replay_failures"(bigint, integer, integer);

DROP FUNCTION "public"."list_replay_items"(bigint, text, integer, integer);

DROP FUNCTION "public"."list_replays"(jsonb, integer, bigint);

DROP FUNCTION "public"."list_silent_providers"();

DROP FUNCTION "public"."list_sources"(text[]);

DROP FUNCTION "public"."list_staff"();

DROP FUNCTION "public"."may_try"(public.destinations, public.destination_health);

DROP FUNCTION "public"."names_one_of"(bytea, public.privacy_requests);

DROP FUNCTION "public"."next_due"(text, integer, boolean);

DROP FUNCTION "public"."note_action"(text, text, text, bigint, text, jsonb);

DROP FUNCTION "public"."pause_destination"(bigint, text, text, text);

DROP FUNCTION "public"."preview_replay"(bigint);

DROP FUNCTION "public"."read_analytics"(timestamp WITH time zone, timestamp WITH time zone, integer);

DROP FUNCTION "public"."read_backlog"();

DROP FUNCTION "public"."read_destination_names"();

DROP FUNCTION "public"."read_event_body"(bigint);

DROP FUNCTION "public"."read_event_histogram"(jsonb);

DROP FUNCTION "public"."read_latency"(timestamp WITH time zone, timestamp WITH time zone);

DROP FUNCTION "public"."read_rail"();

DROP FUNCTION "public"."reason_to_skip"(public.events, public.deliveries, public.destinations, jsonb, integer);

DROP FUNCTION "public"."record_attempts"(jsonb);

DROP FUNCTION "public"."record_rejections"(jsonb, jsonb);

DROP FUNCTION "public"."record_sign_in"(text, text, boolean);

DROP FUNCTION "public"."resolve_events"(bigint[], text, text, text, text);

DROP FUNCTION "public"."resume_destination"(bigint, text, text, text);

DROP FUNCTION "public"."revoke_api_token"(bigint, text, text, text);

DROP FUNCTION "public"."room_at"(public.destinations, public.destination_health, text, integer);

DROP FUNCTION "public"."rotate_destination_secret"(bigint, jsonb, numeric, text, text, text);

DROP FUNCTION "public"."rotate_source"(bigint, text, text, integer, text, text, text);

DROP FUNCTION "public"."route_again"(bigint[], boolean);

DROP FUNCTION "public"."search_everything"(text, integer);

DROP FUNCTION "public"."see_notices"(text, bigint);

DROP FUNCTION "public"."select_events"(jsonb, integer);

DROP FUNCTION "public"."sign_in_allowed"(text, text);

DROP FUNCTION "public"."source_answer"(public.sources);

DROP FUNCTION "public"."speaks_against"(public.error_class);

DROP FUNCTION "public"."spend"(bigint[]);

DROP FUNCTION "public"."staff_member"(public.staff_users);

DROP FUNCTION "public"."start_replay"(bigint, jsonb, text, text, text);

DROP FUNCTION "public"."summarise_replay"(bigint);

DROP FUNCTION "public"."switched"(bigint, boolean, text, jsonb, text, text, text);

DROP FUNCTION "public"."take_back"(bigint);

DROP FUNCTION "public"."update_destination"(bigint, jsonb, jsonb, timestamp WITH time zone, text, text, text);

DROP FUNCTION "public"."update_source"(bigint, jsonb, text, text, text);

DROP FUNCTION "public"."wants_event"(public.destinations, text, text, text);

DROP FUNCTION "public"."why_not_changed"(bigint);

ALTER TABLE "public"."destination_health"
  DROP COLUMN "spent_until";

-- Moved: the bytes stay until event_bodies has them, at the end. A generated column is filled in one pass, without triggers.
ALTER TABLE "public"."events"
  ADD COLUMN "body_size" integer GENERATED ALWAYS AS (octet_length("raw_body")) STORED;

ALTER TABLE "public"."events"
  ALTER COLUMN "body_size" DROP EXPRESSION;

ALTER TABLE "public"."statistics"
  DROP COLUMN "duration_ms";

-- Moved: its rows become events, at the end.
ALTER TABLE "public"."event_conflicts"
  ADD COLUMN "variant_id" bigint NOT NULL DEFAULT nextval('public.events_id_seq');

DROP TABLE "public"."sign_in_failures";

CREATE TABLE "public"."event_bodies" (
  "event_id" bigint NOT NULL,
  "raw_body" bytea  NOT NULL,
  CONSTRAINT "event_bodies_pkey" PRIMARY KEY (event_id)
);

ALTER TABLE "public"."event_bodies"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_bodies" FROM "anon", "authenticated";

CREATE TABLE "public"."event_keys" (
  "provider"  text   NOT NULL,
  "key_hash"  bytea  NOT NULL,
  "source_id" bigint,
  "variant"   text   NOT NULL DEFAULT ''::text,
  "event_id"  bigint NOT NULL,
  CONSTRAINT "event_keys_key_hash_check" CHECK ((octet_length(key_hash) = 32)),
  CONSTRAINT "event_keys_one_per_source_and_key" UNIQUE NULLS NOT DISTINCT (PROVIDER, key_hash, source_id, variant)
);

ALTER TABLE "public"."event_keys"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_keys" FROM "anon", "authenticated";

CREATE TABLE "public"."sender_networks" (
  "network"       text                     NOT NULL,
  "charged_until" timestamp with time zone NOT NULL,
  "genuine_at"    timestamp with time zone,
  CONSTRAINT "sender_networks_network_check" CHECK ((length(network) <= 64)),
  CONSTRAINT "sender_networks_pkey" PRIMARY KEY (network)
);

ALTER TABLE "public"."sender_networks"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."sender_networks"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."sender_networks" FROM "anon", "authenticated";

CREATE TABLE "public"."sign_in_guesses" (
  "id"          bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "kind"        text                     NOT NULL,
  "account"     text                     NOT NULL,
  "network"     text                     NOT NULL,
  "is_familiar" boolean                  NOT NULL,
  "booked_at"   timestamp with time zone NOT NULL,
  CONSTRAINT "sign_in_guesses_account_check" CHECK ((length(account) <= 320)),
  CONSTRAINT "sign_in_guesses_kind_check" CHECK ((kind = ANY (ARRAY['password'::text, 'invitation'::text]))),
  CONSTRAINT "sign_in_guesses_network_check" CHECK ((length(network) <= 64)),
  CONSTRAINT "sign_in_guesses_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."sign_in_guesses"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sign_in_guesses" FROM "anon", "authenticated";

CREATE TABLE "public"."sign_in_refusals" (
  "kind"    text                     NOT NULL,
  "subject" text                     NOT NULL,
  "hour"    timestamp with time zone NOT NULL,
  "refused" integer                  NOT NULL,
  CONSTRAINT "sign_in_refusals_kind_check" CHECK ((kind = ANY (ARRAY['account'::text, 'address'::text]))),
  CONSTRAINT "sign_in_refusals_pkey" PRIMARY KEY (kind, subject, hour),
  CONSTRAINT "sign_in_refusals_subject_check" CHECK ((length(subject) <= 320))
);

ALTER TABLE "public"."sign_in_refusals"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sign_in_refusals" FROM "anon", "authenticated";

CREATE TABLE "public"."sms_log_recipients" (
  "id"           bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "message_id"   text                     NOT NULL,
  "recipient"    text                     NOT NULL,
  "status"       text,
  "carrier"      text,
  "error"        text,
  "finalized_at" timestamp with time zone,
  "versions"     jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT "sms_log_recipients_one_per_message" UNIQUE (message_id, recipient),
  CONSTRAINT "sms_log_recipients_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."sms_log_recipients"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sms_log_recipients" FROM "anon", "authenticated";

CREATE TABLE "public"."source_allowances" (
  "source_id"  bigint                   NOT NULL,
  "used_until" timestamp with time zone NOT NULL,
  CONSTRAINT "source_allowances_pkey" PRIMARY KEY (source_id)
);

ALTER TABLE "public"."source_allowances"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."source_allowances"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."source_allowances" FROM "anon", "authenticated";

CREATE TABLE "public"."staff_sessions" (
  "id"            bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "id_hash"       bytea                    NOT NULL,
  "staff_id"      uuid                     NOT NULL,
  "address"       text                     NOT NULL,
  "network"       text                     NOT NULL,
  "user_agent"    text                     NOT NULL,
  "expires_at"    timestamp with time zone NOT NULL,
  "ended_at"      timestamp with time zone,
  "ended_because" text,
  CONSTRAINT "staff_sessions_address_check" CHECK ((length(address) <= 64)),
  CONSTRAINT "staff_sessions_ended_because_check"
    CHECK
    ((ended_because = ANY (ARRAY['signed_out'::text, 'signed_out_everywhere'::text, 'replaced'::text, 'too_many'::text, 'password'::text, 'role'::text, 'disabled'::text,
    'enabled'::text]))),
  CONSTRAINT "staff_sessions_id_hash_check" CHECK ((octet_length(id_hash) = 32)),
  CONSTRAINT "staff_sessions_one_per_id" UNIQUE (id_hash),
  CONSTRAINT "staff_sessions_pkey" PRIMARY KEY (id),
  CONSTRAINT "staff_sessions_say_why_they_ended" CHECK (((ended_at IS NULL) = (ended_because IS NULL))),
  CONSTRAINT "staff_sessions_user_agent_check" CHECK ((length(user_agent) <= 200))
);

ALTER TABLE "public"."staff_sessions"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."staff_sessions" FROM "anon", "authenticated";

CREATE TABLE "public"."subscriptions" (
  "id"                 bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "subscription_id"    text                     NOT NULL,
  "stripe_customer_id" text                     NOT NULL,
  "status"             text,
  "plan"               text,
  "started_at"         timestamp with time zone,
  "ended_at"           timestamp with time zone,
  "history"            jsonb                    NOT NULL DEFAULT '[]'::jsonb,
  "versions"           jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT "subscriptions_pkey" PRIMARY KEY (id),
  CONSTRAINT "subscriptions_subscription_id_key" UNIQUE (subscription_id)
);

ALTER TABLE "public"."subscriptions"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."subscriptions" FROM "anon", "authenticated";

CREATE TABLE "public"."write_probe" (
  "id"     integer                  NOT NULL,
  "at"     timestamp with time zone NOT NULL,
  "filler" bytea                    NOT NULL,
  CONSTRAINT "write_probe_id_check" CHECK ((id = 1)),
  CONSTRAINT "write_probe_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."write_probe"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."write_probe" FROM "anon", "authenticated";

ALTER TABLE "public"."api_tokens"
  ADD COLUMN "is_signed" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."api_tokens"
  ADD COLUMN "role" public.staff_role;

ALTER TABLE "public"."api_tokens"
  ADD COLUMN "parent_id" bigint;

ALTER TABLE "public"."api_tokens"
  ADD COLUMN "organisations" text[];

ALTER TABLE "public"."customers"
  ADD COLUMN "shop" text;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "rate_used_until" timestamp WITH time zone;

ALTER TABLE "public"."destination_health"
  ADD COLUMN "recent_max_ms" integer;

ALTER TABLE "public"."destinations"
  ADD COLUMN "takes_internal" boolean NOT NULL DEFAULT true;

ALTER TABLE "public"."notices"
  ADD COLUMN "organisations" text[];

ALTER TABLE "public"."orders"
  ADD COLUMN "shop" text;

ALTER TABLE "public"."privacy_requests"
  ADD COLUMN "contact_hashes" text[] NOT NULL DEFAULT '{}'::text[];

ALTER TABLE "public"."privacy_requests"
  ADD COLUMN "events_changed" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."privacy_requests"
  ADD COLUMN "rows_changed" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."privacy_requests"
  ADD COLUMN "changed" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."rejections"
  ADD COLUMN "body_read" integer;

ALTER TABLE "public"."rejections"
  ADD COLUMN "body_sha256" bytea;

ALTER TABLE "public"."rejections"
  ADD COLUMN "source_id" bigint;

ALTER TABLE "public"."rejections"
  ADD COLUMN "organisation_id" text;

ALTER TABLE "public"."rejections"
  ADD COLUMN "event_key" text;

ALTER TABLE "public"."replays"
  ADD COLUMN "remaining" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."replays"
  ADD COLUMN "organisations" text[];

ALTER TABLE "public"."sources"
  ADD COLUMN "max_per_minute" integer;

ALTER TABLE "public"."staff_actions"
  ADD COLUMN "organisations" text[];

ALTER TABLE "public"."staff_users"
  ADD COLUMN "organisations" text[];

ALTER TABLE "public"."statistics"
  ADD COLUMN "organisation_id" text NOT NULL DEFAULT ''::text;

ALTER TABLE "public"."statistics"
  ADD COLUMN "latency" integer[];

ALTER TABLE "public"."statistics_hours"
  ADD COLUMN "organisation_id" text NOT NULL DEFAULT ''::text;

ALTER TABLE "public"."rejections"
  ALTER COLUMN "body_size" DROP DEFAULT;

ALTER TABLE "public"."rejections"
  ALTER COLUMN "body_size" TYPE bigint USING "body_size"::bigint;

REVOKE ALL ON SEQUENCE "public"."sign_in_guesses_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sign_in_guesses_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."sms_log_recipients_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sms_log_recipients_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."staff_sessions_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."staff_sessions_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."subscriptions_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."subscriptions_id_seq" FROM "authenticated";

CREATE TYPE "public"."amount_kind" AS ENUM (
  'paid',
  'due',
  'refunded',
  'disputed',
  'authorised',
  'open',
  'failed',
  'cancelled'
);

ALTER TYPE "public"."error_class" ADD VALUE 'delivery_loop' AFTER 'lease_expired';


SET local check_function_bodies = off;

CREATE TYPE "public"."event_flag" AS ENUM (
  'repeated_keys',
  'impossible_time',
  'unknown_status',
  'internal'
);

ALTER TABLE "public"."events"
  ADD COLUMN "flags" public.event_flag[] NOT NULL DEFAULT '{}'::public.event_flag[];

ALTER TABLE "public"."events"
  ALTER COLUMN "body_size" SET NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "rendering" text;

ALTER TABLE "public"."events"
  ADD COLUMN "variant_of" bigint;

ALTER TABLE "public"."events"
  ADD COLUMN "logical_key" text;

CREATE TYPE "public"."event_origin" AS ENUM (
  'webhook',
  'published',
  'sample',
  'provider_api',
  'reconstructed'
);

ALTER TABLE "public"."events"
  ADD COLUMN "origin" public.event_origin;

ALTER TABLE "public"."events"
  ADD COLUMN "object_type" text;

ALTER TABLE "public"."events"
  ADD COLUMN "customer_id" text;

ALTER TABLE "public"."events"
  ADD COLUMN "amount" bigint;

ALTER TABLE "public"."events"
  ADD COLUMN "amount_kind" public.amount_kind;

ALTER TABLE "public"."events"
  ADD COLUMN "currency" text;

ALTER TABLE "public"."events"
  ADD COLUMN "terms" tsvector;

CREATE TYPE "public"."livemode_choice" AS ENUM (
  'live',
  'test',
  'any'
);

ALTER TABLE "public"."destinations"
  ADD COLUMN "livemode" public.livemode_choice NOT NULL DEFAULT 'any'::public.livemode_choice;

ALTER TYPE "public"."rejection_reason" ADD VALUE 'wrong_address' AFTER 'not_configured';


SET local check_function_bodies = off;

ALTER TYPE "public"."rejection_reason" ADD VALUE 'rate_limited' AFTER 'wrong_address';


SET local check_function_bodies = off;

ALTER TYPE "public"."rejection_reason" ADD VALUE 'over_ceiling' AFTER 'rate_limited';


SET local check_function_bodies = off;

ALTER TYPE "public"."skip_reason" ADD VALUE 'test_mode' AFTER 'cancelled';


SET local check_function_bodies = off;

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
  SET statement_timeout TO '3s'
  AS $function$
declare
  v_new bigint[];
  v_suspected integer[];
  v_answer jsonb;
  v_other jsonb;
  v_again integer[] := '{}';
begin
  -- Whatever the server or role is set to: an acknowledged event is on disk.
  perform set_config('synchronous_commit', 'on', true);

  v_suspected := public.suspected_replays(p_events);

  v_new := public.store_events(p_events, v_suspected, p_deliver_suspected);

  -- A new statement sees what another transaction committed while the insert waited for it.
  with seen as (
    select i.n, i.provider, i.event_type, k.event_id, e.organisation_id,
      coalesce(e.suspected_replay, false) as suspected_replay,
      case
        when e.id = any (v_new) and row_number() over (partition by e.id order by i.n) = 1 then 'accepted'
        -- Its event may be gone, and with it what could be compared.
        when e.id is null or e.fingerprint = decode(i.fingerprint, 'hex') then 'duplicate'
        -- One event, written in two versions of the provider's API.
        when i.rendering <> e.rendering then 'duplicate'
        else 'conflict'
      end as outcome
    from jsonb_to_recordset(p_events) as i(
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
  )), jsonb_agg(jsonb_build_object('n', s.n, 'of', s.event_id)) filter (where s.outcome = 'conflict')
  into v_answer, v_other
  from seen s;

  if v_other is not null then
    v_again := public.store_variants(p_events, v_other);
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

CREATE OR REPLACE FUNCTION public.accept_invitation (
  p_token_hash    text,
  p_name          text,
  p_password_hash text,
  p_request_id    text
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
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
  where i.staff_id = v_staff.id and i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > public.now_();
  if not found then
    return null;
  end if;
  update public.staff_users u set
    name = p_name, password_hash = p_password_hash, session_version = u.session_version + 1
  where u.id = v_staff.id;
  perform public.end_sessions(v_staff.id, 'password');
  perform public.record_staff_action(
    'invitation.accept', v_staff.email, '{}', p_name, v_staff.id::text, p_request_id
  );
  return v_staff.email;
end
$function$;

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
  if p_one is null or p_other is null then
    return coalesce(p_one, p_other);
  end if;
  return array(
    select coalesce(a.x, 0) + coalesce(a.y, 0) from unnest(p_one, p_other) with ordinality a(x, y, n) order by a.n
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.add_secret (
  p_secrets jsonb,
  p_secret  jsonb,
  p_until   timestamp with time zone
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_array(p_secret || jsonb_build_object('created_at', public.iso(public.now_()), 'expires_at', null))
    || coalesce((
      select jsonb_agg(k.secret || jsonb_build_object('expires_at', public.iso(k.expires_at)) order by k.n)
      from (
        select s.secret, s.n, least((s.secret ->> 'expires_at')::timestamptz, p_until) as expires_at
        from jsonb_array_elements(p_secrets) with ordinality as s(secret, n)
        order by s.n
        limit 4
      ) k
      where k.expires_at > public.now_()
    ), '[]');
$function$;

CREATE OR REPLACE FUNCTION public.add_statistics (
  p_counts jsonb
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  insert into public.statistics as s (
    organisation_id, minute, provider, event_type, outcome, shard, count, latency
  )
  select o.id, date_trunc('minute', public.now_()), c.provider, c.event_type, c.outcome,
    (pg_backend_pid() % 16)::smallint,
    sum(c.count), public.latency_histogram(array_agg(c.duration_ms) filter (where c.duration_ms is not null))
  from jsonb_to_recordset(p_counts) as c(
    organisation_id text, provider text, event_type text, outcome text, count bigint, duration_ms integer
  )
  cross join lateral unnest(array['', nullif(c.organisation_id, '')]) as o(id)
  where o.id is not null
  group by o.id, c.provider, c.event_type, c.outcome
  -- Sorted: two transactions that share rows lock them in the same order.
  order by o.id, c.provider, c.event_type, c.outcome
  on conflict (organisation_id, minute, provider, event_type, outcome, shard) do update
    set count = s.count + excluded.count, latency = public.add_latency(s.latency, excluded.latency);

  insert into public.statistics_hours as h (organisation_id, hour, provider, event_type, outcome, shard, count)
  select o.id, date_trunc('hour', public.now_(), 'UTC'), c.provider, c.event_type, c.outcome,
    (pg_backend_pid() % 16)::smallint,
    sum(c.count)
  from jsonb_to_recordset(p_counts) as c(
    organisation_id text, provider text, event_type text, outcome text, count bigint
  )
  cross join lateral unnest(array['', nullif(c.organisation_id, '')]) as o(id)
  where o.id is not null
  group by o.id, c.provider, c.event_type, c.outcome
  order by o.id, c.provider, c.event_type, c.outcome
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_statistics"(jsonb) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.advance_replay (
  p_id bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET jit TO 'off'
  AS $function$
declare
  r public.replays;
  v_fed_before integer;
  v_in_progress integer;
  v_limit integer;
  v_batch integer;
  v_items integer[];
  v_fed bigint[];
  v_events bigint[];
  v_skipped integer;
begin
  select * into r from public.replays x
  where x.id = p_id and x.status in ('queued', 'running') and x.next_feed_at <= public.now_();
  if not found then
    return 0;
  end if;

  select count(*) into v_in_progress from public.replay_items i
  where i.replay_id = p_id and i.fed_at is not null and i.outcome is null;
  v_fed_before := v_in_progress + r.succeeded + r.failed;

  if public.stop_when_failing(r, v_fed_before, v_in_progress) then
    return 0;
  end if;

  v_batch := coalesce((r.options ->> 'batchSize')::integer, 100);
  v_limit := case
    -- The canary goes alone, and its outcome is awaited.
    when v_fed_before < (r.options ->> 'canary')::integer then (r.options ->> 'canary')::integer - v_fed_before
    when v_in_progress > 0 and v_fed_before = (r.options ->> 'canary')::integer then 0
    -- Batches with a pause between them; without one, as much as keeps the workers busy and can be taken back.
    when (r.options ->> 'delayBetweenBatches')::integer > 0 then v_batch
    else greatest(0, 2 * v_batch - v_in_progress)
  end;
  if r.options ->> 'ratePerSecond' is not null then
    v_limit := least(v_limit, greatest(1, floor((r.options ->> 'ratePerSecond')::numeric / 2))::integer);
  end if;

  select array_agg(x.position) into v_items
  from (
    select i.position from public.replay_items i
    where i.replay_id = p_id and i.fed_at is null and i.outcome is null
      and not ((r.options ->> 'preserveOriginalOrder')::boolean and exists (
        select from public.replay_items b
        where b.replay_id = i.replay_id and b.ordering_key = i.ordering_key and b.position < i.position
          and b.outcome is null
      ))
    order by i.position
    limit v_limit
  ) x;

  -- Deliveries first, as everywhere; the items remember what they were.
  perform from public.deliveries d
  where d.id in (
    select i.delivery_id from public.replay_items i where i.replay_id = p_id and i.position = any (v_items)
  )
  order by d.id for update;

  update public.replay_items i set
    fed_at = public.now_(), prior_status = d.status, prior_finished_at = d.finished_at
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  where i.replay_id = p_id and i.position = any (v_items) and d.id = i.delivery_id
    and d.status in ('dead', 'delivered', 'cancelled', 'retrying') and public.takes_deliveries(t)
    -- Two requests for one dead letter deliver it once, however they overlap.
    and (d.status = 'dead' or not r.selection ? 'only_dead')
    and not public.predecessor_failed(r, i);

  select array_agg(i.delivery_id), array_agg(distinct i.event_id) filter (where not exists (
    select from public.replay_items b
    where b.replay_id = i.replay_id and b.event_id = i.event_id and b.fed_at is not null
      and not b.position = any (v_items)
  ))
  into v_fed, v_events
  from public.replay_items i
  where i.replay_id = p_id and i.position = any (v_items) and i.fed_at is not null;

  update public.deliveries d set
    status = 'pending', lane = 'replay', due_at = public.now_(), tries = 0, finished_at = null, replay_id = p_id
  where d.id = any (v_fed);

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_fed)
  ));
  update public.events e set replay_count = e.replay_count + 1 where e.id = any (v_events);

  with skipped as (
    update public.replay_items i set outcome = 'skipped', finished_at = public.now_(), skip_reason = case
      when public.predecessor_failed(r, i) then 'predecessor_failed'
      when not t.enabled then 'destination_disabled'
      when t.paused_at is not null then 'destination_paused'
      when d.status = 'delivered' then 'already_applied'
      else 'in_flight'
    end::public.skip_reason
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id and i.position = any (v_items) and i.fed_at is null and d.id = i.delivery_id
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays x set
    status = 'running',
    started_at = coalesce(x.started_at, public.now_()),
    next_feed_at = public.now_() + greatest(
      case when cardinality(v_items) > 0 then (r.options ->> 'delayBetweenBatches')::integer else 0 end
        * interval '1 second',
      coalesce(coalesce(cardinality(v_fed), 0) / (r.options ->> 'ratePerSecond')::numeric, 0) * interval '1 second'
    )
  -- Its last item may have ended since it was read: what has ended does not run again.
  where x.id = p_id and x.status in ('queued', 'running');
  perform public.count_outcomes(p_id, 0, 0, v_skipped);

  return coalesce(cardinality(v_fed), 0);
end
$function$;

CREATE OR REPLACE FUNCTION public.advance_replays()
  RETURNS integer
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
  v_id bigint;
  v_fed integer := 0;
begin
  for v_id in
    select r.id from public.replays r
    where r.status in ('queued', 'running') and r.next_feed_at <= public.now_()
    order by r.id
  loop
    -- Another worker advances it already.
    continue when not pg_try_advisory_xact_lock(hashtextextended('replay ' || v_id, 1));
    v_fed := v_fed + public.advance_replay(v_id);
  end loop;
  return v_fed;
end
$function$;

CREATE OR REPLACE FUNCTION public.after_switch (
  p_id         bigint,
  p_scope      text[],
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
  SET jit TO 'off'
  AS $function$
begin
  if p_changed then
    perform public.hold_deliveries(t.id) + public.release_deliveries(t.id) from public.destinations t where t.id = p_id;
    perform public.record_staff_action(p_action, 'ds_' || p_id, p_details, p_actor, p_actor_id, p_request_id);
  elsif not exists (
    select from public.destinations t
    where t.id = p_id and t.archived_at is null and public.in_scope(p_scope, t.organisation_id)
  ) then
    return jsonb_build_object('result', 'not_found');
  end if;
  return jsonb_build_object('result', 'done');
end
$function$;

REVOKE ALL ON FUNCTION "public"."after_switch"(bigint, text[], boolean, text, jsonb, text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.all_in_scope (
  p_scope         text[],
  p_organisations text[]
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN ((p_scope IS NULL) OR COALESCE((p_organisations <@ p_scope), false));

REVOKE ALL ON FUNCTION "public"."all_in_scope"(text[], text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.api_token_json (
  t public.api_tokens
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'tk_' || t.id, 'name', t.name, 'hint', t.hint, 'scopes', t.scopes, 'created_by', t.created_by,
    'kind', case when t.is_signed then 'command_line' else 'console' end, 'role', t.role,
    'organisations', public.token_scope(t),
    'status', case
      when t.revoked_at is not null then 'revoked'
      when t.expires_at <= public.now_() then 'expired'
      when u.disabled_at is not null then 'owner_disabled'
      else 'active'
    end,
    'owner_role', u.role, 'created_at', public.iso(t.created_at), 'expires_at', public.iso(t.expires_at),
    'last_used_at', public.iso(t.last_used_at), 'revoked_at', public.iso(t.revoked_at)
  )
  from (select) one
  left join public.staff_users u on u.id = t.owner_id;
$function$;

REVOKE ALL ON FUNCTION "public"."api_token_json"(public.api_tokens) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.apply_changes (
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_answer jsonb;
  v_answers jsonb[] := '{}';
  r record;
begin
  select c into v_answer
  from jsonb_array_elements(p_changes) c
  where (c ->> 'table' = any (public.projection_tables())) is not true
  limit 1;
  if found then
    raise exception 'A projection may not write the table %.', coalesce(v_answer ->> 'table', '(none)')
      using errcode = '23514';
  end if;

  for r in
    -- Each event changes one subscription, and what follows from it must be seen change by change.
    select c.change ->> 'table' as name, jsonb_agg(c.change order by c.n) as changes,
      array_agg(c.n order by c.n) as places
    from jsonb_array_elements(p_changes) with ordinality c(change, n)
    group by c.change ->> 'table', case when c.change ->> 'table' in ('subscriptions', 'businesses') then c.n end
    order by min(c.n)
  loop
    for v_answer in select a from jsonb_array_elements(public.apply_to_table(r.name, r.changes)) a loop
      v_answers := array_append(v_answers, jsonb_set(v_answer, '{n}', to_jsonb(r.places[(v_answer ->> 'n')::integer])));
    end loop;
    if r.name = 'subscriptions' then
      v_answer := public.derive_business(r.changes #>> '{0,values,stripe_customer_id}');
      if v_answer is not null then
        v_answers := array_append(v_answers, v_answer || jsonb_build_object('n', r.places[1] + 0.5));
      end if;
    end if;
  end loop;

  -- In the order of the changes.
  return (
    select coalesce(jsonb_agg(a - 'n' order by (a ->> 'n')::numeric), '[]') from unnest(v_answers) a
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.apply_privacy_request()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_events bigint[];
  v_changed jsonb := '{}';
  v_rows integer := 0;
  v_count integer;
  t record;
begin
  select coalesce(array_agg(x.id order by x.id), '{}') into v_events
  from (
    select e.id from public.events e where e.id = any (array(select public.events_about(new))) order by e.id for update
  ) x;
  v_changed := public.redact_events(v_events);

  delete from public.rejections r
  where r.provider = 'shopify' and public.shop_in_headers(r.headers) = new.shop_domain and (
    new.kind = 'shop/redact' or new.people && public.people_in(new.shop_domain, public.text_of_bytes(r.body))
    -- Only the beginning may be kept, and nobody verified it: any number that is one of the ids counts.
    or public.text_of_bytes(r.body) ~ (
      select '\m(' || string_agg(split_part(x, ':', 2), '|') || ')\M' from unnest(new.people) x where x ~ ':\d+$'
    )
  );
  get diagnostics v_count = row_count;
  v_changed := v_changed || jsonb_build_object('rejections', v_count);

  for t in select * from public.tables_of_people() loop
    execute format(
      case t.handling
        when 'row' then 'delete from public.%1$I t where %3$s and public.is_from_before(to_jsonb(t), $1.requested_at)'
        -- Its own trigger does the rest.
        else 'update public.%1$I t set updated_at = public.now_() where %3$s
          and cardinality(public.columns_from_before(%1$L, to_jsonb(t), $1.requested_at)) > 0'
      end,
      t.table_name, t.shop_column, format(
        't.%2$I = $1.shop_domain and (
          $1.kind = ''shop/redact'' or $1.people && public.people_of_row(%1$L, $1.shop_domain, to_jsonb(t))
        )', t.table_name, t.shop_column
      )
    ) using new;
    get diagnostics v_count = row_count;
    v_rows := v_rows + v_count;
    v_changed := v_changed || jsonb_build_object(t.table_name, v_count);
  end loop;

  update public.privacy_requests p set
    events_changed = p.events_changed + cardinality(v_events),
    rows_changed = p.rows_changed + v_rows,
    changed = (
      select jsonb_object_agg(c.key, coalesce((p.changed ->> c.key)::integer, 0) + c.value::integer)
      from jsonb_each_text(v_changed) c
    )
  where p.id = new.id;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."apply_privacy_request"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.apply_to_table (
  p_table   text,
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_where text;
  v_key jsonb;
  -- The row as the changes so far leave it, and those of its columns that they write.
  v_row jsonb;
  v_written jsonb;
  v_is_new boolean;
  v_is_updated boolean;
  v_version text;
  v_decided integer;
  v_won record;
  v_effect public.change_effect;
  v_answers jsonb[] := '{}';
  v_writes jsonb[] := '{}';
  r record;
begin
  -- The columns of the key, the same in all changes of a table.
  select string_agg(format('t.%I = c.change #>> array[''key'', %L]', k, k), ' and ') into v_where
  from jsonb_object_keys(p_changes #> '{0,key}') k;

  -- First locked, then read: what another transaction wrote meanwhile is there.
  execute format(
    'select count(*) from (
       select distinct jsonb_build_object(''key'', x -> ''key'') as change from jsonb_array_elements($1) x order by 1
     ) c
     cross join lateral (select t.id from public.%I t where %s for update offset 0) l', p_table, v_where
  ) using p_changes;

  -- A row comes with each of its changes, and the values as the table's types print them, so that
  -- 2026-01-01T00:00:00Z equals what is stored.
  for r in execute format(
    'select c.n, c.change, t.id is null as is_new, coalesce(t.row, to_jsonb(k)) as row, (
       select coalesce(jsonb_object_agg(w.key, v.printed -> w.key), ''{}'') from jsonb_object_keys(v.given) as w(key)
     ) as candidate
     from jsonb_array_elements($1) with ordinality c(change, n)
     left join lateral (select t.id, to_jsonb(t) as row from public.%1$I t where %2$s offset 0) t on true
     cross join lateral jsonb_populate_record(null::public.%1$I, c.change -> ''key'') k
     cross join lateral (
       select c.change -> ''values'' as given,
         to_jsonb(jsonb_populate_record(null::public.%1$I, c.change -> ''values'')) as printed
       offset 0
     ) v
     order by c.change -> ''key'', c.n', p_table, v_where
  ) using p_changes
  loop
    if v_key is distinct from r.change -> 'key' then
      v_writes := array_append(v_writes, public.row_to_write(v_key, v_row, v_written, v_is_new, v_is_updated));
      v_key := r.change -> 'key';
      v_row := r.row;
      v_written := null;
      v_is_new := r.is_new;
      v_is_updated := false;
    end if;
    v_version := r.change ->> 'version';
    -- How much of the version comes before the event's key: what the provider says about the order.
    v_decided := length(v_version) - length(r.change #>> '{event,key}') - 1;

    if r.change ? 'state' then
      select * into v_won from public.winning_state(v_row, r.change, r.candidate);
    else
      -- A column is written unless a later event wrote it already. Of two events with the same time and rank, the one
      -- that was received later counts.
      select coalesce(jsonb_object_agg(w.key, w.value) filter (where w.is_newer), '{}') as columns,
        coalesce(jsonb_object_agg(w.key, v_version) filter (where w.is_newer), '{}') as versions,
        jsonb_agg(w.key order by w.key) filter (
          where w.is_tie and v_row -> w.key is distinct from w.value
        ) as undecided, null::jsonb as history
      into v_won
      from (
        select e.key, e.value, o.is_tie, case
          when o.is_tie then public.received_at_of(r.change #>> '{event,provider}', substr(o.stored, v_decided + 2))
            collate "C" <= (r.change #>> '{event,received}') collate "C"
          else o.stored collate "C" <= v_version collate "C"
        end as is_newer
        from jsonb_each(r.candidate) e
        cross join lateral (
          select x.stored, x.stored <> v_version and starts_with(x.stored, left(v_version, v_decided + 1)) as is_tie
          from (select coalesce(v_row #>> array['versions', e.key], '') as stored) x
          offset 0
        ) o
        offset 0
      ) w;
    end if;

    v_effect := case
      when r.is_new and v_written is null then 'created'
      when v_row @> r.candidate and v_row @> v_won.columns then 'unchanged'
      when v_row @> v_won.columns then 'superseded'
      else 'updated'
    end;
    v_answers := array_append(v_answers, jsonb_build_object(
      'n', r.n, 'table', p_table, 'key', v_key, 'effect', v_effect,
      -- Only the columns that the change names.
      'before', case when v_effect <> 'created' then public.members_of(v_row, r.candidate) end,
      'after', r.candidate || coalesce(public.members_of(v_row || v_won.columns, r.candidate), '{}')
    ) || case when v_won.undecided is null then '{}' else jsonb_build_object('undecided', v_won.undecided) end);

    v_row := v_row || v_won.columns || jsonb_build_object(
      'versions', coalesce(nullif(v_row -> 'versions', 'null'), '{}') || v_won.versions
    );
    v_written := coalesce(v_written, '{}') || v_won.columns;
    if v_won.history is not null then
      v_row := v_row || jsonb_build_object('history', v_won.history);
      v_written := v_written || '{"history": true}';
    end if;
    v_is_updated := v_is_updated or v_effect = 'updated';
  end loop;
  v_writes := array_append(v_writes, public.row_to_write(v_key, v_row, v_written, v_is_new, v_is_updated));

  perform public.write_rows(p_table, v_writes);
  return to_jsonb(v_answers);
end
$function$;

REVOKE ALL ON FUNCTION "public"."apply_to_table"(text, jsonb) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.archive_destination (
  p_id         bigint,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_cancelled bigint[];
  v_skipped record;
begin
  update public.destinations d set
    archived_at = public.now_(), enabled = false, disabled_at = coalesce(d.disabled_at, public.now_()),
    disabled_because = 'It was deleted.', secrets = '[]', headers = '{}', max_attempts = 1, updated_at = public.clock_()
  where d.id = p_id and d.archived_at is null and d.managed and public.in_scope(p_scope, d.organisation_id);
  if not found then
    return public.why_not_changed(p_id, p_scope);
  end if;

  perform from public.deliveries d
  where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held') order by d.id for update;

  with cancelled as (
    update public.deliveries d set status = 'cancelled', finished_at = public.now_()
    where d.destination_id = p_id and d.status in ('pending', 'retrying', 'held')
    returning d.id
  )
  select array_agg(id) into v_cancelled from cancelled;

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_cancelled)
  ));

  for v_skipped in with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = 'destination_disabled',
      finished_at = public.now_()
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

REVOKE ALL ON FUNCTION "public"."archive_destination"(bigint, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.attempt_json (
  a public.attempts
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'wa_' || a.id, 'number', a.number, 'status', a.status, 'started_at', public.iso(a.started_at),
    'finished_at', public.iso(a.finished_at), 'duration_ms', a.duration_ms, 'http_status', a.http_status,
    'error_class', a.error_class, 'error', a.error, 'response_headers', a.response_headers,
    'response_body_base64', translate(encode(a.response_body, 'base64'), E'\n', ''),
    'response_truncated', a.response_truncated, 'retry_at', public.iso(a.retry_at), 'replay_id', 'wr_' || a.replay_id,
    'worker', a.worker, 'changes', a.changes
  );
$function$;

REVOKE ALL ON FUNCTION "public"."attempt_json"(public.attempts) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.body_of (
  p_event_id bigint
)
  RETURNS bytea
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select b.raw_body from public.event_bodies b where b.event_id = p_event_id;
$function$;

REVOKE ALL ON FUNCTION "public"."body_of"(bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.book_claim (
  p_deliveries bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
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
    rate_used_until = greatest(h.rate_used_until, public.now_() - public.burst_of(t))
      + c.count / t.rate_per_second * interval '1 second',
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

REVOKE ALL ON FUNCTION "public"."book_claim"(bigint[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.book_guess (
  p_email      text,
  p_address    text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
declare
  v_account text := left(lower(p_email), 320);
  v_network text := public.network_of(p_address);
  v_now timestamptz;
  v_familiar boolean;
  v_wait_of_address numeric;
  v_wait numeric;
  v_guess bigint;
begin
  -- Addresses before accounts, always, so that no two wait for each other.
  perform pg_advisory_xact_lock(hashtextextended('guesses of address ' || v_network, 0));
  perform pg_advisory_xact_lock(hashtextextended('guesses at account ' || v_account, 0));
  v_now := public.clock_();
  v_familiar := exists (
    select from public.staff_users u
    join public.staff_sessions s on s.staff_id = u.id
    where u.email = v_account and s.network = v_network and s.created_at > v_now - interval '30 days'
  );
  v_wait_of_address := public.wait_of_network('password', v_network, v_now);
  v_wait := greatest(v_wait_of_address, case when not v_familiar then public.wait_of_account(v_account, v_now) end);
  if v_wait > 0 then
    perform public.record_refused_sign_in(v_account, p_address, 'too_many_attempts', p_request_id);
    return jsonb_build_object('wait', ceil(v_wait), 'of_address', v_wait_of_address > 0);
  end if;
  insert into public.sign_in_guesses (kind, account, network, is_familiar, booked_at)
  values ('password', v_account, v_network, v_familiar, v_now)
  returning id into v_guess;
  perform public.forget_old_guesses(v_now);
  return jsonb_build_object('guess', v_guess);
end
$function$;

REVOKE ALL ON FUNCTION "public"."book_guess"(text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.capacity_of (
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
    extract(epoch from public.now_() - greatest((h).rate_used_until, public.now_() - public.burst_of(t)))
      * (t).rate_per_second + 0.002
  );
begin
  if not public.takes_deliveries(t) or (h).disable_because is not null or (h).throttled_until > public.now_()
    or (h).breaker = 'open' and (h).probe_at > public.now_() then
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

REVOKE ALL ON FUNCTION "public"."capacity_of"(public.destinations, public.destination_health, text, integer) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_staff (
  p_id            uuid,
  p_within        public.staff_role[],
  p_scope         text[],
  p_actor         text,
  p_actor_id      text,
  p_request_id    text,
  p_role          public.staff_role   DEFAULT NULL::public.staff_role,
  p_disabled      boolean             DEFAULT NULL::boolean,
  p_rescope       boolean             DEFAULT false,
  p_organisations text[]              DEFAULT NULL::text[],
  p_own_id        uuid                DEFAULT NULL::uuid,
  p_tokens        text                DEFAULT NULL::text,
  p_scope_roles   jsonb               DEFAULT '{}'::jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_before public.staff_users;
  v_after public.staff_users;
  v_tokens bigint;
  v_heir uuid;
begin
  -- All administrators, in one order: two who demote each other wait here, and the second finds the last one.
  perform from public.staff_users u where u.role = 'admin' or u.id = p_id order by u.id for update;
  select * into v_before from public.staff_users u where u.id = p_id and public.all_in_scope(p_scope, u.organisations);
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_id = p_own_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_before.role <> all (p_within) or p_role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  elsif p_rescope and not public.all_in_scope(p_scope, p_organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;

  v_after := v_before;
  if p_rescope then
    v_after.organisations := p_organisations;
  end if;
  v_after.role := coalesce(p_role, v_before.role);
  v_after.disabled_at := case coalesce(p_disabled, v_before.disabled_at is not null)
    when true then coalesce(v_before.disabled_at, public.now_())
  end;
  if v_after is not distinct from v_before then
    return jsonb_build_object('result', 'changed', 'staff', public.staff_member_json(v_before));
  elsif public.is_active_admin(v_before) and not public.is_active_admin(v_after) and not exists (
    select from public.staff_users u where u.id <> p_id and public.is_active_admin(u)
  ) then
    return jsonb_build_object('result', 'last_admin');
  end if;

  if v_after.disabled_at is not null and v_before.disabled_at is null then
    v_tokens := (
      select count(*) from public.api_tokens t
      where t.owner_id = p_id and t.revoked_at is null and t.expires_at > public.now_()
    );
    v_heir := (
      select u.id from public.staff_users u where u.id::text = p_tokens and u.id <> p_id and public.is_active_admin(u)
        and public.all_in_scope(p_scope, u.organisations)
        and not exists (
          select from public.api_tokens t
          where t.owner_id = p_id and t.revoked_at is null and t.expires_at > public.now_()
            and not public.all_in_scope(u.organisations, public.token_scope(t))
        )
    );
    if v_tokens > 0 and p_tokens is null then
      return jsonb_build_object('result', 'has_tokens', 'tokens', v_tokens);
    elsif p_tokens <> 'revoke' and v_heir is null then
      return jsonb_build_object('result', 'no_heir');
    elsif v_tokens > 0 then
      perform public.settle_tokens(v_before, v_heir, p_scope_roles, p_actor, p_actor_id, p_request_id);
    end if;
  end if;

  update public.staff_users u set
    role = v_after.role, disabled_at = v_after.disabled_at, organisations = v_after.organisations,
    session_version = u.session_version + 1
  where u.id = p_id returning * into v_after;
  perform public.end_sessions(p_id, case
    when v_after.role <> v_before.role or v_after.organisations is distinct from v_before.organisations then 'role'
    when v_after.disabled_at is null then 'enabled' else 'disabled'
  end);
  if v_after.disabled_at is not null then
    delete from public.staff_invitations i where i.staff_id = p_id;
  end if;

  if v_after.role <> v_before.role then
    perform public.record_staff_action(
      'staff.change_role', v_after.email, jsonb_build_object('from', v_before.role, 'to', v_after.role),
      p_actor, p_actor_id, p_request_id
    );
  end if;
  if v_after.organisations is distinct from v_before.organisations then
    perform public.record_staff_action(
      'staff.change_organisations', v_after.email,
      jsonb_build_object('from', v_before.organisations, 'to', v_after.organisations), p_actor, p_actor_id, p_request_id
    );
  end if;
  if (v_after.disabled_at is null) <> (v_before.disabled_at is null) then
    perform public.record_staff_action(
      case when v_after.disabled_at is null then 'staff.enable' else 'staff.disable' end, v_after.email, '{}',
      p_actor, p_actor_id, p_request_id
    );
  end if;
  return jsonb_build_object('result', 'changed', 'staff', public.staff_member_json(v_after));
end
$function$;

REVOKE ALL
  ON FUNCTION "public"."change_staff"(uuid, public.staff_role[], text[], text, text, text, public.staff_role, boolean, boolean, text[], uuid, text, jsonb)
  FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.changes_since (
  p_scope  text[],
  p_cursor text   DEFAULT NULL::text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET plan_cache_mode TO 'force_generic_plan'
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_now pg_snapshot := pg_current_snapshot();
  v_cursor text := (extract(epoch from public.now_()) * 1000)::bigint || '~' || v_now;
  v_seen pg_snapshot;
  v_end bigint := pg_snapshot_xmax(v_now)::text::bigint;
  v_age integer;
  v_answer jsonb;
begin
  if p_cursor ~ '^\d{13}~\d{1,18}:\d{1,18}:[\d,]*$'
    and to_timestamp(split_part(p_cursor, '~', 1)::bigint / 1000.0) > public.now_() - interval '10 minutes'
  then
    v_seen := public.snapshot_of(split_part(p_cursor, '~', 2));
  end if;
  if v_seen is null or pg_snapshot_xmax(v_seen)::text::bigint > v_end then
    return jsonb_build_object('cursor', v_cursor, 'reset', true, 'topics', '[]'::jsonb, 'event_ids', '[]'::jsonb,
      'replay_ids', '[]'::jsonb);
  end if;
  if v_seen::text = v_now::text then
    return jsonb_build_object('cursor', p_cursor, 'reset', false, 'topics', '[]'::jsonb, 'event_ids', '[]'::jsonb,
      'replay_ids', '[]'::jsonb);
  end if;
  v_age := age(pg_snapshot_xmin(v_seen)::xid);

  with recent as (
    (select 'event' as what, e.id, null::bigint as replay_id, null as word, false as ended,
        case when e.organisation_id is not null then array[e.organisation_id] end as whose, e.received_at as at,
        e.xmin as xid
      from public.events e order by e.id desc limit 300)
    union all
    (select 'attempt', a.delivery_id, a.replay_id, null, a.status <> 'open', null, a.started_at, a.xmin
      from public.attempts a order by a.id desc limit 2000)
    union all
    (select 'action', null, case when s.subject ~ '^[wb]r_\d{1,18}$' then substr(s.subject, 4)::bigint end,
        s.action, false, s.organisations, s.acted_at, s.xmin
      from public.staff_actions s order by s.acted_at desc, s.id desc limit 50)
    union all
    (select 'replay', null, r.id, null, false, r.organisations, r.created_at, r.xmin
      from public.replays r order by r.created_at desc, r.id desc limit 50)
    union all
    (select 'replay', null, r.id, null, false, r.organisations, r.created_at, r.xmin
      from public.replays r where r.status in ('queued', 'running', 'paused') order by r.id limit 200)
    union all
    (select 'notice', n.id, null, null, false, n.organisations, n.created_at, n.xmin
      from public.notices n order by n.id desc limit 20)
    union all
    (select 'rejection', x.id, null, null, false,
        case when x.organisation_id is not null then array[x.organisation_id] end, x.received_at, x.xmin
      from public.rejections x order by x.id desc limit 20)
  ),
  reach as (
    select count(*) filter (where r.what = 'event') < 300
        or min(r.at) filter (where r.what = 'event') < public.now_() - interval '10 seconds' as of_events,
      count(*) filter (where r.what = 'attempt') < 2000
        or min(r.at) filter (where r.what = 'attempt') < public.now_() - interval '2 minutes' as of_attempts
    from recent r
  ),
  -- xmin has 32 bits: the newest full number below ours that ends with them. Its age is cheap to know, and rules out
  -- most.
  fresh as materialized (
    select * from recent r
    where age(r.xid) <= v_age and not pg_visible_in_snapshot(
      (v_end - ((v_end - r.xid::text::bigint) & 4294967295))::text::xid8, v_seen
    ) and case
      when p_scope is null then true
      when r.what <> 'attempt' then public.all_in_scope(p_scope, r.whose)
      else exists (
        select from public.deliveries d join public.events e on e.id = d.event_id
        where d.id = r.id and public.in_scope(p_scope, e.organisation_id)
      )
    end
  ),
  moved as (
    select d.event_id, d.status, f.replay_id
    from fresh f join public.deliveries d on d.id = f.id
    where f.what = 'attempt'
  ),
  ids as (
    select f.id from fresh f where f.what = 'event' union select m.event_id from moved m order by 1 desc limit 101
  ),
  runs as (
    select distinct f.replay_id as id from fresh f
    where f.replay_id is not null and (p_scope is null or public.replay_name(f.replay_id, p_scope) is not null)
    order by 1 desc limit 101
  ),
  said as (
    -- A person's action on events or destinations may move any event.
    select coalesce(bool_or(f.what = 'action' and f.word ~ '^(event|destination|replay)\.'), false)
        -- Among so much of others, something of theirs could be missed.
        or p_scope is not null and not (select c.of_attempts and c.of_events from reach c) as acted,
      array_agg(distinct f.what) as whats, coalesce(bool_or(f.word like 'destination.%'), false) as switched,
      coalesce(bool_or(f.ended), false) as ended
    from fresh f
  )
  select jsonb_build_object(
    'cursor', v_cursor,
    'reset', false,
    'topics', to_jsonb(array_remove(array[
      case when s.acted or s.whats && '{event,attempt}' then 'events' end,
      case when s.acted or exists (select from moved m where m.status = 'dead' or m.replay_id is not null)
        then 'dead_letters' end,
      case when exists (select from runs) then 'replays' end,
      case when s.ended or s.switched then 'destinations' end,
      case when 'rejection' = any (s.whats) then 'rejections' end,
      case when 'notice' = any (s.whats) then 'notices' end,
      case when 'action' = any (s.whats) then 'audit' end
    ], null)),
    'event_ids', case
      when s.acted or (select count(*) from ids) > 100
        or 'attempt' = any (s.whats) and not (select c.of_attempts from reach c)
        or 'event' = any (s.whats) and not (select c.of_events from reach c) then null
      else coalesce((select jsonb_agg(i.id) from ids i), '[]')
    end,
    'replay_ids', case
      when (select count(*) from runs) > 100 then null
      else coalesce((select jsonb_agg(i.id) from runs i), '[]')
    end
  ) into v_answer
  from said s;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."changes_since"(text[], text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.claim_deliveries (
  p_worker        text,
  p_limit         integer,
  p_lease_seconds integer,
  p_replay_limit  integer                 DEFAULT NULL::integer,
  p_slots         integer                 DEFAULT NULL::integer,
  p_kind          public.destination_kind DEFAULT NULL::public.destination_kind,
  p_shares        jsonb                   DEFAULT NULL::jsonb,
  p_bytes         bigint                  DEFAULT 8388608
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
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_waiting bigint[];
  v_destinations bigint[];
  v_shares integer[];
  v_replays_left integer := coalesce(p_replay_limit, p_limit);
  s record;
  v_live bigint[];
  v_replayed bigint[];
  v_chosen bigint[] := '{}';
  v_work jsonb;
  v_next_due timestamptz;
begin
  perform public.expire_leases(greatest(p_limit, 10));

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
  ),
  due as (
    select t, h, t.id, case
      -- A person wants to know now: not in turn with what hangs.
      when h.breaker = 'open' and public.may_probe(t, h) then 'proven' else public.pace_of(t, h, p_shares)
    end as pace
    from waiting w
    join public.destinations t on t.id = w.destination_id
    left join public.destination_health h on h.destination_id = t.id
    where (p_kind is null or t.kind = p_kind) and exists (
      select from public.deliveries d
      where d.destination_id = t.id and d.status in ('pending', 'retrying') and d.lane in ('live', 'replay')
        and d.due_at <= public.now_()
    )
  ),
  paced as (
    select d.*, case d.pace
      when 'proven' then p_limit else coalesce((p_shares ->> d.pace)::integer, 0)
    end as free, case d.pace
      when 'unproven' then 2
      when 'slow' then greatest(1, (p_shares ->> 'slow_slots')::integer / count(*) over (partition by d.pace))
    end as most
    from due d
  ),
  -- Asked only of those that have a slot to go to: of a thousand that hang, few have.
  open as materialized (
    select p.*, case
      when p.free > 0 then coalesce(p.most > public.in_flight(p.id), true)
        and public.capacity_of(p.t, p.h, p_worker, p_slots) > 0
        or (p.h).breaker = 'open' and public.may_probe(p.t, p.h)
      else false
    end as open
    from paced p
  ),
  taken as (
    select o.*, row_number() over (partition by o.pace, o.open order by random()) as turn from open o
  ),
  shared as (
    select t.id, least(
      greatest(1, t.free / count(*) over (partition by t.pace)),
      case when t.most is not null then t.most - public.in_flight(t.id) end
    )::integer as share
    from taken t
    where t.open and t.turn <= t.free
  )
  select array(select d.id from due d), array_agg(x.id order by x.turn), array_agg(x.share order by x.turn)
  into v_waiting, v_destinations, v_shares
  from (select y.id, y.share, random() as turn from shared y) x;

  -- One claim per destination at a time keeps its concurrency, rate and order exact. Workers queue for a few
  -- milliseconds, in turn, and the next statement sees what the one before them took.
  perform from public.destinations t where t.id = any (v_destinations) order by t.id for no key update;

  for s in
    select t.id, least(c.share, r.capacity) as share,
      case when r.capacity = 0 and public.may_probe(t, h) then public.single_replay_due(t.id) end as single,
      ceil(t.max_concurrency / 2.0) - (
        select count(*) from public.deliveries d
        where d.destination_id = t.id and d.status = 'claimed' and d.lane = 'replay'
      ) as replay_share
    from unnest(v_destinations, v_shares) with ordinality c(id, share, turn)
    join public.destinations t on t.id = c.id
    left join public.destination_health h on h.destination_id = t.id
    cross join lateral (select public.capacity_of(t, h, p_worker, p_slots) as capacity offset 0) r
    order by c.turn
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

  v_chosen := array(
    select y.id
    from (
      select c.id, b.heavy, sum(b.heavy) over (order by c.place) - b.heavy as before
      from unnest(v_chosen) with ordinality c(id, place)
      join public.deliveries d on d.id = c.id
      join public.events e on e.id = d.event_id
      cross join lateral (
        select case when e.body_size > 65536 then e.body_size else 0 end as heavy offset 0
      ) b
    ) y
    where y.heavy = 0 or y.before < p_bytes
  );

  -- What a person is changing now is skipped.
  v_chosen := array(
    select d.id from public.deliveries d
    where d.id = any (v_chosen) and d.status in ('pending', 'retrying')
    order by d.id
    for update skip locked
  );

  if cardinality(v_chosen) > 0 then
    v_work := public.lease_deliveries(v_chosen, p_worker, p_lease_seconds, p_shares);
    v_waiting := array(
      select w.id from unnest(v_waiting) as w(id)
      where exists (
        select from public.deliveries d
        where d.destination_id = w.id and d.status in ('pending', 'retrying') and d.lane in ('live', 'replay')
          and d.due_at <= public.now_()
      )
    );
  end if;
  v_next_due := public.next_due(p_kind, v_destinations, v_replays_left > 0);

  return jsonb_build_object(
    'work', coalesce(v_work, '[]'),
    'waiting', coalesce(to_jsonb(v_waiting), '[]'),
    'next_due_ms', case when v_next_due is not null then
      greatest(0, ceil(extract(epoch from v_next_due - public.clock_()) * 1000))::bigint
    end
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."claim_deliveries"(text, integer, integer, integer, integer, public.destination_kind, jsonb, bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.clock_shift()
  RETURNS interval
  LANGUAGE sql
  STABLE
  PARALLEL SAFE
RETURN '00:00:00'::interval;

CREATE OR REPLACE FUNCTION public.clock_()
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  PARALLEL SAFE
RETURN (clock_timestamp() + public.clock_shift());

REVOKE ALL ON FUNCTION "public"."clock_"() FROM "anon", "authenticated";

REVOKE ALL ON FUNCTION "public"."clock_shift"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.columns_from_before (
  p_table        text,
  p_row          jsonb,
  p_requested_at timestamp with time zone
)
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(array_agg(c), '{}')
  from unnest(public.columns_of_person(p_table)) c
  where p_row ->> c is not null
    and coalesce(public.version_time(p_row -> 'versions' ->> c), '') collate "C"
      <= public.iso(p_requested_at) collate "C";
$function$;

REVOKE ALL ON FUNCTION "public"."columns_from_before"(text, jsonb, timestamp WITH time zone) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.columns_of_person (
  p_table text
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array_agg(p.column_name)
  from public.personal_columns() p
  where p.table_name = p_table and p.handling in ('cleared', 'row');
$function$;

REVOKE ALL ON FUNCTION "public"."columns_of_person"(text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.common_scope (
  p_one   text[],
  p_other text[]
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when p_one is null then p_other
    when p_other is null then p_one
    else array(select o from unnest(p_one) o where o = any (p_other) order by o)
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."common_scope"(text[], text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.configure_destinations (
  p_destinations jsonb
)
  RETURNS integer
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.destinations as d (
    slug, name, kind, providers, event_types, livemode, url, timeout_ms, max_attempts, base_delay_ms, backoff_factor,
    max_concurrency, takes_internal
  )
  select
    r.slug, r.name, r.kind, r.providers, r.event_types, coalesce(r.livemode, 'any'), r.url,
    coalesce(r.timeout_ms, 15000), r.max_attempts,
    r.base_delay_ms, r.backoff_factor, coalesce(r.max_concurrency, 8), coalesce(r.takes_internal, true)
  from jsonb_to_recordset(p_destinations) as r(
    slug text, name text, kind public.destination_kind, providers text[], event_types text[],
    livemode public.livemode_choice, url text,
    timeout_ms integer, max_attempts integer, base_delay_ms integer, backoff_factor numeric, max_concurrency integer,
    takes_internal boolean
  )
  on conflict (slug) do update set
    name = excluded.name,
    kind = excluded.kind,
    providers = excluded.providers,
    event_types = excluded.event_types,
    livemode = excluded.livemode,
    url = excluded.url,
    timeout_ms = excluded.timeout_ms,
    max_attempts = excluded.max_attempts,
    base_delay_ms = excluded.base_delay_ms,
    backoff_factor = excluded.backoff_factor,
    max_concurrency = excluded.max_concurrency,
    takes_internal = excluded.takes_internal,
    updated_at = public.now_();

  select count(*)::integer from public.destinations;
$function$;

CREATE OR REPLACE FUNCTION public.contact_hash (
  p_shop  text,
  p_kind  text,
  p_value text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
RETURN encode(sha256(convert_to(((((p_shop || ' '::text) || p_kind) || ' '::text) || p_value), 'UTF8'::name)), 'hex'::text);

REVOKE ALL ON FUNCTION "public"."contact_hash"(text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.contacts_in (
  p_shop text,
  p_text text
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  with words as (
    -- What JSON and URLs may write in other characters.
    select regexp_replace(
      replace(replace(replace(p_text, '\u0040', '@'), '%40', '@'), '\u002b', '+'), '\\[nrtbf]', ' ', 'g'
    ) as text
  ),
  addresses as (
    select w.word
    from words t
    cross join lateral regexp_split_to_table(t.text, '[\s"<>(),;:\\\[\]{}]+') as w(word)
    where strpos(t.text, '@') > 0 and w.word like '%_@_%'
  ),
  phones as (
    select m.match[1] as word, regexp_replace(m.match[1], '\D', '', 'g') as digits
    from words t
    cross join lateral regexp_matches(t.text, '([+(]{0,2}\d[\d ().\-/]{5,22}\d)', 'g') as m(match)
  )
  select coalesce(array_agg(distinct public.contact_hash(p_shop, c.kind, c.value)), '{}')
  from (
    select 'email' as kind, lower(btrim(a.part, '.''`*') collate "C") as value
    from (
      select word as part from addresses
      union all
      select p.part from addresses cross join lateral regexp_split_to_table(word, '[=&?|/]+') as p(part)
    ) a
    where a.part like '%_@_%'
    union all
    select 'phone', regexp_replace(p.digits, '^00', '') from phones p
    union all
    select 'national', ltrim(p.digits, '0') from phones p
    -- Without a country: as typed at home. A bare row of digits is more often an id or a time.
    where p.word !~ '^\(?\+' and p.digits !~ '^00' and length(ltrim(p.digits, '0')) >= 9
      and (p.digits ~ '^0' or p.word ~ '[ ().\-/]' or p.digits ~ '^[2-9]\d{9}$')
  ) c;
$function$;

REVOKE ALL ON FUNCTION "public"."contacts_in"(text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.contacts_of (
  p_shop  text,
  p_email text,
  p_phone text
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(array_agg(distinct public.contact_hash(p_shop, c.kind, c.value)), '{}')
  from (
    select regexp_replace(regexp_replace(coalesce(p_phone, ''), '\D', '', 'g'), '^00', '') as digits
  ) d
  cross join lateral (values
    ('email', lower(nullif(btrim(p_email), '') collate "C")),
    ('phone', case when length(d.digits) >= 7 then d.digits end),
    -- E.164: country codes have one digit, two or three, and none begins another.
    ('national', case
      when p_phone !~ '^\s*(\+|00)' then ltrim(d.digits, '0')
      when d.digits ~ '^[17]' then substr(d.digits, 2)
      when d.digits ~ '^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])' then substr(d.digits, 3)
      else substr(d.digits, 4)
    end)
  ) as c(kind, value)
  where c.value is not null and (c.kind <> 'national' or length(c.value) >= 9);
$function$;

REVOKE ALL ON FUNCTION "public"."contacts_of"(text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.control_replay (
  p_id         bigint,
  p_action     text,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_status public.replay_status;
begin
  perform public.lock_replay(p_id);
  select r.status into v_status from public.replays r
  where r.id = p_id and public.all_in_scope(p_scope, r.organisations);
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif (p_action = 'pause' and v_status = 'paused') or (p_action = 'cancel' and v_status = 'cancelled') then
    -- The same request again.
    return jsonb_build_object('result', 'done', 'replay', public.get_replay(p_id, p_scope));
  elsif not (
    (p_action = 'pause' and v_status in ('queued', 'running'))
    or (p_action = 'resume' and v_status = 'paused')
    or (p_action = 'cancel' and v_status in ('draft', 'queued', 'running', 'paused'))
  ) then
    return jsonb_build_object('result', 'not_possible', 'replay', public.get_replay(p_id, p_scope));
  end if;

  if p_action = 'resume' then
    update public.replays r set
      status = case when r.started_at is null then 'queued' else 'running' end::public.replay_status,
      next_feed_at = greatest(r.scheduled_at, public.now_())
    where r.id = p_id;
    perform public.advance_replay(p_id);
  else
    perform public.unfeed_items(p_id);
    if p_action = 'cancel' then
      perform public.end_replay(p_id, 'cancelled', 'cancelled', null);
    else
      update public.replays r set status = 'paused' where r.id = p_id;
    end if;
  end if;

  perform public.record_staff_action('replay.' || p_action, 'wr_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'replay', public.get_replay(p_id, p_scope));
end
$function$;

REVOKE ALL ON FUNCTION "public"."control_replay"(bigint, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_by_event (
  p_condition text,
  p_from      timestamp with time zone,
  p_to        timestamp with time zone,
  p_seconds   integer,
  p_most      integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_answer jsonb;
begin
  -- Grouped by status and only then by outcome, so that no function is called for each event.
  execute format(
    'with newest as materialized (
       select e.received_at, e.status from public.events e
       where %s and e.received_at >= %L::timestamptz and e.received_at < %L::timestamptz
       order by e.received_at desc limit %s
     ),
     slots as (
       select date_bin(make_interval(secs => %s), n.received_at, timestamptz ''2000-01-01 00:00:00+00'') as at,
         n.status,
         count(*) as count
       from newest n group by 1, 2
     )
     select jsonb_build_object(
       ''counts'', coalesce((
         select jsonb_agg(jsonb_build_object(''at'', o.at, ''outcome'', o.outcome, ''count'', o.count))
         from (
           select s.at, public.histogram_outcome(s.status) as outcome, sum(s.count) as count from slots s group by 1, 2
         ) o
       ), ''[]''),
       ''counted_from'', (select public.iso(min(n.received_at)) from newest n having count(*) = %4$s)
     )',
    p_condition, p_from, p_to, p_most, p_seconds
  ) into v_answer;
  return v_answer;
end
$function$;

CREATE OR REPLACE FUNCTION public.count_by_statistics (
  p_filter  jsonb,
  p_scope   text[],
  p_from    timestamp with time zone,
  p_to      timestamp with time zone,
  p_seconds integer,
  p_most    integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_first timestamptz := date_trunc('minute', p_from + interval '1 minute' - interval '1 microsecond');
  v_last timestamptz := greatest(date_trunc('minute', p_to), v_first);
  v_condition text := public.event_predicate(p_filter - array['from_ts', 'to_ts', 'range'], p_scope);
  v_unwell jsonb := public.count_by_event(
    v_condition || ' and e.status in (''received'', ''processing'', ''failed'', ''dead'', ''resolved'', ''ignored'')',
    v_first, v_last, p_seconds, p_most
  );
  v_answer jsonb;
begin
  if v_unwell ->> 'counted_from' is not null then
    return null;
  end if;

  execute format(
    'with received as (
       select date_bin(make_interval(secs => %s), e.minute, timestamptz ''2000-01-01 00:00:00+00'') as at,
         sum(e.count) as count
       from public.statistics e
       where e.organisation_id = any (%L::text[]) and e.minute >= %L::timestamptz and e.minute < %L::timestamptz
         and e.outcome = ''received'' and %s
       group by 1
     ),
     unwell as (
       select u.at, u.outcome, u.count
       from jsonb_to_recordset(%L::jsonb) as u(at timestamptz, outcome text, count bigint)
     ),
     edges as (
       select u.at, u.outcome, u.count
       from (values (%L::jsonb), (%L::jsonb)) as e(counts)
       cross join lateral jsonb_to_recordset(e.counts) as u(at timestamptz, outcome text, count bigint)
     )
     select jsonb_build_object(''counts'', coalesce(jsonb_agg(jsonb_build_object(
       ''at'', o.at, ''outcome'', o.outcome, ''count'', o.count
     )), ''[]''))
     from (
       select x.at, x.outcome, greatest(sum(x.count), 0) as count
       from (
         select r.at, ''processed'' as outcome, r.count from received r
         union all select u.at, ''processed'', -u.count from unwell u
         union all select u.at, u.outcome, u.count from unwell u
         union all select e.at, e.outcome, e.count from edges e
       ) x
       group by 1, 2
     ) o',
    p_seconds, public.statistics_of(p_scope), v_first, v_last, v_condition, v_unwell -> 'counts',
    public.count_by_event(v_condition, p_from, least(v_first, p_to), p_seconds, p_most) -> 'counts',
    public.count_by_event(v_condition, v_last, p_to, p_seconds, p_most) -> 'counts'
  ) into v_answer;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_by_statistics"(jsonb, text[], timestamp WITH time zone, timestamp WITH time zone, integer, integer) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_dead_letters (
  p_scope text[]
)
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select count(*)::integer from (
    select from public.events e where e.status = 'dead' and public.in_scope(p_scope, e.organisation_id) limit 10000
  ) d;
$function$;

REVOKE ALL ON FUNCTION "public"."count_dead_letters"(text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_event_types (
  p_filter jsonb,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider_slug', t.provider, 'event_type', t.event_type, 'count', t.count
  ) order by t.count desc, t.event_type), '[]')
  from (
    select s.provider, s.event_type, sum(s.count) as count
    from public.statistics s
    where s.organisation_id = any (public.statistics_of(p_scope)) and s.outcome = 'received'
      and s.minute >= coalesce(
        greatest((p_filter ->> 'from_ts')::timestamptz, public.now_() - (p_filter ->> 'range')::interval),
        coalesce((p_filter ->> 'to_ts')::timestamptz, public.now_()) - interval '7 days'
      )
      and s.minute < coalesce((p_filter ->> 'to_ts')::timestamptz, 'infinity')
    group by s.provider, s.event_type
    order by count desc
    limit 200
  ) t;
$function$;

REVOKE ALL ON FUNCTION "public"."count_event_types"(jsonb, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_events (
  p_filter jsonb,
  p_scope  text[]
)
  RETURNS integer
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_count integer;
begin
  execute format(
    'select count(*) from (select from public.events e where %s limit 10000) x',
    public.event_predicate(p_filter, p_scope)
  ) into v_count;
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_events"(jsonb, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_outcomes (
  p_replay_id bigint,
  p_succeeded bigint,
  p_failed    bigint,
  p_skipped   bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_ended boolean;
begin
  update public.replays r set
    succeeded = r.succeeded + p_succeeded,
    failed = r.failed + p_failed,
    skipped = r.skipped + p_skipped,
    status = case
      when r.status = 'running' and r.succeeded + r.failed + r.skipped + p_succeeded + p_failed + p_skipped = r.total
      then 'completed' else r.status
    end,
    completed_at = case
      when r.status = 'running' and r.succeeded + r.failed + r.skipped + p_succeeded + p_failed + p_skipped = r.total
      then public.now_() else r.completed_at
    end
  where r.id = p_replay_id
  returning r.status = 'completed' into v_ended;

  if v_ended then
    perform public.notice_end(p_replay_id);
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.count_refused_sign_in (
  p_kind    text,
  p_subject text
)
  RETURNS integer
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  delete from public.sign_in_refusals r
  where (r.kind, r.subject, r.hour) in (
    select o.kind, o.subject, o.hour from public.sign_in_refusals o where o.hour < public.now_() - interval '2 hours'
    order by o.hour limit 100 for update skip locked
  );
  insert into public.sign_in_refusals as r (kind, subject, hour, refused)
  values (p_kind, left(p_subject, 320), date_trunc('hour', public.now_()), 1)
  on conflict on constraint sign_in_refusals_pkey do update set refused = r.refused + 1
  returning r.refused;
$function$;

REVOKE ALL ON FUNCTION "public"."count_refused_sign_in"(text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_running_replays (
  p_scope text[]
)
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select count(*)::integer from public.replays r
  where r.status in ('queued', 'running', 'paused') and public.all_in_scope(p_scope, r.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."count_running_replays"(text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_selection (
  p_selection jsonb,
  p_scope     text[]
)
  RETURNS integer
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_matched integer;
begin
  if not p_selection ? 'filter' then
    return cardinality(public.select_events(p_selection, p_scope, null));
  end if;
  execute format(
    'select count(*) from (select from public.events e where %s limit 100000) x',
    public.event_predicate(public.replayed_filter(p_selection), p_scope)
  ) into v_matched;
  return v_matched;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_selection"(jsonb, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.counted_between (
  p_from           timestamp with time zone,
  p_to             timestamp with time zone,
  p_bucket_seconds integer,
  p_scope          text[]
)
  RETURNS TABLE (
    at         timestamp with time zone,
    provider   text,
    event_type text,
    outcome    text,
    count      bigint
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_of text[] := public.statistics_of(p_scope);
  v_step interval := make_interval(secs => p_bucket_seconds);
  v_first timestamptz := date_trunc('hour', p_from + interval '1 hour' - interval '1 microsecond', 'UTC');
  v_last timestamptz := date_trunc('hour', p_to, 'UTC');
begin
  if p_bucket_seconds < 3600 or v_first >= v_last then
    v_first := p_to;
    v_last := p_to;
  end if;
  return query
    select date_bin(v_step, x.at, timestamptz '2000-01-01 00:00Z'), x.provider, x.event_type, x.outcome,
      sum(x.count)::bigint
    from (
      select s.minute as at, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s
      where s.organisation_id = any (v_of) and s.minute >= p_from and s.minute < v_first
      union all
      select h.hour, h.provider, h.event_type, h.outcome, h.count
      from public.statistics_hours h
      where h.organisation_id = any (v_of) and h.hour >= v_first and h.hour < v_last
      union all
      select s.minute, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s
      where s.organisation_id = any (v_of) and s.minute >= v_last and s.minute < p_to
    ) x
    group by 1, 2, 3, 4;
end
$function$;

REVOKE ALL ON FUNCTION "public"."counted_between"(timestamp WITH time zone, timestamp WITH time zone, integer, text[]) FROM "anon", "authenticated";


SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.counts_against_endpoint (
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

REVOKE ALL ON FUNCTION "public"."counts_against_endpoint"(public.error_class) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_api_token (
  p_name          text,
  p_token_hash    text,
  p_hint          text,
  p_scopes        text[],
  p_days          integer,
  p_organisations text[],
  p_scope         text[],
  p_actor         text,
  p_actor_id      text,
  p_request_id    text,
  p_owner_id      uuid    DEFAULT NULL::uuid,
  p_parent_id     bigint  DEFAULT NULL::bigint
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_token public.api_tokens;
begin
  if not public.all_in_scope(p_scope, p_organisations) then
    return jsonb_build_object('refused', 'beyond_scope');
  end if;
  insert into public.api_tokens (
    name, token_hash, hint, scopes, owner_id, parent_id, created_by, organisations, expires_at
  )
  values (
    p_name, decode(p_token_hash, 'hex'), p_hint, p_scopes, p_owner_id, p_parent_id, p_actor, p_organisations,
    public.now_() + p_days * interval '1 day'
  )
  returning * into v_token;
  perform public.record_staff_action(
    'token.create', 'tk_' || v_token.id,
    jsonb_build_object(
      'name', p_name, 'scopes', p_scopes, 'expires_at', public.iso(v_token.expires_at),
      'organisations', p_organisations
    ),
    p_actor, p_actor_id, p_request_id
  );
  return public.api_token_json(v_token);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text[], text[], text, text, text, uuid, bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_destination (
  p_destination jsonb,
  p_scope       text[],
  p_actor       text,
  p_actor_id    text,
  p_request_id  text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_new public.destinations;
begin
  if not public.in_scope(p_scope, p_destination ->> 'organisation_id') then
    return jsonb_build_object('result', 'beyond_scope');
  end if;

  insert into public.destinations (
    slug, name, kind, managed, providers, event_types, organisation_id, livemode, url, headers, secrets,
    timeout_ms, max_attempts, base_delay_ms, backoff_factor, max_concurrency, rate_per_second, ordering
  )
  select r.slug, r.name, 'http', true, r.providers, r.event_types, r.organisation_id,
    coalesce(r.livemode, 'any'), r.url, r.headers,
    public.add_secret('[]', r.secret, public.now_()), r.timeout_ms, r.max_attempts, r.base_delay_ms, r.backoff_factor,
    r.max_concurrency, r.rate_per_second, r.ordering
  from jsonb_to_record(p_destination) as r(
    slug text, name text, providers text[], event_types text[], organisation_id text,
    livemode public.livemode_choice, url text, headers jsonb, secret jsonb, timeout_ms integer, max_attempts integer,
    base_delay_ms integer, backoff_factor numeric,
    max_concurrency integer, rate_per_second numeric, ordering public.delivery_ordering
  )
  returning * into v_new;

  perform public.note_destination(v_new.id, 'create', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'name', v_new.name, 'url', public.mask_url(v_new.url), 'organisation_id', v_new.organisation_id
  ));
  return jsonb_build_object('result', 'done', 'destination', public.destination_json(v_new));
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_destination"(jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_empty_replay (
  p_kind            public.replay_kind,
  p_selection       jsonb,
  p_options         jsonb,
  p_reason          text,
  p_scope           text[],
  p_actor           text,
  p_actor_id        text,
  p_request_id      text,
  p_idempotency_key text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_replay_id bigint;
begin
  insert into public.replays (
    kind, status, reason, actor, actor_id, request_id, idempotency_key, options, selection, organisations, queued_at,
    started_at, completed_at
  )
  values (
    p_kind, 'completed', p_reason, p_actor, p_actor_id, p_request_id, p_idempotency_key, p_options, p_selection,
    p_scope, public.now_(), public.now_(), public.now_()
  )
  returning id into v_replay_id;
  return jsonb_build_object('result', 'created', 'repeated', false, 'replay', public.get_replay(v_replay_id, p_scope));
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_empty_replay"(public.replay_kind, jsonb, jsonb, text, text[], text, text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_event_view (
  p_staff_id uuid,
  p_name     text,
  p_query    text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_view public.event_views;
begin
  -- One at a time per person, or two that race would both be the fiftieth.
  perform from public.staff_users u where u.id = p_staff_id for update;
  if (select count(*) from public.event_views v where v.staff_id = p_staff_id) >= 50 then
    return jsonb_build_object('refused', 'too_many');
  end if;
  insert into public.event_views (staff_id, name, query) values (p_staff_id, p_name, p_query)
  on conflict (staff_id, lower(name)) do nothing
  returning * into v_view;
  if v_view.id is null then
    return jsonb_build_object('refused', 'name_taken');
  end if;
  return jsonb_build_object('view', public.event_view_json(v_view));
end
$function$;

CREATE OR REPLACE FUNCTION public.create_first_admin (
  p_email         text,
  p_name          text,
  p_password_hash text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended('create_first_admin', 0));
  insert into public.staff_users (email, name, role, password_hash)
  select lower(p_email), p_name, 'admin', p_password_hash
  where not exists (select from public.staff_users);
  return found;
end
$function$;

CREATE OR REPLACE FUNCTION public.create_replay (
  p_kind            public.replay_kind,
  p_selection       jsonb,
  p_options         jsonb,
  p_limits          jsonb,
  p_reason          text,
  p_scope           text[],
  p_actor           text,
  p_actor_id        text,
  p_request_id      text,
  p_idempotency_key text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_known public.replays;
  v_matched integer;
  v_limit integer;
  v_runnable jsonb;
  v_events bigint[];
  v_deliveries bigint[];
  v_lost bigint[];
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
          and public.all_in_scope(p_scope, v_known.organisations)
        then jsonb_build_object('result', 'created', 'repeated', true, 'replay', public.get_replay(v_known.id, p_scope))
        -- Null for a replay that the caller may not see any more.
        else jsonb_build_object('result', 'key_reused', 'replay', public.get_replay(v_known.id, p_scope))
      end;
    end if;
  end if;

  -- A draft that was not started within a day was only a preview.
  delete from public.replays r where r.status = 'draft' and r.created_at < public.now_() - interval '1 day';

  v_matched := public.count_selection(p_selection, p_scope);
  if v_matched = 0 and p_idempotency_key is not null and (p_limits ->> 'keep_empty')::boolean then
    return public.create_empty_replay(
      p_kind, p_selection, p_options, p_reason, p_scope, p_actor, p_actor_id, p_request_id, p_idempotency_key
    );
  elsif v_matched = 0 then
    return jsonb_build_object('result', 'not_found');
  elsif v_matched > (p_limits ->> 'max_events')::integer and (p_selection ->> 'limit') is null then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched, 'limit', p_limits -> 'max_events');
  end if;
  v_limit := least((p_limits ->> 'max_events')::integer, (p_selection ->> 'limit')::integer);
  if p_selection ? 'filter' and (p_selection ->> 'limit') is not null then
    v_runnable := public.find_runnable_events(
      p_selection, p_scope, p_options, (p_limits ->> 'max_age_days')::integer, v_limit
    );
    v_events := array(select jsonb_array_elements_text(v_runnable -> 'events')::bigint);
  end if;
  -- When nothing would run, the items say why.
  if coalesce(cardinality(v_events), 0) = 0 then
    v_events := public.select_events(p_selection, p_scope, v_limit);
  end if;

  insert into public.replays (
    kind, reason, actor, actor_id, request_id, idempotency_key, options, selection, matched, remaining, scheduled_at
  )
  values (
    p_kind, p_reason, p_actor, p_actor_id, p_request_id, p_idempotency_key, p_options, p_selection, v_matched,
    coalesce((v_runnable ->> 'remaining')::integer, 0),
    coalesce((p_options ->> 'scheduledAt')::timestamptz, public.now_())
  )
  returning id into v_replay_id;

  perform public.reroute_events(v_events, p_options ->> 'destinations' = 'current');
  v_deliveries := public.select_deliveries(p_selection, v_events);
  if (p_options ->> 'skipAlreadyApplied')::boolean then
    v_lost := public.lost_deliveries(array(
      select d.id from public.deliveries d where d.event_id = any (v_events) and d.status = 'delivered'
    ));
  end if;

  insert into public.replay_items (
    replay_id, position, event_id, delivery_id, organisation_id, ordering_key, skip_reason, outcome, finished_at
  )
  select v_replay_id, row_number() over (order by x.received_at, x.event_id, x.delivery_id), x.event_id, x.delivery_id,
    x.organisation_id, x.ordering_key, x.skip_reason,
    case when x.skip_reason is not null then 'skipped' end::public.replay_outcome,
    case when x.skip_reason is not null then public.now_() end
  from (
    select e.received_at, e.id as event_id, d.id as delivery_id, e.organisation_id,
      d.destination_id || ' ' || coalesce(e.object_id, e.event_key) as ordering_key,
      public.reason_to_skip(
        e, d, t, p_options, (p_limits ->> 'max_age_days')::integer, d.id = any (v_lost)
      ) as skip_reason
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
    -- A filter about deliveries replays those, and not the events' other ones.
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

  update public.replays r set total = v_counts.items, skipped = v_counts.skipped, organisations = (
    select case when bool_and(i.organisation_id is not null) then array_agg(distinct i.organisation_id) end
    from public.replay_items i where i.replay_id = v_replay_id
  )
  where r.id = v_replay_id;
  return jsonb_build_object('result', 'created', 'repeated', false, 'replay', public.get_replay(v_replay_id, p_scope));
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_replay"(public.replay_kind, jsonb, jsonb, jsonb, text, text[], text, text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_sample (
  p_id         bigint,
  p_event      jsonb,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_destination public.destinations;
  v_new bigint[];
  v_event public.events;
  v_delivery_id bigint;
begin
  select * into v_destination from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id) for share;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif v_destination.kind <> 'http' then
    return jsonb_build_object('result', 'not_possible');
  end if;

  v_new := public.store_events(jsonb_build_array(p_event || '{"n": 0}'), '{}', true, p_id);
  select e.* into strict v_event from public.events e where e.id = v_new[1];
  select d.id into strict v_delivery_id from public.deliveries d where d.event_id = v_event.id;

  perform public.add_statistics(jsonb_build_array(jsonb_build_object(
    'organisation_id', v_event.organisation_id, 'provider', v_event.provider, 'event_type', v_event.event_type,
    'count', 1, 'outcome', 'received'
  )));
  perform public.note_destination(p_id, 'sample', p_actor, p_actor_id, p_request_id, jsonb_build_object(
    'event_id', 'we_' || v_event.id
  ));
  return jsonb_build_object('result', 'done', 'event_id', 'we_' || v_event.id, 'delivery_id', v_delivery_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_sample"(bigint, jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_source (
  p_source     jsonb,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  s public.sources;
begin
  if not public.in_scope(p_scope, p_source ->> 'organisation_id') then
    return jsonb_build_object('refused', 'beyond_scope');
  end if;
  insert into public.sources (
    provider, name, organisation_id, company_id, settings, max_per_minute, token_hash, token_hint
  )
  values (
    p_source ->> 'provider', p_source ->> 'name', p_source ->> 'organisation_id', p_source ->> 'company_id',
    coalesce(p_source -> 'settings', '{}'), (p_source ->> 'max_per_minute')::integer,
    decode(p_source ->> 'token_hash', 'hex'), p_source ->> 'token_hint'
  )
  returning * into s;
  perform public.note_source('create', s, '{}', p_actor, p_actor_id, p_request_id);
  return public.source_json(s, p_scope);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_source"(jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.dead_letters_json (
  p_destination_id bigint,
  p_error_group    text,
  p_scope          text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with newest as (
    select d.last_error_class, d.last_http_status, d.last_error, d.finished_at, d.id, e.id as event_id, e.provider,
      e.event_type, e.event_key
    from public.deliveries d
    join public.events e on e.id = d.event_id and e.status = 'dead' and public.in_scope(p_scope, e.organisation_id)
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

REVOKE ALL ON FUNCTION "public"."dead_letters_json"(bigint, text, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delay_after (
  p_guesses bigint
)
  RETURNS numeric
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case when p_guesses < 5 then 0 else least(30, 2 ^ least(p_guesses - 5, 10)) end;
$function$;

REVOKE ALL ON FUNCTION "public"."delay_after"(bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delete_event_bodies()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if tg_op = 'TRUNCATE' then
    truncate public.event_bodies;
  else
    delete from public.event_bodies b using deleted d where b.event_id = d.id;
  end if;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_event_bodies"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delete_event_view (
  p_staff_id uuid,
  p_id       bigint
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  delete from public.event_views v where v.staff_id = p_staff_id and v.id = p_id;
  return found;
end
$function$;

CREATE OR REPLACE FUNCTION public.delete_source (
  p_id         bigint,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  s public.sources;
begin
  update public.sources x set
    archived_at = public.now_(), enabled = false, previous_token_hash = null, previous_token_expires_at = null,
    updated_at = public.now_()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return false;
  end if;
  perform public.note_source('delete', s, '{}', p_actor, p_actor_id, p_request_id);
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_source"(bigint, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.derive_business (
  p_customer text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_old jsonb;
  v_new jsonb := public.subscription_of_customer(p_customer);
begin
  if v_new is null then
    return null;
  end if;

  select to_jsonb(b) into v_old from public.businesses b where b.stripe_customer_id = p_customer for update;
  if v_old is null or not v_old @> v_new then
    insert into public.businesses as b (
      stripe_customer_id, stripe_subscription_id, subscription_status, subscription_plan, subscription_start_date,
      subscription_ended_at
    )
    select p_customer, r.stripe_subscription_id, r.subscription_status, r.subscription_plan, r.subscription_start_date,
      r.subscription_ended_at
    from jsonb_populate_record(null::public.businesses, v_new) r
    on conflict (stripe_customer_id) do update set
      stripe_subscription_id = excluded.stripe_subscription_id,
      subscription_status = excluded.subscription_status,
      subscription_plan = excluded.subscription_plan,
      subscription_start_date = excluded.subscription_start_date,
      subscription_ended_at = excluded.subscription_ended_at,
      updated_at = public.now_();
  end if;

  return jsonb_build_object(
    'table', 'businesses', 'key', jsonb_build_object('stripe_customer_id', p_customer),
    'effect', case when v_old is null then 'created' when v_old @> v_new then 'unchanged' else 'updated' end,
    'before', case when v_old is not null then public.members_of(v_old, v_new) end, 'after', v_new
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."derive_business"(text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.destination_json (
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
    'event_types', (d).event_types, 'livemode', (d).livemode,
    'headers', (select coalesce(jsonb_object_agg(h.name, '••••'), '{}') from jsonb_object_keys((d).headers) h(name)),
    'timeout_ms', (d).timeout_ms, 'max_attempts', (d).max_attempts, 'base_delay_ms', (d).base_delay_ms,
    'backoff_factor', (d).backoff_factor, 'max_concurrency', (d).max_concurrency,
    'rate_per_second', (d).rate_per_second, 'ordering', (d).ordering, 'enabled', (d).enabled,
    'disabled_at', public.iso((d).disabled_at), 'disabled_because', (d).disabled_because,
    'paused_at', public.iso((d).paused_at),
    'secrets', (
      select coalesce(jsonb_agg(s.secret - 'ciphertext' order by s.n), '[]')
      from jsonb_array_elements((d).secrets) with ordinality as s(secret, n)
      where (s.secret ->> 'expires_at') is null or (s.secret ->> 'expires_at')::timestamptz > public.now_()
    ),
    'created_at', public.iso((d).created_at), 'updated_at', public.iso((d).updated_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."destination_json"(public.destinations) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.destination_name (
  t       public.destinations,
  p_scope text[]
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when (t).organisation_id is null or public.in_scope(p_scope, (t).organisation_id) then (t).name
    else 'A destination of another organisation'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."destination_name"(public.destinations, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.disable_destination (
  p_id         bigint,
  p_because    text,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.destinations t set
    enabled = false, disabled_at = public.now_(), disabled_because = p_because, updated_at = public.now_()
  where t.id = p_id and t.enabled and t.archived_at is null and public.in_scope(p_scope, t.organisation_id);
  return public.after_switch(
    p_id, p_scope, found, 'destination.disable', jsonb_strip_nulls(jsonb_build_object('because', p_because)), p_actor,
    p_actor_id,
    p_request_id
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."disable_destination"(bigint, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.discard_draft (
  p_id    bigint,
  p_scope text[]
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  perform public.lock_replay(p_id);
  delete from public.replays r
  where r.id = p_id and r.status = 'draft' and public.all_in_scope(p_scope, r.organisations);
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."discard_draft"(bigint, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.due_deliveries (
  p_destination_id bigint,
  p_lane           public.delivery_lane,
  p_limit          integer,
  p_together       bigint[]
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
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
        and d.due_at <= public.now_()
      order by d.due_at, d.id
      limit p_limit
    );
  end if;

  v_busy := array(
    select d.ordering_key from public.deliveries d where d.destination_id = p_destination_id and d.status = 'claimed'
    union all
    select d.ordering_key from public.deliveries d where d.id = any (p_together)
  );
  v_busy := array_remove(v_busy, null);

  with due as materialized (
    select d.id, d.ordering_key from public.deliveries d
    where d.destination_id = p_destination_id and d.lane = p_lane and d.status in ('pending', 'retrying')
      and d.due_at <= public.now_()
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

  -- The oldest all wait for others: take the first of each key instead, starting anywhere, so that every key has its
  -- turn.
  if cardinality(v_due) < p_limit and v_seen = v_window then
    v_due := v_due || array(
      select f.id
      from public.first_of_keys(p_destination_id, p_lane, v_window) f
      where f.status in ('pending', 'retrying') and f.due_at <= public.now_() and f.ordering_key <> all (v_busy)
        and not f.id = any (v_due) and public.is_first(p_destination_id, f.ordering_key, f.id, p_lane)
      limit p_limit - cardinality(v_due)
    );
  end if;
  return v_due;
end
$function$;

REVOKE ALL ON FUNCTION "public"."due_deliveries"(bigint, public.delivery_lane, integer, bigint[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.enable_destination (
  p_id         bigint,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_changed boolean;
begin
  update public.destinations t set
    enabled = true, disabled_at = null, disabled_because = null, updated_at = public.now_()
  where t.id = p_id and not t.enabled and t.archived_at is null and public.in_scope(p_scope, t.organisation_id);
  v_changed := found;

  if v_changed then
    update public.destination_health h set
      consecutive_failures = 0, failing_since = null, warned_at = null, disable_because = null, breaker = 'closed',
      opened_at = null, probe_at = null, probe_delivery_id = null, trips = 0, ramp = 1, throttled_until = null
    where h.destination_id = p_id;
    update public.destination_statistics s set counted = 0, against = 0
    where s.destination_id = p_id and s.span = 'minute' and s.at > public.now_() - interval '6 minutes';
  end if;
  return public.after_switch(p_id, p_scope, v_changed, 'destination.enable', '{}', p_actor, p_actor_id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."enable_destination"(bigint, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_all_sessions (
  p_staff_id   uuid,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text,
  p_within     public.staff_role[] DEFAULT NULL::public.staff_role[],
  p_own_id     uuid                DEFAULT NULL::uuid
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_staff public.staff_users;
  v_ended integer;
begin
  select * into v_staff from public.staff_users u
  where u.id = p_staff_id and public.all_in_scope(p_scope, u.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_within is not null and p_staff_id = p_own_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_staff.role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  end if;
  -- A sign-in whose password was checked before now comes to nothing, too.
  update public.staff_users u set session_version = u.session_version + 1 where u.id = p_staff_id;
  v_ended := public.end_sessions(p_staff_id, 'signed_out_everywhere');
  perform public.record_staff_action(
    'session.end_all', v_staff.email, jsonb_build_object('sessions', v_ended), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'ended', 'ended', v_ended);
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_all_sessions"(uuid, text[], text, text, text, public.staff_role[], uuid) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_failing (
  p_disable_after_days integer
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
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
    -- No key update: webhooks may go on storing deliveries.
    for no key update of t skip locked
  loop
    if f.because is not null then
      perform public.disable_destination(f.id, f.because, null, 'Redrive', 'system', null);
      update public.destination_health h set disable_because = null where h.destination_id = f.id;
      perform public.notify_admins('ds_' || f.id, format(
        '%s was disabled. %s Its deliveries are held until it is enabled again.', f.name, f.because
      ));
    else
      update public.destination_health h set warned_at = public.now_()
      where h.destination_id = f.id and h.warned_at is null;
      perform public.notify_admins('ds_' || f.id, format(
        '%s has been failing for a day (%s). It will be disabled in %s days unless a delivery succeeds.', f.name,
        f.last_error, p_disable_after_days - 1
      )) where found;
    end if;
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION public.end_of_chain (
  p_states jsonb,
  p_before jsonb,
  p_level  integer
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  with steps as (
    select s.state, s.n, s.state #>> array['before', p_level::text] as before,
      s.state #>> array['after', p_level::text] as after
    from jsonb_array_elements(p_states) with ordinality s(state, n)
  ),
  balance as (
    select x.hash, sum(x.step) as surplus
    from (
      select before as hash, -1 as step from steps where before is not null
      union all
      select coalesce(after, 'state ' || n), 1 from steps
    ) x
    group by x.hash
  ),
  ends as (
    select hash from balance where surplus > 0
    union all
    select p_before #>> array['after', p_level::text] where not exists (select from balance where surplus > 0)
  )
  select s.state from steps s
  where coalesce(s.after, 'state ' || s.n) = (select min(e.hash) from ends e having count(*) = 1)
  order by s.n desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."end_of_chain"(jsonb, jsonb, integer) FROM "anon", "authenticated";


SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.end_replay (
  p_id          bigint,
  p_status      public.replay_status,
  p_skip_reason public.skip_reason,
  p_because     text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_skipped integer;
begin
  with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = p_skip_reason, finished_at = public.now_()
    where i.replay_id = p_id and i.fed_at is null and i.outcome is null
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays r set
    status = p_status, stopped_because = p_because, completed_at = public.now_(), skipped = r.skipped + v_skipped
  where r.id = p_id and r.completed_at is null;
  if found then
    perform public.notice_end(p_id);
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.end_session (
  p_staff_id   uuid,
  p_id         bigint,
  p_request_id text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.staff_sessions s set ended_at = public.now_(), ended_because = 'signed_out'
  where s.id = p_id and s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > public.now_();
  if not found then
    return false;
  end if;
  perform public.record_staff_action(
    'session.end', u.email, jsonb_build_object('session', 'se_' || p_id), u.name, u.id::text, p_request_id
  )
  from public.staff_users u where u.id = p_staff_id;
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_session"(uuid, bigint, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_sessions (
  p_staff_id uuid,
  p_because  text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_ended integer;
begin
  update public.staff_sessions s set ended_at = public.now_(), ended_because = p_because
  where s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > public.now_();
  get diagnostics v_ended = row_count;
  return v_ended;
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_sessions"(uuid, text) FROM PUBLIC, "anon", "authenticated";

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
    concat_ws(
      E'\n', coalesce(p_error_class::text, ''), coalesce(p_http_status::text, ''), public.normalise_error(p_message)
    ),
    'UTF8'
  )), 'hex'), 16) end;
$function$;

CREATE OR REPLACE FUNCTION public.event_branches (
  p_filter jsonb,
  p_scope  text[]
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  with lists as (
    select l.field, l.list
    from (values
      (1, 'status', p_filter -> 'status'),
      (2, 'event_type', to_jsonb(string_to_array(p_filter ->> 'event_type', ','))),
      (3, 'error_class', p_filter -> 'error_class'),
      (4, 'provider_slug', p_filter -> 'provider_slug'),
      (5, 'org_id', case when not p_filter ? 'org_id' then to_jsonb(p_scope) end)
    ) as l(n, field, list)
    where jsonb_array_length(l.list) between 2 and 12 and not p_filter ? 'text'
      -- An event may be dead and have timed out: two such branches would give it twice.
      and not (l.field = 'status' and l.list ? 'timeout')
    order by l.n
    limit 1
  )
  select coalesce(
    (
      select array_agg(public.event_predicate(p_filter || jsonb_build_object(
        l.field, case when l.field in ('event_type', 'org_id') then v.value else jsonb_build_array(v.value) end
      ), p_scope))
      from lists l
      cross join lateral (select distinct x.value from jsonb_array_elements(l.list) x) v
    ),
    array[public.event_predicate(p_filter, p_scope)]
  );
$function$;

REVOKE ALL ON FUNCTION "public"."event_branches"(jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_concerned (
  e        public.events,
  p_people text[],
  p        public.privacy_requests
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce((e).occurred_at, (e).received_at) <= (p).requested_at and case (p).kind
    -- Its own body names no one.
    when 'shop/redact' then (e).event_type <> 'shop/redact'
    else (p).people && p_people
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."event_concerned"(public.events, text[], public.privacy_requests) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_neighbours (
  p_id     bigint,
  p_filter jsonb,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_condition text := public.event_predicate(p_filter, p_scope);
  v_place text;
  v_answer jsonb;
begin
  select format('(%L::timestamptz, %L::bigint)', e.received_at, e.id) into v_place
  from public.events e where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
  if v_place is null then
    return null;
  end if;

  execute format(
    'select jsonb_build_object(
       ''newer'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) > %2$s
         order by e.received_at, e.id limit 1
       ),
       ''older'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) < %2$s
         order by e.received_at desc, e.id desc limit 1
       )
     )',
    v_condition, v_place
  ) into v_answer;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."event_neighbours"(bigint, jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_outcome (
  p_status public.event_status
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
RETURN CASE WHEN (p_status = ANY (ARRAY['processed'::public.event_status, 'replayed'::public.event_status, 'resolved'::public.event_status])) THEN 'succeeded'::text WHEN
  (p_status = 'dead'::public.event_status) THEN 'lost'::text ELSE NULL::text END;

REVOKE ALL ON FUNCTION "public"."event_outcome"(public.event_status) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_predicate (
  p_filter jsonb,
  p_scope  text[]
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(
    string_agg(c.condition, ' and ' order by c.n) filter (where c.field is null or p_filter ? c.field), 'true'
  )
  from (values
    (0, null, case when p_scope is not null then public.scope_condition(p_scope, 'e.organisation_id') end),
    (1, 'provider_slug', public.one_of('e.provider', 'text', p_filter -> 'provider_slug')),
    (2, 'status', public.status_condition(p_filter -> 'status')),
    (3, 'error_class', public.one_of('e.last_error_class', 'public.error_class', p_filter -> 'error_class')),
    -- One type or several with commas between them; a type has dots, never commas.
    (4, 'event_type', public.one_of('e.event_type', 'text', to_jsonb(string_to_array(p_filter ->> 'event_type', ',')))),
    (5, 'org_id', format('e.organisation_id = %L', p_filter ->> 'org_id')),
    (6, 'company_id', format('e.company_id = %L', p_filter ->> 'company_id')),
    -- strpos, not like: a searched % or _ means itself. Folded as ASCII, which is twice as fast: a key is no prose.
    (7, 'q', format(
      'strpos(lower(e.event_key collate "C"), lower(%L::text collate "C")) > 0', p_filter ->> 'q'
    )),
    (8, 'from_ts', format('e.received_at >= %L::timestamptz', p_filter ->> 'from_ts')),
    (9, 'to_ts', format('e.received_at < %L::timestamptz', p_filter ->> 'to_ts')),
    -- Moves with the clock, so the filter itself stays the same when it is asked twice.
    (10, 'range', format('e.received_at >= public.now_() - %L::interval', p_filter ->> 'range')),
    (11, 'trust', public.one_of('e.trust', 'public.trust_level', p_filter -> 'trust')),
    (12, 'attempts', format('e.attempt_count >= %L::integer', p_filter ->> 'attempts')),
    (13, 'replayed', case p_filter ->> 'replayed' when '1' then 'e.replay_count > 0' else 'e.replay_count = 0' end),
    -- Other versions of events: 1 for those alone, 0 for first versions alone.
    (14, 'variant', 'e.variant_of is ' || case p_filter ->> 'variant' when '1' then 'not null' else 'null' end),
    (15, 'conflict', case p_filter ->> 'conflict' when '1' then 'e.conflict_count > 0' else 'e.conflict_count = 0' end),
    (16, 'suspected', case p_filter ->> 'suspected' when '0' then 'not ' else '' end || 'e.suspected_replay'),
    (17, 'customer', format('e.customer_id = %L', p_filter ->> 'customer')),
    (18, 'object', format('e.object_id = %L', p_filter ->> 'object')),
    -- A provider without a test mode is live.
    (19, 'livemode', case p_filter ->> 'livemode'
      when 'false' then 'e.livemode = false' else 'e.livemode is not false'
    end),
    -- The most expensive comes last. The payload as Postgres prints it: {"name": "value", "list": [1, 2]}.
    (20, 'text', format('strpos(lower(public.payload_of(e)::text), lower(%L)) > 0', p_filter ->> 'text')),
    -- Null when the filter says nothing about deliveries.
    (21, null, 'exists (select from public.deliveries x where x.event_id = e.id and '
      || public.delivery_predicate(p_filter) || ')')
  ) as c(n, field, condition);
$function$;

REVOKE ALL ON FUNCTION "public"."event_predicate"(jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_success_rate (
  p_counts jsonb
)
  RETURNS numeric
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select round(100.0 * (p_counts ->> 'succeeded')::bigint
    / nullif((p_counts ->> 'succeeded')::bigint + (p_counts ->> 'lost')::bigint, 0), 2);
$function$;

REVOKE ALL ON FUNCTION "public"."event_success_rate"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_view_json (
  v public.event_views
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'ev_' || v.id, 'name', v.name, 'query', v.query, 'created_at', public.iso(v.created_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."event_view_json"(public.event_views) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.events_about (
  p public.privacy_requests
)
  RETURNS SETOF bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select e.id
  from public.events_of_shop((p).shop_domain) s(id)
  join public.events e on e.id = s.id
  cross join lateral (
    select case when (p).kind <> 'shop/redact' then
      public.people_of_event(e, (p).shop_domain, public.said_by(e))
    end as people
    offset 0
  ) w
  where e.redacted_at is null and public.event_concerned(e, w.people, p)
  order by e.id;
$function$;

REVOKE ALL ON FUNCTION "public"."events_about"(public.privacy_requests) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.events_json (
  p_ids   bigint[],
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
      'status', e.status, 'trust', e.trust, 'parse_status', e.parse_status, 'flags', to_jsonb(e.flags),
      'org_id', e.organisation_id,
      'company_id', e.company_id, 'object_id', e.object_id, 'livemode', e.livemode, 'object_type', e.object_type,
      'customer_id', e.customer_id, 'amount', e.amount, 'amount_kind', e.amount_kind, 'currency', e.currency,
      'replay_count', e.replay_count,
      'duplicate_count', e.duplicate_count, 'conflict_count', e.conflict_count, 'variant_of', 'we_' || e.variant_of,
      'attempt_count', e.attempt_count,
      'last_error', e.last_error, 'last_error_class', e.last_error_class, 'occurred_at', public.iso(e.occurred_at),
      'received_at', public.iso(e.received_at), 'created_at', public.iso(e.received_at),
      'processed_at', public.iso(e.processed_at), 'body_size', e.body_size, 'source_id', 'so_' || e.source_id,
      'suspected_replay', e.suspected_replay, 'redacted_at', public.iso(e.redacted_at),
      'deliveries', coalesce((
        select jsonb_agg(jsonb_build_object(
          'id', d.id, 'destination', public.destination_name(t, p_scope), 'kind', t.kind, 'status', d.status
        ) order by d.id)
        from public.deliveries d
        join public.destinations t on t.id = d.destination_id
        where d.event_id = e.id
      ), '[]')
    )
    order by e.received_at desc, e.id desc
  ), '[]')
  from public.events e
  where e.id = any (p_ids) and public.in_scope(p_scope, e.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."events_json"(bigint[], text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.events_of_shop (
  p_shop text
)
  RETURNS SETOF bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select e.id from public.events e where e.provider = 'shopify' and public.shop_in_headers(e.headers) = p_shop
  union
  select e.id from public.sources s join public.events e on e.source_id = s.id
  where s.provider = 'shopify' and public.shop_of_source(s) = p_shop and public.shop_in_headers(e.headers) is null
  union
  select e.id from public.events e where e.organisation_id = p_shop and e.provider <> 'shopify';
$function$;

REVOKE ALL ON FUNCTION "public"."events_of_shop"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.every_action_choice()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with recursive actors as (
    (select a.actor as value, 1 as n from public.staff_actions a order by a.actor limit 1)
    union all
    select (select a.actor from public.staff_actions a where a.actor > c.value order by a.actor limit 1), c.n + 1
    from actors c where c.value is not null and c.n < 200
  ),
  actions as (
    (select a.action as value, 1 as n from public.staff_actions a order by a.action limit 1)
    union all
    select (select a.action from public.staff_actions a where a.action > c.value order by a.action limit 1), c.n + 1
    from actions c where c.value is not null and c.n < 200
  )
  select jsonb_build_object(
    'actors', (select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actors c),
    'actions', (
      select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actions c
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."every_action_choice"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.expire_leases (
  p_limit integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET jit TO 'off'
  AS $function$
declare
  v_expired bigint[];
  v_counts jsonb;
begin
  select array_agg(x.id order by x.id) into v_expired
  from (
    select d.id from public.deliveries d
    where d.status = 'claimed' and d.lease_until < public.now_()
    order by d.lease_until
    limit p_limit
    for update skip locked
  ) x;

  if v_expired is null then
    return 0;
  end if;

  update public.attempts a set
    status = 'lease_expired',
    finished_at = public.now_(),
    duration_ms = (extract(epoch from public.now_() - a.started_at) * 1000)::integer,
    error_class = 'lease_expired',
    error = 'The worker ' || a.worker || ' stopped before it reported a result.'
  where a.delivery_id = any (v_expired) and a.status = 'open';

  with closed as (
    update public.deliveries d set
      status = case when d.tries >= coalesce(p.max_attempts, t.max_attempts) then 'dead' else 'retrying' end
        ::public.delivery_status,
      finished_at = case when d.tries >= coalesce(p.max_attempts, t.max_attempts) then public.now_() end,
      due_at = public.now_(),
      lease_until = null,
      last_error_class = 'lease_expired',
      last_error = 'The worker ' || d.worker || ' stopped before it reported a result.'
    from public.destinations t, public.deliveries x
    left join lateral public.replay_retries(x) p on true
    where t.id = d.destination_id and d.id = any (v_expired) and x.id = d.id
    returning d.event_id, d.status
  )
  select jsonb_agg(jsonb_build_object(
    'organisation_id', e.organisation_id, 'provider', e.provider, 'event_type', e.event_type, 'count', 1,
    'outcome', case c.status when 'dead' then 'dead' else 'failed' end
  ))
  into v_counts
  from closed c join public.events e on e.id = c.event_id;

  perform public.settle_deliveries(v_expired);
  perform public.add_statistics(v_counts);
  return cardinality(v_expired);
end
$function$;

CREATE OR REPLACE FUNCTION public.find_by_words (
  p_words text[],
  p_limit integer,
  p_scope text[]
)
  RETURNS SETOF bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_bitmapscan TO 'on'
  SET enable_seqscan TO 'off'
  SET enable_indexscan TO 'off'
  SET jit TO 'off'
  AS $function$
declare
  v_words tsquery;
begin
  select string_agg(
    format('''%s''%s', replace(replace(w, '\', '\\'), '''', ''''''), case when char_length(w) > 2 then ':*' end), ' & '
  )::tsquery
  into v_words
  from unnest(p_words) w;
  return query
  select m.id
  from (
    select e.id from public.events e
    where e.terms @@ v_words and (p_scope is null or e.organisation_id = any (p_scope))
    limit 5000
  ) m
  order by m.id desc
  limit p_limit;
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_by_words"(text[], integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_destination_by_url (
  p_urls            text[],
  p_organisation_id text,
  p_scope           text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.get_sealed_destination(d.id, p_scope)
  from public.destinations d
  where d.url = any (p_urls) and d.kind = 'http' and d.archived_at is null
    and (p_organisation_id is null or d.organisation_id is null or d.organisation_id = p_organisation_id)
    and public.in_scope(p_scope, d.organisation_id)
  order by d.organisation_id is null, d.id
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."find_destination_by_url"(text[], text, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_events (
  p_query text,
  p_words text[],
  p_limit integer,
  p_scope text[]
)
  RETURNS TABLE (
    id bigint,
    n  integer
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  AS $function$
declare
  v_most integer := case when p_scope is null then p_limit else 2000 end;
begin
  return query
  select f.id, min(f.n)
  from (
    select e.id, 1 as n from public.events e where e.id = public.number_in(p_query, 'we_')
    union all
    (select e.id, 2 from public.events e where e.request_id = p_query limit v_most)
    union all
    -- Below the greatest character, which no key has.
    (select e.id, case when e.event_key = p_query then 3 else 4 end from public.events e
     where e.event_key ~>=~ p_query and e.event_key ~<~ (p_query || chr(1114111))
     order by e.event_key using ~<~ limit v_most)
    union all
    (select e.id, 5 from public.events e
     where e.provider = 'platform' and substr(e.event_key, strpos(e.event_key, '/') + 1) ~>=~ p_query
       and substr(e.event_key, strpos(e.event_key, '/') + 1) ~<~ (p_query || chr(1114111))
     order by substr(e.event_key, strpos(e.event_key, '/') + 1) using ~<~ limit v_most)
    union all
    (select e.id, 6 from public.events e where e.object_id = p_query order by e.received_at desc limit v_most)
    union all
    (select e.id, 7 from public.events e
     where e.customer_id = p_query order by e.received_at desc, e.id desc limit v_most)
    union all
    select w.id, 8 from public.find_by_words(p_words, p_limit, p_scope) w(id)
  ) f
  where p_scope is null
    or exists (select from public.events e where e.id = f.id and public.in_scope(p_scope, e.organisation_id))
  group by f.id
  order by 2, 1 desc
  limit p_limit;
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_events"(text, text[], integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_invitation (
  p_token_hash text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
  select jsonb_build_object(
    'email', u.email, 'name', u.name, 'role', u.role, 'is_new', u.password_hash is null,
    'expires_at', public.iso(i.expires_at)
  )
  from public.staff_invitations i
  join public.staff_users u on u.id = i.staff_id
  where i.token_hash = decode(p_token_hash, 'hex') and i.expires_at > public.now_() and u.disabled_at is null;
$function$;

CREATE OR REPLACE FUNCTION public.find_organisations (
  p_query text,
  p_limit integer,
  p_scope text[]
)
  RETURNS text[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET jit TO 'off'
  AS $function$
declare
  v_next text;
  v_found text[] := '{}';
begin
  if p_scope is not null then
    return array(select o from unnest(p_scope) o where starts_with(o, p_query) order by o limit p_limit);
  end if;
  select e.organisation_id into v_next from public.events e
  where e.organisation_id >= p_query order by e.organisation_id limit 1;
  -- Most collations ignore punctuation at first, so others may be between.
  for i in 1 .. 40 loop
    exit when v_next is null or cardinality(v_found) >= p_limit;
    if starts_with(v_next, p_query) then
      v_found := v_found || v_next;
    end if;
    select e.organisation_id into v_next from public.events e
    where e.organisation_id > v_next order by e.organisation_id limit 1;
  end loop;
  return v_found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_organisations"(text, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_person (
  p_event_id bigint,
  p_scope    text[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
$function$;

REVOKE ALL ON FUNCTION "public"."find_person"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_runnable_events (
  p_selection    jsonb,
  p_scope        text[],
  p_options      jsonb,
  p_max_age_days integer,
  p_limit        integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_matched bigint[] := public.select_events(p_selection, p_scope, 100000);
  v_deliveries bigint[] := public.select_deliveries(p_selection, v_matched);
  v_reroutes_all boolean := p_options ->> 'destinations' = 'current';
  v_lost bigint[] := '{}';
begin
  if (p_options ->> 'skipAlreadyApplied')::boolean then
    v_lost := public.lost_deliveries(array(
      select d.id from public.deliveries d
      where d.event_id = any (v_matched) and d.status = 'delivered'
        and (v_deliveries is null or d.id = any (v_deliveries))
      order by d.event_id
      limit 10000
    ));
  end if;

  return (
    with considered as (
      select e.id, e.replay_count, e.received_at, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags,
        coalesce(
        bool_or(
          d.id is not null and public.reason_to_skip(e, d, t, p_options, p_max_age_days, l.id is not null) is null
        ), false
      ) as runs, count(d.id) as deliveries
      from unnest(v_matched) m(id)
      join public.events e on e.id = m.id
      left join public.deliveries d on d.event_id = e.id
      left join public.destinations t on t.id = d.destination_id
      left join unnest(v_lost) l(id) on l.id = d.id
      left join unnest(v_deliveries) s(id) on s.id = d.id
      where v_deliveries is null or s.id is not null
      group by e.id
    ),
    runnable as (
      select c.id, row_number() over (order by c.replay_count, c.received_at, c.id) as n
      from considered c
      where c.runs or (
        -- reroute_events gives it a delivery.
        v_deliveries is null and (v_reroutes_all or c.deliveries = 0)
        and c.received_at >= public.now_() - make_interval(days => p_max_age_days)
        and exists (
          select from public.destinations t
          where public.wants_event(t, c.provider, c.event_type, c.organisation_id, c.livemode, c.flags)
            and public.takes_deliveries(t)
            and not exists (select from public.deliveries x where x.event_id = c.id and x.destination_id = t.id)
        )
      )
    )
    select jsonb_build_object(
      'events', coalesce(jsonb_agg(r.id order by r.n) filter (where r.n <= p_limit), '[]'),
      'remaining', count(*) filter (where r.n > p_limit)
    )
    from runnable r
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_runnable_events"(jsonb, text[], jsonb, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_sealed_destination()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object('slug', d.slug, 'secrets', d.secrets, 'headers', d.headers)
  from public.destinations d
  where d.managed and d.archived_at is null and (d.secrets <> '[]' or d.headers <> '{}')
  order by d.id
  limit 1;
$function$;

CREATE OR REPLACE FUNCTION public.find_staff (
  p_email text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'password_hash', u.password_hash,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.email = lower(p_email);
$function$;

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
  select public.now_() - random() * (public.now_() - min(x.due_at)) into v_from from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying');
  select x.ordering_key into v_key from public.deliveries x
  where x.destination_id = p_destination_id and x.lane = p_lane and x.status in ('pending', 'retrying')
    and x.due_at between v_from and public.now_()
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

CREATE OR REPLACE FUNCTION public.first_status (
  p_destination public.destinations
)
  RETURNS public.delivery_status
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  if public.takes_deliveries(p_destination) and not exists (
    select from public.deliveries d where d.destination_id = (p_destination).id and d.status = 'held'
  ) then
    return 'pending';
  end if;
  return 'held';
end
$function$;

CREATE OR REPLACE FUNCTION public.forget_guess (
  p_id        bigint,
  p_was_right boolean
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
  delete from public.sign_in_guesses g
  using public.sign_in_guesses mine
  where mine.id = p_id and (
    g.id = p_id or p_was_right and g.kind = 'password' and g.account = mine.account and g.network = mine.network
  );
$function$;

REVOKE ALL ON FUNCTION "public"."forget_guess"(bigint, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_old_guesses (
  p_now timestamp with time zone
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  delete from public.sign_in_guesses g
  where g.id in (
    select o.id from public.sign_in_guesses o where o.booked_at < p_now - interval '1 hour'
    order by o.booked_at limit 100 for update skip locked
  );
$function$;

REVOKE ALL ON FUNCTION "public"."forget_old_guesses"(timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_old_sessions (
  p_staff_id uuid
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.staff_sessions s set ended_at = public.now_(), ended_because = 'too_many'
  where s.id in (
    select o.id from public.staff_sessions o
    where o.staff_id = p_staff_id and o.ended_at is null and o.expires_at > public.now_()
    order by o.id desc offset 20
  );
  delete from public.staff_sessions s
  where s.id in (select o.id from public.staff_sessions o where o.staff_id = p_staff_id order by o.id desc offset 200);
  delete from public.staff_sessions s
  where s.id in (
    select o.id from public.staff_sessions o where o.expires_at < public.now_() - interval '30 days'
    order by o.expires_at limit 100 for update skip locked
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget_old_sessions"(uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_destination (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.destination_json(d) from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_destination"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_event (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select (public.events_json(array[e.id], p_scope) -> 0) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    -- A compressed body is decoded by the caller, so it must be whole; it is as small as what it came in.
    'body_base64', translate(encode(case
      when x.encoding is null then substring(public.body_of(e.id) from 1 for x.most) else public.body_of(e.id)
    end, 'base64'), E'\n', ''),
    'body_cut', x.encoding is null and e.body_size > x.most, 'content_encoding', x.encoding,
    'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id, 'privacy_request', public.privacy_request_json(e),
    'versions', public.versions_json(e.id, e.variant_of, p_scope),
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count,
        -- Of the run it is in: a replay begins to count anew, and may have a number of its own.
        'tries', d.tries,
        'max_attempts', coalesce((select p.max_attempts from public.replay_retries(d) p), t.max_attempts),
        'hold', public.hold_of_delivery(d, t, h, p_scope),
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', public.replay_name(d.replay_id, p_scope), 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object(
          'id', t.id, 'slug', case
            when t.organisation_id is null or public.in_scope(p_scope, t.organisation_id) then t.slug
            else 'ds_' || t.id
          end,
          'name', public.destination_name(t, p_scope), 'kind', t.kind,
          'url', case when public.in_scope(p_scope, t.organisation_id) then public.mask_url(t.url) end,
          'rate_per_second', case when public.in_scope(p_scope, t.organisation_id) then t.rate_per_second end
        ),
        'attempts', coalesce((
          select jsonb_agg(
            public.attempt_json(a) || jsonb_build_object('replay_id', public.replay_name(a.replay_id, p_scope))
            order by a.number
          )
          from public.attempts a where a.delivery_id = d.id
        ), '[]')
      ) order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      left join public.destination_health h on h.destination_id = t.id
      where d.event_id = e.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(public.replay_json(r) order by r.id)
      from public.replays r
      where r.id in (select i.replay_id from public.replay_items i where i.event_id = e.id)
        and public.all_in_scope(p_scope, r.organisations)
    ), '[]'),
    'resolutions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'resolved_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.resolve' and a.subject = 'we_' || e.id
    ), '[]')
  )
  from public.events e
  cross join lateral (
    select public.header_of(e.headers, 'content-encoding') as encoding, public.shown_body_bytes() as most
  ) x
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_event"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_replay (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.replay_json(r) from public.replays r
  where r.id = p_id and public.all_in_scope(p_scope, r.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."get_replay"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_sealed_destination (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'id', d.id, 'slug', d.slug, 'kind', d.kind, 'managed', d.managed, 'url', d.url, 'headers', d.headers,
    'secrets', d.secrets, 'timeout_ms', d.timeout_ms, 'organisation_id', d.organisation_id
  )
  from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_sealed_destination"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_source (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.source_json(s, p_scope) from public.sources s
  where s.id = p_id and s.archived_at is null and public.in_scope(p_scope, s.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_source"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_staff (
  p_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'organisations', u.organisations,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.id = p_id;
$function$;

CREATE OR REPLACE FUNCTION public.has_key (
  e           public.events,
  p_key       text,
  p_selection jsonb
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN
  (((e).variant_of IS NULL) AND ((e).provider = (p_selection ->> 'provider_slug'::text)) AND ((e).event_key_hash = sha256(convert_to(p_key, 'UTF8'::name))) AND ((NOT (p_selection ?
  'organisation_id'::text)) OR (NOT ((e).organisation_id IS DISTINCT FROM (p_selection ->> 'organisation_id'::text)))) AND
  ((NOT (p_selection ? 'source_id'::text)) OR (NOT ((e).source_id IS DISTINCT FROM ((p_selection ->> 'source_id'::text))::bigint))));

REVOKE ALL ON FUNCTION "public"."has_key"(public.events, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.has_newer_state (
  p_destination_id bigint,
  p_provider       text,
  p_object_id      text,
  p_event_type     text,
  p_at             timestamp with time zone
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select exists (
    select from public.events n
    join public.deliveries x on x.event_id = n.id and x.destination_id = p_destination_id and x.status = 'delivered'
    where n.provider = p_provider and n.object_id = p_object_id and n.event_type = p_event_type
      and coalesce(n.occurred_at, n.received_at) > p_at
  );
$function$;

REVOKE ALL ON FUNCTION "public"."has_newer_state"(bigint, text, text, text, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.header_of (
  p_headers jsonb,
  p_name    text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
RETURN (SELECT (h.value ->> 1) FROM jsonb_array_elements(header_of.p_headers) h(VALUE) WHERE (lower((h.value ->> 0)) = header_of.p_name) LIMIT 1);

REVOKE ALL ON FUNCTION "public"."header_of"(jsonb, text) FROM PUBLIC, "anon", "authenticated";

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
  SET jit TO 'off'
  AS $function$
declare
  v_held integer;
begin
  update public.deliveries d set status = 'held'
  where d.id = any (array(
    select x.id from public.deliveries x
    join public.destinations t on t.id = x.destination_id
    where x.destination_id = p_destination_id and x.status in ('pending', 'retrying')
      and not public.takes_deliveries(t)
    limit public.hold_batch()
    for update of x skip locked
  ));
  get diagnostics v_held = row_count;
  return v_held;
end
$function$;

CREATE OR REPLACE FUNCTION public.hold_of (
  t public.destinations,
  h public.destination_health
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select x.hold || jsonb_build_object('since', public.iso(x.since), 'until', public.iso(x.until), 'by', case
    when x.action is not null then (
      select a.actor from public.staff_actions a
      where a.subject = 'ds_' || (t).id and a.action = x.action and a.acted_at >= x.since and a.actor_id <> 'system'
      order by a.acted_at desc, a.id desc limit 1
    )
  end)
  from (
    select jsonb_build_object(
      'why', w.why, 'because', case w.why when 'disabled' then (t).disabled_because end
    ) as hold,
      case w.why when 'disabled' then (t).disabled_at when 'paused' then (t).paused_at else (h).opened_at end as since,
      case w.why
        when 'circuit' then greatest((h).probe_at, (h).throttled_until)
        when 'throttled' then (h).throttled_until
      end
        as until,
      case w.why when 'disabled' then 'destination.disable' when 'paused' then 'destination.pause' end as action
    from (
      select case
        when not (t).enabled then 'disabled'
        when (t).paused_at is not null then 'paused'
        when (h).breaker = 'open' and (h).probe_at > public.now_() then 'circuit'
        when (h).throttled_until > public.now_() then 'throttled'
        when (h).breaker <> 'closed' then 'probe'
      end as why
    ) w
  ) x
  where x.hold ->> 'why' is not null;
$function$;

REVOKE ALL ON FUNCTION "public"."hold_of"(public.destinations, public.destination_health) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hold_of_delivery (
  d       public.deliveries,
  t       public.destinations,
  h       public.destination_health,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(public.hold_within(t, h, p_scope), case when (d).status in ('pending', 'retrying') then (
    select jsonb_build_object(
      'why', 'order', 'because', null, 'since', null,
      'until', case x.status when 'retrying' then public.iso(x.due_at) end, 'by', null
    ) || coalesce((
      select jsonb_build_object('event_id', 'we_' || e.id) from public.events e
      where e.id = x.event_id and public.in_scope(p_scope, e.organisation_id)
    ), '{}')
    from public.deliveries x
    -- As is_first decides in the claim.
    where x.destination_id = (d).destination_id and x.ordering_key = (d).ordering_key and x.id < (d).id
      and x.status in ('pending', 'claimed', 'retrying', 'held') and ((d).lane = 'replay' or x.lane = 'live')
    order by x.id limit 1
  ) end);
$function$;

REVOKE ALL ON FUNCTION "public"."hold_of_delivery"(public.deliveries, public.destinations, public.destination_health, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hold_within (
  t       public.destinations,
  h       public.destination_health,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select case
    when (t).organisation_id is null or public.in_scope(p_scope, (t).organisation_id) then public.hold_of(t, h)
    else public.hold_of(t, h) || '{"by": null, "because": null}'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."hold_within"(public.destinations, public.destination_health, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.in_flight (
  p_destination_id bigint
)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  return (select count(*) from public.deliveries d where d.destination_id = p_destination_id and d.status = 'claimed');
end
$function$;

REVOKE ALL ON FUNCTION "public"."in_flight"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.in_scope (
  p_scope        text[],
  p_organisation text
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN ((p_scope IS NULL) OR ((p_organisation IS NOT NULL) AND (p_organisation = ANY (p_scope))));

REVOKE ALL ON FUNCTION "public"."in_scope"(text[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.invite_staff (
  p_email         text,
  p_role          public.staff_role,
  p_organisations text[],
  p_token_hash    text,
  p_scope         text[],
  p_actor         text,
  p_actor_id      text,
  p_request_id    text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_staff public.staff_users;
  v_expires_at timestamptz;
begin
  if not public.all_in_scope(p_scope, p_organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  insert into public.staff_users (email, name, role, organisations)
  values (lower(p_email), split_part(p_email, '@', 1), p_role, p_organisations)
  on conflict (email) do nothing returning * into v_staff;
  if not found then
    return jsonb_build_object('result', 'known');
  end if;
  v_expires_at := public.set_staff_link(v_staff.id, p_token_hash);
  perform public.record_staff_action(
    'staff.invite', v_staff.email,
    jsonb_strip_nulls(jsonb_build_object('role', p_role, 'organisations', p_organisations)),
    p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object(
    'result', 'invited', 'staff', public.staff_member_json(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."invite_staff"(text, public.staff_role, text[], text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_active_admin (
  u public.staff_users
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select u.role = 'admin' and u.organisations is null and u.disabled_at is null
    and (u.password_hash is not null or u.last_sign_in_at is not null);
$function$;

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
  SET jit TO 'off'
  AS $function$
begin
  return not exists (
    select from public.deliveries b
    where b.destination_id = p_destination_id and b.ordering_key = p_key and b.id < p_id
      and b.status in ('pending', 'claimed', 'retrying', 'held') and (p_lane = 'replay' or b.lane = 'live')
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.is_from_before (
  p_row          jsonb,
  p_requested_at timestamp with time zone
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(max(public.version_time(v.value) collate "C"), '') <= public.iso(p_requested_at) collate "C"
  from jsonb_each_text(p_row -> 'versions') v;
$function$;

REVOKE ALL ON FUNCTION "public"."is_from_before"(jsonb, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_of_family (
  p_wanted     text[],
  p_event_type text
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select exists (
    select from unnest(p_wanted) w(wanted)
    where right(w.wanted, 2) = '.*' and starts_with(p_event_type, left(w.wanted, -1))
  );
$function$;

REVOKE ALL ON FUNCTION "public"."is_of_family"(text[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_row_lost (
  p_row        jsonb,
  p_after      jsonb,
  p_changed_at timestamp with time zone,
  p_event_key  text
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce((p_row ->> 'updated_at')::timestamptz < p_changed_at, false) or exists (
    select from jsonb_each(p_after) w
    where right(p_row -> 'versions' ->> w.key, char_length(p_event_key) + 1) = '#' || p_event_key
      and p_row -> w.key is distinct from w.value
  ) or p_after ? 'stripe_subscription_id' and not p_row @> coalesce(
    public.subscription_of_customer(p_row ->> 'stripe_customer_id'), '{}'
  );
$function$;

REVOKE ALL ON FUNCTION "public"."is_row_lost"(jsonb, jsonb, timestamp WITH time zone, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.last_event_within (
  p_provider text,
  p_scope    text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object('id', 'we_' || l.id, 'event_type', l.event_type, 'received_at', public.iso(l.received_at))
  from unnest(p_scope) as o(id)
  cross join lateral (
    select e.id, e.event_type, e.received_at from public.events e
    where e.organisation_id = o.id and e.provider = p_provider
    order by e.received_at desc, e.id desc
    limit 1
  ) l
  order by l.received_at desc, l.id desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."last_event_within"(text, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.latency_bounds()
  RETURNS integer[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array[
    5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10000, 15000,
    20000, 30000
  ];
$function$;

CREATE OR REPLACE FUNCTION public.latency_histogram (
  p_durations integer[]
)
  RETURNS integer[]
  LANGUAGE plpgsql
  IMMUTABLE
  STRICT
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

CREATE OR REPLACE FUNCTION public.lease_deliveries (
  p_chosen        bigint[],
  p_worker        text,
  p_lease_seconds integer,
  p_shares        jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_work jsonb;
begin
  with leased as (
    update public.deliveries d set
      status = 'claimed',
      fence = d.fence + 1,
      attempt_count = d.attempt_count + 1,
      tries = d.tries + 1,
      -- From when it is given, not from when the claim began, which may have had to wait.
      lease_until = public.clock_() + make_interval(secs => p_lease_seconds),
      worker = p_worker
    where d.id = any (p_chosen)
    returning d as row
  ),
  claimed as (
    select (l.row).* from leased l
  ),
  opened as (
    -- By the clock, not by the start of this transaction: it may have waited for the one that ended the attempt before.
    insert into public.attempts (delivery_id, number, fence, worker, replay_id, started_at)
    select c.id, c.attempt_count, c.fence, p_worker, c.replay_id, c.lease_until - make_interval(secs => p_lease_seconds)
    from claimed c
    returning id, delivery_id, number
  )
  select jsonb_agg(jsonb_build_object(
    'delivery_id', c.id, 'fence', c.fence, 'attempt_id', o.id, 'attempt_number', o.number, 'try', c.tries,
    'replay_id', case when c.lane = 'replay' then c.replay_id end,
    'event', public.event_for_projection(e, (select o.settings from public.sources o where o.id = e.source_id))
      || jsonb_build_object('headers', e.headers, 'content_type', e.content_type),
    'destination', jsonb_build_object(
      'id', t.id, 'slug', t.slug, 'kind', t.kind, 'url', t.url, 'headers', t.headers,
      'secrets', t.secrets, 'timeout_ms', t.timeout_ms,
      'max_attempts', coalesce(p.max_attempts, t.max_attempts),
      'base_delay_ms', coalesce(p.base_delay_ms, t.base_delay_ms),
      'backoff_factor', coalesce(p.backoff_factor, t.backoff_factor)
    ),
    'pace', public.pace_of(t, h, p_shares)
  ) order by c.id)
  into v_work
  from claimed c
  join opened o on o.delivery_id = c.id
  join public.events e on e.id = c.event_id
  join public.destinations t on t.id = c.destination_id
  left join public.destination_health h on h.destination_id = t.id
  left join lateral public.replay_retries((select l.row from leased l where (l.row).id = c.id)) p on true;

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (p_chosen)
  ));
  perform public.book_claim(p_chosen);
  return v_work;
end
$function$;

REVOKE ALL ON FUNCTION "public"."lease_deliveries"(bigint[], text, integer, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lift_sign_in_limit (
  p_kind       text,
  p_subject    text,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_subject text := case when p_kind = 'address' then public.network_of(p_subject) else lower(p_subject) end;
  v_forgotten integer;
begin
  delete from public.sign_in_guesses g
  where p_kind = 'address' and p_scope is null and g.network = v_subject
    or p_kind = 'account' and g.account = v_subject and (p_scope is null or exists (
      select from public.staff_users u where u.email = v_subject and public.all_in_scope(p_scope, u.organisations)
    ));
  get diagnostics v_forgotten = row_count;
  if v_forgotten > 0 then
    perform public.record_staff_action(
      'sign_in.lift', v_subject, jsonb_build_object('limit', p_kind), p_actor, p_actor_id, p_request_id
    );
  end if;
  return v_forgotten;
end
$function$;

REVOKE ALL ON FUNCTION "public"."lift_sign_in_limit"(text, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.likelier_end (
  p_states jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select s.state
  from jsonb_array_elements(p_states) with ordinality s(state, n)
  order by case when (
    select bool_and(coalesce(x #>> '{before,1}' = any (array(
      select y #>> '{after,1}' from jsonb_array_elements(p_states) y
    )), false))
    from jsonb_array_elements(p_states) x
  ) then public.subscription_rank(s.state #>> '{values,status}') end, s.n desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."likelier_end"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.limit_exceeded (
  p_id     bigint,
  p_limits jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with mine as (
    select i.organisation_id, count(distinct i.event_id) as events
    from public.replay_items i
    where i.replay_id = p_id and i.organisation_id is not null and i.outcome is null
    group by 1
  ),
  recent as (
    select i.organisation_id, count(distinct (r.id, i.event_id)) as events,
      count(distinct r.id) filter (where r.status in ('queued', 'running', 'paused') and r.kind <> 'single') as replays
    from public.replays r
    join public.replay_items i on i.replay_id = r.id
    where (r.queued_at > public.now_() - interval '1 hour' or r.status in ('queued', 'running', 'paused'))
      and i.organisation_id in (select m.organisation_id from mine m) and i.skip_reason is null
    group by 1
  )
  select case
    when coalesce(l.events, 0) + m.events > (p_limits ->> 'max_per_hour')::integer then jsonb_build_object(
      'result', 'hourly_limit', 'organisation', m.organisation_id, 'asked', m.events,
      'used', coalesce(l.events, 0), 'limit', p_limits -> 'max_per_hour'
    )
    else jsonb_build_object(
      'result', 'concurrent_limit', 'organisation', m.organisation_id, 'used', l.replays,
      'limit', p_limits -> 'max_concurrent'
    )
  end
  from mine m
  left join recent l using (organisation_id)
  join public.replays r on r.id = p_id
  where coalesce(l.events, 0) + m.events > (p_limits ->> 'max_per_hour')::integer
    or (r.kind <> 'single' and l.replays >= (p_limits ->> 'max_concurrent')::integer)
  order by m.organisation_id
  limit 1;
$function$;

CREATE OR REPLACE FUNCTION public.link_staff (
  p_id         uuid,
  p_token_hash text,
  p_within     public.staff_role[],
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text,
  p_own_id     uuid                DEFAULT NULL::uuid
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_staff public.staff_users;
  v_expires_at timestamptz;
begin
  select * into v_staff from public.staff_users u
  where u.id = p_id and public.all_in_scope(p_scope, u.organisations) for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif p_id = p_own_id then
    return jsonb_build_object('result', 'own_account');
  elsif v_staff.role <> all (p_within) then
    return jsonb_build_object('result', 'beyond_rights');
  elsif v_staff.disabled_at is not null then
    return jsonb_build_object('result', 'disabled');
  end if;
  v_expires_at := public.set_staff_link(p_id, p_token_hash);
  perform public.record_staff_action('staff.link', v_staff.email, '{}', p_actor, p_actor_id, p_request_id);
  return jsonb_build_object(
    'result', 'linked', 'staff', public.staff_member_json(v_staff), 'expires_at', public.iso(v_expires_at)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text[], text, text, text, uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_action_choices (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with mine as (
    select a.actor, a.action from public.staff_actions a
    where a.organisations is not null and a.organisations <@ p_scope
    order by a.acted_at desc, a.id desc
    limit 10000
  )
  select case when p_scope is null then public.every_action_choice() else jsonb_build_object(
    'actors', (
      select coalesce(jsonb_agg(x.actor order by x.actor), '[]') from (select distinct m.actor from mine m limit 200) x
    ),
    'actions', (
      select coalesce(jsonb_agg(x.action order by x.action), '[]')
      from (select distinct m.action from mine m limit 200) x
    )
  ) end;
$function$;

REVOKE ALL ON FUNCTION "public"."list_action_choices"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_actions (
  p_filter jsonb,
  p_limit  integer,
  p_scope  text[],
  p_cursor text    DEFAULT NULL::text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
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
      (6, 'range', format('a.acted_at >= public.now_() - %L::interval', p_filter ->> 'range'))
    ) as c(n, field, condition)
  );
  v_answer jsonb;
begin
  if p_scope is not null then
    -- Not null, so that the index of such rows answers it.
    v_condition := v_condition || format(' and a.organisations is not null and a.organisations <@ %L::text[]', p_scope);
  end if;
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

REVOKE ALL ON FUNCTION "public"."list_actions"(jsonb, integer, text[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_api_tokens (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(
    public.api_token_json(t) order by t.revoked_at is not null or t.expires_at <= public.now_(), t.id desc
  ), '[]')
  from public.api_tokens t
  where coalesce(t.revoked_at, t.expires_at) > public.now_() - interval '30 days'
    and public.all_in_scope(p_scope, public.token_scope(t));
$function$;

REVOKE ALL ON FUNCTION "public"."list_api_tokens"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_applied_migrations()
  RETURNS text[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_versions text[];
begin
  if to_regclass('supabase_migrations.schema_migrations') is null then
    return null;
  end if;
  execute 'select array_agg(version order by version) from supabase_migrations.schema_migrations' into v_versions;
  return v_versions;
exception
  when insufficient_privilege then
    return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."list_applied_migrations"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_dead_letter_groups (
  p_limit integer,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with cells as (
    select d.destination_id, d.error_group,
      -- 24 is the current hour of the clock, 1 the one 23 hours ago; older ones share 0.
      width_bucket(d.finished_at, array(
        select date_trunc('hour', public.now_()) - ago * interval '1 hour' from generate_series(23, 0, -1) ago
      )) as hour,
      count(*) as count, min(d.finished_at) as first_at, max(d.finished_at) as last_at
    from public.deliveries d
    join public.events e on e.id = d.event_id and e.status = 'dead' and public.in_scope(p_scope, e.organisation_id)
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
          'destination', jsonb_build_object(
            'id', t.id,
            'slug', case
              when t.organisation_id is null or public.in_scope(p_scope, t.organisation_id) then t.slug
              else 'ds_' || t.id
            end,
            'name', public.destination_name(t, p_scope), 'kind', t.kind
          )
        ) || public.dead_letters_json(g.destination_id, g.error_group, p_scope)
        order by g.count desc, g.last_at desc, g.error_group, g.destination_id
      )
      from shown g
      join public.destinations t on t.id = g.destination_id
    ), '[]'),
    'total', jsonb_build_object(
      'groups', (select count(*) from groups),
      'deliveries', (select coalesce(sum(g.count), 0) from groups g),
      'events', (
        select count(*) from public.events e where e.status = 'dead' and public.in_scope(p_scope, e.organisation_id)
      )
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."list_dead_letter_groups"(integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_dead_letters (
  p_limit integer,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'webhook_data', case when d.fits then public.payload_of(e) end,
    'webhook_data_omitted', not d.fits,
    'body_url', '/api/webhooks/events/we_' || e.id || '/body', 'error_message', d.last_error,
    'failed_at', public.iso(d.finished_at), 'provider_slug', e.provider, 'event_key', e.event_key,
    'event_type', e.event_type
  ) order by d.finished_at desc, d.id desc), '[]')
  from (
    select n.*, sum(n.bytes) over (order by n.finished_at desc, n.id desc) <= public.payload_budget() as fits
    from (
      select x.id, x.event_id, x.last_error, x.finished_at, public.payload_bytes(y) as bytes
      from public.deliveries x
      join public.events y on y.id = x.event_id
      where x.status = 'dead' and y.status = 'dead' and public.in_scope(p_scope, y.organisation_id)
      order by x.finished_at desc, x.id desc
      limit p_limit
    ) n
  ) d
  join public.events e on e.id = d.event_id;
$function$;

REVOKE ALL ON FUNCTION "public"."list_dead_letters"(integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_destination_deliveries (
  p_id     bigint,
  p_limit  integer,
  p_cursor bigint,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with page as (
    select d.id, row_number() over (order by d.id desc) as n
    from public.deliveries d
    where d.destination_id = p_id and (p_cursor is null or d.id < p_cursor)
      and (
        p_scope is null
        or exists (
          select from public.destinations t where t.id = p_id and public.in_scope(p_scope, t.organisation_id)
        )
        -- It may have been another organisation's before.
        and exists (select from public.events e where e.id = d.event_id and public.in_scope(p_scope, e.organisation_id))
      )
    order by d.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'deliveries', coalesce(jsonb_agg(jsonb_build_object(
      'delivery_id', d.id, 'event_id', 'we_' || e.id, 'event_type', e.event_type, 'provider', e.provider,
      'status', d.status, 'http_status', a.http_status, 'error_class', d.last_error_class, 'error', d.last_error,
      'duration_ms', a.duration_ms, 'attempt_count', d.attempt_count,
      'replay_id', public.replay_name(d.replay_id, p_scope),
      'created_at', public.iso(d.created_at), 'finished_at', public.iso(d.finished_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p
  join public.deliveries d on d.id = p.id
  join public.events e on e.id = d.event_id
  left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count;
$function$;

REVOKE ALL ON FUNCTION "public"."list_destination_deliveries"(bigint, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_destinations (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select coalesce(jsonb_agg(public.destination_json(d) order by d.id), '[]')
  from public.destinations d
  where d.archived_at is null and public.in_scope(p_scope, d.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."list_destinations"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_event_views (
  p_staff_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(public.event_view_json(v) order by lower(v.name)), '[]')
  from public.event_views v
  where v.staff_id = p_staff_id;
$function$;

CREATE OR REPLACE FUNCTION public.list_events (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text,
  p_scope  text[],
  p_after  text    DEFAULT NULL::text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_from text := coalesce(p_after, p_cursor);
  v_order text := case when p_after is null then 'desc' else 'asc' end;
  v_beyond text := '';
  v_found jsonb;
begin
  if v_from is not null then
    v_beyond := format(
      ' and (e.received_at, e.id) %s (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      case when p_after is null then '<' else '>' end, split_part(v_from, '.', 1), split_part(v_from, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select x.id, row_number() over (order by x.received_at %1$s, x.id %1$s) as n,
         (extract(epoch from x.received_at) * 1000000)::bigint || ''.'' || x.id as cursor
       from (%2$s) x
       order by x.received_at %1$s, x.id %1$s
       limit %3$s + 1
     )
     select jsonb_build_object(
       ''events'', public.events_json(array_agg(p.id) filter (where p.n <= %3$s), $1),
       ''nearest'', max(p.cursor) filter (where p.n = 1),
       ''farthest'', max(p.cursor) filter (where p.n = %3$s and (select count(*) from page) > %3$s)
     )
     from page p',
    v_order,
    (
      select string_agg(format(
        '(select e.id, e.received_at from public.events e
          where %s%s order by e.received_at %s, e.id %3$s limit %s + 1)',
        b.condition, v_beyond, v_order, p_limit
      ), ' union all ')
      from unnest(public.event_branches(p_filter, p_scope)) as b(condition)
    ),
    p_limit
  ) into v_found using p_scope;

  return jsonb_build_object(
    'events', v_found -> 'events',
    'next_cursor', v_found -> case when p_after is null then 'farthest' else 'nearest' end,
    -- What was seen before is newer.
    'previous_cursor', case
      when p_after is not null then v_found -> 'farthest'
      when p_cursor is not null then v_found -> 'nearest'
      else 'null'::jsonb
    end
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."list_events"(jsonb, integer, text, text[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_key_choices (
  p_selection jsonb,
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('event_key', c.key, 'choices', c.choices) order by c.n), '[]')
  from (
    select k.key, k.n, jsonb_agg(jsonb_build_object(
      'event_id', 'we_' || e.id, 'organisation_id', e.organisation_id, 'source_id', 'so_' || e.source_id
    ) order by e.organisation_id nulls last, e.id) as choices
    from (
      select x.key, min(x.n) as n
      from jsonb_array_elements_text(p_selection -> 'event_keys') with ordinality as x(key, n) group by x.key
    ) k
    join public.events e on public.has_key(e, k.key, p_selection) and public.in_scope(p_scope, e.organisation_id)
    group by k.key, k.n
    having count(*) > 1
    order by k.n
    limit 10
  ) c;
$function$;

REVOKE ALL ON FUNCTION "public"."list_key_choices"(jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_merchant_events (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with listed as materialized (
    select public.list_events(p_filter, p_limit, p_cursor, p_scope) as page
  ),
  weighed as materialized (
    select x.n, e.id, e.received_at,
      sum(public.payload_bytes(e)) over (order by x.n) - public.payload_bytes(e) as bytes_before
    from listed l
    cross join lateral jsonb_array_elements(l.page -> 'events') with ordinality as x(summary, n)
    join public.events e on e.id = substr(x.summary ->> 'id', 4)::bigint
  ),
  fitting as materialized (
    select * from weighed w where w.n = 1 or w.bytes_before < public.payload_budget()
  )
  select jsonb_build_object(
    'events', coalesce(jsonb_agg(jsonb_build_object(
      'id', 'we_' || e.id, 'eventType', e.event_type, 'merchantId', e.organisation_id, 'status', e.status,
      'attempts', e.attempt_count, 'lastAttempt', public.iso(a.started_at), 'lastError', e.last_error,
      'errorClass', e.last_error_class, 'webhookUrl', public.mask_url(a.url), 'payload', public.payload_of(e),
      'createdAt', public.iso(e.received_at), 'provider', e.provider, 'eventKey', e.event_key
    ) order by f.n), '[]'),
    'next_cursor', case
      when (select count(*) from fitting) < (select count(*) from weighed) then (
        select (extract(epoch from l.received_at) * 1000000)::bigint || '.' || l.id
        from fitting l order by l.n desc limit 1
      )
      else (select l.page ->> 'next_cursor' from listed l)
    end
  )
  from fitting f
  join public.events e on e.id = f.id
  left join lateral (
    -- The address of a destination that all organisations share is for those who are scoped to all.
    select case when public.in_scope(p_scope, t.organisation_id) then t.url end as url, a.started_at
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
    where d.event_id = e.id
    order by (t.kind = 'http') desc, d.id
    limit 1
  ) a on true;
$function$;

REVOKE ALL ON FUNCTION "public"."list_merchant_events"(jsonb, integer, text, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_missing_events (
  p_selection jsonb,
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(m.name order by m.n), '[]')
  from (
    select k.key as name, k.n
    from jsonb_array_elements_text(p_selection -> 'event_keys') with ordinality as k(key, n)
    where not exists (
      select from public.events e
      where public.has_key(e, k.key, p_selection) and public.in_scope(p_scope, e.organisation_id)
    )
    union all
    select 'we_' || k.id, k.n
    from jsonb_array_elements_text(p_selection -> 'event_ids') with ordinality as k(id, n)
    where not exists (
      select from public.events e where e.id = k.id::bigint and public.in_scope(p_scope, e.organisation_id)
    )
  ) m;
$function$;

REVOKE ALL ON FUNCTION "public"."list_missing_events"(jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_notices (
  p_actor_id text,
  p_scope    text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', n.id, 'subject', n.subject, 'message', n.message, 'created_at', public.iso(n.created_at)
  ) order by n.id desc), '[]')
  from (
    select * from public.notices x
    where x.actor_id = p_actor_id and x.seen_at is null and public.all_in_scope(p_scope, x.organisations)
    order by x.id desc limit 20
  ) n;
$function$;

REVOKE ALL ON FUNCTION "public"."list_notices"(text, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_organisations (
  p_limit integer,
  p_scope text[]
)
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with recursive names as (
    (
      select e.organisation_id as name, 1 as n from public.events e
      where e.organisation_id is not null order by e.organisation_id limit 1
    )
    union all
    select (
      select e.organisation_id from public.events e where e.organisation_id > x.name order by e.organisation_id limit 1
    ), x.n + 1
    from names x where x.name is not null and x.n < p_limit
  )
  select case
    when p_scope is null then (
      select coalesce(array_agg(x.name order by x.n) filter (where x.name is not null), '{}') from names x
    )
    else array(select o from unnest(p_scope) o order by o limit p_limit)
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."list_organisations"(integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_projectable_items (
  p_replay_id bigint,
  p_after     integer,
  p_limit     integer,
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'kind', t.kind,
    'event', public.event_for_projection(e, (select s.settings from public.sources s where s.id = e.source_id))
  ) order by i.position), '[]')
  from (
    select x.*, sum(y.body_size) over (order by x.position) - y.body_size as bytes_before
    from (
      select * from public.replay_items z
      where z.replay_id = p_replay_id and z.position > p_after and z.outcome is null
        and public.replay_name(p_replay_id, p_scope) is not null
      order by z.position limit p_limit
    ) x
    join public.events y on y.id = x.event_id
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  where i.bytes_before < public.payload_budget();
$function$;

REVOKE ALL ON FUNCTION "public"."list_projectable_items"(bigint, integer, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_related_events (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with here as (
    select e.id, e.provider, e.organisation_id, e.object_id, e.received_at from public.events e
    where e.id = p_id and public.in_scope(p_scope, e.organisation_id)
  ),
  of_object as (
    select x.id, 'object' as same
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at >= h.received_at and e.id <> h.id
          and public.in_scope(p_scope, e.organisation_id)
        order by e.received_at limit 25)
      union all
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at < h.received_at
          and public.in_scope(p_scope, e.organisation_id)
        order by e.received_at desc limit 25)
    ) x
  ),
  changed as (
    select distinct c.change -> 'table' as of_table, c.change -> 'key' as of_key
    from public.deliveries d
    join public.attempts a on a.delivery_id = d.id
    cross join lateral jsonb_array_elements(a.changes) as c(change)
    where d.event_id = p_id
  ),
  around as (
    select x.id
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at >= h.received_at and e.id <> h.id
        order by e.received_at, e.id limit 500)
      union all
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at < h.received_at
        order by e.received_at desc, e.id desc limit 500)
    ) x
    where exists (select from changed)
  ),
  of_rows as (
    select n.id, 'rows' as same
    from around n
    where exists (
      select
      from public.deliveries d
      join public.attempts a on a.delivery_id = d.id
      cross join lateral jsonb_array_elements(a.changes) as c(change)
      join changed m on m.of_table = c.change -> 'table' and m.of_key = c.change -> 'key'
      where d.event_id = n.id
    )
  ),
  related as (
    select r.id, array_agg(r.same order by r.same) as same
    from (select * from of_object union all select * from of_rows) r
    group by r.id
  ),
  placed as (
    select e.id, e.received_at, r.same, (e.received_at, e.id) > (h.received_at, h.id) as is_newer,
      row_number() over (
        partition by (e.received_at, e.id) > (h.received_at, h.id)
        order by abs(extract(epoch from e.received_at - h.received_at)), abs(e.id - h.id)
      ) as distance
    from related r
    join public.events e on e.id = r.id
    cross join here h
    union all
    select h.id, h.received_at, '{}', false, 0 from here h
  )
  select case when exists (select from here) then jsonb_build_object('events', coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
    'status', e.status, 'received_at', public.iso(e.received_at), 'same', to_jsonb(p.same), 'is_newer', p.is_newer
  ) order by e.received_at desc, e.id desc), '[]')) end
  from placed p
  join public.events e on e.id = p.id
  where p.distance <= 25;
$function$;

REVOKE ALL ON FUNCTION "public"."list_related_events"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_replay_failures (
  p_replay_id bigint,
  p_after     integer,
  p_limit     integer,
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with failing as (
    select i.position, i.event_id, i.error_class, i.detail, i.outcome, d.id as delivery_id, d.last_error_class,
      d.last_error, d.due_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    where i.replay_id = p_replay_id and public.replay_name(p_replay_id, p_scope) is not null
      and (i.outcome = 'failed' or (i.outcome is null and i.fed_at is not null and d.status = 'retrying'))
  )
  select jsonb_build_object(
    'total', (select count(*) from failing),
    'failures', coalesce(jsonb_agg(jsonb_build_object(
      'position', f.position, 'event_id', 'we_' || f.event_id,
      'error_class', coalesce(f.error_class, f.last_error_class), 'detail', coalesce(f.detail, f.last_error),
      'http_status', a.http_status, 'finished_at', public.iso(a.finished_at), 'tries', coalesce(a.tries, 0),
      'next_retry', case when f.outcome is null then public.iso(f.due_at) end
    ) order by f.position), '[]')
  )
  from (select * from failing x where x.position > p_after order by x.position limit p_limit) f
  left join lateral (
    select x.http_status, x.finished_at, count(*) over () as tries
    from public.attempts x
    where x.delivery_id = f.delivery_id and x.replay_id = p_replay_id
    order by x.number desc
    limit 1
  ) a on true;
$function$;

REVOKE ALL ON FUNCTION "public"."list_replay_failures"(bigint, integer, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_replay_items (
  p_replay_id bigint,
  p_outcome   text,
  p_after     integer,
  p_limit     integer,
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'event_id', 'we_' || i.event_id, 'event_key', e.event_key, 'event_type', e.event_type,
    'provider_slug', e.provider, 'org_id', e.organisation_id, 'received_at', public.iso(e.received_at),
    'delivery_id', d.id, 'destination', public.destination_name(t, p_scope), 'delivery_status', d.status,
    'outcome', i.outcome,
    'skip_reason', i.skip_reason, 'error_class', i.error_class, 'detail', i.detail,
    'finished_at', public.iso(i.finished_at), 'http_status', a.http_status, 'duration_ms', a.duration_ms,
    'attempts', d.tries,
    'next_retry', case when i.outcome is null and d.status = 'retrying' then public.iso(d.due_at) end,
    'hold', case when i.outcome is null then public.hold_of_delivery(d, t, h, p_scope) end,
    'changes', coalesce(a.changes, '[]')
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x
    where x.replay_id = p_replay_id and x.position > p_after and public.replay_name(p_replay_id, p_scope) is not null
      and case
        when p_outcome is null then true
        when p_outcome = 'waiting' then x.outcome is null
        else x.outcome::text = p_outcome
      end
    order by x.position
    limit p_limit
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  left join public.destination_health h on h.destination_id = t.id
  left join public.attempts a on a.id = i.attempt_id;
$function$;

REVOKE ALL ON FUNCTION "public"."list_replay_items"(bigint, text, integer, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_replays (
  p_filter jsonb,
  p_limit  integer,
  p_cursor bigint,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with page as (
    select r.id, row_number() over (order by r.id desc) as n
    from public.replays r
    where (p_cursor is null or r.id < p_cursor) and public.all_in_scope(p_scope, r.organisations)
      and case
        when p_filter ? 'status' then r.status::text = any (public.text_array(p_filter -> 'status'))
        else r.status <> 'draft'
      end
      and (not p_filter ? 'q' or strpos(lower(r.reason || ' ' || r.actor), lower(p_filter ->> 'q')) > 0)
    order by r.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'replays', coalesce(jsonb_agg(public.get_replay(p.id, p_scope) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_replays"(jsonb, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_sessions (
  p_staff_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'se_' || s.id, 'address', s.address, 'user_agent', s.user_agent, 'created_at', public.iso(s.created_at),
    'last_seen_at', public.iso(s.last_seen_at), 'expires_at', public.iso(s.expires_at)
  ) order by s.last_seen_at desc, s.id desc), '[]')
  from public.staff_sessions s
  where s.staff_id = p_staff_id and s.ended_at is null and s.expires_at > public.now_();
$function$;

REVOKE ALL ON FUNCTION "public"."list_sessions"(uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_sign_in_limits (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with accounts as (
    select g.account as subject, count(*) as guesses, max(g.booked_at) as last
    from public.sign_in_guesses g
    join public.staff_users u on u.email = g.account
    where g.kind = 'password' and not g.is_familiar and g.booked_at > public.now_() - interval '1 hour'
      and public.all_in_scope(p_scope, u.organisations)
    group by g.account having count(*) >= 5
    order by max(g.booked_at) desc limit 100
  ),
  addresses as (
    select g.network as subject, g.kind, count(*) as guesses, max(g.booked_at) as last
    from public.sign_in_guesses g
    where g.booked_at > public.now_() - interval '15 minutes' and p_scope is null
    group by g.network, g.kind having count(*) >= 20
    order by max(g.booked_at) desc limit 100
  ),
  limits as (
    select 'account' as kind, a.subject, a.guesses,
      a.last + public.delay_after(a.guesses) * interval '1 second' as until
    from accounts a
    union all
    select 'address', a.subject, sum(a.guesses)::bigint,
      max(public.now_() + public.wait_of_network(a.kind, a.subject, public.now_()) * interval '1 second')
    from addresses a group by a.subject
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'kind', l.kind, 'subject', l.subject, 'guesses', l.guesses, 'until', public.iso(l.until)
  ) order by l.kind, l.subject), '[]')
  from limits l;
$function$;

REVOKE ALL ON FUNCTION "public"."list_sign_in_limits"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_silent_providers (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with active as (
    select h.provider, h.hour, h.hour - lag(h.hour) over (partition by h.provider order by h.hour) as gap
    from public.statistics_hours h
    where h.organisation_id = any (public.statistics_of(p_scope)) and h.hour >= public.now_() - interval '14 days'
      and h.outcome in ('received', 'duplicate', 'conflict')
    group by h.provider, h.hour
  ),
  habits as (
    select a.provider, max(a.gap) as usual_gap, max(a.hour) as last_hour
    from active a
    group by a.provider
    having count(*) >= 5 and max(a.hour) - min(a.hour) >= interval '24 hours'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', q.provider, 'last_at', public.iso(q.last_at),
    'usual_gap_seconds', extract(epoch from q.usual_gap)::integer,
    'silent_seconds', extract(epoch from public.now_() - q.last_at)::integer
  ) order by q.last_at), '[]')
  from (
    select h.provider, h.usual_gap, coalesce((
      select max(s.minute) from public.statistics s
      where s.organisation_id = any (public.statistics_of(p_scope)) and s.minute >= h.last_hour
        and s.minute < h.last_hour + interval '1 hour' and s.provider = h.provider
        and s.outcome in ('received', 'duplicate', 'conflict')
    ), h.last_hour) as last_at
    from habits h
    where public.now_() - h.last_hour > 4 * h.usual_gap
  ) q
  where public.now_() - q.last_at > 4 * q.usual_gap;
$function$;

REVOKE ALL ON FUNCTION "public"."list_silent_providers"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_source_tokens()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '3s'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', s.id, 'provider', s.provider, 'organisation_id', s.organisation_id, 'company_id', s.company_id,
    'settings', s.settings, 'max_per_minute', s.max_per_minute, 'token_hash', encode(s.token_hash, 'hex'),
    'previous_token_hash', case
      when s.previous_token_expires_at > public.now_() then encode(s.previous_token_hash, 'hex')
    end,
    'previous_ends_in_ms', (extract(epoch from s.previous_token_expires_at - public.now_()) * 1000)::bigint
  )), '[]')
  from public.sources s
  where s.enabled and s.archived_at is null;
$function$;

CREATE OR REPLACE FUNCTION public.list_sources (
  p_providers text[],
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with counts as (
    select s.provider, sum(s.count) filter (where s.outcome = 'received') as events,
      sum(s.count) filter (where s.outcome = 'rejected') as rejections
    from public.statistics s
    where s.organisation_id = any (public.statistics_of(p_scope)) and s.minute >= public.now_() - interval '24 hours'
      and s.outcome in ('received', 'rejected')
    group by s.provider
  )
  select jsonb_object_agg(p.provider, jsonb_build_object(
    'last_event', case when p_scope is null then (
      select jsonb_build_object(
        'id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at)
      )
      from public.events e
      -- A range, for the reason above.
      where e.provider between p.provider and p.provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    ) else public.last_event_within(p.provider, p_scope) end,
    'events_24h', coalesce(c.events, 0),
    -- One probe per reason, because the index has the reason before the time.
    'last_rejection', case when p_scope is null then (
      select public.rejection_json(l.*::public.rejections, p_scope)
      from unnest(enum_range(null::public.rejection_reason)) as r(reason)
      cross join lateral (
        select x.* from public.rejections x
        where x.provider = p.provider and x.reason = r.reason
        order by x.received_at desc
        limit 1
      ) l
      order by l.received_at desc
      limit 1
    ) else (
      select public.rejection_json(l.*::public.rejections, p_scope)
      from unnest(p_scope) as o(id)
      cross join lateral (
        select x.* from public.rejections x
        where x.organisation_id = o.id and x.provider = p.provider
        order by x.received_at desc
        limit 1
      ) l
      order by l.received_at desc
      limit 1
    ) end,
    'rejections_24h', coalesce(c.rejections, 0),
    'sources', coalesce((
      select jsonb_agg(public.source_json(s, p_scope) order by s.id) from public.sources s
      where s.provider = p.provider and s.archived_at is null and public.in_scope(p_scope, s.organisation_id)
    ), '[]')
  ))
  from unnest(p_providers) as p(provider)
  left join counts c on c.provider = p.provider;
$function$;

REVOKE ALL ON FUNCTION "public"."list_sources"(text[], text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_staff (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(
    jsonb_agg(public.staff_member_json(u) order by u.disabled_at is not null, lower(u.name), u.email), '[]'
  )
  from public.staff_users u
  where public.all_in_scope(p_scope, u.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."list_staff"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_wrong_addresses (
  p_senders text[],
  p_scope   text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', a.provider, 'request', a.detail, 'count', a.count, 'last_at', public.iso(a.last_at)
  ) order by a.count desc, a.provider, a.detail), '[]')
  from (
    select x.provider, x.detail, count(*) as count, max(x.received_at) as last_at
    from unnest(p_senders) as s(slug)
    cross join lateral (
      select r.provider, r.detail, r.received_at from public.rejections r
      where public.in_scope(p_scope, r.organisation_id) and r.provider = s.slug and r.reason = 'wrong_address'
        and r.received_at >= public.now_() - interval '24 hours'
    ) x
    group by x.provider, x.detail
    order by count(*) desc, x.provider, x.detail
    limit 20
  ) a;
$function$;

REVOKE ALL ON FUNCTION "public"."list_wrong_addresses"(text[], text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lock_replay (
  p_id bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select pg_advisory_xact_lock(hashtextextended('replay ' || p_id, 1));
$function$;

CREATE OR REPLACE FUNCTION public.lock_rows (
  p_results jsonb,
  p_wait    boolean
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_locked boolean;
  v_busy bigint[] := '{}';
  k record;
begin
  if not jsonb_path_exists(p_results, '$[*].changes[0]') then
    return v_busy;
  end if;

  for k in
    with locks as materialized (
      select (x ->> 'delivery_id')::bigint as delivery_id, jsonb_array_length(x -> 'changes') > 1000 as many,
        hashtextextended(
          concat_ws(' ', c ->> 'table', c #>> '{key,provider}', c #>> '{key,organisation_id}'), 2
        ) as shared,
        hashtextextended((c ->> 'table') || (c -> 'key')::text, 0) as own
      from jsonb_array_elements(p_results) x
      cross join jsonb_array_elements(x -> 'changes') g
      cross join lateral (
        select g
        union all
        -- What is derived from it: see derive_business.
        select jsonb_build_object('table', 'businesses', 'key', jsonb_build_object(
          'stripe_customer_id', g #> '{values,stripe_customer_id}'
        ))
        where g ->> 'table' = 'subscriptions'
      ) d(c)
    )
    -- In one order, the shared ones first, and of two equal ones the stronger first.
    select l.lock, l.is_shared, array_agg(distinct l.delivery_id) as deliveries
    from (
      select delivery_id, shared as lock, not many as is_shared, 1 as place from locks
      union all
      select delivery_id, own, false, 2 from locks where not many
    ) l
    group by l.place, l.lock, l.is_shared
    order by l.place, l.lock, l.is_shared
  loop
    if p_wait then
      if k.is_shared then
        perform pg_advisory_xact_lock_shared(k.lock);
      else
        perform pg_advisory_xact_lock(k.lock);
      end if;
    elsif not k.deliveries <@ v_busy then
      v_locked := case
        when k.is_shared then pg_try_advisory_xact_lock_shared(k.lock) else pg_try_advisory_xact_lock(k.lock)
      end;
      if not v_locked then
        v_busy := v_busy || k.deliveries;
      end if;
    end if;
  end loop;
  return v_busy;
end
$function$;

REVOKE ALL ON FUNCTION "public"."lock_rows"(jsonb, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lost_deliveries (
  p_deliveries bigint[]
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_written jsonb := public.rows_written_by(p_deliveries);
  v_kind record;
  v_found bigint[];
  v_lost bigint[] := '{}';
begin
  for v_kind in
    -- Rows of one table and the columns that identify them, each with a condition.
    select k.table_name, string_agg(
      format('t.%I = (w.key ->> %L)::%s', a.attname, a.attname, format_type(a.atttypid, a.atttypmod)), ' and '
    ) as condition, k.columns
    from (
      select distinct w.table_name, array(select jsonb_object_keys(w.key) order by 1) as columns
      from jsonb_to_recordset(v_written) as w(table_name text, key jsonb)
    ) k
    join pg_catalog.pg_attribute a
      on a.attrelid = to_regclass(format('public.%I', k.table_name)) and a.attname = any (k.columns)
    where k.table_name = any (public.projection_tables())
    group by k.table_name, k.columns
  loop
    execute format(
      'select array_agg(distinct w.delivery_id)
       from jsonb_to_recordset($1) as w(
         delivery_id bigint, table_name text, key jsonb, after jsonb, changed_at timestamptz, event_key text
       )
       left join public.%1$I t on %2$s
       where w.table_name = %1$L and array(select jsonb_object_keys(w.key) order by 1) = $2
         and (t.id is null or public.is_row_lost(to_jsonb(t), w.after, w.changed_at, w.event_key))',
      v_kind.table_name, v_kind.condition
    ) into v_found using v_written, v_kind.columns;
    v_lost := v_lost || coalesce(v_found, '{}');
  end loop;
  return v_lost;
end
$function$;

REVOKE ALL ON FUNCTION "public"."lost_deliveries"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.maintain_destinations (
  p_disable_after_days integer
)
  RETURNS integer
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
  v_id bigint;
  v_released integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('maintain_destinations', 1)) then
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
    where not public.takes_deliveries(t)
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
    where public.takes_deliveries(t)
  loop
    v_released := v_released + public.release_deliveries(v_id);
  end loop;

  delete from public.destination_statistics s
  where (s.destination_id, s.span, s.at) in (
    select x.destination_id, x.span, x.at
    from public.destination_health h
    cross join lateral (
      select * from public.destination_statistics o
      where o.destination_id = h.destination_id and o.span = 'minute' and o.at < public.now_() - interval '1 hour'
      order by o.at limit 10
    ) x
  );
  return v_released;
end
$function$;

REVOKE ALL ON FUNCTION "public"."maintain_destinations"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.may_probe (
  t public.destinations,
  h public.destination_health
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return (h).breaker = 'open' and public.takes_deliveries(t) and (h).disable_because is null
    and (h).throttled_until > public.now_() is not true and public.single_replay_due((t).id) is not null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."may_probe"(public.destinations, public.destination_health) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.members_of (
  p_row   jsonb,
  p_names jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_object_agg(k, p_row -> k) from jsonb_object_keys(p_names) k;
$function$;

REVOKE ALL ON FUNCTION "public"."members_of"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.merge_headers (
  p_old   jsonb,
  p_given jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(
    jsonb_object_agg(g.name, coalesce(g.value, o.value)) filter (where coalesce(g.value, o.value) is not null), '{}'
  )
  from jsonb_each_text(p_given) g(name, value)
  left join jsonb_each_text(p_old) o(name, value) on lower(o.name) = lower(g.name);
$function$;

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
      where s.destination_id = (t).id and s.span = 'minute' and s.at > public.now_() - interval '6 minutes';
      v_ramp := 1;
    end if;
  elsif (h).breaker = 'closed' then
    if p_against > 0 and (
      select sum(s.counted) >= 10 and sum(s.against) * 2 >= sum(s.counted)
      from public.destination_statistics s
      where s.destination_id = (t).id and s.span = 'minute' and s.at > public.now_() - interval '5 minutes'
    ) then
      v_trips := 1;
    end if;
    v_ramp := v_ramp * (2 ^ least(p_succeeded, 10))::integer;
  end if;

  if v_trips > 0 then
    update public.destination_health x set
      breaker = 'open',
      opened_at = coalesce(x.opened_at, public.now_()),
      probe_at = public.now_() + least(30 * 2 ^ least(v_trips - 1, 10), 600) * interval '1 second',
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
      throttled_until = greatest(x.throttled_until, public.now_() + p_throttle_ms * interval '1 millisecond')
    where x.destination_id = (t).id;
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.network_of (
  p_address text
)
  RETURNS text
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
declare
  v_address inet;
begin
  v_address := p_address::inet;
  if family(v_address) = 4 then
    return host(v_address);
  elsif v_address <<= inet '::ffff:0:0/96' then
    return host(inet '0.0.0.0' + (v_address - inet '::ffff:0:0'));
  end if;
  return text(network(set_masklen(v_address, 64)));
exception when others then
  return left(p_address, 64);
end
$function$;

REVOKE ALL ON FUNCTION "public"."network_of"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.newest_state (
  p_history jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
declare
  v_newest jsonb;
  v_last jsonb;
  r record;
begin
  for r in
    select jsonb_agg(s order by s ->> 'received' collate "C") as states, count(distinct s -> 'values') as values
    from jsonb_array_elements(p_history) s
    group by s ->> 'moment'
    order by (s ->> 'moment') collate "C"
  loop
    v_last := r.states -> -1;
    if r.values > 1 then
      v_last := coalesce(
        public.end_of_chain(r.states, v_newest, 0), public.end_of_chain(r.states, v_newest, 1),
        -- A round trip from a state that is not known, or states that nothing connects.
        public.likelier_end(r.states) || jsonb_build_object('undecided', (
          select jsonb_agg(k order by k) from jsonb_object_keys(v_last -> 'values') k
          where (select count(distinct s -> 'values' -> k) from jsonb_array_elements(r.states) s) > 1
        ))
      );
    end if;
    v_newest := v_last;
  end loop;
  return v_newest - '{before,after}'::text[];
end
$function$;

REVOKE ALL ON FUNCTION "public"."newest_state"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.next_due (
  p_kind    public.destination_kind,
  p_open    bigint[],
  p_replays boolean
)
  RETURNS timestamp WITH time zone
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
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
        and (d.ordering_key is null or d.due_at > public.now_())
      order by d.due_at
      limit 1
    ) x
    cross join lateral (
      select greatest(
        x.due_at, h.throttled_until, case when h.breaker = 'open' then h.probe_at end,
        h.rate_used_until + 1 / t.rate_per_second * interval '1 second'
      ) as at
      offset 0
    ) z
    where public.takes_deliveries(t) and h.disable_because is null and (l.lane = 'live' or p_replays)
      and (p_kind is null or t.kind = p_kind) and (z.at > public.now_() or t.id = any (p_open))
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."next_due"(public.destination_kind, bigint[], boolean) FROM PUBLIC, "anon", "authenticated";

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
  SET jit TO 'off'
  AS $function$
  select public.record_staff_action(
    'destination.' || p_action, 'ds_' || p_id, p_details, p_actor, p_actor_id, p_request_id
  );
$function$;

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
  SET jit TO 'off'
  AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended('endpoint tests of ' || p_actor_id, 1));
  if (
    select count(*) from public.staff_actions a
    where a.acted_at > public.now_() - interval '1 minute' and a.actor_id = p_actor_id and a.action = 'endpoint.test'
  ) >= p_most_per_minute then
    return false;
  end if;
  perform public.record_staff_action(
    'endpoint.test', left(p_subject, 300), p_details, p_actor, p_actor_id, p_request_id
  );
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.note_event_outcomes()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_changes jsonb;
  v_shard smallint;
begin
  select jsonb_agg(jsonb_build_object(
    'o', c.organisation_id, 'at', c.received_at, 'provider', c.provider, 'event_type', c.event_type,
    'outcome', c.outcome,
    'count', c.count
  ))
  into v_changes
  from (
    -- Added up and not joined: what did not change cancels itself out, and the plans of a caller may have no other join
    -- than a loop.
    select coalesce(w.organisation_id, '') as organisation_id, date_trunc('minute', w.received_at) as received_at,
      w.provider, w.event_type, public.event_outcome(w.status) as outcome, sum(w.change) as count
    from (
      select n.organisation_id, n.received_at, n.provider, n.event_type, n.status, 1 as change from after_change n
      union all
      select b.organisation_id, b.received_at, b.provider, b.event_type, b.status, -1 from before_change b
    ) w
    where public.event_outcome(w.status) is not null
    group by 1, 2, 3, 4, 5
    having sum(w.change) <> 0
  ) c;
  if v_changes is null then
    return null;
  end if;

  -- Events of any minute may change together, in any order, by several statements of a transaction: a shard of its own,
  -- as long as there is one, keeps it from waiting for another.
  select s.shard into v_shard
  from generate_series(0, 15) as s(shard)
  where pg_try_advisory_xact_lock(1163284301, s.shard)
  order by s.shard
  limit 1;
  v_shard := coalesce(v_shard, (pg_backend_pid() % 16)::smallint);

  insert into public.statistics as s (organisation_id, minute, provider, event_type, outcome, shard, count)
  select o.id, c.at, c.provider, c.event_type, c.outcome, v_shard, sum(c.count)
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, minute, provider, event_type, outcome, shard)
    do update set count = s.count + excluded.count;

  insert into public.statistics_hours as h (organisation_id, hour, provider, event_type, outcome, shard, count)
  select o.id, date_trunc('hour', c.at, 'UTC'), c.provider, c.event_type, c.outcome, v_shard, sum(c.count)
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_event_outcomes"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_health (
  p_results jsonb
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
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
      count(*) filter (where not x.delivered and public.counts_against_endpoint(x.error_class)) as against,
      bool_or(x.http_status = 410) as gone,
      max(x.throttle_ms) as throttle_ms,
      max(x.duration_ms) as longest_ms,
      array_agg(x.delivery_id) as deliveries,
      array_agg(x.delivery_id)
        filter (where not x.delivered and public.counts_against_endpoint(x.error_class)) as bad_deliveries,
      array_agg(x.duration_ms) as durations,
      (array_agg(x.error_class order by x.delivery_id desc) filter (where not x.delivered))[1] as error_class,
      (array_agg(x.error order by x.delivery_id desc) filter (where not x.delivered))[1] as error
    from results x
    group by x.destination_id
    -- In one order, so that two batches cannot deadlock.
    order by x.destination_id
  loop
    insert into public.destination_health as h (
      destination_id, consecutive_failures, failing_since, last_success_at, last_failure_at, last_error_class,
      last_error,
      recent_max_ms
    )
    values (
      r.destination_id, r.failed_last, case when r.failed_last > 0 then public.now_() end,
      case when r.succeeded > 0 then public.now_() end, case when r.failed > 0 then public.now_() end, r.error_class,
      r.error,
      r.longest_ms
    )
    on conflict (destination_id) do update set
      consecutive_failures = excluded.consecutive_failures
        + case when r.succeeded = 0 then h.consecutive_failures else 0 end,
      failing_since = case
        when r.succeeded = 0 then coalesce(h.failing_since, public.now_()) else excluded.failing_since
      end,
      last_success_at = coalesce(excluded.last_success_at, h.last_success_at),
      last_failure_at = coalesce(excluded.last_failure_at, h.last_failure_at),
      last_error_class = coalesce(excluded.last_error_class, h.last_error_class),
      last_error = coalesce(excluded.last_error, h.last_error),
      recent_max_ms = coalesce(excluded.recent_max_ms, h.recent_max_ms),
      warned_at = case when r.succeeded = 0 then h.warned_at end;

    insert into public.destination_statistics as s (
      destination_id, span, at, succeeded, failed, counted, against, latency
    )
    select r.destination_id, x.span, date_trunc(x.span, public.now_()), r.succeeded, r.failed, r.counted, r.against,
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

CREATE OR REPLACE FUNCTION public.note_organisations()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if tg_table_name = 'notices' then
    new.organisations := public.organisations_of(new.subject);
    return new;
  end if;
  new.organisations := public.organisations_of(new.subject, new.actor_id);
  -- Who reads a change of scope reads both scopes.
  if new.action = 'staff.change_organisations' then
    new.organisations := case
      when jsonb_typeof(new.details -> 'from') = 'array' and jsonb_typeof(new.details -> 'to') = 'array' then array(
        select distinct o
        from jsonb_array_elements_text((new.details -> 'from') || (new.details -> 'to')) o
        order by o
      )
    end;
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_organisations"() FROM PUBLIC, "anon", "authenticated";

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
  select public.record_staff_action(
    'source.' || p_action, 'so_' || (s).id, jsonb_build_object('provider', (s).provider, 'name', (s).name) || p_details,
    p_actor, p_actor_id, p_request_id
  );
$function$;

CREATE OR REPLACE FUNCTION public.notice_end (
  p_replay_id bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.notices (actor_id, subject, message)
  select r.actor_id, 'wr_' || r.id, format(
    'Replay wr_%s %s: %s of %s succeeded, %s failed, %s skipped.',
    r.id, r.status, r.succeeded, r.total, r.failed, r.skipped
  )
  from public.replays r
  where r.id = p_replay_id and (
    (r.options ->> 'notifyOnCompletion')::boolean
    or (r.options ->> 'notifyOnSuccess')::boolean and r.status = 'completed' and r.failed = 0
    or (r.options ->> 'notifyOnFailure')::boolean and (r.status = 'stopped' or r.failed > 0)
  );
$function$;

CREATE OR REPLACE FUNCTION public.notify_admins (
  p_subject text,
  p_message text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.notices (actor_id, subject, message)
  select u.id::text, p_subject, p_message
  from public.staff_users u
  where u.role = 'admin' and u.disabled_at is null
    and public.all_in_scope(u.organisations, public.organisations_of(p_subject))
  order by u.id;
$function$;

CREATE OR REPLACE FUNCTION public.now_()
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  STABLE
  PARALLEL SAFE
RETURN (now() + public.clock_shift());

REVOKE ALL ON FUNCTION "public"."now_"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.open_invitation (
  p_token_hash text,
  p_address    text,
  p_counts     boolean
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
declare
  v_network text := public.network_of(p_address);
  v_wait numeric;
  v_invitation jsonb;
begin
  if p_counts then
    perform pg_advisory_xact_lock(hashtextextended('links of address ' || v_network, 0));
  end if;
  v_wait := public.wait_of_network('invitation', v_network, public.clock_());
  if v_wait > 0 then
    return jsonb_build_object('wait', ceil(v_wait));
  end if;
  v_invitation := public.find_invitation(p_token_hash);
  if v_invitation is null and p_counts then
    insert into public.sign_in_guesses (kind, account, network, is_familiar, booked_at)
    values ('invitation', '', v_network, false, public.clock_());
    perform public.forget_old_guesses(public.clock_());
  end if;
  return jsonb_build_object('invitation', v_invitation);
end
$function$;

REVOKE ALL ON FUNCTION "public"."open_invitation"(text, text, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.organisations_of (
  p_subject  text,
  p_actor_id text DEFAULT NULL::text
)
  RETURNS text[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_number bigint := substring(p_subject from '^[a-z]{2}_(\d{1,18})$')::bigint;
begin
  return case
    when p_subject ~ '^we_\d' then (
      select array[e.organisation_id] from public.events e where e.id = v_number and e.organisation_id is not null
    )
    when p_subject ~ '^[wb]r_\d' then (select r.organisations from public.replays r where r.id = v_number)
    when p_subject ~ '^ds_\d' then (
      select array[d.organisation_id] from public.destinations d where d.id = v_number and d.organisation_id is not null
    )
    when p_subject ~ '^so_\d' then (
      select array[s.organisation_id] from public.sources s where s.id = v_number and s.organisation_id is not null
    )
    when p_subject ~ '^tk_\d' then (select public.token_scope(t) from public.api_tokens t where t.id = v_number)
    when exists (select from public.staff_users u where u.email = p_subject) then (
      select u.organisations from public.staff_users u where u.email = p_subject
    )
    when p_actor_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (
      select u.organisations from public.staff_users u where u.id = p_actor_id::uuid
    )
    when p_actor_id ~ '^tk_\d{1,18}$' then (
      select public.token_scope(t) from public.api_tokens t where t.id = substr(p_actor_id, 4)::bigint
    )
  end;
end
$function$;

REVOKE ALL ON FUNCTION "public"."organisations_of"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.outcomes (
  p_counts jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select c.counts || jsonb_build_object('success_rate', public.event_success_rate(c.counts))
  from (
    select '{"received": 0, "duplicate": 0, "conflict": 0, "rejected": 0, "delivered": 0, "failed": 0, "dead": 0,
      "succeeded": 0, "lost": 0}'::jsonb || coalesce(p_counts, '{}') as counts
  ) c;
$function$;

CREATE OR REPLACE FUNCTION public.pace_of (
  t        public.destinations,
  h        public.destination_health,
  p_shares jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when p_shares is null or (t).kind = 'tables' then 'proven'
    when (h).recent_max_ms >= 2000 or p_shares -> 'late' @> to_jsonb((t).id) then 'slow'
    when (h).last_success_at is null then 'unproven'
    else 'proven'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."pace_of"(public.destinations, public.destination_health, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.pause_destination (
  p_id         bigint,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.destinations t set paused_at = public.now_(), updated_at = public.now_()
  where t.id = p_id and t.paused_at is null and t.archived_at is null
    and public.in_scope(p_scope, t.organisation_id);
  return public.after_switch(p_id, p_scope, found, 'destination.pause', '{}', p_actor, p_actor_id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."pause_destination"(bigint, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.payload_budget()
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select 4 * 1024 * 1024;
$function$;

REVOKE ALL ON FUNCTION "public"."payload_budget"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.payload_of (
  e public.events
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
RETURN (e).payload;

CREATE OR REPLACE FUNCTION public.payload_bytes (
  e public.events
)
  RETURNS bigint
  LANGUAGE sql
  IMMUTABLE
RETURN CASE WHEN (public.payload_of(e) IS NULL) THEN 0 ELSE (e).body_size END;

REVOKE ALL ON FUNCTION "public"."payload_bytes"(public.events) FROM PUBLIC, "anon", "authenticated";

REVOKE ALL ON FUNCTION "public"."payload_of"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.people_asked (
  p_customer_id    text,
  p_order_ids      jsonb,
  p_contact_hashes text[]
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(array_agg(x.name), '{}') || p_contact_hashes
  from (
    select 'customer:' || p_customer_id as name where p_customer_id is not null
    union all
    select 'order:' || o.id from jsonb_array_elements_text(p_order_ids) as o(id)
  ) x;
$function$;

REVOKE ALL ON FUNCTION "public"."people_asked"(text, jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.people_in (
  p_shop text,
  p_text text
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(array_agg(distinct i.kind || ':' || i.id), '{}') || public.contacts_in(p_shop, p_text)
  from (
    select 'customer' as kind, coalesce(m.match[1], m.match[2]) as id
    from regexp_matches(
      p_text, '(?:"customer"\s*:\s*\{\s*"id"|"customer_?[iI]d")\s*:\s*"?(\d+)|Customer\\?/(\d+)', 'g'
    ) as m(match)
    union all
    select 'order', coalesce(m.match[1], m.match[2])
    from regexp_matches(
      p_text, '(?:"order"\s*:\s*\{\s*"id"|"order_?[iI]d")\s*:\s*"?(\d+)|Order\\?/(\d+)', 'g'
    ) as m(match)
  ) i;
$function$;

REVOKE ALL ON FUNCTION "public"."people_in"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.people_of_event (
  e      public.events,
  p_shop text,
  p_text text
)
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select array_remove(array[(e).object_id, case
    -- Its own id comes first, also in a body that could not be parsed.
    when (e).event_type ~ '^(orders|customers)/' then
      split_part((e).event_type, 's/', 1) || ':' || substring(p_text from '^\s*\{\s*"id"\s*:\s*"?(\d+)')
  end], null) || public.people_in(p_shop, p_text);
$function$;

REVOKE ALL ON FUNCTION "public"."people_of_event"(public.events, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.people_of_row (
  p_table text,
  p_shop  text,
  p_row   jsonb
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array_remove(array['customer:' || (p_row ->> 'customer_id'), 'order:' || (p_row ->> 'order_id')], null)
    || public.contacts_in(p_shop, (
      select jsonb_agg(p_row -> c) from unnest(public.columns_of_person(p_table)) c
    )::text);
$function$;

REVOKE ALL ON FUNCTION "public"."people_of_row"(text, text, jsonb) FROM PUBLIC, "anon", "authenticated";

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
    ('event_bodies', 'raw_body', 'event', null),
    ('event_keys', '*', 'kept', 'hashes'),
    ('rejections', 'headers body', 'row', 'a rejection about the person is deleted'),
    ('rejections', 'provider detail method path body_sha256 request_id organisation_id event_key', 'kept',
      'ids, hashes, our own words'),
    ('deliveries', 'last_error', 'event', null),
    ('deliveries', 'ordering_key worker error_group', 'kept', 'ids and hashes'),
    ('attempts', 'error response_headers response_body changes', 'event', null),
    ('attempts', 'worker', 'kept', 'the name of a process'),
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

REVOKE ALL ON FUNCTION "public"."personal_columns"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.preview_changes (
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_preview jsonb;
begin
  begin
    v_preview := public.apply_changes(p_changes);
    raise exception using errcode = 'RDRVP';
  exception when sqlstate 'RDRVP' then
    -- The rows are as they were; the variable keeps what happened.
    null;
  end;
  return v_preview;
end
$function$;

CREATE OR REPLACE FUNCTION public.preview_replay (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with items as (
    select i.skip_reason, e.id as event_id, e.provider, e.event_type, e.organisation_id, e.status, e.received_at,
      t.id as destination_id, public.destination_name(t, p_scope) as destination, t.kind,
      -- How fast and well others' deliveries go there is not shown.
      public.in_scope(p_scope, t.organisation_id) as shows_health
    from public.replay_items i
    join public.events e on e.id = i.event_id
    join public.deliveries d on d.id = i.delivery_id
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id and public.replay_name(p_id, p_scope) is not null
  ),
  splits as (
    select s.name, s.value, count(distinct x.event_id) as count
    from items x
    cross join lateral (values
      ('provider', x.provider), ('event_type', x.event_type), ('destination', x.destination),
      ('organisation', x.organisation_id), ('status', x.status::text)
    ) as s(name, value)
    group by s.name, s.value
  )
  select jsonb_build_object(
    'events', (select count(distinct x.event_id) from items x),
    'deliveries', (select count(*) from items x),
    'to_run', (select count(*) from items x where x.skip_reason is null),
    'to_skip', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select x.skip_reason, count(*) as count from items x where x.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'by', coalesce((
      select jsonb_object_agg(g.name, g.split) from (
        select s.name, jsonb_agg(jsonb_build_object('value', s.value, 'count', s.count) order by s.count desc, s.value)
          as split
        from splits s group by s.name
      ) g
    ), '{}'),
    'oldest', (select public.iso(min(x.received_at)) from items x),
    'newest', (select public.iso(max(x.received_at)) from items x),
    'average_ms', (
      select coalesce(avg(a.duration_ms), 100)::integer
      from (select distinct x.destination_id from items x where x.skip_reason is null and x.shows_health) x
      cross join lateral (
        select a.duration_ms from public.deliveries d
        join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
        where d.destination_id = x.destination_id and a.status = 'succeeded'
        order by d.id desc limit 50
      ) a
    ),
    -- Destinations whose newest attempts mostly failed: replaying into them is likely to fail again.
    'unhealthy_destinations', coalesce((
      select jsonb_agg(h.destination order by h.destination) from (
        select x.destination
        from (
          select distinct y.destination_id, y.destination from items y where y.skip_reason is null and y.shows_health
        ) x
        cross join lateral (
          select a.status from public.deliveries d
          join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
          where d.destination_id = x.destination_id and a.status <> 'open'
            and a.finished_at > public.now_() - interval '10 minutes'
          order by d.id desc limit 20
        ) a
        group by x.destination
        having count(*) >= 3 and count(*) filter (where a.status <> 'succeeded') > count(*) / 2
      ) h
    ), '[]')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."preview_replay"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.privacy_request_json (
  e public.events
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'kind', p.kind, 'shop', p.shop_domain, 'customer_id', p.customer_id, 'requested_at', public.iso(p.requested_at),
    'events_changed', p.events_changed, 'rows_changed', p.rows_changed, 'changed', p.changed
  )
  from public.privacy_requests p
  where (e).provider = 'shopify' and p.organisation_id = coalesce((e).organisation_id, '')
    and p.company_id = coalesce((e).company_id, '') and p.source_event = 'shopify:' || (e).event_key;
$function$;

REVOKE ALL ON FUNCTION "public"."privacy_request_json"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.probe_write()
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET statement_timeout TO '3s'
  SET jit TO 'off'
  AS $function$
  insert into public.write_probe as w (id, at, filler)
  select 1, public.now_(), convert_to(string_agg(md5(random()::text), ''), 'UTF8') from generate_series(1, 128)
  on conflict (id) do update set at = excluded.at, filler = excluded.filler;
$function$;

REVOKE ALL ON FUNCTION "public"."probe_write"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.projection_tables()
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array[
    'subscriptions', 'businesses', 'audit_logs', 'call_logs', 'sms_logs', 'sms_log_recipients', 'campaigns', 'leads',
    'messages', 'sms_recipients', 'orders', 'customers', 'privacy_requests'
  ];
$function$;

CREATE OR REPLACE FUNCTION public.read_analytics (
  p_from           timestamp with time zone,
  p_to             timestamp with time zone,
  p_bucket_seconds integer,
  p_scope          text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with now_counted as materialized (
    select * from public.counted_between(p_from, p_to, p_bucket_seconds, p_scope)
  ),
  by_provider as (
    select x.provider, public.outcomes(x.counts) as totals, public.outcomes(x.counts_before) as previous
    from (
      select c.provider, jsonb_object_agg(c.outcome, c.now) as counts,
        jsonb_object_agg(c.outcome, c.before) as counts_before
      from (
        select y.provider, y.outcome, sum(y.now) as now, sum(y.before) as before
        from (
          select n.provider, n.outcome, n.count as now, 0 as before from now_counted n
          union all
          select b.provider, b.outcome, 0, b.count
          from public.counted_between(p_from - (p_to - p_from), p_from, p_bucket_seconds, p_scope) b
        ) y
        group by y.provider, y.outcome
      ) c
      group by c.provider
    ) x
  )
  select jsonb_build_object(
    'from', public.iso(p_from), 'to', public.iso(p_to), 'bucket_seconds', p_bucket_seconds,
    'totals', (select public.sum_outcomes(array_agg(p.totals)) from by_provider p),
    'previous', (select public.sum_outcomes(array_agg(p.previous)) from by_provider p),
    'providers', (
      select coalesce(jsonb_agg(to_jsonb(p) order by p.provider), '[]') from by_provider p
    ),
    'series', coalesce((
      select jsonb_agg(public.outcomes(b.counts) || jsonb_build_object('at', public.iso(b.at), 'provider', b.provider)
        order by b.at, b.provider)
      from (
        select x.at, x.provider, jsonb_object_agg(x.outcome, x.count) as counts
        from (
          select c.at, c.provider, c.outcome, sum(c.count) as count from now_counted c group by 1, 2, 3
        ) x
        group by x.at, x.provider
      ) b
    ), '[]'),
    'rates', coalesce((
      select jsonb_agg(
        jsonb_build_object('at', public.iso(b.at), 'success_rate', public.outcomes(b.counts) -> 'success_rate')
        order by b.at
      )
      from (
        select x.at, jsonb_object_agg(x.outcome, x.count) as counts
        from (select c.at, c.outcome, sum(c.count) as count from now_counted c group by 1, 2) x
        group by x.at
      ) b
    ), '[]'),
    'stats', coalesce((
      select jsonb_agg(jsonb_build_object('event_type', t.event_type, 'status', t.status, 'count', t.count)
        order by t.event_type, t.status)
      from (
        -- Events, as total_processed counts them; attempts are in `totals`.
        select c.event_type, case c.outcome when 'succeeded' then 'success' else 'failure' end as status,
          sum(c.count) as count
        from now_counted c
        where c.outcome in ('succeeded', 'lost')
        group by 1, 2
        having sum(c.count) > 0
      ) t
    ), '[]'),
    'rejections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', r.provider, 'reason', r.reason, 'count', r.count,
        'last_at', public.iso(coalesce(l.received_at, r.last_bucket)), 'last_detail', l.detail,
        'last_organisation_id', l.organisation_id, 'last_source_id', l.source_id, 'last_event_key', l.event_key,
        'last_body_sha256', l.body_sha256
      ) order by r.count desc, r.provider, r.reason)
      from (
        select c.provider, c.event_type as reason, sum(c.count) as count, max(c.at) as last_bucket
        from now_counted c
        where c.outcome = 'rejected'
        group by 1, 2
      ) r
      left join lateral (
        select x.received_at, x.detail, x.organisation_id, x.event_key, encode(x.body_sha256, 'hex') as body_sha256,
          'so_' || s.id as source_id
        from public.rejections x
        left join public.sources s on s.id = x.source_id and public.in_scope(p_scope, s.organisation_id)
        where x.provider = r.provider and x.reason::text = r.reason and public.in_scope(p_scope, x.organisation_id)
        order by x.received_at desc limit 1
      ) l on true
    ), '[]'),
    'latency', public.read_latency(p_from, p_to, p_scope),
    'previous_latency', public.read_latency(p_from - (p_to - p_from), p_from, p_scope),
    'silent_providers', public.list_silent_providers(p_scope),
    'failed_webhooks', public.list_dead_letters(10, p_scope),
    'needs_attention', (
      select public.events_json(array_agg(e.id), p_scope)
      from (
        (select x.id, x.received_at from public.events x
          where x.status = 'dead' and public.in_scope(p_scope, x.organisation_id)
          order by x.received_at desc, x.id desc limit 8)
        union all
        (select x.id, x.received_at from public.events x
          where x.status = 'failed' and public.in_scope(p_scope, x.organisation_id)
          order by x.received_at desc, x.id desc limit 8)
        order by received_at desc, id desc
        limit 8
      ) e
    )
  ) || public.read_backlog(p_scope);
$function$;

REVOKE ALL ON FUNCTION "public"."read_analytics"(timestamp WITH time zone, timestamp WITH time zone, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_backlog (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'waiting', case when p_scope is null then public.read_waiting() else public.read_waiting_within(p_scope) end,
    'dead_letters', public.count_dead_letters(p_scope), 'running_replays', public.count_running_replays(p_scope),
    'events_stored', case when p_scope is null then exists (select from public.events) else exists (
      select from unnest(p_scope) as o(id)
      cross join lateral (select from public.events e where e.organisation_id = o.id limit 1) x
    ) end
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_backlog"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_clock()
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  SET jit TO 'off'
  AS $function$
  select public.iso(clock_timestamp());
$function$;

REVOKE ALL ON FUNCTION "public"."read_clock"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_condition()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'at', public.iso(clock_timestamp()),
    -- Not that of this transaction: PostgREST makes every read one that cannot write.
    'read_only', current_setting('default_transaction_read_only') = 'on', 'standby', pg_is_in_recovery(),
    'requests', coalesce((
      select jsonb_agg(jsonb_build_object('provider', r.provider, 'accepted', r.accepted, 'rejected', r.rejected)
        order by r.provider)
      from (
        select s.provider, coalesce(sum(s.count) filter (where s.outcome <> 'rejected'), 0) as accepted,
          coalesce(sum(s.count) filter (where s.outcome = 'rejected'), 0) as rejected
        from public.statistics s
        where s.organisation_id = '' and s.minute > public.now_() - interval '5 minutes'
          and s.outcome in ('received', 'duplicate', 'conflict', 'rejected')
        group by s.provider
      ) r
    ), '[]')
  ) || public.read_backlog(null);
$function$;

REVOKE ALL ON FUNCTION "public"."read_condition"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_destination_names (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_object_agg(t.slug, t.name), '{}') from public.destinations t
  where t.organisation_id is null or public.in_scope(p_scope, t.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."read_destination_names"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_event_body (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select jsonb_build_object(
    'provider_slug', e.provider, 'parse_status', e.parse_status,
    'content_encoding', public.header_of(e.headers, 'content-encoding'),
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', '')
  )
  from public.events e
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."read_event_body"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_event_histogram (
  p_filter jsonb,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_most constant integer := 50000;
  v_to timestamptz := coalesce((p_filter ->> 'to_ts')::timestamptz, public.now_());
  v_from timestamptz := coalesce(
    greatest((p_filter ->> 'from_ts')::timestamptz, public.now_() - (p_filter ->> 'range')::interval),
    v_to - interval '24 hours'
  );
  v_seconds integer := public.histogram_step(v_from, v_to);
  v_counted jsonb;
begin
  if v_seconds >= 60 and p_filter - array['provider_slug', 'event_type', 'from_ts', 'to_ts', 'range'] = '{}' then
    v_counted := public.count_by_statistics(p_filter, p_scope, v_from, v_to, v_seconds, v_most);
  end if;
  if v_counted is null then
    v_counted := public.count_by_event(public.event_predicate(p_filter, p_scope), v_from, v_to, v_seconds, v_most);
  end if;

  return jsonb_build_object(
    'from', public.iso(v_from), 'to', public.iso(v_to), 'bucket_seconds', v_seconds,
    'capped', v_counted ->> 'counted_from' is not null, 'counted_from', v_counted -> 'counted_from',
    'buckets', coalesce((
      select jsonb_agg(
        '{"processed": 0, "waiting": 0, "failing": 0, "dead": 0, "other": 0}' || coalesce(c.counts, '{}')
          || jsonb_build_object('at', public.iso(s.at))
        order by s.at
      )
      from generate_series(
        public.histogram_slot(v_from, v_seconds), v_to - interval '1 microsecond', make_interval(secs => v_seconds)
      ) as s(at)
      left join (
        select x.at, jsonb_object_agg(x.outcome, x.count) as counts
        from jsonb_to_recordset(v_counted -> 'counts') as x(at timestamptz, outcome text, count bigint)
        group by x.at
      ) c on c.at = s.at
    ), '[]')
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_event_histogram"(jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_events_of_person (
  p_ids   bigint[],
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'event_id', 'we_' || e.id, 'provider', e.provider, 'event_type', e.event_type, 'event_key', e.event_key,
    'organisation_id', e.organisation_id, 'occurred_at', public.iso(e.occurred_at),
    'received_at', public.iso(e.received_at),
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', '')
  ) order by e.id), '[]')
  from public.events e
  where e.id = any (p_ids) and public.in_scope(p_scope, e.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."read_events_of_person"(bigint[], text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_health (
  p_destination_ids bigint[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_object_agg(t.id, jsonb_build_object(
    'state', case
      when not t.enabled then 'disabled'
      when t.paused_at is not null then 'paused'
      when h.breaker <> 'closed' then h.breaker::text
      when h.throttled_until > public.now_() then 'throttled'
      when h.consecutive_failures >= 5 or recent.failed > recent.succeeded then 'failing'
      when recent.succeeded is null then 'idle'
      when t.kind = 'http' and public.latency_quantile(recent.latency, 0.95) >= t.timeout_ms / 2 then 'slow'
      else 'healthy'
    end,
    'hold', public.hold_of(t, h),
    'health', jsonb_build_object(
      'succeeded', coalesce(day.succeeded, 0), 'failed', coalesce(day.failed, 0),
      'success_rate', round(100.0 * day.succeeded / nullif(day.succeeded + day.failed, 0), 1),
      'p50_ms', public.latency_quantile(day.latency, 0.5), 'p95_ms', public.latency_quantile(day.latency, 0.95),
      'consecutive_failures', coalesce(h.consecutive_failures, 0), 'failing_since', public.iso(h.failing_since),
      'last_success_at', public.iso(h.last_success_at), 'last_failure_at', public.iso(h.last_failure_at),
      'last_error_class', h.last_error_class, 'last_error', h.last_error,
      'breaker', coalesce(h.breaker, 'closed'), 'breaker_probe_at', public.iso(h.probe_at),
      'throttled_until', case when h.throttled_until > public.now_() then public.iso(h.throttled_until) end,
      'waiting', queue.waiting, 'held', queue.held, 'dead', queue.dead,
      'drain_seconds', ceil((queue.waiting + queue.held) / t.rate_per_second),
      'hours', day.hours
    )
  )), '{}')
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed,
      public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency,
      jsonb_agg(jsonb_build_object(
        'at', public.iso(x.at), 'succeeded', coalesce(s.succeeded, 0), 'failed', coalesce(s.failed, 0),
        'p95_ms', public.latency_quantile(s.latency, 0.95)
      ) order by x.at) as hours
    from generate_series(
      date_trunc('hour', public.now_()) - interval '23 hours', date_trunc('hour', public.now_()), interval '1 hour'
    ) x(at)
    left join public.destination_statistics s on s.destination_id = t.id and s.span = 'hour' and s.at = x.at
  ) day
  cross join lateral (
    select sum(s.succeeded) as succeeded, sum(s.failed) as failed,
      public.sum_latency(array_agg(s.latency) filter (where s.latency is not null)) as latency
    from public.destination_statistics s
    where s.destination_id = t.id and s.span = 'minute' and s.at > public.now_() - interval '15 minutes'
  ) recent
  cross join lateral (
    select
      -- What is at the endpoint now does not wait.
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status in ('pending', 'retrying'))
        as waiting,
      (select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'held') as held,
      -- As the dead letters count them: what a person marked as resolved is dead no more.
      (
        select count(*) from public.deliveries d
        join public.events e on e.id = d.event_id and e.status = 'dead'
        where d.destination_id = t.id and d.status = 'dead'
      ) as dead
  ) queue
  where t.id = any (p_destination_ids);
$function$;

CREATE OR REPLACE FUNCTION public.read_latency (
  p_from  timestamp with time zone,
  p_to    timestamp with time zone,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with wanted as (
    select w.span, date_trunc(w.span, p_from, 'UTC') as since
    from (select case when p_from >= public.now_() - interval '61 minutes' then 'minute' else 'hour' end as span) w
  ),
  summed as (
    -- Written out, one per bucket of latency_bounds(): unnesting takes eight times as long.
    select array[
      sum(s.latency[1]), sum(s.latency[2]), sum(s.latency[3]), sum(s.latency[4]), sum(s.latency[5]),
      sum(s.latency[6]), sum(s.latency[7]), sum(s.latency[8]), sum(s.latency[9]), sum(s.latency[10]),
      sum(s.latency[11]), sum(s.latency[12]), sum(s.latency[13]), sum(s.latency[14]), sum(s.latency[15]),
      sum(s.latency[16]), sum(s.latency[17]), sum(s.latency[18]), sum(s.latency[19]), sum(s.latency[20]),
      sum(s.latency[21]), sum(s.latency[22]), sum(s.latency[23]), sum(s.latency[24]), sum(s.latency[25])
    ] as counts
    from wanted w
    cross join public.destinations t
    cross join lateral (
      select x.latency from public.destination_statistics x
      where x.destination_id = t.id and x.span = w.span and x.at >= w.since and x.at < p_to
    ) s
    where public.in_scope(p_scope, t.organisation_id)
  ),
  histogram as (
    -- A bucket holds no more than an integer: by then its share no longer changes what is read from it.
    select array_agg(least(coalesce(u.count, 0), 2147483647)::integer order by u.n) as latency,
      coalesce(sum(u.count), 0) as attempts
    from summed s
    cross join lateral unnest(s.counts) with ordinality u(count, n)
  )
  select jsonb_build_object(
    'attempts', h.attempts, 'p50_ms', public.latency_quantile(h.latency, 0.5),
    'p95_ms', public.latency_quantile(h.latency, 0.95), 'p99_ms', public.latency_quantile(h.latency, 0.99)
  )
  from histogram h;
$function$;

REVOKE ALL ON FUNCTION "public"."read_latency"(timestamp WITH time zone, timestamp WITH time zone, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_nav_counts (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'dead_letters', public.count_dead_letters(p_scope), 'running_replays', public.count_running_replays(p_scope)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_nav_counts"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_replay_progress (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with behind as (
    select d.destination_id, count(*) as deliveries, min(b.event_id) as event_id, min(b.retry_at) as retry_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    cross join lateral (
      select x.event_id, case x.status when 'retrying' then x.due_at end as retry_at, x.replay_id
      from public.deliveries x
      where x.destination_id = d.destination_id and x.ordering_key = d.ordering_key and x.id < d.id
        and x.status in ('pending', 'claimed', 'retrying', 'held')
      order by x.id limit 1
    ) b
    where i.replay_id = p_id and i.fed_at is not null and i.outcome is null
      and d.status in ('pending', 'retrying') and d.ordering_key is not null and b.replay_id is distinct from p_id
    group by d.destination_id
  ),
  holds as (
    select t.id, public.destination_name(t, p_scope) as name, c.deliveries, public.hold_within(t, h, p_scope) as hold
    from (
      select d.destination_id, count(*) as deliveries
      from public.replay_items i
      join public.deliveries d on d.id = i.delivery_id
      where i.replay_id = p_id and i.outcome is null
      group by d.destination_id
    ) c
    join public.destinations t on t.id = c.destination_id
    left join public.destination_health h on h.destination_id = t.id
    union all
    select t.id, public.destination_name(t, p_scope), b.deliveries, jsonb_build_object(
      'why', 'order', 'because', null, 'since', null, 'until', public.iso(b.retry_at), 'by', null
    ) || coalesce((
      select jsonb_build_object('event_id', 'we_' || e.id) from public.events e
      where e.id = b.event_id and public.in_scope(p_scope, e.organisation_id)
    ), '{}')
    from behind b
    join public.destinations t on t.id = b.destination_id
  )
  select case when public.replay_name(p_id, p_scope) is not null then jsonb_build_object(
    'holds', (
      select coalesce(jsonb_agg(h.hold || jsonb_build_object(
        'destination_id', 'ds_' || h.id, 'destination', h.name, 'deliveries', h.deliveries
      ) order by h.deliveries desc, h.id), '[]')
      from holds h
      where h.hold is not null
    ),
    'trial', public.read_trial(p_id)
  ) end;
$function$;

REVOKE ALL ON FUNCTION "public"."read_replay_progress"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_trial (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with sized as (
    select r.id, coalesce((r.options ->> 'stopOnFailureRate')::numeric, 0) as rate, least(
      (r.options ->> 'canary')::integer,
      r.total - (
        select count(*) from public.replay_items i
        where i.replay_id = r.id and i.skip_reason not in ('stopped', 'cancelled')
      )
    )::integer as size
    from public.replays r
    where r.id = p_id and (r.options ->> 'canary')::integer > 0
  ),
  counted as (
    select s.size, s.rate, floor(s.size * s.rate)::integer as allowed,
      count(*) filter (where x.outcome <> 'failed')::integer as succeeded,
      count(*) filter (where x.outcome = 'failed' or x.is_retrying)::integer as failed,
      count(*) filter (where x.is_retrying)::integer as retrying
    from sized s
    left join lateral (
      select i.outcome, i.outcome is null and d.tries > 0 and d.status in ('retrying', 'held') and d.replay_id = s.id
        as is_retrying
      from public.replay_items i
      join public.deliveries d on d.id = i.delivery_id
      where i.replay_id = s.id and i.fed_at is not null and i.skip_reason is null
      order by i.fed_at, i.position
      limit s.size
    ) x on true
    group by s.size, s.rate
  )
  select jsonb_build_object(
    'size', c.size, 'succeeded', c.succeeded, 'failed', c.failed, 'retrying', c.retrying, 'allowed', c.allowed,
    'limit', c.rate, 'state', case
      when c.failed > c.allowed then 'failed'
      when c.succeeded + c.failed - c.retrying >= c.size then 'passed'
      else 'running'
    end
  )
  from counted c
  where c.size > 0;
$function$;

REVOKE ALL ON FUNCTION "public"."read_trial"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_waiting()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'oldest_due_seconds', (
      select round(extract(epoch from public.now_() - min(x.due_at))::numeric, 1)
      from public.destinations t
      left join public.destination_health h on h.destination_id = t.id
      cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
      cross join lateral (
        select d.due_at from public.deliveries d
        where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
        order by d.due_at
        limit 1
      ) x
      where x.due_at <= public.now_() and public.takes_deliveries(t)
        and t.rate_per_second is null and t.ordering = 'none'
        and coalesce(h.breaker, 'closed') = 'closed' and h.ramp is null and h.disable_because is null
        and coalesce(h.throttled_until, '-infinity') <= public.now_()
    )
  ) || public.read_waits();
$function$;

REVOKE ALL ON FUNCTION "public"."read_waiting"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_waiting_within (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'count', count(*) filter (where w.status <> 'held'),
    'blocked', count(*) filter (where w.status <> 'held' and public.hold_of(t, h) is not null),
    'held', count(*) filter (where w.status = 'held'),
    'oldest_due_seconds', round(extract(epoch from public.now_() - min(w.due_at) filter (
      where w.status <> 'held' and w.due_at <= public.now_() and public.takes_deliveries(t)
        and t.rate_per_second is null and t.ordering = 'none'
        and coalesce(h.breaker, 'closed') = 'closed' and h.ramp is null and h.disable_because is null
        and coalesce(h.throttled_until, '-infinity') <= public.now_()
    ))::numeric, 1)
  )
  from (
    select d.due_at, d.destination_id, d.status
    from (
      select e.id from public.events e
      where e.status in ('received', 'processing', 'failed', 'dead') and public.in_scope(p_scope, e.organisation_id)
      order by e.received_at desc
      limit 10000
    ) e
    join public.deliveries d on d.event_id = e.id and d.status in ('pending', 'retrying', 'held')
    limit 10000
  ) w
  join public.destinations t on t.id = w.destination_id
  left join public.destination_health h on h.destination_id = t.id;
$function$;

REVOKE ALL ON FUNCTION "public"."read_waiting_within"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_waits()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'count', least(coalesce(sum(q.waiting), 0), 10000),
    'blocked', least(coalesce(sum(q.waiting) filter (where q.hold is not null), 0), 10000),
    'held', least(coalesce(sum(q.held), 0), 10000)
  )
  from (
    select public.hold_of(t, h) as hold,
      (
        select count(*) from (
          select from public.deliveries d
          where d.destination_id = t.id and d.status in ('pending', 'retrying') limit 10000
        ) w
      ) as waiting,
      (
        select count(*) from (
          select from public.deliveries d where d.destination_id = t.id and d.status = 'held' limit 10000
        ) w
      ) as held
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    where t.archived_at is null
  ) q;
$function$;

REVOKE ALL ON FUNCTION "public"."read_waits"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.received_at_of (
  p_provider text,
  p_key      text
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(min(
    to_char(e.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '#' || lpad(e.id::text, 12, '0')
  ), '')
  from public.events e
  where e.provider = p_provider and e.event_key_hash = sha256(convert_to(p_key, 'UTF8'));
$function$;

REVOKE ALL ON FUNCTION "public"."received_at_of"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_attempts (
  p_results jsonb,
  p_wait    boolean DEFAULT true
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
  SET statement_timeout TO '30s'
  AS $function$
declare
  r record;
  v_delivery record;
  v_delivered boolean;
  v_changes jsonb;
  v_retry_in_ms bigint;
  v_status public.delivery_status;
  v_busy bigint[];
  v_recorded bigint[] := '{}';
  v_answers jsonb[] := '{}';
  v_counts jsonb[] := '{}';
  v_health jsonb[] := '{}';
begin
  v_busy := public.lock_rows(p_results, p_wait);

  for r in
    select * from jsonb_to_recordset(p_results) as x(
      delivery_id bigint, fence bigint, delivered boolean, duration_ms integer, retry_in_ms bigint, http_status integer,
      error_class public.error_class, error text, response_headers jsonb, response_body text,
      response_truncated boolean, throttle_ms bigint, changes jsonb
    )
    order by x.delivery_id
  loop
    if r.delivery_id = any (v_busy) then
      v_answers := array_append(
        v_answers, jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false, 'busy', true)
      );
      continue;
    end if;

    select d.tries, d.destination_id, public.takes_deliveries(t) as open,
      coalesce(p.max_attempts, t.max_attempts) as max_attempts, e.provider, e.event_type,
      e.organisation_id
    into v_delivery
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    join public.events e on e.id = d.event_id
    left join lateral public.replay_retries(d) p on true
    where d.id = r.delivery_id and d.status = 'claimed' and d.fence = r.fence
    for update of d;

    if not found then
      v_answers := array_append(v_answers, jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false));
      continue;
    end if;

    v_delivered := r.delivered;
    v_retry_in_ms := r.retry_in_ms;
    v_changes := '[]';

    if v_delivered and jsonb_array_length(r.changes) > 0 then
      -- A delivery whose changes fail does so alone.
      begin
        if jsonb_array_length(r.changes) > 10000 then
          raise exception using errcode = '23514', message = format(
            'It wants to change %s rows, and one event may change 10,000. Have the sender send it in parts.',
            jsonb_array_length(r.changes)
          );
        end if;
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
      finished_at = public.now_(),
      duration_ms = r.duration_ms,
      http_status = r.http_status,
      error_class = case when v_delivered then null else r.error_class end,
      error = case when v_delivered then null else r.error end,
      response_headers = r.response_headers,
      response_body = decode(r.response_body, 'base64'),
      response_truncated = coalesce(r.response_truncated, false),
      retry_at = case
        when v_status in ('retrying', 'held') then public.now_() + v_retry_in_ms * interval '1 millisecond'
      end,
      changes = v_changes
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open';

    update public.deliveries d set
      status = v_status,
      lease_until = null,
      finished_at = case when v_status in ('delivered', 'dead') then public.now_() end,
      due_at = case
        when v_status in ('retrying', 'held') then public.now_() + v_retry_in_ms * interval '1 millisecond'
        else d.due_at
      end,
      last_error_class = case when v_delivered then null else r.error_class end,
      last_error = case when v_delivered then null else r.error end,
      last_http_status = r.http_status
    where d.id = r.delivery_id and d.fence = r.fence;

    v_recorded := array_append(v_recorded, r.delivery_id);
    v_answers := array_append(v_answers, jsonb_build_object(
      'delivery_id', r.delivery_id, 'recorded', true, 'status', v_status,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    ));
    v_counts := array_append(v_counts, jsonb_build_object(
      'organisation_id', v_delivery.organisation_id, 'provider', v_delivery.provider,
      'event_type', v_delivery.event_type, 'count', 1, 'duration_ms', r.duration_ms,
      'outcome', case when v_status in ('retrying', 'held') then 'failed' else v_status::text end
    ));
    v_health := array_append(v_health, jsonb_build_object(
      'destination_id', v_delivery.destination_id, 'delivery_id', r.delivery_id, 'delivered', v_delivered,
      'duration_ms', r.duration_ms, 'http_status', r.http_status, 'throttle_ms', r.throttle_ms,
      'error_class', case when v_delivered then null else r.error_class end,
      'error', case when v_delivered then null else r.error end
    ));
  end loop;

  perform public.settle_deliveries(v_recorded);
  perform public.add_statistics(to_jsonb(v_counts));
  perform public.note_health(to_jsonb(v_health));
  return to_jsonb(v_answers);
end
$function$;

REVOKE ALL ON FUNCTION "public"."record_attempts"(jsonb, boolean) FROM PUBLIC, "anon", "authenticated";

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
  SET jit TO 'off'
  AS $function$
  select public.record_staff_action('event.download', p_subject, p_details, p_actor, p_actor_id, p_request_id)
  where not exists (
    select from public.staff_actions a
    where a.subject = p_subject and a.acted_at > public.now_() - interval '1 minute' and a.action = 'event.download'
      and a.actor_id = p_actor_id
  );
$function$;

REVOKE ALL ON FUNCTION "public"."record_download"(text, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_refused_sign_in (
  p_email      text,
  p_address    text,
  p_reason     text,
  p_request_id text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
declare
  v_subject text := coalesce(
    (select u.email from public.staff_users u where u.email = lower(p_email)),
    case when p_reason = 'not_invited' then left(lower(p_email), 320) end,
    'an unknown account'
  );
  v_details jsonb := jsonb_build_object('reason', p_reason, 'address', left(p_address, 64));
  v_of_account integer;
  v_of_address integer;
begin
  if exists (
    select from public.staff_actions a
    where a.subject = v_subject and a.acted_at > public.now_() - interval '1 hour' and a.action = 'sign_in.refuse'
      and a.details = v_details
  ) then
    return;
  end if;
  v_of_account := public.count_refused_sign_in('account', v_subject);
  v_of_address := public.count_refused_sign_in('address', public.network_of(p_address));
  if v_of_account > 20 then
    v_details := jsonb_build_object('reason', 'more', 'left_out', v_of_account - 20);
  elsif v_of_address > 20 then
    v_subject := 'several accounts';
    v_details := jsonb_build_object('reason', 'more', 'address', left(p_address, 64), 'left_out', v_of_address - 20);
  end if;
  if coalesce(v_details ->> 'left_out', '1') ~ '^10*$' then
    perform public.record_staff_action(
      'sign_in.refuse', v_subject, v_details, 'An unknown caller', 'sign-in', p_request_id
    );
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."record_refused_sign_in"(text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_rejections (
  p_samples jsonb,
  p_counts  jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '3s'
  AS $function$
  select public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'organisation_id', c.organisation_id, 'provider', c.provider, 'event_type', c.reason, 'outcome', 'rejected',
      'count', c.count
    ))
    from jsonb_to_recordset(p_counts) as c(organisation_id text, provider text, reason text, count bigint)
  ));

  with samples as materialized (
    select s.*, row_number() over w as turn,
      sum(octet_length(s.body)) over w - octet_length(s.body) as bytes_before
    from jsonb_to_recordset(p_samples) as s(
      provider text, reason public.rejection_reason, detail text, status_code integer, method text, path text,
      headers jsonb, body text, body_size bigint, body_read integer, body_sha256 text, request_id text,
      source_id bigint, organisation_id text, event_key text
    )
    window w as (partition by s.provider, s.reason rows unbounded preceding)
  ),
  recent as materialized (
    select k.provider, k.reason, k.turns, (
      select count(*) from public.rejections x
      where x.provider = k.provider and x.reason = k.reason and x.received_at >= date_trunc('hour', public.now_())
    ) as kept, (
      select coalesce(sum(octet_length(x.body)), 0) from public.rejections x
      where x.provider = k.provider and x.reason = k.reason and x.received_at >= date_trunc('hour', public.now_())
    ) as kept_bytes
    from (select s.provider, s.reason, count(*) as turns from samples s group by s.provider, s.reason) k
  ),
  stored as (
    insert into public.rejections (
      provider, reason, detail, status_code, method, path, headers, body, body_size, body_read, body_sha256,
      request_id, source_id, organisation_id, event_key
    )
    select r.provider, r.reason, r.detail, r.status_code, r.method, r.path, r.headers,
      case
        when r.reason in ('stale', 'over_ceiling') or k.kept_bytes + r.bytes_before < 1048576
          then decode(r.body, 'base64')
        else substring(decode(r.body, 'base64') from 1 for 1024)
      end,
      r.body_size, r.body_read,
      decode(r.body_sha256, 'hex'), r.request_id,
      (select x.id from public.sources x where x.id = r.source_id), r.organisation_id, r.event_key
    from samples r
    join recent k on k.provider = r.provider and k.reason = r.reason
    where r.turn + k.kept <= 100
  )
  select coalesce(jsonb_agg(jsonb_build_object('provider', k.provider, 'reason', k.reason)), '[]')
  from recent k where k.kept + k.turns >= 100;
$function$;

REVOKE ALL ON FUNCTION "public"."record_rejections"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_senders (
  p_forged     jsonb,
  p_genuine    text[],
  p_per_minute integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '3s'
  AS $function$
declare
  v_answer jsonb;
begin
  delete from public.sender_networks n
  where n.network = any (array(
    select x.network from public.sender_networks x
    where x.seen_at < public.now_() - interval '24 hours'
    order by x.seen_at limit 100
    for update skip locked
  ));

  with seen as (
    select s.network, sum(s.count) * interval '1 minute' / p_per_minute as charge, bool_or(s.genuine) as genuine
    from (
      select f.network, f.count, false as genuine from jsonb_to_recordset(p_forged) as f(network text, count integer)
      union all
      select g.network, 0, true from unnest(p_genuine) as g(network)
    ) s
    group by s.network
  ),
  noted as (
    insert into public.sender_networks as n (network, charged_until, genuine_at)
    select s.network, least(public.now_() + s.charge, public.now_() + interval '2 minutes'),
      case when s.genuine then public.now_() end
    from seen s
    -- In one order, so that two processes wait for each other instead of deadlocking.
    order by s.network
    on conflict (network) do update set
      charged_until = least(
        greatest(n.charged_until, public.now_()) + (excluded.charged_until - public.now_()),
        public.now_() + interval '2 minutes'
      ),
      genuine_at = coalesce(excluded.genuine_at, n.genuine_at),
      seen_at = public.now_()
    returning n.network, n.charged_until, n.genuine_at
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'network', n.network,
    'ahead_ms', greatest(0, (extract(epoch from n.charged_until - public.now_()) * 1000)::bigint),
    'genuine_ms_ago', case when n.genuine_at > public.now_() - interval '24 hours' then
      (extract(epoch from public.now_() - n.genuine_at) * 1000)::bigint
    end
  )), '[]')
  into v_answer
  from noted n;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."record_senders"(jsonb, text[], integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_signed_token (
  p_name          text,
  p_token_hash    text,
  p_hint          text,
  p_scopes        text[],
  p_expires_at    timestamp with time zone,
  p_role          public.staff_role        DEFAULT NULL::public.staff_role,
  p_organisations text[]                   DEFAULT NULL::text[]
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_id bigint;
begin
  insert into public.api_tokens (name, token_hash, hint, scopes, role, is_signed, created_by, organisations, expires_at)
  values (
    left(p_name, 100), decode(p_token_hash, 'hex'), p_hint, p_scopes, p_role, true, 'npm run token',
    p_organisations, p_expires_at
  )
  returning id into v_id;
  perform public.record_staff_action(
    'token.create', 'tk_' || v_id,
    jsonb_strip_nulls(jsonb_build_object(
      'name', left(p_name, 100), 'role', p_role, 'scopes', p_scopes, 'organisations', p_organisations,
      'expires_at', public.iso(p_expires_at)
    )),
    'npm run token', 'command line', null
  );
  return 'tk_' || v_id;
end
$function$;

REVOKE ALL ON FUNCTION "public"."record_signed_token"(text, text, text, text[], timestamp WITH time zone, public.staff_role, text[]) FROM PUBLIC, "anon", "authenticated";

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
  SET jit TO 'off'
  AS $function$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, p_action, p_subject, p_details, p_request_id);
$function$;

CREATE OR REPLACE FUNCTION public.redact_arriving_event()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
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
$function$;

REVOKE ALL ON FUNCTION "public"."redact_arriving_event"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redact_attempt()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_event_type text;
begin
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
$function$;

REVOKE ALL ON FUNCTION "public"."redact_attempt"() FROM PUBLIC, "anon", "authenticated";

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
  update public.event_bodies b set raw_body = public.redacted_body(e)
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

REVOKE ALL ON FUNCTION "public"."redact_events"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redact_new_event (
  e public.events
)
  RETURNS public.events
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  e := public.redacted_event(e);
  update public.event_bodies b set raw_body = public.redacted_body(e) where b.event_id = e.id;
  return e;
end
$function$;

REVOKE ALL ON FUNCTION "public"."redact_new_event"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redact_row()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
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
$function$;

REVOKE ALL ON FUNCTION "public"."redact_row"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redacted_body (
  e public.events
)
  RETURNS bytea
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select convert_to(
    coalesce(public.payload_of(e)::text, '{"redacted":"The person this was about asked to be forgotten."}'), 'UTF8'
  );
$function$;

REVOKE ALL ON FUNCTION "public"."redacted_body"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redacted_changes (
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(c || '{"before": null, "after": {}}'), '[]') from jsonb_array_elements(p_changes) c;
$function$;

REVOKE ALL ON FUNCTION "public"."redacted_changes"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redacted_event (
  e public.events
)
  RETURNS public.events
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_said jsonb := public.payload_of(e);
begin
  if e.event_type in ('customers/data_request', 'customers/redact') and jsonb_typeof(v_said -> 'customer') = 'object'
  then
    e.payload := jsonb_strip_nulls(jsonb_build_object(
      'shop_id', v_said -> 'shop_id',
      'shop_domain', v_said -> 'shop_domain',
      'customer', jsonb_build_object('id', v_said #> '{customer,id}'),
      -- So that it can be carried out again.
      'contact_hashes', coalesce(v_said -> 'contact_hashes', to_jsonb(public.contacts_of(
        lower(btrim(v_said ->> 'shop_domain')), v_said #>> '{customer,email}', v_said #>> '{customer,phone}'
      ))),
      'orders_to_redact', v_said -> 'orders_to_redact',
      'orders_requested', v_said -> 'orders_requested',
      'data_request', case
        when v_said ? 'data_request' then jsonb_build_object('id', v_said #> '{data_request,id}')
      end
    ));
  else
    e.payload := null;
  end if;
  e.headers := coalesce((
    select jsonb_agg(h.pair order by h.place)
    from jsonb_array_elements(e.headers) with ordinality h(pair, place)
    where lower(h.pair ->> 0) ~ '^(x-)?shopify-(topic|action|shop-domain|event-id|webhook-id|triggered-at|api-version)$'
  ), '[]');
  e.last_error := null;
  -- Whom it was about goes. What it was worth stays: that names no one.
  e.customer_id := null;
  e.terms := null;
  e.redacted_at := public.now_();
  e.body_size := octet_length(public.redacted_body(e));
  return e;
end
$function$;

CREATE OR REPLACE FUNCTION public.rejection_json (
  r       public.rejections,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'reason', (r).reason, 'detail', (r).detail, 'received_at', public.iso((r).received_at),
    'organisation_id', (r).organisation_id, 'event_key', (r).event_key, 'body_sha256', encode((r).body_sha256, 'hex'),
    'body_size', (r).body_size, 'body_read', (r).body_read, 'body_kept', octet_length((r).body),
    'headers', (r).headers,
    -- Up to 64 KiB are kept; a page that lists all providers shows how it begins.
    'body_base64', translate(encode(substring((r).body from 1 for 4096), 'base64'), E'\n', ''),
    'source_id', (
      select 'so_' || s.id from public.sources s
      where s.id = (r).source_id and public.in_scope(p_scope, s.organisation_id)
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."rejection_json"(public.rejections, text[]) FROM PUBLIC, "anon", "authenticated";

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
  SET jit TO 'off'
  AS $function$
declare
  v_released integer;
begin
  update public.deliveries d set
    status = case when d.tries > 0 then 'retrying' else 'pending' end::public.delivery_status,
    due_at = case when d.tries > 0 then greatest(d.due_at, public.now_()) else public.now_() end
  where d.id = any (array(
    select x.id from public.deliveries x
    join public.destinations t on t.id = x.destination_id
    where x.destination_id = p_destination_id and x.status = 'held' and public.takes_deliveries(t)
    order by x.id
    limit public.hold_batch()
    for update of x skip locked
  ));
  get diagnostics v_released = row_count;
  return v_released;
end
$function$;

CREATE OR REPLACE FUNCTION public.release_leases (
  p_worker text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_released integer;
begin
  update public.deliveries d set lease_until = public.now_() - interval '1 millisecond'
  where d.status = 'claimed' and d.worker = p_worker;
  get diagnostics v_released = row_count;
  return v_released;
end
$function$;

CREATE OR REPLACE FUNCTION public.renew_lease (
  p_delivery_id   bigint,
  p_fence         bigint,
  p_lease_seconds integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  -- While it is being recorded its row is locked: then there is nothing to lengthen, and nothing to wait for.
  perform from public.deliveries d
  where d.id = p_delivery_id and d.fence = p_fence and d.status = 'claimed'
  for update skip locked;
  if not found then
    return false;
  end if;
  update public.deliveries d set lease_until = public.now_() + make_interval(secs => p_lease_seconds)
  where d.id = p_delivery_id;
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."renew_lease"(bigint, bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_json (
  r public.replays
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'wr_' || r.id, 'kind', r.kind, 'status', r.status, 'reason', r.reason, 'actor', r.actor,
    'request_id', r.request_id, 'options', r.options, 'selection', r.selection, 'matched', r.matched,
    'remaining', r.remaining, 'total', r.total,
    'succeeded', r.succeeded, 'failed', r.failed, 'skipped', r.skipped,
    'in_progress', (
      select count(*) from public.replay_items i
      where i.replay_id = r.id and i.fed_at is not null and i.outcome is null
    ),
    'stopped_because', r.stopped_because, 'scheduled_at', public.iso(r.scheduled_at),
    'created_at', public.iso(r.created_at), 'queued_at', public.iso(r.queued_at),
    'started_at', public.iso(r.started_at), 'completed_at', public.iso(r.completed_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."replay_json"(public.replays) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_name (
  p_replay_id bigint,
  p_scope     text[]
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select 'wr_' || r.id from public.replays r where r.id = p_replay_id and public.all_in_scope(p_scope, r.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."replay_name"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replayed_filter (
  p_selection jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select '{"variant": "0"}'::jsonb || (p_selection -> 'filter');
$function$;

REVOKE ALL ON FUNCTION "public"."replayed_filter"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.reroute_events (
  p_events bigint[],
  p_all    boolean
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.deliveries (event_id, destination_id, status, ordering_key, finished_at)
  select e.id, d.id, 'cancelled', public.ordering_key_of(d, e), public.now_()
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
  where e.id = any (p_events) and (p_all or not exists (select from public.deliveries x where x.event_id = e.id))
  order by e.id, d.id
  on conflict do nothing;
$function$;

REVOKE ALL ON FUNCTION "public"."reroute_events"(bigint[], boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.resolve_events (
  p_event_ids  bigint[],
  p_reason     text,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  -- Others are as unknown as those that do not exist.
  v_asked bigint[] := array(
    select e.id from public.events e where e.id = any (p_event_ids) and public.in_scope(p_scope, e.organisation_id)
  );
  v_resolved bigint[];
begin
  perform from public.deliveries d
  where d.event_id = any (v_asked) and d.status in ('retrying', 'held') order by d.id for update;

  with resolved as (
    update public.events e set
      status = 'resolved', processed_at = public.now_(), last_error = null, last_error_class = null
    where e.id in (select x.id from public.events x where x.id = any (v_asked) order by x.id for update)
      and e.status in ('failed', 'dead')
    returning e.id
  )
  select coalesce(array_agg(id), '{}') into v_resolved from resolved;

  update public.deliveries d set status = 'cancelled', finished_at = public.now_()
  where d.event_id = any (v_resolved) and d.status in ('retrying', 'held');

  perform public.record_staff_action(
    'event.resolve', 'we_' || e, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  )
  from unnest(v_resolved) e;
  return cardinality(v_resolved);
end
$function$;

REVOKE ALL ON FUNCTION "public"."resolve_events"(bigint[], text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.resume_destination (
  p_id         bigint,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.destinations t set paused_at = null, updated_at = public.now_()
  where t.id = p_id and t.paused_at is not null and t.archived_at is null
    and public.in_scope(p_scope, t.organisation_id);
  return public.after_switch(p_id, p_scope, found, 'destination.resume', '{}', p_actor, p_actor_id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."resume_destination"(bigint, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.revoke_api_token (
  p_id         bigint,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  perform public.revoke_tokens(array[t.id], p_actor, p_actor_id, p_request_id)
  from public.api_tokens t
  where t.id = p_id and public.all_in_scope(p_scope, public.token_scope(t));
  return (
    select public.api_token_json(t) from public.api_tokens t
    where t.id = p_id and public.all_in_scope(p_scope, public.token_scope(t))
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."revoke_api_token"(bigint, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.revoke_tokens (
  p_ids        bigint[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with recursive family as (
    select t.id from public.api_tokens t where t.id = any (p_ids)
    union
    select t.id from public.api_tokens t join family f on t.parent_id = f.id
  ),
  revoked as (
    update public.api_tokens t set revoked_at = public.now_()
    where t.id in (select f.id from family f) and t.revoked_at is null
    returning t.id, t.name
  )
  select public.record_staff_action(
    'token.revoke', 'tk_' || r.id, jsonb_build_object('name', r.name), p_actor, p_actor_id, p_request_id
  )
  from revoked r;
$function$;

REVOKE ALL ON FUNCTION "public"."revoke_tokens"(bigint[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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
  SET jit TO 'off'
  AS $function$
begin
  -- Locked first, read second: two deliveries of one event that end together must see each other.
  perform from public.events e where e.id = any (p_events) order by e.id for update;

  update public.events e set
    status = r.status,
    attempt_count = r.attempts,
    processed_at = case
      when r.status in ('processed', 'replayed') then coalesce(e.processed_at, public.now_())
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

CREATE OR REPLACE FUNCTION public.rotate_destination_secret (
  p_id            bigint,
  p_secret        jsonb,
  p_overlap_hours numeric,
  p_scope         text[],
  p_actor         text,
  p_actor_id      text,
  p_request_id    text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_new public.destinations;
begin
  update public.destinations d set
    secrets = public.add_secret(d.secrets, p_secret, public.now_() + make_interval(secs => p_overlap_hours * 3600)),
    updated_at = public.clock_()
  where d.id = p_id and d.archived_at is null and d.managed and public.in_scope(p_scope, d.organisation_id)
  returning d.* into v_new;
  if not found then
    return public.why_not_changed(p_id, p_scope);
  end if;

  perform public.note_destination(
    p_id, 'rotate_secret', p_actor, p_actor_id, p_request_id, jsonb_build_object('overlap_hours', p_overlap_hours)
  );
  return jsonb_build_object('result', 'done', 'destination', public.destination_json(v_new));
end
$function$;

REVOKE ALL ON FUNCTION "public"."rotate_destination_secret"(bigint, jsonb, numeric, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.rotate_source (
  p_id              bigint,
  p_token_hash      text,
  p_token_hint      text,
  p_overlap_seconds integer,
  p_scope           text[],
  p_actor           text,
  p_actor_id        text,
  p_request_id      text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  s public.sources;
begin
  update public.sources x set
    previous_token_hash = case when p_overlap_seconds > 0 then x.token_hash end,
    previous_token_expires_at = case
      when p_overlap_seconds > 0 then public.now_() + make_interval(secs => p_overlap_seconds)
    end,
    token_hash = decode(p_token_hash, 'hex'),
    token_hint = p_token_hint,
    updated_at = public.now_()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source(
    'rotate', s, jsonb_build_object('overlap_seconds', p_overlap_seconds), p_actor, p_actor_id, p_request_id
  );
  return public.source_json(s, p_scope);
end
$function$;

REVOKE ALL ON FUNCTION "public"."rotate_source"(bigint, text, text, integer, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.row_to_write (
  p_key        jsonb,
  p_row        jsonb,
  p_written    jsonb,
  p_is_new     boolean,
  p_is_updated boolean
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'row', p_row, 'is_new', p_is_new, 'is_updated', p_is_updated and not p_is_new,
    'columns', (
      select jsonb_agg(k order by k)
      from jsonb_object_keys(p_written || '{"versions": true}' || case when p_is_new then p_key else '{}' end) k
    )
  )
  where p_written <> '{}' or p_is_new;
$function$;

REVOKE ALL ON FUNCTION "public"."row_to_write"(jsonb, jsonb, jsonb, boolean, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.rows_written_by (
  p_deliveries bigint[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'delivery_id', d.id, 'table_name', c.change ->> 'table', 'key', c.change -> 'key', 'after', c.change -> 'after',
    'changed_at', case when c.change ->> 'effect' in ('created', 'updated') then a.finished_at end,
    'event_key', e.event_key
  )), '[]')
  from unnest(p_deliveries) p(id)
  join public.deliveries d on d.id = p.id and d.status = 'delivered'
  join public.events e on e.id = d.event_id and e.redacted_at is null
  cross join lateral (
    select x.changes, x.finished_at from public.attempts x
    where x.delivery_id = d.id and x.status = 'succeeded'
    order by x.number desc
    limit 1
  ) a
  cross join lateral jsonb_array_elements(a.changes) as c(change);
$function$;

REVOKE ALL ON FUNCTION "public"."rows_written_by"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.run_expensive (
  p_who      text,
  p_function text,
  p_args     jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET statement_timeout TO '9s'
  SET jit TO 'off'
  AS $function$
declare
  v_columns text;
  v_arguments text;
  v_result jsonb;
begin
  if not public.take_turn(p_who) then
    return '{"busy": true}';
  end if;

  select string_agg(format('%I %s', a.name, format_type(t.type, null)), ', ' order by a.n),
    string_agg(format('%I => a.%I', a.name, a.name), ', ' order by a.n)
  into strict v_columns, v_arguments
  from pg_catalog.pg_proc p
  cross join unnest(p.proargnames) with ordinality as a(name, n)
  join unnest(p.proargtypes) with ordinality as t(type, n) on t.n = a.n
  where p.pronamespace = 'public'::regnamespace and p.proname = p_function and p_args ? a.name;

  execute format(
    'select to_jsonb(public.%I(%s)) from jsonb_to_record($1) as a(%s)', p_function, v_arguments, v_columns
  ) into v_result using p_args;
  return jsonb_build_object('result', v_result);
end
$function$;

REVOKE ALL ON FUNCTION "public"."run_expensive"(text, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.said_by (
  e public.events
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(public.payload_of(e)::text, public.text_of_bytes(public.body_of((e).id)));
$function$;

REVOKE ALL ON FUNCTION "public"."said_by"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.same_receiver (
  p_one   text,
  p_other text
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select substring(p_one from '^https?://(?:[^/?#]*@)?([^/?#]*)')
      = substring(p_other from '^https?://(?:[^/?#]*@)?([^/?#]*)')
    and not (starts_with(p_one, 'https:') and starts_with(p_other, 'http:'));
$function$;

CREATE OR REPLACE FUNCTION public.scope_condition (
  p_scope  text[],
  p_column text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when p_scope is null then 'true'
    when cardinality(p_scope) = 1 then format('%s = %L', p_column, p_scope[1])
    else format('%s = any (%L::text[])', p_column, p_scope)
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."scope_condition"(text[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.search_everything (
  p_query text,
  p_words text[],
  p_limit integer,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select jsonb_build_object(
    'events', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'we_' || e.id, 'event_key', e.event_key, 'event_type', e.event_type, 'provider_slug', e.provider,
        'organisation_id', e.organisation_id, 'status', e.status, 'received_at', public.iso(e.received_at)
      ) order by f.n, e.event_key, e.id)
      from public.find_events(p_query, p_words, p_limit, p_scope) f join public.events e on e.id = f.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'wr_' || r.id, 'status', r.status, 'reason', r.reason, 'total', r.total,
        'created_at', public.iso(r.created_at)
      ) order by r.n, r.id desc)
      from (
        select x.*, 1 as n from public.replays x
        where x.id = public.number_in(p_query, '[wb]r_') and x.status <> 'draft'
          and public.all_in_scope(p_scope, x.organisations)
        union all
        (select x.*, 2 from (
          -- The newest ones: who looks for a reason remembers it.
          select * from public.replays y
          where y.status <> 'draft' and public.all_in_scope(p_scope, y.organisations)
          order by y.created_at desc, y.id desc limit 500
        ) x
        where strpos(lower(x.reason), lower(p_query)) > 0 and x.id is distinct from public.number_in(p_query, '[wb]r_')
        limit p_limit)
        limit p_limit
      ) r
    ), '[]'),
    'destinations', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'ds_' || d.id, 'slug', d.slug, 'name', d.name, 'organisation_id', d.organisation_id, 'enabled', d.enabled
      ) order by strpos(lower(d.name), lower(p_query)), d.name, d.id)
      from (
        select * from public.destinations x
        where x.archived_at is null and public.in_scope(p_scope, x.organisation_id) and (
          strpos(lower(x.name), lower(p_query)) > 0 or strpos(x.slug, lower(p_query)) > 0
          or x.organisation_id = p_query or x.id = public.number_in(p_query, 'ds_')
        )
        order by x.name, x.id
        limit p_limit
      ) d
    ), '[]'),
    'organisations', to_jsonb(public.find_organisations(p_query, p_limit, p_scope))
  );
$function$;

REVOKE ALL ON FUNCTION "public"."search_everything"(text, text[], integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.see_notices (
  p_actor_id text,
  p_until    bigint,
  p_scope    text[]
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  update public.notices n set seen_at = public.now_()
  where n.actor_id = p_actor_id and n.id <= p_until and n.seen_at is null
    and public.all_in_scope(p_scope, n.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."see_notices"(text, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.select_deliveries (
  p_selection jsonb,
  p_events    bigint[]
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_condition text := case
    when (p_selection ->> 'only_dead')::boolean then 'x.status = ''dead'''
    else public.delivery_predicate(p_selection -> 'filter')
  end;
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

CREATE OR REPLACE FUNCTION public.select_events (
  p_selection jsonb,
  p_scope     text[],
  p_limit     integer
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_condition text;
  v_events bigint[];
begin
  v_condition := case
    when p_selection ? 'filter' then public.event_predicate(public.replayed_filter(p_selection), p_scope)
    when p_selection ? 'event_keys' then format(
      'e.variant_of is null and e.provider = %L and e.event_key_hash in (
         select sha256(convert_to(k, ''UTF8'')) from jsonb_array_elements_text(%L::jsonb) k
       )%s%s', p_selection ->> 'provider_slug', p_selection -> 'event_keys',
      case when p_selection ? 'organisation_id' then
        format(' and e.organisation_id is not distinct from %L', p_selection ->> 'organisation_id')
      end,
      case when p_selection ? 'source_id' then
        format(' and e.source_id is not distinct from %L::bigint', p_selection ->> 'source_id')
      end
    )
    when p_selection ? 'failures_of' then format(
      'e.id in (
         select i.event_id from public.replay_items i
         where i.replay_id = %1$L::bigint and %3$L::boolean and (
           i.outcome = ''failed'' and (%2$L::text[] is null or i.error_class::text = any (%2$L::text[]))
           or i.skip_reason = ''predecessor_failed''
         )
       )', p_selection ->> 'failures_of', public.text_array(p_selection -> 'error_classes'),
      public.replay_name((p_selection ->> 'failures_of')::bigint, p_scope) is not null
    )
    else format(
      'e.id in (select k::bigint from jsonb_array_elements_text(%L::jsonb) k)', p_selection -> 'event_ids'
    ) || case when (p_selection ->> 'only_dead')::boolean then ' and e.status = ''dead''' else '' end
  end;
  execute format(
    'select array_agg(x.id order by x.received_at, x.id) from (
       select e.id, e.received_at from public.events e where (%s) and %s order by e.received_at, e.id limit %s
     ) x', v_condition, public.scope_condition(p_scope, 'e.organisation_id'), coalesce(p_limit::text, 'all')
  ) into v_events;
  return coalesce(v_events, '{}');
end
$function$;

REVOKE ALL ON FUNCTION "public"."select_events"(jsonb, text[], integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.set_staff_link (
  p_staff_id   uuid,
  p_token_hash text
)
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.staff_invitations as i (staff_id, token_hash, expires_at)
  values (p_staff_id, decode(p_token_hash, 'hex'), public.now_() + interval '72 hours')
  on conflict (staff_id) do update set
    token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = public.now_()
  returning i.expires_at;
$function$;

CREATE OR REPLACE FUNCTION public.set_staff_password (
  p_email         text,
  p_password_hash text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_id uuid;
begin
  update public.staff_users u set password_hash = p_password_hash, session_version = u.session_version + 1
  where u.email = lower(p_email)
  returning u.id into v_id;
  if not found then
    return false;
  end if;
  perform public.end_sessions(v_id, 'password');
  delete from public.sign_in_guesses g
  where g.account = lower(p_email)
    or g.network in (select o.network from public.sign_in_guesses o where o.account = lower(p_email));
  perform public.record_staff_action(
    'staff.set_password', lower(p_email), '{}', 'npm run password', 'command line', null
  );
  return true;
end
$function$;

CREATE OR REPLACE FUNCTION public.settle_deliveries (
  p_deliveries bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET jit TO 'off'
  AS $function$
declare
  v_ended record;
begin
  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (p_deliveries)
  ));

  for v_ended in with ended as (
    update public.replay_items i set
      outcome = public.replay_outcome_of(x.status, x.kind, x.changes),
      attempt_id = x.attempt_id,
      error_class = x.last_error_class,
      detail = x.last_error,
      finished_at = public.now_()
    from (
      select m.replay_id, m.position, d.status, d.last_error_class, d.last_error, t.kind, a.id as attempt_id, a.changes
      from public.deliveries d
      -- From the few deliveries to their items, never the other way round: `offset 0` keeps the order.
      cross join lateral (
        select * from public.replay_items o
        where o.delivery_id = d.id and o.replay_id = d.replay_id and o.fed_at is not null and o.outcome is null
        offset 0
      ) m
      join public.destinations t on t.id = d.destination_id
      join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
      where d.id = any (p_deliveries) and d.status in ('delivered', 'dead')
    ) x
    where i.replay_id = x.replay_id and i.position = x.position and i.outcome is null
    returning i.replay_id, i.outcome
  )
  select replay_id, count(*) filter (where outcome <> 'failed') as succeeded,
    count(*) filter (where outcome = 'failed') as failed
  from ended
  group by replay_id
  -- Sorted, as everything that locks several rows.
  order by replay_id
  loop
    perform public.count_outcomes(v_ended.replay_id, v_ended.succeeded, v_ended.failed, 0);
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION public.settle_tokens (
  p_owner       public.staff_users,
  p_heir        uuid,
  p_scope_roles jsonb,
  p_actor       text,
  p_actor_id    text,
  p_request_id  text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_token record;
begin
  if p_heir is not null then
    for v_token in
      with kept as (
        select t.id, array(
          select s.scope from unnest(t.scopes) with ordinality as s(scope, n)
          where (p_scope_roles ->> s.scope)::public.staff_role <= p_owner.role order by s.n
        ) as scopes, public.token_scope(t) as organisations
        from public.api_tokens t
        where t.owner_id = p_owner.id and t.revoked_at is null and t.expires_at > public.now_()
      ),
      handed as (
        update public.api_tokens t set owner_id = p_heir, scopes = k.scopes, organisations = k.organisations
        from kept k
        where t.id = k.id and cardinality(k.scopes) > 0 and k.organisations is distinct from '{}'
        returning t.id, t.name
      )
      select h.id, h.name, u.email from handed h join public.staff_users u on u.id = p_heir
    loop
      perform public.record_staff_action(
        'token.hand_over', 'tk_' || v_token.id,
        jsonb_build_object('name', v_token.name, 'from', p_owner.email, 'to', v_token.email),
        p_actor, p_actor_id, p_request_id
      );
    end loop;
  end if;
  perform public.revoke_tokens(
    array(
      select t.id from public.api_tokens t
      where t.owner_id = p_owner.id and t.revoked_at is null and t.expires_at > public.now_()
    ),
    p_actor, p_actor_id, p_request_id
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."settle_tokens"(public.staff_users, uuid, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.shop_in_headers (
  p_headers jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select lower(btrim(h ->> 1))
  from jsonb_array_elements(p_headers) h
  where lower(h ->> 0) in ('x-shopify-shop-domain', 'shopify-shop-domain') and btrim(h ->> 1) <> ''
  order by lower(h ->> 0)
  limit 1;
$function$;

CREATE OR REPLACE FUNCTION public.event_for_projection (
  e          public.events,
  p_settings jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
RETURN
  jsonb_build_object('id', (e).id, 'provider', (e).provider, 'event_key', (e).event_key, 'event_type', (e).event_type, 'received_at', public.iso((e).received_at), 'occurred_at',
  public.iso((e).occurred_at),
  'organisation_id',
  (e).organisation_id,
  'company_id',
  (e).company_id,
  'livemode',
  (e).livemode,
  'settings',
  p_settings,
  'shop',
  CASE WHEN ((e).provider = 'shopify'::text) THEN public.shop_in_headers((e).headers) ELSE NULL::text END,
  'body', encode(public.body_of((e).id), 'base64'::text), 'content_encoding', public.header_of((e).headers, 'content-encoding'::text));

REVOKE ALL ON FUNCTION "public"."event_for_projection"(public.events, jsonb) FROM PUBLIC, "anon", "authenticated";

REVOKE ALL ON FUNCTION "public"."shop_in_headers"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.shop_of (
  e public.events
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select case when (e).provider = 'shopify' then coalesce(
    public.shop_in_headers((e).headers),
    (select public.shop_of_source(s) from public.sources s where s.id = (e).source_id)
  ) end;
$function$;

REVOKE ALL ON FUNCTION "public"."shop_of"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.shop_of_row (
  p_row jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(p_row ->> 'shop', (
    select lower(x) from (values (1, p_row ->> 'company_id'), (2, p_row ->> 'organisation_id')) o(n, x)
    where lower(x) like '%.myshopify.com' order by o.n limit 1
  ));
$function$;

REVOKE ALL ON FUNCTION "public"."shop_of_row"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.shop_of_source (
  s public.sources
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select lower(nullif(btrim(regexp_replace((s).settings ->> 'shop', '^\s*https?://|/.*$', '', 'g')), ''));
$function$;

REVOKE ALL ON FUNCTION "public"."shop_of_source"(public.sources) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.shown_body_bytes()
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select 1024 * 1024;
$function$;

REVOKE ALL ON FUNCTION "public"."shown_body_bytes"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sign_out (
  p_id_hash    text,
  p_request_id text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
declare
  v_session public.staff_sessions;
begin
  select * into v_session from public.staff_sessions s
  where s.id_hash = decode(p_id_hash, 'hex') and s.expires_at > public.now_();
  return found and public.end_session(v_session.staff_id, v_session.id, p_request_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."sign_out"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.single_replay_due (
  p_destination_id bigint
)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  return (
    select d.id from public.deliveries d
    join public.replays r on r.id = d.replay_id
    where d.destination_id = p_destination_id and d.lane = 'replay' and d.status = 'pending'
      and d.due_at <= public.now_()
      and r.kind = 'single'
    order by d.id
    limit 1
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.source_json (
  s       public.sources,
  p_scope text[]
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
      when (s).previous_token_expires_at > public.now_() then public.iso((s).previous_token_expires_at)
    end,
    'settings', (s).settings, 'max_per_minute', (s).max_per_minute,
    'enabled', (s).enabled, 'created_at', public.iso((s).created_at),
    'last_event', (
      select jsonb_build_object(
        'id', 'we_' || e.id, 'event_type', e.event_type, 'received_at', public.iso(e.received_at)
      )
      from public.events e
      -- A range and its order, not an equality: only the source's own index can answer that, also for one without
      -- events.
      where e.source_id between (s).id and (s).id and public.in_scope(p_scope, e.organisation_id)
      order by e.source_id, e.received_at desc, e.id desc
      limit 1
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."source_json"(public.sources, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.staff_member_json (
  u public.staff_users
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'organisations', u.organisations,
    'status', case
      when u.disabled_at is not null then 'disabled'
      when u.password_hash is null and u.last_sign_in_at is null then 'invited'
      else 'active'
    end,
    'created_at', public.iso(u.created_at), 'last_sign_in_at', public.iso(u.last_sign_in_at),
    'disabled_at', public.iso(u.disabled_at),
    'link_expires_at', (
      select public.iso(i.expires_at) from public.staff_invitations i
      where i.staff_id = u.id and i.expires_at > public.now_()
    ),
    'active_tokens', (
      select count(*) from public.api_tokens t
      where t.owner_id = u.id and t.revoked_at is null and t.expires_at > public.now_()
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."staff_member_json"(public.staff_users) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.start_replay (
  p_id         bigint,
  p_limits     jsonb,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_over jsonb;
begin
  -- One at a time: two starts together must not both fit under a limit that allows one.
  perform pg_advisory_xact_lock(hashtextextended('start_replay', 1));
  perform public.lock_replay(p_id);
  if public.replay_name(p_id, p_scope) is null then
    return jsonb_build_object('result', 'not_found');
  end if;

  v_over := public.limit_exceeded(p_id, p_limits);
  if v_over is not null and exists (select from public.replays r where r.id = p_id and r.status = 'draft') then
    return v_over;
  end if;

  update public.replays r set status = 'queued', queued_at = public.now_(),
    next_feed_at = greatest(r.scheduled_at, public.now_())
  where r.id = p_id and r.status = 'draft';
  if not found then
    return jsonb_build_object('result', 'not_a_draft', 'replay', public.get_replay(p_id, p_scope));
  end if;

  perform public.record_staff_action(
    'replay.start', 'wr_' || r.id, jsonb_build_object('reason', r.reason, 'deliveries', r.total, 'skipped', r.skipped),
    p_actor, p_actor_id, p_request_id
  )
  from public.replays r where r.id = p_id;
  perform public.advance_replay(p_id);
  return jsonb_build_object('result', 'started', 'replay', public.get_replay(p_id, p_scope));
end
$function$;

REVOKE ALL ON FUNCTION "public"."start_replay"(bigint, jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.start_session (
  p_staff_id      uuid,
  p_version       integer,
  p_id_hash       text,
  p_address       text,
  p_user_agent    text,
  p_seconds       integer,
  p_request_id    text,
  p_previous_hash text    DEFAULT NULL::text,
  p_method        text    DEFAULT NULL::text
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
declare
  v_staff public.staff_users;
  v_id bigint;
begin
  -- Who enters without it has no use for the invitation's link; another person who has it must not set a password with
  -- it.
  delete from public.staff_invitations i using public.staff_users u
  where i.staff_id = p_staff_id and u.id = p_staff_id and p_method is not null
    and u.last_sign_in_at is null and u.session_version = p_version and u.disabled_at is null;
  update public.staff_users u set last_sign_in_at = public.now_()
  where u.id = p_staff_id and u.session_version = p_version and u.disabled_at is null
  returning * into v_staff;
  if not found then
    return null;
  end if;
  update public.staff_sessions s set ended_at = public.now_(), ended_because = 'replaced'
  where s.id_hash = decode(p_previous_hash, 'hex') and s.ended_at is null;

  insert into public.staff_sessions (id_hash, staff_id, address, network, user_agent, expires_at)
  values (
    decode(p_id_hash, 'hex'), p_staff_id, left(p_address, 64), public.network_of(p_address), left(p_user_agent, 200),
    public.now_() + p_seconds * interval '1 second'
  )
  returning id into v_id;
  perform public.record_staff_action(
    'session.start', v_staff.email,
    jsonb_strip_nulls(jsonb_build_object('session', 'se_' || v_id, 'address', left(p_address, 64), 'method', p_method)),
    v_staff.name, v_staff.id::text, p_request_id
  );
  perform public.forget_old_sessions(p_staff_id);
  return 'se_' || v_id;
end
$function$;

REVOKE ALL ON FUNCTION "public"."start_session"(uuid, integer, text, text, text, integer, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.statistics_of (
  p_scope text[]
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(p_scope, '{""}');
$function$;

REVOKE ALL ON FUNCTION "public"."statistics_of"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.status_condition (
  p_list jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when p_list = '["timeout"]' then t.timed_out
    when p_list ? 'timeout' then format(
      '(%s or %s)', t.timed_out, public.one_of('e.status', 'public.event_status', p_list - 'timeout')
    )
    else public.one_of('e.status', 'public.event_status', p_list)
  end
  from (values
    ('(e.status in (''failed'', ''dead'') and e.last_error_class = ''timeout'')')
  ) as t(timed_out);
$function$;

REVOKE ALL ON FUNCTION "public"."status_condition"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.stop_when_failing (
  r             public.replays,
  p_fed         integer,
  p_in_progress integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_ended integer := (r).succeeded + (r).failed;
  v_canary integer := coalesce(((r).options ->> 'canary')::integer, 0);
  v_threshold numeric := ((r).options ->> 'stopOnFailureRate')::numeric;
  v_trial jsonb;
  v_because text;
begin
  if v_canary > 0 and p_fed between 1 and v_canary then
    v_trial := public.read_trial((r).id);
  end if;
  if v_trial ->> 'state' = 'failed' then
    v_because := format('Trial: %s of %s failed, %s.', v_trial ->> 'failed', v_trial ->> 'size', case
      when v_threshold > 0 then format('the limit is %s %%', round(v_threshold * 100)) else 'none may fail'
    end);
  -- A rate needs something to be a rate of.
  elsif v_ended > 0 and v_ended >= least(10, (r).total - (r).skipped) and (r).failed > v_ended * v_threshold then
    v_because := format('%s of %s items failed, more than %s %%.', (r).failed, v_ended, round(v_threshold * 100));
  end if;
  if v_because is null then
    return false;
  end if;

  perform public.unfeed_items((r).id);
  perform public.end_replay((r).id, 'stopped', 'stopped', v_because);
  return true;
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
  insert into public.event_bodies (event_id, raw_body)
  select v_new[array_position(v_numbers, e.n)], decode(e.body, 'base64')
  from jsonb_to_recordset(p_events) as e(n integer, body text)
  where e.n = any (v_numbers);
  get diagnostics v_bodies = row_count;

  insert into public.events (
    id, provider, event_key, event_key_hash, event_type, source_id, status, trust, parse_status, flags, organisation_id,
    company_id, object_id, replaces_older, livemode, suspected_replay, unsigned_key, body_size, body_sha256,
    fingerprint, rendering, variant_of, payload,
    method, path, headers, content_type, request_id, occurred_at, object_type, customer_id, amount, amount_kind,
    currency, terms
  )
  overriding system value
  select
    v_new[array_position(v_numbers, e.n)], e.provider, e.event_key, b.key_hash, e.event_type, e.source_id,
    case when e.variant_of is null and (p_deliver_suspected or e.n <> all (p_suspected)) and (
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
    e.occurred_at, e.object_type, e.customer_id, e.amount, e.amount_kind, e.currency, array_to_tsvector(e.terms)
  from jsonb_to_recordset(p_events) as e(
    n integer, provider text, event_key text, event_type text, source_id bigint, trust public.trust_level,
    parse_status public.parse_status, flags public.event_flag[], organisation_id text, company_id text, object_id text,
    replaces_older boolean, livemode boolean, unsigned_key boolean, secret_fields text[], body text, shown_body text,
    fingerprint text, rendering text, variant_of bigint, method text, path text, headers jsonb, content_type text,
    request_id text, occurred_at timestamptz, object_type text, customer_id text, amount bigint,
    amount_kind public.amount_kind, currency text, terms text[]
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
  where e.id = any (v_new) and e.variant_of is null and (p_deliver_suspected or not e.suspected_replay);

  return v_new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."store_events"(jsonb, integer[], boolean, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.store_variants (
  p_events jsonb,
  p_other  jsonb
)
  RETURNS integer[]
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_other jsonb;
  v_new bigint[];
  v_again integer[];
begin
  select jsonb_agg(y.event) into v_other
  from (
    select x.event, row_number() over (partition by x.of order by x.n) as place,
      (select count(*) from public.events v where v.variant_of = x.of) as stored
    from (
      -- The same version twice in one batch is one.
      select distinct on (o.of, p.event ->> 'fingerprint') o.n, o.of,
        p.event || jsonb_build_object('variant_of', o.of, 'variant', p.event ->> 'fingerprint') as event
      from jsonb_to_recordset(p_other) as o(n integer, of bigint)
      join jsonb_array_elements(p_events) as p(event) on (p.event ->> 'n')::integer = o.n
      where not exists (
        select from public.events v
        where v.variant_of = o.of and v.fingerprint = decode(p.event ->> 'fingerprint', 'hex')
      )
      order by o.of, p.event ->> 'fingerprint', o.n
    ) x
  ) y
  where y.stored + y.place <= 10;

  v_new := case when v_other is null then '{}' else public.store_events(v_other, '{}', false) end;

  with seen as (
    select o.n, v.id, v.variant_of,
      v.id = any (v_new) and row_number() over (partition by v.id order by o.n) = 1 as is_new
    from jsonb_to_recordset(p_other) as o(n integer, of bigint)
    join jsonb_to_recordset(p_events) as i(n integer, fingerprint text) on i.n = o.n
    join public.events v on v.variant_of = o.of and v.fingerprint = decode(i.fingerprint, 'hex')
  ),
  again as (
    select s.id, s.variant_of, count(*) as times from seen s where not s.is_new group by s.id, s.variant_of
    order by s.id
  ),
  repeated as (
    update public.events v set duplicate_count = v.duplicate_count + a.times from again a where v.id = a.id
    returning v.id
  ),
  corrected as (
    update public.events e set conflict_count = e.conflict_count - a.times
    from (select x.variant_of, sum(x.times) as times from again x group by x.variant_of) a
    where e.id = a.variant_of
    returning e.id
  )
  select coalesce(array_agg(s.n) filter (where not s.is_new), '{}') into v_again from seen s;
  return v_again;
end
$function$;

REVOKE ALL ON FUNCTION "public"."store_variants"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.subscription_of_customer (
  p_customer text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'stripe_subscription_id', s.subscription_id, 'subscription_status', s.status, 'subscription_plan', s.plan,
    'subscription_start_date', s.started_at, 'subscription_ended_at', s.ended_at
  )
  from public.subscriptions s
  where s.stripe_customer_id = p_customer
  order by public.subscription_rank(s.status), s.started_at desc nulls last, s.subscription_id collate "C" desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."subscription_of_customer"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.subscription_rank (
  p_status text
)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(array_position(array[
    'active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'paused', 'canceled', 'incomplete_expired'
  ], p_status), 99);
$function$;

REVOKE ALL ON FUNCTION "public"."subscription_rank"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sum_outcomes (
  p_counts jsonb[]
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select public.outcomes(jsonb_object_agg(o.outcome, o.count))
  from (
    select x.key as outcome, sum(x.value::bigint) as count
    from unnest(p_counts) as c(counts), jsonb_each_text(c.counts) x
    where x.key <> 'success_rate'
    group by x.key
  ) o;
$function$;

CREATE OR REPLACE FUNCTION public.summarise_replay (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select case when public.replay_name(p_id, p_scope) is not null then jsonb_build_object(
    'outcomes', coalesce((
      select jsonb_object_agg(o.outcome, o.count) from (
        select coalesce(i.outcome::text, 'waiting') as outcome, count(*) as count
        from public.replay_items i where i.replay_id = p_id group by 1
      ) o
    ), '{}'),
    'skip_reasons', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select i.skip_reason, count(*) as count from public.replay_items i
        where i.replay_id = p_id and i.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'failures', coalesce((
      select jsonb_agg(jsonb_build_object(
        'error_class', f.error_class, 'http_status', f.http_status, 'message', f.message, 'destination', f.destination,
        'count', f.count
      ) order by f.count desc, f.message)
      from (
        select i.error_class, a.http_status, i.detail as message,
          public.destination_name(t, p_scope) as destination, count(*) as count
        from public.replay_items i
        join public.deliveries d on d.id = i.delivery_id
        join public.destinations t on t.id = d.destination_id
        left join public.attempts a on a.id = i.attempt_id
        where i.replay_id = p_id and i.outcome = 'failed'
        group by 1, 2, 3, 4
        limit 50
      ) f
    ), '[]'),
    'rows_changed', coalesce((
      select sum(jsonb_array_length(jsonb_path_query_array(
        a.changes, '$[*] ? (@.effect == "created" || @.effect == "updated")'
      )))
      from public.replay_items i
      join public.attempts a on a.id = i.attempt_id
      where i.replay_id = p_id and i.outcome = 'changed'
    ), 0)
  ) end;
$function$;

REVOKE ALL ON FUNCTION "public"."summarise_replay"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
  SET jit TO 'off'
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
    from jsonb_to_recordset(p_events) as i(provider text, body text, unsigned_key boolean, equal_bytes text)
    where i.unsigned_key and i.equal_bytes is distinct from 'usual'
    order by 1
  ) k;

  with incoming as (
    select i.n, i.provider, i.source_id, i.event_type, i.event_key, sha256(decode(i.body, 'base64')) as body_sha256,
      coalesce(i.equal_bytes = 'of_type', false) as of_type
    from jsonb_to_recordset(p_events) as i(
      n integer, provider text, source_id bigint, event_type text, event_key text, body text, unsigned_key boolean,
      equal_bytes text
    )
    where i.unsigned_key and i.equal_bytes is distinct from 'usual'
  )
  select coalesce(array_agg(i.n), '{}') into v_suspected
  from (
    -- What was before it in this batch. Windows, not pairs: a request may be a thousand events.
    select x.*, case when x.of_type
      then min(x.event_type) over b <> x.event_type or max(x.event_type) over b <> x.event_type
      else min(x.event_key) over w <> x.event_key or max(x.event_key) over w <> x.event_key
    end as again
    from incoming x
    window w as (
      partition by x.provider, x.source_id, x.body_sha256, x.event_type order by x.n
      rows between unbounded preceding and 1 preceding
    ),
    b as (
      partition by x.provider, x.body_sha256 order by x.n rows between unbounded preceding and 1 preceding
    )
  ) i
  where i.again or exists (
    select from (
      -- By the bytes alone: a plan made while there are no events takes any index that begins with the provider.
      select s.provider, s.source_id, s.event_key, s.event_type, s.received_at from public.events s
      where s.body_sha256 = i.body_sha256 and s.unsigned_key
      offset 0
    ) e
    where e.provider = i.provider and e.event_key <> i.event_key and case when i.of_type
      then e.event_type <> i.event_type
      else e.source_id is not distinct from i.source_id and e.received_at > public.now_() - interval '30 days'
        and (e.event_type = i.event_type or e.received_at < public.now_() - interval '5 hours')
    end
  );
  return v_suspected;
end
$function$;

CREATE OR REPLACE FUNCTION public.tables_of_people()
  RETURNS TABLE (
    table_name  text,
    shop_column text,
    handling    text
  )
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select p.table_name,
    case when p.table_name in ('orders', 'customers') then 'shop' else 'organisation_id' end, min(p.handling)
  from public.personal_columns() p
  where p.handling in ('cleared', 'row') and p.table_name <> 'rejections'
  group by p.table_name;
$function$;

REVOKE ALL ON FUNCTION "public"."tables_of_people"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.take_allowance (
  p_source_id bigint,
  p_wanted    integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '3s'
  AS $function$
declare
  v_ceiling integer;
  v_each interval;
  v_used_until timestamptz;
  v_granted integer;
begin
  select s.max_per_minute into v_ceiling from public.sources s where s.id = p_source_id;
  if v_ceiling is null then
    return jsonb_build_object('granted', p_wanted, 'wait_ms', 0);
  end if;
  v_each := interval '1 minute' / v_ceiling;

  insert into public.source_allowances as a (source_id, used_until) values (p_source_id, public.clock_())
  on conflict (source_id) do update set used_until = greatest(a.used_until, public.clock_())
  returning a.used_until into v_used_until;

  v_granted := least(p_wanted, floor(
    extract(epoch from public.clock_() + interval '1 minute' - v_used_until) / extract(epoch from v_each)
  ))::integer;
  v_granted := greatest(v_granted, 0);
  update public.source_allowances a set used_until = v_used_until + v_granted * v_each where a.source_id = p_source_id;
  return jsonb_build_object('granted', v_granted, 'wait_ms', case when v_granted < p_wanted then
    ceil(extract(epoch from v_each) * 1000)::bigint
  else 0 end);
end
$function$;

REVOKE ALL ON FUNCTION "public"."take_allowance"(bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.take_turn (
  p_who text
)
  RETURNS boolean
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  -- "turn" on a telephone keypad, which no other lock of ours begins with.
  select pg_try_advisory_xact_lock(8876, hashtext(p_who || ' 1'))
    or pg_try_advisory_xact_lock(8876, hashtext(p_who || ' 2'));
$function$;

REVOKE ALL ON FUNCTION "public"."take_turn"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.takes_deliveries (
  t public.destinations
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN ((t).enabled AND ((t).paused_at IS NULL) AND ((t).archived_at IS NULL));

REVOKE ALL ON FUNCTION "public"."takes_deliveries"(public.destinations) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.takes_mode (
  p_destination public.destinations,
  p_livemode    boolean
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN (((p_destination).livemode = 'any'::public.livemode_choice) OR (((p_destination).livemode = 'test'::public.livemode_choice) = (p_livemode IS FALSE)));

CREATE OR REPLACE FUNCTION public.reason_to_skip (
  e              public.events,
  d              public.deliveries,
  t              public.destinations,
  p_options      jsonb,
  p_max_age_days integer,
  p_lost         boolean
)
  RETURNS public.skip_reason
  LANGUAGE sql
  STABLE
RETURN
  (CASE WHEN ((d).status <> ALL (ARRAY['dead'::public.delivery_status, 'delivered'::public.delivery_status, 'cancelled'::public.delivery_status,
  'retrying'::public.delivery_status])) THEN 'in_flight'::text WHEN ((e).received_at < (public.now_() - make_interval(days => p_max_age_days))) THEN 'too_old'::text WHEN
  (NOT public.takes_mode(t, (e).livemode)) THEN 'test_mode'::text WHEN (NOT (t).enabled) THEN 'destination_disabled'::text WHEN ((t).paused_at IS
  NOT NULL) THEN 'destination_paused'::text WHEN (NOT ((p_options ->> 'skipAlreadyApplied'::text))::boolean) THEN NULL::text WHEN
  (((d).status = 'delivered'::public.delivery_status) AND (NOT COALESCE(p_lost, false))) THEN 'already_applied'::text WHEN
  (((t).kind = 'http'::public.destination_kind) AND (e).replaces_older AND ((e).object_id IS
  NOT NULL) AND public.has_newer_state((t).id, (e).provider, (e).object_id, (e).event_type, COALESCE((e).occurred_at, (e).received_at))) THEN 'superseded'::text ELSE NULL::text
  END)::public.skip_reason;

REVOKE ALL ON FUNCTION "public"."reason_to_skip"(public.events, public.deliveries, public.destinations, jsonb, integer, boolean) FROM PUBLIC, "anon", "authenticated";

REVOKE ALL ON FUNCTION "public"."takes_mode"(public.destinations, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.text_of_bytes (
  p_bytes bytea
)
  RETURNS text
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return convert_from(p_bytes, 'UTF8');
exception when others then
  return encode(p_bytes, 'escape');
end
$function$;

REVOKE ALL ON FUNCTION "public"."text_of_bytes"(bytea) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.token_scope (
  t public.api_tokens
)
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.common_scope(
    (t).organisations, (select u.organisations from public.staff_users u where u.id = (t).owner_id)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."token_scope"(public.api_tokens) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.try_destination_now (
  p_id         bigint,
  p_all        boolean,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_result text;
  v_until timestamptz;
begin
  -- One statement decides: of two callers, the second finds the time of the probe in the past.
  update public.destination_health h set probe_at = public.now_()
  from public.destinations t
  where h.destination_id = p_id and t.id = p_id and public.takes_deliveries(t)
    and public.in_scope(p_scope, t.organisation_id) and h.disable_because is null and h.breaker = 'open'
    and h.probe_at > public.now_() and h.throttled_until > public.now_() is not true;
  if not found then
    select case
      when t.kind <> 'http' then 'not_possible'
      when not t.enabled or h.disable_because is not null then 'disabled'
      when t.paused_at is not null then 'paused'
      when coalesce(h.breaker, 'closed') = 'closed' then 'closed'
      when h.throttled_until > public.now_() then 'throttled'
      else 'trying'
    end, h.throttled_until
    into v_result, v_until
    from public.destinations t
    left join public.destination_health h on h.destination_id = t.id
    where t.id = p_id and t.archived_at is null and public.in_scope(p_scope, t.organisation_id);
    return jsonb_build_object('result', coalesce(v_result, 'not_found'), 'until', public.iso(v_until));
  end if;

  -- What is out to try must be due: the oldest, which nothing of its key comes before. What is being changed is
  -- skipped.
  update public.deliveries d set due_at = public.now_()
  where d.id = any (array(
    select x.id from public.deliveries x
    where x.destination_id = p_id and x.status in ('pending', 'retrying') and x.due_at > public.now_()
      and (p_all or x.id = (
        select y.id from public.deliveries y
        where y.destination_id = p_id and y.status in ('pending', 'retrying')
        order by y.lane = 'replay', y.id limit 1
      ))
    order by x.id
    limit public.hold_batch()
    for update skip locked
  ));

  perform public.note_destination(
    p_id, 'try_now', p_actor, p_actor_id, p_request_id, jsonb_build_object('all', p_all)
  );
  return jsonb_build_object('result', 'done');
end
$function$;

REVOKE ALL ON FUNCTION "public"."try_destination_now"(bigint, boolean, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.unfeed_items (
  p_id bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
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
  where e.id in (
    select i.event_id from public.replay_items i where i.replay_id = p_id and i.delivery_id = any (v_waiting)
  )
    and not exists (
      select from public.replay_items i
      where i.replay_id = p_id and i.event_id = e.id and i.fed_at is not null and not i.delivery_id = any (v_waiting)
    );

  update public.replay_items i set fed_at = null, prior_status = null, prior_finished_at = null
  where i.replay_id = p_id and i.delivery_id = any (v_waiting);
end
$function$;

REVOKE ALL ON FUNCTION "public"."unfeed_items"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.update_destination (
  p_id         bigint,
  p_changes    jsonb,
  p_secret     jsonb,
  p_seen       timestamp with time zone,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_old public.destinations;
  v_new public.destinations;
  v_url text;
  v_moves boolean;
begin
  select * into v_old from public.destinations d
  where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id) for no key update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif not v_old.managed then
    return jsonb_build_object('result', 'not_managed');
  elsif p_changes ? 'organisation_id' and not public.in_scope(p_scope, p_changes ->> 'organisation_id') then
    return jsonb_build_object('result', 'beyond_scope');
  elsif v_old.updated_at <> p_seen then
    return jsonb_build_object('result', 'changed_meanwhile', 'destination', public.destination_json(v_old));
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
    livemode = coalesce(r.livemode, d.livemode),
    headers = public.merge_headers(
      case when v_moves then '{}' else d.headers end,
      coalesce(r.headers, case when v_moves then '{}' else d.headers end)
    ),
    secrets = case when v_moves then public.add_secret('[]', p_secret, public.now_()) else d.secrets end,
    timeout_ms = coalesce(r.timeout_ms, d.timeout_ms),
    max_attempts = coalesce(r.max_attempts, d.max_attempts),
    base_delay_ms = coalesce(r.base_delay_ms, d.base_delay_ms),
    backoff_factor = coalesce(r.backoff_factor, d.backoff_factor),
    max_concurrency = coalesce(r.max_concurrency, d.max_concurrency),
    rate_per_second = case when p_changes ? 'rate_per_second' then r.rate_per_second else d.rate_per_second end,
    ordering = coalesce(r.ordering, d.ordering),
    updated_at = public.clock_()
  from jsonb_to_record(p_changes) as r(
    name text, organisation_id text, livemode public.livemode_choice, providers text[], event_types text[],
    headers jsonb, timeout_ms integer,
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
    'result', 'done', 'destination', public.destination_json(v_new), 'new_secret', v_moves
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."update_destination"(bigint, jsonb, jsonb, timestamp WITH time zone, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.update_source (
  p_id         bigint,
  p_change     jsonb,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  s public.sources;
begin
  if p_change ? 'organisation_id' and not public.in_scope(p_scope, p_change ->> 'organisation_id') then
    return case
      when public.get_source(p_id, p_scope) is not null then jsonb_build_object('refused', 'beyond_scope')
    end;
  end if;
  update public.sources x set
    name = coalesce(p_change ->> 'name', x.name),
    organisation_id = case
      when p_change ? 'organisation_id' then p_change ->> 'organisation_id' else x.organisation_id
    end,
    company_id = case when p_change ? 'company_id' then p_change ->> 'company_id' else x.company_id end,
    settings = coalesce(p_change -> 'settings', x.settings),
    max_per_minute = case
      when p_change ? 'max_per_minute' then (p_change ->> 'max_per_minute')::integer else x.max_per_minute
    end,
    enabled = coalesce((p_change ->> 'enabled')::boolean, x.enabled),
    updated_at = public.now_()
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id)
  returning * into s;
  if not found then
    return null;
  end if;
  perform public.note_source('update', s, p_change, p_actor, p_actor_id, p_request_id);
  return public.source_json(s, p_scope);
end
$function$;

REVOKE ALL ON FUNCTION "public"."update_source"(bigint, jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.use_api_token (
  p_token_hash text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
begin
  if exists (
    select from public.api_tokens t
    where t.token_hash = decode(p_token_hash, 'hex') and t.revoked_at is null and t.expires_at > public.now_()
      and (t.last_used_at is null or t.last_used_at < public.now_() - interval '1 minute')
  ) then
    begin
      update public.api_tokens t set last_used_at = public.now_() where t.token_hash = decode(p_token_hash, 'hex');
    exception
      -- A database that takes no writes keeps no user from asking why.
      when read_only_sql_transaction or insufficient_resources then
        null;
    end;
  end if;
  return (
    select public.api_token_json(t) || jsonb_build_object('owner_id', t.owner_id)
    from public.api_tokens t where t.token_hash = decode(p_token_hash, 'hex')
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.use_session (
  p_id_hash text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '5s'
  AS $function$
declare
  v_session record;
begin
  select s.id, s.staff_id, s.last_seen_at into v_session
  from public.staff_sessions s
  where s.id_hash = decode(p_id_hash, 'hex') and s.ended_at is null and s.expires_at > public.now_();
  if not found then
    return null;
  end if;
  if v_session.last_seen_at < public.now_() - interval '5 minutes' then
    begin
      -- Several requests at once write it once: none waits for another's lock.
      update public.staff_sessions s set last_seen_at = public.now_()
      where s.id in (
        select o.id from public.staff_sessions o
        where o.id = v_session.id and o.last_seen_at < public.now_() - interval '5 minutes' for update skip locked
      );
    exception
      -- A database that takes no writes keeps no user from asking why.
      when read_only_sql_transaction or insufficient_resources then
        null;
    end;
  end if;
  return public.get_staff(v_session.staff_id) || jsonb_build_object('session_id', 'se_' || v_session.id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."use_session"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.valid_scope (
  p_scope text[]
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select p_scope is null or cardinality(p_scope) between 1 and 200
    and not exists (select from unnest(p_scope) o where o is null or char_length(o) not between 1 and 255)
    and cardinality(p_scope) = (select count(distinct o) from unnest(p_scope) o);
$function$;

REVOKE ALL ON FUNCTION "public"."valid_scope"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.version_time (
  p_version text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
RETURN "substring"(p_version, '\d{4}-\d\d-\d\dT[^#]*'::text);

REVOKE ALL ON FUNCTION "public"."version_time"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.versions_json (
  p_id         bigint,
  p_variant_of bigint,
  p_scope      text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || v.id, 'is_first', v.variant_of is null, 'status', v.status, 'event_type', v.event_type,
    'body_size', v.body_size, 'body_sha256', encode(v.body_sha256, 'hex'), 'duplicate_count', v.duplicate_count,
    'received_at', public.iso(v.received_at)
  ) order by v.id), '[]')
  from (
    select e.* from public.events e where e.variant_of = coalesce(p_variant_of, p_id)
    union all
    select e.* from public.events e where e.id = p_variant_of
  ) v
  where v.id <> p_id and public.in_scope(p_scope, v.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."versions_json"(bigint, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.wait_of_account (
  p_account text,
  p_now     timestamp with time zone
)
  RETURNS numeric
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(extract(epoch from max(g.booked_at) - p_now) + public.delay_after(count(*)), 0)
  from (
    select o.booked_at from public.sign_in_guesses o
    where o.account = p_account and o.kind = 'password' and not o.is_familiar
      and o.booked_at > p_now - interval '1 hour'
    order by o.booked_at desc limit 20
  ) g;
$function$;

REVOKE ALL ON FUNCTION "public"."wait_of_account"(text, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.wait_of_network (
  p_kind    text,
  p_network text,
  p_now     timestamp with time zone
)
  RETURNS numeric
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce((
    select extract(epoch from g.booked_at + interval '15 minutes' - p_now)
    from public.sign_in_guesses g
    where g.network = p_network and g.kind = p_kind and g.booked_at > p_now - interval '15 minutes'
    order by g.booked_at desc offset 19 limit 1
  ), 0);
$function$;

REVOKE ALL ON FUNCTION "public"."wait_of_network"(text, text, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.wants_event (
  p_destination     public.destinations,
  p_provider        text,
  p_event_type      text,
  p_organisation_id text,
  p_livemode        boolean,
  p_flags           public.event_flag[]
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN
  (((p_destination).archived_at IS NULL) AND ((p_provider = ANY ((p_destination).providers)) OR ('*'::text = ANY ((p_destination).providers))) AND (((p_destination).organisation_id
  IS NULL) OR ((p_destination).organisation_id = p_organisation_id)) AND public.takes_mode(p_destination, p_livemode) AND
  ((p_destination).takes_internal OR ('internal'::public.event_flag <> ALL (COALESCE(p_flags, '{}'::public.event_flag[])))) AND
  (('*'::text = ANY ((p_destination).event_types)) OR (p_event_type = ANY ((p_destination).event_types)) OR ((strpos(array_to_string((p_destination).event_types, ' '::text),
  '.*'::text) > 0) AND public.is_of_family((p_destination).event_types, p_event_type))));

REVOKE ALL ON FUNCTION "public"."wants_event"(public.destinations, text, text, text, boolean, public.event_flag[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.why_not_changed (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object('result', case
    when exists (
      select from public.destinations d
      where d.id = p_id and d.archived_at is null and public.in_scope(p_scope, d.organisation_id)
    ) then 'not_managed'
    else 'not_found'
  end);
$function$;

REVOKE ALL ON FUNCTION "public"."why_not_changed"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.winning_state (
  p_row       jsonb,
  p_change    jsonb,
  p_candidate jsonb
)
  RETURNS TABLE (
    columns   jsonb,
    versions  jsonb,
    undecided jsonb,
    history   jsonb
  )
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select s.newest -> 'values',
    (select jsonb_object_agg(k, s.newest -> 'version') from jsonb_object_keys(s.newest -> 'values') k),
    case when s.newest ->> 'moment' = c.state ->> 'moment' then s.newest -> 'undecided' end,
    h.history
  from (
    select p_change -> 'state' || jsonb_build_object(
      'version', p_change -> 'version', 'values', p_candidate,
      -- What the provider says about the order, and then receipt.
      'moment', coalesce(
        left(p_change ->> 'version', -1 - length(p_change #>> '{event,key}')), p_change ->> 'version'
      ),
      'received', coalesce(p_change #>> '{event,received}', p_change ->> 'version')
    ) as state
  ) c
  cross join lateral (
    select jsonb_agg(x.state order by x.state ->> 'moment' collate "C", x.state ->> 'received' collate "C") as history
    from (
      select y.state from (
        select o as state from jsonb_array_elements(coalesce(nullif(p_row -> 'history', 'null'), '[]')) o
        where o ->> 'version' <> p_change ->> 'version'
        union all
        select c.state
      ) y
      -- The oldest tell nothing any more.
      order by y.state ->> 'moment' collate "C" desc, y.state ->> 'received' collate "C" desc
      limit 12
    ) x
  ) h
  cross join lateral (select public.newest_state(h.history) as newest offset 0) s;
$function$;

REVOKE ALL ON FUNCTION "public"."winning_state"(jsonb, jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.write_rows (
  p_table  text,
  p_writes jsonb[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_columns text;
  v_values text;
  r record;
begin
  for r in
    select (w ->> 'is_new')::boolean as is_new, (w ->> 'is_updated')::boolean as is_updated, w -> 'columns' as columns,
      jsonb_agg(w -> 'row' order by u.n) as rows
    from unnest(p_writes) with ordinality u(w, n)
    where w is not null
    group by 1, 2, 3
  loop
    select string_agg(format('%I', k), ', ' order by k), string_agg(format('r.%I', k), ', ' order by k)
    into v_columns, v_values
    from jsonb_array_elements_text(r.columns) k;
    if r.is_new then
      execute format(
        'insert into public.%1$I (%2$s) select %3$s
         from jsonb_array_elements($1) w cross join lateral jsonb_populate_record(null::public.%1$I, w) r',
        p_table, v_columns, v_values
      ) using r.rows;
    else
      execute format(
        'update public.%1$I t set (%2$s) = row(%3$s)%4$s
         from jsonb_array_elements($1) w cross join lateral jsonb_populate_record(null::public.%1$I, w) r
         where t.id = r.id',
        p_table, v_columns, v_values, case when r.is_updated then ', updated_at = public.now_()' else '' end
      ) using r.rows;
    end if;
  end loop;
end
$function$;

REVOKE ALL ON FUNCTION "public"."write_rows"(text, jsonb[]) FROM PUBLIC, "anon", "authenticated";

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_have_a_role_when_signed" CHECK (((role IS NULL) OR is_signed));

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_may_something" CHECK (((cardinality(scopes) > 0) OR (role IS NOT NULL)));

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_parent_id_fkey" FOREIGN KEY (parent_id) REFERENCES public.api_tokens(id) ON DELETE CASCADE;

ALTER TABLE "public"."event_keys"
  ADD CONSTRAINT "event_keys_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE RESTRICT;

ALTER TABLE "public"."events"
  ADD CONSTRAINT "events_body_size_check" CHECK ((body_size >= 0));

ALTER TABLE "public"."events"
  ADD CONSTRAINT "events_check" CHECK ((((amount IS NULL) = (currency IS NULL)) AND ((amount IS NULL) = (amount_kind IS NULL))));

ALTER TABLE "public"."rejections"
  ADD CONSTRAINT "rejections_event_key_check" CHECK ((octet_length(event_key) <= 1024));

ALTER TABLE "public"."rejections"
  ADD CONSTRAINT "rejections_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE SET NULL;

ALTER TABLE "public"."source_allowances"
  ADD CONSTRAINT "source_allowances_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE CASCADE;

ALTER TABLE "public"."sources"
  ADD CONSTRAINT "sources_max_per_minute_check" CHECK (((max_per_minute >= 1) AND (max_per_minute <= 1000000)));

ALTER TABLE "public"."staff_sessions"
  ADD CONSTRAINT "staff_sessions_staff_id_fkey" FOREIGN KEY (staff_id) REFERENCES public.staff_users(id) ON DELETE CASCADE;

ALTER TABLE "public"."statistics"
  ADD CONSTRAINT "statistics_outcome_check"
    CHECK
    ((outcome = ANY (ARRAY['received'::text, 'duplicate'::text, 'conflict'::text, 'rejected'::text, 'delivered'::text, 'failed'::text, 'dead'::text, 'succeeded'::text,
    'lost'::text])));

ALTER TABLE "public"."statistics"
  ADD CONSTRAINT "statistics_pkey" PRIMARY KEY (organisation_id, minute, PROVIDER, event_type, outcome, shard);

ALTER TABLE "public"."statistics_hours"
  ADD CONSTRAINT "statistics_hours_outcome_check"
    CHECK
    ((outcome = ANY (ARRAY['received'::text, 'duplicate'::text, 'conflict'::text, 'rejected'::text, 'delivered'::text, 'failed'::text, 'dead'::text, 'succeeded'::text,
    'lost'::text])));

ALTER TABLE "public"."statistics_hours"
  ADD CONSTRAINT "statistics_hours_pkey" PRIMARY KEY (organisation_id, hour, PROVIDER, event_type, outcome, shard);

CREATE INDEX api_tokens_of_parent ON public.api_tokens USING btree (parent_id)
  WHERE (parent_id IS NOT NULL);

CREATE INDEX customers_of_shop ON public.customers USING btree (shop);

CREATE INDEX events_newest_in_test_mode ON public.events USING btree (received_at DESC, id DESC)
  WHERE (livemode = false);

CREATE INDEX events_newest_of_customer ON public.events USING btree (customer_id, received_at DESC, id DESC)
  WHERE (customer_id IS NOT NULL);

CREATE INDEX events_newest_suspected ON public.events USING btree (received_at DESC, id DESC)
  WHERE suspected_replay;

CREATE INDEX events_newest_with_conflicts ON public.events USING btree (received_at DESC, id DESC)
  WHERE (conflict_count > 0);

CREATE INDEX events_of_key ON public.events USING btree (PROVIDER, event_key_hash);

CREATE INDEX events_variants ON public.events USING btree (variant_of)
  WHERE (variant_of IS NOT NULL);

CREATE INDEX events_with_bytes ON public.events USING btree (body_sha256)
  WHERE unsigned_key;

CREATE INDEX events_with_terms ON public.events USING gin (terms);

CREATE INDEX orders_of_shop ON public.orders USING btree (shop);

CREATE INDEX privacy_requests_of_shop ON public.privacy_requests USING btree (shop_domain);

CREATE INDEX rejections_newest_of_organisation ON public.rejections USING btree (organisation_id, PROVIDER, received_at DESC)
  WHERE (organisation_id IS NOT NULL);

CREATE INDEX sign_in_guesses_by_age ON public.sign_in_guesses USING btree (booked_at);

CREATE INDEX sign_in_guesses_of_account ON public.sign_in_guesses USING btree (account, booked_at DESC);

CREATE INDEX sign_in_guesses_of_network ON public.sign_in_guesses USING btree (network, booked_at DESC);

CREATE INDEX sign_in_refusals_by_age ON public.sign_in_refusals USING btree (hour);

CREATE INDEX staff_actions_of_organisations ON public.staff_actions USING btree (acted_at DESC, id DESC)
  WHERE (organisations IS NOT NULL);

CREATE INDEX staff_sessions_by_end ON public.staff_sessions USING btree (expires_at);

CREATE INDEX staff_sessions_of_person ON public.staff_sessions USING btree (staff_id, id DESC);

CREATE INDEX subscriptions_of_customer ON public.subscriptions USING btree (stripe_customer_id);

CREATE TRIGGER redact_attempt
  BEFORE UPDATE ON public.attempts
  FOR EACH ROW
  WHEN (((old.status = 'open'::public.attempt_status) AND (new.status <> 'open'::public.attempt_status) AND ((new.changes <> '[]'::jsonb) OR (new.response_body IS NOT NULL))))
  EXECUTE FUNCTION public.redact_attempt();

CREATE TRIGGER redact_customer
  BEFORE INSERT OR UPDATE ON public.customers
  FOR EACH ROW
  EXECUTE FUNCTION public.redact_row();

CREATE TRIGGER delete_event_bodies
  AFTER DELETE ON public.events REFERENCING OLD TABLE AS deleted
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.delete_event_bodies();

CREATE TRIGGER note_event_outcomes
  AFTER UPDATE ON public.events REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.note_event_outcomes();

CREATE TRIGGER redact_arriving_event
  BEFORE INSERT ON public.events
  FOR EACH ROW
  WHEN (((new.provider = 'shopify'::text) OR (new.organisation_id ~~ '%.myshopify.com'::text)))
  EXECUTE FUNCTION public.redact_arriving_event();

CREATE TRIGGER truncate_event_bodies
  AFTER TRUNCATE ON public.events
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.delete_event_bodies();

CREATE TRIGGER note_organisations
  BEFORE INSERT ON public.notices
  FOR EACH ROW
  EXECUTE FUNCTION public.note_organisations();

CREATE TRIGGER redact_order
  BEFORE INSERT OR UPDATE ON public.orders
  FOR EACH ROW
  EXECUTE FUNCTION public.redact_row();

CREATE TRIGGER apply_privacy_request
  AFTER INSERT OR UPDATE ON public.privacy_requests
  FOR EACH ROW
  WHEN (((new.kind = ANY (ARRAY['customers/redact'::text, 'shop/redact'::text])) AND (pg_trigger_depth() = 0)))
  EXECUTE FUNCTION public.apply_privacy_request();

CREATE TRIGGER redact_sms_recipient
  BEFORE INSERT OR UPDATE ON public.sms_recipients
  FOR EACH ROW
  WHEN ((new.organisation_id ~~ '%.myshopify.com'::text))
  EXECUTE FUNCTION public.redact_row();

CREATE TRIGGER note_organisations
  BEFORE INSERT ON public.staff_actions
  FOR EACH ROW
  EXECUTE FUNCTION public.note_organisations();

REVOKE ALL ON FUNCTION "public"."add_statistics"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_statistics"(jsonb) TO "service_role";

REVOKE ALL ON FUNCTION "public"."after_switch"(bigint, text[], boolean, text, jsonb, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."after_switch"(bigint, text[], boolean, text, jsonb, text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."all_in_scope"(text[], text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."all_in_scope"(text[], text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."api_token_json"(public.api_tokens) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."api_token_json"(public.api_tokens) TO "service_role";

REVOKE ALL ON FUNCTION "public"."apply_privacy_request"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."apply_privacy_request"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."apply_to_table"(text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."apply_to_table"(text, jsonb) TO "service_role";

REVOKE ALL ON FUNCTION "public"."archive_destination"(bigint, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."archive_destination"(bigint, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."attempt_json"(public.attempts) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."attempt_json"(public.attempts) TO "service_role";

REVOKE ALL ON FUNCTION "public"."body_of"(bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."body_of"(bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."book_claim"(bigint[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."book_claim"(bigint[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."book_guess"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."book_guess"(text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."capacity_of"(public.destinations, public.destination_health, text, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."capacity_of"(public.destinations, public.destination_health, text, integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."change_staff"(uuid, public.staff_role[], text[], text, text, text, public.staff_role, boolean, boolean, text[], uuid, text, jsonb) FROM PUBLIC;

GRANT EXECUTE
  ON FUNCTION "public"."change_staff"(uuid, public.staff_role[], text[], text, text, text, public.staff_role, boolean, boolean, text[], uuid, text, jsonb)
  TO "service_role";

REVOKE ALL ON FUNCTION "public"."changes_since"(text[], text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."changes_since"(text[], text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."claim_deliveries"(text, integer, integer, integer, integer, public.destination_kind, jsonb, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."claim_deliveries"(text, integer, integer, integer, integer, public.destination_kind, jsonb, bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."clock_"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."clock_"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."clock_shift"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."clock_shift"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."columns_from_before"(text, jsonb, timestamp WITH time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."columns_from_before"(text, jsonb, timestamp WITH time zone) TO "service_role";

REVOKE ALL ON FUNCTION "public"."columns_of_person"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."columns_of_person"(text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."common_scope"(text[], text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."common_scope"(text[], text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."contact_hash"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."contact_hash"(text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."contacts_in"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."contacts_in"(text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."contacts_of"(text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."contacts_of"(text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."control_replay"(bigint, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."control_replay"(bigint, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_by_statistics"(jsonb, text[], timestamp WITH time zone, timestamp WITH time zone, integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_by_statistics"(jsonb, text[], timestamp WITH time zone, timestamp WITH time zone, integer, integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_dead_letters"(text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_dead_letters"(text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_event_types"(jsonb, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_event_types"(jsonb, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_events"(jsonb, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_events"(jsonb, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_refused_sign_in"(text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_refused_sign_in"(text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_running_replays"(text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_running_replays"(text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_selection"(jsonb, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_selection"(jsonb, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."counted_between"(timestamp WITH time zone, timestamp WITH time zone, integer, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."counted_between"(timestamp WITH time zone, timestamp WITH time zone, integer, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."counts_against_endpoint"(public.error_class) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."counts_against_endpoint"(public.error_class) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text[], text[], text, text, text, uuid, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_api_token"(text, text, text, text[], integer, text[], text[], text, text, text, uuid, bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_destination"(jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_destination"(jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_empty_replay"(public.replay_kind, jsonb, jsonb, text, text[], text, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_empty_replay"(public.replay_kind, jsonb, jsonb, text, text[], text, text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_replay"(public.replay_kind, jsonb, jsonb, jsonb, text, text[], text, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_replay"(public.replay_kind, jsonb, jsonb, jsonb, text, text[], text, text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_sample"(bigint, jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_sample"(bigint, jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_source"(jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_source"(jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."dead_letters_json"(bigint, text, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."dead_letters_json"(bigint, text, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."delay_after"(bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delay_after"(bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."delete_event_bodies"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_event_bodies"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."delete_source"(bigint, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_source"(bigint, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."derive_business"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."derive_business"(text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."destination_json"(public.destinations) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."destination_json"(public.destinations) TO "service_role";

REVOKE ALL ON FUNCTION "public"."destination_name"(public.destinations, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."destination_name"(public.destinations, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."disable_destination"(bigint, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."disable_destination"(bigint, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."discard_draft"(bigint, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."discard_draft"(bigint, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."due_deliveries"(bigint, public.delivery_lane, integer, bigint[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."due_deliveries"(bigint, public.delivery_lane, integer, bigint[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."enable_destination"(bigint, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."enable_destination"(bigint, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."end_all_sessions"(uuid, text[], text, text, text, public.staff_role[], uuid) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."end_all_sessions"(uuid, text[], text, text, text, public.staff_role[], uuid) TO "service_role";

REVOKE ALL ON FUNCTION "public"."end_of_chain"(jsonb, jsonb, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."end_of_chain"(jsonb, jsonb, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_session"(uuid, bigint, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_sessions"(uuid, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_branches"(jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_concerned"(public.events, text[], public.privacy_requests) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_for_projection"(public.events, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_neighbours"(bigint, jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_outcome"(public.event_status) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_predicate"(jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_success_rate"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_view_json"(public.event_views) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."events_about"(public.privacy_requests) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."events_json"(bigint[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."events_of_shop"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."every_action_choice"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_by_words"(text[], integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_destination_by_url"(text[], text, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_events"(text, text[], integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_organisations"(text, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_person"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_runnable_events"(jsonb, text[], jsonb, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_guess"(bigint, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_old_guesses"(timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_old_sessions"(uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_destination"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_event"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_replay"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_sealed_destination"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_source"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."has_key"(public.events, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."has_newer_state"(bigint, text, text, text, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."header_of"(jsonb, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hold_of"(public.destinations, public.destination_health) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hold_of_delivery"(public.deliveries, public.destinations, public.destination_health, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hold_within"(public.destinations, public.destination_health, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."in_flight"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."in_scope"(text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."invite_staff"(text, public.staff_role, text[], text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_from_before"(jsonb, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_of_family"(text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_row_lost"(jsonb, jsonb, timestamp WITH time zone, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."last_event_within"(text, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lease_deliveries"(bigint[], text, integer, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lift_sign_in_limit"(text, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."likelier_end"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."link_staff"(uuid, text, public.staff_role[], text[], text, text, text, uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_action_choices"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_actions"(jsonb, integer, text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_api_tokens"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_applied_migrations"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_dead_letter_groups"(integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_dead_letters"(integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_destination_deliveries"(bigint, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_destinations"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_events"(jsonb, integer, text, text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_key_choices"(jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_merchant_events"(jsonb, integer, text, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_missing_events"(jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_notices"(text, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_organisations"(integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_projectable_items"(bigint, integer, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_related_events"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_replay_failures"(bigint, integer, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_replay_items"(bigint, text, integer, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_replays"(jsonb, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_sessions"(uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_sign_in_limits"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_silent_providers"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_sources"(text[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_staff"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_wrong_addresses"(text[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lock_rows"(jsonb, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lost_deliveries"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."maintain_destinations"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."may_probe"(public.destinations, public.destination_health) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."members_of"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."network_of"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."newest_state"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."next_due"(public.destination_kind, bigint[], boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_event_outcomes"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_organisations"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."now_"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_invitation"(text, text, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."organisations_of"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."pace_of"(public.destinations, public.destination_health, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."pause_destination"(bigint, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_budget"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_bytes"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_of"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."people_asked"(text, jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."people_in"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."people_of_event"(public.events, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."people_of_row"(text, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."personal_columns"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."preview_replay"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."privacy_request_json"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."probe_write"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_analytics"(timestamp WITH time zone, timestamp WITH time zone, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_backlog"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_clock"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_condition"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_destination_names"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_event_body"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_event_histogram"(jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_events_of_person"(bigint[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_latency"(timestamp WITH time zone, timestamp WITH time zone, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_nav_counts"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_replay_progress"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_trial"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_waiting"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_waiting_within"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_waits"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reason_to_skip"(public.events, public.deliveries, public.destinations, jsonb, integer, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."received_at_of"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_attempts"(jsonb, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_download"(text, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_refused_sign_in"(text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_rejections"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_senders"(jsonb, text[], integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_signed_token"(text, text, text, text[], timestamp WITH time zone, public.staff_role, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redact_arriving_event"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redact_attempt"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redact_events"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redact_new_event"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redact_row"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redacted_body"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redacted_changes"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."rejection_json"(public.rejections, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."renew_lease"(bigint, bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_json"(public.replays) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_name"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replayed_filter"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reroute_events"(bigint[], boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resolve_events"(bigint[], text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resume_destination"(bigint, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."revoke_api_token"(bigint, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."revoke_tokens"(bigint[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."rotate_destination_secret"(bigint, jsonb, numeric, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."rotate_source"(bigint, text, text, integer, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."row_to_write"(jsonb, jsonb, jsonb, boolean, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."rows_written_by"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."run_expensive"(text, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."said_by"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."scope_condition"(text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."search_everything"(text, text[], integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."see_notices"(text, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."select_events"(jsonb, text[], integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."settle_tokens"(public.staff_users, uuid, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."shop_in_headers"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."shop_of"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."shop_of_row"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."shop_of_source"(public.sources) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."shown_body_bytes"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sign_out"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."source_json"(public.sources, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."staff_member_json"(public.staff_users) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."start_replay"(bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."start_session"(uuid, integer, text, text, text, integer, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."statistics_of"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."status_condition"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."store_events"(jsonb, integer[], boolean, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."store_variants"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."subscription_of_customer"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."subscription_rank"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."summarise_replay"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."tables_of_people"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_allowance"(bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_turn"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."takes_deliveries"(public.destinations) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."takes_mode"(public.destinations, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."text_of_bytes"(bytea) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."token_scope"(public.api_tokens) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."try_destination_now"(bigint, boolean, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."unfeed_items"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."update_destination"(bigint, jsonb, jsonb, timestamp WITH time zone, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."update_source"(bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."use_session"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."valid_scope"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."version_time"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."versions_json"(bigint, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wait_of_account"(text, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wait_of_network"(text, text, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wants_event"(public.destinations, text, text, text, boolean, public.event_flag[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."why_not_changed"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."winning_state"(jsonb, jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."write_rows"(text, jsonb[]) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sign_in_guesses_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sign_in_guesses_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sms_log_recipients_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sms_log_recipients_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."staff_sessions_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."staff_sessions_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."subscriptions_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."subscriptions_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."event_bodies" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_bodies" TO "service_role";

REVOKE ALL ON TABLE "public"."event_keys" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_keys" TO "service_role";

REVOKE ALL ON TABLE "public"."sender_networks" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sender_networks" TO "service_role";

REVOKE ALL ON TABLE "public"."sign_in_guesses" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sign_in_guesses" TO "service_role";

REVOKE ALL ON TABLE "public"."sign_in_refusals" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sign_in_refusals" TO "service_role";

REVOKE ALL ON TABLE "public"."sms_log_recipients" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sms_log_recipients" TO "service_role";

REVOKE ALL ON TABLE "public"."source_allowances" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."source_allowances" TO "service_role";

REVOKE ALL ON TABLE "public"."staff_sessions" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."staff_sessions" TO "service_role";

REVOKE ALL ON TABLE "public"."subscriptions" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."subscriptions" TO "service_role";

REVOKE ALL ON TABLE "public"."write_probe" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."write_probe" TO "service_role";

ALTER TABLE "public"."privacy_requests"
  ADD COLUMN "people" text[] GENERATED ALWAYS AS (public.people_asked(customer_id, order_ids, contact_hashes)) STORED;

ALTER TABLE "public"."sender_networks"
  ADD COLUMN "seen_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX sender_networks_by_age ON public.sender_networks USING btree (seen_at);

ALTER TABLE "public"."sms_log_recipients"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."sms_log_recipients"
  ADD COLUMN "updated_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."staff_sessions"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."staff_sessions"
  ADD COLUMN "last_seen_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."subscriptions"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."subscriptions"
  ADD COLUMN "updated_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."api_tokens"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."attempts"
  ALTER COLUMN "started_at" SET DEFAULT public.now_();

ALTER TABLE "public"."audit_logs"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."audit_logs"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."businesses"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."businesses"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."call_logs"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."call_logs"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."campaigns"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."campaigns"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."customers"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."customers"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."deliveries"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."deliveries"
  ALTER COLUMN "due_at" SET DEFAULT public.now_();

ALTER TABLE "public"."destinations"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."destinations"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."event_views"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."events"
  ALTER COLUMN "received_at" SET DEFAULT public.now_();

ALTER TABLE "public"."leads"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."leads"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."messages"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."messages"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."notices"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."orders"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."orders"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."privacy_requests"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."privacy_requests"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."rejections"
  ALTER COLUMN "received_at" SET DEFAULT public.now_();

ALTER TABLE "public"."replays"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."replays"
  ALTER COLUMN "next_feed_at" SET DEFAULT public.now_();

ALTER TABLE "public"."replays"
  ALTER COLUMN "scheduled_at" SET DEFAULT public.now_();

ALTER TABLE "public"."sms_logs"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."sms_logs"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."sms_recipients"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."sms_recipients"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."sources"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."sources"
  ALTER COLUMN "updated_at" SET DEFAULT public.now_();

ALTER TABLE "public"."staff_actions"
  ALTER COLUMN "acted_at" SET DEFAULT public.now_();

ALTER TABLE "public"."staff_invitations"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."staff_users"
  ALTER COLUMN "created_at" SET DEFAULT public.now_();

ALTER TABLE "public"."api_tokens"
  ADD CONSTRAINT "api_tokens_organisations_check" CHECK (public.valid_scope(organisations));

ALTER TABLE "public"."staff_users"
  ADD CONSTRAINT "staff_users_organisations_check" CHECK (public.valid_scope(organisations));

CREATE INDEX events_of_shop ON public.events USING btree (public.shop_in_headers(headers), id)
  WHERE (PROVIDER = 'shopify'::text);

CREATE INDEX privacy_requests_of_person ON public.privacy_requests USING gin (people);

-- Moved: events that are stored already are known by their keys.
INSERT INTO "public"."event_keys" ("provider", "key_hash", "source_id", "event_id")
SELECT e."provider", e."event_key_hash", e."source_id", e."id" FROM "public"."events" e
ON CONFLICT DO NOTHING;

-- Moved: the bytes of events that are stored already.
INSERT INTO "public"."event_bodies" ("event_id", "raw_body")
SELECT e."id", e."raw_body" FROM "public"."events" e ORDER BY e."id";

ALTER TABLE "public"."events"
  DROP COLUMN "raw_body";

-- Moved: the subscription that each business has becomes a row of its own, with the version that it has.
INSERT INTO "public"."subscriptions" (
  "subscription_id", "stripe_customer_id", "status", "plan", "started_at", "ended_at", "versions", "history",
  "created_at", "updated_at"
)
SELECT b."stripe_subscription_id", b."stripe_customer_id", b."subscription_status", b."subscription_plan",
  b."subscription_start_date", b."subscription_ended_at",
  (SELECT jsonb_object_agg(c, v."version") FROM jsonb_object_keys(v."values") c),
  -- Of a version the event's key is the end: see versionOf in lib/providers/provider.ts.
  jsonb_build_array(jsonb_build_object(
    'version', v."version", 'moment', coalesce(substring(v."version" FROM '^[^#]*#[^#]*'), ''), 'received', '',
    'values', v."values"
  )), b."created_at", b."updated_at"
FROM "public"."businesses" b
CROSS JOIN LATERAL (
  SELECT coalesce(b."versions" ->> 'subscription_status', '') AS "version", jsonb_build_object(
    'stripe_customer_id', b."stripe_customer_id", 'status', b."subscription_status", 'plan', b."subscription_plan",
    'started_at', b."subscription_start_date", 'ended_at', b."subscription_ended_at"
  ) AS "values"
) v
WHERE b."stripe_subscription_id" IS NOT NULL
ON CONFLICT DO NOTHING;

-- Moved: the shop of rows that are stored already, as the events that wrote them name it.
UPDATE "public"."orders" o SET "shop" = public.shop_of_row(to_jsonb(o));

UPDATE "public"."customers" c SET "shop" = public.shop_of_row(to_jsonb(c));

CREATE TEMPORARY TABLE "row_shops" ON COMMIT DROP AS
SELECT DISTINCT c.change ->> 'table' AS "table", c.change -> 'key' AS "key", public.shop_in_headers(e."headers") AS "shop"
FROM "public"."events" e
JOIN "public"."deliveries" d ON d."event_id" = e."id"
JOIN "public"."attempts" a ON a."delivery_id" = d."id"
CROSS JOIN LATERAL jsonb_array_elements(a."changes") AS c(change)
WHERE e."provider" = 'shopify' AND c.change ->> 'table' IN ('orders', 'customers');

UPDATE "public"."orders" o SET "shop" = s."shop" FROM "row_shops" s
WHERE o."shop" IS NULL AND s."table" = 'orders' AND s."key" = jsonb_build_object(
  'organisation_id', o."organisation_id", 'company_id', o."company_id", 'order_id', o."order_id");

UPDATE "public"."customers" c SET "shop" = s."shop" FROM "row_shops" s
WHERE c."shop" IS NULL AND s."table" = 'customers' AND s."key" = jsonb_build_object(
  'organisation_id', c."organisation_id", 'company_id', c."company_id", 'customer_id', c."customer_id");

-- Moved: other bytes under the key of an event are events of their own.
INSERT INTO "public"."event_keys" ("provider", "key_hash", "source_id", "variant", "event_id")
SELECT e."provider", e."event_key_hash", e."source_id", encode(sha256(c."raw_body"), 'hex'), c."variant_id"
FROM "public"."event_conflicts" c JOIN "public"."events" e ON e."id" = c."event_id" ORDER BY c."id"
ON CONFLICT DO NOTHING;

INSERT INTO "public"."event_bodies" ("event_id", "raw_body")
SELECT c."variant_id", c."raw_body" FROM "public"."event_conflicts" c
WHERE EXISTS (SELECT FROM "public"."event_keys" k WHERE k."event_id" = c."variant_id");

INSERT INTO "public"."events" (
  "id", "provider", "event_key", "event_key_hash", "event_type", "source_id", "status", "trust", "parse_status",
  "organisation_id", "company_id", "object_id", "replaces_older", "livemode", "unsigned_key", "body_size", "body_sha256",
  "fingerprint", "variant_of", "payload", "method", "path", "headers", "content_type", "occurred_at", "received_at"
)
OVERRIDING SYSTEM VALUE
SELECT
  c."variant_id", e."provider", e."event_key", e."event_key_hash", e."event_type", e."source_id", 'ignored', e."trust",
  e."parse_status", e."organisation_id", e."company_id", e."object_id", e."replaces_older", e."livemode",
  e."unsigned_key", octet_length(c."raw_body"), sha256(c."raw_body"), sha256(c."raw_body"), e."id",
  CASE WHEN e."trust" = 'signed' THEN "public"."payload_or_null"(c."raw_body") END, e."method", e."path", c."headers",
  e."content_type", e."occurred_at", c."received_at"
FROM "public"."event_conflicts" c JOIN "public"."events" e ON e."id" = c."event_id"
WHERE EXISTS (SELECT FROM "public"."event_keys" k WHERE k."event_id" = c."variant_id")
ORDER BY c."id";

DROP TABLE "public"."event_conflicts";
