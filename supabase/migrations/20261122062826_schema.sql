-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE TABLE "public"."attempts" (
  "id"          bigint  GENERATED ALWAYS AS IDENTITY NOT NULL,
  "delivery_id" bigint  NOT NULL,
  "number"      integer NOT NULL,
  CONSTRAINT "attempts_numbered_per_delivery" UNIQUE (delivery_id, number),
  CONSTRAINT "attempts_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."attempts"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."attempts" FROM "anon", "authenticated";

CREATE TABLE "public"."audit_logs" (
  "id"           bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "source_event" text                     NOT NULL,
  "action"       text                     NOT NULL,
  "details"      jsonb                    NOT NULL,
  "versions"     jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"   timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"   timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "audit_logs_pkey" PRIMARY KEY (id),
  CONSTRAINT "audit_logs_source_event_key" UNIQUE (source_event)
);

ALTER TABLE "public"."audit_logs"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."audit_logs" FROM "anon", "authenticated";

CREATE TABLE "public"."businesses" (
  "id"                      bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "stripe_customer_id"      text                     NOT NULL,
  "stripe_subscription_id"  text,
  "subscription_status"     text,
  "subscription_plan"       text,
  "subscription_start_date" timestamp with time zone,
  "subscription_ended_at"   timestamp with time zone,
  "last_payment_date"       timestamp with time zone,
  "versions"                jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"              timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"              timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "businesses_pkey" PRIMARY KEY (id),
  CONSTRAINT "businesses_stripe_customer_id_key" UNIQUE (stripe_customer_id)
);

ALTER TABLE "public"."businesses"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."businesses" FROM "anon", "authenticated";

CREATE TABLE "public"."call_logs" (
  "id"             bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "call_id"        text                     NOT NULL,
  "business_id"    text,
  "customer_phone" text,
  "business_phone" text,
  "call_type"      text,
  "status"         text,
  "started_at"     timestamp with time zone,
  "answered_at"    timestamp with time zone,
  "ended_at"       timestamp with time zone,
  "hangup_cause"   text,
  "versions"       jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"     timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"     timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "call_logs_call_id_key" UNIQUE (call_id),
  CONSTRAINT "call_logs_call_type_check" CHECK ((call_type = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
  CONSTRAINT "call_logs_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."call_logs"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."call_logs" FROM "anon", "authenticated";

CREATE TABLE "public"."deliveries" (
  "id"             bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "event_id"       bigint NOT NULL,
  "destination_id" bigint NOT NULL,
  CONSTRAINT "deliveries_one_per_event_and_destination" UNIQUE (event_id, destination_id),
  CONSTRAINT "deliveries_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."deliveries"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."deliveries"
  SET (autovacuum_vacuum_scale_factor=0.02, fillfactor=80);

REVOKE ALL ON TABLE "public"."deliveries" FROM "anon", "authenticated";

CREATE TABLE "public"."destinations" (
  "id"   bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "slug" text   NOT NULL,
  "name" text   NOT NULL,
  CONSTRAINT "destinations_pkey" PRIMARY KEY (id),
  CONSTRAINT "destinations_slug_check" CHECK ((slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
  CONSTRAINT "destinations_slug_key" UNIQUE (slug)
);

ALTER TABLE "public"."destinations"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."destinations" FROM "anon", "authenticated";

CREATE TABLE "public"."event_conflicts" (
  "id"          bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "event_id"    bigint                   NOT NULL,
  "raw_body"    bytea                    NOT NULL,
  "headers"     jsonb                    NOT NULL,
  "received_at" timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "event_conflicts_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."event_conflicts"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_conflicts" FROM "anon", "authenticated";

CREATE TABLE "public"."events" (
  "id"             bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"       text   NOT NULL,
  "event_key"      text   NOT NULL,
  "event_key_hash" bytea  NOT NULL,
  "event_type"     text   NOT NULL,
  CONSTRAINT "events_event_key_check" CHECK (((octet_length(event_key) >= 1) AND (octet_length(event_key) <= 1024))),
  CONSTRAINT "events_event_type_check" CHECK ((char_length(event_type) <= 255)),
  CONSTRAINT "events_one_per_provider_and_key" UNIQUE (PROVIDER, event_key_hash),
  CONSTRAINT "events_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."events"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."events" FROM "anon", "authenticated";

CREATE TABLE "public"."notices" (
  "id"         bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "actor_id"   text                     NOT NULL,
  "subject"    text                     NOT NULL,
  "message"    text                     NOT NULL,
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "seen_at"    timestamp with time zone,
  CONSTRAINT "notices_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."notices"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."notices" FROM "anon", "authenticated";

CREATE TABLE "public"."rejections" (
  "id"       bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider" text   NOT NULL,
  CONSTRAINT "rejections_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."rejections"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."rejections" FROM "anon", "authenticated";

CREATE TABLE "public"."replay_items" (
  "replay_id"       bigint                   NOT NULL,
  "position"        integer                  NOT NULL,
  "event_id"        bigint                   NOT NULL,
  "delivery_id"     bigint                   NOT NULL,
  "organisation_id" text,
  "ordering_key"    text                     NOT NULL,
  "fed_at"          timestamp with time zone,
  CONSTRAINT "replay_items_each_delivery_once" UNIQUE (replay_id, delivery_id),
  CONSTRAINT "replay_items_pkey" PRIMARY KEY (replay_id, "position")
);

ALTER TABLE "public"."replay_items"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."replay_items" FROM "anon", "authenticated";

CREATE TABLE "public"."replays" (
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  CONSTRAINT "replays_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."replays"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."replays" FROM "anon", "authenticated";

CREATE TABLE "public"."sign_in_failures" (
  "id"        bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "email"     text                     NOT NULL,
  "ip"        text                     NOT NULL,
  "failed_at" timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "sign_in_failures_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."sign_in_failures"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sign_in_failures" FROM "anon", "authenticated";

CREATE TABLE "public"."sms_logs" (
  "id"             bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "message_id"     text                     NOT NULL,
  "business_id"    text,
  "customer_phone" text,
  "business_phone" text,
  "message_type"   text,
  "content"        text,
  "status"         text,
  "received_at"    timestamp with time zone,
  "sent_at"        timestamp with time zone,
  "finalized_at"   timestamp with time zone,
  "error"          text,
  "versions"       jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "created_at"     timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at"     timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "sms_logs_message_id_key" UNIQUE (message_id),
  CONSTRAINT "sms_logs_message_type_check" CHECK ((message_type = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
  CONSTRAINT "sms_logs_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."sms_logs"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."sms_logs" FROM "anon", "authenticated";

CREATE TABLE "public"."staff_actions" (
  "id"         bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "actor"      text                     NOT NULL,
  "actor_id"   text                     NOT NULL,
  "action"     text                     NOT NULL,
  "subject"    text                     NOT NULL,
  "details"    jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "request_id" text,
  "acted_at"   timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT "staff_actions_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."staff_actions"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."staff_actions" FROM "anon", "authenticated";

CREATE TABLE "public"."staff_users" (
  "id"    uuid NOT NULL DEFAULT gen_random_uuid(),
  "email" text NOT NULL,
  "name"  text NOT NULL,
  CONSTRAINT "staff_users_email_check" CHECK ((email = lower(email))),
  CONSTRAINT "staff_users_one_per_email" UNIQUE (email),
  CONSTRAINT "staff_users_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."staff_users"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."staff_users" FROM "anon", "authenticated";

CREATE TABLE "public"."statistics" (
  "minute"      timestamp with time zone NOT NULL,
  "provider"    text                     NOT NULL,
  "event_type"  text                     NOT NULL,
  "outcome"     text                     NOT NULL,
  "shard"       smallint                 NOT NULL,
  "count"       bigint                   NOT NULL,
  "duration_ms" bigint                   NOT NULL DEFAULT 0,
  CONSTRAINT "statistics_outcome_check"
    CHECK ((outcome = ANY (ARRAY['received'::text, 'duplicate'::text, 'conflict'::text, 'rejected'::text, 'delivered'::text, 'failed'::text, 'dead'::text]))),
  CONSTRAINT "statistics_pkey" PRIMARY KEY (minute, PROVIDER, event_type, outcome, shard)
);

ALTER TABLE "public"."statistics"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."statistics" FROM "anon", "authenticated";

REVOKE ALL ON SEQUENCE "public"."attempts_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."attempts_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."audit_logs_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."audit_logs_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."businesses_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."businesses_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."call_logs_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."call_logs_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."deliveries_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."deliveries_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."destinations_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."destinations_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."event_conflicts_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."event_conflicts_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."events_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."events_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."notices_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."notices_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."rejections_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."rejections_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."replays_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."replays_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."sign_in_failures_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sign_in_failures_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."sms_logs_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."sms_logs_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."staff_actions_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."staff_actions_id_seq" FROM "authenticated";

CREATE TYPE "public"."attempt_status" AS ENUM (
  'open',
  'succeeded',
  'failed',
  'lease_expired'
);

ALTER TABLE "public"."attempts"
  ADD COLUMN "status" public.attempt_status NOT NULL DEFAULT 'open'::public.attempt_status;

ALTER TABLE "public"."attempts"
  ADD COLUMN "fence" bigint NOT NULL;

ALTER TABLE "public"."attempts"
  ADD COLUMN "worker" text NOT NULL;

ALTER TABLE "public"."attempts"
  ADD COLUMN "replay_id" bigint;

ALTER TABLE "public"."attempts"
  ADD COLUMN "started_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."attempts"
  ADD COLUMN "finished_at" timestamp WITH time zone;

ALTER TABLE "public"."attempts"
  ADD COLUMN "duration_ms" integer;

ALTER TABLE "public"."attempts"
  ADD COLUMN "http_status" integer;

CREATE TYPE "public"."change_effect" AS ENUM (
  'created',
  'updated',
  'unchanged',
  'superseded'
);

CREATE TYPE "public"."delivery_lane" AS ENUM (
  'live',
  'replay'
);

CREATE TYPE "public"."delivery_status" AS ENUM (
  'pending',
  'claimed',
  'retrying',
  'held',
  'delivered',
  'dead',
  'cancelled'
);

ALTER TABLE "public"."deliveries"
  ADD COLUMN "status" public.delivery_status NOT NULL DEFAULT 'pending'::public.delivery_status;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "lane" public.delivery_lane NOT NULL DEFAULT 'live'::public.delivery_lane;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "due_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."deliveries"
  ADD COLUMN "attempt_count" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "tries" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "fence" bigint NOT NULL DEFAULT 0;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "lease_until" timestamp WITH time zone;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "worker" text;

ALTER TABLE "public"."replay_items"
  ADD COLUMN "prior_status" public.delivery_status;

ALTER TABLE "public"."replay_items"
  ADD COLUMN "prior_finished_at" timestamp WITH time zone;

CREATE TYPE "public"."destination_kind" AS ENUM (
  'tables',
  'http'
);

ALTER TABLE "public"."destinations"
  ADD COLUMN "kind" public.destination_kind NOT NULL;

ALTER TABLE "public"."destinations"
  ADD COLUMN "providers" text[] NOT NULL;

ALTER TABLE "public"."destinations"
  ADD COLUMN "event_types" text[] NOT NULL DEFAULT '{*}'::text[];

ALTER TABLE "public"."destinations"
  ADD COLUMN "url" text;

ALTER TABLE "public"."destinations"
  ADD COLUMN "timeout_ms" integer NOT NULL DEFAULT 15000;

ALTER TABLE "public"."destinations"
  ADD COLUMN "max_attempts" integer NOT NULL DEFAULT 4;

ALTER TABLE "public"."destinations"
  ADD COLUMN "base_delay_ms" integer NOT NULL DEFAULT 1000;

ALTER TABLE "public"."destinations"
  ADD COLUMN "backoff_factor" numeric NOT NULL DEFAULT 2;

ALTER TABLE "public"."destinations"
  ADD COLUMN "max_concurrency" integer NOT NULL DEFAULT 16;

ALTER TABLE "public"."destinations"
  ADD COLUMN "enabled" boolean NOT NULL DEFAULT true;

ALTER TABLE "public"."destinations"
  ADD COLUMN "paused_at" timestamp WITH time zone;

ALTER TABLE "public"."destinations"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."destinations"
  ADD COLUMN "updated_at" timestamp WITH time zone NOT NULL DEFAULT now();

CREATE TYPE "public"."error_class" AS ENUM (
  'timeout',
  'connection_refused',
  'connection_reset',
  'dns',
  'tls',
  'http_4xx',
  'http_401',
  'http_422',
  'http_429',
  'http_5xx',
  'redirect',
  'response_too_large',
  'blocked_address',
  'invalid_payload',
  'constraint',
  'handler_error',
  'lease_expired'
);

ALTER TABLE "public"."attempts"
  ADD COLUMN "error_class" public.error_class;

ALTER TABLE "public"."attempts"
  ADD COLUMN "error" text;

ALTER TABLE "public"."attempts"
  ADD COLUMN "response_headers" jsonb;

ALTER TABLE "public"."attempts"
  ADD COLUMN "response_body" bytea;

ALTER TABLE "public"."attempts"
  ADD COLUMN "response_truncated" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."attempts"
  ADD COLUMN "retry_at" timestamp WITH time zone;

ALTER TABLE "public"."attempts"
  ADD COLUMN "changes" jsonb NOT NULL DEFAULT '[]'::jsonb;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "last_error_class" public.error_class;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "last_error" text;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "last_http_status" integer;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "replay_id" bigint;

ALTER TABLE "public"."deliveries"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."deliveries"
  ADD COLUMN "finished_at" timestamp WITH time zone;

CREATE TYPE "public"."event_status" AS ENUM (
  'received',
  'processing',
  'processed',
  'failed',
  'dead',
  'replayed',
  'resolved',
  'ignored'
);

ALTER TABLE "public"."events"
  ADD COLUMN "status" public.event_status NOT NULL DEFAULT 'received'::public.event_status;

CREATE TYPE "public"."parse_status" AS ENUM (
  'ok',
  'empty',
  'not_json',
  'invalid_json',
  'invalid_utf8',
  'too_large',
  'too_deep',
  'nul_character',
  'lone_surrogate',
  'giant_number'
);

CREATE TYPE "public"."rejection_reason" AS ENUM (
  'unsigned',
  'bad_signature',
  'stale',
  'malformed',
  'too_large',
  'not_configured'
);

ALTER TABLE "public"."rejections"
  ADD COLUMN "reason" public.rejection_reason NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "detail" text NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "status_code" integer NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "method" text NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "path" text NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "headers" jsonb NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "body" bytea NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "body_size" integer NOT NULL;

ALTER TABLE "public"."rejections"
  ADD COLUMN "request_id" text;

ALTER TABLE "public"."rejections"
  ADD COLUMN "received_at" timestamp WITH time zone NOT NULL DEFAULT now();

CREATE TYPE "public"."replay_kind" AS ENUM (
  'single',
  'keys',
  'query',
  'criteria',
  'failures'
);

ALTER TABLE "public"."replays"
  ADD COLUMN "kind" public.replay_kind NOT NULL;

CREATE TYPE "public"."replay_outcome" AS ENUM (
  'changed',
  'already_correct',
  'superseded',
  'delivered',
  'failed',
  'skipped'
);

ALTER TABLE "public"."replay_items"
  ADD COLUMN "outcome" public.replay_outcome;

CREATE TYPE "public"."replay_status" AS ENUM (
  'draft',
  'queued',
  'running',
  'paused',
  'completed',
  'stopped',
  'cancelled'
);

ALTER TABLE "public"."replays"
  ADD COLUMN "status" public.replay_status NOT NULL DEFAULT 'draft'::public.replay_status;

ALTER TABLE "public"."replays"
  ADD COLUMN "reason" text NOT NULL;

ALTER TABLE "public"."replays"
  ADD COLUMN "actor" text NOT NULL;

ALTER TABLE "public"."replays"
  ADD COLUMN "actor_id" text NOT NULL;

ALTER TABLE "public"."replays"
  ADD COLUMN "request_id" text;

ALTER TABLE "public"."replays"
  ADD COLUMN "idempotency_key" text;

ALTER TABLE "public"."replays"
  ADD COLUMN "options" jsonb NOT NULL;

ALTER TABLE "public"."replays"
  ADD COLUMN "selection" jsonb NOT NULL;

ALTER TABLE "public"."replays"
  ADD COLUMN "matched" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."replays"
  ADD COLUMN "total" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."replays"
  ADD COLUMN "succeeded" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."replays"
  ADD COLUMN "failed" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."replays"
  ADD COLUMN "skipped" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."replays"
  ADD COLUMN "scheduled_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."replays"
  ADD COLUMN "next_feed_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."replays"
  ADD COLUMN "stopped_because" text;

ALTER TABLE "public"."replays"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."replays"
  ADD COLUMN "queued_at" timestamp WITH time zone;

ALTER TABLE "public"."replays"
  ADD COLUMN "started_at" timestamp WITH time zone;

ALTER TABLE "public"."replays"
  ADD COLUMN "completed_at" timestamp WITH time zone;

CREATE TYPE "public"."skip_reason" AS ENUM (
  'already_applied',
  'superseded',
  'too_old',
  'destination_paused',
  'destination_disabled',
  'in_flight',
  'predecessor_failed',
  'stopped',
  'cancelled'
);

ALTER TABLE "public"."replay_items"
  ADD COLUMN "skip_reason" public.skip_reason;

ALTER TABLE "public"."replay_items"
  ADD COLUMN "attempt_id" bigint;

ALTER TABLE "public"."replay_items"
  ADD COLUMN "error_class" public.error_class;

ALTER TABLE "public"."replay_items"
  ADD COLUMN "detail" text;

ALTER TABLE "public"."replay_items"
  ADD COLUMN "finished_at" timestamp WITH time zone;

CREATE TYPE "public"."staff_role" AS ENUM (
  'viewer',
  'support',
  'admin'
);

ALTER TABLE "public"."staff_users"
  ADD COLUMN "role" public.staff_role NOT NULL;

ALTER TABLE "public"."staff_users"
  ADD COLUMN "password_hash" text;

ALTER TABLE "public"."staff_users"
  ADD COLUMN "disabled_at" timestamp WITH time zone;

ALTER TABLE "public"."staff_users"
  ADD COLUMN "session_version" integer NOT NULL DEFAULT 1;

ALTER TABLE "public"."staff_users"
  ADD COLUMN "last_sign_in_at" timestamp WITH time zone;

ALTER TABLE "public"."staff_users"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT now();

CREATE TYPE "public"."trust_level" AS ENUM (
  'signed',
  'token',
  'unsigned'
);

ALTER TABLE "public"."events"
  ADD COLUMN "trust" public.trust_level NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "parse_status" public.parse_status NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "organisation_id" text;

ALTER TABLE "public"."events"
  ADD COLUMN "company_id" text;

ALTER TABLE "public"."events"
  ADD COLUMN "object_id" text;

ALTER TABLE "public"."events"
  ADD COLUMN "replaces_older" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."events"
  ADD COLUMN "livemode" boolean;

ALTER TABLE "public"."events"
  ADD COLUMN "raw_body" bytea NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "body_sha256" bytea NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "fingerprint" bytea NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "payload" jsonb;

ALTER TABLE "public"."events"
  ADD COLUMN "method" text NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "path" text NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "headers" jsonb NOT NULL;

ALTER TABLE "public"."events"
  ADD COLUMN "content_type" text;

ALTER TABLE "public"."events"
  ADD COLUMN "request_id" text;

ALTER TABLE "public"."events"
  ADD COLUMN "occurred_at" timestamp WITH time zone;

ALTER TABLE "public"."events"
  ADD COLUMN "received_at" timestamp WITH time zone NOT NULL DEFAULT now();

ALTER TABLE "public"."events"
  ADD COLUMN "processed_at" timestamp WITH time zone;

ALTER TABLE "public"."events"
  ADD COLUMN "duplicate_count" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."events"
  ADD COLUMN "conflict_count" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."events"
  ADD COLUMN "replay_count" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."events"
  ADD COLUMN "attempt_count" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."events"
  ADD COLUMN "last_error_class" public.error_class;

ALTER TABLE "public"."events"
  ADD COLUMN "last_error" text;

CREATE OR REPLACE FUNCTION public.accept_events (
  p_events jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
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
        select from public.destinations d where public.wants_event(d, e.provider, e.event_type)
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

  insert into public.deliveries (event_id, destination_id, status)
  select e.id, d.id, case when d.paused_at is null then 'pending' else 'held' end::public.delivery_status
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type)
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

REVOKE ALL ON FUNCTION "public"."accept_events"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_statistics (
  p_counts jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.statistics as s (minute, provider, event_type, outcome, shard, count, duration_ms)
  select date_trunc('minute', now()), c.provider, c.event_type, c.outcome, (pg_backend_pid() % 16)::smallint, sum(c.count),
    coalesce(sum(c.duration_ms), 0)
  from jsonb_to_recordset(p_counts) as c(provider text, event_type text, outcome text, count bigint, duration_ms bigint)
  group by c.provider, c.event_type, c.outcome
  -- Sorted: two transactions that share rows lock them in the same order.
  order by c.provider, c.event_type, c.outcome
  on conflict (minute, provider, event_type, outcome, shard) do update
    set count = s.count + excluded.count, duration_ms = s.duration_ms + excluded.duration_ms;
$function$;

REVOKE ALL ON FUNCTION "public"."add_statistics"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.advance_replay (
  p_id bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
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
  where x.id = p_id and x.status in ('queued', 'running') and x.next_feed_at <= now();
  if not found then
    return 0;
  end if;

  select count(*) filter (where i.fed_at is not null), count(*) filter (where i.fed_at is not null and i.outcome is null)
  into v_fed_before, v_in_progress
  from public.replay_items i
  where i.replay_id = p_id;

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
    fed_at = now(), prior_status = d.status, prior_finished_at = d.finished_at
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  where i.replay_id = p_id and i.position = any (v_items) and d.id = i.delivery_id
    and d.status in ('dead', 'delivered', 'cancelled', 'retrying') and t.enabled and t.paused_at is null
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
    status = 'pending', lane = 'replay', due_at = now(), tries = 0, finished_at = null, replay_id = p_id
  where d.id = any (v_fed);

  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (v_fed)
  ));
  update public.events e set replay_count = e.replay_count + 1 where e.id = any (v_events);

  with skipped as (
    update public.replay_items i set outcome = 'skipped', finished_at = now(), skip_reason = case
      when public.predecessor_failed(r, i) then 'predecessor_failed'
      when not t.enabled then 'destination_disabled'
      when t.paused_at is not null then 'destination_paused'
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
    started_at = coalesce(x.started_at, now()),
    next_feed_at = now() + greatest(
      case when cardinality(v_items) > 0 then (r.options ->> 'delayBetweenBatches')::integer else 0 end
        * interval '1 second',
      coalesce(coalesce(cardinality(v_fed), 0) / (r.options ->> 'ratePerSecond')::numeric, 0) * interval '1 second'
    )
  where x.id = p_id;
  perform public.count_outcomes(p_id, 0, 0, v_skipped);

  return coalesce(cardinality(v_fed), 0);
end
$function$;

REVOKE ALL ON FUNCTION "public"."advance_replay"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.advance_replays()
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_id bigint;
  v_fed integer := 0;
begin
  for v_id in
    select r.id from public.replays r
    where r.status in ('queued', 'running') and r.next_feed_at <= now()
    order by r.id
  loop
    -- Somebody else advances it already.
    continue when not pg_try_advisory_xact_lock(hashtextextended('replay ' || v_id, 1));
    v_fed := v_fed + public.advance_replay(v_id);
  end loop;
  return v_fed;
end
$function$;

REVOKE ALL ON FUNCTION "public"."advance_replays"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.apply_changes (
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_change jsonb;
  v_table text;
  v_where text;
  v_row jsonb;
  v_candidate jsonb;
  v_winning jsonb;
  v_versions jsonb;
  v_columns text;
  v_effect public.change_effect;
  v_answer jsonb := '[]';
begin
  for v_change in select c from jsonb_array_elements(p_changes) c loop
    v_table := v_change ->> 'table';
    if v_table is null or not v_table = any (public.projection_tables()) then
      raise exception 'A projection may not write the table %.', coalesce(v_table, '(none)') using errcode = '23514';
    end if;

    select string_agg(format('t.%I = %L', k.key, k.value), ' and ') into v_where
    from jsonb_each_text(v_change -> 'key') k;
    execute format('select to_jsonb(t) from public.%I t where %s for update', v_table, v_where) into v_row;

    -- The values as the table's types print them, so that 2026-01-01T00:00:00Z equals what is stored.
    execute format(
      'select coalesce(jsonb_object_agg(w.key, to_jsonb(r) -> w.key), ''{}'')
       from jsonb_populate_record(null::public.%I, $1) r, jsonb_object_keys($1) as w(key)', v_table
    ) into v_candidate using v_change -> 'values';

    -- A column is written unless a later event wrote it already.
    select coalesce(jsonb_object_agg(w.key, w.value), '{}'),
      coalesce(jsonb_object_agg(w.key, v_change ->> 'version'), '{}')
    into v_winning, v_versions
    from jsonb_each(v_candidate) w
    where coalesce(v_row -> 'versions' ->> w.key, '') collate "C" <= (v_change ->> 'version') collate "C";

    v_effect := case
      when v_row is null then 'created'
      when v_row @> v_candidate then 'unchanged'
      when v_winning = '{}' or v_row @> v_winning then 'superseded'
      else 'updated'
    end;

    if v_effect = 'created' then
      v_winning := v_winning || (v_change -> 'key') || jsonb_build_object('versions', v_versions);
      select string_agg(format('%I', k), ', ') into v_columns from jsonb_object_keys(v_winning) k;
      execute format(
        'insert into public.%I (%s) select %s from jsonb_populate_record(null::public.%I, $1)',
        v_table, v_columns, v_columns, v_table
      ) using v_winning;
    elsif v_winning <> '{}' then
      v_versions := coalesce(v_row -> 'versions', '{}') || v_versions;
      select string_agg(format('%I = r.%I', k, k), ', ') into v_columns from jsonb_object_keys(v_winning) k;
      execute format(
        'update public.%I t set %s, versions = $2%s from jsonb_populate_record(null::public.%I, $1) r where %s',
        v_table, v_columns, case when v_effect = 'updated' then ', updated_at = now()' else '' end, v_table, v_where
      ) using v_winning, v_versions;
    end if;

    v_answer := v_answer || jsonb_build_object(
      'table', v_table,
      'key', v_change -> 'key',
      'effect', v_effect,
      -- Only the columns the change speaks of.
      'before', (
        select jsonb_object_agg(w.key, v_row -> w.key) from jsonb_object_keys(v_candidate) as w(key)
        where v_row is not null
      ),
      'after', v_candidate || coalesce((
        select jsonb_object_agg(w.key, v_row -> w.key) from jsonb_object_keys(v_candidate) as w(key)
        where v_row is not null and not v_winning ? w.key
      ), '{}')
    );
  end loop;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."apply_changes"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.attempt_detail (
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

REVOKE ALL ON FUNCTION "public"."attempt_detail"(public.attempts) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.claim_deliveries (
  p_worker        text,
  p_limit         integer,
  p_lease_seconds integer,
  p_replay_limit  integer DEFAULT NULL::integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_destinations bigint[];
  v_chosen bigint[];
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
    where t.enabled and t.paused_at is null and exists (
      select from public.deliveries d
      where d.destination_id = t.id and d.status in ('pending', 'retrying') and d.lane in ('live', 'replay')
        and d.due_at <= now()
    )
    order by random()
    limit p_limit
  ) x;

  -- One claim per destination at a time keeps its concurrency exact. Workers queue for a few milliseconds, in turn, and
  -- the next statement sees what the one before them took.
  perform from public.destinations t where t.id = any (v_destinations) order by t.id for no key update;

  with shares as (
    select t.id as destination_id, least(
      greatest(1, p_limit / cardinality(v_destinations)),
      t.max_concurrency - (
        select count(*) from public.deliveries d where d.destination_id = t.id and d.status = 'claimed'
      )
    ) as share,
    least(
      coalesce(p_replay_limit, p_limit),
      ceil(t.max_concurrency / 2.0) - (
        select count(*) from public.deliveries d
        where d.destination_id = t.id and d.status = 'claimed' and d.lane = 'replay'
      )
    ) as replay_share
    from public.destinations t
    where t.id = any (v_destinations)
  ),
  live as (
    select c.id, s.destination_id
    from shares s
    cross join lateral (
      select d.id from public.deliveries d
      where d.destination_id = s.destination_id and d.lane = 'live' and d.status in ('pending', 'retrying')
        and d.due_at <= now()
      order by d.due_at, d.id
      limit greatest(s.share, 0)
      for update skip locked
    ) c
  ),
  replayed as (
    select c.id
    from shares s
    cross join lateral (
      select d.id from public.deliveries d
      where d.destination_id = s.destination_id and d.lane = 'replay' and d.status in ('pending', 'retrying')
        and d.due_at <= now()
      order by d.due_at, d.id
      limit greatest(0, least(
        s.share - (select count(*) from live l where l.destination_id = s.destination_id), s.replay_share
      ))
      for update skip locked
    ) c
  )
  select array_agg(c.id) into v_chosen
  from (
    select id from live
    union all
    (select id from replayed limit coalesce(p_replay_limit, p_limit))
  ) c;

  if v_chosen is not null then
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
        'content_type', e.content_type, 'body', encode(e.raw_body, 'base64')
      ),
      'destination', jsonb_build_object(
        'id', t.id, 'slug', t.slug, 'kind', t.kind, 'url', t.url, 'timeout_ms', t.timeout_ms,
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
  end if;

  select min(x.due_at) into v_next_due
  from public.destinations t
  cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
  cross join lateral (
    select d.due_at from public.deliveries d
    where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
    order by d.due_at
    limit 1
  ) x
  where t.enabled and t.paused_at is null and v_chosen is null;

  return jsonb_build_object(
    'work', coalesce(v_work, '[]'),
    'next_due_ms', case when v_next_due is not null then
      greatest(0, ceil(extract(epoch from v_next_due - clock_timestamp()) * 1000))::bigint
    end
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."claim_deliveries"(text, integer, integer, integer) FROM PUBLIC, "anon", "authenticated";

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
    r.base_delay_ms, r.backoff_factor, coalesce(r.max_concurrency, 16)
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

REVOKE ALL ON FUNCTION "public"."configure_destinations"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.control_replay (
  p_id         bigint,
  p_action     text,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_status public.replay_status;
begin
  perform public.lock_replay(p_id);
  select r.status into v_status from public.replays r where r.id = p_id;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif not (
    (p_action = 'pause' and v_status in ('queued', 'running'))
    or (p_action = 'resume' and v_status = 'paused')
    or (p_action = 'cancel' and v_status in ('draft', 'queued', 'running', 'paused'))
  ) then
    return jsonb_build_object('result', 'not_possible', 'replay', public.get_replay(p_id));
  end if;

  if p_action = 'resume' then
    update public.replays r set
      status = case when r.started_at is null then 'queued' else 'running' end::public.replay_status,
      next_feed_at = greatest(r.scheduled_at, now())
    where r.id = p_id;
    perform public.advance_replay(p_id);
  else
    perform public.take_back(p_id);
    if p_action = 'cancel' then
      perform public.end_replay(p_id, 'cancelled', 'cancelled', null);
    else
      update public.replays r set status = 'paused' where r.id = p_id;
    end if;
  end if;

  perform public.note_action(p_actor, p_actor_id, 'replay.' || p_action, p_id, p_request_id, '{}');
  return jsonb_build_object('result', 'done', 'replay', public.get_replay(p_id));
end
$function$;

REVOKE ALL ON FUNCTION "public"."control_replay"(bigint, text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_events (
  p_filter jsonb
)
  RETURNS integer
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_count integer;
begin
  execute format(
    'select count(*) from (select from public.events e where %s limit 10000) x', public.event_predicate(p_filter)
  ) into v_count;
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_events"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_outcomes (
  p_replay_id bigint,
  p_succeeded bigint,
  p_failed    bigint,
  p_skipped   bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
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
      then now() else r.completed_at
    end
  where r.id = p_replay_id
  returning r.status = 'completed' into v_ended;

  if v_ended then
    perform public.notice_end(p_replay_id);
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_outcomes"(bigint, bigint, bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_selection (
  p_selection jsonb
)
  RETURNS integer
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_matched integer;
begin
  if not p_selection ? 'filter' then
    return cardinality(public.select_events(p_selection, null));
  end if;
  execute format(
    'select count(*) from (select from public.events e where %s limit 100000) x',
    public.event_predicate(p_selection -> 'filter')
  ) into v_matched;
  return v_matched;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_selection"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_statistics (
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.sum_outcomes(array_agg(s))
  from public.statistics s
  where s.minute >= p_from and s.minute < p_to;
$function$;

REVOKE ALL ON FUNCTION "public"."count_statistics"(timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_first_admin (
  p_email         text,
  p_name          text,
  p_password_hash text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended('create_first_admin', 0));
  insert into public.staff_users (email, name, role, password_hash)
  select lower(p_email), p_name, 'admin', p_password_hash
  where not exists (select from public.staff_users);
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_first_admin"(text, text, text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."create_replay"(public.replay_kind, jsonb, jsonb, jsonb, text, text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_replay (
  p_id          bigint,
  p_status      public.replay_status,
  p_skip_reason public.skip_reason,
  p_because     text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_skipped integer;
begin
  with skipped as (
    update public.replay_items i set outcome = 'skipped', skip_reason = p_skip_reason, finished_at = now()
    where i.replay_id = p_id and i.fed_at is null and i.outcome is null
    returning i.position
  )
  select count(*) into v_skipped from skipped;

  update public.replays r set
    status = p_status, stopped_because = p_because, completed_at = now(), skipped = r.skipped + v_skipped
  where r.id = p_id;
  perform public.notice_end(p_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_replay"(bigint, public.replay_status, public.skip_reason, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_predicate (
  p_filter jsonb
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where p_filter ? c.field), 'true')
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
    (10, 'range', format('e.received_at >= now() - %L::interval', p_filter ->> 'range'))
  ) as c(n, field, condition);
$function$;

REVOKE ALL ON FUNCTION "public"."event_predicate"(jsonb) FROM PUBLIC, "anon", "authenticated";

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
    'processed_at', public.iso(e.processed_at), 'body_size', octet_length(e.raw_body),
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object('id', d.id, 'destination', t.name, 'kind', t.kind, 'status', d.status)
        order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      where d.event_id = e.id
    ), '[]')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."event_summary"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.expire_leases (
  p_limit integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_expired bigint[];
  v_counts jsonb;
begin
  select array_agg(x.id order by x.id) into v_expired
  from (
    select d.id from public.deliveries d
    where d.status = 'claimed' and d.lease_until < now()
    order by d.lease_until
    limit p_limit
    for update skip locked
  ) x;

  if v_expired is null then
    return 0;
  end if;

  update public.attempts a set
    status = 'lease_expired',
    finished_at = now(),
    duration_ms = (extract(epoch from now() - a.started_at) * 1000)::integer,
    error_class = 'lease_expired',
    error = 'The worker ' || a.worker || ' stopped before it reported a result.'
  where a.delivery_id = any (v_expired) and a.status = 'open';

  with closed as (
    update public.deliveries d set
      status = case when d.tries >= coalesce(p.max_attempts, t.max_attempts) then 'dead' else 'retrying' end
        ::public.delivery_status,
      finished_at = case when d.tries >= coalesce(p.max_attempts, t.max_attempts) then now() end,
      due_at = now(),
      lease_until = null,
      last_error_class = 'lease_expired',
      last_error = 'The worker ' || d.worker || ' stopped before it reported a result.'
    from public.destinations t, public.deliveries x
    left join lateral public.replay_retries(x) p on true
    where t.id = d.destination_id and d.id = any (v_expired) and x.id = d.id
    returning d.event_id, d.status
  )
  select jsonb_agg(jsonb_build_object(
    'provider', e.provider, 'event_type', e.event_type, 'count', 1,
    'outcome', case c.status when 'dead' then 'dead' else 'failed' end
  ))
  into v_counts
  from closed c join public.events e on e.id = c.event_id;

  perform public.settle_deliveries(v_expired);
  perform public.add_statistics(v_counts);
  return cardinality(v_expired);
end
$function$;

REVOKE ALL ON FUNCTION "public"."expire_leases"(integer) FROM PUBLIC, "anon", "authenticated";

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
  where e.provider = p_provider and e.event_key_hash = sha256(convert_to(p_event_key, 'UTF8'));
$function$;

REVOKE ALL ON FUNCTION "public"."find_event"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_staff (
  p_email text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role, 'password_hash', u.password_hash,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.email = lower(p_email);
$function$;

REVOKE ALL ON FUNCTION "public"."find_staff"(text) FROM PUBLIC, "anon", "authenticated";

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
        'destination', jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'kind', t.kind, 'url', t.url),
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

REVOKE ALL ON FUNCTION "public"."get_event"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_replay (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'wr_' || r.id, 'kind', r.kind, 'status', r.status, 'reason', r.reason, 'actor', r.actor,
    'request_id', r.request_id, 'options', r.options, 'selection', r.selection, 'matched', r.matched, 'total', r.total,
    'succeeded', r.succeeded, 'failed', r.failed, 'skipped', r.skipped,
    'in_progress', (
      select count(*) from public.replay_items i
      where i.replay_id = r.id and i.fed_at is not null and i.outcome is null
    ),
    'stopped_because', r.stopped_because, 'scheduled_at', public.iso(r.scheduled_at),
    'created_at', public.iso(r.created_at), 'queued_at', public.iso(r.queued_at),
    'started_at', public.iso(r.started_at), 'completed_at', public.iso(r.completed_at)
  )
  from public.replays r
  where r.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."get_replay"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_staff (
  p_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', u.id, 'email', u.email, 'name', u.name, 'role', u.role,
    'disabled', u.disabled_at is not null, 'session_version', u.session_version
  )
  from public.staff_users u
  where u.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."get_staff"(uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.iso (
  p_at timestamp with time zone
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
$function$;

REVOKE ALL ON FUNCTION "public"."iso"(timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.limit_exceeded (
  p_id     bigint,
  p_limits jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with mine as (
    select i.organisation_id, count(distinct i.event_id) as events
    from public.replay_items i
    where i.replay_id = p_id and i.organisation_id is not null and i.outcome is null
    group by 1
  ),
  lately as (
    select i.organisation_id, count(distinct (r.id, i.event_id)) as events,
      count(distinct r.id) filter (where r.status in ('queued', 'running', 'paused') and r.kind <> 'single') as replays
    from public.replays r
    join public.replay_items i on i.replay_id = r.id
    where (r.queued_at > now() - interval '1 hour' or r.status in ('queued', 'running', 'paused'))
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
  left join lately l using (organisation_id)
  join public.replays r on r.id = p_id
  where coalesce(l.events, 0) + m.events > (p_limits ->> 'max_per_hour')::integer
    or (r.kind <> 'single' and l.replays >= (p_limits ->> 'max_concurrent')::integer)
  order by m.organisation_id
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."limit_exceeded"(bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_dead_letters (
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'webhook_data', e.payload, 'error_message', d.last_error,
    'failed_at', public.iso(d.finished_at), 'provider_slug', e.provider, 'event_key', e.event_key,
    'event_type', e.event_type
  ) order by d.finished_at desc, d.id desc), '[]')
  from (
    select x.* from public.deliveries x
    join public.events y on y.id = x.event_id
    where x.status = 'dead' and y.status = 'dead'
    order by x.finished_at desc, x.id desc
    limit p_limit
  ) d
  join public.events e on e.id = d.event_id;
$function$;

REVOKE ALL ON FUNCTION "public"."list_dead_letters"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_events (
  p_filter jsonb,
  p_limit  integer,
  p_cursor text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_condition text := public.event_predicate(p_filter);
  v_answer jsonb;
begin
  if p_cursor is not null then
    v_condition := v_condition || format(
      ' and (e.received_at, e.id) < (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      split_part(p_cursor, '.', 1), split_part(p_cursor, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select x.id, row_number() over (order by x.received_at desc, x.id desc) as n,
         (extract(epoch from x.received_at) * 1000000)::bigint || ''.'' || x.id as cursor
       from (
         select e.id, e.received_at from public.events e where %s order by e.received_at desc, e.id desc limit %s + 1
       ) x
     )
     select jsonb_build_object(
       ''events'', coalesce(jsonb_agg(public.event_summary(e) order by p.n) filter (where p.n <= %2$s), ''[]''),
       ''next_cursor'', max(p.cursor) filter (where p.n = %2$s and (select count(*) from page) > %2$s)
     )
     from page p join public.events e on e.id = p.id',
    v_condition, p_limit
  ) into v_answer;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."list_events"(jsonb, integer, text) FROM PUBLIC, "anon", "authenticated";

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
      'errorClass', e.last_error_class, 'webhookUrl', a.url, 'payload', e.payload,
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

REVOKE ALL ON FUNCTION "public"."list_merchant_events"(jsonb, integer, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_missing_events (
  p_selection jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(m.name order by m.n), '[]')
  from (
    select k.key as name, k.n
    from jsonb_array_elements_text(p_selection -> 'event_keys') with ordinality as k(key, n)
    where not exists (
      select from public.events e
      where e.provider = p_selection ->> 'provider_slug' and e.event_key_hash = sha256(convert_to(k.key, 'UTF8'))
    )
    union all
    select 'we_' || k.id, k.n
    from jsonb_array_elements_text(p_selection -> 'event_ids') with ordinality as k(id, n)
    where not exists (select from public.events e where e.id = k.id::bigint)
  ) m;
$function$;

REVOKE ALL ON FUNCTION "public"."list_missing_events"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_notices (
  p_actor_id text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', n.id, 'subject', n.subject, 'message', n.message, 'created_at', public.iso(n.created_at)
  ) order by n.id desc), '[]')
  from (
    select * from public.notices x where x.actor_id = p_actor_id and x.seen_at is null order by x.id desc limit 20
  ) n;
$function$;

REVOKE ALL ON FUNCTION "public"."list_notices"(text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."list_projectable_items"(bigint, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_replay_failures (
  p_replay_id bigint,
  p_after     integer,
  p_limit     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with failing as (
    select i.position, i.event_id, i.error_class, i.detail, i.outcome, d.id as delivery_id, d.last_error_class,
      d.last_error, d.due_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    where i.replay_id = p_replay_id
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

REVOKE ALL ON FUNCTION "public"."list_replay_failures"(bigint, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_replay_items (
  p_replay_id bigint,
  p_outcome   text,
  p_after     integer,
  p_limit     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'event_id', 'we_' || i.event_id, 'event_key', e.event_key, 'event_type', e.event_type,
    'provider_slug', e.provider, 'org_id', e.organisation_id, 'received_at', public.iso(e.received_at),
    'delivery_id', d.id, 'destination', t.name, 'delivery_status', d.status, 'outcome', i.outcome,
    'skip_reason', i.skip_reason, 'error_class', i.error_class, 'detail', i.detail,
    'finished_at', public.iso(i.finished_at), 'http_status', a.http_status, 'duration_ms', a.duration_ms,
    'attempts', d.tries, 'next_retry', case when i.outcome is null and d.status = 'retrying' then public.iso(d.due_at) end,
    'changes', coalesce(a.changes, '[]')
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x
    where x.replay_id = p_replay_id and x.position > p_after
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
  left join public.attempts a on a.id = i.attempt_id;
$function$;

REVOKE ALL ON FUNCTION "public"."list_replay_items"(bigint, text, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_replays (
  p_filter jsonb,
  p_limit  integer,
  p_cursor bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with page as (
    select r.id, row_number() over (order by r.id desc) as n
    from public.replays r
    where (p_cursor is null or r.id < p_cursor)
      and case
        when p_filter ? 'status' then r.status::text = any (public.text_array(p_filter -> 'status'))
        else r.status <> 'draft'
      end
      and (not p_filter ? 'q' or strpos(lower(r.reason || ' ' || r.actor), lower(p_filter ->> 'q')) > 0)
    order by r.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'replays', coalesce(jsonb_agg(public.get_replay(p.id) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_replays"(jsonb, integer, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lock_replay (
  p_id bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  select pg_advisory_xact_lock(hashtextextended('replay ' || p_id, 1));
$function$;

REVOKE ALL ON FUNCTION "public"."lock_replay"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_action (
  p_actor      text,
  p_actor_id   text,
  p_action     text,
  p_replay_id  bigint,
  p_request_id text,
  p_details    jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, p_action, 'wr_' || p_replay_id, p_details, p_request_id);
$function$;

REVOKE ALL ON FUNCTION "public"."note_action"(text, text, text, bigint, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notice_end (
  p_replay_id bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
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

REVOKE ALL ON FUNCTION "public"."notice_end"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.payload_or_null (
  p_body bytea
)
  RETURNS jsonb
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return convert_from(p_body, 'UTF8')::jsonb;
exception when others then
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."payload_or_null"(bytea) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.predecessor_failed (
  r public.replays,
  i public.replay_items
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select (((r).options ->> 'preserveOriginalOrder')::boolean) is true and exists (
    select from public.replay_items b
    where b.replay_id = (i).replay_id and b.ordering_key = (i).ordering_key and b.position < (i).position
      and (b.outcome = 'failed' or b.skip_reason = 'predecessor_failed')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."predecessor_failed"(public.replays, public.replay_items) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.preview_changes (
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
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

REVOKE ALL ON FUNCTION "public"."preview_changes"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.preview_replay (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with items as (
    select i.skip_reason, e.id as event_id, e.provider, e.event_type, e.organisation_id, e.status, e.received_at,
      t.id as destination_id, t.name as destination, t.kind
    from public.replay_items i
    join public.events e on e.id = i.event_id
    join public.deliveries d on d.id = i.delivery_id
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id
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
      from (select distinct x.destination_id from items x where x.skip_reason is null) x
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
        from (select distinct y.destination_id, y.destination from items y where y.skip_reason is null) x
        cross join lateral (
          select a.status from public.deliveries d
          join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
          where d.destination_id = x.destination_id and a.status <> 'open'
            and a.finished_at > now() - interval '10 minutes'
          order by d.id desc limit 20
        ) a
        group by x.destination
        having count(*) >= 3 and count(*) filter (where a.status <> 'succeeded') > count(*) / 2
      ) h
    ), '[]')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."preview_replay"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.projection_tables()
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array['businesses', 'audit_logs', 'call_logs', 'sms_logs'];
$function$;

REVOKE ALL ON FUNCTION "public"."projection_tables"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_analytics (
  p_minutes        integer,
  p_bucket_seconds integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_to timestamptz := date_trunc('minute', now()) + interval '1 minute';
  v_from timestamptz := v_to - make_interval(mins => p_minutes);
begin
  return jsonb_build_object(
    'from', public.iso(v_from), 'to', public.iso(v_to), 'bucket_seconds', p_bucket_seconds,
    'totals', public.count_statistics(v_from, v_to),
    'previous', public.count_statistics(v_from - make_interval(mins => p_minutes), v_from),
    'series', coalesce((
      select jsonb_agg(b.counts || jsonb_build_object('at', public.iso(b.at), 'provider', b.provider)
        order by b.at, b.provider)
      from (
        select date_bin(make_interval(secs => p_bucket_seconds), s.minute, v_from) as at, s.provider,
          public.sum_outcomes(array_agg(s)) as counts
        from public.statistics s
        where s.minute >= v_from and s.minute < v_to
        group by 1, 2
      ) b
    ), '[]'),
    'stats', coalesce((
      select jsonb_agg(jsonb_build_object('event_type', t.event_type, 'status', t.status, 'count', t.count)
        order by t.event_type, t.status)
      from (
        select s.event_type, case s.outcome when 'delivered' then 'success' else 'failure' end as status,
          sum(s.count) as count
        from public.statistics s
        where s.minute >= v_from and s.minute < v_to and s.outcome in ('delivered', 'failed', 'dead')
        group by 1, 2
      ) t
    ), '[]'),
    'rejections', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', r.provider, 'reason', r.reason, 'count', r.count,
        'last_at', public.iso(coalesce(l.received_at, r.last_minute)), 'last_detail', l.detail
      ) order by r.count desc, r.provider, r.reason)
      from (
        select s.provider, s.event_type as reason, sum(s.count) as count, max(s.minute) as last_minute
        from public.statistics s
        where s.minute >= v_from and s.minute < v_to and s.outcome = 'rejected'
        group by 1, 2
      ) r
      left join lateral (
        select x.received_at, x.detail from public.rejections x
        where x.provider = r.provider and x.reason::text = r.reason
        order by x.received_at desc limit 1
      ) l on true
    ), '[]'),
    'failed_webhooks', public.list_dead_letters(10),
    'needs_attention', (
      select coalesce(jsonb_agg(public.event_summary(e) order by e.received_at desc, e.id desc), '[]')
      from (
        (select * from public.events x where x.status = 'dead' order by x.received_at desc, x.id desc limit 8)
        union all
        (select * from public.events x where x.status = 'failed' order by x.received_at desc, x.id desc limit 8)
        order by received_at desc, id desc
        limit 8
      ) e
    )
  ) || public.read_backlog();
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_analytics"(integer, integer) FROM PUBLIC, "anon", "authenticated";

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
        cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
        cross join lateral (
          select d.due_at from public.deliveries d
          where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
          order by d.due_at
          limit 1
        ) x
        where x.due_at <= now() and t.enabled and t.paused_at is null
      )
    ),
    'dead_letters', (
      select count(*) from (select from public.events e where e.status = 'dead' limit 10000) d
    ),
    'running_replays', (select count(*) from public.replays r where r.status in ('queued', 'running', 'paused')),
    'events_stored', exists (select from public.events)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_backlog"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.reason_to_skip (
  e              public.events,
  d              public.deliveries,
  t              public.destinations,
  p_options      jsonb,
  p_max_age_days integer
)
  RETURNS public.skip_reason
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select case
    when (d).status not in ('dead', 'delivered', 'cancelled', 'retrying') then 'in_flight'
    when (e).received_at < now() - make_interval(days => p_max_age_days) then 'too_old'
    when not (t).enabled then 'destination_disabled'
    when (t).paused_at is not null then 'destination_paused'
    when (p_options ->> 'skipAlreadyApplied')::boolean then case
      when (d).status = 'delivered' then 'already_applied'
      -- An endpoint that has the newer state of this object must not get the older one. Rows guard themselves.
      when (t).kind = 'http' and (e).replaces_older and (e).object_id is not null and exists (
        select from public.events n
        join public.deliveries x on x.event_id = n.id and x.destination_id = (t).id and x.status = 'delivered'
        where n.provider = (e).provider and n.object_id = (e).object_id and n.event_type = (e).event_type
          and coalesce(n.occurred_at, n.received_at) > coalesce((e).occurred_at, (e).received_at)
      ) then 'superseded'
    end
  end::public.skip_reason;
$function$;

REVOKE ALL ON FUNCTION "public"."reason_to_skip"(public.events, public.deliveries, public.destinations, jsonb, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_attempts (
  p_results jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
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
      response_truncated boolean, changes jsonb
    )
    order by x.delivery_id
  loop
    select d.tries, coalesce(p.max_attempts, t.max_attempts) as max_attempts, e.provider, e.event_type into v_delivery
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
      else 'retrying'
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
      retry_at = case when v_status = 'retrying' then now() + v_retry_in_ms * interval '1 millisecond' end,
      changes = v_changes
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open';

    update public.deliveries d set
      status = v_status,
      lease_until = null,
      finished_at = case when v_status in ('delivered', 'dead') then now() end,
      due_at = case when v_status = 'retrying' then now() + v_retry_in_ms * interval '1 millisecond' else d.due_at end,
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
      'outcome', case v_status when 'retrying' then 'failed' else v_status::text end
    );
  end loop;

  perform public.settle_deliveries(v_recorded);
  perform public.add_statistics(v_counts);
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."record_attempts"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_rejections (
  p_samples jsonb,
  p_counts  jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.rejections (
    provider, reason, detail, status_code, method, path, headers, body, body_size, request_id
  )
  select r.provider, r.reason, r.detail, r.status_code, r.method, r.path, r.headers, decode(r.body, 'base64'), r.body_size,
    r.request_id
  from (
    select s.*, row_number() over (partition by s.provider, s.reason) as turn
    from jsonb_to_recordset(p_samples) as s(
      provider text, reason public.rejection_reason, detail text, status_code integer, method text, path text,
      headers jsonb, body text, body_size integer, request_id text
    )
  ) r
  where r.turn + (
    select count(*) from public.rejections x
    where x.provider = r.provider and x.reason = r.reason and x.received_at >= date_trunc('hour', now())
  ) <= 100;

  select public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'provider', c.provider, 'event_type', c.reason, 'outcome', 'rejected', 'count', c.count
    ))
    from jsonb_to_recordset(p_counts) as c(provider text, reason text, count bigint)
  ));
$function$;

REVOKE ALL ON FUNCTION "public"."record_rejections"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.record_sign_in (
  p_email   text,
  p_ip      text,
  p_success boolean
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if p_success then
    update public.staff_users set last_sign_in_at = now() where email = lower(p_email);
    delete from public.sign_in_failures where email = lower(p_email);
  else
    insert into public.sign_in_failures (email, ip) values (left(lower(p_email), 320), left(p_ip, 64));
    delete from public.sign_in_failures where failed_at < now() - interval '1 day';
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."record_sign_in"(text, text, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.release_leases (
  p_worker text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_released integer;
begin
  update public.deliveries d set lease_until = now() - interval '1 millisecond'
  where d.status = 'claimed' and d.worker = p_worker;
  get diagnostics v_released = row_count;
  return v_released;
end
$function$;

REVOKE ALL ON FUNCTION "public"."release_leases"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_outcome_of (
  p_status  public.delivery_status,
  p_kind    public.destination_kind,
  p_changes jsonb
)
  RETURNS public.replay_outcome
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when p_status <> 'delivered' then 'failed'
    when p_kind = 'http' then 'delivered'
    when jsonb_path_exists(p_changes, '$[*] ? (@.effect == "created" || @.effect == "updated")') then 'changed'
    when jsonb_path_exists(p_changes, '$[*] ? (@.effect == "superseded")') then 'superseded'
    else 'already_correct'
  end::public.replay_outcome;
$function$;

REVOKE ALL ON FUNCTION "public"."replay_outcome_of"(public.delivery_status, public.destination_kind, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_retries (
  d public.deliveries
)
  RETURNS TABLE (
    max_attempts   integer,
    base_delay_ms  integer,
    backoff_factor numeric
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select (r.options ->> 'maxRetries')::integer + 1, (r.options ->> 'retryDelaySeconds')::integer * 1000,
    case r.options ->> 'retryPolicy' when 'fixed' then 1 when 'exponential_backoff' then 2 end::numeric
  from public.replays r
  where (d).lane = 'replay' and r.id = (d).replay_id;
$function$;

REVOKE ALL ON FUNCTION "public"."replay_retries"(public.deliveries) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.resolve_events (
  p_event_ids  bigint[],
  p_reason     text,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_resolved bigint[];
begin
  perform from public.deliveries d
  where d.event_id = any (p_event_ids) and d.status in ('retrying', 'held') order by d.id for update;

  with resolved as (
    update public.events e set
      status = 'resolved', processed_at = now(), last_error = null, last_error_class = null
    where e.id in (select x.id from public.events x where x.id = any (p_event_ids) order by x.id for update)
      and e.status in ('failed', 'dead')
    returning e.id
  )
  select coalesce(array_agg(id), '{}') into v_resolved from resolved;

  update public.deliveries d set status = 'cancelled', finished_at = now()
  where d.event_id = any (v_resolved) and d.status in ('retrying', 'held');

  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  select p_actor, p_actor_id, 'event.resolve', 'we_' || e, jsonb_build_object('reason', p_reason), p_request_id
  from unnest(v_resolved) e;
  return cardinality(v_resolved);
end
$function$;

REVOKE ALL ON FUNCTION "public"."resolve_events"(bigint[], text, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.roll_up_events (
  p_events bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
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
        when bool_or(d.status = 'retrying') then 'failed'
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

REVOKE ALL ON FUNCTION "public"."roll_up_events"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.route_again (
  p_events bigint[],
  p_all    boolean
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  insert into public.deliveries (event_id, destination_id, status, finished_at)
  select e.id, d.id, 'cancelled', now()
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type)
  where e.id = any (p_events) and (p_all or not exists (select from public.deliveries x where x.event_id = e.id))
  order by e.id, d.id
  on conflict do nothing;
$function$;

REVOKE ALL ON FUNCTION "public"."route_again"(bigint[], boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.see_notices (
  p_actor_id text,
  p_until    bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  AS $function$
  update public.notices n set seen_at = now()
  where n.actor_id = p_actor_id and n.id <= p_until and n.seen_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."see_notices"(text, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.select_events (
  p_selection jsonb,
  p_limit     integer
)
  RETURNS bigint[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_condition text;
  v_events bigint[];
begin
  v_condition := case
    when p_selection ? 'filter' then public.event_predicate(p_selection -> 'filter')
    when p_selection ? 'event_keys' then format(
      'e.provider = %L and e.event_key_hash in (
         select sha256(convert_to(k, ''UTF8'')) from jsonb_array_elements_text(%L::jsonb) k
       )', p_selection ->> 'provider_slug', p_selection -> 'event_keys'
    )
    when p_selection ? 'failures_of' then format(
      'e.id in (
         select i.event_id from public.replay_items i
         where i.replay_id = %L::bigint and (
           i.outcome = ''failed'' and (%L::text[] is null or i.error_class::text = any (%2$L::text[]))
           or i.skip_reason = ''predecessor_failed''
         )
       )', p_selection ->> 'failures_of', public.text_array(p_selection -> 'error_classes')
    )
    else format(
      'e.id in (select k::bigint from jsonb_array_elements_text(%L::jsonb) k)', p_selection -> 'event_ids'
    )
  end;
  execute format(
    'select array_agg(x.id order by x.received_at, x.id) from (
       select e.id, e.received_at from public.events e where %s order by e.received_at, e.id limit %s
     ) x', v_condition, coalesce(p_limit::text, 'all')
  ) into v_events;
  return coalesce(v_events, '{}');
end
$function$;

REVOKE ALL ON FUNCTION "public"."select_events"(jsonb, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.set_staff_password (
  p_email         text,
  p_password_hash text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  update public.staff_users u set password_hash = p_password_hash, session_version = u.session_version + 1
  where u.email = lower(p_email);
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."set_staff_password"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.settle_deliveries (
  p_deliveries bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_ended record;
begin
  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (p_deliveries)
  ));

  for v_ended in with ended as (
    update public.replay_items i set
      outcome = public.replay_outcome_of(d.status, t.kind, a.changes),
      attempt_id = a.id,
      error_class = d.last_error_class,
      detail = d.last_error,
      finished_at = now()
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
    where d.id = any (p_deliveries) and d.status in ('delivered', 'dead')
      and i.delivery_id = d.id and i.replay_id = d.replay_id and i.fed_at is not null and i.outcome is null
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

REVOKE ALL ON FUNCTION "public"."settle_deliveries"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sign_in_allowed (
  p_email text,
  p_ip    text
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select
    (select count(*) from public.sign_in_failures f
     where f.email = lower(p_email) and f.failed_at > now() - interval '15 minutes') < 20
    and (select count(*) from public.sign_in_failures f
         where f.ip = p_ip and f.failed_at > now() - interval '15 minutes') < 20;
$function$;

REVOKE ALL ON FUNCTION "public"."sign_in_allowed"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.start_replay (
  p_id         bigint,
  p_limits     jsonb,
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_over jsonb;
begin
  -- One at a time: two starts together must not both fit under a limit that has room for one.
  perform pg_advisory_xact_lock(hashtextextended('start_replay', 1));
  perform public.lock_replay(p_id);
  if not exists (select from public.replays r where r.id = p_id) then
    return jsonb_build_object('result', 'not_found');
  end if;

  v_over := public.limit_exceeded(p_id, p_limits);
  if v_over is not null and exists (select from public.replays r where r.id = p_id and r.status = 'draft') then
    return v_over;
  end if;

  update public.replays r set status = 'queued', queued_at = now(), next_feed_at = greatest(r.scheduled_at, now())
  where r.id = p_id and r.status = 'draft';
  if not found then
    return jsonb_build_object('result', 'not_a_draft', 'replay', public.get_replay(p_id));
  end if;

  perform public.note_action(p_actor, p_actor_id, 'replay.start', p_id, p_request_id, (
    select jsonb_build_object('reason', r.reason, 'deliveries', r.total, 'skipped', r.skipped)
    from public.replays r where r.id = p_id
  ));
  perform public.advance_replay(p_id);
  return jsonb_build_object('result', 'started', 'replay', public.get_replay(p_id));
end
$function$;

REVOKE ALL ON FUNCTION "public"."start_replay"(bigint, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

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
  v_because text;
begin
  if v_ended = 0 then
    return false;
  end if;
  if v_canary > 0 and p_fed <= v_canary and p_in_progress = 0
    and (r).failed > v_ended * coalesce(v_threshold, 0) then
    v_because := format('%s of the first %s items failed.', (r).failed, v_ended);
  -- A rate needs something to be a rate of.
  elsif v_threshold is not null and v_ended >= least(10, (r).total - (r).skipped) and (r).failed > v_ended * v_threshold then
    v_because := format('%s of %s items failed, more than %s %%.', (r).failed, v_ended, round(v_threshold * 100));
  end if;
  if v_because is null then
    return false;
  end if;

  perform public.take_back((r).id);
  perform public.end_replay((r).id, 'stopped', 'stopped', v_because);
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."stop_when_failing"(public.replays, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sum_outcomes (
  p_rows public.statistics[]
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_object_agg(o.outcome, coalesce(c.count, 0))
  from unnest(array['received', 'duplicate', 'conflict', 'rejected', 'delivered', 'failed', 'dead']) as o(outcome)
  left join (
    select s.outcome, sum(s.count) as count from unnest(p_rows) s group by s.outcome
  ) c on c.outcome = o.outcome;
$function$;

REVOKE ALL ON FUNCTION "public"."sum_outcomes"(public.statistics[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.summarise_replay (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
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
        select i.error_class, a.http_status, i.detail as message, t.name as destination, count(*) as count
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
  );
$function$;

REVOKE ALL ON FUNCTION "public"."summarise_replay"(bigint) FROM PUBLIC, "anon", "authenticated";

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
      and d.replay_id = p_id and d.status = 'pending'
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

REVOKE ALL ON FUNCTION "public"."take_back"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.text_array (
  p_list jsonb
)
  RETURNS text[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array_agg(x) from jsonb_array_elements_text(p_list) x;
$function$;

REVOKE ALL ON FUNCTION "public"."text_array"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.wants_event (
  p_destination public.destinations,
  p_provider    text,
  p_event_type  text
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select (p_destination).enabled
    and p_provider = any ((p_destination).providers)
    and ('*' = any ((p_destination).event_types) or p_event_type = any ((p_destination).event_types));
$function$;

REVOKE ALL ON FUNCTION "public"."wants_event"(public.destinations, text, text) FROM PUBLIC, "anon", "authenticated";

ALTER TABLE "public"."attempts"
  ADD CONSTRAINT "attempts_check" CHECK (((status = 'open'::public.attempt_status) = (finished_at IS NULL)));

ALTER TABLE "public"."attempts"
  ADD CONSTRAINT "attempts_response_body_check" CHECK ((octet_length(response_body) <= 16384));

ALTER TABLE "public"."deliveries"
  ADD CONSTRAINT "deliveries_check1"
    CHECK (((status = ANY (ARRAY['delivered'::public.delivery_status, 'dead'::public.delivery_status, 'cancelled'::public.delivery_status])) = (finished_at IS NOT NULL)));

ALTER TABLE "public"."deliveries"
  ADD CONSTRAINT "deliveries_check" CHECK (((status = 'claimed'::public.delivery_status) = (lease_until IS NOT NULL)));

ALTER TABLE "public"."attempts"
  ADD CONSTRAINT "attempts_delivery_id_fkey" FOREIGN KEY (delivery_id) REFERENCES public.deliveries(id) ON DELETE CASCADE;

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_backoff_factor_check" CHECK ((backoff_factor >= (1)::numeric));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_base_delay_ms_check" CHECK ((base_delay_ms > 0));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_check" CHECK (((kind = 'http'::public.destination_kind) = (url IS NOT NULL)));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_max_attempts_check" CHECK (((max_attempts >= 1) AND (max_attempts <= 50)));

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_max_concurrency_check" CHECK ((max_concurrency > 0));

ALTER TABLE "public"."deliveries"
  ADD CONSTRAINT "deliveries_destination_id_fkey" FOREIGN KEY (destination_id) REFERENCES public.destinations(id) ON DELETE RESTRICT;

ALTER TABLE "public"."destinations"
  ADD CONSTRAINT "destinations_timeout_ms_check" CHECK (((timeout_ms >= 100) AND (timeout_ms <= 30000)));

ALTER TABLE "public"."deliveries"
  ADD CONSTRAINT "deliveries_event_id_fkey" FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;

ALTER TABLE "public"."event_conflicts"
  ADD CONSTRAINT "event_conflicts_event_id_fkey" FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;

ALTER TABLE "public"."replay_items"
  ADD CONSTRAINT "replay_items_attempt_id_fkey" FOREIGN KEY (attempt_id) REFERENCES public.attempts(id) ON DELETE SET NULL;

ALTER TABLE "public"."replay_items"
  ADD CONSTRAINT "replay_items_check1" CHECK (((outcome = 'skipped'::public.replay_outcome) = (skip_reason IS NOT NULL)));

ALTER TABLE "public"."replay_items"
  ADD CONSTRAINT "replay_items_check" CHECK (((outcome IS NULL) = (finished_at IS NULL)));

ALTER TABLE "public"."replay_items"
  ADD CONSTRAINT "replay_items_delivery_id_fkey" FOREIGN KEY (delivery_id) REFERENCES public.deliveries(id) ON DELETE CASCADE;

ALTER TABLE "public"."replay_items"
  ADD CONSTRAINT "replay_items_event_id_fkey" FOREIGN KEY (event_id) REFERENCES public.events(id) ON DELETE CASCADE;

ALTER TABLE "public"."replays"
  ADD CONSTRAINT "replays_check1"
    CHECK (((status = ANY (ARRAY['completed'::public.replay_status, 'stopped'::public.replay_status, 'cancelled'::public.replay_status])) = (completed_at IS NOT NULL)));

ALTER TABLE "public"."replays"
  ADD CONSTRAINT "replays_check" CHECK ((((succeeded + failed) + skipped) <= total));

ALTER TABLE "public"."replays"
  ADD CONSTRAINT "replays_one_per_idempotency_key" UNIQUE (actor_id, idempotency_key);

ALTER TABLE "public"."attempts"
  ADD CONSTRAINT "attempts_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE SET NULL;

ALTER TABLE "public"."deliveries"
  ADD CONSTRAINT "deliveries_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE SET NULL;

ALTER TABLE "public"."replay_items"
  ADD CONSTRAINT "replay_items_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE CASCADE;

ALTER TABLE "public"."replays"
  ADD CONSTRAINT "replays_reason_check" CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 1000)));

CREATE INDEX deliveries_dead ON public.deliveries USING btree (finished_at DESC, id DESC)
  WHERE (status = 'dead'::public.delivery_status);

CREATE INDEX deliveries_due ON public.deliveries USING btree (destination_id, lane, due_at, id)
  WHERE (status = ANY (ARRAY['pending'::public.delivery_status, 'retrying'::public.delivery_status]));

CREATE INDEX deliveries_in_flight ON public.deliveries USING btree (destination_id)
  WHERE (status = 'claimed'::public.delivery_status);

CREATE INDEX deliveries_leased ON public.deliveries USING btree (lease_until)
  WHERE (status = 'claimed'::public.delivery_status);

CREATE INDEX event_conflicts_of_event ON public.event_conflicts USING btree (event_id);

CREATE INDEX events_newest_first ON public.events USING btree (received_at DESC, id DESC);

CREATE INDEX events_newest_of_organisation ON public.events USING btree (organisation_id, received_at DESC, id DESC)
  WHERE (organisation_id IS NOT NULL);

CREATE INDEX events_newest_of_provider ON public.events USING btree (PROVIDER, received_at DESC, id DESC);

CREATE INDEX events_newest_with_status ON public.events USING btree (status, received_at DESC, id DESC);

CREATE INDEX notices_unseen ON public.notices USING btree (actor_id, id DESC)
  WHERE (seen_at IS NULL);

CREATE INDEX rejections_newest_of_provider ON public.rejections USING btree (PROVIDER, reason, received_at DESC);

CREATE INDEX replay_items_by_key ON public.replay_items USING btree (replay_id, ordering_key, "position");

CREATE INDEX replay_items_by_outcome ON public.replay_items USING btree (replay_id, outcome, "position");

CREATE INDEX replay_items_in_progress ON public.replay_items USING btree (replay_id, "position")
  WHERE ((fed_at IS NOT NULL) AND (outcome IS NULL));

CREATE INDEX replay_items_of_delivery ON public.replay_items USING btree (delivery_id)
  WHERE (outcome IS NULL);

CREATE INDEX replay_items_of_event ON public.replay_items USING btree (event_id);

CREATE INDEX replay_items_to_feed ON public.replay_items USING btree (replay_id, "position")
  WHERE ((fed_at IS NULL) AND (outcome IS NULL));

CREATE INDEX replays_drafts ON public.replays USING btree (created_at)
  WHERE (status = 'draft'::public.replay_status);

CREATE INDEX replays_newest_first ON public.replays USING btree (created_at DESC, id DESC);

CREATE INDEX replays_not_ended ON public.replays USING btree (id)
  WHERE (status = ANY (ARRAY['queued'::public.replay_status, 'running'::public.replay_status, 'paused'::public.replay_status]));

CREATE INDEX replays_queued_lately ON public.replays USING btree (queued_at);

CREATE INDEX sign_in_failures_of_email ON public.sign_in_failures USING btree (email, failed_at);

CREATE INDEX sign_in_failures_of_ip ON public.sign_in_failures USING btree (ip, failed_at);

CREATE INDEX staff_actions_newest_first ON public.staff_actions USING btree (acted_at DESC, id DESC);

GRANT EXECUTE ON FUNCTION "public"."accept_events"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."add_statistics"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."advance_replay"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."advance_replays"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."apply_changes"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."attempt_detail"(public.attempts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."claim_deliveries"(text, integer, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."configure_destinations"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."control_replay"(bigint, text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_events"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_outcomes"(bigint, bigint, bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_selection"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_statistics"(timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_first_admin"(text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_replay"(public.replay_kind, jsonb, jsonb, jsonb, text, text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_replay"(bigint, public.replay_status, public.skip_reason, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_predicate"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_summary"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."expire_leases"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_event"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_staff"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_event"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_replay"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_staff"(uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."iso"(timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."limit_exceeded"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_dead_letters"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_events"(jsonb, integer, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_merchant_events"(jsonb, integer, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_missing_events"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_notices"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_projectable_items"(bigint, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_replay_failures"(bigint, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_replay_items"(bigint, text, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_replays"(jsonb, integer, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lock_replay"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_action"(text, text, text, bigint, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notice_end"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_or_null"(bytea) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."predecessor_failed"(public.replays, public.replay_items) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."preview_changes"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."preview_replay"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."projection_tables"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_analytics"(integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_backlog"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reason_to_skip"(public.events, public.deliveries, public.destinations, jsonb, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_attempts"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_rejections"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_sign_in"(text, text, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."release_leases"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_outcome_of"(public.delivery_status, public.destination_kind, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_retries"(public.deliveries) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resolve_events"(bigint[], text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."roll_up_events"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."route_again"(bigint[], boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."see_notices"(text, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."select_events"(jsonb, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."set_staff_password"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."settle_deliveries"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sign_in_allowed"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."start_replay"(bigint, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."stop_when_failing"(public.replays, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sum_outcomes"(public.statistics[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."summarise_replay"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_back"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."text_array"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wants_event"(public.destinations, text, text) TO "service_role";

REVOKE ALL ON SCHEMA "public" FROM "service_role";

GRANT USAGE ON SCHEMA "public" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."attempts_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."attempts_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."audit_logs_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."audit_logs_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."businesses_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."businesses_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."call_logs_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."call_logs_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."deliveries_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."deliveries_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."destinations_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."destinations_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."event_conflicts_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."event_conflicts_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."events_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."events_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."notices_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."notices_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."rejections_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."rejections_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."replays_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."replays_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sign_in_failures_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sign_in_failures_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."sms_logs_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."sms_logs_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."staff_actions_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."staff_actions_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."attempts" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."attempts" TO "service_role";

REVOKE ALL ON TABLE "public"."audit_logs" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."audit_logs" TO "service_role";

REVOKE ALL ON TABLE "public"."businesses" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."businesses" TO "service_role";

REVOKE ALL ON TABLE "public"."call_logs" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."call_logs" TO "service_role";

REVOKE ALL ON TABLE "public"."deliveries" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."deliveries" TO "service_role";

REVOKE ALL ON TABLE "public"."destinations" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."destinations" TO "service_role";

REVOKE ALL ON TABLE "public"."event_conflicts" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_conflicts" TO "service_role";

REVOKE ALL ON TABLE "public"."events" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."events" TO "service_role";

REVOKE ALL ON TABLE "public"."notices" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."notices" TO "service_role";

REVOKE ALL ON TABLE "public"."rejections" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."rejections" TO "service_role";

REVOKE ALL ON TABLE "public"."replay_items" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."replay_items" TO "service_role";

REVOKE ALL ON TABLE "public"."replays" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."replays" TO "service_role";

REVOKE ALL ON TABLE "public"."sign_in_failures" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sign_in_failures" TO "service_role";

REVOKE ALL ON TABLE "public"."sms_logs" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."sms_logs" TO "service_role";

REVOKE ALL ON TABLE "public"."staff_actions" FROM "service_role";

GRANT INSERT, SELECT ON TABLE "public"."staff_actions" TO "service_role";

REVOKE ALL ON TABLE "public"."staff_users" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."staff_users" TO "service_role";

REVOKE ALL ON TABLE "public"."statistics" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."statistics" TO "service_role";
