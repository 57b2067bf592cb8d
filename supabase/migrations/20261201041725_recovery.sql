-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

DROP INDEX "public"."deliveries_dead_by_cause";

DROP INDEX "public"."events_of_key";

ALTER TABLE "public"."statistics"
  DROP CONSTRAINT "statistics_outcome_check";

ALTER TABLE "public"."statistics_hours"
  DROP CONSTRAINT "statistics_hours_outcome_check";

DROP FUNCTION "public"."back_fill"(bigint, jsonb, text[]);

DROP FUNCTION "public"."counted_with"(jsonb, jsonb);

DROP FUNCTION "public"."has_key"(public.events, text, jsonb);

DROP FUNCTION "public"."latency_histogram"(integer[]);

DROP FUNCTION "public"."latency_quantile"(integer[], numeric);

DROP FUNCTION "public"."match_entries"(bigint, jsonb);

DROP FUNCTION "public"."members_of"(jsonb, jsonb);

DROP FUNCTION "public"."ordering_key_of"(public.destinations, public.events);

DROP FUNCTION "public"."reconciliation_json"(public.reconciliations);

DROP FUNCTION "public"."replay_retries"(public.deliveries);

DROP FUNCTION "public"."row_to_write"(jsonb, jsonb, jsonb, boolean, boolean);

DROP FUNCTION "public"."store_events"(jsonb, integer[], boolean, bigint);

DROP FUNCTION "public"."winning_state"(jsonb, jsonb, jsonb);

ALTER TABLE "public"."deliveries"
  DROP COLUMN "error_group";

ALTER TABLE "public"."events"
  DROP COLUMN "event_key_hash";

ALTER TABLE "public"."event_bodies" RENAME TO "event_bodies_first";
ALTER TABLE "public"."event_bodies_first" RENAME CONSTRAINT "event_bodies_pkey" TO "event_bodies_first_pkey";
ALTER TABLE "public"."event_bodies_first"
  ALTER COLUMN "raw_body" DROP NOT NULL,
  ADD COLUMN "dense_body" bytea,
  ADD CONSTRAINT "event_bodies_check" CHECK (num_nonnulls(raw_body, dense_body) = 1);

CREATE TABLE "public"."alert_rule_channels" (
  "rule_id"    bigint NOT NULL,
  "channel_id" bigint NOT NULL,
  CONSTRAINT "alert_rule_channels_pkey" PRIMARY KEY (rule_id, channel_id)
);

ALTER TABLE "public"."alert_rule_channels"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."alert_rule_channels" FROM "anon", "authenticated";

CREATE TABLE "public"."alert_rules" (
  "id"   bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "slug" text,
  CONSTRAINT "alert_rules_one_per_slug" UNIQUE (slug),
  CONSTRAINT "alert_rules_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."alert_rules"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."alert_rules" FROM "anon", "authenticated";

CREATE TABLE "public"."alert_series" (
  "id"              bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "rule_id"         bigint NOT NULL,
  "provider"        text,
  "event_type"      text,
  "organisation_id" text,
  "destination_id"  bigint,
  CONSTRAINT "alert_series_each_once" UNIQUE NULLS NOT DISTINCT (rule_id, PROVIDER, event_type, organisation_id, destination_id),
  CONSTRAINT "alert_series_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."alert_series"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."alert_series" FROM "anon", "authenticated";

CREATE TABLE "public"."alert_silences" (
  "id"      bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "rule_id" bigint,
  CONSTRAINT "alert_silences_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."alert_silences"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."alert_silences" FROM "anon", "authenticated";

CREATE TABLE "public"."alerts" (
  "id"        bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "rule_id"   bigint NOT NULL,
  "series_id" bigint,
  CONSTRAINT "alerts_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."alerts"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."alerts" FROM "anon", "authenticated";

CREATE TABLE "public"."arrival_habits" (
  "organisation_id" text                     NOT NULL DEFAULT ''::text,
  "provider"        text                     NOT NULL,
  "event_type"      text                     NOT NULL,
  "rates"           numeric[]                NOT NULL,
  "per_day"         numeric                  NOT NULL,
  "spread"          numeric,
  "threshold"       numeric                  NOT NULL,
  "days"            integer                  NOT NULL,
  CONSTRAINT "arrival_habits_pkey" PRIMARY KEY (organisation_id, PROVIDER, event_type),
  CONSTRAINT "arrival_habits_rates_check" CHECK ((cardinality(rates) = 168)),
  CONSTRAINT "arrival_habits_spread_check" CHECK ((spread >= (3)::numeric)),
  "learnt_at"       timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."arrival_habits"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."arrival_habits" FROM "anon", "authenticated";

CREATE TABLE "public"."channels" (
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  CONSTRAINT "channels_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."channels"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."channels" FROM "anon", "authenticated";

CREATE TABLE "public"."event_assignees" (
  "event_id"    bigint                   NOT NULL,
  "assignee"    text                     NOT NULL,
  "assignee_id" text                     NOT NULL,
  "assigned_by" text                     NOT NULL,
  CONSTRAINT "event_assignees_pkey" PRIMARY KEY (event_id),
  "assigned_at" timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."event_assignees"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_assignees" FROM "anon", "authenticated";

CREATE TABLE "public"."event_bodies" (
  "event_id"   bigint NOT NULL,
  "raw_body"   bytea,
  "dense_body" bytea
) PARTITION BY RANGE (event_id);

ALTER TABLE "public"."event_bodies"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_bodies" FROM "anon", "authenticated";

CREATE TABLE "public"."event_notes" (
  "id"         bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "event_id"   bigint                   NOT NULL,
  "message"    text                     NOT NULL,
  "actor"      text                     NOT NULL,
  "actor_id"   text                     NOT NULL,
  "request_id" text,
  CONSTRAINT "event_notes_message_check" CHECK (((char_length(message) >= 1) AND (char_length(message) <= 4000))),
  CONSTRAINT "event_notes_pkey" PRIMARY KEY (id),
  "written_at" timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."event_notes"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_notes" FROM "anon", "authenticated";

CREATE TABLE "public"."forgettings" (
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  CONSTRAINT "forgettings_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."forgettings"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."forgettings" FROM "anon", "authenticated";

CREATE TABLE "public"."heartbeats" (
  "name"       text                     NOT NULL,
  "kind"       text                     NOT NULL,
  "version"    text,
  "details"    jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT "heartbeats_kind_check" CHECK ((kind = ANY (ARRAY['worker'::text, 'evaluation'::text, 'learning'::text]))),
  CONSTRAINT "heartbeats_name_check" CHECK ((length(name) <= 200)),
  CONSTRAINT "heartbeats_pkey" PRIMARY KEY (name),
  "started_at" timestamp with time zone NOT NULL DEFAULT public.now_(),
  "at"         timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."heartbeats"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."heartbeats"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."heartbeats" FROM "anon", "authenticated";

CREATE TABLE "public"."incident_items" (
  "incident_id"     bigint                   NOT NULL,
  "position"        integer                  NOT NULL,
  "provider"        text                     NOT NULL,
  "source_id"       bigint,
  "identity"        text                     NOT NULL,
  "event_type"      text                     NOT NULL,
  "event_id"        bigint,
  "finding_id"      bigint,
  "object_id"       text,
  "organisation_id" text,
  "customer_id"     text,
  "occurred_at"     timestamp with time zone,
  "amount"          bigint,
  "currency"        text,
  CONSTRAINT "incident_items_each_once" UNIQUE NULLS NOT DISTINCT (incident_id, PROVIDER, source_id, identity),
  CONSTRAINT "incident_items_identity_check" CHECK (((octet_length(identity) >= 1) AND (octet_length(identity) <= 1024))),
  CONSTRAINT "incident_items_pkey" PRIMARY KEY (incident_id, "position")
);

ALTER TABLE "public"."incident_items"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."incident_items" FROM "anon", "authenticated";

CREATE TABLE "public"."incident_log" (
  "id"          bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "incident_id" bigint NOT NULL,
  CONSTRAINT "incident_log_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."incident_log"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."incident_log" FROM "anon", "authenticated";

CREATE TABLE "public"."incident_requests" (
  "id"          bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "incident_id" bigint NOT NULL,
  CONSTRAINT "incident_requests_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."incident_requests"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."incident_requests" FROM "anon", "authenticated";

CREATE TABLE "public"."incident_runs" (
  "incident_id"       bigint NOT NULL,
  "reconciliation_id" bigint NOT NULL,
  "purpose"           text   NOT NULL,
  CONSTRAINT "incident_runs_pkey" PRIMARY KEY (incident_id, reconciliation_id),
  CONSTRAINT "incident_runs_purpose_check" CHECK ((purpose = ANY (ARRAY['find'::text, 'verify'::text])))
);

ALTER TABLE "public"."incident_runs"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."incident_runs" FROM "anon", "authenticated";

CREATE TABLE "public"."incident_stages" (
  "incident_id" bigint  NOT NULL,
  "number"      integer NOT NULL,
  "replay_id"   bigint  NOT NULL,
  CONSTRAINT "incident_stages_pkey" PRIMARY KEY (incident_id, number)
);

ALTER TABLE "public"."incident_stages"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."incident_stages" FROM "anon", "authenticated";

CREATE TABLE "public"."incident_steps" (
  "incident_id" bigint NOT NULL
);

ALTER TABLE "public"."incident_steps"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."incident_steps" FROM "anon", "authenticated";

CREATE TABLE "public"."incidents" (
  "id"    bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "title" text   NOT NULL,
  "cause" text   NOT NULL,
  CONSTRAINT "incidents_cause_check" CHECK (((char_length(cause) >= 1) AND (char_length(cause) <= 2000))),
  CONSTRAINT "incidents_pkey" PRIMARY KEY (id),
  CONSTRAINT "incidents_title_check" CHECK (((char_length(title) >= 1) AND (char_length(title) <= 200)))
);

ALTER TABLE "public"."incidents"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."incidents" FROM "anon", "authenticated";

CREATE TABLE "public"."metric_counters" (
  "metric"      text     NOT NULL,
  "label"       text     NOT NULL DEFAULT ''::text,
  "outcome"     text     NOT NULL,
  "error_class" text     NOT NULL DEFAULT ''::text,
  "shard"       smallint NOT NULL,
  "count"       bigint   NOT NULL,
  "duration_ms" bigint   NOT NULL DEFAULT 0,
  "latency"     bigint[],
  CONSTRAINT "metric_counters_metric_check" CHECK ((metric = ANY (ARRAY['event'::text, 'delivery'::text, 'replay_item'::text, 'notification'::text]))),
  CONSTRAINT "metric_counters_pkey" PRIMARY KEY (metric, label, outcome, error_class, shard)
);

ALTER TABLE "public"."metric_counters"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."metric_counters"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."metric_counters" FROM "anon", "authenticated";

CREATE TABLE "public"."metric_totals" (
  "provider" text                     NOT NULL,
  "outcome"  text                     NOT NULL,
  "until"    timestamp with time zone NOT NULL,
  "count"    bigint                   NOT NULL,
  CONSTRAINT "metric_totals_pkey" PRIMARY KEY (PROVIDER, outcome)
);

ALTER TABLE "public"."metric_totals"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."metric_totals"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."metric_totals" FROM "anon", "authenticated";

CREATE TABLE "public"."notification_preferences" (
  "staff_id" uuid NOT NULL,
  CONSTRAINT "notification_preferences_pkey" PRIMARY KEY (staff_id)
);

ALTER TABLE "public"."notification_preferences"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."notification_preferences" FROM "anon", "authenticated";

CREATE TABLE "public"."notifications" (
  "id"         bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "channel_id" bigint,
  "staff_id"   uuid,
  CONSTRAINT "notifications_pkey" PRIMARY KEY (id),
  CONSTRAINT "notifications_to_one" CHECK (((channel_id IS NULL) <> (staff_id IS NULL)))
);

ALTER TABLE "public"."notifications"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."notifications" FROM "anon", "authenticated";

CREATE TABLE "public"."retention_turn" (
  "id"      integer                  NOT NULL DEFAULT 1,
  "worker"  text                     NOT NULL,
  "until"   timestamp with time zone NOT NULL,
  "problem" text,
  CONSTRAINT "retention_turn_id_check" CHECK ((id = 1)),
  CONSTRAINT "retention_turn_pkey" PRIMARY KEY (id),
  "next_at" timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."retention_turn"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."retention_turn" FROM "anon", "authenticated";

CREATE TABLE "public"."retention" (
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  CONSTRAINT "retention_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."retention"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."retention" FROM "anon", "authenticated";

ALTER TABLE "public"."events"
  ADD COLUMN "traceparent" text;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "resent" jsonb;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "resend_lease_until" timestamp WITH time zone;

ALTER TABLE "public"."statistics_hours"
  ADD COLUMN "latency" integer[];

ALTER TABLE "public"."statistics_hours"
  ADD COLUMN "duration_ms" bigint NOT NULL DEFAULT 0;

REVOKE ALL ON SEQUENCE "public"."alert_rules_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."alert_rules_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."alert_series_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."alert_series_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."alert_silences_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."alert_silences_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."alerts_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."alerts_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."channels_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."channels_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."event_notes_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."event_notes_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."forgettings_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."forgettings_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."incident_log_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."incident_log_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."incident_requests_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."incident_requests_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."incidents_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."incidents_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."notifications_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."notifications_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."retention_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."retention_id_seq" FROM "authenticated";

CREATE TYPE "public"."alert_kind" AS ENUM (
  'success_rate',
  'dead_letters',
  'attempts',
  'slow_endpoint',
  'endpoint_down',
  'endpoint_disabled',
  'stalled',
  'replay_volume',
  'repeated_failures',
  'stuck_replay',
  'failures_doubled',
  'rejections',
  'silence',
  'drop',
  'missing',
  'repairs',
  'horizon',
  'configuration',
  'oldest_due',
  'worker_gone',
  'channel_failing',
  'disk_low',
  'credential_expiring'
);

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "kind" public.alert_kind NOT NULL;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "name" text NOT NULL;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "provider" text;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "event_type" text;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "organisation_id" text;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "destination_id" bigint;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "settings" jsonb NOT NULL;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "bad_evaluations" integer NOT NULL DEFAULT 1;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "hold_seconds" integer NOT NULL DEFAULT 300;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "repeat_seconds" integer NOT NULL DEFAULT 14400;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "kind" public.alert_kind;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "provider" text;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "event_type" text;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "organisation_id" text;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "destination_id" bigint;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "reason" text NOT NULL;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "actor" text NOT NULL;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "actor_id" text NOT NULL;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "scope" text[];

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "ends_at" timestamp WITH time zone NOT NULL;

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "ended_by" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "kind" public.alert_kind NOT NULL;

CREATE TYPE "public"."alert_state" AS ENUM (
  'ok',
  'pending',
  'firing'
);

ALTER TABLE "public"."alert_series"
  ADD COLUMN "state" public.alert_state NOT NULL DEFAULT 'ok'::public.alert_state;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "bad" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "well_since" timestamp WITH time zone;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "value" numeric;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "explain" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "alert_id" bigint;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "asking_run_id" bigint;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "asking_until" timestamp WITH time zone;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "evaluated_at" timestamp WITH time zone;

ALTER TABLE "public"."alert_series"
  ADD COLUMN "problem" text;

CREATE TYPE "public"."channel_kind" AS ENUM (
  'email',
  'slack',
  'teams',
  'pagerduty',
  'webhook'
);

ALTER TABLE "public"."channels"
  ADD COLUMN "kind" public.channel_kind NOT NULL;

ALTER TABLE "public"."channels"
  ADD COLUMN "name" text NOT NULL;

ALTER TABLE "public"."channels"
  ADD COLUMN "settings" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."channels"
  ADD COLUMN "secrets" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."channels"
  ADD COLUMN "hints" jsonb NOT NULL DEFAULT '{}'::jsonb;

CREATE TYPE "public"."incident_cause" AS ENUM (
  'missing',
  'rejected',
  'failed',
  'waiting',
  'stale',
  'drifted',
  'delivered'
);

ALTER TABLE "public"."incident_items"
  ADD COLUMN "cause" public.incident_cause NOT NULL;

CREATE TYPE "public"."incident_item_state" AS ENUM (
  'affected',
  'recovered',
  'verified',
  'still_missing',
  'unrecoverable'
);

ALTER TABLE "public"."incident_items"
  ADD COLUMN "state" public.incident_item_state NOT NULL DEFAULT 'affected'::public.incident_item_state;

ALTER TABLE "public"."incident_items"
  ADD COLUMN "reason" text;

ALTER TABLE "public"."incident_items"
  ADD COLUMN "accepted_by" text;

ALTER TABLE "public"."incident_items"
  ADD COLUMN "accepted_by_id" text;

ALTER TABLE "public"."incident_items"
  ADD COLUMN "accepted_at" timestamp WITH time zone;

ALTER TABLE "public"."incident_items"
  ADD COLUMN "replay_id" bigint;

ALTER TABLE "public"."incident_items"
  ADD COLUMN "proof" jsonb;

CREATE TYPE "public"."incident_log_kind" AS ENUM (
  'opened',
  'grown',
  'changed',
  'note',
  'step',
  'replay',
  'reconciliation',
  'verified',
  'accepted',
  'requested',
  'approved',
  'declined',
  'evidence',
  'closed',
  'reopened'
);

ALTER TABLE "public"."incident_log"
  ADD COLUMN "kind" public.incident_log_kind NOT NULL;

ALTER TABLE "public"."incident_log"
  ADD COLUMN "message" text NOT NULL;

ALTER TABLE "public"."incident_log"
  ADD COLUMN "details" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."incident_log"
  ADD COLUMN "actor" text NOT NULL;

ALTER TABLE "public"."incident_log"
  ADD COLUMN "actor_id" text NOT NULL;

ALTER TABLE "public"."incident_log"
  ADD COLUMN "request_id" text;

CREATE TYPE "public"."incident_opener" AS ENUM (
  'person',
  'alert',
  'run'
);

CREATE TYPE "public"."incident_request_action" AS ENUM (
  'grow',
  'recover',
  'accept',
  'close'
);

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "action" public.incident_request_action NOT NULL;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "input" jsonb NOT NULL;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "reason" text NOT NULL;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "actor" text NOT NULL;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "actor_id" text NOT NULL;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "is_approved" boolean;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "decided_by" text;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "decided_by_id" text;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "decision" text;

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "decided_at" timestamp WITH time zone;

CREATE TYPE "public"."incident_severity" AS ENUM (
  'P0',
  'P1',
  'P2',
  'P3',
  'P4'
);

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "severity" public.incident_severity NOT NULL;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "enabled" boolean NOT NULL DEFAULT true;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "version" integer NOT NULL DEFAULT 1;

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "archived_at" timestamp WITH time zone;

ALTER TABLE "public"."alerts"
  ADD COLUMN "severity" public.incident_severity NOT NULL;

ALTER TABLE "public"."alerts"
  ADD COLUMN "provider" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "event_type" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "organisation_id" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "destination_id" bigint;

ALTER TABLE "public"."alerts"
  ADD COLUMN "summary" text NOT NULL;

ALTER TABLE "public"."alerts"
  ADD COLUMN "explain" jsonb NOT NULL;

ALTER TABLE "public"."alerts"
  ADD COLUMN "resolved_at" timestamp WITH time zone;

ALTER TABLE "public"."alerts"
  ADD COLUMN "suppressed_because" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "acknowledged_at" timestamp WITH time zone;

ALTER TABLE "public"."alerts"
  ADD COLUMN "acknowledged_by" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "acknowledged_by_id" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "note" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "assignee" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "assignee_id" text;

ALTER TABLE "public"."alerts"
  ADD COLUMN "incident_id" bigint;

ALTER TABLE "public"."channels"
  ADD COLUMN "severities" public.incident_severity[] NOT NULL DEFAULT '{P0,P1,P2,P3}'::public.incident_severity[];

ALTER TABLE "public"."channels"
  ADD COLUMN "organisations" text[];

ALTER TABLE "public"."channels"
  ADD COLUMN "tells_replays" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."channels"
  ADD COLUMN "enabled" boolean NOT NULL DEFAULT true;

ALTER TABLE "public"."channels"
  ADD COLUMN "version" integer NOT NULL DEFAULT 1;

ALTER TABLE "public"."channels"
  ADD COLUMN "last_sent_at" timestamp WITH time zone;

ALTER TABLE "public"."channels"
  ADD COLUMN "last_failed_at" timestamp WITH time zone;

ALTER TABLE "public"."channels"
  ADD COLUMN "failures" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."channels"
  ADD COLUMN "problem" text;

ALTER TABLE "public"."channels"
  ADD COLUMN "archived_at" timestamp WITH time zone;

ALTER TABLE "public"."incidents"
  ADD COLUMN "severity" public.incident_severity NOT NULL;

ALTER TABLE "public"."notification_preferences"
  ADD COLUMN "mail_severities" public.incident_severity[] NOT NULL DEFAULT '{}'::public.incident_severity[];

ALTER TABLE "public"."notification_preferences"
  ADD COLUMN "console_severities" public.incident_severity[] NOT NULL DEFAULT '{P0,P1}'::public.incident_severity[];

ALTER TABLE "public"."notification_preferences"
  ADD COLUMN "mails_replays" boolean NOT NULL DEFAULT false;

ALTER TABLE "public"."notification_preferences"
  ADD COLUMN "mails_report" boolean NOT NULL DEFAULT false;

CREATE TYPE "public"."incident_state" AS ENUM (
  'open',
  'recovering',
  'verifying',
  'closed',
  'closed_with_exceptions',
  'reopened'
);

ALTER TABLE "public"."incidents"
  ADD COLUMN "state" public.incident_state NOT NULL DEFAULT 'open'::public.incident_state;

ALTER TABLE "public"."incidents"
  ADD COLUMN "opened_by" public.incident_opener NOT NULL;

ALTER TABLE "public"."incidents"
  ADD COLUMN "actor" text NOT NULL;

ALTER TABLE "public"."incidents"
  ADD COLUMN "actor_id" text NOT NULL;

ALTER TABLE "public"."incidents"
  ADD COLUMN "request_id" text;

ALTER TABLE "public"."incidents"
  ADD COLUMN "owner" text;

ALTER TABLE "public"."incidents"
  ADD COLUMN "owner_id" text;

ALTER TABLE "public"."incidents"
  ADD COLUMN "from_ts" timestamp WITH time zone NOT NULL;

ALTER TABLE "public"."incidents"
  ADD COLUMN "to_ts" timestamp WITH time zone NOT NULL;

ALTER TABLE "public"."incidents"
  ADD COLUMN "selection" jsonb NOT NULL;

ALTER TABLE "public"."incidents"
  ADD COLUMN "organisations" text[];

ALTER TABLE "public"."incidents"
  ADD COLUMN "scope" text[];

ALTER TABLE "public"."incidents"
  ADD COLUMN "total" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."incidents"
  ADD COLUMN "affected" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."incidents"
  ADD COLUMN "recovered" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."incidents"
  ADD COLUMN "verified" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."incidents"
  ADD COLUMN "still_missing" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."incidents"
  ADD COLUMN "unrecoverable" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."incidents"
  ADD COLUMN "accepted" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."incidents"
  ADD COLUMN "recovery" jsonb;

ALTER TABLE "public"."incidents"
  ADD COLUMN "lease_until" timestamp WITH time zone;

ALTER TABLE "public"."incidents"
  ADD COLUMN "responded_at" timestamp WITH time zone;

ALTER TABLE "public"."incidents"
  ADD COLUMN "recovering_at" timestamp WITH time zone;

ALTER TABLE "public"."incidents"
  ADD COLUMN "verifying_at" timestamp WITH time zone;

ALTER TABLE "public"."incidents"
  ADD COLUMN "verified_at" timestamp WITH time zone;

ALTER TABLE "public"."incidents"
  ADD COLUMN "closed_at" timestamp WITH time zone;

ALTER TABLE "public"."incidents"
  ADD COLUMN "closed_by" text;

ALTER TABLE "public"."incidents"
  ADD COLUMN "reopened_at" timestamp WITH time zone;

CREATE TYPE "public"."incident_step_status" AS ENUM (
  'pending',
  'running',
  'waiting',
  'done',
  'failed'
);

CREATE TYPE "public"."incident_step" AS ENUM (
  'find_missing',
  'find_failed',
  'find_stale',
  'preview',
  'canary',
  'run',
  'verify',
  'evidence'
);

ALTER TABLE "public"."incident_steps"
  ADD COLUMN "step" public.incident_step NOT NULL;

ALTER TABLE "public"."incident_steps"
  ADD COLUMN "status" public.incident_step_status NOT NULL DEFAULT 'pending'::public.incident_step_status;

ALTER TABLE "public"."incident_steps"
  ADD COLUMN "found" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."incident_steps"
  ADD COLUMN "reason" text;

ALTER TABLE "public"."incident_steps"
  ADD COLUMN "started_at" timestamp WITH time zone;

ALTER TABLE "public"."incident_steps"
  ADD COLUMN "ended_at" timestamp WITH time zone;

CREATE TYPE "public"."notification_kind" AS ENUM (
  'fired',
  'repeated',
  'resolved',
  'replay',
  'report',
  'test',
  'acknowledged'
);

ALTER TABLE "public"."notifications"
  ADD COLUMN "kind" public.notification_kind NOT NULL;

ALTER TABLE "public"."notifications"
  ADD COLUMN "alert_id" bigint;

ALTER TABLE "public"."notifications"
  ADD COLUMN "replay_id" bigint;

ALTER TABLE "public"."notifications"
  ADD COLUMN "number" bigint NOT NULL DEFAULT 0;

ALTER TABLE "public"."notifications"
  ADD COLUMN "group_key" text NOT NULL;

ALTER TABLE "public"."notifications"
  ADD COLUMN "content" jsonb;

CREATE TYPE "public"."notification_status" AS ENUM (
  'pending',
  'sent',
  'failed',
  'skipped'
);

ALTER TABLE "public"."notifications"
  ADD COLUMN "status" public.notification_status NOT NULL DEFAULT 'pending'::public.notification_status;

ALTER TABLE "public"."notifications"
  ADD COLUMN "attempts" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."notifications"
  ADD COLUMN "fence" bigint NOT NULL DEFAULT 0;

ALTER TABLE "public"."notifications"
  ADD COLUMN "lease_until" timestamp WITH time zone;

ALTER TABLE "public"."notifications"
  ADD COLUMN "outcome" text;

ALTER TABLE "public"."notifications"
  ADD COLUMN "remote_id" text;

ALTER TABLE "public"."notifications"
  ADD COLUMN "ended_at" timestamp WITH time zone;

ALTER TYPE "public"."replay_kind" ADD VALUE 'incident' AFTER 'back_fill';


SET local check_function_bodies = off;

CREATE TYPE "public"."retention_class" AS ENUM (
  'bodies',
  'readable',
  'answers',
  'events',
  'audit'
);

ALTER TABLE "public"."forgettings"
  ADD COLUMN "class" public.retention_class NOT NULL;

ALTER TABLE "public"."forgettings"
  ADD COLUMN "days" integer NOT NULL;

ALTER TABLE "public"."forgettings"
  ADD COLUMN "first_id" bigint NOT NULL;

ALTER TABLE "public"."forgettings"
  ADD COLUMN "last_id" bigint NOT NULL;

ALTER TABLE "public"."forgettings"
  ADD COLUMN "ids" int8multirange NOT NULL;

ALTER TABLE "public"."forgettings"
  ADD COLUMN "rows" bigint NOT NULL;

ALTER TABLE "public"."forgettings"
  ADD COLUMN "file" text;

ALTER TABLE "public"."retention"
  ADD COLUMN "class" public.retention_class NOT NULL;

ALTER TABLE "public"."retention"
  ADD COLUMN "organisation_id" text;

ALTER TABLE "public"."retention"
  ADD COLUMN "days" integer;

ALTER TABLE "public"."retention"
  ADD COLUMN "changed_by" text NOT NULL;

ALTER TYPE "public"."skip_reason" ADD VALUE 'body_forgotten' AFTER 'test_mode';


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
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_events jsonb;
  v_stored jsonb;
  v_new jsonb;
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

  v_stored := public.store_events(v_events, v_suspected, p_deliver_suspected);
  v_new := v_stored -> 'new';

  if (select count(*) from jsonb_object_keys(v_new)) = jsonb_array_length(v_events) then
    select jsonb_agg(jsonb_build_object(
      'n', i.n, 'event_id', v_new -> i.n::text, 'outcome', 'accepted', 'provider', i.provider,
      'event_type', i.event_type, 'organisation_id', i.organisation_id, 'suspected_replay', i.n = any (v_suspected),
      'wakes', v_stored -> 'kinds'
    )) into v_answer
    from jsonb_to_recordset(v_events) as i(n integer, provider text, event_type text, organisation_id text);
  else
    -- A new statement sees what another transaction committed while the insert waited for it.
    with seen as (
      select i.n, i.provider, i.event_type, k.event_id, e.organisation_id,
        coalesce(e.suspected_replay, false) as suspected_replay,
        public.is_brought_back(e.origin) as is_late, e.fingerprint <> decode(i.fingerprint, 'hex') as is_other,
        case
          when e.id = (v_new ->> i.n::text)::bigint and row_number() over (partition by e.id order by i.n) = 1
            then 'accepted'
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

CREATE OR REPLACE FUNCTION public.accept_incident_items (
  p_id         bigint,
  p_positions  integer[],
  p_reason     text,
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
  i public.incidents;
  v_wrong jsonb;
  v_accepted integer[];
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif public.is_incident_closed(i) then
    return jsonb_build_object('result', 'closed');
  elsif public.is_recovery_active(i) then
    return jsonb_build_object('result', 'under_way');
  end if;
  select jsonb_agg(p.n order by p.n) into v_wrong
  from (select distinct n from unnest(p_positions) n) p
  where not exists (
    select from public.incident_items y
    where y.incident_id = p_id and y.position = p.n and y.state in ('still_missing', 'unrecoverable')
  );
  if v_wrong is not null then
    return jsonb_build_object('result', 'not_acceptable', 'positions', v_wrong);
  end if;

  with accepted as (
    update public.incident_items y set
      state = 'unrecoverable', reason = coalesce(y.reason, p_reason), accepted_by = p_actor,
      accepted_by_id = p_actor_id, accepted_at = public.now_(), changed_at = public.now_()
    where y.incident_id = p_id and y.state in ('still_missing', 'unrecoverable') and y.accepted_at is null
      and (p_positions is null or y.position = any (p_positions))
    returning y.position
  )
  select array_agg(a.position order by a.position) into v_accepted from accepted a;
  if v_accepted is null then
    return jsonb_build_object('result', 'nothing');
  end if;
  perform public.write_incident_log(
    p_id, 'accepted', format('%s accepted that %s events cannot be brought back: %s', p_actor,
      cardinality(v_accepted), p_reason),
    jsonb_build_object('positions', to_jsonb(v_accepted[1:1000]), 'count', cardinality(v_accepted), 'reason', p_reason),
    p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.accept', 'in_' || p_id, jsonb_build_object('items', cardinality(v_accepted), 'reason', p_reason), p_actor,
    p_actor_id, p_request_id
  );
  perform public.close_when_done(p_id, null, 'Recovery', 'recovery', p_request_id);
  return jsonb_build_object('result', 'accepted', 'accepted', cardinality(v_accepted));
end
$function$;

REVOKE ALL ON FUNCTION "public"."accept_incident_items"(bigint, integer[], text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.acknowledge_alert (
  p_id         bigint,
  p_note       text,
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
  a public.alerts;
begin
  select * into a from public.alerts x where x.id = p_id and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  end if;
  update public.alerts x set
    acknowledged_at = coalesce(a.acknowledged_at, public.now_()),
    acknowledged_by = coalesce(a.acknowledged_by, p_actor),
    acknowledged_by_id = coalesce(a.acknowledged_by_id, p_actor_id), note = coalesce(p_note, a.note)
  where x.id = p_id;
  perform public.notify_alert(p_id, 'acknowledged') where a.acknowledged_at is null and a.resolved_at is null;
  perform public.record_staff_action(
    'alert.acknowledge', 'al_' || p_id, jsonb_strip_nulls(jsonb_build_object('note', p_note)), p_actor, p_actor_id,
    p_request_id
  );
  return '{"result": "done"}';
end
$function$;

REVOKE ALL ON FUNCTION "public"."acknowledge_alert"(bigint, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_counters (
  p_counts jsonb
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  insert into public.metric_counters as m (metric, label, outcome, error_class, shard, count, duration_ms, latency)
  select c.metric, coalesce(c.label, ''), c.outcome, coalesce(c.error_class, ''), s.shard, sum(c.count),
    coalesce(sum(c.duration_ms), 0),
    nullif(public.sum_latency(array_agg(c.latency) filter (where c.latency is not null)), '{}')
  from jsonb_to_recordset(p_counts) as c(
    metric text, label text, outcome text, error_class text, count bigint, duration_ms bigint, latency integer[]
  )
  cross join (select public.free_shard() as shard) s
  group by 1, 2, 3, 4, 5
  having sum(c.count) > 0
  -- Sorted: two transactions that share rows lock them in the same order.
  order by 1, 2, 3, 4, 5
  on conflict (metric, label, outcome, error_class, shard) do update
    set count = m.count + excluded.count, duration_ms = m.duration_ms + excluded.duration_ms,
      latency = public.add_latency(m.latency, excluded.latency);
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_counters"(jsonb) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_expected_series()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  r public.alert_rules;
begin
  for r in select * from public.alert_rules x where x.enabled and x.archived_at is null order by x.id loop
    insert into public.alert_series (rule_id, provider, event_type, organisation_id, destination_id)
    select r.id, e.provider, e.event_type, e.organisation_id, e.destination_id from public.expected_series(r) e
    on conflict on constraint alert_series_each_once do nothing;

    -- Written so that it is hashed: there may be thousands.
    delete from public.alert_series s
    where s.rule_id = r.id and s.state <> 'firing' and not exists (
      select from public.expected_series(r) e
      where coalesce(e.provider, '') = coalesce(s.provider, '')
        and coalesce(e.event_type, '') = coalesce(s.event_type, '')
        and coalesce(e.organisation_id, '') = coalesce(s.organisation_id, '')
        and coalesce(e.destination_id, 0) = coalesce(s.destination_id, 0)
    );
  end loop;
  -- What was switched off while it fired is over.
  perform public.resolve_series(s)
  from public.alert_series s
  join public.alert_rules x on x.id = s.rule_id
  where s.state = 'firing' and (not x.enabled or x.archived_at is not null);
  delete from public.alert_series s using public.alert_rules x
  where x.id = s.rule_id and x.archived_at is not null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_expected_series"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_first_rules()
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_added integer;
begin
  insert into public.alert_rules (
    slug, kind, name, settings, severity, bad_evaluations, hold_seconds, repeat_seconds
  )
  select x.slug, x.kind::public.alert_kind, x.name, x.settings::jsonb, x.severity::public.incident_severity, x.bad,
    x.hold, case when x.kind in ('silence', 'drop') then 86400 else 14400 end
  from (values
    ('success-rate-50', 'success_rate', 'Success rate below 50 % for 10 minutes',
      '{"threshold": 50, "window_minutes": 10, "at_least": 20}', 'P0', 1, 300),
    ('success-rate-70', 'success_rate', 'Success rate below 70 % for 30 minutes',
      '{"threshold": 70, "window_minutes": 30, "at_least": 20}', 'P0', 1, 300),
    ('success-rate-80', 'success_rate', 'Success rate below 80 % for 15 minutes',
      '{"threshold": 80, "window_minutes": 15, "at_least": 20}', 'P1', 1, 300),
    ('success-rate-95', 'success_rate', 'Success rate below 95 % for an hour',
      '{"threshold": 95, "window_minutes": 60, "at_least": 100}', 'P3', 1, 900),
    ('dead-letters-5', 'dead_letters', 'More than 5 dead letters in an hour',
      '{"threshold": 5, "window_minutes": 60}', 'P3', 1, 300),
    ('dead-letters-10', 'dead_letters', 'More than 10 dead letters in an hour',
      '{"threshold": 10, "window_minutes": 60}', 'P2', 1, 300),
    ('dead-letters-20', 'dead_letters', 'More than 20 dead letters in an hour',
      '{"threshold": 20, "window_minutes": 60}', 'P1', 1, 300),
    ('attempts', 'attempts', 'More than 1.5 attempts per delivery',
      '{"threshold": 1.5, "window_minutes": 60, "at_least": 20}', 'P4', 1, 900),
    ('slow-endpoint', 'slow_endpoint', 'An endpoint takes longer than 2 seconds',
      '{"threshold": 2000, "window_minutes": 15, "at_least": 10}', 'P4', 1, 900),
    ('endpoint-down', 'endpoint_down', 'An endpoint is down for 5 minutes',
      '{"window_minutes": 5, "at_least": 3}', 'P1', 1, 60),
    ('endpoint-disabled', 'endpoint_disabled', 'An endpoint is disabled, or about to be', '{}', 'P1', 1, 0),
    ('stalled', 'stalled', 'Events arrive and none is delivered for 30 minutes',
      '{"window_minutes": 30, "at_least": 3}', 'P1', 1, 60),
    ('replay-volume', 'replay_volume', 'An unusual number of replayed events',
      '{"threshold": 3, "at_least": 100}', 'P3', 1, 300),
    ('repeated-failures', 'repeated_failures', 'The same event failed in 3 replays',
      '{"threshold": 3, "window_minutes": 1440}', 'P2', 1, 0),
    ('stuck-replay', 'stuck_replay', 'A replay takes too long, or does not move',
      '{"threshold": 2, "window_minutes": 5}', 'P3', 1, 60),
    ('failures-doubled', 'failures_doubled', 'Failures have doubled within an hour',
      '{"threshold": 2, "window_minutes": 60, "at_least": 20}', 'P3', 3, 900),
    ('rejections', 'rejections', 'Bad signatures: a secret was probably changed',
      '{"threshold": 50, "window_minutes": 15, "at_least": 10}', 'P2', 1, 900),
    ('silence', 'silence', 'Events that are expected do not arrive', '{}', 'P3', 1, 0),
    ('drop', 'drop', 'Far fewer events than expected', '{}', 'P3', 1, 900),
    ('missing', 'missing', 'Events of a provider are missing', '{"threshold": 0}', 'P1', 1, 0),
    ('repairs', 'repairs', 'More repairs than usual', '{"threshold": 3, "at_least": 20}', 'P3', 1, 900),
    ('horizon', 'horizon', 'Missing events will soon be out of reach', '{"threshold": 48}', 'P1', 1, 0),
    ('configuration', 'configuration', 'A provider is not set up as it should be', '{}', 'P2', 1, 0),
    ('oldest-due', 'oldest_due', 'Deliveries wait for more than 5 minutes', '{"threshold": 300}', 'P1', 2, 120),
    ('worker-gone', 'worker_gone', 'A worker stopped without notice', '{"threshold": 60}', 'P1', 1, 60),
    ('channel-failing', 'channel_failing', 'A channel accepts no messages', '{"threshold": 2}', 'P2', 1, 0),
    ('disk-low', 'disk_low', 'The disk of the database is nearly full', '{"threshold": 1024}', 'P1', 1, 300),
    ('credential-expiring', 'credential_expiring', 'An API token in use expires within 7 days', '{"threshold": 7}',
      'P3', 1, 0)
  ) as x(slug, kind, name, settings, severity, bad, hold)
  order by x.severity, x.slug
  on conflict on constraint alert_rules_one_per_slug do nothing;
  get diagnostics v_added = row_count;
  return v_added;
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_first_rules"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_incident_events (
  p_id     bigint,
  p_events bigint[]
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_added integer;
begin
  insert into public.incident_items (
    incident_id, position, provider, source_id, identity, event_type, event_id, object_id, organisation_id, customer_id,
    occurred_at, amount, currency, cause
  )
  select p_id, public.last_position(p_id) + row_number() over (order by e.received_at, e.id), e.provider, e.source_id,
    public.item_identity(e), e.event_type, e.id, e.object_id, e.organisation_id, e.customer_id,
    coalesce(e.occurred_at, e.received_at), e.amount, e.currency, public.cause_of_event(e.id)
  from unnest(p_events) n(id)
  cross join lateral (select x.* from public.events x where x.id = n.id offset 0) e
  where not exists (
    select from public.incident_items y where y.incident_id = p_id and y.event_id = e.id
  )
  on conflict on constraint incident_items_each_once do nothing;
  get diagnostics v_added = row_count;
  perform public.note_incident_organisations(p_id) where v_added > 0;
  return v_added;
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_incident_events"(bigint, bigint[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_incident_findings (
  p_id    bigint,
  p_fence bigint,
  p_runs  bigint[],
  p_most  integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  i public.incidents;
  v_added integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  v_added := public.add_incident_findings_of(p_id, p_runs, i.scope, greatest(0, p_most - i.total));
  if v_added > 0 then
    perform public.write_incident_log(
      p_id, 'grown', format('Grown by %s events that the providers name.', v_added),
      jsonb_build_object('added', v_added, 'total', i.total + v_added, 'runs', to_jsonb(p_runs)),
      'Recovery', 'recovery', i.recovery ->> 'request_id'
    );
  end if;
  return jsonb_build_object('added', v_added, 'is_full', i.total + v_added >= p_most);
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_incident_findings"(bigint, bigint, bigint[], integer) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_incident_findings_of (
  p_id    bigint,
  p_runs  bigint[],
  p_scope text[],
  p_most  integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_organisation text := (
    select i.selection -> 'filter' ->> 'org_id' from public.incidents i where i.id = p_id
  );
  v_added integer;
begin
  insert into public.incident_items (
    incident_id, position, provider, source_id, identity, event_type, event_id, finding_id, object_id, organisation_id,
    customer_id, occurred_at, amount, currency, cause, state, reason
  )
  select p_id, public.last_position(p_id) + row_number() over (order by f.occurred_at, f.id), f.provider, f.source_id,
    coalesce(public.item_identity(e), f.identity), f.event_type, e.id, f.id, coalesce(e.object_id, f.object_id),
    coalesce(e.organisation_id, f.organisation_id), e.customer_id, f.occurred_at, e.amount, e.currency,
    case f.kind
      when 'rejected' then 'rejected' when 'undelivered' then 'failed' when 'drifted' then 'drifted' else 'missing'
    end::public.incident_cause,
    case when f.kind = 'unrecoverable' then 'unrecoverable' else 'affected' end::public.incident_item_state,
    case when f.kind = 'unrecoverable' then coalesce(left(f.detail, 1000), 'The provider does not give it back.') end
  from (
    -- The same is missing in several runs, once each.
    select distinct on (x.provider, x.source_id, x.identity) x.* from public.findings x
    where x.reconciliation_id = any (p_runs) and x.closed_at is null
    order by x.provider, x.source_id, x.identity, x.id desc
  ) f
  left join lateral (select x.* from public.events x where x.id = f.event_id offset 0) e on true
  where public.in_scope(p_scope, coalesce(e.organisation_id, f.organisation_id))
    and (v_organisation is null or coalesce(e.organisation_id, f.organisation_id, v_organisation) = v_organisation)
    and not exists (
      select from public.incident_items y where y.incident_id = p_id and y.event_id = f.event_id
    )
    and not exists (
      select from public.incident_items y
      where y.incident_id = p_id and y.provider = f.provider and y.source_id is not distinct from f.source_id
        and y.identity = f.identity
    )
  order by f.occurred_at, f.id
  limit p_most
  on conflict on constraint incident_items_each_once do nothing;
  get diagnostics v_added = row_count;
  perform public.note_incident_organisations(p_id) where v_added > 0;
  return v_added;
end
$function$;

REVOKE ALL ON FUNCTION "public"."add_incident_findings_of"(bigint, bigint[], text[], integer) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_latency (
  p_one   bigint[],
  p_other bigint[]
)
  RETURNS bigint[]
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

REVOKE ALL ON FUNCTION "public"."add_latency"(bigint[], bigint[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.add_statistics (
  p_counts jsonb
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  with counted as materialized (
    select o.id, c.provider, c.event_type, c.outcome, (pg_backend_pid() % 16)::smallint as shard,
      sum(c.count) as count,
      public.latency_histogram(array_agg(c.duration_ms) filter (where c.duration_ms is not null)) as latency
    from jsonb_to_recordset(p_counts) as c(
      organisation_id text, provider text, event_type text, outcome text, count bigint, duration_ms integer
    )
    cross join lateral unnest(array['', nullif(c.organisation_id, '')]) as o(id)
    where o.id is not null
    group by 1, 2, 3, 4
    -- Sorted: two transactions that share rows lock them in the same order.
    order by 1, 2, 3, 4
  ),
  by_minute as (
    insert into public.statistics as s (
      organisation_id, minute, provider, event_type, outcome, shard, count, latency
    )
    select c.id, date_trunc('minute', public.now_()), c.provider, c.event_type, c.outcome, c.shard, c.count, c.latency
    from counted c
    on conflict (organisation_id, minute, provider, event_type, outcome, shard) do update
      set count = s.count + excluded.count, latency = public.add_latency(s.latency, excluded.latency)
  )
  insert into public.statistics_hours as h (organisation_id, hour, provider, event_type, outcome, shard, count)
  select c.id, date_trunc('hour', public.now_(), 'UTC'), c.provider, c.event_type, c.outcome, c.shard, c.count
  from counted c
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count;
end
$function$;

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
    -- The webhook came after the back-fill was made, and delivered its event.
    and (r.kind not in ('back_fill', 'incident') or d.status <> 'delivered' or d.finished_at <= r.created_at)
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

CREATE OR REPLACE FUNCTION public.alert_json (
  a       public.alerts,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'al_' || (a).id, 'rule_id', 'ar_' || (a).rule_id,
    'rule', (select r.name from public.alert_rules r where r.id = (a).rule_id), 'kind', (a).kind,
    'severity', (a).severity, 'provider_slug', (a).provider, 'event_type', (a).event_type,
    'org_id', (a).organisation_id, 'destination_id', 'ds_' || (a).destination_id,
    'destination', (
      select public.destination_name(t, p_scope) from public.destinations t where t.id = (a).destination_id
    ),
    'summary', (a).summary, 'explain', public.explanation_json((a).explain), 'fired_at', public.iso((a).fired_at),
    'resolved_at', public.iso((a).resolved_at), 'suppressed_because', (a).suppressed_because,
    'acknowledged', case when (a).acknowledged_at is not null then jsonb_build_object(
      'name', (a).acknowledged_by, 'at', public.iso((a).acknowledged_at)
    ) end,
    'note', (a).note, 'assignee', (a).assignee,
    'incident_id', (
      select 'in_' || i.id from public.incidents i
      where i.id = (a).incident_id and public.all_in_scope(p_scope, i.organisations)
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."alert_json"(public.alerts, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.alert_rule_json (
  r       public.alert_rules,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'ar_' || (r).id, 'slug', (r).slug, 'kind', (r).kind, 'provider_slug', (r).provider,
    'event_type', (r).event_type, 'org_id', (r).organisation_id, 'destination_id', 'ds_' || (r).destination_id,
    'destination', (
      select public.destination_name(t, p_scope) from public.destinations t where t.id = (r).destination_id
    ),
    'name', (r).name, 'settings', (r).settings, 'severity', (r).severity, 'bad_evaluations', (r).bad_evaluations,
    'hold_seconds', (r).hold_seconds, 'repeat_seconds', (r).repeat_seconds,
    'channel_ids', coalesce((
      select jsonb_agg('ch_' || c.channel_id order by c.channel_id)
      from public.alert_rule_channels c where c.rule_id = (r).id
    ), '[]'),
    'enabled', (r).enabled, 'version', (r).version, 'firing', s.firing, 'series', s.series, 'problem', s.problem,
    'last_fired_at', (
      select public.iso(a.fired_at) from public.alerts a where a.rule_id = (r).id order by a.fired_at desc limit 1
    ),
    'fired_14_days', (
      select count(*) from public.alerts a
      where a.rule_id = (r).id and a.fired_at > public.now_() - interval '14 days'
    )
  )
  from (
    select count(*) filter (where x.state = 'firing') as firing, count(*) as series, min(x.problem) as problem
    from public.alert_series x where x.rule_id = (r).id
  ) s;
$function$;

REVOKE ALL ON FUNCTION "public"."alert_rule_json"(public.alert_rules, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.alert_rule_problem (
  p_rule  jsonb,
  p_scope text[]
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select case
    when not public.in_scope(p_scope, p_rule ->> 'organisation_id') then 'beyond_scope'
    when p_rule ->> 'destination_id' is not null and not exists (
      select from public.destinations t
      where t.id = (p_rule ->> 'destination_id')::bigint and t.archived_at is null
        and public.in_scope(p_scope, t.organisation_id)
    ) then 'no_destination'
    when exists (
      select from jsonb_array_elements_text(coalesce(p_rule -> 'channel_ids', '[]')) c(id)
      where not exists (
        select from public.channels x
        where x.id = c.id::bigint and x.archived_at is null and public.all_in_scope(p_scope, x.organisations)
      )
    ) then 'no_channel'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."alert_rule_problem"(jsonb, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.applied_bounds()
  RETURNS integer[]
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select array[
    25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 15000, 30000, 60000, 120000, 300000, 600000, 1200000, 1800000,
    3600000, 7200000, 14400000, 43200000, 86400000, 259200000, 604800000
  ];
$function$;

REVOKE ALL ON FUNCTION "public"."applied_bounds"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.apply_changes (
  p_changes jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  return (
    select coalesce(jsonb_agg(a - 'n' order by (a ->> 'n')::numeric), '[]')
    from jsonb_array_elements(public.apply_in_place(p_changes)) a
  );
end
$function$;

CREATE OR REPLACE FUNCTION public.apply_in_place (
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
    -- What follows from the change of a subscription must be seen change by change: those of one customer take turns.
    select c.name, jsonb_agg(c.change order by c.n) as changes, array_agg(c.n order by c.n) as places
    from (
      select y.*, case when y.name in ('subscriptions', 'businesses') then row_number() over (
        partition by y.name in ('subscriptions', 'businesses'), y.customer order by y.n
      ) end as turn
      from (
        select x.change, x.n, x.change ->> 'table' as name,
          array(select k from jsonb_object_keys(x.change -> 'key') k) as key_columns,
          coalesce(x.change #>> '{values,stripe_customer_id}', x.change #>> '{key,stripe_customer_id}') as customer
        from jsonb_array_elements(p_changes) with ordinality x(change, n)
      ) y
    ) c
    group by c.name, c.key_columns, c.turn
    order by coalesce(c.turn, 0), min(c.n)
  loop
    for v_answer in select a from jsonb_array_elements(public.apply_to_table(r.name, r.changes)) a loop
      v_answers := array_append(v_answers, jsonb_set(v_answer, '{n}', to_jsonb(r.places[(v_answer ->> 'n')::integer])));
    end loop;
    continue when r.name <> 'subscriptions';
    for n in 1..cardinality(r.places) loop
      v_answer := public.derive_business(r.changes #>> array[(n - 1)::text, 'values', 'stripe_customer_id']);
      if v_answer is not null then
        v_answers := array_append(v_answers, v_answer || jsonb_build_object('n', r.places[n] + 0.5));
      end if;
    end loop;
  end loop;

  return to_jsonb(v_answers);
end
$function$;

REVOKE ALL ON FUNCTION "public"."apply_in_place"(jsonb) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.apply_results (
  p_results jsonb,
  p_places  bigint[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_changes jsonb;
  v_deliveries bigint[];
  v_applied jsonb := '{}';
  v_place bigint;
begin
  select jsonb_agg(c.change order by r.delivery_id, c.n), array_agg(r.delivery_id order by r.delivery_id, c.n)
  into v_changes, v_deliveries
  from rows from (jsonb_to_recordset(p_results) as (delivery_id bigint, delivered boolean, changes jsonb))
    with ordinality r(delivery_id, delivered, changes, place)
  cross join lateral jsonb_array_elements(r.changes) with ordinality c(change, n)
  where r.place = any (p_places) and r.delivered;
  if v_changes is null then
    return v_applied;
  end if;

  begin
    if jsonb_array_length(v_changes) > 10000 then
      raise exception using errcode = '23514', message = format(
        'It wants to change %s rows, and one event may change 10,000. Have the sender send it in parts.',
        jsonb_array_length(v_changes)
      );
    end if;
    return (
      select jsonb_object_agg(x.delivery_id, jsonb_build_object('changes', x.changes))
      from (
        select v_deliveries[floor(a.place)::integer] as delivery_id, jsonb_agg(a.answer order by a.place) as changes
        from (
          select w.answer - 'n' as answer, (w.answer ->> 'n')::numeric as place
          from jsonb_array_elements(public.apply_in_place(v_changes)) w(answer)
          offset 0
        ) a
        group by 1
      ) x
    );
  exception when others then
    if v_deliveries[1] = v_deliveries[cardinality(v_deliveries)] then
      -- Classes 22 and 23: the data is wrong, and will be wrong again. Anything else may pass.
      return jsonb_build_object(v_deliveries[1], jsonb_build_object('error', sqlerrm) || case
        when left(sqlstate, 2) in ('22', '23') then '{"error_class": "constraint"}'::jsonb
        else '{"error_class": "handler_error", "retry_in_ms": 1000}'
      end);
    end if;
  end;

  foreach v_place in array p_places loop
    v_applied := v_applied || public.apply_results(p_results, array[v_place]);
  end loop;
  return v_applied;
end
$function$;

REVOKE ALL ON FUNCTION "public"."apply_results"(jsonb, bigint[]) FROM "anon", "authenticated";

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
  v_place bigint;
  v_key jsonb;
  -- The row as the changes so far leave it, and those of its columns that they write.
  v_row jsonb;
  v_written jsonb;
  v_is_new boolean;
  v_is_updated boolean;
  v_version text;
  v_decided integer;
  v_state jsonb;
  v_history jsonb;
  v_won record;
  v_effect public.change_effect;
  v_answers jsonb[] := '{}';
  v_writes jsonb[] := '{}';
  r record;
begin
  -- The columns of the key, the same in all of these changes.
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
    'select c.n, c.change, t.id is null as is_new, coalesce(t.row, to_jsonb(k)) as row, v.candidate, v.versions
     from jsonb_array_elements($1) with ordinality c(change, n)
     left join lateral (select t.id, to_jsonb(t) as row from public.%1$I t where %2$s offset 0) t on true
     cross join lateral jsonb_populate_record(null::public.%1$I, c.change -> ''key'') k
     cross join lateral (
       select coalesce(jsonb_object_agg(w.key, p.printed -> w.key), ''{}'') as candidate,
         coalesce(jsonb_object_agg(w.key, c.change -> ''version''), ''{}'') as versions
       from (
         select to_jsonb(jsonb_populate_record(null::public.%1$I, c.change -> ''values'')) as printed offset 0
       ) p
       cross join lateral jsonb_object_keys(c.change -> ''values'') as w(key)
     ) v
     order by c.change -> ''key'', c.n', p_table, v_where
  ) using p_changes
  loop
    if v_key is distinct from r.change -> 'key' then
      v_writes := v_writes || public.row_to_write(v_place, v_key, v_row, v_written, v_is_new, v_is_updated);
      v_place := r.n;
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
      v_state := public.state_of_change(r.change, r.candidate);
      v_history := coalesce(nullif(v_row -> 'history', 'null'), '[]');
      if (v_history #>> '{-1,moment}') collate "C" >= (v_state ->> 'moment') collate "C" then
        select * into v_won from public.winning_state(v_history, v_state);
      else
        -- Later than all of them.
        select r.candidate as columns, r.versions, null::jsonb as undecided,
          case when jsonb_array_length(v_history) < 12 then v_history else v_history - 0 end || v_state as history
        into v_won;
      end if;
    elsif r.is_new and v_written is null then
      -- Nothing was written before it.
      select r.candidate as columns, r.versions, null::jsonb as undecided, null::jsonb as history into v_won;
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
      'after', case
        when v_effect = 'created' then r.candidate
        else r.candidate || coalesce(public.members_of(v_row || v_won.columns, r.candidate), '{}')
      end
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
  v_writes := v_writes || public.row_to_write(v_place, v_key, v_row, v_written, v_is_new, v_is_updated);

  perform public.write_rows(p_table, v_writes);
  return to_jsonb(v_answers);
end
$function$;

CREATE OR REPLACE FUNCTION public.archive_channel (
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
  v_name text;
begin
  update public.channels c set archived_at = public.now_(), enabled = false, secrets = '{}', hints = '{}'
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations)
  returning c.name into v_name;
  if not found then
    return false;
  end if;
  delete from public.alert_rule_channels x where x.channel_id = p_id;
  perform public.record_staff_action(
    'channel.delete', 'ch_' || p_id, jsonb_build_object('name', v_name), p_actor, p_actor_id, p_request_id
  );
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."archive_channel"(bigint, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.arrival_spread (
  p_mean     double precision,
  p_variance double precision
)
  RETURNS double precision
  LANGUAGE sql
  IMMUTABLE
RETURN CASE WHEN ((p_variance > (1)::double precision) AND ((p_mean / (p_variance - (1)::double precision)) < (100000)::double precision)) THEN
  GREATEST((3)::double precision, (p_mean / (p_variance - (1)::double precision))) ELSE NULL::double precision END;

REVOKE ALL ON FUNCTION "public"."arrival_spread"(double precision, double precision) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.arrivals_between (
  p_organisation text,
  p_provider     text,
  p_event_type   text,
  p_from         timestamp with time zone,
  p_to           timestamp with time zone
)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_last timestamptz := date_trunc('hour', p_to, 'UTC');
  v_first timestamptz := least(date_trunc('hour', p_from - interval '1 microsecond', 'UTC') + interval '1 hour', p_to);
begin
  return coalesce((
    select sum(h.count) from public.statistics_hours h
    where h.organisation_id = p_organisation and h.hour >= v_first and h.hour < v_last and h.provider = p_provider
      and (p_event_type = '' or h.event_type = p_event_type) and h.outcome in ('received', 'duplicate', 'conflict')
  ), 0) + coalesce((
    select sum(s.count) from public.statistics s
    where s.organisation_id = p_organisation and s.minute >= p_from and s.minute < p_to
      and (s.minute < v_first or s.minute >= v_last) and s.provider = p_provider
      and (p_event_type = '' or s.event_type = p_event_type) and s.outcome in ('received', 'duplicate', 'conflict')
  ), 0);
end
$function$;

REVOKE ALL ON FUNCTION "public"."arrivals_between"(text, text, text, timestamp WITH time zone, timestamp WITH time zone) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.arrivals_in_hour (
  p_organisation text,
  p_provider     text,
  p_event_type   text,
  p_hour         timestamp with time zone,
  p_outcomes     text[]
)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  -- Apart, so that each has the index to its end.
  return case
    when p_event_type = '' then (
      select coalesce(sum(h.count), 0) from public.statistics_hours h
      where h.organisation_id = p_organisation and h.hour = p_hour and h.provider = p_provider
        and h.outcome = any (p_outcomes)
    )
    else (
      select coalesce(sum(h.count), 0) from public.statistics_hours h
      where h.organisation_id = p_organisation and h.hour = p_hour and h.provider = p_provider
        and h.event_type = p_event_type and h.outcome = any (p_outcomes)
    )
  end;
end
$function$;

REVOKE ALL ON FUNCTION "public"."arrivals_in_hour"(text, text, text, timestamp WITH time zone, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.ask_incident_request (
  p_id         bigint,
  p_action     public.incident_request_action,
  p_input      jsonb,
  p_reason     text,
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
  v_request bigint;
begin
  insert into public.incident_requests (incident_id, action, input, reason, actor, actor_id)
  select x.id, p_action, p_input, p_reason, p_actor, p_actor_id
  from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  returning id into v_request;
  if v_request is null then
    return jsonb_build_object('result', 'not_found');
  end if;
  perform public.write_incident_log(
    p_id, 'requested', format('Asked an administrator to %s: %s', p_action, p_reason),
    jsonb_build_object('request_id', 'ir_' || v_request, 'action', p_action, 'input', p_input), p_actor, p_actor_id,
    p_request_id
  );
  perform public.record_staff_action(
    'incident.request', 'in_' || p_id, jsonb_build_object('action', p_action, 'reason', p_reason), p_actor, p_actor_id,
    p_request_id
  );
  return jsonb_build_object('result', 'asked', 'id', 'ir_' || v_request);
end
$function$;

REVOKE ALL ON FUNCTION "public"."ask_incident_request"(bigint, public.incident_request_action, jsonb, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.assign_alert (
  p_id         bigint,
  p_assignee   text,
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
  a public.alerts;
  v_person public.staff_users;
begin
  select * into a from public.alerts x where x.id = p_id and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  end if;
  if p_assignee is not null then
    select * into v_person from public.staff_users u
    where u.disabled_at is null and public.in_scope(u.organisations, a.organisation_id) and case
      when p_assignee = 'me' then u.id::text = p_actor_id else u.email = lower(p_assignee)
    end;
    if not found then
      return '{"result": "no_such_person"}';
    end if;
  end if;
  update public.alerts x set assignee = v_person.email, assignee_id = v_person.id::text where x.id = p_id;
  perform public.record_staff_action(
    'alert.assign', 'al_' || p_id, jsonb_build_object('from', a.assignee, 'to', v_person.email), p_actor, p_actor_id,
    p_request_id
  );
  return '{"result": "done"}';
end
$function$;

REVOKE ALL ON FUNCTION "public"."assign_alert"(bigint, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.assign_event (
  p_event_id   bigint,
  p_assignee   text,
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
  v_event public.events;
  v_person public.staff_users;
  v_before text;
begin
  select * into v_event from public.events e where e.id = p_event_id and public.in_scope(p_scope, e.organisation_id);
  if not found then
    return jsonb_build_object('result', 'not_found');
  end if;
  if p_assignee is not null then
    select * into v_person from public.staff_users u
    where u.disabled_at is null and case
      when p_assignee = 'me' then u.id::text = p_actor_id else u.email = lower(p_assignee)
    end;
    if not found then
      return jsonb_build_object('result', 'no_such_person');
    end if;
    -- Who cannot see an event cannot take care of it.
    if not public.in_scope(v_person.organisations, v_event.organisation_id) then
      return jsonb_build_object('result', 'beyond_scope');
    end if;
  end if;

  select a.assignee into v_before from public.event_assignees a where a.event_id = p_event_id for update;
  if p_assignee is null then
    delete from public.event_assignees a where a.event_id = p_event_id;
  else
    insert into public.event_assignees (event_id, assignee, assignee_id, assigned_by)
    values (p_event_id, v_person.email, v_person.id::text, p_actor)
    on conflict (event_id) do update set
      assignee = excluded.assignee, assignee_id = excluded.assignee_id, assigned_by = excluded.assigned_by,
      assigned_at = public.now_();
  end if;
  if v_before is distinct from v_person.email then
    perform public.record_staff_action(
      'event.assign', 'we_' || p_event_id, jsonb_build_object('from', v_before, 'to', v_person.email), p_actor,
      p_actor_id, p_request_id
    );
  end if;
  return jsonb_build_object('result', 'assigned', 'assignee', public.event_assignee_json(p_event_id));
end
$function$;

REVOKE ALL ON FUNCTION "public"."assign_event"(bigint, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.attach_bodies (
  p_name text,
  p_from bigint,
  p_to   bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  execute format(
    'alter table public.event_bodies attach partition public.%I for values from (%s) to (%s)', p_name,
    coalesce(p_from::text, 'minvalue'), coalesce(p_to::text, 'maxvalue')
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."attach_bodies"(text, bigint, bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.attempt_for_export (
  a public.attempts
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select to_jsonb(a) - 'response_body'
    || jsonb_build_object('response_body_base64', translate(encode((a).response_body, 'base64'), E'\n', ''));
$function$;

REVOKE ALL ON FUNCTION "public"."attempt_for_export"(public.attempts) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.back_fill (
  p_id     bigint,
  p_events jsonb,
  p_closes boolean,
  p_scope  text[]
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
  r public.reconciliations;
  v_known jsonb;
  v_answer jsonb;
begin
  select * into r from public.reconciliations x where x.id = p_id and public.in_scope(p_scope, x.organisation_id);
  if not found then
    return '[]';
  end if;
  perform set_config('synchronous_commit', 'on', true);
  -- A webhook that is being accepted is here afterwards, or finds what is stored now.
  perform pg_advisory_xact_lock(public.pairing_lock(r.provider, r.source_id));

  select jsonb_object_agg(i.n, k.event_id) into v_known
  from jsonb_to_recordset(p_events) as i(n integer, finding_id bigint, event_key text, logical_key text)
  join public.findings f on f.id = i.finding_id
  cross join lateral (
    select coalesce((
      select x.event_id from public.event_keys x
      where x.provider = r.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
        and x.source_id is not distinct from r.source_id and x.variant = ''
    ), (
      select x.id from public.events x
      where x.logical_key = i.logical_key and x.provider = r.provider and x.source_id is not distinct from r.source_id
        and x.variant_of is null and f.kind <> 'drifted'
      order by x.id
      limit 1
    )) as event_id
    offset 0
  ) k
  where i.event_key is not null and k.event_id is not null;

  perform public.store_events((
    select jsonb_agg(e) from jsonb_array_elements(p_events) e
    where e ? 'event_key' and not coalesce(v_known, '{}') ? (e ->> 'n')
  ), '{}', false);

  with found as (
    select f.id, coalesce((v_known ->> i.n::text)::bigint, k.event_id, f.event_id) as event_id
    from jsonb_to_recordset(p_events) as i(n integer, finding_id bigint, event_key text)
    join public.findings f on f.id = i.finding_id and f.reconciliation_id = p_id and public.is_free(f)
    left join lateral (
      select x.event_id from public.event_keys x
      where x.provider = r.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
        and x.source_id is not distinct from r.source_id and x.variant = ''
      offset 0
    ) k on true
  ),
  judged as (
    select o.id, o.event_id, case
      when f.kind in ('missing', 'rejected', 'not_subscribed') and not public.is_brought_back(e.origin) then 'late'
      when not exists (select from public.deliveries d where d.event_id = e.id) and not exists (
        select from public.destinations t
        where public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
      ) then 'repaired'
      else 'open'
    end::public.finding_state as state
    from found o
    join public.findings f on f.id = o.id
    join public.events e on e.id = o.event_id
  ),
  changed as (
    update public.findings f set
      event_id = j.event_id, state = case when p_closes then j.state else f.state end,
      closed_at = case when p_closes and j.state <> 'open' then public.now_() end,
      detail = case
        when p_closes and j.state = 'repaired' then 'Stored. No destination receives it.' else f.detail
      end
    from judged j
    where f.id = j.id
    returning f.id, f.event_id, j.state
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'finding_id', c.id, 'event_id', case when c.state = 'open' then c.event_id end, 'state', c.state
  ) order by c.id), '[]') into v_answer
  from changed c;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."back_fill"(bigint, jsonb, boolean, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.back_test (
  p_rule  jsonb,
  p_days  integer,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  r public.alert_rules := jsonb_populate_record(null::public.alert_rules, p_rule);
  v_refused text := public.alert_rule_problem(p_rule, p_scope);
  v_to timestamptz := date_trunc('minute', public.now_());
  v_from timestamptz := v_to - make_interval(days => p_days);
  v_fired jsonb := '[]';
  v_of jsonb;
  b record;
  v_first timestamptz;
  v_last timestamptz;
  v_text text;
begin
  if v_refused is not null then
    return jsonb_build_object('result', v_refused);
  end if;
  for b in
    select x.* from public.bad_spans(r, v_from, v_to) x order by x.labels, x.begins
  loop
    if v_of is distinct from b.labels or v_last < b.begins then
      v_fired := v_fired || public.past_alert(v_of, v_first, v_last, v_text, v_to);
      v_of := b.labels;
      v_first := null;
      v_last := null;
    end if;
    if v_first is not null then
      v_last := b.ends + make_interval(secs => r.hold_seconds) + b.step;
    elsif b.evaluations * extract(epoch from b.step) >= r.bad_evaluations * 60 then
      v_first := b.begins + make_interval(mins => r.bad_evaluations - 1);
      v_last := b.ends + make_interval(secs => r.hold_seconds) + b.step;
      v_text := coalesce(b.text, concat_ws(' ', coalesce(
        (select t.name from public.destinations t where t.id = (b.labels ->> 'destination_id')::bigint),
        b.labels ->> 'provider'
      ) || ':', trim_scale(round(b.value, 1))));
    end if;
  end loop;
  v_fired := v_fired || public.past_alert(v_of, v_first, v_last, v_text, v_to);
  return jsonb_build_object(
    'result', 'done', 'from_ts', public.iso(v_from), 'to_ts', public.iso(v_to),
    'would_have_fired', jsonb_array_length(v_fired),
    'times', coalesce((
      select jsonb_agg(t.value order by t.value ->> 'fired_at' desc) from (
        select x.value from jsonb_array_elements(v_fired) x order by x.value ->> 'fired_at' desc limit 100
      ) t
    ), '[]'),
    'problem', case when public.back_test_unit(r) is null and (r).kind not in ('silence', 'drop') then
      'Nothing is kept of the past of this kind. It can be tested by waiting.'
    end
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."back_test"(jsonb, integer, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.back_test_unit (
  r public.alert_rules
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when (r).kind = 'slow_endpoint' or (r).kind = 'success_rate' and (r).destination_id is not null then 'hour'
    when (r).kind in ('success_rate', 'dead_letters', 'attempts', 'stalled', 'failures_doubled', 'rejections')
      then case when public.setting(r, 'window_minutes') > 180 then 'hour' else 'minute' end
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."back_test_unit"(public.alert_rules) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.bad_past (
  r      public.alert_rules,
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS TABLE (
    labels jsonb,
    at     timestamp with time zone,
    value  numeric,
    step   interval
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
declare
  v_unit text := public.back_test_unit(r);
  v_step interval := ('1 ' || v_unit)::interval;
  v_minutes integer := coalesce(public.setting(r, 'window_minutes'), 60);
  v_window integer := case v_unit when 'hour' then greatest(1, ceil(v_minutes / 60.0)) else v_minutes end;
begin
  if v_unit is null then
    return;
  elsif public.signal_subject((r).kind, (r).destination_id) = 'destination' then
    return query select jsonb_build_object('destination_id', e.destination_id, 'organisation_id', e.organisation_id),
      d.at, j.value, v_step
    from public.expected_series(r) e
    join public.destination_statistics d
      on d.destination_id = e.destination_id and d.span = 'hour' and d.at >= p_from and d.at <= p_to
    cross join lateral public.judge_counts(
      'success_rate', public.setting(r, 'threshold'), public.setting(r, 'at_least'), 0, d.succeeded, d.failed, 0, 0, 0
    ) c
    cross join lateral (
      select case (r).kind when 'slow_endpoint' then public.latency_quantile(d.latency, 0.95) else c.value end as value
    ) j
    where case (r).kind
      when 'slow_endpoint' then j.value > public.setting(r, 'threshold')
        and d.succeeded + d.failed >= coalesce(public.setting(r, 'at_least'), 1)
      else c.is_bad
    end;
    return;
  end if;
  return query
  with counted as materialized (
    select h.provider, h.at, sum(h.count) filter (where h.outcome in ('received', 'duplicate')) as received,
      sum(h.count) filter (where h.outcome = 'delivered') as delivered,
      sum(h.count) filter (where h.outcome = 'failed') as failed,
      sum(h.count) filter (where h.outcome = 'dead') as dead,
      sum(h.count) filter (where h.outcome = 'rejected' and h.event_type = 'bad_signature') as rejected
    from public.past_counts(r, v_unit, p_from - 2 * v_window * v_step, p_to) h
    group by 1, 2
  ),
  -- Every minute of every provider, also those without a count: added up, because a join might be a loop in a loop.
  filled as (
    select f.provider, f.at, coalesce(sum(f.received), 0) as received, coalesce(sum(f.delivered), 0) as delivered,
      coalesce(sum(f.failed), 0) as failed, coalesce(sum(f.dead), 0) as dead,
      coalesce(sum(f.rejected), 0) as rejected
    from (
      select * from counted
      union all
      select p.provider, g.at, null, null, null, null, null
      from (select distinct c.provider from counted c) p
      cross join generate_series(
        date_trunc(v_unit, p_from, 'UTC') - 2 * v_window * v_step, date_trunc(v_unit, p_to, 'UTC'), v_step
      ) g(at)
    ) f
    group by 1, 2
  ),
  summed as (
    select f.provider, f.at, sum(f.received) over w as received, sum(f.delivered) over w as delivered,
      sum(f.failed) over w as failed, sum(f.dead) over w as dead, sum(f.rejected) over w as rejected,
      coalesce(sum(f.failed + f.dead) over (
        partition by f.provider order by f.at rows between 2 * v_window preceding and v_window + 1 preceding
      ), 0) as before
    from filled f
    window w as (partition by f.provider order by f.at rows between v_window preceding and current row)
  )
  select jsonb_build_object(
    'provider', s.provider, 'event_type', (r).event_type, 'organisation_id', (r).organisation_id
  ), s.at, j.value, v_step
  from summed s
  cross join lateral public.judge_counts(
    (r).kind, public.setting(r, 'threshold'), public.setting(r, 'at_least'), s.received, s.delivered, s.failed, s.dead,
    s.rejected, s.before
  ) j
  where s.at >= p_from and s.received + s.delivered + s.failed + s.dead + s.rejected > 0 and j.is_bad;
end
$function$;

REVOKE ALL ON FUNCTION "public"."bad_past"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.bad_spans (
  r      public.alert_rules,
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS TABLE (
    labels      jsonb,
    step        interval,
    begins      timestamp with time zone,
    ends        timestamp with time zone,
    evaluations bigint,
    value       numeric,
    text        text
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
begin
  if (r).kind in ('silence', 'drop') then
    return query select * from public.past_arrivals(r, p_from, p_to);
    return;
  end if;
  return query select x.labels, x.step, min(x.at), max(x.at), count(*),
    (array_agg(x.value order by x.at))[least((r).bad_evaluations, count(*))], null::text
  from (
    select p.*, p.at - row_number() over (partition by p.labels order by p.at) * p.step as span
    from public.bad_past(r, p_from, p_to) p
  ) x
  group by x.labels, x.step, x.span;
end
$function$;

REVOKE ALL ON FUNCTION "public"."bad_spans"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.begin_channel_test (
  p_id         bigint,
  p_most       integer,
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
  n public.notifications;
begin
  perform from public.channels c
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations) for update;
  if not found or p_most <= (
    select count(*) from public.notifications x
    where x.channel_id = p_id and x.kind = 'test' and x.created_at > public.now_() - interval '1 minute'
  ) then
    return null;
  end if;
  -- Leased to who asks. Nobody else sends it: it is not due before its lease has ended, and then it has failed.
  insert into public.notifications (channel_id, kind, number, group_key, attempts, fence, due_at, lease_until)
  values (
    p_id, 'test', (extract(epoch from public.clock_()) * 1000000)::bigint, 'test', 1, 1, 'infinity',
    public.clock_() + interval '2 minutes'
  )
  returning * into n;
  perform public.record_staff_action('channel.test', 'ch_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('id', n.id, 'fence', n.fence);
end
$function$;

REVOKE ALL ON FUNCTION "public"."begin_channel_test"(bigint, integer, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.begin_incident_round (
  p_id    bigint,
  p_fence bigint
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  i public.incidents;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return false;
  end if;
  update public.incidents x set
    state = 'recovering', verifying_at = null,
    recovery = x.recovery || jsonb_build_object('round', (x.recovery ->> 'round')::integer + 1, 'first_stage', 1 + (
      select coalesce(max(t.number), 0) from public.incident_stages t where t.incident_id = p_id
    ))
  where x.id = p_id;
  -- The verification has just asked the providers.
  update public.incident_steps s set status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
  where s.incident_id = p_id and s.step > 'find_missing';
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."begin_incident_round"(bigint, bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.body_forgotten (
  p_event_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select case when not public.has_body(p_event_id) then coalesce((
    select jsonb_build_object('at', public.iso(f.forgotten_at), 'days', f.days)
    from public.forgettings f
    where f.class = 'bodies' and f.last_id >= p_event_id and f.first_id <= p_event_id and f.ids @> p_event_id
    order by f.id limit 1
  ), '{"at": null, "days": null}') end;
$function$;

REVOKE ALL ON FUNCTION "public"."body_forgotten"(bigint) FROM "anon", "authenticated";

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

CREATE OR REPLACE FUNCTION public.body_partitions_ahead()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object('next_id', n.id, 'per_day', n.per_day,
    'width', least(100000000, ceil(greatest(100000, n.per_day * case
      when exists (select from public.retention r where r.class = 'bodies' and r.days is not null) then 7 else 30
    end) / 100000.0) * 100000)::bigint,
    'ahead', (select count(*) from public.list_body_partitions() p where p.from_id > n.id and p.to_id is not null),
    'ahead_ids', greatest(0, (select coalesce(max(p.to_id), n.id) from public.list_body_partitions() p) - n.id))
  from (select public.next_event_id() as id, public.webhooks_per_day() as per_day) n;
$function$;

REVOKE ALL ON FUNCTION "public"."body_partitions_ahead"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.cancel_reconciliation (
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
  r public.reconciliations;
begin
  select * into r from public.reconciliations x
  where x.id = p_id and public.in_scope(p_scope, x.organisation_id)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif r.status not in ('queued', 'running') then
    return jsonb_build_object('result', 'ended', 'reconciliation', public.run_json(r, p_scope));
  end if;
  update public.reconciliations x set
    status = 'cancelled', completed_at = public.now_(), reason = left('Cancelled by ' || p_actor || '.', 1000)
  where x.id = p_id
  returning * into r;
  delete from public.reconciliation_entries e where e.reconciliation_id = p_id;
  perform public.record_staff_action(
    'reconciliation.cancel', 'rc_' || p_id, '{}', p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'cancelled', 'reconciliation', public.run_json(r, p_scope));
end
$function$;

CREATE OR REPLACE FUNCTION public.catch_up_alerts()
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  a public.alerts;
  v_because text;
begin
  for a in
    select x.* from public.alerts x
    where x.resolved_at is null and x.suppressed_because is not null order by x.severity, x.id
  loop
    v_because := public.suppression_of(a);
    update public.alerts x set suppressed_because = v_because
    where x.id = a.id and x.suppressed_because is distinct from v_because;
    perform public.notify_alert(a.id, 'fired') where v_because is null;
  end loop;

  perform public.notify_alert(x.id, 'repeated')
  from public.alerts x
  join public.alert_rules r on r.id = x.rule_id
  where x.resolved_at is null and x.suppressed_because is null and x.acknowledged_at is null
    and coalesce((
      select max(n.created_at) from public.notifications n
      where n.alert_id = x.id and n.kind in ('fired', 'repeated')
    ), x.fired_at) <= public.now_() - make_interval(secs => r.repeat_seconds)
    and public.suppression_of(x) is null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."catch_up_alerts"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.cause_of_event (
  p_event_id bigint
)
  RETURNS public.incident_cause
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select case
    when bool_or(d.status in ('dead', 'cancelled')) then 'failed'
    when bool_or(d.status <> 'delivered') then 'waiting'
    else 'delivered'
  end::public.incident_cause
  from public.deliveries d
  join public.destinations t on t.id = d.destination_id
  join public.events e on e.id = d.event_id
  where d.event_id = p_event_id and public.counts_for(d, t, e);
$function$;

REVOKE ALL ON FUNCTION "public"."cause_of_event"(bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_alert_rule (
  p_id         bigint,
  p_version    integer,
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
  r public.alert_rules;
  n public.alert_rules;
  v_problem text;
begin
  select * into r from public.alert_rules x
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  elsif r.version <> p_version then
    return '{"result": "changed_meanwhile"}';
  end if;
  v_problem := public.alert_rule_problem(to_jsonb(r) || p_change, p_scope);
  if v_problem is not null then
    return jsonb_build_object('result', v_problem);
  end if;
  n := jsonb_populate_record(r, p_change - 'channel_ids');
  update public.alert_rules x set
    name = n.name, provider = n.provider, event_type = n.event_type, organisation_id = n.organisation_id,
    destination_id = n.destination_id, settings = n.settings, bad_evaluations = n.bad_evaluations,
    hold_seconds = n.hold_seconds, repeat_seconds = n.repeat_seconds, severity = n.severity, enabled = n.enabled,
    version = r.version + 1, updated_at = public.now_()
  where x.id = p_id;
  if p_change ? 'channel_ids' then
    perform public.set_rule_channels(p_id, p_change -> 'channel_ids');
  end if;
  if (r.provider, r.event_type, r.organisation_id, r.destination_id)
    is distinct from (n.provider, n.event_type, n.organisation_id, n.destination_id) then
    perform public.resolve_series(s) from public.alert_series s where s.rule_id = p_id and s.state = 'firing';
    delete from public.alert_series s where s.rule_id = p_id;
  else
    update public.alert_series s set evaluate_after = public.now_() where s.rule_id = p_id;
  end if;
  perform public.record_staff_action('alert_rule.change', 'ar_' || p_id, jsonb_build_object(
    'before', (
      select jsonb_object_agg(k, to_jsonb(r) -> k) from jsonb_object_keys(p_change) k where k <> 'channel_ids'
    ),
    'after', p_change
  ), p_actor, p_actor_id, p_request_id);
  return '{"result": "done"}';
end
$function$;

REVOKE ALL ON FUNCTION "public"."change_alert_rule"(bigint, integer, jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_channel (
  p_id         bigint,
  p_version    integer,
  p_changes    jsonb,
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
  c public.channels;
  v_new public.channels;
begin
  select * into c from public.channels x
  where x.id = p_id and x.archived_at is null and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif c.version <> p_version then
    return jsonb_build_object('result', 'changed_meanwhile');
  end if;
  v_new := jsonb_populate_record(c, p_changes);
  if not public.all_in_scope(p_scope, v_new.organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  update public.channels x set
    name = v_new.name, settings = v_new.settings, secrets = v_new.secrets, hints = v_new.hints,
    severities = v_new.severities, organisations = v_new.organisations,
    tells_replays = v_new.tells_replays, enabled = v_new.enabled,
    -- Other settings: what failed before says nothing about them.
    failures = case when p_changes ? 'settings' then 0 else x.failures end,
    problem = case when p_changes ? 'settings' then null else x.problem end,
    version = x.version + 1, updated_at = public.now_()
  where x.id = p_id
  returning * into v_new;
  perform public.record_staff_action('channel.change', 'ch_' || p_id, jsonb_build_object(
    'fields', (select jsonb_agg(k order by k) from jsonb_object_keys(p_changes - '{secrets,hints}'::text[]) k),
    'enabled', v_new.enabled, 'severities', v_new.severities
  ), p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'channel', public.channel_json(v_new));
end
$function$;

REVOKE ALL ON FUNCTION "public"."change_channel"(bigint, integer, jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_incident (
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
  i public.incidents;
  v_owner public.staff_users;
  v_before jsonb;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  end if;
  if p_change ->> 'owner' is not null then
    select * into v_owner from public.staff_users u
    where u.email = lower(p_change ->> 'owner') and u.disabled_at is null
      and public.all_in_scope(u.organisations, i.organisations);
    if not found then
      return jsonb_build_object('result', 'no_such_person');
    end if;
  end if;
  select jsonb_object_agg(b.key, b.value) into v_before
  from jsonb_each(jsonb_build_object(
    'title', i.title, 'cause', i.cause, 'severity', i.severity, 'owner', i.owner
  )) b
  where p_change ? b.key and b.value is distinct from p_change -> b.key;
  if v_before is null then
    return jsonb_build_object('result', 'changed');
  end if;

  update public.incidents x set
    title = coalesce(p_change ->> 'title', x.title), cause = coalesce(p_change ->> 'cause', x.cause),
    severity = coalesce((p_change ->> 'severity')::public.incident_severity, x.severity),
    owner = case when p_change ? 'owner' then v_owner.email else x.owner end,
    owner_id = case when p_change ? 'owner' then v_owner.id::text else x.owner_id end,
    responded_at = coalesce(x.responded_at, case when v_owner.id is not null then public.now_() end)
  where x.id = p_id;
  perform public.write_incident_log(
    p_id, 'changed', 'Changed: ' || (select string_agg(
      k || coalesce(' is ' || left(p_change ->> k, 200), ' removed'), ', ' order by k
    ) from jsonb_object_keys(v_before) k) || '.',
    jsonb_build_object('before', v_before, 'after', (
      select jsonb_object_agg(k, p_change -> k) from jsonb_object_keys(v_before) k
    )), p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.change', 'in_' || p_id, p_change, p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'changed');
end
$function$;

REVOKE ALL ON FUNCTION "public"."change_incident"(bigint, jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_notification_preferences (
  p_staff_id   uuid,
  p_changes    jsonb,
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
  p public.notification_preferences;
begin
  insert into public.notification_preferences (staff_id) values (p_staff_id) on conflict (staff_id) do nothing;
  select * into p from public.notification_preferences x where x.staff_id = p_staff_id for update;
  p := jsonb_populate_record(p, p_changes);
  update public.notification_preferences x set
    mail_severities = p.mail_severities, console_severities = p.console_severities, mails_replays = p.mails_replays,
    mails_report = p.mails_report, updated_at = public.now_()
  where x.staff_id = p_staff_id;
  perform public.record_staff_action(
    'preferences.change', (select u.email from public.staff_users u where u.id = p_staff_id), p_changes,
    p_actor, p_actor_id, p_request_id
  );
  return public.get_notification_preferences(p_staff_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."change_notification_preferences"(uuid, jsonb, text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.change_retention (
  p_class           public.retention_class,
  p_organisation_id text,
  p_days            integer,
  p_inherits        boolean,
  p_confirmed       boolean,
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
  v_before integer;
  v_after integer;
begin
  if not public.in_scope(p_scope, p_organisation_id) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  lock table public.retention in share row exclusive mode;
  v_before := public.days_kept(p_class, p_organisation_id);
  v_after := case when p_inherits then public.days_kept(p_class, null) else p_days end;
  if v_after < coalesce(v_before, 'infinity'::float8) and not p_confirmed then
    return jsonb_build_object(
      'result', 'confirm', 'rows', public.count_older(p_class, p_organisation_id, v_after, 1000001)
    );
  end if;

  if p_inherits then
    delete from public.retention r where r.class = p_class and r.organisation_id = p_organisation_id;
  else
    insert into public.retention (class, organisation_id, days, changed_by, changed_at)
    values (p_class, p_organisation_id, p_days, p_actor, public.now_())
    on conflict on constraint retention_one_per_class_and_organisation do update set
      days = excluded.days, changed_by = excluded.changed_by, changed_at = excluded.changed_at;
  end if;
  -- At once, and not when the rest is over.
  update public.retention_turn t set next_at = '-infinity';
  perform public.record_staff_action(
    'retention.change', 'retention', jsonb_strip_nulls(jsonb_build_object(
      'class', p_class, 'organisation', p_organisation_id, 'days_before', v_before, 'days', v_after
    )), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'done');
end
$function$;

REVOKE ALL ON FUNCTION "public"."change_retention"(public.retention_class, text, integer, boolean, boolean, text[], text, text, text) FROM "anon", "authenticated";

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
    union all
    (select 'incident', i.id, null, null, false, i.organisations, i.opened_at, i.xmin
      from public.incidents i where i.state not in ('closed', 'closed_with_exceptions') order by i.due_at limit 50)
    union all
    (select 'incident', l.incident_id, null, null, false, i.organisations, l.at, l.xid
      from (select x.incident_id, x.at, x.xmin as xid from public.incident_log x order by x.id desc limit 50) l
      join public.incidents i on i.id = l.incident_id)
    union all
    -- Alerts are written in subtransactions: the heartbeat is not. Whose they are is that of what flipped with it.
    (select 'alert', null, null, null, false,
        case when a.organisation_id is not null then array[a.organisation_id] end, h.at, h.xmin
      from public.heartbeats h
      left join lateral (
        select x.* from public.alerts x order by x.fired_at desc, x.id desc limit 50
      ) a on greatest(a.fired_at, a.resolved_at) >= h.at - interval '1 minute'
      where h.name = 'alert_flips')
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
      coalesce(bool_or(f.ended), false) as ended,
      coalesce(bool_or(f.word ~ '^(alert|alert_rule|silence)\.'), false) as alerted
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
      case when 'incident' = any (s.whats) then 'incidents' end,
      case when s.alerted or 'alert' = any (s.whats) then 'alerts' end,
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

CREATE OR REPLACE FUNCTION public.channel_json (
  c public.channels
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'ch_' || (c).id, 'kind', (c).kind, 'name', (c).name, 'settings', (c).settings, 'hints', (c).hints,
    'severities', (c).severities, 'organisations', (c).organisations, 'tells_replays', (c).tells_replays,
    'enabled', (c).enabled, 'version', (c).version,
    'rules', (
      select count(*) from public.alert_rule_channels x
      join public.alert_rules r on r.id = x.rule_id
      where x.channel_id = (c).id and r.archived_at is null
    ),
    'last_sent_at', public.iso((c).last_sent_at), 'last_failed_at', public.iso((c).last_failed_at),
    'failures', (c).failures, 'problem', (c).problem
  );
$function$;

REVOKE ALL ON FUNCTION "public"."channel_json"(public.channels) FROM "anon", "authenticated";

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
    where (p_kind is null or t.kind = p_kind) and public.has_due(t.id)
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
      select c.id, b.heavy, sum(b.heavy) over w - b.heavy as before,
        sum(e.body_size - b.heavy) over w - (e.body_size - b.heavy) as light_before
      from unnest(v_chosen) with ordinality c(id, place)
      join public.deliveries d on d.id = c.id
      join public.events e on e.id = d.event_id
      cross join lateral (
        select case when e.body_size > 65536 then e.body_size else 0 end as heavy offset 0
      ) b
      window w as (order by c.place)
    ) y
    where case when y.heavy = 0 then y.light_before < 4194304 else y.before < p_bytes end
  );

  -- What a person is changing now is skipped. Found by id alone: with its state the planner may take the index of all
  -- that waits.
  v_chosen := array(
    select x.id from (
      select d.id, d.status from public.deliveries d where d.id = any (v_chosen)
      order by d.id offset 0 for update skip locked
    ) x
    where x.status in ('pending', 'retrying')
  );

  if cardinality(v_chosen) > 0 then
    v_work := public.lease_deliveries(v_chosen, p_worker, p_lease_seconds, p_shares);
    v_waiting := array(
      select w.id from unnest(v_waiting) as w(id)
      where public.has_due(w.id)
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

CREATE OR REPLACE FUNCTION public.claim_incidents (
  p_limit         integer,
  p_lease_seconds integer
)
  RETURNS jsonb
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with claimed as (
    update public.incidents i set
      lease_until = public.clock_() + make_interval(secs => p_lease_seconds),
      recovery = i.recovery || jsonb_build_object('fence', (i.recovery ->> 'fence')::bigint + 1)
    where i.id in (
      select x.id from public.incidents x
      where x.state in ('recovering', 'verifying') and x.due_at <= public.now_() and public.is_recovery_active(x)
        and coalesce(x.lease_until < public.now_(), true)
      order by x.due_at, x.id
      limit p_limit
      for update skip locked
    )
    returning i.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', c.id, 'fence', (c.recovery ->> 'fence')::bigint, 'from_ts', public.iso(c.from_ts),
    'to_ts', public.iso(c.to_ts), 'selection', c.selection, 'scope', to_jsonb(c.scope), 'recovery', c.recovery,
    'steps', (
      select jsonb_object_agg(s.step, jsonb_build_object('status', s.status, 'found', s.found))
      from public.incident_steps s where s.incident_id = c.id
    )
  ) order by c.id), '[]')
  from claimed c;
$function$;

REVOKE ALL ON FUNCTION "public"."claim_incidents"(integer, integer) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.claim_notifications (
  p_limit         integer,
  p_lease_seconds integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_messages jsonb;
begin
  if not exists (
    select from public.notifications n where n.status = 'pending' and n.due_at <= public.clock_()
  ) then
    return '[]';
  end if;
  -- One claim after the other: two at once would each take a part of a group.
  perform pg_advisory_xact_lock(hashtextextended('claim_notifications', 1));
  perform public.skip_notifications();

  with due as (
    select n.*, public.sent_message_of(n) as updates
    from public.notifications n
    where n.status = 'pending' and n.due_at <= public.clock_() and coalesce(n.lease_until <= public.clock_(), true)
      -- In the order of what happened: the end is not told before the beginning.
      and not exists (
        select from public.notifications o
        where o.alert_id = n.alert_id and o.status = 'pending' and o.id < n.id
          and o.channel_id is not distinct from n.channel_id and o.staff_id is not distinct from n.staff_id
      )
      -- One message at a time per channel, so that one that hangs does not hold up the others.
      and not exists (
        select from public.notifications o
        where o.channel_id = n.channel_id and o.status = 'pending' and o.kind <> 'test'
          and o.lease_until > public.clock_()
      )
  ),
  placed as (
    select d.id, d.updates, d.channel_id, d.staff_id, row_number() over (w order by d.id) as place,
      min(d.due_at) over w as first_due, min(d.id) over w as first_id
    from due d
    window w as (partition by d.channel_id, d.staff_id, d.kind, d.group_key, d.updates)
  ),
  turns as (
    select p.*, dense_rank() over (partition by p.channel_id, p.staff_id order by p.first_due, p.first_id) as turn
    from placed p where p.place <= 50
  ),
  grouped as (
    select t.id, t.updates, dense_rank() over (order by t.first_due, t.first_id) as message
    from turns t where t.turn = 1
  ),
  claimed as (
    update public.notifications n set
      attempts = n.attempts + 1, fence = n.fence + 1,
      lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
    from grouped g
    where n.id = g.id and g.message <= p_limit
    returning g.message, g.updates, n.id, n.fence
  )
  select coalesce(jsonb_agg(jsonb_build_object('updates', m.updates, 'notifications', m.notifications)), '[]')
  into v_messages
  from (
    select c.message, c.updates, jsonb_agg(jsonb_build_object('id', c.id, 'fence', c.fence) order by c.id)
      as notifications
    from claimed c group by c.message, c.updates order by c.message
  ) m;
  -- In a statement of its own, which sees what was claimed.
  return (
    select coalesce(jsonb_agg(public.message_json(m) order by n), '[]')
    from jsonb_array_elements(v_messages) with ordinality as x(m, n)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."claim_notifications"(integer, integer) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.close_incident (
  p_id         bigint,
  p_reason     text,
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
  i public.incidents;
  v_left jsonb;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif public.is_incident_closed(i) then
    return jsonb_build_object('result', 'closed_already');
  elsif public.is_recovery_active(i) then
    return jsonb_build_object('result', 'under_way');
  end if;
  v_left := public.close_when_done(p_id, p_actor, p_actor, p_actor_id, p_request_id);
  if v_left is not null then
    return jsonb_build_object('result', 'not_done') || v_left;
  end if;
  perform public.record_staff_action(
    'incident.close', 'in_' || p_id, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'closed');
end
$function$;

REVOKE ALL ON FUNCTION "public"."close_incident"(bigint, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.close_when_done (
  p_id         bigint,
  p_by         text,
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
  i public.incidents;
  v_state public.incident_state;
begin
  select * into i from public.incidents x where x.id = p_id for update;
  if i.affected + i.recovered + i.still_missing > 0 or i.unrecoverable > i.accepted or i.verified_at is null then
    return jsonb_build_object(
      'affected', i.affected, 'recovered', i.recovered, 'still_missing', i.still_missing,
      'not_accepted', i.unrecoverable - i.accepted, 'is_verified', i.verified_at is not null
    );
  end if;
  v_state := case when i.unrecoverable > 0 then 'closed_with_exceptions' else 'closed' end;
  update public.incidents x set
    state = v_state, closed_at = public.now_(), closed_by = p_by, recovery = x.recovery || '{"active": false}'
  where x.id = p_id;
  update public.incident_steps s set
    status = 'done', reason = null, started_at = coalesce(s.started_at, public.now_()), ended_at = public.now_(),
    found = case when s.step = 'evidence' then jsonb_build_object(
      'items', i.total,
      'requests', (
        select count(*) from public.api_requests q join public.incident_runs n using (reconciliation_id)
        where n.incident_id = p_id
      ),
      'replays', (select count(*) from public.incident_stages t where t.incident_id = p_id)
    ) else s.found end
  where s.incident_id = p_id and (s.step = 'evidence' or s.step = 'verify' and s.status <> 'done');
  perform public.write_incident_log(
    p_id, 'closed', case
      when v_state = 'closed' then format('Closed: %s of %s events are verified.', i.verified, i.total)
      else format(
        'Closed with exceptions: %s of %s events are verified, %s cannot be brought back.', i.verified, i.total,
        i.unrecoverable
      )
    end, jsonb_build_object('state', v_state, 'by_itself', p_by is null), p_actor, p_actor_id, p_request_id
  );
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."close_when_done"(bigint, text, text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_attempts (
  p_attempts jsonb
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  perform public.add_counters(jsonb_agg(to_jsonb(c)))
  from (
    select 'delivery' as metric, a.kind as label, a.outcome, a.error_class, count(*) as count,
      sum(a.duration_ms) as duration_ms,
      public.latency_histogram(array_agg(a.duration_ms) filter (where a.duration_ms is not null)) as latency
    from jsonb_to_recordset(p_attempts) as a(kind text, outcome text, error_class text, duration_ms integer)
    group by 2, 3, 4
  ) c
  having count(*) > 0;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_attempts"(jsonb) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_firing (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_object_agg(c.severity, c.count), '{}') from (
    select a.severity, count(*) as count from public.alerts a
    where a.resolved_at is null and a.suppressed_because is null and public.in_scope(p_scope, a.organisation_id)
    group by a.severity
  ) c;
$function$;

REVOKE ALL ON FUNCTION "public"."count_firing"(text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_incident_items()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_incidents bigint[] := array(select distinct c.incident_id from changed c);
begin
  -- First the locks: the count below sees what others have written until then.
  perform from public.incidents i where i.id = any (v_incidents) order by i.id for update;
  update public.incidents i set
    total = c.total, affected = c.affected, recovered = c.recovered, verified = c.verified,
    still_missing = c.still_missing, unrecoverable = c.unrecoverable, accepted = c.accepted
  from unnest(v_incidents) n(id)
  cross join lateral public.counts_of_incident(n.id) c
  where i.id = n.id and (
    i.total, i.affected, i.recovered, i.verified, i.still_missing, i.unrecoverable, i.accepted
  ) is distinct from (
    c.total, c.affected, c.recovered, c.verified, c.still_missing, c.unrecoverable, c.accepted
  );
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_incident_items"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_notification()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  perform public.add_counters(jsonb_build_array(jsonb_build_object(
    'metric', 'notification', 'outcome', new.status, 'count', 1,
    'label', coalesce((select c.kind::text from public.channels c where c.id = new.channel_id), 'person')
  )));
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_notification"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.count_older (
  p_class           public.retention_class,
  p_organisation_id text,
  p_days            integer,
  p_most            integer
)
  RETURNS bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_before timestamptz := public.now_() - make_interval(days => p_days);
  v_count bigint;
begin
  execute format('select count(*) from (select %s limit %s) x', case p_class
    when 'bodies' then 'from public.events e where e.received_at < $1 and public.has_body(e.id)
      and case when $2 is null then not exists (
        select from public.retention o where o.class = ''bodies'' and o.organisation_id = e.organisation_id
      ) else e.organisation_id = $2 end'
    when 'readable' then 'from public.events e where e.received_at < $1 and (
      public.payload_of(e) is not null or e.terms is not null)'
    when 'answers' then 'from public.attempts a where a.finished_at < $1'
    when 'events' then 'from public.events e where e.received_at < $1'
    else 'from public.staff_actions a where a.acted_at < $1'
  end, p_most) into v_count using v_before, p_organisation_id;
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."count_older"(public.retention_class, text, integer, integer) FROM "anon", "authenticated";

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

  perform public.add_counters(jsonb_build_array(
    jsonb_build_object('metric', 'replay_item', 'outcome', 'succeeded', 'count', p_succeeded),
    jsonb_build_object('metric', 'replay_item', 'outcome', 'failed', 'count', p_failed),
    jsonb_build_object('metric', 'replay_item', 'outcome', 'skipped', 'count', p_skipped)
  ));

  if v_ended then
    perform public.notice_end(p_replay_id);
  end if;
end
$function$;

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
      where s.organisation_id = any (v_of) and s.minute >= p_from and s.minute < v_first and s.outcome <> 'applied'
      union all
      select h.hour, h.provider, h.event_type, h.outcome, h.count
      from public.statistics_hours h
      where h.organisation_id = any (v_of) and h.hour >= v_first and h.hour < v_last and h.outcome <> 'applied'
      union all
      select s.minute, s.provider, s.event_type, s.outcome, s.count
      from public.statistics s
      where s.organisation_id = any (v_of) and s.minute >= v_last and s.minute < p_to and s.outcome <> 'applied'
    ) x
    group by 1, 2, 3, 4;
end
$function$;

CREATE OR REPLACE FUNCTION public.counted_with (
  r        public.reconciliations,
  p_counts jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select (r).counted || coalesce(jsonb_object_agg(c.event_type, jsonb_build_object(
    'provider', coalesce(((r).counted -> c.event_type ->> 'provider')::bigint, 0) + c.provider,
    'received', (
      select count(*) from public.events e
      -- What is received is not older than its time, give or take the clocks.
      where e.event_type = c.event_type and e.received_at >= (r).from_ts - interval '1 hour'
        and e.provider = (r).provider and e.source_id is not distinct from (r).source_id and e.variant_of is null
        and coalesce(e.occurred_at, e.received_at) >= (r).from_ts
        and coalesce(e.occurred_at, e.received_at) < (r).to_ts
    )
  )), '{}')
  from (
    select x.event_type, sum(x.provider) as provider
    from jsonb_to_recordset(p_counts) as x(event_type text, provider bigint)
    where x.event_type is not null
    group by 1
  ) c;
$function$;

REVOKE ALL ON FUNCTION "public"."counted_with"(public.reconciliations, jsonb) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.counts_between (
  s      public.alert_series,
  p_from timestamp with time zone,
  p_to   timestamp with time zone,
  OUT    received numeric,
  OUT    delivered numeric,
  OUT    failed numeric,
  OUT    dead numeric,
  OUT    rejected numeric
)
  RETURNS record
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_unit text := case
    when p_to - p_from > make_interval(mins => case when (s).destination_id is null then 181 else 61 end) then 'hour'
    else 'minute'
  end;
begin
  if (s).destination_id is not null then
    select 0, coalesce(sum(d.succeeded), 0), coalesce(sum(d.failed), 0), 0, 0
    into received, delivered, failed, dead, rejected
    from public.destination_statistics d
    where d.destination_id = (s).destination_id and d.span = v_unit and d.at >= date_trunc(v_unit, p_from, 'UTC')
      and d.at <= p_to;
    return;
  end if;
  select coalesce(sum(x.count) filter (where x.outcome in ('received', 'duplicate')), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'delivered'), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'failed'), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'dead'), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'rejected' and x.event_type = 'bad_signature'), 0)
  into received, delivered, failed, dead, rejected
  from generate_series(date_trunc(v_unit, p_from, 'UTC'), p_to, ('1 ' || v_unit)::interval) g(at)
  cross join lateral (
    select m.outcome, m.event_type, m.count from public.statistics m
    where v_unit = 'minute' and m.organisation_id = coalesce((s).organisation_id, '') and m.minute = g.at
      and m.provider = (s).provider
    union all
    select h.outcome, h.event_type, h.count from public.statistics_hours h
    where v_unit = 'hour' and h.organisation_id = coalesce((s).organisation_id, '') and h.hour = g.at
      and h.provider = (s).provider
  ) x
  where (s).event_type is null or x.event_type = (s).event_type or x.outcome = 'rejected';
end
$function$;

REVOKE ALL ON FUNCTION "public"."counts_between"(public.alert_series, timestamp WITH time zone, timestamp WITH time zone) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.counts_of_incident (
  p_id bigint
)
  RETURNS TABLE (
    total         integer,
    affected      integer,
    recovered     integer,
    verified      integer,
    still_missing integer,
    unrecoverable integer,
    accepted      integer
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select count(*)::integer, (count(*) filter (where y.state = 'affected'))::integer,
    (count(*) filter (where y.state = 'recovered'))::integer, (count(*) filter (where y.state = 'verified'))::integer,
    (count(*) filter (where y.state = 'still_missing'))::integer,
    (count(*) filter (where y.state = 'unrecoverable'))::integer,
    (count(*) filter (where y.accepted_at is not null))::integer
  from public.incident_items y where y.incident_id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."counts_of_incident"(bigint) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_alert_rule (
  p_rule       jsonb,
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
  v_problem text := public.alert_rule_problem(p_rule, p_scope);
  v_id bigint;
begin
  if v_problem is not null then
    return jsonb_build_object('result', v_problem);
  end if;
  insert into public.alert_rules (
    kind, name, provider, event_type, organisation_id, destination_id, settings, bad_evaluations, hold_seconds,
    repeat_seconds, severity, enabled
  )
  select x.kind, x.name, x.provider, x.event_type, x.organisation_id, x.destination_id, x.settings, x.bad_evaluations,
    x.hold_seconds, x.repeat_seconds, x.severity, x.enabled
  from jsonb_populate_record(null::public.alert_rules, p_rule) x
  returning id into v_id;
  perform public.set_rule_channels(v_id, p_rule -> 'channel_ids');
  perform public.record_staff_action(
    'alert_rule.create', 'ar_' || v_id, p_rule - 'channel_ids', p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'done', 'id', v_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_alert_rule"(jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_channel (
  p_channel    jsonb,
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
  c public.channels;
begin
  c := jsonb_populate_record(null::public.channels, p_channel);
  if not public.all_in_scope(p_scope, c.organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  insert into public.channels (
    id, kind, name, settings, secrets, hints, severities, organisations, tells_replays, enabled
  )
  overriding system value
  values (
    c.id, c.kind, c.name, c.settings, c.secrets, c.hints, c.severities, c.organisations, c.tells_replays, c.enabled
  )
  returning * into c;
  perform public.record_staff_action('channel.create', 'ch_' || c.id, jsonb_build_object(
    'name', c.name, 'kind', c.kind, 'severities', c.severities, 'enabled', c.enabled
  ), p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'channel', public.channel_json(c));
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_channel"(jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.create_reconciliation (
  p_run        jsonb,
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
  v_source public.sources;
  r public.reconciliations;
begin
  if p_run ->> 'source_id' is not null then
    select * into v_source from public.sources s
    where s.id = (p_run ->> 'source_id')::bigint and s.provider = p_run ->> 'provider' and s.archived_at is null
      and public.in_scope(p_scope, s.organisation_id);
    if not found then
      return jsonb_build_object('result', 'no_source');
    end if;
  elsif not public.in_scope(p_scope, null) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;

  insert into public.reconciliations (
    provider, source_id, organisation_id, company_id, started_by, from_ts, to_ts, types, dry_run, actor, actor_id,
    request_id
  )
  values (
    p_run ->> 'provider', v_source.id, v_source.organisation_id, v_source.company_id,
    (p_run ->> 'started_by')::public.reconciliation_trigger, (p_run ->> 'from_ts')::timestamptz,
    (p_run ->> 'to_ts')::timestamptz, public.text_array(nullif(p_run -> 'types', 'null')),
    (p_run ->> 'dry_run')::boolean, p_actor, p_actor_id, p_request_id
  )
  returning * into r;
  insert into public.reconciliation_windows (reconciliation_id, from_ts, to_ts)
  select r.id, w.from_ts, w.to_ts
  from jsonb_to_recordset(p_run -> 'windows') as w(from_ts timestamptz, to_ts timestamptz);

  -- What a schedule starts every few minutes is in the list of runs.
  if r.started_by not in ('schedule', 'downtime') then
    perform public.record_staff_action(
      'reconciliation.start', 'rc_' || r.id, jsonb_build_object(
        'provider', r.provider, 'source', 'so_' || r.source_id, 'from', public.iso(r.from_ts),
        'to', public.iso(r.to_ts), 'dry_run', r.dry_run
      ), p_actor, p_actor_id, p_request_id
    );
  end if;
  return jsonb_build_object('result', 'created', 'reconciliation', public.run_json(r, p_scope));
end
$function$;


SET local check_function_bodies = off;

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
  perform public.lock_forgetting(false);
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
    count(*) filter (where i.skip_reason = 'in_flight') as in_flight,
    count(*) filter (where i.skip_reason = 'body_forgotten') as forgotten, min(i.event_id) as first
  into v_counts
  from public.replay_items i
  where i.replay_id = v_replay_id;

  if v_counts.items = 0 or v_counts.items in (v_counts.too_old, v_counts.in_flight, v_counts.forgotten) then
    delete from public.replays r where r.id = v_replay_id;
    if v_counts.items > 0 and v_counts.items = v_counts.forgotten then
      return '{"result": "body_forgotten"}' || public.body_forgotten(v_counts.first);
    end if;
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
  v_new jsonb;
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

  v_new := public.store_events(jsonb_build_array(p_event || '{"n": 0, "origin": "sample"}'), '{}', true, p_id);
  select e.* into strict v_event from public.events e where e.id = (v_new #>> '{new,0}')::bigint;
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

CREATE OR REPLACE FUNCTION public.create_silence (
  p_silence    jsonb,
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
  n public.alert_silences := jsonb_populate_record(null::public.alert_silences, p_silence);
  v_id bigint;
begin
  n.begins_at := coalesce(n.begins_at, public.now_());
  if n.ends_at <= greatest(n.begins_at, public.now_()) or n.ends_at > n.begins_at + interval '31 days' then
    return '{"result": "bad_span"}';
  elsif n.organisation_id is not null and not public.in_scope(p_scope, n.organisation_id) then
    return '{"result": "beyond_scope"}';
  elsif n.rule_id is not null and not exists (
    -- Whose alerts a rule for all makes, who is limited silences by kind and destination.
    select from public.alert_rules r
    where r.id = n.rule_id and r.archived_at is null and public.in_scope(p_scope, r.organisation_id)
  ) then
    return '{"result": "no_rule"}';
  elsif n.destination_id is not null and not exists (
    select from public.destinations t where t.id = n.destination_id and public.in_scope(p_scope, t.organisation_id)
  ) then
    return '{"result": "no_destination"}';
  end if;
  insert into public.alert_silences (
    rule_id, kind, provider, event_type, organisation_id, destination_id, reason, actor, actor_id, scope, begins_at,
    ends_at
  )
  values (
    n.rule_id, n.kind, n.provider, n.event_type, n.organisation_id, n.destination_id, n.reason, p_actor, p_actor_id,
    p_scope, n.begins_at, n.ends_at
  )
  returning id into v_id;
  perform public.record_staff_action('silence.create', 'sl_' || v_id, p_silence, p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'id', v_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_silence"(jsonb, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.days_kept (
  p_class           public.retention_class,
  p_organisation_id text
)
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select r.days from public.retention r
  where r.class = p_class and (r.organisation_id = p_organisation_id or r.organisation_id is null)
  order by r.organisation_id nulls last limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."days_kept"(public.retention_class, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.decide_incident_request (
  p_id         bigint,
  p_request    bigint,
  p_approve    boolean,
  p_reason     text,
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
  v_open jsonb;
  q public.incident_requests;
begin
  perform from public.incident_requests x where x.id = p_request for update;
  v_open := public.open_incident_request(p_id, p_request, p_scope, p_actor_id);
  if v_open ->> 'result' <> 'open' then
    return v_open;
  end if;
  update public.incident_requests x set
    is_approved = p_approve, decided_by = p_actor, decided_by_id = p_actor_id, decision = p_reason,
    decided_at = public.now_()
  where x.id = p_request
  returning * into q;
  perform public.write_incident_log(
    p_id, case when p_approve then 'approved' else 'declined' end::public.incident_log_kind,
    format(
      '%s %s what %s asked for (%s): %s', p_actor, case when p_approve then 'approved' else 'declined' end, q.actor,
      q.action, p_reason
    ),
    jsonb_build_object('request_id', 'ir_' || p_request, 'action', q.action, 'requested_by', q.actor), p_actor,
    p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    case when p_approve then 'incident.approve' else 'incident.decline' end, 'in_' || p_id,
    jsonb_build_object('request', 'ir_' || p_request, 'requested_by', q.actor, 'reason', p_reason), p_actor, p_actor_id,
    p_request_id
  );
  return '{"result": "done"}';
end
$function$;

REVOKE ALL ON FUNCTION "public"."decide_incident_request"(bigint, bigint, boolean, text, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delete_alert_rule (
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
  r public.alert_rules;
begin
  select * into r from public.alert_rules x
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  elsif r.slug is not null then
    return '{"result": "first_rule"}';
  end if;
  update public.alert_rules x set archived_at = public.now_(), updated_at = public.now_() where x.id = p_id;
  perform public.resolve_series(s) from public.alert_series s where s.rule_id = p_id and s.state = 'firing';
  delete from public.alert_series s where s.rule_id = p_id;
  perform public.record_staff_action(
    'alert_rule.delete', 'ar_' || p_id, jsonb_build_object('name', r.name), p_actor, p_actor_id, p_request_id
  );
  return '{"result": "done"}';
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_alert_rule"(bigint, text[], text, text, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delete_events (
  p_ids bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  delete from public.attempts a using public.deliveries d where d.event_id = any (p_ids) and a.delivery_id = d.id;
  delete from public.deliveries d where d.event_id = any (p_ids);
  delete from public.event_notes n where n.event_id = any (p_ids);
  delete from public.event_assignees n where n.event_id = any (p_ids);
  delete from public.events e where e.id = any (p_ids);
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_events"(bigint[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.delete_failed_webhook()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  perform public.resolve_in_sql(old.id, 'Deleted from failed_webhooks in SQL');
  return old;
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_failed_webhook"() FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.deliver_late_webhooks (
  p_events bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_new bigint[];
  v_events bigint[];
begin
  select array_agg(p.id order by p.id) filter (where not exists (
      select from public.deliveries d where d.event_id = p.id and d.status <> 'cancelled'
    )),
    array_agg(p.id order by p.id) filter (where not exists (
      select from public.deliveries d where d.event_id = p.id
    ) or exists (
      select from public.deliveries d where d.event_id = p.id and d.status = 'cancelled'
    ))
  into v_new, v_events
  from unnest(p_events) p(id);
  if v_events is null then
    return;
  end if;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  select e.id, d.id, public.first_status(d),
    public.ordering_key_of(d.ordering, e.object_id, e.event_key, e.organisation_id)
  from public.events e
  join public.destinations d
    on public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
  where e.id = any (v_new)
  order by e.id, d.id
  on conflict do nothing;

  with waiting as (
    select d.id from public.deliveries d
    where d.event_id = any (v_events) and d.status = 'cancelled'
      and not exists (select from public.attempts a where a.delivery_id = d.id)
    order by d.id
    for update skip locked
  )
  update public.deliveries d set
    status = public.first_status(t), lane = 'live', due_at = public.now_(), tries = 0, finished_at = null,
    replay_id = null
  from waiting w, public.events e, public.destinations t
  where d.id = w.id and e.id = d.event_id and t.id = d.destination_id
    and public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags);

  perform public.roll_up_events(v_events);
end
$function$;

CREATE OR REPLACE FUNCTION public.delivers_again (
  i public.incidents
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(not ((i).recovery -> 'options' ->> 'skipAlreadyApplied')::boolean, false);
$function$;

REVOKE ALL ON FUNCTION "public"."delivers_again"(public.incidents) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.draft_alert_incident (
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
    'title', left(r.name, 200), 'cause', a.summary, 'severity', a.severity,
    'from_ts', public.iso(a.fired_at - make_interval(mins => coalesce(
      (a.explain ->> 'window_minutes')::integer, (r.settings ->> 'window_minutes')::integer, 60
    ))),
    'to_ts', public.iso(coalesce(a.resolved_at, public.now_())), 'provider', a.provider, 'event_type', a.event_type,
    'organisation_id', a.organisation_id, 'destination_id', a.destination_id, 'incident_id', 'in_' || a.incident_id,
    'reconciliation_id', case
      when a.kind in ('missing', 'horizon') then (
        select max(f.reconciliation_id) from public.findings f
        where f.provider = a.provider and f.kind = 'missing' and f.state = 'open'
      )
      else (
        select s.asking_run_id from public.alert_series s
        where s.id = a.series_id and exists (
          select from public.findings f where f.reconciliation_id = s.asking_run_id and f.closed_at is null
        )
      )
    end
  )
  from public.alerts a
  join public.alert_rules r on r.id = a.rule_id
  where a.id = p_id and public.in_scope(p_scope, a.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."draft_alert_incident"(bigint, text[]) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.drop_bodies (
  p_name     text,
  p_exported bigint,
  p_file     text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '100ms'
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_part record;
  v_rows bigint;
begin
  perform public.lock_forgetting(true);
  select p.name, coalesce(p.from_id, 0) as from_id, p.to_id into v_part
  from public.list_body_partitions() p where p.name = p_name;
  if v_part.to_id is null or v_part.to_id > public.next_event_id()
    or not public.is_forgettable(v_part.from_id, v_part.to_id)
  then
    return jsonb_build_object('result', 'kept', 'rows', 0);
  end if;
  select count(*) into v_rows
  from public.event_bodies b where b.event_id >= v_part.from_id and b.event_id < v_part.to_id;
  if v_rows > p_exported then
    return jsonb_build_object('result', 'kept', 'rows', 0);
  end if;

  insert into public.forgettings (class, days, first_id, last_id, ids, rows, file)
  select 'bodies', x.days, lower(x.ids), upper(x.ids) - 1, x.ids, x.rows, p_file
  from (
    select public.days_kept('bodies', o.organisation_id) as days, count(*) as rows,
      range_agg(int8range(e.id, e.id, '[]')) as ids
    from public.events e
    left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
    where e.id >= v_part.from_id and e.id < v_part.to_id and public.has_body(e.id)
    group by 1
  ) x;
  lock table public.event_bodies in access exclusive mode;
  perform public.replace_bodies(v_part.from_id, v_part.to_id);
  return jsonb_build_object('result', 'dropped', 'rows', v_rows);
exception when lock_not_available then
  return jsonb_build_object('result', 'busy', 'rows', 0);
end
$function$;

REVOKE ALL ON FUNCTION "public"."drop_bodies"(text, bigint, text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.due_reports (
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'staff_id', u.id, 'organisations', to_jsonb(u.organisations), 'week', w.week,
    'from_ts', public.iso(w.monday - interval '7 days'), 'to_ts', public.iso(w.monday)
  )), '[]')
  from (
    select m.monday, (extract(epoch from m.monday) / 604800)::bigint as week
    from (select date_trunc('week', public.now_() at time zone 'UTC') at time zone 'UTC' as monday) m
    where public.now_() < m.monday + interval '2 days'
  ) w
  join lateral (
    select s.* from public.staff_users s
    join public.notification_preferences p on p.staff_id = s.id
    where p.mails_report and s.disabled_at is null and not exists (
      select from public.notifications n where n.staff_id = s.id and n.kind = 'report' and n.number = w.week
    )
    order by s.id limit p_limit
  ) u on true;
$function$;

REVOKE ALL ON FUNCTION "public"."due_reports"(integer) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_heartbeat (
  p_name text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  delete from public.heartbeats h where h.name = p_name;
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_heartbeat"(text) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_incident_verification (
  p_id       bigint,
  p_fence    bigint,
  p_complete boolean,
  p_reason   text,
  p_found    jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  i public.incidents;
  v_left jsonb;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  update public.incidents x set
    state = 'verifying', verifying_at = coalesce(x.verifying_at, public.now_()),
    verified_at = case when p_complete then public.now_() end
  where x.id = p_id;
  perform public.write_incident_log(
    p_id, 'verified', format(
      '%s: %s of %s events are verified, %s are still missing, %s cannot be brought back.%s',
      case when p_complete then 'Verified completely' else 'Verified in part' end, i.verified, i.total, i.still_missing,
      i.unrecoverable, coalesce(' ' || p_reason, '')
    ),
    p_found || jsonb_build_object(
      'complete', p_complete, 'verified', i.verified, 'still_missing', i.still_missing,
      'unrecoverable', i.unrecoverable, 'total', i.total
    ),
    'Recovery', 'recovery', i.recovery ->> 'request_id'
  );
  v_left := public.close_when_done(p_id, null, 'Recovery', 'recovery', i.recovery ->> 'request_id');
  return jsonb_build_object('closed', v_left is null, 'left', v_left);
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_incident_verification"(bigint, bigint, boolean, text, jsonb) FROM "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_of_last_partition (
  p_name  text,
  p_from  bigint,
  p_next  bigint,
  p_width bigint
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_ending text := public.ending_of(p_name);
  v_end bigint := (p_next / p_width + 1) * p_width + greatest(10000000, 15 * p_width);
begin
  if v_ending is null then
    if pg_catalog.pg_relation_size(format('public.%I', p_name)::regclass) < 64 * 1024 * 1024 then
      return 'ready';
    end if;
    execute format(
      'alter table public.%I add constraint %I check (%s event_id < %s) not valid', p_name, 'ends_at_' || v_end,
      'event_id >= ' || p_from || ' and', v_end
    );
    return 'again';
  elsif exists (
    select from pg_catalog.pg_constraint c
    where c.conrelid = format('public.%I', p_name)::regclass and c.conname = v_ending and not c.convalidated
  ) then
    execute format('alter table public.%I validate constraint %I', p_name, v_ending);
    return 'again';
  end if;
  return 'ready';
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_of_last_partition"(text, bigint, bigint, bigint) FROM "anon", "authenticated";


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
  v_late bigint[];
  v_skipped integer;
begin
  select array_agg(distinct i.event_id) into v_late
  from public.replay_items i
  join public.events e on e.id = i.event_id
  where i.replay_id = p_id and i.fed_at is null and i.outcome is null
    and public.is_brought_back(e.origin) and e.duplicate_count > 0;
  if v_late is not null then
    perform public.deliver_late_webhooks(v_late);
  end if;

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

CREATE OR REPLACE FUNCTION public.end_retention_turn (
  p_worker       text,
  p_rest_seconds integer,
  p_problem      text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
  update public.retention_turn t set
    until = public.clock_(), next_at = public.clock_() + make_interval(secs => p_rest_seconds), problem = p_problem
  where t.worker = p_worker;
$function$;

REVOKE ALL ON FUNCTION "public"."end_retention_turn"(text, integer, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.end_silence (
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
  x public.alert_silences;
begin
  select * into x from public.alert_silences s where s.id = p_id and public.all_in_scope(p_scope, s.scope) for update;
  if not found then
    return '{"result": "not_found"}';
  elsif x.ends_at <= public.now_() then
    return '{"result": "ended"}';
  end if;
  update public.alert_silences s set
    begins_at = least(s.begins_at, public.now_()), ends_at = public.now_(), ended_by = p_actor
  where s.id = p_id;
  perform public.record_staff_action('silence.end', 'sl_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  return '{"result": "done"}';
end
$function$;

REVOKE ALL ON FUNCTION "public"."end_silence"(bigint, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.ending_of (
  p_name text
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select c.conname from pg_catalog.pg_constraint c
  where c.conrelid = format('public.%I', p_name)::regclass and c.conname like 'ends\_at\_%';
$function$;

REVOKE ALL ON FUNCTION "public"."ending_of"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.ensure_body_partitions()
  RETURNS jsonb
  LANGUAGE plpgsql
  SECURITY DEFINER
  SET search_path TO ''
  SET lock_timeout TO '100ms'
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_now jsonb;
  v_next bigint;
  v_width bigint;
  v_last record;
  v_end bigint;
  v_count integer;
  v_step text;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('body_partitions', 1)) then
    return jsonb_build_object('result', 'busy');
  end if;
  v_now := public.body_partitions_ahead();
  v_next := (v_now ->> 'next_id')::bigint;
  v_width := (v_now ->> 'width')::bigint;
  if (v_now ->> 'ahead')::integer >= 2 and (v_now ->> 'ahead_ids')::bigint >= 7 * (v_now ->> 'per_day')::bigint then
    return jsonb_build_object('result', 'enough', 'ahead', v_now -> 'ahead');
  end if;
  v_count := least(32, greatest(3, ceil(14.0 * (v_now ->> 'per_day')::bigint / v_width)))::integer;

  select * into v_last from public.list_body_partitions() p where p.to_id is null;
  v_step := public.end_of_last_partition(v_last.name, v_last.from_id, v_next, v_width);
  if v_step = 'again' then
    return jsonb_build_object('result', v_step);
  end if;

  lock table public.event_bodies in access exclusive mode;
  -- Before it is detached: a row may have a higher id than the sequence.
  v_next := public.next_event_id();
  execute format('alter table public.event_bodies detach partition public.%I', v_last.name);
  execute format('select exists (select from public.%I)', v_last.name) into v_step;
  if v_step = 'true' then
    -- The rows of the first keep their table, which gets an end beyond every id that was drawn until now.
    v_end := coalesce(
      substring(public.ending_of(v_last.name) from '\d+')::bigint, (v_next / v_width + 1) * v_width
    );
    perform public.attach_bodies(v_last.name, v_last.from_id, v_end);
  else
    execute format('drop table public.%I', v_last.name);
    -- The first of them has the ids between, where they jumped.
    v_end := greatest(coalesce(v_last.from_id, 0), (v_next / v_width + 1) * v_width);
    perform public.make_bodies(v_last.from_id, v_end) where v_last.from_id is null or v_last.from_id < v_end;
  end if;
  for n in 1 .. v_count loop
    perform public.make_bodies(v_end, v_end + v_width);
    v_end := v_end + v_width;
  end loop;
  perform public.make_bodies(v_end, null);
  return jsonb_build_object('result', 'made', 'ahead', public.body_partitions_ahead() -> 'ahead');
exception when lock_not_available then
  return jsonb_build_object('result', 'busy');
end
$function$;

REVOKE ALL ON FUNCTION "public"."ensure_body_partitions"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evaluate_alerts (
  p_limit    integer,
  p_horizons jsonb   DEFAULT '{}'::jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_began timestamptz := public.clock_();
  v_id bigint;
  v_flip text;
  v_evaluated integer := 0;
  v_fired integer := 0;
  v_resolved integer := 0;
  v_answer jsonb;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('evaluate_alerts', 1)) then
    return null;
  end if;
  perform public.add_expected_series();
  for v_id in
    select s.id from public.alert_series s
    join public.alert_rules r on r.id = s.rule_id
    where s.evaluate_after <= public.now_() and r.enabled and r.archived_at is null
    -- What hides others comes before them, so that it hides them in the same minute.
    order by public.evaluation_rank(r.kind), r.severity, s.event_type is not null, s.evaluate_after, s.id
    limit p_limit
  loop
    v_evaluated := v_evaluated + 1;
    begin
      v_flip := public.evaluate_series(v_id, p_horizons);
      v_fired := v_fired + (v_flip is not distinct from 'fired')::integer;
      v_resolved := v_resolved + (v_flip is not distinct from 'resolved')::integer;
    exception when others then
      update public.alert_series s set
        problem = left(sqlerrm, 500), evaluate_after = public.now_() + interval '1 hour', evaluated_at = public.now_()
      where s.id = v_id;
    end;
  end loop;
  perform public.catch_up_alerts();
  v_answer := jsonb_build_object(
    'evaluated', v_evaluated, 'fired', v_fired, 'resolved', v_resolved,
    'ms', round(extract(epoch from public.clock_() - v_began) * 1000)
  );
  perform public.note_heartbeat('alerts', 'evaluation', null, v_answer);
  if v_fired + v_resolved > 0 then
    -- For changes_since, which cannot see what was written within an exception block.
    perform public.note_heartbeat('alert_flips', 'evaluation', null, v_answer);
  end if;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."evaluate_alerts"(integer, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evaluate_series (
  p_id       bigint,
  p_horizons jsonb
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  s public.alert_series;
  r public.alert_rules;
  v_signal jsonb;
  v_bad boolean;
  v_count integer;
  v_next timestamptz := date_trunc('minute', public.now_()) + interval '1 minute';
begin
  select * into s from public.alert_series x where x.id = p_id for update;
  select * into r from public.alert_rules x where x.id = s.rule_id;
  v_signal := public.read_signal(r, s, p_horizons);
  v_bad := coalesce((v_signal ->> 'is_bad')::boolean, false);
  v_count := case when v_bad then s.bad + 1 else 0 end;
  if not v_bad and s.state <> 'firing' then
    v_next := coalesce((v_signal ->> 'evaluate_after')::timestamptz, v_next);
  end if;
  update public.alert_series x set
    value = (v_signal ->> 'value')::numeric, explain = coalesce(v_signal -> 'explain', '{}'), bad = v_count,
    well_since = case when x.state = 'firing' and not v_bad then coalesce(x.well_since, public.now_()) end,
    -- A run that the provider was asked with is over with what it was asked about.
    asking_run_id = case when v_bad then x.asking_run_id end, asking_until = case when v_bad then x.asking_until end,
    evaluated_at = public.now_(), evaluate_after = v_next, problem = null
  where x.id = p_id
  returning * into s;

  if s.state = 'firing' then
    if s.well_since <= public.now_() - make_interval(secs => r.hold_seconds) then
      return public.resolve_series(s);
    end if;
  elsif v_bad and v_count >= r.bad_evaluations and not coalesce((v_signal ->> 'waits')::boolean, false) then
    return public.fire_series(s, r, v_signal);
  elsif (s.state = 'pending') <> v_bad then
    update public.alert_series x set
      state = case when v_bad then 'pending' else 'ok' end::public.alert_state, since = public.now_()
    where x.id = p_id and x.state = s.state;
  end if;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."evaluate_series"(bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evaluation_rank (
  p_kind public.alert_kind
)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
RETURN CASE WHEN (p_kind = ANY (ARRAY['oldest_due'::public.alert_kind, 'worker_gone'::public.alert_kind])) THEN 1 WHEN
  (p_kind = ANY (ARRAY['endpoint_down'::public.alert_kind, 'endpoint_disabled'::public.alert_kind, 'silence'::public.alert_kind])) THEN 2 ELSE 3 END;

REVOKE ALL ON FUNCTION "public"."evaluation_rank"(public.alert_kind) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_assignee_json (
  p_event_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'assignee', a.assignee, 'assigned_by', a.assigned_by, 'assigned_at', public.iso(a.assigned_at)
  )
  from public.event_assignees a where a.event_id = p_event_id;
$function$;

REVOKE ALL ON FUNCTION "public"."event_assignee_json"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.event_note_json (
  n public.event_notes
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', (n).id, 'message', (n).message, 'actor', (n).actor, 'written_at', public.iso((n).written_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."event_note_json"(public.event_notes) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.events_in_use (
  p_events bigint[]
)
  RETURNS SETOF bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select d.event_id from public.deliveries d
  where d.event_id = any (p_events) and d.status not in ('delivered', 'cancelled')
  union
  select i.event_id from public.incident_items i join public.incidents n on n.id = i.incident_id
  where i.event_id = any (p_events) and n.state not in ('closed', 'closed_with_exceptions')
  union
  select i.event_id from public.replay_items i join public.replays r on r.id = i.replay_id
  where i.event_id = any (p_events) and r.status not in ('completed', 'stopped', 'cancelled')
  union
  select f.event_id from public.findings f
  where f.event_id = any (p_events) and f.state in ('open', 'back_filling');
$function$;

REVOKE ALL ON FUNCTION "public"."events_in_use"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.events_link (
  s      public.alert_series,
  p_more text
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select '/events?' || concat_ws('&', 'provider_slug=' || public.for_address((s).provider),
    'event_type=' || public.for_address((s).event_type), 'org_id=' || public.for_address((s).organisation_id),
    'destination=ds_' || (s).destination_id, p_more);
$function$;

REVOKE ALL ON FUNCTION "public"."events_link"(public.alert_series, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evidence_by_organisation (
  n public.incidents
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'org_id', g.organisation_id, 'counts', public.evidence_counts(g.states, g.accepted), 'replayed', g.replayed,
    'arrived', g.arrived, 'median_seconds', g.median_seconds
  ) order by g.items desc, g.organisation_id), '[]')
  from (
    select i.organisation_id, count(*) as items, array_agg(i.state) as states,
      count(*) filter (where i.accepted_at is not null) as accepted,
      count(*) filter (where i.replay_id is not null) as replayed,
      count(*) filter (where i.replay_id is not null and i.state in ('recovered', 'verified')) as arrived,
      round(
        percentile_cont(0.5) within group (order by extract(epoch from i.changed_at - (n).opened_at)::double precision)
          filter (where i.state = 'verified')
      ) as median_seconds
    from public.incident_items i
    where i.incident_id = (n).id
    group by i.organisation_id
    order by count(*) desc
    limit 1000
  ) g;
$function$;

REVOKE ALL ON FUNCTION "public"."evidence_by_organisation"(public.incidents) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evidence_by_type (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', g.provider, 'event_type', g.event_type, 'counts', public.evidence_counts(g.states, g.accepted)
  ) order by g.items desc, g.provider, g.event_type), '[]')
  from (
    select i.provider, i.event_type, count(*) as items, array_agg(i.state) as states,
      count(*) filter (where i.accepted_at is not null) as accepted
    from public.incident_items i
    where i.incident_id = p_id
    group by i.provider, i.event_type
    order by count(*) desc
    limit 1000
  ) g;
$function$;

REVOKE ALL ON FUNCTION "public"."evidence_by_type"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evidence_config (
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
    'destinations', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'ds_' || d.id, 'slug', d.slug, 'name', d.name, 'kind', d.kind, 'providers', to_jsonb(d.providers),
        'event_types', to_jsonb(d.event_types), 'organisation', d.organisation_id, 'livemode', d.livemode,
        'url', public.mask_url(d.url), 'headers', coalesce((
          select jsonb_agg(h order by h) from jsonb_object_keys(d.headers) h
        ), '[]'),
        'timeout_ms', d.timeout_ms, 'max_attempts', d.max_attempts, 'base_delay_ms', d.base_delay_ms,
        'backoff_factor', d.backoff_factor, 'max_concurrency', d.max_concurrency,
        'rate_per_second', d.rate_per_second, 'ordering', d.ordering, 'enabled', d.enabled,
        'disabled_at', public.iso(d.disabled_at), 'disabled_because', d.disabled_because,
        'paused_at', public.iso(d.paused_at), 'archived_at', public.iso(d.archived_at),
        'updated_at', public.iso(d.updated_at)
      ) order by d.id)
      from public.destinations d
      where (d.organisation_id is null or public.in_scope(p_scope, d.organisation_id)) and d.id in (
        select x.destination_id
        from public.incident_items i join public.deliveries x on x.event_id = i.event_id
        where i.incident_id = p_id
      )
    ), '[]'),
    'sources', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'so_' || s.id, 'provider', s.provider, 'name', s.name, 'organisation', s.organisation_id,
        'company', s.company_id, 'settings', coalesce((
          select jsonb_agg(k order by k) from jsonb_object_keys(s.settings) k
        ), '[]'),
        'enabled', s.enabled, 'max_per_minute', s.max_per_minute,
        'previous_token_expires_at', public.iso(s.previous_token_expires_at),
        'archived_at', public.iso(s.archived_at), 'updated_at', public.iso(s.updated_at)
      ) order by s.id)
      from public.sources s
      where public.in_scope(p_scope, s.organisation_id)
        and s.id in (select x.source_id from public.evidence_sources(p_id) x)
    ), '[]'),
    'watches', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', w.provider, 'source_id', 'so_' || w.source_id, 'enabled', w.enabled,
        'every_seconds', w.every_seconds, 'window_seconds', w.window_seconds,
        'daily_window_seconds', w.daily_window_seconds, 'back_fills', w.back_fills,
        'covered_until', public.iso(w.covered_until)
      ) order by w.provider, w.source_id)
      from public.watches w
      join public.evidence_sources(p_id) x on x.provider = w.provider and x.source_id is not distinct from w.source_id
      left join public.sources s on s.id = w.source_id
      where w.source_id is null or public.in_scope(p_scope, s.organisation_id)
    ), '[]')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."evidence_config"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evidence_counts (
  p_states   public.incident_item_state[],
  p_accepted bigint
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'total', count(*), 'affected', count(*) filter (where s = 'affected'),
    'recovered', count(*) filter (where s = 'recovered'), 'verified', count(*) filter (where s = 'verified'),
    'still_missing', count(*) filter (where s = 'still_missing'),
    'unrecoverable', count(*) filter (where s = 'unrecoverable'), 'accepted', p_accepted
  )
  from unnest(p_states) s;
$function$;

REVOKE ALL ON FUNCTION "public"."evidence_counts"(public.incident_item_state[], bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.evidence_sources (
  p_id bigint
)
  RETURNS TABLE (
    provider  text,
    source_id bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select i.provider, i.source_id from public.incident_items i where i.incident_id = p_id
  union
  select r.provider, r.source_id
  from public.incident_runs x join public.reconciliations r on r.id = x.reconciliation_id
  where x.incident_id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."evidence_sources"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.expected_arrivals()
  RETURNS TABLE (
    organisation_id text,
    provider        text,
    event_type      text
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select nullif(a.organisation_id, ''), a.provider, nullif(a.event_type, '')
  from public.arrival_habits a
  order by 1 nulls first, 2, 3 nulls first;
$function$;

REVOKE ALL ON FUNCTION "public"."expected_arrivals"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.expected_between (
  p_rates numeric[],
  p_from  timestamp with time zone,
  p_to    timestamp with time zone
)
  RETURNS numeric
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select greatest(0, sum(
    p_rates[1 + (h.n + 72) % 168] * (least(h.n * 3600 + 3600, t.ends) - greatest(h.n * 3600, t.begins))
  ) / 3600)
  from (select extract(epoch from p_from) as begins, extract(epoch from p_to) as ends) t
  cross join lateral generate_series(floor(t.begins / 3600)::bigint, ceil(t.ends / 3600)::bigint - 1) as h(n);
$function$;

REVOKE ALL ON FUNCTION "public"."expected_between"(numeric[], timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.expected_by (
  p_rates    numeric[],
  p_from     timestamp with time zone,
  p_expected numeric
)
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select to_timestamp(ceil((h.begins + (w.rest * 3600 - h.before) / h.rate) * 1000) / 1000)
  from (
    select extract(epoch from p_from) + 604800 * t.weeks as begins, p_expected - t.week * t.weeks as rest
    from (
      select sum(x) as week, greatest(ceil(p_expected / nullif(sum(x), 0)) - 1, 0) as weeks from unnest(p_rates) x
    ) t
  ) w
  cross join lateral (
    select y.*, coalesce(sum(y.rate * (y.ends - y.begins)) over (
      order by y.begins rows between unbounded preceding and 1 preceding
    ), 0) as before
    from (
      select p_rates[1 + (n + 72) % 168] as rate, greatest(n * 3600, w.begins) as begins, n * 3600 + 3600 as ends
      from generate_series(floor(w.begins / 3600)::bigint, floor(w.begins / 3600)::bigint + 168) n
    ) y
  ) h
  where h.rate > 0 and h.before + h.rate * (h.ends - h.begins) >= w.rest * 3600
  order by h.begins
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."expected_by"(numeric[], timestamp WITH time zone, numeric) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.expected_series (
  r public.alert_rules
)
  RETURNS TABLE (
    provider        text,
    event_type      text,
    organisation_id text,
    destination_id  bigint
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
begin
  case public.signal_subject((r).kind, (r).destination_id)
    when 'destination' then
      return query select null::text, null::text, t.organisation_id, t.id
      from public.destinations t
      where t.archived_at is null and t.id = coalesce((r).destination_id, t.id)
        and (t.kind = 'http' or (r).kind in ('endpoint_down', 'success_rate'))
        and ((r).organisation_id is null or t.organisation_id = (r).organisation_id)
        and ((r).provider is null or (r).provider = any (t.providers));
    when 'provider' then
      return query select p.provider, (r).event_type, (r).organisation_id, null::bigint
      from public.providers_in_use() p
      where (r).provider is null
      union all
      select (r).provider, (r).event_type, (r).organisation_id, null::bigint where (r).provider is not null;
    when 'watched' then
      return query select p.provider, null::text, null::text, null::bigint
      from (
        select w.provider from public.watches w
        union
        select c.provider from public.api_credentials c
        union
        select x.provider from public.reconciliations x where x.created_at > public.now_() - interval '7 days'
      ) p
      where (r).provider is null or p.provider = (r).provider;
    when 'arrival' then
      -- So many in a window needs no habit, and is about what the rule says.
      if (r).kind = 'silence' and (r).settings ? 'window_minutes' then
        return query select p.provider, (r).event_type, (r).organisation_id, null::bigint
        from (
          select (r).provider as provider where (r).provider is not null
          union
          select x.provider from public.providers_in_use() x where (r).provider is null
          union
          select x.provider from public.expected_arrivals() x where (r).provider is null
        ) p;
        return;
      end if;
      return query select a.provider, a.event_type, a.organisation_id, null::bigint
      from public.expected_arrivals() a
      where a.provider = coalesce((r).provider, a.provider)
        and a.event_type is not distinct from coalesce((r).event_type, a.event_type)
        and a.organisation_id is not distinct from coalesce((r).organisation_id, a.organisation_id)
      union
      -- "At least so many in so long" needs nothing learnt.
      select (r).provider, (r).event_type, (r).organisation_id, null::bigint
      where (r).provider is not null and (r).settings ? 'window_minutes';
    when 'organisation' then
      return query select distinct null::text, null::text, o.id, null::bigint
      from public.replays x
      cross join lateral unnest(coalesce(x.organisations, array[null::text])) as o(id)
      where x.queued_at > public.now_() - interval '1 day'
        and ((r).organisation_id is null or o.id = (r).organisation_id);
    else
      return query select (r).provider, (r).event_type, (r).organisation_id, null::bigint;
  end case;
end
$function$;

REVOKE ALL ON FUNCTION "public"."expected_series"(public.alert_rules) FROM PUBLIC, "anon", "authenticated";

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
      status = case
        when d.tries >= coalesce(public.replay_max_attempts(y), t.max_attempts) then 'dead' else 'retrying'
      end::public.delivery_status,
      finished_at = case
        when d.tries >= coalesce(public.replay_max_attempts(y), t.max_attempts) then public.now_()
      end,
      due_at = public.now_(),
      lease_until = null,
      last_error_class = 'lease_expired',
      last_error = 'The worker ' || d.worker || ' stopped before it reported a result.'
    from public.destinations t, public.deliveries x
    left join public.replays y on y.id = x.replay_id and x.lane = 'replay'
    where t.id = d.destination_id and d.id = any (v_expired) and x.id = d.id
    returning d.event_id, d.status, t.kind
  )
  select jsonb_agg(jsonb_build_object(
    'organisation_id', e.organisation_id, 'provider', e.provider, 'event_type', e.event_type, 'count', 1,
    'kind', c.kind, 'error_class', 'lease_expired',
    'outcome', case c.status when 'dead' then 'dead' else 'failed' end
  ))
  into v_counts
  from closed c join public.events e on e.id = c.event_id;

  perform public.settle_deliveries(v_expired);
  perform public.add_statistics(v_counts);
  perform public.count_attempts(v_counts);
  return cardinality(v_expired);
end
$function$;

CREATE OR REPLACE FUNCTION public.explains (
  o public.alerts,
  a public.alerts
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select case
    when (o).kind = (a).kind and ((o).severity, (o).id) < ((a).severity, (a).id)
      and ((o).provider, (o).event_type, (o).organisation_id, (o).destination_id)
        is not distinct from ((a).provider, (a).event_type, (a).organisation_id, (a).destination_id) then true
    when (a).kind not in ('silence', 'drop', 'stalled') then false
    when (o).kind in ('oldest_due', 'worker_gone') then true
    when (o).kind in ('endpoint_down', 'endpoint_disabled') then (a).kind = 'stalled' and exists (
      select from public.destinations t
      where t.id = (o).destination_id and t.providers && array[(a).provider, '*']
    )
    when (o).kind = 'silence' then (a).event_type is not null and (o).event_type is null
      and (o).provider = (a).provider
      and ((o).organisation_id is null or (o).organisation_id is not distinct from (a).organisation_id)
    else false
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."explains"(public.alerts, public.alerts) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.explanation_json (
  p_explain jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'text', coalesce(p_explain ->> 'text', ''), 'observed', p_explain -> 'observed',
    'expected', p_explain -> 'expected', 'threshold', p_explain -> 'threshold',
    'window_minutes', p_explain -> 'window_minutes', 'link', p_explain -> 'link'
  );
$function$;

REVOKE ALL ON FUNCTION "public"."explanation_json"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_forgettable_bodies (
  p_after bigint
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_part record;
begin
  if public.newest_forgettable('bodies') is null then
    return null;
  end if;
  for v_part in
    select p.name, coalesce(p.from_id, 0) as from_id, p.to_id from public.list_body_partitions() p
    where coalesce(p.from_id, 0) > p_after and p.to_id is not null and p.to_id <= public.next_event_id()
    order by 2
  loop
    if exists (
      select from public.event_bodies b where b.event_id >= v_part.from_id and b.event_id < v_part.to_id
    ) and public.is_forgettable(v_part.from_id, v_part.to_id) then
      return to_jsonb(v_part);
    end if;
  end loop;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_forgettable_bodies"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_incident_causes (
  p_id    bigint,
  p_fence bigint,
  p_step  public.incident_step,
  p_after integer,
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  i public.incidents;
  v_items integer[];
  v_lost bigint[] := '{}';
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  v_items := array(
    select y.position from public.incident_items y
    where y.incident_id = p_id and y.position > p_after order by y.position limit p_limit
  );
  if p_step = 'find_stale' then
    v_lost := public.lost_deliveries(array(
      select d.id from public.incident_items y
      join public.deliveries d on d.event_id = y.event_id and d.status = 'delivered'
      where y.incident_id = p_id and y.position = any (v_items) and y.state not in ('verified', 'unrecoverable')
    ));
  end if;
  update public.incident_items y set
    cause = c.cause, changed_at = public.now_(), state = case
      when c.cause = 'delivered' and p_step = 'find_stale' and not public.delivers_again(i) then 'recovered'
      else y.state
    end
  from (
    select x.position, case
      when exists (
        select from public.deliveries d where d.event_id = x.event_id and d.id = any (v_lost)
      ) then 'stale'
      else public.cause_of_event(x.event_id)
    end::public.incident_cause as cause
    from public.incident_items x
    where x.incident_id = p_id and x.position = any (v_items) and x.event_id is not null
      and x.state in ('affected', 'still_missing') and x.cause in ('failed', 'waiting', 'stale', 'delivered')
      and not public.lacks_delivery(x.event_id)
  ) c
  where y.incident_id = p_id and y.position = c.position
    and (y.cause is distinct from c.cause or c.cause = 'delivered' and p_step = 'find_stale');
  return jsonb_build_object(
    'next', case when cardinality(v_items) = p_limit then v_items[p_limit] end,
    'counts', (
      select jsonb_object_agg(k.cause, k.count) from (
        select y.cause, count(*) as count from public.incident_items y
        where y.incident_id = p_id and y.position = any (v_items) group by 1
      ) k
    )
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."find_incident_causes"(bigint, bigint, public.incident_step, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_sealed_channel (
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
    'id', c.id, 'kind', c.kind, 'name', c.name, 'settings', c.settings, 'secrets', c.secrets, 'hints', c.hints,
    'version', c.version
  )
  from public.channels c
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."find_sealed_channel"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.findings_of (
  p_id bigint
)
  RETURNS TABLE (
    missing        bigint,
    rejected       bigint,
    undelivered    bigint,
    drifted        bigint,
    not_subscribed bigint,
    unrecoverable  bigint,
    late           bigint,
    repaired       bigint,
    back_filling   bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select
    coalesce(sum(x.count) filter (where x.kind = 'missing' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'rejected' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'undelivered' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'drifted' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'not_subscribed' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'unrecoverable' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.state = 'late'), 0)::bigint,
    coalesce(sum(x.count) filter (where x.state = 'repaired'), 0)::bigint,
    -- What a draft has is still open.
    coalesce(sum(x.count) filter (where x.state = 'back_filling' and r.status is distinct from 'draft'), 0)::bigint
  from (
    select f.kind, f.state, f.replay_id, f.state in ('open', 'back_filling') as is_open, count(*) as count
    from public.findings f
    where f.reconciliation_id = p_id
    group by f.kind, f.state, f.replay_id
  ) x
  left join public.replays r on r.id = x.replay_id;
$function$;

CREATE OR REPLACE FUNCTION public.fire_series (
  s        public.alert_series,
  r        public.alert_rules,
  p_signal jsonb
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_alert public.alerts;
begin
  insert into public.alerts (
    rule_id, series_id, kind, severity, provider, event_type, organisation_id, destination_id, summary, explain,
    incident_id
  )
  values (
    (r).id, (s).id, (r).kind, coalesce((p_signal ->> 'severity')::public.incident_severity, (r).severity), (s).provider,
    (s).event_type, (s).organisation_id, (s).destination_id,
    left(coalesce(nullif((s).explain ->> 'text', ''), (r).name), 500), (s).explain,
    (p_signal ->> 'incident_id')::bigint
  )
  returning * into v_alert;
  update public.alert_series x set state = 'firing', since = public.now_(), alert_id = v_alert.id, well_since = null
  where x.id = (s).id and x.state = (s).state;
  update public.alerts a set suppressed_because = public.suppression_of(v_alert) where a.id = v_alert.id;
  perform public.notify_alert(v_alert.id, 'fired');
  return 'fired';
end
$function$;

REVOKE ALL ON FUNCTION "public"."fire_series"(public.alert_series, public.alert_rules, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.for_address (
  p_value text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select string_agg(
    case when c.letter ~ '[A-Za-z0-9._~-]' then c.letter
    else regexp_replace(upper(encode(convert_to(c.letter, 'UTF8'), 'hex')), '(..)', '%\1', 'g') end, '' order by c.n
  )
  from regexp_split_to_table(p_value, '') with ordinality c(letter, n)
  where c.letter <> '';
$function$;

REVOKE ALL ON FUNCTION "public"."for_address"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_notifications (
  p_limit integer
)
  RETURNS bigint
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_count bigint;
begin
  update public.notifications n set status = 'failed', ended_at = public.now_(), outcome = 'The test was interrupted.'
  where n.status = 'pending' and n.kind = 'test' and n.lease_until < public.now_();
  delete from public.notifications n where n.id in (
    select o.id from public.notifications o
    where o.ended_at < public.now_() - interval '90 days' order by o.ended_at limit p_limit
  );
  get diagnostics v_count = row_count;
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget_notifications"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_reconciliation (
  p_limit integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_before timestamptz := public.now_() - interval '90 days';
  v_count integer;
  v_deleted integer := 0;
begin
  delete from public.api_requests q
  where q.id in (
    select x.id from public.api_requests x
    where x.asked_at < v_before and not exists (
      select from public.incident_runs i where i.reconciliation_id = x.reconciliation_id
    )
    order by x.asked_at
    limit p_limit
    for update skip locked
  );
  get diagnostics v_count = row_count;
  v_deleted := v_deleted + v_count;

  delete from public.findings f
  where f.id in (
    select x.id from public.findings x
    where x.closed_at < v_before and not exists (select from public.incident_items i where i.finding_id = x.id)
      and not exists (select from public.incident_runs i where i.reconciliation_id = x.reconciliation_id)
    order by x.closed_at
    limit p_limit
    for update skip locked
  );
  get diagnostics v_count = row_count;
  v_deleted := v_deleted + v_count;

  -- The newest complete run of a source stays: it says up to when nothing was missing. Those with windows and requests
  -- that are deleted along with them are fewer at a time.
  delete from public.reconciliations r
  where r.id in (
    select x.id from public.reconciliations x
    where x.completed_at < v_before and x.started_by in ('schedule', 'downtime')
      and not exists (select from public.findings f where f.reconciliation_id = x.id)
      and not exists (select from public.incident_runs i where i.reconciliation_id = x.id)
      and exists (
        select from public.reconciliations y
        where y.provider = x.provider and y.source_id is not distinct from x.source_id and y.status = 'completed'
          and y.created_at > x.created_at
      )
    order by x.completed_at
    limit greatest(1, p_limit / 10)
    for update skip locked
  );
  get diagnostics v_count = row_count;
  return v_deleted + v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget_reconciliation"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_rows (
  p_class public.retention_class,
  p_ids   bigint[],
  p_file  text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET lock_timeout TO '500ms'
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_ids bigint[];
begin
  perform public.lock_forgetting(true);
  v_ids := p_ids;
  if p_class in ('bodies', 'readable', 'events') then
    -- A webhook that comes late holds the row of its event: that one has time.
    v_ids := array(
      select e.id from public.events e where e.id = any (p_ids) order by e.id for update skip locked
    );
  end if;
  v_ids := array(select f.id from public.forgettable_of(p_class, v_ids) f(id) order by 1);
  if v_ids = '{}' then
    return jsonb_build_object('result', 'done', 'rows', 0);
  end if;

  insert into public.forgettings (class, days, first_id, last_id, ids, rows, file)
  select p_class, x.days, lower(x.ids), upper(x.ids) - 1, x.ids, x.rows, p_file
  from (
    select public.days_kept(p_class, o.organisation_id) as days, count(*) as rows,
      range_agg(int8range(i.id, i.id, '[]')) as ids
    from unnest(v_ids) i(id)
    left join public.events e on p_class = 'bodies' and e.id = i.id
    left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
    group by 1
  ) x;

  case p_class
    when 'bodies' then
      delete from public.event_bodies b where b.event_id = any (v_ids);
    when 'audit' then
      perform public.forget_staff_actions(v_ids);
    when 'answers' then
      update public.attempts a set
        response_body = null, response_headers = null, changes = public.redacted_changes(a.changes)
      where a.id = any (v_ids);
    when 'readable' then
      update public.events e set payload = null, terms = null, headers = public.kept_headers(e.headers)
      where e.id = any (v_ids);
    when 'events' then
      perform public.delete_events(v_ids);
  end case;
  return jsonb_build_object('result', 'done', 'rows', cardinality(v_ids));
exception when lock_not_available then
  return jsonb_build_object('result', 'busy', 'rows', 0);
end
$function$;

REVOKE ALL ON FUNCTION "public"."forget_rows"(public.retention_class, bigint[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forget_staff_actions (
  p_ids bigint[]
)
  RETURNS void
  LANGUAGE sql
  SECURITY DEFINER
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  delete from public.staff_actions a where a.id in (select f.id from public.forgettable_of('audit', p_ids) f(id));
$function$;

REVOKE ALL ON FUNCTION "public"."forget_staff_actions"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.forgettable_of (
  p_class public.retention_class,
  p_ids   bigint[]
)
  RETURNS SETOF bigint
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_days integer := public.days_kept(p_class, null);
begin
  if p_class = 'bodies' then
    return query
      select e.id from public.events e
      left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
      where e.id = any (p_ids) and public.has_body(e.id) and e.received_at < public.now_() - make_interval(
        days => case when o.id is null then v_days else o.days end
      )
      except select u.id from public.events_in_use(p_ids) u(id);
  elsif p_class = 'audit' then
    return query
      select a.id from public.staff_actions a
      where a.id = any (p_ids) and a.acted_at < public.now_() - make_interval(days => v_days);
  elsif p_class = 'answers' then
    return query
      select a.id from public.attempts a join public.deliveries d on d.id = a.delivery_id
      where a.id = any (p_ids) and a.finished_at < public.now_() - make_interval(days => v_days)
        and (a.response_body is not null or a.response_headers is not null
          or a.changes <> public.redacted_changes(a.changes))
        and not exists (select from public.events_in_use(array[d.event_id]));
  else
    -- Not before their bytes: a replay needs the headers, and a row without event is no record.
    return query
      select e.id from public.events e
      where e.id = any (p_ids) and e.received_at < public.now_() - make_interval(days => v_days)
        and not public.has_body(e.id)
        and (p_class = 'events' or public.payload_of(e) is not null or e.terms is not null
          or e.headers <> public.kept_headers(e.headers))
      except select u.id from public.events_in_use(p_ids) u(id);
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."forgettable_of"(public.retention_class, bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.free_shard()
  RETURNS smallint
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_shard integer;
begin
  for v_shard in 0..31 loop
    if pg_try_advisory_xact_lock(1163284301, v_shard) then
      return v_shard;
    end if;
  end loop;
  return pg_backend_pid() % 32;
end
$function$;

REVOKE ALL ON FUNCTION "public"."free_shard"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_alert (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.alert_json(a, p_scope) || jsonb_build_object('notifications', coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', 'no_' || n.id, 'channel_id', 'ch_' || n.channel_id, 'to', coalesce(c.name, u.name), 'kind', n.kind,
      'status', n.status, 'outcome', n.outcome, 'due_at', public.iso(n.due_at), 'ended_at', public.iso(n.ended_at)
    ) order by n.id)
    from public.notifications n
    left join public.channels c on c.id = n.channel_id
    left join public.staff_users u on u.id = n.staff_id
    where n.alert_id = a.id and public.all_in_scope(p_scope, coalesce(c.organisations, u.organisations))
  ), '[]'))
  from public.alerts a
  where a.id = p_id and public.in_scope(p_scope, a.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_alert"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_alert_rule (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.alert_rule_json(r, p_scope) from public.alert_rules r
  where r.id = p_id and r.archived_at is null and public.in_scope(p_scope, r.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_alert_rule"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_channel (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.channel_json(c)
  from public.channels c
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."get_channel"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
    'body_base64', coalesce(translate(encode(case
      when x.encoding is null then substring(public.body_of(e.id) from 1 for x.most) else public.body_of(e.id)
    end, 'base64'), E'\n', ''), ''),
    'body_cut', x.encoding is null and e.body_size > x.most, 'content_encoding', x.encoding,
    'body_forgotten', public.body_forgotten(e.id),
    'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id, 'privacy_request', public.privacy_request_json(e),
    -- Not filled in events from before it was: those came from their provider.
    'origin', coalesce(e.origin, 'webhook'), 'found', public.find_finding_of_event(e.id, p_scope),
    'versions', public.versions_json(e.id, e.variant_of, p_scope),
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count,
        -- Of the run it is in: a replay begins to count anew, and may have a number of its own.
        'tries', d.tries,
        'max_attempts', coalesce((
          select public.replay_max_attempts(y) from public.replays y where y.id = d.replay_id and d.lane = 'replay'
        ), t.max_attempts),
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
    ), '[]'),
    'reopenings', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'reopened_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.reopen' and a.subject = 'we_' || e.id
    ), '[]'),
    'notes', public.list_event_notes(e.id, p_scope), 'assignee', public.event_assignee_json(e.id)
  )
  from public.events e
  cross join lateral (
    select public.header_of(e.headers, 'content-encoding') as encoding, public.shown_body_bytes() as most
  ) x
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$function$;

CREATE OR REPLACE FUNCTION public.get_incident (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.incident_in_brief(i) || jsonb_build_object(
    'steps', (
      select jsonb_agg(jsonb_build_object(
        'step', s.step, 'status', s.status, 'reason', s.reason, 'found', s.found,
        'started_at', public.iso(s.started_at), 'ended_at', public.iso(s.ended_at)
      ) order by s.step)
      from public.incident_steps s where s.incident_id = i.id
    ),
    'impact', public.impact_of_incident(i.id),
    'stages', public.stages_of_incident(i.id),
    'runs', public.runs_of_incident(i.id),
    'requests', coalesce((
      select jsonb_agg(public.incident_request_json(q) order by q.id desc)
      from public.incident_requests q where q.incident_id = i.id
    ), '[]'),
    'log', public.list_incident_log(i.id, 100, null, p_scope) -> 'entries'
  )
  from public.incidents i
  where i.id = p_id and public.all_in_scope(p_scope, i.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."get_incident"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_notification_preferences (
  p_staff_id uuid
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'mail_severities', coalesce(p.mail_severities, '{}'),
    'console_severities', coalesce(p.console_severities, '{P0,P1}'),
    'mails_replays', coalesce(p.mails_replays, false), 'mails_report', coalesce(p.mails_report, false)
  )
  from public.staff_users u
  left join public.notification_preferences p on p.staff_id = u.id
  where u.id = p_staff_id;
$function$;

REVOKE ALL ON FUNCTION "public"."get_notification_preferences"(uuid) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_silence (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.silence_json(x, p_scope) from public.alert_silences x
  where x.id = p_id and public.all_in_scope(p_scope, x.scope);
$function$;

REVOKE ALL ON FUNCTION "public"."get_silence"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.group_due (
  p_channel_id bigint,
  p_staff_id   uuid,
  p_group_key  text
)
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(
    min(n.due_at) filter (where n.status = 'pending' and n.attempts = 0 and n.due_at > public.now_()),
    greatest(
      public.now_() + interval '30 seconds',
      max(n.ended_at) filter (where n.status = 'sent') + interval '5 minutes'
    )
  )
  from public.notifications n
  where n.group_key = p_group_key and n.kind = 'fired'
    and n.channel_id is not distinct from p_channel_id and n.staff_id is not distinct from p_staff_id
    -- Tries take up to an hour and 13 minutes.
    and n.due_at > public.now_() - interval '2 hours'
    and (n.status = 'pending' or n.ended_at > public.now_() - interval '5 minutes');
$function$;

REVOKE ALL ON FUNCTION "public"."group_due"(bigint, uuid, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.grow_incident (
  p_id         bigint,
  p_selection  jsonb,
  p_reason     text,
  p_most       integer,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  i public.incidents;
  v_matched integer;
  v_added integer;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif public.is_incident_closed(i) then
    return jsonb_build_object('result', 'closed');
  elsif public.is_recovery_active(i) then
    return jsonb_build_object('result', 'under_way');
  end if;
  v_matched := public.count_selection(p_selection, p_scope);
  v_matched := least(v_matched, coalesce((p_selection ->> 'limit')::integer, v_matched));
  if v_matched + i.total > p_most then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched + i.total, 'limit', p_most);
  end if;
  v_added := public.add_incident_events(
    p_id, public.select_events(p_selection, p_scope, (p_selection ->> 'limit')::integer)
  );
  -- What was previewed and verified was another set.
  update public.incidents x set verified_at = null where x.id = p_id and v_added > 0;
  update public.incident_steps s set status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
  where s.incident_id = p_id and v_added > 0;
  perform public.write_incident_log(
    p_id, 'grown', format('Grown by %s events: %s', v_added, p_reason),
    jsonb_build_object('added', v_added, 'total', i.total + v_added, 'selection', p_selection, 'reason', p_reason),
    p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.grow', 'in_' || p_id, jsonb_build_object('reason', p_reason, 'added', v_added), p_actor, p_actor_id,
    p_request_id
  );
  return jsonb_build_object('result', 'grown', 'added', v_added, 'total', i.total + v_added);
end
$function$;

REVOKE ALL ON FUNCTION "public"."grow_incident"(bigint, jsonb, text, integer, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.guard_closed_incident()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if public.is_incident_closed(old) and new.state not in ('reopened', old.state) then
    raise exception 'Incident % is closed. Reopen it first.', new.id;
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."guard_closed_incident"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.guard_incident()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  c record;
begin
  if tg_op = 'UPDATE' and (
    new.total, new.affected, new.recovered, new.verified, new.still_missing, new.unrecoverable, new.accepted, new.state
  ) is not distinct from (
    old.total, old.affected, old.recovered, old.verified, old.still_missing, old.unrecoverable, old.accepted, old.state
  ) then
    return new;
  end if;
  select * into c from public.counts_of_incident(new.id);
  if (new.total, new.affected, new.recovered, new.verified, new.still_missing, new.unrecoverable, new.accepted)
    is distinct from
    (c.total, c.affected, c.recovered, c.verified, c.still_missing, c.unrecoverable, c.accepted)
  then
    raise exception 'The counts of incident % are those of its items.', new.id;
  end if;
  if public.is_incident_closed(new) and not exists (
    select from public.incident_log l
    where l.incident_id = new.id and l.kind = 'verified' and (l.details ->> 'complete')::boolean
      and l.id > coalesce((
        select max(x.id) from public.incident_log x where x.incident_id = new.id and x.kind in ('reopened', 'grown')
          and (x.kind = 'reopened' or (x.details ->> 'added')::integer > 0)
      ), 0)
  ) then
    raise exception 'Incident % has no complete verification of what it is about now.', new.id;
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."guard_incident"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.has_body (
  p_event_id bigint
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select exists (select from public.event_bodies b where b.event_id = p_event_id);
$function$;

REVOKE ALL ON FUNCTION "public"."has_body"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.has_due (
  p_destination_id bigint
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  return coalesce(
    (
      select true from public.deliveries d
      where d.destination_id = p_destination_id and d.lane = 'live' and d.status in ('pending', 'retrying')
        and d.due_at <= public.now_()
      order by d.due_at, d.id limit 1
    ),
    (
      select true from public.deliveries d
      where d.destination_id = p_destination_id and d.lane = 'replay' and d.status in ('pending', 'retrying')
        and d.due_at <= public.now_()
      order by d.due_at, d.id limit 1
    ),
    false
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."has_due"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.has_events_in_use (
  p_from bigint,
  p_to   bigint
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select exists (
    select from public.incidents n join public.incident_items i on i.incident_id = n.id
    where n.state not in ('closed', 'closed_with_exceptions') and i.event_id >= p_from and i.event_id < p_to
  ) or exists (
    select from public.replays r join public.replay_items i on i.replay_id = r.id
    where r.status not in ('completed', 'stopped', 'cancelled') and i.event_id >= p_from and i.event_id < p_to
  ) or exists (
    select from public.findings f
    where f.state in ('open', 'back_filling') and f.event_id >= p_from and f.event_id < p_to
  ) or exists (
    select from public.deliveries d
    where d.event_id >= p_from and d.event_id < p_to and d.status not in ('delivered', 'cancelled')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."has_events_in_use"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.has_families (
  p_event_types text[]
)
  RETURNS boolean
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return exists (select from unnest(p_event_types) t(type) where right(t.type, 2) = '.*');
end
$function$;

REVOKE ALL ON FUNCTION "public"."has_families"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.has_key (
  e           public.events,
  p_key       text,
  p_selection jsonb
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN
  (((e).variant_of IS NULL) AND ((e).provider = (p_selection ->> 'provider_slug'::text)) AND ((e).event_key = p_key) AND ((NOT (p_selection ? 'organisation_id'::text)) OR (NOT
  ((e).organisation_id IS DISTINCT FROM (p_selection ->> 'organisation_id'::text)))) AND
  ((NOT (p_selection ? 'source_id'::text)) OR (NOT ((e).source_id IS DISTINCT FROM ((p_selection ->> 'source_id'::text))::bigint))));

REVOKE ALL ON FUNCTION "public"."has_key"(public.events, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.healed_text()
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
RETURN 'It was well again before it was sent.'::text;

REVOKE ALL ON FUNCTION "public"."healed_text"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hour_of_week (
  p_hour timestamp with time zone
)
  RETURNS integer
  LANGUAGE sql
  STABLE
RETURN (((((EXTRACT(epoch FROM p_hour))::bigint / 3600) + 72) % (168)::bigint))::integer;

REVOKE ALL ON FUNCTION "public"."hour_of_week"(timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hours_away (
  p_from  timestamp with time zone,
  p_until timestamp with time zone
)
  RETURNS TABLE (
    hour timestamp with time zone
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with counts as (
    select h.hour, sum(h.count::float8) as x from public.statistics_hours h
    where h.organisation_id = '' and h.hour >= p_from and h.hour < p_until
      and h.outcome in ('received', 'duplicate', 'conflict', 'rejected')
    group by 1
  ),
  hours as (
    select g.hour, coalesce(c.x, 0) as x,
      avg(coalesce(c.x, 0)) over (partition by public.hour_of_week(g.hour)) as usual
    from generate_series((select min(c.hour) from counts c), p_until - interval '1 hour', interval '1 hour') as g(hour)
    left join counts c on c.hour = g.hour
  )
  select a.hour from hours a
  where a.x = 0 and a.usual >= 20
    and (select count(*) from hours b where b.x = 0 and b.usual >= 20) <= (select count(*) from hours) / 20.0;
$function$;

REVOKE ALL ON FUNCTION "public"."hours_away"(timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.impact_of_incident (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with parts as (
    select y.organisation_id, y.provider, y.event_type, grouping(y.organisation_id) = 0 as is_organisation,
      count(*) as total, jsonb_build_object(
        'total', count(*), 'affected', count(*) filter (where y.state = 'affected'),
        'recovered', count(*) filter (where y.state = 'recovered'),
        'verified', count(*) filter (where y.state = 'verified'),
        'still_missing', count(*) filter (where y.state = 'still_missing'),
        'unrecoverable', count(*) filter (where y.state = 'unrecoverable'),
        'accepted', count(*) filter (where y.accepted_at is not null)
      ) as counts
    from public.incident_items y where y.incident_id = p_id
    group by grouping sets ((y.organisation_id), (y.provider, y.event_type))
  ),
  placed as (
    select p.*, row_number() over (
      partition by p.is_organisation order by p.total desc, p.organisation_id, p.provider, p.event_type
    ) as place
    from parts p
  )
  select jsonb_build_object(
    'organisations', coalesce(jsonb_agg(jsonb_build_object(
      'org_id', p.organisation_id, 'counts', p.counts
    ) order by p.place) filter (where p.is_organisation), '[]'),
    'types', coalesce(jsonb_agg(jsonb_build_object(
      'provider_slug', p.provider, 'event_type', p.event_type, 'counts', p.counts
    ) order by p.place) filter (where not p.is_organisation), '[]')
  )
  from placed p where p.place <= 200;
$function$;

REVOKE ALL ON FUNCTION "public"."impact_of_incident"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.incident_findings_to_store (
  p_id    bigint,
  p_after integer,
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', x.position, 'run', x.reconciliation_id, 'finding', x.id
  ) order by x.position), '[]')
  from (
    select y.position, f.reconciliation_id, f.id
    from public.incident_items y
    join public.findings f on f.id = y.finding_id
    where y.incident_id = p_id and y.position > p_after and y.state in ('affected', 'still_missing')
      and f.body is not null and public.is_free(f) and (y.event_id is null or y.cause = 'drifted')
    order by y.position
    limit p_limit
  ) x;
$function$;

REVOKE ALL ON FUNCTION "public"."incident_findings_to_store"(bigint, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.incident_in_brief (
  i public.incidents
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'in_' || (i).id, 'title', (i).title, 'cause', (i).cause, 'severity', (i).severity, 'state', (i).state,
    'responded_at', public.iso((i).responded_at), 'opened_by', (i).opened_by, 'actor', (i).actor, 'owner', (i).owner,
    'from_ts', public.iso((i).from_ts), 'to_ts', public.iso((i).to_ts), 'organisations', to_jsonb((i).organisations),
    'counts', jsonb_build_object(
      'total', (i).total, 'affected', (i).affected, 'recovered', (i).recovered, 'verified', (i).verified,
      'still_missing', (i).still_missing, 'unrecoverable', (i).unrecoverable, 'accepted', (i).accepted
    ),
    'money', public.money_of_incident((i).id), 'opened_at', public.iso((i).opened_at),
    'verified_at', public.iso((i).verified_at), 'closed_at', public.iso((i).closed_at), 'closed_by', (i).closed_by,
    'reopened_at', public.iso((i).reopened_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."incident_in_brief"(public.incidents) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.incident_of_run (
  p_run bigint
)
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select min(i.id) from public.incidents i
  where i.opened_by = 'alert' and (i.selection ->> 'reconciliation_id')::bigint = p_run;
$function$;

REVOKE ALL ON FUNCTION "public"."incident_of_run"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.incident_request_json (
  q public.incident_requests
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'ir_' || (q).id, 'action', (q).action, 'input', (q).input, 'reason', (q).reason, 'actor', (q).actor,
    'requested_at', public.iso((q).requested_at), 'is_approved', (q).is_approved, 'decided_by', (q).decided_by,
    'decision', (q).decision, 'decided_at', public.iso((q).decided_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."incident_request_json"(public.incident_requests) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.incident_sources (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object('provider', x.provider, 'source_id', x.source_id)), '[]')
  from (
    select y.provider, y.source_id from public.incident_items y where y.incident_id = p_id
    union
    select r.provider, r.source_id from public.reconciliations r
    join public.incidents i on i.id = p_id and r.id = (i.selection ->> 'reconciliation_id')::bigint
  ) x
  order by 1;
$function$;

REVOKE ALL ON FUNCTION "public"."incident_sources"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_forgettable (
  p_from bigint,
  p_to   bigint
)
  RETURNS boolean
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  return not exists (
    select from (
      select x.* from public.events x where x.id >= p_from and x.id < p_to order by x.id desc limit 1
    ) e
    where e.received_at >= public.newest_forgettable('bodies')
  ) and not public.has_events_in_use(p_from, p_to) and not exists (
    select from public.events e
    left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
    where e.id >= p_from and e.id < p_to and public.has_body(e.id) and (
      e.received_at >= public.now_() - make_interval(
        days => case when o.id is null then public.days_kept('bodies', null) else o.days end
      )
    ) is not false
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."is_forgettable"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_incident_closed (
  i public.incidents
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select (i).state in ('closed', 'closed_with_exceptions');
$function$;

REVOKE ALL ON FUNCTION "public"."is_incident_closed"(public.incidents) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_recovery_active (
  i public.incidents
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(((i).recovery ->> 'active')::boolean, false);
$function$;

REVOKE ALL ON FUNCTION "public"."is_recovery_active"(public.incidents) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_switched_off (
  p_organisation text,
  p_provider     text
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(bool_and(not x.enabled), false) and coalesce((
    select e.source_id is not null from public.events e
    where e.provider between p_provider and p_provider and p_organisation is null
    order by e.provider, e.received_at desc, e.id desc
    limit 1
  ), p_organisation is not null)
  from public.sources x
  where x.provider = p_provider and x.archived_at is null
    and (p_organisation is null or x.organisation_id = p_organisation);
$function$;

REVOKE ALL ON FUNCTION "public"."is_switched_off"(text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_wanted (
  s      public.alert_series,
  p_from timestamp with time zone
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select exists (
    select from public.destinations t
    where public.takes_deliveries(t) and (t.organisation_id is null or t.organisation_id = (s).organisation_id)
      and exists (
        select from public.statistics_hours h
        where h.organisation_id = coalesce((s).organisation_id, '') and h.hour >= date_trunc('hour', p_from, 'UTC')
          and h.provider = (s).provider and h.outcome = 'received'
          and h.event_type = coalesce((s).event_type, h.event_type)
          and public.wants_event(t, h.provider, h.event_type, t.organisation_id, null, '{}')
      )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."is_wanted"(public.alert_series, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.iso (
  p_at timestamp with time zone
)
  RETURNS text
  LANGUAGE sql
  STABLE
RETURN to_char((p_at AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text);

CREATE OR REPLACE FUNCTION public.item_identity (
  e public.events
)
  RETURNS text
  LANGUAGE sql
  STABLE
RETURN CASE WHEN ((e).variant_of IS NULL) THEN (e).event_key ELSE ('we_'::text || (e).id) END;

REVOKE ALL ON FUNCTION "public"."item_identity"(public.events) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.items_to_recover (
  p_id           bigint,
  p_max_age_days integer
)
  RETURNS SETOF public.incident_items
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select y.* from public.incident_items y
  join public.incidents i on i.id = y.incident_id
  cross join lateral (select x.received_at from public.events x where x.id = y.event_id offset 0) e
  where y.incident_id = p_id and y.state in ('affected', 'still_missing')
    and e.received_at >= public.now_() - make_interval(days => p_max_age_days)
    and not exists (
      select from public.incident_stages s
      where s.incident_id = p_id and s.replay_id = y.replay_id
        and s.number >= (i.recovery ->> 'first_stage')::integer
    )
    and (public.lacks_delivery(y.event_id) or exists (
      select from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      join public.events v on v.id = d.event_id
      where d.event_id = y.event_id and public.counts_for(d, t, v) and (
        d.status in ('dead', 'cancelled', 'retrying')
        or d.status = 'delivered' and (y.cause in ('stale', 'drifted') or public.delivers_again(i))
      )
    ));
$function$;

REVOKE ALL ON FUNCTION "public"."items_to_recover"(bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.judge_counts (
  p_kind      public.alert_kind,
  p_threshold numeric,
  p_at_least  numeric,
  p_received  numeric,
  p_delivered numeric,
  p_failed    numeric,
  p_dead      numeric,
  p_rejected  numeric,
  p_before    numeric,
  OUT         value numeric,
  OUT         is_bad boolean,
  OUT         expected numeric
)
  RETURNS record
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
declare
  v_attempts numeric := p_delivered + p_failed + p_dead;
  v_least numeric := greatest(p_at_least, 1);
begin
  case p_kind
    when 'success_rate' then
      value := 100 * p_delivered / nullif(v_attempts, 0);
      is_bad := v_attempts >= v_least and 100 * public.wilson_upper(p_delivered, v_attempts) < p_threshold;
      expected := p_threshold;
    when 'dead_letters' then
      value := p_dead;
      is_bad := value > p_threshold;
    when 'attempts' then
      value := v_attempts / nullif(p_delivered + p_dead, 0);
      is_bad := p_delivered + p_dead >= v_least and value > p_threshold;
      expected := 1;
    when 'stalled' then
      value := p_received;
      is_bad := p_received >= v_least and p_delivered = 0;
    when 'failures_doubled' then
      value := p_failed + p_dead;
      is_bad := value >= v_least and value >= p_threshold * p_before;
      expected := p_before;
    else
      value := p_rejected;
      is_bad := p_rejected >= v_least and 100 * p_rejected >= p_threshold * (p_rejected + p_received);
  end case;
end
$function$;

REVOKE ALL ON FUNCTION "public"."judge_counts"(public.alert_kind, numeric, numeric, numeric, numeric, numeric, numeric, numeric, numeric) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.kept_headers (
  p_headers jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(jsonb_agg(h.pair order by h.place), '[]')
  from jsonb_array_elements(p_headers) with ordinality h(pair, place)
  where lower(h.pair ->> 0) ~ '^(x-)?shopify-shop-domain$';
$function$;

REVOKE ALL ON FUNCTION "public"."kept_headers"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.kpi_facts (
  p_from  timestamp with time zone,
  p_to    timestamp with time zone,
  p_by    text,
  p_scope text[]
)
  RETURNS TABLE (
    key     text,
    outcome text,
    count   bigint,
    ms      bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select x.key, x.outcome, sum(x.count)::bigint, sum(x.ms)::bigint
  from (
    select to_char(h.hour at time zone 'UTC', 'YYYY-MM-DD') as key, h.outcome, h.count, h.duration_ms as ms
    from public.statistics_hours h
    where p_by = 'day' and h.organisation_id = any (public.statistics_of(p_scope))
      and h.hour >= p_from and h.hour < p_to
    union all
    select h.organisation_id, h.outcome, h.count, h.duration_ms
    from public.statistics_hours h
    where p_by = 'organisation' and h.organisation_id > '' and public.in_scope(p_scope, h.organisation_id)
      and h.hour >= p_from and h.hour < p_to
    union all
    select k.key, o.outcome, o.count, coalesce(o.ms, 0)
    from public.replays r
    cross join lateral (
      select to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD') as key where p_by = 'day'
      union all
      select y.id from unnest(r.organisations) as y(id)
      where p_by = 'organisation' and public.in_scope(p_scope, y.id)
    ) k
    cross join lateral (
      values ('replay_ended', (r.completed_at is not null)::integer::bigint,
          extract(epoch from r.completed_at - coalesce(r.queued_at, r.created_at)) * 1000),
        ('replay_succeeded', r.succeeded::bigint, extract(epoch from r.completed_at - r.started_at) * 1000),
        ('replay_failed', r.failed::bigint, 0)
    ) as o(outcome, count, ms)
    where r.created_at >= p_from and r.created_at < p_to and r.status <> 'draft'
      and public.all_in_scope(p_scope, r.organisations)
    union all
    select case p_by when 'day' then to_char(s.at at time zone 'UTC', 'YYYY-MM-DD') else t.organisation_id end,
      o.outcome, o.count, 0
    from public.destinations t
    join public.destination_statistics s
      on s.destination_id = t.id and s.span = 'hour' and s.at >= p_from and s.at < p_to
    cross join lateral (
      values ('endpoint_counted', s.counted::bigint), ('endpoint_against', s.against::bigint)
    ) as o(outcome, count)
    where t.kind = 'http' and (p_by = 'day' or t.organisation_id is not null)
      and public.in_scope(p_scope, t.organisation_id)
  ) x
  group by x.key, x.outcome;
$function$;

REVOKE ALL ON FUNCTION "public"."kpi_facts"(timestamp WITH time zone, timestamp WITH time zone, text, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.kpi_json (
  p_counts jsonb,
  p_ms     jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'received', c.received, 'succeeded', c.succeeded, 'lost', c.lost,
    'delivery_success', public.event_success_rate(to_jsonb(c)),
    'attempts', c.delivered + c.failed + c.dead, 'failed_attempts', c.failed + c.dead,
    'error_rate', round(100.0 * (c.failed + c.dead) / nullif(c.delivered + c.failed + c.dead, 0), 2),
    'applied', c.applied, 'average_processing_ms', round((p_ms ->> 'applied')::numeric / nullif(c.applied, 0)),
    'replays', c.replay_ended, 'replayed', c.replay_succeeded, 'replay_failures', c.replay_failed,
    'replay_success', round(100.0 * c.replay_succeeded / nullif(c.replay_succeeded + c.replay_failed, 0), 2),
    'mean_time_to_replay_seconds', round((p_ms ->> 'replay_ended')::numeric / nullif(c.replay_ended, 0) / 1000, 1),
    'replayed_per_minute', round(
      60000.0 * (c.replay_succeeded + c.replay_failed) / nullif((p_ms ->> 'replay_succeeded')::numeric, 0), 1
    ),
    'endpoint_availability', round(
      100.0 * (c.endpoint_counted - c.endpoint_against) / nullif(c.endpoint_counted, 0), 2
    )
  )
  from jsonb_to_record('{"received": 0, "succeeded": 0, "lost": 0, "delivered": 0, "failed": 0, "dead": 0, "applied": 0,
    "replay_ended": 0, "replay_succeeded": 0, "replay_failed": 0, "endpoint_counted": 0, "endpoint_against": 0}'::jsonb
    || p_counts) as c(
    received bigint, succeeded bigint, lost bigint, delivered bigint, failed bigint, dead bigint, applied bigint,
    replay_ended bigint, replay_succeeded bigint, replay_failed bigint, endpoint_counted bigint,
    endpoint_against bigint
  );
$function$;

REVOKE ALL ON FUNCTION "public"."kpi_json"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lacking_of (
  p_run   bigint,
  p_types text[]
)
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select count(*)::integer from public.findings f
  where f.reconciliation_id = p_run and f.closed_at is null
    and case when p_types[1] is null then f.kind in ('missing', 'rejected', 'unrecoverable')
      else f.kind in ('missing', 'rejected', 'unrecoverable', 'not_subscribed') and f.event_type = any (p_types) end;
$function$;

REVOKE ALL ON FUNCTION "public"."lacking_of"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lacks_delivery (
  p_event_id bigint
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select exists (
    select from public.events e
    join public.destinations t
      on public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
    where e.id = p_event_id and not exists (select from public.deliveries d where d.event_id = e.id)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."lacks_delivery"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.last_arrival (
  p_organisation text,
  p_provider     text,
  p_event_type   text
)
  RETURNS timestamp WITH time zone
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_hour timestamptz := date_trunc('hour', public.now_(), 'UTC');
begin
  while public.arrivals_in_hour(
    p_organisation, p_provider, p_event_type, v_hour, '{received,duplicate,conflict}'
  ) = 0 loop
    v_hour := v_hour - interval '1 hour';
    if v_hour < public.now_() - interval '60 days' then
      return null;
    end if;
  end loop;
  return coalesce((
    select max(s.minute) + interval '1 minute' from public.statistics s
    where s.organisation_id = p_organisation and s.minute >= v_hour and s.minute < v_hour + interval '1 hour'
      and s.provider = p_provider and (p_event_type = '' or s.event_type = p_event_type)
      and s.outcome in ('received', 'duplicate', 'conflict')
  ), v_hour + interval '1 hour');
end
$function$;

REVOKE ALL ON FUNCTION "public"."last_arrival"(text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.last_position (
  p_id bigint
)
  RETURNS integer
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(max(y.position), 0) from public.incident_items y where y.incident_id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."last_position"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.latency_histogram (
  p_durations integer[],
  p_bounds    integer[] DEFAULT public.latency_bounds()
)
  RETURNS integer[]
  LANGUAGE plpgsql
  IMMUTABLE
  STRICT
  SET search_path TO ''
  AS $function$
declare
  v_bounds integer[] := p_bounds;
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

REVOKE ALL ON FUNCTION "public"."latency_histogram"(integer[], integer[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.latency_quantile (
  p_latency  integer[],
  p_quantile numeric,
  p_bounds   integer[] DEFAULT public.latency_bounds()
)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  with buckets as (
    select n, count, sum(count) over (order by n) as until, sum(count) over () as total,
      coalesce(bounds[n - 1], 0) as low, coalesce(bounds[n], 2 * bounds[cardinality(bounds)]) as high
    from unnest(p_latency) with ordinality l(count, n), (select p_bounds as bounds) b
  )
  select round(low + (high - low) * (p_quantile * total - (until - count)) / count)::integer
  from buckets
  where count > 0 and until >= p_quantile * total
  order by n
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."latency_quantile"(integer[], numeric, integer[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.learn_arrivals (
  p_limit integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  h public.heartbeats;
  v_organisation text;
  v_learnt integer := 0;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('learn_arrivals', 1)) then
    return 0;
  end if;
  insert into public.heartbeats (name, kind, details) values ('arrivals', 'learning', '{"after": null}')
  on conflict (name) do nothing;
  select * into h from public.heartbeats x where x.name = 'arrivals';
  if not h.details ? 'after' and h.at > public.now_() - interval '1 hour' then
    return 0;
  end if;
  for v_organisation in
    select o.id from (
      select '' as id union select s.organisation_id from public.sources s where s.archived_at is null
    ) o
    where o.id > (h.details ->> 'after') or h.details ->> 'after' is null and o.id is not null
    order by 1
    limit p_limit
  loop
    perform public.learn_arrivals_of(v_organisation);
    v_learnt := v_learnt + 1;
  end loop;
  update public.heartbeats x set
    at = public.now_(),
    details = case when v_learnt < p_limit then '{}' else jsonb_build_object('after', v_organisation) end
  where x.name = 'arrivals';
  delete from public.arrival_habits a where a.learnt_at < public.now_() - interval '3 hours' and v_learnt < p_limit;
  return v_learnt;
end
$function$;

REVOKE ALL ON FUNCTION "public"."learn_arrivals"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.learn_arrivals_of (
  p_organisation text
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_nestloop TO 'off'
  SET jit TO 'off'
  AS $function$
declare
  v_until timestamptz := date_trunc('hour', public.now_(), 'UTC');
  v_from timestamptz := v_until - interval '42 days';
begin
  delete from public.arrival_habits a where a.organisation_id = p_organisation;
  with counts as materialized (
    select h.provider, t.event_type, extract(epoch from h.hour)::bigint / 3600 as hour,
      sum(h.count::double precision) as x
    from public.statistics_hours h
    cross join lateral (values (h.event_type), ('')) as t(event_type)
    where h.organisation_id = p_organisation and h.hour >= v_from and h.hour < v_until and h.outcome = 'received'
    group by 1, 2, 3
    having sum(h.count) > 0
  ),
  -- From the first arrival to the last one: what is silent now is not learnt as usual.
  series as (
    select c.provider, c.event_type, min(c.hour) as first_hour, max(c.hour) as last_hour
    from counts c
    group by 1, 2
    having max(c.hour) - min(c.hour) >= 14 * 24 - 1 and sum(c.x) >= 42
  ),
  unusual as materialized (
    select u.provider, extract(epoch from u.hour)::bigint / 3600 as hour
    from public.unusual_hours(p_organisation, v_from, v_until) u
  ),
  kept as (
    select c.provider, c.event_type, (c.hour + 72) % 168 as slot, sum(c.x) as x, sum(c.x * c.x) as squares
    from counts c
    where (c.provider, c.hour) not in (select u.provider, u.hour from unusual u)
    group by 1, 2, 3
  ),
  left_out as (
    select s.provider, s.event_type, (u.hour + 72) % 168 as slot, count(*) as n
    from series s
    join unusual u on u.provider = s.provider and u.hour between s.first_hour and s.last_hour
    group by 1, 2, 3
  ),
  -- n: how often this hour of the week was between the first arrival and the last.
  observed as (
    select s.provider, s.event_type, w.slot, coalesce(k.x, 0) as x, coalesce(k.squares, 0) as squares,
      floor((s.last_hour + 72 - w.slot) / 168.0) - floor((s.first_hour + 71 - w.slot) / 168.0)
        - coalesce(l.n, 0)::double precision as n
    from series s
    cross join generate_series(0, 167) as w(slot)
    left join kept k on k.provider = s.provider and k.event_type = s.event_type and k.slot = w.slot
    left join left_out l on l.provider = s.provider and l.event_type = s.event_type and l.slot = w.slot
  ),
  means as materialized (
    select o.provider, o.event_type, sum(o.n) as hours, sum(o.x) / sum(o.n) as mean
    from observed o
    group by 1, 2
    having sum(o.n) >= 14 * 24 and sum(o.x) / nullif(sum(o.n), 0) * 24 >= 3
  ),
  slots as (
    select o.*, m.mean, least(2, 1 / m.mean) as pull
    from observed o
    join means m on m.provider = o.provider and m.event_type = o.event_type
  ),
  near as (
    select s.*, coalesce((
      s.x + coalesce(lag(s.x) over w, last_value(s.x) over w) + coalesce(lead(s.x) over w, first_value(s.x) over w)
    ) / nullif(
      s.n + coalesce(lag(s.n) over w, last_value(s.n) over w) + coalesce(lead(s.n) over w, first_value(s.n) over w), 0
    ), s.mean) as around
    from slots s
    window w as (
      partition by s.provider, s.event_type order by s.slot
      rows between unbounded preceding and unbounded following
    )
  ),
  rates as (
    select n.*, (n.x + n.pull * n.around) / (n.n + n.pull) as rate from near n
  ),
  varied as (
    select r.provider, r.event_type, array_agg(round(r.rate::numeric, 6) order by r.slot) as rates,
      sum(r.squares - 2 * r.rate * r.x + r.n * r.rate * r.rate)
        / nullif(sum(r.n * r.rate * (1 - 1 / (r.n + r.pull))), 0) as variance
    from rates r
    group by 1, 2
  )
  insert into public.arrival_habits (
    organisation_id, provider, event_type, rates, per_day, spread, threshold, days, learnt_at
  )
  select p_organisation, v.provider, v.event_type, v.rates, round((m.mean * 24)::numeric, 2),
    round(public.arrival_spread(m.mean, v.variance)::numeric, 3),
    round(public.silence_threshold(m.mean, v.variance)::numeric, 3), floor(m.hours / 24)::integer, public.now_()
  from varied v
  join means m on m.provider = v.provider and m.event_type = v.event_type;
end
$function$;

REVOKE ALL ON FUNCTION "public"."learn_arrivals_of"(text) FROM PUBLIC, "anon", "authenticated";

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
  v_events bigint[];
begin
  with claimed as (
    update public.deliveries d set
      status = 'claimed',
      fence = d.fence + 1,
      attempt_count = d.attempt_count + 1,
      tries = d.tries + 1,
      -- From when it is given, not from when the claim began, which may have had to wait.
      lease_until = public.clock_() + make_interval(secs => p_lease_seconds),
      worker = p_worker
    where d.id = any (p_chosen)
    returning d.*
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
      || jsonb_build_object('headers', e.headers, 'content_type', e.content_type, 'traceparent', e.traceparent),
    'destination', jsonb_build_object(
      'id', t.id, 'slug', t.slug, 'kind', t.kind, 'url', t.url, 'headers', t.headers,
      'secrets', t.secrets, 'timeout_ms', t.timeout_ms,
      'max_attempts', coalesce(public.replay_max_attempts(y), t.max_attempts),
      'base_delay_ms', coalesce(public.replay_base_delay_ms(y), t.base_delay_ms),
      'backoff_factor', coalesce(public.replay_backoff_factor(y), t.backoff_factor)
    ),
    'pace', public.pace_of(t, h, p_shares)
  ) order by c.id)
  into v_work
  from claimed c
  join opened o on o.delivery_id = c.id
  join public.events e on e.id = c.event_id
  join public.destinations t on t.id = c.destination_id
  left join public.destination_health h on h.destination_id = t.id
  left join public.replays y on y.id = c.replay_id and c.lane = 'replay';

  -- What goes to rows is in flight for milliseconds: to write that down, and take it back, would double the work on its
  -- event.
  v_events := array(
    select distinct d.event_id
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    where d.id = any (p_chosen) and (t.kind = 'http' or d.attempt_count > 1)
  );
  if v_events <> '{}' then
    perform public.roll_up_events(v_events);
  end if;
  perform public.book_claim(p_chosen);
  return v_work;
end
$function$;

CREATE OR REPLACE FUNCTION public.link_alert_incident (
  p_id          bigint,
  p_incident_id bigint,
  p_scope       text[],
  p_actor       text,
  p_actor_id    text,
  p_request_id  text
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.alerts a set incident_id = p_incident_id
  where a.id = p_id and a.incident_id is null and public.in_scope(p_scope, a.organisation_id);
  if not found then
    return false;
  end if;
  perform public.record_staff_action(
    'alert.open_incident', 'al_' || p_id, jsonb_build_object('incident', 'in_' || p_incident_id), p_actor, p_actor_id,
    p_request_id
  );
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."link_alert_incident"(bigint, bigint, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.link_incident_events (
  p_id    bigint,
  p_fence bigint
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  i public.incidents;
  v_linked integer;
  v_lost integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  update public.incident_items y set
    event_id = e.id, object_id = coalesce(y.object_id, e.object_id),
    customer_id = coalesce(y.customer_id, e.customer_id),
    organisation_id = coalesce(y.organisation_id, e.organisation_id), amount = coalesce(y.amount, e.amount),
    currency = coalesce(y.currency, e.currency), changed_at = public.now_()
  from public.findings f
  cross join lateral (select x.* from public.events x where x.id = f.event_id offset 0) e
  where y.incident_id = p_id and f.id = y.finding_id and y.state in ('affected', 'still_missing')
    and y.event_id is distinct from e.id and (y.event_id is null or y.cause = 'drifted');
  get diagnostics v_linked = row_count;
  perform public.note_incident_organisations(p_id) where v_linked > 0;
  update public.incident_items y set
    state = 'unrecoverable', changed_at = public.now_(), reason = coalesce((
      select left(f.detail, 1000) from public.findings f where f.id = y.finding_id and f.detail <> ''
    ), 'The provider''s API names it without its content.')
  where y.incident_id = p_id and y.event_id is null and y.state in ('affected', 'still_missing') and not exists (
    select from public.findings f where f.id = y.finding_id and f.body is not null
  );
  get diagnostics v_lost = row_count;
  return jsonb_build_object('linked', v_linked, 'unrecoverable', v_lost);
end
$function$;

REVOKE ALL ON FUNCTION "public"."link_incident_events"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_alert_rules (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(public.alert_rule_json(r, p_scope) order by r.severity, r.name, r.id), '[]')
  from public.alert_rules r
  where r.archived_at is null and public.in_scope(p_scope, r.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."list_alert_rules"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_alerts (
  p_filter jsonb,
  p_limit  integer,
  p_after  bigint,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with page as (
    select a.id, row_number() over (order by a.id desc) as n
    from public.alerts a
    where (p_after is null or a.id < p_after) and public.in_scope(p_scope, a.organisation_id)
      and case p_filter ->> 'state'
        when 'firing' then a.resolved_at is null when 'resolved' then a.resolved_at is not null else true
      end
      and (not p_filter ? 'severity' or a.severity::text = any (public.text_array(p_filter -> 'severity')))
      and (not p_filter ? 'kind' or a.kind::text = any (public.text_array(p_filter -> 'kind')))
      and (not p_filter ? 'rule_id' or a.rule_id = (p_filter ->> 'rule_id')::bigint)
      and (not p_filter ? 'provider' or a.provider = p_filter ->> 'provider')
    order by a.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'alerts', coalesce((
      select jsonb_agg(public.alert_json(a, p_scope) order by p.n) from page p join public.alerts a on a.id = p.id
      where p.n <= p_limit
    ), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit),
    'firing', public.count_firing(p_scope),
    'evaluated_at', (select public.iso(h.at) from public.heartbeats h where h.name = 'alerts')
  )
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_alerts"(jsonb, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_back_fillable (
  p_id          bigint,
  p_finding_ids bigint[],
  p_limit       integer,
  p_scope       text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'reconciliation', (
      select public.run_json(r, p_scope) from public.reconciliations r
      where r.id = p_id and public.in_scope(p_scope, r.organisation_id)
    ),
    'total', count(*), 'findings', coalesce(jsonb_agg(x.id order by x.place) filter (where x.place <= p_limit), '[]')
  )
  from (
    select f.id, row_number() over (order by f.occurred_at, f.id) as place
    from public.findings f
    join public.reconciliations r on r.id = f.reconciliation_id
    where r.id = p_id and public.in_scope(p_scope, r.organisation_id)
      and (p_finding_ids is null or f.id = any (p_finding_ids))
      and public.is_free(f) and f.kind <> 'unrecoverable' and (f.body is not null or f.event_id is not null)
  ) x;
$function$;

CREATE OR REPLACE FUNCTION public.list_body_partitions()
  RETURNS TABLE (
    name    text,
    from_id bigint,
    to_id   bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select c.relname, substring(b.bound from 'FROM \(''(-?\d+)''\)')::bigint,
    substring(b.bound from 'TO \(''(-?\d+)''\)')::bigint
  from pg_catalog.pg_inherits i
  join pg_catalog.pg_class c on c.oid = i.inhrelid
  cross join lateral (select pg_catalog.pg_get_expr(c.relpartbound, c.oid) as bound) b
  where i.inhparent = 'public.event_bodies'::regclass
  order by 2 nulls first;
$function$;

REVOKE ALL ON FUNCTION "public"."list_body_partitions"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_channel_notifications (
  p_id    bigint,
  p_limit integer,
  p_after bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'notifications', coalesce(jsonb_agg(jsonb_build_object(
      'id', 'no_' || n.id, 'kind', n.kind, 'status', n.status, 'alert_id', 'al_' || n.alert_id,
      'replay_id', 'wr_' || n.replay_id, 'summary', coalesce(a.summary, initcap(n.kind::text)), 'outcome', n.outcome,
      'attempts', n.attempts, 'due_at', public.iso(case when isfinite(n.due_at) then n.due_at else n.created_at end),
      'ended_at', public.iso(n.ended_at)
    ) order by n.id desc) filter (where n.place <= p_limit), '[]'),
    'next_cursor', max(n.id) filter (where n.place = p_limit and n.more)
  )
  from (
    select x.*, row_number() over (order by x.id desc) as place, count(*) over () > p_limit as more
    from (
      select * from public.notifications y
      where y.channel_id = p_id and coalesce(y.id < p_after, true)
      order by y.id desc limit p_limit + 1
    ) x
  ) n
  left join public.alerts a on a.id = n.alert_id
  having exists (
    select from public.channels c
    where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."list_channel_notifications"(bigint, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_channels (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(public.channel_json(c) order by c.id), '[]')
  from public.channels c
  where c.archived_at is null and public.all_in_scope(p_scope, c.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."list_channels"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_event_notes (
  p_event_id bigint,
  p_scope    text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce((
    select jsonb_agg(public.event_note_json(n) order by n.id)
    from (
      select x.* from public.event_notes x where x.event_id = p_event_id order by x.id desc limit 200
    ) n
  ), '[]')
  from public.events e
  where e.id = p_event_id and public.in_scope(p_scope, e.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."list_event_notes"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_evidence_items (
  p_id    bigint,
  p_after integer,
  p_limit integer,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET enable_bitmapscan TO 'off'
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'provider', i.provider, 'source_id', 'so_' || i.source_id, 'identity', i.identity,
    'event_type', i.event_type, 'event_id', 'we_' || i.event_id, 'finding_id', 'fi_' || i.finding_id,
    'object_id', i.object_id, 'organisation', i.organisation_id,
    'customer_id', case
      when coalesce(e.object_type, '') not in ('call', 'message', 'lead') then i.customer_id
    end,
    'occurred_at', public.iso(i.occurred_at), 'received_at', public.iso(e.received_at), 'origin', e.origin,
    'trust', e.trust, 'request_id', e.request_id, 'amount', i.amount, 'currency', i.currency, 'cause', i.cause,
    'state', i.state, 'reason', i.reason, 'accepted_by', i.accepted_by, 'accepted_at', public.iso(i.accepted_at),
    'replay_id', public.replay_name(i.replay_id, p_scope), 'proof', i.proof, 'changed_at', public.iso(i.changed_at),
    'body_sha256', encode(e.body_sha256, 'hex'), 'body_size', e.body_size
  ) order by i.position), '[]')
  from (
    select x.* from public.incident_items x
    where x.incident_id = p_id and x.position > p_after and public.sees_incident(p_id, p_scope)
    order by x.position
    limit p_limit
  ) i
  left join public.events e on e.id = i.event_id;
$function$;

REVOKE ALL ON FUNCTION "public"."list_evidence_items"(bigint, integer, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_evidence_log (
  p_id    bigint,
  p_after bigint,
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
    'id', l.id, 'at', public.iso(l.at), 'kind', l.kind, 'message', l.message, 'details', l.details, 'actor', l.actor,
    'actor_id', l.actor_id, 'request_id', l.request_id
  ) order by l.id), '[]')
  from (
    select x.* from public.incident_log x
    where x.incident_id = p_id and x.id > p_after and public.sees_incident(p_id, p_scope)
    order by x.id
    limit p_limit
  ) l;
$function$;

REVOKE ALL ON FUNCTION "public"."list_evidence_log"(bigint, bigint, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_evidence_rejections (
  p_id    bigint,
  p_after bigint,
  p_limit integer,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with of_items as (
    select f.rejection_id as id
    from public.incident_items i join public.findings f on f.id = i.finding_id
    where i.incident_id = p_id and f.rejection_id is not null
    union
    select r.id
    from public.incidents n
    cross join lateral (
      select distinct i.provider, i.source_id from public.incident_items i where i.incident_id = n.id
    ) s
    join public.rejections r on r.provider = s.provider and r.source_id is not distinct from s.source_id
      and r.received_at >= n.from_ts and r.received_at < n.to_ts
    where n.id = p_id and r.reason <> 'wrong_address'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', r.id, 'at', public.iso(r.received_at), 'provider', r.provider, 'source_id', 'so_' || r.source_id,
    'organisation', r.organisation_id, 'reason', r.reason, 'detail', r.detail, 'status_code', r.status_code,
    'method', r.method, 'event_key', r.event_key, 'request_id', r.request_id, 'body_size', r.body_size,
    'body_sha256', encode(r.body_sha256, 'hex')
  ) order by r.id), '[]')
  from (
    select x.* from public.rejections x
    where x.id > p_after and x.id in (select o.id from of_items o) and public.sees_incident(p_id, p_scope)
      and public.in_scope(p_scope, x.organisation_id)
    order by x.id
    limit p_limit
  ) r;
$function$;

REVOKE ALL ON FUNCTION "public"."list_evidence_rejections"(bigint, bigint, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_evidence_replays (
  p_id    bigint,
  p_after bigint,
  p_limit integer,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(public.replay_json(r) || jsonb_build_object(
    'number', r.id, 'actor_id', r.actor_id, 'stage', (
      select s.number from public.incident_stages s where s.incident_id = p_id and s.replay_id = r.id
    )
  ) order by r.id), '[]')
  from (
    select x.* from public.replays x
    where x.id > p_after and public.sees_incident(p_id, p_scope) and public.all_in_scope(p_scope, x.organisations)
      and x.id in (
        select s.replay_id from public.incident_stages s where s.incident_id = p_id
        union
        select i.replay_id from public.incident_items i where i.incident_id = p_id and i.replay_id is not null
      )
    order by x.id
    limit p_limit
  ) r;
$function$;

REVOKE ALL ON FUNCTION "public"."list_evidence_replays"(bigint, bigint, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_evidence_requests (
  p_id    bigint,
  p_after bigint,
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
    'id', q.id, 'at', public.iso(q.asked_at), 'reconciliation_id', 'rc_' || q.reconciliation_id, 'provider', q.provider,
    'method', q.method, 'url', q.url, 'status_code', q.status_code, 'provider_request_id', q.provider_request_id,
    'entries', q.entries, 'problem', q.problem, 'milliseconds', q.milliseconds
  ) order by q.id), '[]')
  from (
    select x.* from public.api_requests x
    where x.id > p_after and public.sees_incident(p_id, p_scope) and x.reconciliation_id in (
      select r.reconciliation_id from public.incident_runs r where r.incident_id = p_id
    )
    order by x.id
    limit p_limit
  ) q;
$function$;

REVOKE ALL ON FUNCTION "public"."list_evidence_requests"(bigint, bigint, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_forgettable (
  p_class  public.retention_class,
  p_after  bigint,
  p_before bigint,
  p_limit  integer
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_until timestamptz := public.newest_forgettable(p_class);
  v_seen bigint[];
  v_newest timestamptz;
  v_ids bigint[];
  v_source text := case p_class
    when 'bodies' then
      'select e.id, e.received_at as at, sum(e.body_size) over (order by b.event_id) - e.body_size as before
       from (select x.event_id from public.event_bodies x where x.event_id > $1 and ($2 is null or x.event_id < $2)
         order by x.event_id limit $3) b
       join public.events e on e.id = b.event_id'
    when 'answers' then 'select x.id, x.started_at as at, 0 as before from public.attempts x'
    when 'audit' then 'select x.id, x.acted_at as at, 0 as before from public.staff_actions x'
    else 'select x.id, x.received_at as at, 0 as before from public.events x'
  end;
begin
  if v_until is null then
    return jsonb_build_object('ids', '[]'::jsonb, 'last', p_after, 'ended', true);
  end if;
  execute format(
    'select array_agg(s.id order by s.id), (array_agg(s.at order by s.id desc))[1]
     from (%s %s) s where s.before < 16 * 1024 * 1024',
    v_source, case when p_class <> 'bodies' then
      'where x.id > $1 and ($2 is null or x.id < $2) order by x.id limit $3'
    end
  ) into v_seen, v_newest using p_after, p_before, p_limit;
  v_ids := array(select f.id from public.forgettable_of(p_class, coalesce(v_seen, '{}')) f(id) order by 1);
  return jsonb_build_object('ids', to_jsonb(v_ids),
    'last', coalesce((select max(s.id) from unnest(v_seen) s(id)), p_after),
    'ended', v_seen is null or v_newest >= v_until);
end
$function$;

REVOKE ALL ON FUNCTION "public"."list_forgettable"(public.retention_class, bigint, bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_incident_items (
  p_id     bigint,
  p_filter jsonb,
  p_limit  integer,
  p_after  integer,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with page as (
    select y.*, row_number() over (order by y.position) as n
    from public.incident_items y
    where y.incident_id = p_id and y.position > coalesce(p_after, 0)
      and (not p_filter ? 'state' or y.state::text = any (public.text_array(p_filter -> 'state')))
      and (not p_filter ? 'cause' or y.cause::text = any (public.text_array(p_filter -> 'cause')))
      and (not p_filter ? 'org_id' or y.organisation_id = p_filter ->> 'org_id')
    order by y.position
    limit p_limit + 1
  )
  select case when exists (
    select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations)
  ) then jsonb_build_object(
    'items', coalesce(jsonb_agg(jsonb_build_object(
      'position', p.position, 'provider_slug', p.provider, 'source_id', 'so_' || p.source_id, 'identity', p.identity,
      'event_type', p.event_type, 'event_id', 'we_' || p.event_id, 'finding_id', 'fi_' || p.finding_id,
      'object_id', p.object_id, 'org_id', p.organisation_id, 'customer_id', p.customer_id,
      'occurred_at', public.iso(p.occurred_at), 'amount', p.amount, 'currency', p.currency, 'cause', p.cause,
      'state', p.state, 'reason', p.reason, 'accepted_by', p.accepted_by, 'accepted_at', public.iso(p.accepted_at),
      'replay_id', 'wr_' || p.replay_id, 'proof', p.proof, 'changed_at', public.iso(p.changed_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.position) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  ) end
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_incident_items"(bigint, jsonb, integer, integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_incident_log (
  p_id    bigint,
  p_limit integer,
  p_after bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with page as (
    select l.*, row_number() over (order by l.id desc) as n
    from public.incident_log l
    where l.incident_id = p_id and (p_after is null or l.id < p_after)
    order by l.id desc
    limit p_limit + 1
  )
  select case when exists (
    select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations)
  ) then jsonb_build_object(
    'entries', coalesce(jsonb_agg(jsonb_build_object(
      'id', p.id, 'kind', p.kind, 'message', p.message, 'details', p.details, 'actor', p.actor, 'at', public.iso(p.at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  ) end
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_incident_log"(bigint, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_incidents (
  p_filter jsonb,
  p_limit  integer,
  p_after  bigint,
  p_scope  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with page as (
    select i.id, row_number() over (order by i.id desc) as n
    from public.incidents i
    where (p_after is null or i.id < p_after) and public.all_in_scope(p_scope, i.organisations)
      and (not p_filter ? 'state' or i.state::text = any (public.text_array(p_filter -> 'state')))
      and (not p_filter ? 'severity' or i.severity::text = any (public.text_array(p_filter -> 'severity')))
    order by i.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'incidents', coalesce((
      select jsonb_agg(public.incident_in_brief(i) order by p.n)
      from page p join public.incidents i on i.id = p.id
      where p.n <= p_limit
    ), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_incidents"(jsonb, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
    'changes', coalesce(a.changes, '[]'), 'body_sha256', encode(e.body_sha256, 'hex')
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

CREATE OR REPLACE FUNCTION public.list_silences (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(public.silence_json(x, p_scope) order by x.ends_at desc, x.id desc), '[]')
  from (
    select * from public.alert_silences s where public.all_in_scope(p_scope, s.scope)
    order by s.ends_at desc, s.id desc
    limit 200
  ) x;
$function$;

REVOKE ALL ON FUNCTION "public"."list_silences"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lock_forgetting (
  p_alone boolean
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  if p_alone then
    perform pg_advisory_xact_lock(hashtextextended('forgetting', 1));
  else
    perform pg_advisory_xact_lock_shared(hashtextextended('forgetting', 1));
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."lock_forgetting"(boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.lock_incident (
  p_id    bigint,
  p_fence bigint
)
  RETURNS public.incidents
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select i.* from public.incidents i
  where i.id = p_id and (i.recovery ->> 'fence')::bigint = p_fence and public.is_recovery_active(i)
  for update;
$function$;

REVOKE ALL ON FUNCTION "public"."lock_incident"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

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
      select r.delivery_id, r.many,
        hashtextextended(
          concat_ws(' ', c ->> 'table', c #>> '{key,provider}', c #>> '{key,organisation_id}'), 2
        ) as shared,
        hashtextextended((c ->> 'table') || (c -> 'key')::text, 0) as own
      from (
        -- Read once per result: taken out for each of thousands of changes, they are copied as often.
        select (x ->> 'delivery_id')::bigint as delivery_id, x -> 'changes' as changes,
          jsonb_array_length(x -> 'changes') > 1000 as many
        from jsonb_array_elements(p_results) x
        offset 0
      ) r
      cross join jsonb_array_elements(r.changes) g
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

CREATE OR REPLACE FUNCTION public.low_hours (
  p_rates  bigint[],
  p_counts bigint[],
  p_spread double precision,
  p_limit  double precision,
  p_length integer
)
  RETURNS TABLE (
    hour     integer,
    observed bigint,
    expected double precision,
    hours    integer
  )
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
declare
  v_hours integer := cardinality(p_rates);
  v_rate bigint := 0;
  v_count bigint := 0;
  -- The window that ends with each hour: where it begins, what is usual in it, and what came.
  v_begins integer[] := array_fill(null::integer, array[v_hours]);
  v_rates bigint[] := array_fill(0::bigint, array[v_hours]);
  v_counts bigint[] := array_fill(0::bigint, array[v_hours]);
  v_low boolean[] := array_fill(false, array[v_hours]);
  v_first integer := 1;
  v_second integer;
  v_third integer;
begin
  for v_last in 1..v_hours loop
    v_rate := v_rate + p_rates[v_last];
    v_count := v_count + p_counts[v_last];
    while v_rate - p_rates[v_first] >= 20000000 and v_last - v_first >= p_length loop
      v_rate := v_rate - p_rates[v_first];
      v_count := v_count - p_counts[v_first];
      v_first := v_first + 1;
    end loop;
    continue when v_rate < 20000000 or v_last - v_first + 1 < p_length;
    v_begins[v_last] := v_first;
    v_rates[v_last] := v_rate;
    v_counts[v_last] := v_count;
    v_low[v_last] := v_count - v_rate / 1e6::float8
      < -p_limit * sqrt(v_rate / 1e6::float8 + coalesce(power(v_rate / 1e6::float8, 2) / p_spread, 0));
    continue when not v_low[v_last] or v_first = 1;
    v_second := v_first - 1;
    continue when not v_low[v_second] or v_begins[v_second] = 1;
    v_third := v_begins[v_second] - 1;
    continue when not v_low[v_third] or v_last - v_begins[v_third] >= 72;
    hour := v_last;
    hours := v_last - v_begins[v_third] + 1;
    observed := v_counts[v_last] + v_counts[v_second] + v_counts[v_third];
    expected := (v_rates[v_last] + v_rates[v_second] + v_rates[v_third]) / 1e6::float8;
    if observed > 0 then
      return next;
    end if;
  end loop;
end
$function$;

REVOKE ALL ON FUNCTION "public"."low_hours"(bigint[], bigint[], double precision, double precision, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.make_bodies (
  p_from bigint,
  p_to   bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_name text := 'event_bodies_from_' || coalesce(p_from, 0);
  v_role text;
begin
  execute format('create table public.%I (like public.event_bodies including all)', v_name);
  -- Whatever a host grants on new tables: only event_bodies itself is used.
  execute format('alter table public.%I enable row level security', v_name);
  execute format('revoke all on public.%I from public', v_name);
  -- An owner who may not create roles does without them.
  for v_role in select r.rolname from pg_roles r where r.rolname in ('anon', 'authenticated', 'service_role') loop
    execute format('revoke all on public.%I from %I', v_name, v_role);
  end loop;
  perform public.attach_bodies(v_name, p_from, p_to);
end
$function$;

REVOKE ALL ON FUNCTION "public"."make_bodies"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.match_entries (
  p_window  bigint,
  p_entries jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET plan_cache_mode TO 'force_generic_plan'
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
begin
  -- In plpgsql, whose plan is kept: it is asked for every page.
  return (
    select public.match_keys(r.provider, r.source_id, r.subscribed_types, p_entries)
    from public.reconciliation_windows w
    join public.reconciliations r on r.id = w.reconciliation_id
    where w.id = p_window
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."match_entries"(bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.match_keys (
  p_provider   text,
  p_source_id  bigint,
  p_subscribed text[],
  p_entries    jsonb
)
  RETURNS jsonb
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
  v_known jsonb;
  v_delivered bigint[];
  v_lost bigint[] := '{}';
begin
  select jsonb_agg(jsonb_build_object(
    'n', i.n, 'event_key', i.event_key, 'at', i.occurred_at, 'event_type', i.event_type, 'event_id', k.event_id,
    'is_dead', d.is_dead, 'wrote_rows', coalesce(d.wrote_rows, false), 'delivered', d.delivered,
    'own_key', e.event_key, 'is_waiting', k.event_id is not null and public.is_brought_back(e.origin)
      and not coalesce(d.is_under_way, false) and exists (
        select from public.destinations t
        where public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
      )
  )) into v_known
  from jsonb_to_recordset(p_entries) as i(
    n integer, event_key text, logical_key text, event_type text, occurred_at timestamptz
  )
  -- Key by key, as in accept_events: a plan that was made while a table was empty must not read the whole of it.
  left join lateral (
    select x.event_id from public.event_keys x
    where x.provider = p_provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
      and x.source_id is not distinct from p_source_id and x.variant = ''
    offset 0
  ) a on true
  left join lateral (
    select x.id as event_id from public.events x
    where a.event_id is null and x.logical_key = i.logical_key and x.provider = p_provider
      and x.source_id is not distinct from p_source_id and x.variant_of is null
    order by x.id
    limit 1
  ) b on true
  left join lateral (
    select x.event_id from public.event_keys x
    where a.event_id is null and b.event_id is null and x.provider = p_provider
      and x.key_hash = sha256(convert_to(i.logical_key, 'UTF8')) and x.source_id is not distinct from p_source_id
      and x.variant = ''
    offset 0
  ) c on true
  cross join lateral (select coalesce(a.event_id, b.event_id, c.event_id) as event_id) k
  left join public.events e on e.id = k.event_id
  left join lateral (
    select bool_or(x.status = 'dead') as is_dead, bool_or(x.status <> 'cancelled') as is_under_way,
      array_agg(x.id) filter (where x.status = 'delivered') as delivered,
      bool_or(x.status = 'delivered' and t.kind = 'tables') as wrote_rows
    from public.deliveries x join public.destinations t on t.id = x.destination_id
    where x.event_id = e.id
    offset 0
  ) d on true;

  v_delivered := array(
    select x.id::bigint
    from jsonb_to_recordset(v_known) as k(delivered jsonb)
    cross join lateral jsonb_array_elements_text(nullif(k.delivered, 'null')) x(id)
  );
  if cardinality(v_delivered) > 0 then
    v_lost := public.lost_deliveries(v_delivered);
  end if;

  return coalesce((
    select jsonb_agg(jsonb_build_object(
      'n', k.n, 'event_id', k.event_id, 'is_waiting', k.is_waiting, 'wrote_rows', k.wrote_rows,
      'own_key', k.own_key,
      'kind', case
        when k.event_id is not null and not k.is_waiting then case
          when k.is_dead then 'undelivered'
          when exists (
            select from jsonb_array_elements_text(nullif(k.delivered, 'null')) x(id)
            where x.id::bigint = any (v_lost)
          ) then 'drifted'
        end
        when j.id is not null then 'rejected'
        when not public.is_subscribed(p_subscribed, k.event_type) then 'not_subscribed'
        else 'missing'
      end,
      'rejection_id', j.id, 'detail', j.detail
    ))
    from jsonb_to_recordset(v_known) as k(
      n integer, event_key text, event_type text, event_id bigint, is_dead boolean, delivered jsonb, is_waiting boolean,
      wrote_rows boolean, own_key text, at timestamptz
    )
    left join lateral (
      select y.id, y.detail from (
        (
          select x.id, x.detail from public.rejections x
          where x.provider = p_provider and x.event_key = k.event_key and x.source_id is not distinct from p_source_id
          order by x.id desc
          limit 1
        )
        union all
        (
          -- What could not be verified has no key: its bytes name it.
          select x.id, x.detail
          from (
            select z.id, z.detail, z.body from public.rejections z
            where z.provider = p_provider and z.event_key is null and z.source_id is not distinct from p_source_id
              and z.received_at between k.at - interval '10 minutes' and k.at + interval '3 days'
            order by z.received_at desc
            limit 200
          ) x
          where octet_length(k.event_key) >= 8 and position(convert_to(k.event_key, 'UTF8') in x.body) > 0
          limit 1
        )
      ) y
      limit 1
    ) j on k.event_id is null and k.event_key is not null
  ), '[]');
end
$function$;

CREATE OR REPLACE FUNCTION public.members_of (
  p_row   jsonb,
  p_names jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return (select jsonb_object_agg(k, p_row -> k) from jsonb_object_keys(p_names) k);
end
$function$;

REVOKE ALL ON FUNCTION "public"."members_of"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.message_json (
  p_message jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select p_message || jsonb_build_object(
    'id', first.id, 'kind', first.kind, 'content', first.content,
    'channel', (
      select jsonb_build_object(
        'id', c.id, 'kind', c.kind, 'name', c.name, 'settings', c.settings, 'secrets', c.secrets
      )
      from public.channels c where c.id = first.channel_id
    ),
    'person', (
      select jsonb_build_object('name', u.name, 'email', u.email) from public.staff_users u where u.id = first.staff_id
    ),
    'alerts', (
      select coalesce(jsonb_agg(public.told_alert(a) order by a.severity, a.fired_at, a.id), '[]')
      from public.alerts a
      where a.id in (select n.alert_id from public.notifications n where n.id in (
        select (x ->> 'id')::bigint from jsonb_array_elements(p_message -> 'notifications') x
      ))
      -- An updated message says how all of its alerts are.
      or p_message ->> 'updates' is not null and a.id in (
        select n.alert_id from public.notifications n
        where n.channel_id = first.channel_id and n.remote_id = p_message ->> 'updates'
      )
    ),
    'replay', (
      select jsonb_build_object(
        'id', 'wr_' || r.id, 'status', r.status, 'total', r.total, 'succeeded', r.succeeded, 'failed', r.failed,
        'skipped', r.skipped, 'reason', r.reason, 'stopped_because', r.stopped_because
      )
      from public.replays r where r.id = first.replay_id
    )
  )
  from public.notifications first
  where first.id = (p_message #>> '{notifications,0,id}')::bigint;
$function$;

REVOKE ALL ON FUNCTION "public"."message_json"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.minutes_in_words (
  p_minutes numeric
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when p_minutes = 1 then 'minute'
    when p_minutes = 60 then 'hour'
    when p_minutes >= 120 and p_minutes % 60 = 0 then (p_minutes / 60)::integer || ' hours'
    else p_minutes::integer || ' minutes'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."minutes_in_words"(numeric) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.missing_of (
  s public.alert_series
)
  RETURNS TABLE (
    identity    text,
    occurred_at timestamp with time zone,
    run         bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select f.identity, min(f.occurred_at), max(f.reconciliation_id)
  from (
    select x.identity, x.source_id, x.occurred_at, x.reconciliation_id from public.findings x
    where x.provider = (s).provider and x.kind = 'missing' and x.state = 'open'
    limit 10000
  ) f
  group by f.identity, f.source_id;
$function$;

REVOKE ALL ON FUNCTION "public"."missing_of"(public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.money_of_incident (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'currency', c.currency, 'at_stake', c.at_stake, 'verified', c.verified
  ) order by c.at_stake desc, c.currency), '[]')
  from (
    select o.currency, sum(o.amount)::bigint as at_stake,
      coalesce(sum(o.amount) filter (where o.is_verified), 0)::bigint as verified
    from (
      select y.currency, max(y.amount) as amount, bool_and(y.state = 'verified') as is_verified
      from public.incident_items y
      where y.incident_id = p_id and y.amount is not null
      group by y.currency, y.provider, coalesce(y.object_id, y.identity)
    ) o
    group by o.currency
  ) c;
$function$;

REVOKE ALL ON FUNCTION "public"."money_of_incident"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.move_metric_totals()
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
declare
  v_last timestamptz := date_trunc('hour', public.now_() - interval '1 hour', 'UTC');
  v_from timestamptz;
  v_until timestamptz;
begin
  -- One at a time: what two added would count twice.
  if not pg_try_advisory_xact_lock(1163284302) then
    return false;
  end if;
  select coalesce(
    (select max(t.until) from public.metric_totals t),
    (select min(h.hour) from public.statistics_hours h where h.organisation_id = '')
  ) into v_from;
  v_until := least(v_from + interval '31 days', v_last);
  if v_from is null or v_until <= v_from then
    return false;
  end if;

  insert into public.metric_totals as t (provider, outcome, until, count)
  select h.provider, h.outcome, v_until, sum(h.count)
  from public.statistics_hours h
  where h.organisation_id = '' and h.hour >= v_from and h.hour < v_until
    and h.outcome in ('received', 'duplicate', 'conflict', 'rejected')
  group by h.provider, h.outcome
  on conflict (provider, outcome) do update set count = t.count + excluded.count, until = excluded.until;

  -- All of them together, also those that nothing was added to: there is one hour up to which all are summed.
  update public.metric_totals t set until = v_until where t.until <> v_until;
  return v_until < v_last;
end
$function$;

REVOKE ALL ON FUNCTION "public"."move_metric_totals"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.newest_forgettable (
  p_class public.retention_class
)
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.now_() - make_interval(days => min(r.days)) from public.retention r where r.class = p_class;
$function$;

REVOKE ALL ON FUNCTION "public"."newest_forgettable"(public.retention_class) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.next_channel_id()
  RETURNS bigint
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select nextval(pg_get_serial_sequence('public.channels', 'id'));
$function$;

REVOKE ALL ON FUNCTION "public"."next_channel_id"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.next_event_id()
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select greatest(
    coalesce(pg_catalog.pg_sequence_last_value(pg_get_serial_sequence('public.events', 'id')::regclass), 0),
    coalesce((select max(b.event_id) from public.event_bodies b), 0)
  ) + 1;
$function$;

REVOKE ALL ON FUNCTION "public"."next_event_id"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_channel (
  p_id      bigint,
  p_status  text,
  p_outcome text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  update public.channels c set
    last_sent_at = case when p_status = 'sent' then public.now_() else c.last_sent_at end,
    last_failed_at = case when p_status in ('retry', 'failed') then public.now_() else c.last_failed_at end,
    failures = case p_status
      when 'sent' then 0
      when 'retry' then c.failures + 1
      when 'failed' then greatest(c.failures + 1, 2)
      else c.failures
    end,
    problem = case
      when p_status = 'sent' then null
      when p_status in ('retry', 'failed') then left(p_outcome, 500)
      else c.problem
    end
  where c.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."note_channel"(bigint, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_event (
  p_event_id   bigint,
  p_message    text,
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
  v_note public.event_notes;
begin
  if not exists (
    select from public.events e where e.id = p_event_id and public.in_scope(p_scope, e.organisation_id)
  ) then
    return null;
  end if;
  insert into public.event_notes (event_id, message, actor, actor_id, request_id)
  values (p_event_id, p_message, p_actor, p_actor_id, p_request_id)
  returning * into v_note;
  perform public.record_staff_action(
    'event.note', 'we_' || p_event_id, jsonb_build_object('note', v_note.id), p_actor, p_actor_id, p_request_id
  );
  return public.event_note_json(v_note);
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_event"(bigint, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_event_outcomes()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_changes jsonb;
  v_counters jsonb;
  v_shard smallint;
begin
  with changed as materialized (
    -- Added up and not joined: the plans of a caller may have no other join than a loop.
    select w.id, min(w.organisation_id) as organisation_id, min(w.received_at) as received_at,
      min(w.provider) as provider, min(w.event_type) as event_type,
      max(w.status) filter (where w.new) as status, max(w.status) filter (where not w.new) as before,
      max(w.status) filter (where w.new) = 'processed'
        and max(w.processed_at) filter (where not w.new) is null as applied,
      least(extract(epoch from max(w.processed_at) - min(w.received_at)) * 1000, 2147483647)::integer as ms
    from (
      select n.id, coalesce(n.organisation_id, '') as organisation_id, n.received_at, n.provider, n.event_type,
        n.status, n.processed_at, true as new
      from after_change n
      union all
      select b.id, coalesce(b.organisation_id, ''), b.received_at, b.provider, b.event_type, b.status, b.processed_at,
        false
      from before_change b
    ) w
    group by w.id
    having max(w.status) filter (where w.new) <> max(w.status) filter (where not w.new)
  ),
  counted as (
    select c.organisation_id as o, date_trunc('minute', c.received_at) as at, c.provider, c.event_type, x.outcome,
      sum(x.change) as count, null::integer[] as latency, 0 as ms
    from changed c
    cross join lateral (
      values (public.event_outcome(c.status), 1), (public.event_outcome(c.before), -1)
    ) as x(outcome, change)
    where x.outcome is not null
    group by 1, 2, 3, 4, 5
    having sum(x.change) <> 0
    union all
    select c.organisation_id, date_trunc('minute', public.now_()), c.provider, c.event_type, 'applied', count(*),
      public.latency_histogram(array_agg(c.ms), public.applied_bounds()), sum(c.ms)
    from changed c
    where c.applied
    group by 1, 2, 3, 4
  ),
  counters as (
    select 'event' as metric, c.provider as label,
      case c.status when 'dead' then 'failed' else 'processed' end as outcome, count(*) as count,
      0 as duration_ms, null::integer[] as latency
    from changed c
    where c.status in ('processed', 'replayed', 'dead')
    group by 2, 3
    union all
    select 'event', c.provider, 'applied', count(*), sum(c.ms),
      public.latency_histogram(array_agg(c.ms), public.applied_bounds())
    from changed c
    where c.applied
    group by 2
  )
  select (select jsonb_agg(to_jsonb(c)) from counted c), (select jsonb_agg(to_jsonb(c)) from counters c)
  into v_changes, v_counters;

  if v_counters is not null then
    perform public.add_counters(v_counters);
  end if;
  if v_changes is null then
    return null;
  end if;

  -- Events of any minute may change together, in any order, by several statements of a transaction.
  v_shard := public.free_shard();

  insert into public.statistics as s (organisation_id, minute, provider, event_type, outcome, shard, count, latency)
  select o.id, c.at, c.provider, c.event_type, c.outcome, v_shard, sum(c.count),
    nullif(public.sum_latency(array_agg(c.latency) filter (where c.latency is not null)), '{}')
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint, latency integer[]
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, minute, provider, event_type, outcome, shard)
    do update set count = s.count + excluded.count, latency = public.add_latency(s.latency, excluded.latency);

  insert into public.statistics_hours as h (
    organisation_id, hour, provider, event_type, outcome, shard, count, latency, duration_ms
  )
  select o.id, date_trunc('hour', c.at, 'UTC'), c.provider, c.event_type, c.outcome, v_shard, sum(c.count),
    nullif(public.sum_latency(array_agg(c.latency) filter (where c.latency is not null)), '{}'), sum(c.ms)
  from jsonb_to_recordset(v_changes) as c(
    o text, at timestamptz, provider text, event_type text, outcome text, count bigint, latency integer[], ms bigint
  )
  cross join lateral unnest(array['', nullif(c.o, '')]) as o(id)
  where o.id is not null
  group by 1, 2, 3, 4, 5
  order by 1, 2, 3, 4, 5
  on conflict (organisation_id, hour, provider, event_type, outcome, shard)
    do update set count = h.count + excluded.count, latency = public.add_latency(h.latency, excluded.latency),
      duration_ms = h.duration_ms + excluded.duration_ms;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.note_evidence (
  p_id         bigint,
  p_details    jsonb,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS boolean
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.write_incident_log(
    i.id, 'evidence', format(
      'Downloaded the evidence, %s payloads.',
      case when (p_details ->> 'payloads')::boolean then 'with' else 'without' end
    ), p_details, p_actor, p_actor_id, p_request_id
  )
  from public.incidents i
  where i.id = p_id and public.all_in_scope(p_scope, i.organisations);
  select exists (
    select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."note_evidence"(bigint, jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_heartbeat (
  p_name    text,
  p_kind    text,
  p_version text,
  p_details jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.heartbeats as h (name, kind, version, details) values (p_name, p_kind, p_version, p_details)
  on conflict (name) do update set
    at = public.now_(), version = coalesce(excluded.version, h.version), details = excluded.details;

  delete from public.heartbeats h where h.at < public.now_() - interval '1 day' and h.kind = 'worker';
$function$;

REVOKE ALL ON FUNCTION "public"."note_heartbeat"(text, text, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_incident (
  p_id         bigint,
  p_message    text,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS bigint
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_entry bigint;
begin
  insert into public.incident_log (incident_id, kind, message, actor, actor_id, request_id)
  select x.id, 'note', p_message, p_actor, p_actor_id, p_request_id
  from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  returning id into v_entry;
  if v_entry is not null then
    perform public.record_staff_action('incident.note', 'in_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  end if;
  return v_entry;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_incident"(bigint, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_incident_organisations (
  p_id bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  update public.incidents i set organisations = (
    select case when bool_and(y.organisation_id is not null) then array_agg(distinct y.organisation_id) end
    from public.incident_items y where y.incident_id = p_id
  )
  where i.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."note_incident_organisations"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_incident_stage (
  p_id        bigint,
  p_fence     bigint,
  p_replay_id bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  i public.incidents;
  v_number integer;
  v_events bigint[];
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  select s.number into v_number from public.incident_stages s where s.incident_id = p_id and s.replay_id = p_replay_id;
  if found then
    return v_number;
  end if;
  insert into public.incident_stages (incident_id, number, replay_id)
  select p_id, greatest(coalesce(max(s.number), 0) + 1, (i.recovery ->> 'first_stage')::integer), p_replay_id
  from public.incident_stages s where s.incident_id = p_id
  returning number into v_number;
  v_events := array(select distinct r.event_id from public.replay_items r where r.replay_id = p_replay_id);
  update public.incident_items y set replay_id = p_replay_id, changed_at = public.now_()
  where y.incident_id = p_id and y.event_id = any (v_events) and y.state in ('affected', 'still_missing');
  update public.findings f set state = 'back_filling', replay_id = p_replay_id, checked_at = public.now_()
  from public.incident_items y
  where y.incident_id = p_id and y.replay_id = p_replay_id and f.id = y.finding_id and public.is_free(f);
  perform public.write_incident_log(
    p_id, 'replay', format('Stage %s: wr_%s with %s events.', v_number, p_replay_id, cardinality(v_events)),
    jsonb_build_object('replay_id', 'wr_' || p_replay_id, 'number', v_number, 'events', cardinality(v_events)),
    'Recovery', 'recovery', i.recovery ->> 'request_id'
  );
  return v_number;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_incident_stage"(bigint, bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_incident_step (
  p_id     bigint,
  p_fence  bigint,
  p_step   public.incident_step,
  p_change jsonb
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  i public.incidents;
  s public.incident_steps;
  v_status public.incident_step_status := p_change ->> 'status';
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return false;
  end if;
  select * into s from public.incident_steps x where x.incident_id = p_id and x.step = p_step;
  update public.incident_steps x set
    status = v_status, reason = left(p_change ->> 'reason', 1000),
    found = x.found || coalesce(p_change -> 'found', '{}'),
    started_at = coalesce(x.started_at, public.now_()),
    ended_at = case when v_status in ('done', 'failed') then public.now_() end
  where x.incident_id = p_id and x.step = p_step;
  update public.incidents x set
    state = case when p_step = 'verify' then 'verifying' else x.state end,
    verifying_at = case when p_step = 'verify' then coalesce(x.verifying_at, public.now_()) else x.verifying_at end,
    recovery = case when (p_change ->> 'ends')::boolean then x.recovery || '{"active": false}' else x.recovery end
  where x.id = p_id;
  if v_status in ('done', 'failed', 'waiting')
    -- Numbers in what it waits for change all the time.
    and (s.status, regexp_replace(s.reason, '\d+', '', 'g'))
      is distinct from (v_status, regexp_replace(left(p_change ->> 'reason', 1000), '\d+', '', 'g'))
  then
    perform public.write_incident_log(
      p_id, 'step', concat_ws(' ', initcap(split_part(p_step::text, '_', 1)) || coalesce(
        ' ' || nullif(split_part(p_step::text, '_', 2), ''), ''
      ) || ': ' || v_status || '.', p_change ->> 'reason'),
      jsonb_build_object('step', p_step, 'status', v_status, 'found', s.found || coalesce(p_change -> 'found', '{}')),
      'Recovery', 'recovery', i.recovery ->> 'request_id'
    );
  end if;
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_incident_step"(bigint, bigint, public.incident_step, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_notifications (
  p_notifications jsonb,
  p_result        jsonb
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_status text := p_result ->> 'status';
  v_noted bigint;
  v_channel bigint;
begin
  with noted as (
    update public.notifications n set
      status = case
        when v_status <> 'retry' then v_status::public.notification_status
        when n.attempts < 5 then 'pending' else 'failed'
      end,
      due_at = case when v_status = 'retry' then public.clock_() + greatest(
        public.notification_pause(n.attempts), (p_result ->> 'retry_after_ms')::bigint * interval '1 millisecond'
      ) else n.due_at end,
      ended_at = case when v_status <> 'retry' or n.attempts >= 5 then public.now_() end,
      lease_until = null, outcome = left(p_result ->> 'outcome', 500),
      remote_id = coalesce(left(p_result ->> 'remote_id', 200), n.remote_id)
    from jsonb_to_recordset(p_notifications) as g(id bigint, fence bigint)
    where n.id = g.id and n.fence = g.fence and n.status = 'pending'
    returning n.channel_id
  )
  select count(*), max(x.channel_id) into v_noted, v_channel from noted x;
  if v_channel is not null then
    perform public.note_channel(v_channel, v_status, p_result ->> 'outcome');
  end if;
  return v_noted = jsonb_array_length(p_notifications);
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_notifications"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_resend (
  p_id     bigint,
  p_resent jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  update public.reconciliations r set resend_lease_until = null, resent = coalesce(r.resent, '{}') || p_resent || case
    when r.resent is null then jsonb_build_object('asked_at', public.iso(public.now_()))
    else jsonb_build_object('checked_at', public.iso(public.now_()))
  end
  where r.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."note_resend"(bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_silences_asked (
  p_series bigint[],
  p_run    bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_noted integer;
begin
  update public.alert_series s set
    asking_run_id = p_run, asking_until = case when p_run is null then public.now_() else s.asking_until end
  where s.id = any (p_series) and s.asking_until is not null;
  get diagnostics v_noted = row_count;
  return v_noted;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_silences_asked"(bigint[], bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notice_end (
  p_replay_id bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with wanted as (
    select r.* from public.replays r
    where r.id = p_replay_id and (
      (r.options ->> 'notifyOnCompletion')::boolean
      or (r.options ->> 'notifyOnSuccess')::boolean and r.status = 'completed' and r.failed = 0
      or (r.options ->> 'notifyOnFailure')::boolean and (r.status = 'stopped' or r.failed > 0)
    )
  ),
  mailed as (
    insert into public.notifications (staff_id, kind, replay_id, group_key)
    select u.id, 'replay', w.id, 'wr_' || w.id
    from wanted w
    join public.staff_users u on u.id::text = w.actor_id
    join public.notification_preferences p on p.staff_id = u.id
    where p.mails_replays and u.disabled_at is null
    on conflict on constraint notifications_each_once do nothing
  ),
  told as (
    insert into public.notifications (channel_id, kind, replay_id, group_key)
    select c.id, 'replay', w.id, 'wr_' || w.id
    from wanted w
    join public.channels c on c.tells_replays and c.enabled and c.archived_at is null and c.kind <> 'pagerduty'
      and public.all_in_scope(c.organisations, w.organisations)
    on conflict on constraint notifications_each_once do nothing
  )
  insert into public.notices (actor_id, subject, message)
  select w.actor_id, 'wr_' || w.id, format(
    'Replay wr_%s %s: %s of %s succeeded, %s failed, %s skipped.',
    w.id, w.status, w.succeeded, w.total, w.failed, w.skipped
  )
  from wanted w;
$function$;

CREATE OR REPLACE FUNCTION public.notification_pause (
  p_attempts integer
)
  RETURNS interval
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
RETURN (ARRAY['00:00:30'::interval, '00:02:00'::interval, '00:10:00'::interval, '01:00:00'::interval])[LEAST(GREATEST(p_attempts, 1), 4)];

REVOKE ALL ON FUNCTION "public"."notification_pause"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notify_acknowledged (
  a public.alerts
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_count integer;
begin
  insert into public.notifications (channel_id, kind, alert_id, group_key)
  select n.channel_id, 'acknowledged', (a).id, n.group_key
  from public.notifications n
  join public.channels c on c.id = n.channel_id
  where n.alert_id = (a).id and n.kind = 'fired' and n.status in ('pending', 'sent')
    and (c.kind in ('pagerduty', 'webhook') or c.kind = 'slack' and c.settings ? 'channel')
  on conflict on constraint notifications_each_once do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."notify_acknowledged"(public.alerts) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notify_again (
  a public.alerts
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_count integer;
  v_number bigint := 1 + (
    select coalesce(max(n.number), 0) from public.notifications n where n.alert_id = (a).id and n.kind = 'repeated'
  );
begin
  insert into public.notifications (channel_id, staff_id, kind, alert_id, number, group_key)
  select r.channel_id, r.staff_id, 'repeated', (a).id, v_number, r.group_key
  from public.recipients_of(a) r
  where not exists (
    select from public.notifications n
    where n.alert_id = (a).id and n.channel_id is not distinct from r.channel_id
      and n.staff_id is not distinct from r.staff_id and (n.status = 'pending' or r.repeats and n.status = 'sent')
  )
  on conflict on constraint notifications_each_once do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."notify_again"(public.alerts) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notify_alert (
  p_alert_id bigint,
  p_kind     public.notification_kind
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  a public.alerts;
begin
  select * into a from public.alerts x where x.id = p_alert_id;
  if a.id is null or a.suppressed_because is not null and p_kind in ('fired', 'repeated') then
    return 0;
  end if;
  return case p_kind
    when 'fired' then public.notify_fired(a)
    when 'repeated' then public.notify_again(a)
    when 'acknowledged' then public.notify_acknowledged(a)
    when 'resolved' then public.notify_resolved(a)
  end;
end
$function$;

REVOKE ALL ON FUNCTION "public"."notify_alert"(bigint, public.notification_kind) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notify_fired (
  a public.alerts
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_count integer;
begin
  insert into public.notifications (channel_id, staff_id, kind, alert_id, group_key, due_at)
  select r.channel_id, r.staff_id, 'fired', (a).id, r.group_key, public.group_due(r.channel_id, r.staff_id, r.group_key)
  from public.recipients_of(a) r
  on conflict on constraint notifications_each_once do nothing;
  get diagnostics v_count = row_count;
  insert into public.notices (actor_id, subject, message)
  select u.id::text, 'al_' || (a).id, (a).severity || ': ' || (a).summary
  from public.staff_users u
  left join public.notification_preferences p on p.staff_id = u.id
  where u.disabled_at is null and public.in_scope(u.organisations, (a).organisation_id)
    and (a).severity = any (coalesce(p.console_severities, '{P0,P1}'));
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."notify_fired"(public.alerts) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.notify_resolved (
  a public.alerts
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_count integer;
begin
  update public.notifications n set
    status = 'skipped', ended_at = public.now_(), lease_until = null, outcome = public.healed_text()
  where n.alert_id = (a).id and n.status = 'pending' and n.kind <> 'resolved'
    and coalesce(n.lease_until <= public.now_(), true);

  insert into public.notifications (channel_id, staff_id, kind, alert_id, group_key, status, outcome, ended_at)
  select t.channel_id, t.staff_id, 'resolved', (a).id, t.group_key,
    case when t.tried then 'pending'::public.notification_status else 'skipped' end,
    case when not t.tried then public.healed_text() end, case when not t.tried then public.now_() end
  from (
    select n.channel_id, n.staff_id, min(n.group_key) as group_key, bool_or(n.attempts > 0) as tried
    from public.notifications n
    where n.alert_id = (a).id and n.kind in ('fired', 'repeated')
    group by n.channel_id, n.staff_id
  ) t
  on conflict on constraint notifications_each_once do nothing;
  select count(*) into v_count from public.notifications n
  where n.alert_id = (a).id and n.kind = 'resolved' and n.status = 'pending';

  -- In the console the end takes the place of the beginning.
  with told as (
    update public.notices n set seen_at = coalesce(n.seen_at, public.now_())
    where n.subject = 'al_' || (a).id
    returning n.actor_id
  )
  insert into public.notices (actor_id, subject, message)
  select distinct t.actor_id, 'al_' || (a).id, 'Resolved: ' || (a).summary from told t;
  return v_count;
end
$function$;

REVOKE ALL ON FUNCTION "public"."notify_resolved"(public.alerts) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.oldest_due_seconds()
  RETURNS numeric
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
    and coalesce(h.throttled_until, '-infinity') <= public.now_();
$function$;

REVOKE ALL ON FUNCTION "public"."oldest_due_seconds"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.oldest_of (
  p_class public.retention_class
)
  RETURNS TABLE (
    at              timestamp with time zone,
    organisation_id text
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  if p_class = 'audit' then
    return query select min(a.acted_at), null::text from public.staff_actions a;
  elsif p_class = 'answers' then
    return query select a.started_at, null::text from public.attempts a order by a.id limit 1;
  elsif p_class = 'bodies' then
    return query
      select e.received_at, e.organisation_id from public.events e
      where e.id = (select min(b.event_id) from public.event_bodies b);
  else
    return query select e.received_at, null::text from public.events e order by e.received_at, e.id limit 1;
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."oldest_of"(public.retention_class) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.open_findings (
  p_provider  text,
  p_source_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'missing', count(*) filter (where x.kind = 'missing'),
    'open', coalesce((
      select jsonb_object_agg(k.kind, k.count) from (
        select o.kind, count(distinct o.identity) as count
        from public.findings o
        where o.provider = p_provider and o.source_id is not distinct from p_source_id
          and o.state in ('open', 'back_filling')
        group by o.kind
      ) k
    ), '{}'),
    'open_run_id', (
      select 'rc_' || o.reconciliation_id
      from public.findings o
      where o.provider = p_provider and o.source_id is not distinct from p_source_id
        and o.state in ('open', 'back_filling')
      group by o.reconciliation_id
      order by count(*) filter (where o.kind <> 'unrecoverable') desc, o.reconciliation_id desc
      limit 1
    ),
    'oldest_missing_at', public.iso(min(x.occurred_at))
  )
  from (
    select f.kind, f.identity, min(f.occurred_at) as occurred_at
    from public.findings f
    where f.provider = p_provider and f.source_id is not distinct from p_source_id
      and f.state in ('open', 'back_filling') and f.kind in ('missing', 'rejected', 'not_subscribed')
    group by f.kind, f.identity
  ) x;
$function$;

CREATE OR REPLACE FUNCTION public.open_incident (
  p_incident   jsonb,
  p_most       integer,
  p_scope      text[],
  p_actor      text,
  p_actor_id   text,
  p_request_id text
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_selection jsonb := p_incident -> 'selection';
  v_run bigint := (v_selection ->> 'reconciliation_id')::bigint;
  v_id bigint;
  v_matched integer;
  v_added integer;
begin
  if v_run is not null and not exists (
    select from public.reconciliations r where r.id = v_run and public.in_scope(p_scope, r.organisation_id)
  ) then
    return jsonb_build_object('result', 'no_reconciliation');
  end if;
  v_matched := case
    when v_run is not null then (
      select count(*) from public.findings f where f.reconciliation_id = v_run and f.closed_at is null
    )
    else public.count_selection(v_selection, p_scope)
  end;
  v_matched := least(v_matched, coalesce((v_selection ->> 'limit')::integer, v_matched));
  if v_matched > p_most then
    return jsonb_build_object('result', 'too_many', 'matched', v_matched, 'limit', p_most);
  end if;

  insert into public.incidents (
    title, cause, severity, opened_by, actor, actor_id, request_id, from_ts, to_ts, selection, organisations, scope
  )
  values (
    p_incident ->> 'title', p_incident ->> 'cause', (p_incident ->> 'severity')::public.incident_severity,
    (p_incident ->> 'opened_by')::public.incident_opener, p_actor, p_actor_id, p_request_id,
    (p_incident ->> 'from_ts')::timestamptz, (p_incident ->> 'to_ts')::timestamptz, v_selection, p_scope, p_scope
  )
  returning id into v_id;
  insert into public.incident_steps (incident_id, step)
  select v_id, s from unnest(enum_range(null::public.incident_step)) s;

  v_added := case
    when v_run is not null then public.add_incident_findings_of(v_id, array[v_run], p_scope, p_most)
    else public.add_incident_events(v_id, public.select_events(
      v_selection, p_scope, least(p_most, (v_selection ->> 'limit')::integer)
    ))
  end;
  perform public.write_incident_log(
    v_id, 'opened', format('Opened with %s events.', v_added),
    jsonb_build_object('added', v_added, 'total', v_added, 'selection', v_selection), p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.open', 'in_' || v_id, jsonb_build_object(
      'title', p_incident ->> 'title', 'severity', p_incident ->> 'severity', 'items', v_added
    ), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'opened', 'id', 'in_' || v_id);
end
$function$;

REVOKE ALL ON FUNCTION "public"."open_incident"(jsonb, integer, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.open_incident_request (
  p_id       bigint,
  p_request  bigint,
  p_scope    text[],
  p_actor_id text
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce((
    select case
      when q.decided_at is not null then jsonb_build_object('result', 'decided')
      when q.actor_id = p_actor_id then jsonb_build_object('result', 'own')
      else jsonb_build_object('result', 'open', 'action', q.action, 'input', q.input)
    end
    from public.incident_requests q
    join public.incidents x on x.id = q.incident_id
    where q.id = p_request and x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  ), '{"result": "not_found"}');
$function$;

REVOKE ALL ON FUNCTION "public"."open_incident_request"(bigint, bigint, text[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.open_silence_incidents (
  p_most integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  x public.reconciliations;
  v_types text;
  v_opened integer := 0;
begin
  for x in
    select r.* from public.reconciliations r
    where r.id in (
      select s.asking_run_id from public.alert_series s
      where s.state <> 'firing' and s.asking_until > public.now_()
    )
      and r.completed_at is not null and public.lacking_of(r.id, r.types) > 0 and public.incident_of_run(r.id) is null
    order by r.id
    for update of r skip locked
  loop
    v_types := coalesce(array_to_string(x.types, ', '), 'events');
    v_opened := v_opened + (public.open_incident(
      jsonb_build_object(
        'title', left(format('%s: %s did not arrive', x.provider, v_types), 200),
        'cause', left(format('Nothing arrived, and the provider lists %s that are not here.', v_types), 2000),
        'severity', 'P1', 'opened_by', 'alert', 'from_ts', public.iso(x.from_ts), 'to_ts', public.iso(x.to_ts),
        'selection', jsonb_build_object('reconciliation_id', x.id)
      ),
      p_most, case when x.organisation_id is not null then array[x.organisation_id] end, 'Alerts', 'alerts', 'alerts'
    ) ->> 'result' = 'opened')::integer;
  end loop;
  return v_opened;
end
$function$;

REVOKE ALL ON FUNCTION "public"."open_silence_incidents"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.ordering_key_of (
  p_ordering        public.delivery_ordering,
  p_object_id       text,
  p_event_key       text,
  p_organisation_id text
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
RETURN CASE p_ordering WHEN 'object'::public.delivery_ordering THEN COALESCE(p_object_id, p_event_key) WHEN 'organisation'::public.delivery_ordering THEN
  COALESCE(p_organisation_id, ''::text) WHEN 'all'::public.delivery_ordering THEN ''::text ELSE NULL::text END;

REVOKE ALL ON FUNCTION "public"."ordering_key_of"(public.delivery_ordering, text, text, text) FROM PUBLIC, "anon", "authenticated";

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
    when p_subject ~ '^rc_\d' then (
      select array[r.organisation_id] from public.reconciliations r
      where r.id = v_number and r.organisation_id is not null
    )
    when p_subject ~ '^in_\d' then (select i.organisations from public.incidents i where i.id = v_number)
    when p_subject ~ '^al_\d' then (
      select array[a.organisation_id] from public.alerts a where a.id = v_number and a.organisation_id is not null
    )
    when p_subject ~ '^ar_\d' then (
      select array[r.organisation_id] from public.alert_rules r where r.id = v_number and r.organisation_id is not null
    )
    when p_subject ~ '^sl_\d' then (select s.scope from public.alert_silences s where s.id = v_number)
    when p_subject ~ '^ch_\d' then (select c.organisations from public.channels c where c.id = v_number)
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

CREATE OR REPLACE FUNCTION public.past_alert (
  p_labels   jsonb,
  p_first    timestamp with time zone,
  p_resolved timestamp with time zone,
  p_text     text,
  p_to       timestamp with time zone
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case when p_first is null then '[]' else jsonb_build_array(jsonb_build_object(
    'provider_slug', p_labels ->> 'provider', 'event_type', p_labels ->> 'event_type',
    'org_id', p_labels ->> 'organisation_id', 'destination_id', 'ds_' || (p_labels ->> 'destination_id'),
    'fired_at', public.iso(p_first), 'resolved_at', case when p_resolved <= p_to then public.iso(p_resolved) end,
    'text', p_text
  )) end;
$function$;

REVOKE ALL ON FUNCTION "public"."past_alert"(jsonb, timestamp WITH time zone, timestamp WITH time zone, text, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.past_arrivals (
  r      public.alert_rules,
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS TABLE (
    labels      jsonb,
    step        interval,
    begins      timestamp with time zone,
    ends        timestamp with time zone,
    evaluations bigint,
    value       numeric,
    text        text
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
declare
  x record;
begin
  for x in execute format(
    'select * from public.%I($1, $2, $3)', case
      when (r).kind = 'drop' then 'past_drops'
      when (r).settings ? 'window_minutes' then 'past_too_few'
      else 'past_silences'
    end
  ) using r, p_from, p_to
  loop
    labels := jsonb_build_object(
      'provider', x.provider, 'event_type', x.event_type, 'organisation_id', x.organisation_id
    );
    step := interval '1 minute';
    begins := x.begins;
    ends := x.ends;
    evaluations := extract(epoch from x.ends - x.begins)::bigint / 60 + 1;
    text := concat_ws(' ', x.provider, x.event_type, 'of ' || x.organisation_id) || ': ' || x.text;
    return next;
  end loop;
end
$function$;

REVOKE ALL ON FUNCTION "public"."past_arrivals"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.past_counts (
  r      public.alert_rules,
  p_unit text,
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS TABLE (
    provider   text,
    at         timestamp with time zone,
    event_type text,
    outcome    text,
    count      bigint
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select x.provider, x.at, x.event_type, x.outcome, x.count
  from (
    select m.provider, m.minute as at, m.event_type, m.outcome, m.count from public.statistics m
    where p_unit = 'minute' and m.organisation_id = coalesce((r).organisation_id, '')
      and m.minute between p_from and p_to
    union all
    select h.provider, h.hour, h.event_type, h.outcome, h.count from public.statistics_hours h
    where p_unit = 'hour' and h.organisation_id = coalesce((r).organisation_id, '')
      and h.hour between p_from and p_to
  ) x
  where ((r).provider is null or x.provider = (r).provider)
    and ((r).event_type is null or x.event_type = (r).event_type or x.outcome = 'rejected');
$function$;

REVOKE ALL ON FUNCTION "public"."past_counts"(public.alert_rules, text, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.past_drops (
  r      public.alert_rules,
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS TABLE (
    provider        text,
    event_type      text,
    organisation_id text,
    begins          timestamp with time zone,
    ends            timestamp with time zone,
    text            text
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET enable_nestloop TO 'off'
  SET enable_mergejoin TO 'off'
  SET work_mem TO '32MB'
  AS $function$
  with series as materialized (
    select row_number() over () * 1000000 as n, a.organisation_id || '/' || a.provider || '/' || a.event_type as key,
      a.provider, a.event_type, a.organisation_id, a.rates, a.spread
    from public.expected_series(r) e
    join public.arrival_habits a on a.provider = e.provider and a.event_type = coalesce(e.event_type, '')
      and a.organisation_id = coalesce(e.organisation_id, '')
  ),
  -- Whole hours, from three days before: so far back reach three windows.
  span as (
    select extract(epoch from p_from)::bigint / 3600 - 72 as first, extract(epoch from p_to)::bigint / 3600 - 1 as last
  ),
  -- Joins are by one key, as in past_silences.
  came as (
    select s.n + h.hour as slot, sum(h.count)::bigint as count
    from (
      select c.organisation_id || '/' || c.provider || '/' || t.event_type as key, c.count,
        date_part('epoch', c.hour)::bigint / 3600 as hour
      from public.statistics_hours c
      cross join lateral (values (c.event_type), ('')) as t(event_type)
      where c.organisation_id in (select x.organisation_id from series x)
        and c.hour >= date_trunc('hour', p_from, 'UTC') - interval '73 hours' and c.hour <= p_to
        and c.outcome = 'received'
    ) h
    join series s on s.key = h.key
    group by 1
  ),
  counted as (
    select x.n, array_agg(x.rate order by x.hour) as rates, array_agg(x.count order by x.hour) as counts
    from (
      select s.n, g.hour, (w.rate * 1000000)::bigint as rate, coalesce(c.count, 0) as count
      from series s
      cross join lateral (select u.rate, u.slot - 1 as slot from unnest(s.rates) with ordinality u(rate, slot)) w
      join (
        select h as hour, (h + 72) % 168 as slot from span p cross join lateral generate_series(p.first, p.last) h
      ) g on g.slot = w.slot
      left join came c on c.slot = s.n + g.hour
    ) x
    group by 1
  ),
  low as (
    select c.n, p.first + l.hour as ended, l.observed, l.expected, l.hours,
      p.first + l.hour - row_number() over (partition by c.n order by l.hour) as span
    from counted c
    join series s on s.n = c.n
    cross join span p
    cross join lateral public.low_hours(
      c.rates, c.counts, s.spread::float8, coalesce(public.setting(r, 'threshold'), 4)::float8,
      ceil(coalesce(public.setting(r, 'window_minutes'), 60) / 60)::integer
    ) l
    where p.first + l.hour >= extract(epoch from p_from) / 3600
  )
  -- An hour is read a minute after its end, and is what is known until the next one has ended.
  select s.provider, nullif(s.event_type, ''), nullif(s.organisation_id, ''),
    to_timestamp(min(l.ended) * 3600) + interval '1 minute',
    least(to_timestamp(max(l.ended) * 3600) + interval '59 minutes', p_to), (array_agg(format(
      '%s events in %s hours, where %s are usual', l.observed, l.hours, round(l.expected)
    ) order by l.ended))[1]
  from low l
  join series s on s.n = l.n
  group by l.span, s.n, s.provider, s.event_type, s.organisation_id
  having to_timestamp(min(l.ended) * 3600) + interval '1 minute' <= p_to;
$function$;

REVOKE ALL ON FUNCTION "public"."past_drops"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.past_silences (
  r      public.alert_rules,
  p_from timestamp with time zone,
  p_to   timestamp with time zone,
  p_most bigint                   DEFAULT 150000
)
  RETURNS TABLE (
    provider        text,
    event_type      text,
    organisation_id text,
    begins          timestamp with time zone,
    ends            timestamp with time zone,
    text            text
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET enable_nestloop TO 'off'
  SET enable_mergejoin TO 'off'
  SET work_mem TO '32MB'
  AS $function$
  -- Every join is by one key, because the planner believes that there is one series.
  with series as materialized (
    select row_number() over () * 1000000 as n, a.organisation_id || '/' || a.provider || '/' || a.event_type as key,
      a.provider, a.event_type, a.organisation_id, a.rates, a.threshold::float8
    from public.expected_series(r) e
    join public.arrival_habits a on a.provider = e.provider and a.event_type = coalesce(e.event_type, '')
      and a.organisation_id = coalesce(e.organisation_id, '')
  ),
  span as (
    select extract(epoch from p_from)::bigint / 3600 - 168 as first, extract(epoch from p_to)::bigint as until
  ),
  -- Of each hour of a series (slot) its rate, and what was usual before it.
  usual as materialized (
    select s.n + g.hour as slot, w.rate, s.threshold, sum(w.rate) over o - w.rate as before, sum(w.rate) over (
      partition by s.n
    ) as all_usual
    from series s
    cross join lateral (select u.rate::float8, u.slot - 1 as slot from unnest(s.rates) with ordinality u(rate, slot)) w
    join (
      select h as hour, (h + 72) % 168 as slot
      from span p cross join lateral generate_series(p.first, p.until / 3600) h
    ) g on g.slot = w.slot
    window o as (partition by s.n order by g.hour)
  ),
  hours as materialized (
    select s.n + h.hour as slot, s.n, least(sum(h.count), 60)::bigint as minutes
    from (
      select c.organisation_id || '/' || c.provider || '/' || t.event_type as key, c.count,
        date_part('epoch', c.hour)::bigint / 3600 as hour
      from public.statistics_hours c
      cross join lateral (values (c.event_type), ('')) as t(event_type)
      where c.organisation_id in (select x.organisation_id from series x)
        and c.hour >= date_trunc('hour', p_from, 'UTC') - interval '7 days' and c.hour <= p_to
        and c.outcome in ('received', 'duplicate', 'conflict')
    ) h
    join series s on s.key = h.key
    group by 1, 2
  ),
  -- What is usual from the beginning of the hour before to the end of this one is the most that a gap has.
  near as (
    select h.*, u.before + u.rate - lag(u.before) over w >= u.threshold
      or lead(u.before + u.rate, 1, u.all_usual) over w - u.before >= u.threshold as has_gap
    from hours h
    join usual u on u.slot = h.slot
    window w as (partition by h.n order by h.slot)
  ),
  read as materialized (
    select x.n, x.slot, x.has_gap and sum(x.minutes) over (order by x.slot - x.n desc) <= p_most as has_gap
    from near x
  ),
  -- The first and last arrival in each five minutes, which no gap is shorter than; where no gap is near, the ends of
  -- the hour do.
  met as materialized (
    select c.organisation_id, c.provider, c.event_type, date_part('epoch', min(c.minute))::bigint as first,
      date_part('epoch', max(c.minute))::bigint as last
    from public.statistics c
    where c.organisation_id in (select x.organisation_id from series x)
      and c.minute >= (select to_timestamp(min(x.slot - x.n) * 3600) from read x where x.has_gap)
      and c.minute <= p_to and c.outcome in ('received', 'duplicate', 'conflict')
    group by 1, 2, 3, floor(date_part('epoch', c.minute) / 300)
  ),
  arrivals as (
    select s.n, min(m.first) as first, max(m.last) as last
    from (
      select x.organisation_id || '/' || x.provider || '/' || t.event_type as key, x.first, x.last
      from met x
      cross join lateral (values (x.event_type), ('')) as t(event_type)
    ) m
    join series s on s.key = m.key
    where s.n + m.first / 3600 in (select x.slot from read x where x.has_gap)
    group by s.n, m.first / 300
    union all
    select x.n, (x.slot - x.n) * 3600, least((x.slot - x.n) * 3600 + 3540, p.until)
    from read x
    cross join span p
    where not x.has_gap
  ),
  -- From the end of one arrival's minute to the next arrival's.
  gaps as materialized (
    select a.n, a.last + 60 as begins, a.next as ends
    from (
      select x.n, x.last, lead(x.first, 1, p.until + 60) over (partition by x.n order by x.first) as next
      from arrivals x
      cross join span p
    ) a
    where a.next - a.last > 360
  ),
  silences as materialized (
    select g.*
    from gaps g
    join usual b on b.slot = g.n + g.begins / 3600
    join usual e on e.slot = g.n + (g.ends - 1) / 3600
    where e.before + e.rate * ((g.ends - 1) % 3600 + 1) / 3600 - b.before - b.rate * (g.begins % 3600) / 3600
      >= b.threshold - 0.001
  )
  select s.provider, nullif(s.event_type, ''), nullif(s.organisation_id, ''), d.at, to_timestamp(g.ends - 60),
    'nothing since ' || to_char(to_timestamp(g.begins) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')
  from silences g
  join series s on s.n = g.n
  cross join lateral (
    select date_trunc('minute', greatest(
      public.expected_by(s.rates, to_timestamp(g.begins), s.threshold::numeric),
      to_timestamp(g.begins) + interval '5 minutes'
    ) + interval '59.999999 seconds') as at
  ) d
  where d.at >= p_from and d.at < to_timestamp(g.ends);
$function$;

REVOKE ALL ON FUNCTION "public"."past_silences"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.past_too_few (
  r      public.alert_rules,
  p_from timestamp with time zone,
  p_to   timestamp with time zone
)
  RETURNS TABLE (
    provider        text,
    event_type      text,
    organisation_id text,
    begins          timestamp with time zone,
    ends            timestamp with time zone,
    text            text
  )
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
#variable_conflict use_column
declare
  v_window interval := make_interval(mins => public.setting(r, 'window_minutes')::integer);
  v_least integer := greatest(1, public.setting(r, 'at_least')::integer);
  v_unit text := case when v_window > interval '3 hours' then 'hour' else 'minute' end;
  -- Of the last one its window begins when its minute (its hour) has ended.
  v_kept interval := v_window + case when v_least = 1 then ('1 ' || v_unit)::interval else '0' end;
begin
  return query
  with changes as (
    select x.provider, x.at, sum(x.change) as change from (
      select e.provider, p_from as at, 0 as change from public.expected_series(r) e
      union all
      select c.provider, t.at, t.change * c.count
      from public.past_counts(r, v_unit, p_from - v_kept, p_to) c
      cross join lateral (values (c.at, 1), (c.at + v_kept, -1)) as t(at, change)
      where c.outcome in ('received', 'duplicate', 'conflict')
    ) x
    group by 1, 2
  ),
  counted as (
    select c.provider, c.at, lead(c.at, 1, 'infinity') over w as until, sum(c.change) over w < v_least as is_low
    from changes c
    window w as (partition by c.provider order by c.at)
  ),
  -- Low ones in a row have as many before them that are not.
  spans as (
    select c.*, count(*) filter (where not c.is_low) over (partition by c.provider order by c.at) as span
    from counted c
    where c.until > p_from and c.at <= p_to
  )
  select s.provider, (r).event_type, (r).organisation_id, greatest(min(s.at), p_from),
    least(max(s.until) - interval '1 minute', p_to),
    format('fewer than %s in %s', v_least, public.minutes_in_words(public.setting(r, 'window_minutes')))
  from spans s
  where s.is_low and s.provider in (select e.provider from public.expected_series(r) e)
  group by s.provider, s.span;
end
$function$;

REVOKE ALL ON FUNCTION "public"."past_too_few"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.payload_for_reader (
  e public.events
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select case
    when pg_catalog.has_column_privilege('public."WebhookEvent"', 'payload', 'select') then public.payload_of(e)
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."payload_for_reader"(public.events) FROM PUBLIC, "anon", "authenticated";

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
    ('events', 'provider event_key event_type flags organisation_id company_id object_id body_sha256'
      || ' fingerprint rendering method path content_type request_id logical_key object_type currency traceparent',
      'kept', 'ids, hashes, kinds'),
    ('event_bodies', 'raw_body dense_body', 'event', null),
    ('event_keys', '*', 'kept', 'hashes'),
    ('retention', '*', 'kept', 'configuration'),
    ('forgettings', '*', 'kept', 'ids and counts'),
    ('retention_turn', '*', 'kept', 'names of processes'),
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
    ('incident_items', 'customer_id reason', 'event', null),
    ('incident_items', 'provider identity event_type object_id organisation_id currency accepted_by accepted_by_id'
      || ' proof', 'kept', 'ids, kinds, staff'),
    ('incidents', '*', 'kept', 'what staff wrote, and counts'),
    ('incident_log', '*', 'kept', 'what staff did: the log is never changed'),
    ('incident_steps', '*', 'kept', 'counts, our own words'),
    ('incident_runs', '*', 'kept', 'ids'),
    ('incident_requests', '*', 'kept', 'what staff asked for'),
    ('alert_rules', '*', 'kept', 'configuration'),
    ('alert_series', '*', 'kept', 'counts, our own words'),
    ('alerts', '*', 'kept', 'counts, our own words, what staff wrote'),
    ('alert_silences', '*', 'kept', 'what staff wrote'),
    ('arrival_habits', '*', 'kept', 'counts'),
    ('heartbeats', '*', 'kept', 'names of processes'),
    ('channels', '*', 'kept', 'configuration'),
    ('notification_preferences', '*', 'kept', 'staff'),
    ('notifications', '*', 'kept', 'our own words, for staff'),
    ('metric_totals', '*', 'kept', 'counts'),
    ('metric_counters', '*', 'kept', 'counts'),
    ('event_notes', '*', 'kept', 'what staff wrote'),
    ('event_assignees', '*', 'kept', 'staff'),
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

CREATE OR REPLACE FUNCTION public.pick_incident_events (
  p_id               bigint,
  p_limit            integer,
  p_per_organisation integer,
  p_max_age_days     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
  with placed as (
    select y.event_id, row_number() over (order by
      coalesce(array_position(public.text_array(i.recovery -> 'types_first'), y.event_type), 1000),
      coalesce(array_position(public.text_array(i.recovery -> 'organisations_first'), y.organisation_id), 1000),
      y.occurred_at, y.position
    ) as place, y.organisation_id
    from public.items_to_recover(p_id, p_max_age_days) y
    join public.incidents i on i.id = p_id
  ),
  limited as (
    select p.*, row_number() over (partition by p.organisation_id order by p.place) as of_organisation from placed p
  )
  select coalesce(jsonb_agg(x.event_id order by x.place), '[]')
  from (
    select l.event_id, l.place from limited l
    where l.organisation_id is null or l.of_organisation <= p_per_organisation
    order by l.place
    limit p_limit
  ) x;
$function$;

REVOKE ALL ON FUNCTION "public"."pick_incident_events"(bigint, integer, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.prove_incident_items (
  p_id        bigint,
  p_positions integer[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_from timestamptz := (select i.from_ts from public.incidents i where i.id = p_id);
  v_lost bigint[];
begin
  v_lost := public.lost_deliveries(array(
    select d.id from public.incident_items y
    join public.deliveries d on d.event_id = y.event_id and d.status = 'delivered'
    join public.destinations t on t.id = d.destination_id and t.kind = 'tables'
    where y.incident_id = p_id and y.position = any (p_positions)
  ));
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'position', x.position, 'lacks', x.lacks, 'proof', case when x.lacks is null then x.proof end
    )), '[]')
    from (
      select y.position,
        case
          when e.id is null then 'It is not here.'
          when p.deliveries = 0 and public.lacks_delivery(e.id) then 'It was not delivered yet.'
          else p.lacks
        end as lacks,
        case
          when p.deliveries = 0 then jsonb_build_array(jsonb_build_object(
            'delivery_id', null, 'destination', 'stored', 'kind', 'stored', 'attempt_id', null,
            'at', public.iso(e.received_at)
          ))
          else p.proof
        end as proof
      from public.incident_items y
      left join lateral (select v.* from public.events v where v.id = y.event_id offset 0) e on true
      cross join lateral (
        select count(*) as deliveries, string_agg(w.lacks, ' ' order by w.id) as lacks, jsonb_agg(jsonb_build_object(
          'delivery_id', w.id, 'destination', w.slug, 'kind', case w.kind when 'tables' then 'rows' else 'endpoint' end,
          'attempt_id', 'wa_' || w.attempt_id, 'at', public.iso(w.finished_at)
        ) order by w.id) as proof
        from (
          select d.id, t.slug, t.kind, a.id as attempt_id, a.finished_at, case
            when a.id is not null and (t.kind <> 'tables' or d.id <> all (v_lost)) then null
            when t.kind = 'tables' and d.status = 'delivered' then
              'Its rows in ' || t.name || ' are gone or were changed by hand.'
            when d.status = 'delivered' then
              t.name || ' has not acknowledged it since the incident began: recover with skipAlreadyApplied false.'
            else concat_ws(': ', t.name || ' has not received it (' || d.status || ')', d.last_error)
          end as lacks
          from public.deliveries d
          join public.destinations t on t.id = d.destination_id
          left join lateral public.proving_attempt(
            d.id, d.status, t.id, t.kind, v_from, e.provider, e.event_type,
            case when e.replaces_older then e.object_id end, coalesce(e.occurred_at, e.received_at)
          ) a on true
          where d.event_id = e.id and public.counts_for(d, t, e)
        ) w
      ) p
      where y.incident_id = p_id and y.position = any (p_positions)
    ) x
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."prove_incident_items"(bigint, integer[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.providers_in_use()
  RETURNS TABLE (
    provider text
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with recursive seen as (
    (
      select s.hour, s.provider from public.statistics_hours s
      where s.organisation_id = '' and s.hour >= date_trunc('hour', public.now_() - interval '1 day', 'UTC')
      order by s.hour, s.provider
      limit 1
    )
    union all
    select n.hour, n.provider
    from seen c
    cross join lateral (
      select s.hour, s.provider from public.statistics_hours s
      where s.organisation_id = '' and (s.hour, s.provider) > (c.hour, c.provider)
      order by s.hour, s.provider
      limit 1
    ) n
  )
  select distinct s.provider from seen s;
$function$;

REVOKE ALL ON FUNCTION "public"."providers_in_use"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.proving_attempt (
  p_delivery_id    bigint,
  p_status         public.delivery_status,
  p_destination_id bigint,
  p_kind           public.destination_kind,
  p_from           timestamp with time zone,
  p_provider       text,
  p_event_type     text,
  p_object_id      text,
  p_at             timestamp with time zone
)
  RETURNS TABLE (
    id          bigint,
    finished_at timestamp with time zone
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select a.id, a.finished_at
  from (
    select 0 as place, p_delivery_id as delivery_id where p_status = 'delivered'
    union all
    select 1, x.id from public.events n
    join public.deliveries x on x.event_id = n.id and x.destination_id = p_destination_id and x.status = 'delivered'
    where p_kind = 'http' and p_status <> 'delivered' and n.provider = p_provider and n.object_id = p_object_id
      and n.event_type = p_event_type and coalesce(n.occurred_at, n.received_at) > p_at
  ) c
  join public.attempts a on a.delivery_id = c.delivery_id and a.status = 'succeeded'
    and (p_kind = 'tables' or a.finished_at >= p_from)
  order by c.place, a.finished_at desc, a.id desc
  limit 1;
$function$;

REVOKE ALL
  ON FUNCTION "public"."proving_attempt"(bigint, public.delivery_status, bigint, public.destination_kind, timestamp WITH time zone, text, text, text, timestamp WITH time zone)
  FROM PUBLIC, "anon", "authenticated";

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
    'event_to_delivered', public.read_event_to_delivered(p_from, p_to, p_scope),
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

CREATE OR REPLACE FUNCTION public.read_channel_failing (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'Every channel accepts messages.'
    else left(format('Channels that accept nothing: %s.', string_agg(
      c.name || coalesce(' (' || c.problem || ')', ''), ', ' order by c.name
    )), 500) end,
    '/alerts/channels'
  )
  from public.channels c
  where c.enabled and c.archived_at is null and c.failures >= public.setting(r, 'threshold');
$function$;

REVOKE ALL ON FUNCTION "public"."read_channel_failing"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_configuration (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with problems as (
    select p.value ->> 'title' as title
    from (
      select distinct on (x.source_id) x.configuration from public.reconciliations x
      where x.provider = (s).provider and x.configuration is not null
        and x.created_at > public.now_() - interval '7 days'
      order by x.source_id, x.created_at desc, x.id desc
    ) n
    cross join lateral jsonb_array_elements(coalesce(n.configuration -> 'problems', '[]')) p
    union all
    select 'The API key does not work: ' || c.problem from public.api_credentials c
    where c.provider = (s).provider and c.problem is not null
  )
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then format('%s: the provider is set up as it should be.', (s).provider)
    else left(format('%s: %s', (s).provider, string_agg(p.title, ' ' order by p.title)), 500) end,
    '/reconciliation'
  )
  from problems p;
$function$;

REVOKE ALL ON FUNCTION "public"."read_configuration"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_counters()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with counters as materialized (
    select m.metric, m.label, m.outcome, m.error_class, sum(m.count) as count, sum(m.duration_ms) as duration_ms,
      public.sum_latency(array_agg(m.latency) filter (where m.latency is not null)) as latency
    from public.metric_counters m
    group by 1, 2, 3, 4
  )
  select jsonb_build_object(
    'events', coalesce(jsonb_agg(jsonb_build_object(
      'provider', c.label, 'outcome', c.outcome, 'count', c.count
    )) filter (where c.metric = 'event' and c.outcome <> 'applied'), '[]'),
    'applied', jsonb_build_object(
      'bounds', public.applied_bounds(),
      'duration_ms', coalesce(sum(c.duration_ms) filter (where c.outcome = 'applied'), 0),
      'latency', public.sum_latency(array_agg(c.latency) filter (where c.outcome = 'applied'))
    ),
    'attempts', coalesce(jsonb_agg(jsonb_build_object(
      'kind', c.label, 'outcome', c.outcome, 'error_class', c.error_class, 'count', c.count
    )) filter (where c.metric = 'delivery'), '[]'),
    'attempt_bounds', public.latency_bounds(),
    'attempt_durations', coalesce((
      select jsonb_agg(jsonb_build_object('kind', k.label, 'duration_ms', k.duration_ms, 'latency', k.latency))
      from (
        select x.label, sum(x.duration_ms) as duration_ms, public.sum_latency(array_agg(x.latency)) as latency
        from counters x
        where x.metric = 'delivery' and cardinality(x.latency) > 0
        group by x.label
      ) k
    ), '[]'),
    'replay_items', coalesce(
      jsonb_object_agg(c.outcome, c.count) filter (where c.metric = 'replay_item'), '{}'
    ),
    'notifications', coalesce(jsonb_agg(jsonb_build_object(
      'channel', c.label, 'outcome', c.outcome, 'count', c.count
    )) filter (where c.metric = 'notification'), '[]')
  )
  from counters c;
$function$;

REVOKE ALL ON FUNCTION "public"."read_counters"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_counts (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_minutes integer := coalesce(public.setting(r, 'window_minutes'), 60);
  v_begin timestamptz := date_trunc('minute', public.now_()) - make_interval(mins => v_minutes);
  c record;
  v_before numeric := 0;
  v_seen record;
  v_what text := public.subject_in_words(s);
  v_in text := 'in the last ' || public.minutes_in_words(v_minutes);
begin
  select * into c from public.counts_between(s, v_begin, public.now_());
  if (r).kind = 'failures_doubled' then
    select b.failed + b.dead into v_before
    from public.counts_between(s, v_begin - make_interval(mins => v_minutes), v_begin - interval '1 minute') b;
  end if;
  select * into v_seen from public.judge_counts(
    (r).kind, public.setting(r, 'threshold'), public.setting(r, 'at_least'), c.received, c.delivered, c.failed, c.dead,
    c.rejected, v_before
  );
  if (r).kind = 'stalled' and v_seen.is_bad then
    v_seen.is_bad := public.undelivered_since(s, v_begin - make_interval(mins => v_minutes)) <= v_begin
      and public.is_wanted(s, v_begin);
  end if;
  return public.signal(r, v_seen.value, v_seen.is_bad, v_seen.expected, case (r).kind
    when 'success_rate' then format('%s: %s of %s delivery attempts succeeded %s (%s %%).', v_what, c.delivered,
      c.delivered + c.failed + c.dead, v_in, coalesce(round(v_seen.value, 1)::text, '–'))
    when 'dead_letters' then format('%s: %s dead letters %s.', v_what, c.dead, v_in)
    when 'attempts' then format('%s: deliveries took %s attempts on average %s.', v_what,
      coalesce(round(v_seen.value, 2)::text, '–'), v_in)
    when 'stalled' then format('%s: %s events came %s, and %s were delivered.', v_what, c.received, v_in,
      case when c.delivered = 0 then 'none' else c.delivered::text end)
    when 'failures_doubled' then format('%s: %s failures %s, %s in as long before.', v_what, c.failed + c.dead, v_in,
      v_before)
    else format('%s: %s requests with a bad signature %s, and %s accepted. Was the secret changed?', v_what, c.rejected,
      v_in, c.received)
  end, public.events_link(s, case (r).kind
    when 'success_rate' then 'status=failed,dead&'
    when 'dead_letters' then 'status=dead&'
    when 'failures_doubled' then 'status=failed,dead&'
    else ''
  end || 'from_ts=' || public.for_address(public.iso(v_begin))));
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_counts"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_credential_expiring (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'No API token in use expires soon.'
    else left(format('API tokens in use that expire soon: %s.', string_agg(
      format('%s (%s, on %s)', t.name, coalesce('of ' || u.name, 'made by ' || t.created_by),
        to_char(t.expires_at at time zone 'UTC', 'YYYY-MM-DD')), '; ' order by t.expires_at, t.id
    )), 500) end,
    '/settings/tokens'
  )
  from public.api_tokens t
  left join public.staff_users u on u.id = t.owner_id
  where t.revoked_at is null and t.expires_at > public.now_()
    and t.expires_at <= public.now_() + public.setting(r, 'threshold')::integer * interval '1 day'
    and t.expires_at - t.created_at > 2 * public.setting(r, 'threshold')::integer * interval '1 day'
    and t.last_used_at > public.now_() - interval '31 days' and u.disabled_at is null;
$function$;

REVOKE ALL ON FUNCTION "public"."read_credential_expiring"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_disk_low (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, x.free, x.free < public.setting(r, 'threshold'), null,
    case when x.free is null then 'The database is not on the disk of a worker.'
    else format('%s MiB are free where the database is. Webhooks are rejected when the disk is full.', x.free) end,
    '/'
  )
  from (
    select min((h.details ->> 'disk_free_mib')::numeric) as free
    from public.heartbeats h
    where h.kind = 'worker' and h.at > public.now_() - interval '2 minutes'
  ) x;
$function$;

REVOKE ALL ON FUNCTION "public"."read_disk_low"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_drop_signal (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_end timestamptz := date_trunc('hour', public.now_(), 'UTC');
  v_limit numeric := coalesce(((r).settings ->> 'threshold')::numeric, 4);
  v_length integer := ceil(coalesce(((r).settings ->> 'window_minutes')::numeric, 60) / 60);
  v_windows integer := 0;
  v_low integer := 0;
  v_hours integer := 0;
  v_rate numeric := 0;
  v_count numeric := 0;
  v_expected numeric := 0;
  v_observed numeric := 0;
  v_z numeric;
  v_newest_z numeric;
  v_begin timestamptz;
  a public.arrival_habits;
begin
  select * into a from public.arrival_habits x
  where x.organisation_id = coalesce((s).organisation_id, '') and x.provider = (s).provider
    and x.event_type = coalesce((s).event_type, '');
  v_begin := v_end;
  while v_windows < 3 and a.provider is not null and v_begin > v_end - interval '72 hours' loop
    v_begin := v_begin - interval '1 hour';
    v_hours := v_hours + 1;
    v_rate := v_rate + a.rates[1 + public.hour_of_week(v_begin)];
    v_count := v_count + public.arrivals_in_hour(a.organisation_id, a.provider, a.event_type, v_begin, '{received}');
    continue when v_rate < 20 or v_hours < v_length;
    v_z := (v_count - v_rate) / sqrt(v_rate + coalesce(v_rate * v_rate / a.spread, 0));
    v_newest_z := coalesce(v_newest_z, v_z);
    v_windows := v_windows + 1;
    v_low := v_low + (v_z < -v_limit)::integer;
    v_expected := v_expected + v_rate;
    v_observed := v_observed + v_count;
    v_hours := 0;
    v_rate := 0;
    v_count := 0;
  end loop;
  return jsonb_build_object(
    'value', round(v_newest_z, 2), 'is_bad', v_low = 3 and v_observed > 0,
    -- Whole hours are read: nothing changes before the next one is over.
    'evaluate_after', public.iso(v_end + interval '61 minutes'), 'explain', jsonb_build_object(
      'text', public.subject_in_words(s) || case
        when v_windows < 3 then ': too few events to tell a drop from chance.'
        else format(': %s events in %s hours, where %s are usual.', v_observed,
          extract(epoch from v_end - v_begin)::integer / 3600, round(v_expected))
      end,
      'observed', v_observed, 'expected', round(v_expected, 1), 'threshold', -v_limit,
      'window_minutes', extract(epoch from v_end - v_begin)::integer / 60, 'link', public.events_link(s, null)
    )
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_drop_signal"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_endpoint_disabled (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, (not t.enabled)::integer,
    not t.enabled and t.disabled_because is not null
      or t.enabled and (h.warned_at is not null or h.disable_because is not null),
    null,
    case
      when not t.enabled then format('%s was disabled: %s', t.name, coalesce(t.disabled_because, 'by a person.'))
      when h.disable_because is not null then format('%s will be disabled: %s', t.name, h.disable_because)
      when h.warned_at is not null then format('%s will be disabled unless a delivery succeeds.', t.name)
      else format('%s is enabled.', t.name)
    end,
    '/destinations/ds_' || t.id
  )
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  where t.id = (s).destination_id;
$function$;

REVOKE ALL ON FUNCTION "public"."read_endpoint_disabled"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_endpoint_down (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, coalesce(h.consecutive_failures, 0),
    public.takes_deliveries(t) and (
      h.breaker <> 'closed' or h.consecutive_failures >= coalesce(public.setting(r, 'at_least'), 1)
      and h.failing_since <= public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
      and (public.counts_against_endpoint(h.last_error_class) or h.last_failure_at > public.now_() - interval '1 hour')
    ),
    0,
    case
      when not public.takes_deliveries(t) then format('%s is paused or disabled.', t.name)
      when coalesce(h.consecutive_failures, 0) = 0 and coalesce(h.breaker, 'closed') = 'closed'
        then format('%s accepts deliveries.', t.name)
      else format('%s failed %s times in a row since %s%s%s', t.name, h.consecutive_failures,
        to_char(h.failing_since at time zone 'UTC', 'HH24:MI "UTC"'),
        case when h.breaker <> 'closed' then '; its circuit is open' else '' end,
        coalesce('. The last error: ' || h.last_error_class, '') || '.')
    end,
    '/destinations/ds_' || t.id
  )
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  where t.id = (s).destination_id;
$function$;

REVOKE ALL ON FUNCTION "public"."read_endpoint_down"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

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
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', ''),
    'body_forgotten', public.body_forgotten(e.id)
  )
  from public.events e
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$function$;

CREATE OR REPLACE FUNCTION public.read_event_to_delivered (
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
    select p_from >= public.now_() - interval '61 minutes' as by_minute
  ),
  summed as (
    -- Written out, one per bucket of applied_bounds(): unnesting takes eight times as long.
    select array[
      sum(s.latency[1]), sum(s.latency[2]), sum(s.latency[3]), sum(s.latency[4]), sum(s.latency[5]),
      sum(s.latency[6]), sum(s.latency[7]), sum(s.latency[8]), sum(s.latency[9]), sum(s.latency[10]),
      sum(s.latency[11]), sum(s.latency[12]), sum(s.latency[13]), sum(s.latency[14]), sum(s.latency[15]),
      sum(s.latency[16]), sum(s.latency[17]), sum(s.latency[18]), sum(s.latency[19]), sum(s.latency[20]),
      sum(s.latency[21]), sum(s.latency[22]), sum(s.latency[23]), sum(s.latency[24]), sum(s.latency[25])
    ] as counts
    from wanted w
    cross join lateral (
      select x.latency from public.statistics x
      where w.by_minute and x.organisation_id = any (public.statistics_of(p_scope)) and x.outcome = 'applied'
        and x.minute >= p_from and x.minute < p_to
      union all
      select h.latency from public.statistics_hours h
      where not w.by_minute and h.organisation_id = any (public.statistics_of(p_scope)) and h.outcome = 'applied'
        and h.hour >= date_trunc('hour', p_from, 'UTC') and h.hour < p_to
    ) s
  ),
  histogram as (
    -- A bucket holds no more than an integer: by then its share no longer changes what is read from it.
    select array_agg(least(coalesce(u.count, 0), 2147483647)::integer order by u.n) as latency,
      coalesce(sum(u.count), 0) as count
    from summed s
    cross join lateral unnest(s.counts) with ordinality u(count, n)
  )
  select jsonb_build_object(
    'count', h.count, 'p50_ms', public.latency_quantile(h.latency, 0.5, public.applied_bounds()),
    'p95_ms', public.latency_quantile(h.latency, 0.95, public.applied_bounds()),
    'p99_ms', public.latency_quantile(h.latency, 0.99, public.applied_bounds())
  )
  from histogram h;
$function$;

REVOKE ALL ON FUNCTION "public"."read_event_to_delivered"(timestamp WITH time zone, timestamp WITH time zone, text[]) FROM PUBLIC, "anon", "authenticated";

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
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', ''),
    'body_forgotten', public.body_forgotten(e.id)
  ) order by e.id), '[]')
  from public.events e
  where e.id = any (p_ids) and public.in_scope(p_scope, e.organisation_id);
$function$;

CREATE OR REPLACE FUNCTION public.read_evidence (
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
    'id', 'in_' || n.id, 'title', n.title, 'cause', n.cause, 'severity', n.severity, 'state', n.state,
    'opened_by', n.opened_by, 'actor', n.actor, 'owner', n.owner, 'from_ts', public.iso(n.from_ts),
    'to_ts', public.iso(n.to_ts), 'selection', n.selection, 'organisations', to_jsonb(n.organisations),
    'counts', jsonb_build_object(
      'total', n.total, 'affected', n.affected, 'recovered', n.recovered, 'verified', n.verified,
      'still_missing', n.still_missing, 'unrecoverable', n.unrecoverable, 'accepted', n.accepted
    ),
    'recovery', n.recovery, 'opened_at', public.iso(n.opened_at), 'responded_at', public.iso(n.responded_at),
    'recovering_at', public.iso(n.recovering_at), 'verifying_at', public.iso(n.verifying_at),
    'verified_at', public.iso(n.verified_at), 'closed_at', public.iso(n.closed_at), 'closed_by', n.closed_by,
    'reopened_at', public.iso(n.reopened_at), 'money', public.money_of_incident(n.id),
    'by_organisation', public.evidence_by_organisation(n), 'by_type', public.evidence_by_type(n.id),
    'steps', coalesce((
      select jsonb_agg(jsonb_build_object(
        'step', s.step, 'status', s.status, 'reason', s.reason, 'found', s.found,
        'started_at', public.iso(s.started_at), 'ended_at', public.iso(s.ended_at)
      ) order by s.step)
      from public.incident_steps s where s.incident_id = n.id
    ), '[]'),
    'runs', coalesce((
      select jsonb_agg(public.run_json(r, p_scope) || jsonb_build_object('purpose', x.purpose) order by r.id)
      from public.incident_runs x join public.reconciliations r on r.id = x.reconciliation_id
      where x.incident_id = n.id
    ), '[]'),
    'requests', coalesce((
      select jsonb_agg(public.incident_request_json(q) order by q.id)
      from public.incident_requests q where q.incident_id = n.id
    ), '[]'),
    'config', public.evidence_config(n.id, p_scope)
  )
  from public.incidents n
  where n.id = p_id and public.all_in_scope(p_scope, n.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."read_evidence"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_evidence_bodies (
  p_id        bigint,
  p_event_ids bigint[],
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'event_id', 'we_' || e.id, 'provider_slug', e.provider,
    'content_encoding', public.header_of(e.headers, 'content-encoding'),
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', ''),
    'body_forgotten', public.body_forgotten(e.id)
  ) order by e.id), '[]')
  from public.events e
  where e.id = any (p_event_ids) and public.sees_incident(p_id, p_scope)
    and public.in_scope(p_scope, e.organisation_id)
    and exists (select from public.incident_items i where i.incident_id = p_id and i.event_id = e.id);
$function$;

REVOKE ALL ON FUNCTION "public"."read_evidence_bodies"(bigint, bigint[], text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_forgettable (
  p_class public.retention_class,
  p_ids   bigint[]
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
begin
  return coalesce(case p_class
    when 'audit' then (select jsonb_agg(to_jsonb(a) order by a.id) from public.staff_actions a where a.id = any (p_ids))
    when 'answers' then (
      select jsonb_agg(jsonb_build_object('event_id', d.event_id, 'destination_id', d.destination_id)
        || public.attempt_for_export(a) order by a.id)
      from public.attempts a join public.deliveries d on d.id = a.delivery_id where a.id = any (p_ids)
    )
    when 'bodies' then (
      select jsonb_agg(jsonb_build_object(
        'id', e.id, 'provider', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
        'organisation_id', e.organisation_id, 'received_at', public.iso(e.received_at), 'body_size', e.body_size,
        'body_sha256', encode(e.body_sha256, 'hex'),
        'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', '')
      ) order by e.id)
      from public.events e where e.id = any (p_ids)
    )
    else (
      select jsonb_agg(to_jsonb(e) || case when p_class = 'events' then jsonb_build_object('deliveries', (
        select coalesce(jsonb_agg(to_jsonb(d) || jsonb_build_object('attempts', (
          select coalesce(jsonb_agg(public.attempt_for_export(a) order by a.id), '[]')
          from public.attempts a where a.delivery_id = d.id
        )) order by d.id), '[]')
        from public.deliveries d where d.event_id = e.id
      )) else '{}' end order by e.id)
      from public.events e where e.id = any (p_ids)
    )
  end, '[]');
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_forgettable"(public.retention_class, bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_horizon (
  r          public.alert_rules,
  s          public.alert_series,
  p_horizons jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with seen as (
    select count(*) as missing, round(extract(epoch from min(f.occurred_at) + make_interval(
      days => (p_horizons ->> (s).provider)::integer
    ) - public.now_()) / 3600, 1) as hours
    from public.missing_of(s) f
  )
  select public.signal(
    r, x.hours, x.hours < public.setting(r, 'threshold'), null,
    case
      when x.missing = 0 then format('%s: nothing is missing.', (s).provider)
      when x.hours is null then format('%s: the API lists everything that is missing.', (s).provider)
      else format('%s: the API lists the oldest of %s missing events for %s more hours.', (s).provider, x.missing,
        greatest(x.hours, 0))
    end,
    '/reconciliation'
  )
  from seen x;
$function$;

REVOKE ALL ON FUNCTION "public"."read_horizon"(public.alert_rules, public.alert_series, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_incident_progress (
  p_id           bigint,
  p_max_age_days integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with waiting as (
    select y.position, d.destination_id, d.status
    from public.incident_items y
    join public.events e on e.id = y.event_id
    join public.deliveries d on d.event_id = e.id
    join public.destinations t on t.id = d.destination_id
    where y.incident_id = p_id and y.state in ('affected', 'still_missing') and public.counts_for(d, t, e)
      and (d.status <> 'delivered' or y.cause in ('stale', 'drifted'))
  ),
  by_destination as (
    select w.destination_id, count(*) as items from waiting w group by 1
  )
  select jsonb_build_object(
    'to_run', (select count(*) from public.items_to_recover(p_id, p_max_age_days)),
    'under_way', (
      select count(distinct w.position) from waiting w where w.status in ('pending', 'claimed', 'held')
    ),
    'by_destination', (
      select coalesce(
        jsonb_agg(jsonb_build_object('destination', t.name, 'items', b.items) order by b.items desc), '[]'
      )
      from by_destination b join public.destinations t on t.id = b.destination_id
    ),
    'holds', (
      select coalesce(jsonb_agg(h.hold || jsonb_build_object('destination', h.name, 'items', h.items)), '[]')
      from (
        select t.name, b.items, public.hold_of(t, x) as hold
        from by_destination b
        join public.destinations t on t.id = b.destination_id
        left join public.destination_health x on x.destination_id = t.id
        order by b.items desc
        limit 20
      ) h
      where h.hold ->> 'why' in ('paused', 'disabled', 'circuit', 'throttled')
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_incident_progress"(bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_incident_runs (
  p_id   bigint,
  p_step public.incident_step
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', r.id, 'retry_of', (n ->> 'retry_of')::bigint, 'provider', r.provider, 'source_id', r.source_id,
    'status', r.status, 'reason', r.reason, 'failed_from', public.iso(w.failed_from),
    'failed_to', public.iso(w.failed_to), 'missing', f.missing, 'rejected', f.rejected, 'undelivered', f.undelivered,
    'drifted', f.drifted, 'unrecoverable', f.unrecoverable
  ) order by r.id), '[]')
  from public.incident_steps s
  cross join lateral jsonb_array_elements(coalesce(s.found -> 'runs', '[]')) n
  join public.reconciliations r on r.id = (n ->> 'id')::bigint
  cross join lateral (
    select min(x.from_ts) as failed_from, max(x.to_ts) as failed_to
    from public.reconciliation_windows x where x.reconciliation_id = r.id and x.status not in ('done', 'split')
  ) w
  cross join lateral (
    select count(*) filter (where x.kind in ('missing', 'not_subscribed')) as missing,
      count(*) filter (where x.kind = 'rejected') as rejected,
      count(*) filter (where x.kind = 'undelivered') as undelivered,
      count(*) filter (where x.kind = 'drifted') as drifted,
      count(*) filter (where x.kind = 'unrecoverable') as unrecoverable
    from public.findings x where x.reconciliation_id = r.id and x.closed_at is null
  ) f
  where s.incident_id = p_id and s.step = p_step;
$function$;

REVOKE ALL ON FUNCTION "public"."read_incident_runs"(bigint, public.incident_step) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_incident_stage (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'number', s.number, 'replay_id', r.id, 'status', r.status, 'total', r.total, 'succeeded', r.succeeded,
    'failed', r.failed, 'skipped', r.skipped, 'stopped_because', r.stopped_because,
    'ended_ms', (extract(epoch from public.now_() - r.completed_at) * 1000)::bigint
  )
  from public.incident_stages s
  join public.incidents i on i.id = s.incident_id
  join public.replays r on r.id = s.replay_id
  where s.incident_id = p_id and s.number >= (i.recovery ->> 'first_stage')::integer
  order by s.number desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."read_incident_stage"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_kpis (
  p_from  timestamp with time zone,
  p_to    timestamp with time zone,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  with days as materialized (
    select * from public.kpi_facts(p_from, p_to, 'day', p_scope)
  ),
  organisations as (
    select f.key, public.kpi_json(jsonb_object_agg(f.outcome, f.count), jsonb_object_agg(f.outcome, f.ms)) as figures
    from public.kpi_facts(p_from, p_to, 'organisation', p_scope) f
    group by f.key
  )
  select jsonb_build_object(
    'totals', (
      select public.kpi_json(
        coalesce(jsonb_object_agg(t.outcome, t.count), '{}'), coalesce(jsonb_object_agg(t.outcome, t.ms), '{}')
      )
      from (select d.outcome, sum(d.count) as count, sum(d.ms) as ms from days d group by d.outcome) t
    ),
    'days', coalesce((
      select jsonb_agg(jsonb_build_object('day', x.key) || x.figures order by x.key)
      from (
        select d.key, public.kpi_json(
          jsonb_object_agg(d.outcome, d.count), jsonb_object_agg(d.outcome, d.ms)
        ) as figures
        from days d
        group by d.key
      ) x
    ), '[]'),
    'organisations', coalesce((
      select jsonb_agg(jsonb_build_object('organisation_id', o.key) || o.figures
        order by (o.figures ->> 'received')::bigint desc, o.key)
      from (
        select x.key, x.figures from organisations x
        order by (x.figures ->> 'received')::bigint desc, x.key
        limit 1000
      ) o
    ), '[]')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_kpis"(timestamp WITH time zone, timestamp WITH time zone, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_metrics (
  p_providers text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '10s'
  AS $function$
  select public.read_counters() || public.read_waiting_metrics() || jsonb_build_object(
    'requests', coalesce((
      select jsonb_agg(jsonb_build_object('provider', r.provider, 'outcome', r.outcome, 'count', r.count))
      from (
        select x.provider, x.outcome, sum(x.count) as count
        from (
          select t.provider, t.outcome, t.count from public.metric_totals t
          union all
          select h.provider, h.outcome, h.count
          from public.statistics_hours h
          where h.organisation_id = '' and h.outcome in ('received', 'duplicate', 'conflict', 'rejected')
            and h.hour >= coalesce((select max(t.until) from public.metric_totals t), '-infinity')
        ) x
        group by x.provider, x.outcome
      ) r
    ), '[]'),
    'providers', public.read_provider_metrics(p_providers),
    'alerts_firing', coalesce((
      select jsonb_object_agg(a.severity, a.count)
      from (
        select x.severity, count(*) as count from public.alerts x where x.resolved_at is null group by x.severity
      ) a
    ), '{}')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_metrics"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_missing (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, count(*), count(*) > public.setting(r, 'threshold'), 0,
    format('%s: %s events of the provider are missing here%s.', (s).provider, count(*),
      coalesce(', the oldest from ' || to_char(min(f.occurred_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), '')),
    coalesce('/reconciliation/rc_' || max(f.run), '/reconciliation')
  )
  from public.missing_of(s) f;
$function$;

REVOKE ALL ON FUNCTION "public"."read_missing"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_oldest_due (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, coalesce(x.seconds, 0), x.seconds > public.setting(r, 'threshold'), null,
    case when x.seconds is null then 'No delivery waits that could be sent.'
    else format('The oldest delivery that could be sent has waited for %s s.', round(x.seconds)) end,
    '/'
  )
  from (select public.oldest_due_seconds() as seconds) x;
$function$;

REVOKE ALL ON FUNCTION "public"."read_oldest_due"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_provider_metrics (
  p_providers text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with missing as materialized (
    select x.provider, count(distinct (x.source_id, x.identity)) as count, min(x.occurred_at) as oldest_at
    from (
      select f.provider, f.source_id, f.identity, f.occurred_at
      from public.findings f
      where f.state in ('open', 'back_filling') and f.kind = 'missing'
      limit 10000
    ) x
    group by x.provider
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', p.provider,
    'last_event_at', (
      -- A range and its order, and not an equality: see is_in_use.
      select public.iso(e.received_at) from public.events e
      where e.provider between p.provider and p.provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    ),
    'last_complete_at', (
      select min(r.run ->> 'completed_at')
      from public.watches w
      cross join lateral (select public.run_in_brief(w.provider, w.source_id, '{completed}') as run) r
      where w.provider = p.provider and w.enabled
    ),
    'missing', coalesce(m.count, 0), 'oldest_missing_at', public.iso(m.oldest_at)
  ) order by p.provider), '[]')
  from unnest(p_providers) as p(provider)
  left join missing m on m.provider = p.provider;
$function$;

REVOKE ALL ON FUNCTION "public"."read_provider_metrics"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_repairs (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with seen as (
    select count(*) filter (where f.closed_at > public.now_() - interval '1 hour') as now,
      count(*) filter (where f.closed_at <= public.now_() - interval '1 hour') / 167.0 as usual
    from public.findings f
    where f.closed_at > public.now_() - interval '7 days' and f.provider = (s).provider
  )
  select public.signal(
    r, x.now, x.now >= coalesce(public.setting(r, 'at_least'), 1) and x.now > public.setting(r, 'threshold') * x.usual,
    x.usual,
    format('%s: %s missing events were brought back within an hour; usually it is %s.', (s).provider, x.now,
      round(x.usual, 1)),
    '/reconciliation'
  )
  from seen x;
$function$;

REVOKE ALL ON FUNCTION "public"."read_repairs"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_repeated_failures (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with failed as (
    select i.event_id, i.replay_id
    from public.replays x
    join public.replay_items i on i.replay_id = x.id and i.outcome = 'failed'
    where x.failed > 0
      and x.created_at > public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
    limit 10000
  ),
  again as (
    select f.event_id, count(distinct f.replay_id) as replays from failed f group by f.event_id
    having count(distinct f.replay_id) >= public.setting(r, 'threshold')
    order by 2 desc, 1
  )
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'No event failed in several replays.'
    else format('%s events failed in %s replays or more: %s.', count(*), public.setting(r, 'threshold')::integer,
      array_to_string((array_agg('we_' || a.event_id order by a.replays desc, a.event_id))[1:5], ', ')) end,
    case when count(*) = 0 then '/replays' else '/events/we_' || (array_agg(a.event_id order by a.replays desc))[1] end
  )
  from again a;
$function$;

REVOKE ALL ON FUNCTION "public"."read_repeated_failures"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_replay_volume (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with mine as (
    select x.total, x.queued_at from public.replays x
    where x.queued_at > public.now_() - interval '30 days'
      and ((s).organisation_id is null and x.organisations is null or (s).organisation_id = any (x.organisations))
  ),
  seen as (
    select coalesce(sum(m.total) filter (where m.queued_at > public.now_() - interval '1 hour'), 0) as now,
      (
        select coalesce(max(h.total), 0) from (
          select sum(b.total) as total from mine b
          where b.queued_at <= public.now_() - interval '1 hour' group by date_trunc('hour', b.queued_at)
        ) h
      ) as usual
    from mine m
  )
  select public.signal(
    r, x.now, x.now >= coalesce(public.setting(r, 'at_least'), 1) and x.now > public.setting(r, 'threshold') * x.usual,
    x.usual,
    format('%s: %s deliveries were replayed within an hour; the busiest hour of the last 30 days had %s.',
      coalesce((s).organisation_id, 'No single organisation'), x.now, x.usual),
    '/replays'
  )
  from seen x;
$function$;

REVOKE ALL ON FUNCTION "public"."read_replay_volume"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_retention (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'classes', (
      select jsonb_agg(jsonb_build_object(
        'class', c.class, 'days', r.days, 'changed_by', r.changed_by, 'changed_at', public.iso(r.changed_at),
        'organisations', coalesce((
          select jsonb_agg(jsonb_build_object('organisation_id', o.organisation_id, 'days', o.days)
            order by o.organisation_id)
          from public.retention o
          where o.class = c.class and o.organisation_id is not null and public.in_scope(p_scope, o.organisation_id)
        ), '[]'),
        'rows', case when p_scope is null then public.stored_in(c.class, 'rows') end,
        'bytes', case when p_scope is null then public.stored_in(c.class, 'bytes') end,
        'oldest', case when p_scope is null then public.iso(x.at) end,
        'next_at', case when p_scope is null then public.iso(x.at + make_interval(days => case
          when c.class = 'bodies' then public.days_kept('bodies', x.organisation_id) else r.days
        end)) end
      ) order by c.class)
      from unnest(enum_range(null::public.retention_class)) c(class)
      left join public.retention r on r.class = c.class and r.organisation_id is null
      left join lateral public.oldest_of(c.class) x on true
    ),
    'forgotten', case when p_scope is null then coalesce((
      select jsonb_agg(jsonb_build_object(
        'class', f.class, 'days', f.days, 'rows', f.rows, 'file', f.file, 'at', public.iso(f.forgotten_at)
      ) order by f.id desc)
      from (select * from public.forgettings y order by y.id desc limit 20) f
    ), '[]') end,
    'partitions', case when p_scope is null then (
      select jsonb_build_object('count', count(*), 'ahead', public.body_partitions_ahead() -> 'ahead')
      from public.list_body_partitions()
    ) end,
    'problem', case when p_scope is null then (select t.problem from public.retention_turn t) end
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_retention"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_retention_health()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'ahead', (
      select count(*) from public.list_body_partitions() p
      where p.from_id > public.next_event_id() and p.to_id is not null
    ),
    'problem', (select t.problem from public.retention_turn t)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_retention_health"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_signal (
  r          public.alert_rules,
  s          public.alert_series,
  p_horizons jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
begin
  return case (r).kind
    when 'slow_endpoint' then public.read_slow_endpoint(r, s)
    when 'endpoint_down' then public.read_endpoint_down(r, s)
    when 'endpoint_disabled' then public.read_endpoint_disabled(r, s)
    when 'replay_volume' then public.read_replay_volume(r, s)
    when 'repeated_failures' then public.read_repeated_failures(r, s)
    when 'stuck_replay' then public.read_stuck_replay(r, s)
    when 'silence' then public.read_silence_signal(r, s)
    when 'drop' then public.read_drop_signal(r, s)
    when 'missing' then public.read_missing(r, s)
    when 'repairs' then public.read_repairs(r, s)
    when 'horizon' then public.read_horizon(r, s, p_horizons)
    when 'configuration' then public.read_configuration(r, s)
    when 'oldest_due' then public.read_oldest_due(r, s)
    when 'worker_gone' then public.read_worker_gone(r, s)
    when 'channel_failing' then public.read_channel_failing(r, s)
    when 'disk_low' then public.read_disk_low(r, s)
    when 'credential_expiring' then public.read_credential_expiring(r, s)
    else public.read_counts(r, s)
  end;
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_signal"(public.alert_rules, public.alert_series, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_signs_of_life (
  p_providers text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET statement_timeout TO '3s'
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'workers', coalesce((
      select jsonb_agg(jsonb_build_object(
        'name', h.name, 'version', h.version, 'at', public.iso(h.at),
        'seconds_ago', round(extract(epoch from public.now_() - h.at)::numeric, 1)
      ) order by h.at desc)
      from public.heartbeats h
      where h.kind = 'worker'
    ), '[]'),
    'last_event_at', coalesce((
      select jsonb_object_agg(p.provider, (
        select public.iso(e.received_at) from public.events e
        where e.provider between p.provider and p.provider
        order by e.provider, e.received_at desc, e.id desc
        limit 1
      ))
      from unnest(p_providers) as p(provider)
    ), '{}')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_signs_of_life"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_silence_signal (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_answer jsonb := '{}';
  x record;
begin
  select * into x from public.silence_of(r, s);
  if x.is_silent and x.asks then
    v_answer := public.silence_answer(s, x.due_at);
  end if;
  return v_answer || jsonb_build_object(
    'value', round(x.observed, 2), 'is_bad', x.is_silent, 'evaluate_after', public.iso(case
      when not x.is_known then public.now_() + interval '1 hour'
      when not x.is_silent then least(x.due_at, public.now_() + interval '6 hours')
    end),
    'explain', jsonb_build_object(
      'text', concat_ws(' ', public.subject_in_words(s) || ': ' || x.text, v_answer ->> 'text'),
      'observed', round(x.observed, 2), 'expected', round(x.expected, 2), 'threshold', round(x.threshold, 2),
      'window_minutes', x.minutes, 'link', public.events_link(s, null)
    )
  ) - 'text';
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_silence_signal"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_slow_endpoint (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_minutes integer := least(coalesce(public.setting(r, 'window_minutes'), 15), 60);
  v_latency integer[];
  v_attempts bigint;
  v_ms integer;
begin
  select public.sum_latency(array_agg(d.latency)), sum(d.succeeded + d.failed) into v_latency, v_attempts
  from public.destination_statistics d
  where d.destination_id = (s).destination_id and d.span = 'minute'
    and d.at >= date_trunc('minute', public.now_()) - make_interval(mins => v_minutes);
  v_ms := public.latency_quantile(v_latency, 0.95);
  return public.signal(
    r, v_ms, v_ms > public.setting(r, 'threshold') and v_attempts >= coalesce(public.setting(r, 'at_least'), 1), null,
    case when v_ms is null then format('%s: no attempts in the last %s.', public.subject_in_words(s),
      public.minutes_in_words(v_minutes))
    else format('%s: 95 %% of %s attempts in the last %s took up to %s s.', public.subject_in_words(s), v_attempts,
      public.minutes_in_words(v_minutes), round(v_ms / 1000.0, 1)) end, '/destinations/ds_' || (s).destination_id
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."read_slow_endpoint"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_stuck_replay (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with slow as (
    select x.id from public.replays x
    where x.status = 'running' and (
      x.next_feed_at <= public.now_() and greatest(x.started_at, x.next_feed_at)
        <= public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
        and not exists (
          select from public.replay_items i
          where i.replay_id = x.id and greatest(i.fed_at, i.finished_at)
            > public.now_() - make_interval(mins => public.setting(r, 'window_minutes')::integer)
        )
      or x.started_at < public.now_() - public.replay_estimate(x) * public.setting(r, 'threshold')::double precision
    )
  )
  select public.signal(
    r, count(*), count(*) > 0, 0,
    case when count(*) = 0 then 'Every replay moves.'
    else format('Replays that do not move, or take longer than they should: %s.',
      array_to_string((array_agg('wr_' || w.id order by w.id))[1:5], ', ')) end,
    case when count(*) = 1 then '/replays/wr_' || min(w.id) else '/replays?status=running' end
  )
  from slow w;
$function$;

REVOKE ALL ON FUNCTION "public"."read_stuck_replay"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_waiting()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'oldest_due_seconds', public.oldest_due_seconds()
  ) || public.read_waits();
$function$;

CREATE OR REPLACE FUNCTION public.read_waiting_metrics()
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'waiting', public.read_waiting(), 'dead_letters', public.count_dead_letters(null),
    'replays_running', (select count(*) from public.replays r where r.status = 'running')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."read_waiting_metrics"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_worker_gone (
  r public.alert_rules,
  s public.alert_series
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select public.signal(
    r, coalesce(d.seconds, 0), d.seconds > public.setting(r, 'threshold') and (w.gone > 0 or w.live = 0), null,
    format('%s workers report, %s stopped without notice%s.', w.live, w.gone,
      coalesce(', and the oldest delivery has waited for ' || round(d.seconds) || ' s', '')),
    '/'
  )
  from (
    select count(*) filter (where h.at > public.now_() - interval '2 minutes') as live,
      count(*) filter (where h.at <= public.now_() - interval '2 minutes') as gone
    from public.heartbeats h where h.kind = 'worker' and h.at > public.now_() - interval '1 day'
  ) w
  cross join (select public.oldest_due_seconds() as seconds) d;
$function$;

REVOKE ALL ON FUNCTION "public"."read_worker_gone"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

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
  (NOT public.has_body((e).id)) THEN 'body_forgotten'::text WHEN (NOT public.takes_mode(t, (e).livemode)) THEN 'test_mode'::text WHEN (NOT (t).enabled) THEN
  'destination_disabled'::text WHEN ((t).paused_at IS
  NOT NULL) THEN 'destination_paused'::text WHEN (NOT ((p_options ->> 'skipAlreadyApplied'::text))::boolean) THEN NULL::text WHEN
  (((d).status = 'delivered'::public.delivery_status) AND (NOT COALESCE(p_lost, false))) THEN 'already_applied'::text WHEN
  (((t).kind = 'http'::public.destination_kind) AND (e).replaces_older AND ((e).object_id IS
  NOT NULL) AND public.has_newer_state((t).id, (e).provider, (e).object_id, (e).event_type, COALESCE((e).occurred_at, (e).received_at))) THEN 'superseded'::text ELSE NULL::text
  END)::public.skip_reason;

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
  where e.provider = p_provider and e.event_key = p_key;
$function$;

CREATE OR REPLACE FUNCTION public.recipients_of (
  a public.alerts
)
  RETURNS TABLE (
    channel_id bigint,
    staff_id   uuid,
    group_key  text,
    repeats    boolean
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with g as (select concat_ws(' ', 'ar_' || (a).rule_id, (a).provider) as group_key)
  select c.id, null::uuid, case when c.kind = 'pagerduty' then 'al_' || (a).id else g.group_key end,
    c.kind = 'pagerduty'
  from public.channels c, g
  where c.enabled and c.archived_at is null and public.in_scope(c.organisations, (a).organisation_id)
    and case
      when exists (select from public.alert_rule_channels x where x.rule_id = (a).rule_id) then exists (
        select from public.alert_rule_channels x where x.rule_id = (a).rule_id and x.channel_id = c.id
      )
      else (a).severity = any (c.severities)
    end
    and not ((a).kind = 'channel_failing' and c.failures > 0)
  union all
  select null, u.id, g.group_key, false
  from public.staff_users u
  join public.notification_preferences p on p.staff_id = u.id, g
  where u.disabled_at is null and public.in_scope(u.organisations, (a).organisation_id)
    and (a).severity = any (p.mail_severities);
$function$;

REVOKE ALL ON FUNCTION "public"."recipients_of"(public.alerts) FROM PUBLIC, "anon", "authenticated";

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
  v_busy bigint[];
  -- The places of the results that count: of a delivery that is still claimed with this fence, once each.
  v_places bigint[];
  v_applied jsonb;
  v_recorded bigint[];
  v_answers jsonb;
  v_counts jsonb;
  v_health jsonb;
begin
  v_busy := public.lock_rows(p_results, p_wait);

  select array_agg(l.place) into v_places
  from (
    select x.place, row_number() over (partition by x.delivery_id order by x.place) as time
    from (
      select r.place, r.delivery_id, d.status = 'claimed' and d.fence = r.fence as is_current
      from rows from (jsonb_to_recordset(p_results) as (delivery_id bigint, fence bigint))
        with ordinality r(delivery_id, fence, place)
      join public.deliveries d on d.id = r.delivery_id
      where r.delivery_id <> all (v_busy)
      -- With its state the planner may take the index of all that is in flight.
      order by d.id offset 0
      for update of d
    ) x
    where x.is_current
  ) l
  where l.time = 1;

  v_applied := public.apply_results(p_results, v_places);

  with results as materialized (
    select r.*, o.*, d.destination_id, e.provider, e.event_type, e.organisation_id, t.kind,
      coalesce(f.applied -> 'changes', '[]') as applied_changes,
      case
        when o.is_delivered then 'delivered'
        when o.wait_ms is null or d.tries >= coalesce(public.replay_max_attempts(y), t.max_attempts) then 'dead'
        when public.takes_deliveries(t) then 'retrying'
        else 'held'
      end::public.delivery_status as status
    from rows from (jsonb_to_recordset(p_results) as (
      delivery_id bigint, fence bigint, delivered boolean, duration_ms integer, retry_in_ms bigint,
      http_status integer, error_class public.error_class, error text, response_headers jsonb, response_body text,
      response_truncated boolean, throttle_ms bigint
    )) with ordinality r(
      delivery_id, fence, delivered, duration_ms, retry_in_ms, http_status, given_class, given_error,
      response_headers, response_body, response_truncated, throttle_ms, place
    )
    join public.deliveries d on d.id = r.delivery_id
    join public.destinations t on t.id = d.destination_id
    join public.events e on e.id = d.event_id
    left join public.replays y on y.id = d.replay_id and d.lane = 'replay'
    cross join lateral (select v_applied -> r.delivery_id::text as applied offset 0) f
    -- What could not be applied failed, whatever was reported.
    cross join lateral (
      select r.delivered and not coalesce(f.applied ? 'error', false) as is_delivered,
        case when f.applied ? 'error' then (f.applied ->> 'retry_in_ms')::bigint else r.retry_in_ms end as wait_ms,
        case
          when f.applied ? 'error' then (f.applied ->> 'error_class')::public.error_class
          when not r.delivered then r.given_class
        end as error_class,
        case when f.applied ? 'error' then f.applied ->> 'error' when not r.delivered then r.given_error end as error
      offset 0
    ) o
    where r.place = any (v_places)
  ),
  closed as (
    update public.attempts a set
      status = case when r.is_delivered then 'succeeded' else 'failed' end::public.attempt_status,
      finished_at = public.now_(),
      duration_ms = r.duration_ms,
      http_status = r.http_status,
      error_class = r.error_class,
      error = r.error,
      response_headers = r.response_headers,
      response_body = decode(r.response_body, 'base64'),
      response_truncated = coalesce(r.response_truncated, false),
      retry_at = case
        when r.status in ('retrying', 'held') then public.now_() + r.wait_ms * interval '1 millisecond'
      end,
      changes = r.applied_changes
    from results r
    where a.delivery_id = r.delivery_id and a.fence = r.fence and a.status = 'open'
  ),
  moved as (
    update public.deliveries d set
      status = r.status,
      lease_until = null,
      finished_at = case when r.status in ('delivered', 'dead') then public.now_() end,
      due_at = case
        when r.status in ('retrying', 'held') then public.now_() + r.wait_ms * interval '1 millisecond'
        else d.due_at
      end,
      last_error_class = r.error_class,
      last_error = r.error,
      last_http_status = r.http_status
    from results r
    where d.id = r.delivery_id
  )
  select array_agg(r.delivery_id),
    jsonb_agg(jsonb_build_object(
      'delivery_id', r.delivery_id, 'recorded', true, 'status', r.status, 'error_class', r.error_class,
      'error', r.error
    )),
    jsonb_agg(jsonb_build_object(
      'organisation_id', r.organisation_id, 'provider', r.provider, 'event_type', r.event_type, 'count', 1,
      'duration_ms', r.duration_ms, 'kind', r.kind, 'error_class', r.error_class,
      'outcome', case when r.status in ('retrying', 'held') then 'failed' else r.status::text end
    )),
    jsonb_agg(jsonb_build_object(
      'destination_id', r.destination_id, 'delivery_id', r.delivery_id, 'delivered', r.is_delivered,
      'duration_ms', r.duration_ms, 'http_status', r.http_status, 'throttle_ms', r.throttle_ms,
      'error_class', r.error_class, 'error', r.error
    ))
  into v_recorded, v_answers, v_counts, v_health
  from results r;

  if v_recorded is not null then
    perform public.settle_deliveries(v_recorded);
    perform public.add_statistics(v_counts);
    perform public.count_attempts(v_counts);
    perform public.note_health(v_health);
  end if;
  return (
    select coalesce(jsonb_agg(x.answer order by x.answer -> 'delivery_id'), '[]')
    from (
      select a as answer from jsonb_array_elements(v_answers) a
      union all
      select jsonb_build_object('delivery_id', r.delivery_id, 'recorded', false)
        || case when r.delivery_id = any (v_busy) then '{"busy": true}'::jsonb else '{}' end
      from rows from (jsonb_to_recordset(p_results) as (delivery_id bigint)) with ordinality r(delivery_id, place)
      where r.place = any (v_places) is not true
    ) x
  );
end
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
    counted = case
      when jsonb_array_length(p_page -> 'counts') > 0 then public.counted_with(x, p_page -> 'counts') else x.counted
    end,
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

CREATE OR REPLACE FUNCTION public.recover_incident (
  p_id         bigint,
  p_recovery   jsonb,
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
  i public.incidents;
  v_verifies boolean := p_recovery ->> 'mode' = 'verify';
  v_goes_on boolean;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif public.is_incident_closed(i) then
    return jsonb_build_object('result', 'closed');
  elsif public.is_recovery_active(i) and v_verifies and exists (
    select from public.incident_steps s where s.incident_id = p_id and s.status = 'waiting'
  ) then
    -- What waits for something that may never come can be left.
    update public.incident_steps s set
      status = 'failed', reason = 'It waited, and a verification was asked for instead.', ended_at = public.now_()
    where s.incident_id = p_id and s.status = 'waiting';
    v_goes_on := false;
  elsif public.is_recovery_active(i) then
    -- One that was to stop at its preview goes on to its end.
    if v_verifies or p_recovery ->> 'until' <> 'end' or i.recovery ->> 'until' = 'end'
      or i.recovery ->> 'mode' = 'verify'
    then
      return jsonb_build_object('result', 'under_way');
    end if;
    v_goes_on := true;
  else
    v_goes_on := not v_verifies and p_recovery ->> 'until' = 'end' and exists (
      select from public.incident_steps s
      where s.incident_id = p_id and s.step = 'preview' and s.status in ('waiting', 'done')
    ) and exists (
      select from public.incident_steps s
      where s.incident_id = p_id and s.step = 'canary' and s.status = 'pending'
    );
  end if;

  if v_goes_on then
    update public.incident_steps s set status = 'done', reason = null, ended_at = coalesce(s.ended_at, public.now_())
    where s.incident_id = p_id and s.step = 'preview' and s.status = 'waiting';
  else
    update public.incident_steps s set
      status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
    where s.incident_id = p_id and (not v_verifies or s.step >= 'verify');
  end if;
  update public.incidents x set
    recovery = (case when v_goes_on then x.recovery else jsonb_build_object(
      'round', 1, 'first_stage', 1 + (
        select coalesce(max(t.number), 0) from public.incident_stages t where t.incident_id = p_id
      )
    ) end) || p_recovery || jsonb_build_object(
      'active', true, 'actor', p_actor, 'actor_id', p_actor_id, 'request_id', p_request_id,
      'fence', coalesce((x.recovery ->> 'fence')::bigint, 0)
    ),
    state = case when v_verifies then 'verifying' else 'recovering' end::public.incident_state,
    recovering_at = case when v_verifies then x.recovering_at else coalesce(x.recovering_at, public.now_()) end,
    verifying_at = case when v_verifies then public.now_() end,
    verified_at = null, due_at = public.now_()
  where x.id = p_id;
  perform public.write_incident_log(
    p_id, 'step', case
      when v_verifies then 'Verification started.'
      when v_goes_on then 'The recovery goes on: ' || (p_recovery ->> 'reason')
      else 'Recovery started: ' || (p_recovery ->> 'reason')
    end, p_recovery - 'mode', p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    case when v_verifies then 'incident.verify' else 'incident.recover' end, 'in_' || p_id,
    jsonb_strip_nulls(jsonb_build_object('reason', p_recovery ->> 'reason', 'until', p_recovery ->> 'until')), p_actor,
    p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'started');
end
$function$;

REVOKE ALL ON FUNCTION "public"."recover_incident"(bigint, jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redact_attempt()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_event_type text;
begin
  -- Most installations have none.
  if not exists (select from public.privacy_requests) then
    return new;
  end if;
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
  -- That it was affected stays, and so does who accepted it.
  update public.incident_items i set
    customer_id = null, reason = case when i.reason is not null then 'Removed by a privacy request.' end
  where i.event_id = any (v_events) and (i.customer_id is not null or i.reason is not null);

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

CREATE OR REPLACE FUNCTION public.refuse_change_of_log()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if tg_op <> 'TRUNCATE' or exists (select from public.incident_log) then
    raise exception 'The log of an incident is only added to.';
  end if;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."refuse_change_of_log"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.refuse_lost_items()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if tg_op <> 'TRUNCATE' or exists (select from public.incident_items) then
    raise exception 'What an incident is about is not deleted.';
  end if;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."refuse_lost_items"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.refuse_proved_items()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if new.state = 'verified' or new.accepted_at is not null then
    raise exception 'A new item of an incident is neither verified nor accepted.';
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."refuse_proved_items"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.refuse_renamed_items()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if (old.incident_id, old.position, old.provider, old.identity)
    is distinct from (new.incident_id, new.position, new.provider, new.identity)
  then
    raise exception 'What an incident is about does not become something else.';
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."refuse_renamed_items"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.release_incident (
  p_id     bigint,
  p_fence  bigint,
  p_due_ms integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.incidents i set lease_until = null, due_at = public.now_() + p_due_ms * interval '1 millisecond'
  where i.id = p_id and (i.recovery ->> 'fence')::bigint = p_fence;
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."release_incident"(bigint, bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.renew_incident (
  p_id            bigint,
  p_fence         bigint,
  p_lease_seconds integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.incidents i set lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
  where i.id = p_id and (i.recovery ->> 'fence')::bigint = p_fence and public.is_recovery_active(i);
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."renew_incident"(bigint, bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.reopen_events (
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
  v_events bigint[] := array(
    select e.id from public.events e
    where e.id = any (p_event_ids) and e.status = 'resolved' and public.in_scope(p_scope, e.organisation_id)
    order by e.id
  );
  v_reopened bigint[];
begin
  -- In the order of resolve_events: deliveries first, then their events.
  perform from public.deliveries d
  where d.event_id = any (v_events) and d.status = 'cancelled' order by d.id for update;
  perform from public.events e where e.id = any (v_events) order by e.id for update;
  -- Another call may have been faster.
  v_reopened := array(
    select e.id from public.events e where e.id = any (v_events) and e.status = 'resolved' order by e.id
  );

  -- Of the cancelled ones, those that resolving cancelled: in the transaction that marked the event.
  update public.deliveries d set
    status = 'dead', last_error = coalesce(d.last_error, 'The event was resolved before it was delivered.')
  from public.events e
  where d.event_id = any (v_reopened) and d.status = 'cancelled' and e.id = d.event_id
    and d.finished_at = e.processed_at;
  perform public.roll_up_events(v_reopened);

  perform public.record_staff_action(
    'event.reopen', 'we_' || e, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  )
  from unnest(v_reopened) e;
  return cardinality(v_reopened);
end
$function$;

REVOKE ALL ON FUNCTION "public"."reopen_events"(bigint[], text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.reopen_incident (
  p_id         bigint,
  p_reason     text,
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
  i public.incidents;
begin
  select * into i from public.incidents x where x.id = p_id and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif not public.is_incident_closed(i) then
    return jsonb_build_object('result', 'not_closed');
  end if;
  update public.incidents x set
    state = 'reopened', reopened_at = public.now_(), closed_at = null, closed_by = null, verified_at = null
  where x.id = p_id;
  update public.incident_steps s set status = 'pending', found = '{}', reason = null, started_at = null, ended_at = null
  where s.incident_id = p_id;
  perform public.write_incident_log(
    p_id, 'reopened', 'Reopened: ' || p_reason, jsonb_build_object('before', i.state), p_actor, p_actor_id, p_request_id
  );
  perform public.record_staff_action(
    'incident.reopen', 'in_' || p_id, jsonb_build_object('reason', p_reason), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'reopened');
end
$function$;

REVOKE ALL ON FUNCTION "public"."reopen_incident"(bigint, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replace_bodies (
  p_from bigint,
  p_to   bigint
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_part record;
  v_empty boolean;
  v_names text[] := '{}';
  v_from bigint;
  v_to bigint;
begin
  for v_part in
    select p.name, p.from_id, p.to_id from public.list_body_partitions() p
    where p.to_id <= public.next_event_id() order by p.from_id nulls first
  loop
    execute format('select not exists (select from public.%I)', v_part.name) into v_empty;
    if coalesce(v_part.from_id, 0) = p_from or v_empty then
      if v_names = '{}' then
        v_from := v_part.from_id;
      end if;
      v_names := v_names || v_part.name;
      v_to := v_part.to_id;
    else
      exit when v_to >= p_to;
      v_names := '{}';
    end if;
  end loop;
  for n in 1 .. cardinality(v_names) loop
    execute format('alter table public.event_bodies detach partition public.%I', v_names[n]);
    execute format('drop table public.%I', v_names[n]);
  end loop;
  perform public.make_bodies(v_from, v_to);
end
$function$;

REVOKE ALL ON FUNCTION "public"."replace_bodies"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_backoff_factor (
  r public.replays
)
  RETURNS numeric
  LANGUAGE sql
  IMMUTABLE
RETURN CASE ((r).options ->> 'retryPolicy'::text) WHEN 'fixed'::text THEN 1 WHEN 'exponential_backoff'::text THEN 2 ELSE NULL::integer END;

REVOKE ALL ON FUNCTION "public"."replay_backoff_factor"(public.replays) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_base_delay_ms (
  r public.replays
)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
RETURN ((((r).options ->> 'retryDelaySeconds'::text))::integer * 1000);

REVOKE ALL ON FUNCTION "public"."replay_base_delay_ms"(public.replays) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_estimate (
  x public.replays
)
  RETURNS interval
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select make_interval(secs => greatest(
    600, (x).total / coalesce((x.options ->> 'ratePerSecond')::double precision, 10)
      + coalesce((x.options ->> 'delayBetweenBatches')::double precision, 0)
      * ceil((x).total / coalesce((x.options ->> 'batchSize')::double precision, 100))
  ));
$function$;

REVOKE ALL ON FUNCTION "public"."replay_estimate"(public.replays) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.replay_max_attempts (
  r public.replays
)
  RETURNS integer
  LANGUAGE sql
  IMMUTABLE
RETURN ((((r).options ->> 'maxRetries'::text))::integer + 1);

REVOKE ALL ON FUNCTION "public"."replay_max_attempts"(public.replays) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.require_logged_growth()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_id bigint;
  v_total integer;
  v_logged integer;
begin
  if tg_table_name = 'incidents' then
    v_id := new.id;
  else
    v_id := new.incident_id;
  end if;
  select i.total into v_total from public.incidents i where i.id = v_id;
  select coalesce(sum((l.details ->> 'added')::integer), 0) into v_logged from public.incident_log l
  where l.incident_id = v_id and l.kind in ('opened', 'grown');
  if v_logged <> v_total then
    raise exception 'Incident % has % items, and its log says that % were added.', v_id, v_total, v_logged;
  end if;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."require_logged_growth"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.require_proof()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_changed record;
  v_wrong integer[];
begin
  for v_changed in
    select n.incident_id, array_agg(n.position) as positions
    from changed n
    join before_change b on b.incident_id = n.incident_id and b.position = n.position
    where n.state = 'verified' and (b.state, b.proof, b.event_id) is distinct from (n.state, n.proof, n.event_id)
    group by n.incident_id
  loop
    select array_agg(n.position order by n.position) into v_wrong
    from jsonb_to_recordset(public.prove_incident_items(v_changed.incident_id, v_changed.positions)) as p(
      position integer, proof jsonb
    )
    join changed n on n.incident_id = v_changed.incident_id and n.position = p.position
    where p.proof is null or p.proof is distinct from n.proof;
    if v_wrong is not null then
      raise exception 'Items % of incident % are not verified: their targets do not show it.', v_wrong[1:10],
        v_changed.incident_id;
    end if;
  end loop;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."require_proof"() FROM PUBLIC, "anon", "authenticated";

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
  select e.id, d.id, 'cancelled',
    public.ordering_key_of(d.ordering, e.object_id, e.event_key, e.organisation_id), public.now_()
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
  where e.id = any (p_events) and (p_all or not exists (select from public.deliveries x where x.event_id = e.id))
  order by e.id, d.id
  on conflict do nothing;
$function$;

CREATE OR REPLACE FUNCTION public.resolve_in_sql (
  p_event_id bigint,
  p_reason   text
)
  RETURNS boolean
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.resolve_events(
    array[p_event_id], p_reason, null, 'Database user ' || session_user, 'sql:' || session_user, null
  ) = 1;
$function$;

REVOKE ALL ON FUNCTION "public"."resolve_in_sql"(bigint, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.resolve_series (
  s public.alert_series
)
  RETURNS text
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  update public.alert_series x set
    state = 'ok', since = public.now_(), bad = 0, well_since = null, alert_id = null
  where x.id = (s).id and x.state = 'firing';
  update public.alerts a set resolved_at = public.now_() where a.id = (s).alert_id and a.resolved_at is null;
  perform public.notify_alert((s).alert_id, 'resolved');
  return 'resolved';
end
$function$;

REVOKE ALL ON FUNCTION "public"."resolve_series"(public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.row_to_write (
  p_place      bigint,
  p_key        jsonb,
  p_row        jsonb,
  p_written    jsonb,
  p_is_new     boolean,
  p_is_updated boolean
)
  RETURNS jsonb
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  if p_written <> '{}' or p_is_new then
    return jsonb_build_object(
      'place', p_place, 'row', p_row, 'is_new', p_is_new, 'is_updated', p_is_updated and not p_is_new,
      'columns', (
        select jsonb_agg(k order by k)
        from jsonb_object_keys(p_written || '{"versions": true}' || case when p_is_new then p_key else '{}' end) k
      )
    );
  end if;
  return null;
end
$function$;

REVOKE ALL ON FUNCTION "public"."row_to_write"(bigint, jsonb, jsonb, jsonb, boolean, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.run_json (
  r       public.reconciliations,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'rc_' || (r).id, 'provider_slug', (r).provider, 'source_id', 'so_' || (r).source_id, 'source_name', (
      select s.name from public.sources s where s.id = (r).source_id and public.in_scope(p_scope, s.organisation_id)
    ),
    'org_id', (r).organisation_id, 'company_id', (r).company_id, 'status', (r).status, 'reason', (r).reason,
    'started_by', (r).started_by, 'dry_run', (r).dry_run, 'from_ts', public.iso((r).from_ts),
    'to_ts', public.iso((r).to_ts), 'types', to_jsonb((r).types),
    'subscribed_types', to_jsonb((r).subscribed_types), 'configuration', case
      when (r).configuration is not null then jsonb_build_object(
        'note', (r).configuration ->> 'note', 'problems', coalesce((
          select jsonb_agg(jsonb_build_object(
            'code', p ->> 'code', 'title', p ->> 'title', 'way_out', p ->> 'wayOut', 'repair', p -> 'repair' ->> 'what'
          ))
          from jsonb_array_elements((r).configuration -> 'problems') p
        ), '[]')
      )
    end,
    'counts', jsonb_build_object(
      'provider', (r).listed + c.listed, 'received', (r).received + c.received, 'missing', f.missing,
      'rejected', f.rejected, 'undelivered', f.undelivered, 'drifted', f.drifted, 'not_subscribed', f.not_subscribed,
      'unrecoverable', f.unrecoverable, 'late', f.late, 'repaired', f.repaired
    ),
    'counts_are', case when (r).status = 'completed' then 'exact' else 'at_least' end,
    'counted', c.by_type,
    'windows', (
      select jsonb_build_object(
        'total', count(*) filter (where w.status <> 'split'), 'done', count(*) filter (where w.status = 'done'),
        'failed', count(*) filter (where w.status = 'failed')
      )
      from public.reconciliation_windows w where w.reconciliation_id = (r).id
    ),
    'requests', (select count(*) from public.api_requests q where q.reconciliation_id = (r).id),
    'back_filling', f.back_filling, 'replay_id', public.started_replay((r).replay_id, p_scope),
    'resent', case when (r).resent is not null then jsonb_build_object(
      'asked', (r).resent -> 'asked', 'asked_at', (r).resent -> 'asked_at',
      'failed_after', (r).resent -> 'failed_after', 'checked_at', (r).resent -> 'checked_at',
      'problem', (r).resent -> 'problem'
    ) end,
    'actor', (r).actor, 'request_id', (r).request_id, 'created_at', public.iso((r).created_at),
    'started_at', public.iso((r).started_at), 'completed_at', public.iso((r).completed_at)
  )
  from public.findings_of((r).id) f, public.counted_of((r).counted) c;
$function$;

CREATE OR REPLACE FUNCTION public.runs_of_incident (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'reconciliation_id', 'rc_' || r.id, 'purpose', n.purpose, 'provider_slug', r.provider,
    'source_id', 'so_' || r.source_id, 'status', r.status, 'reason', r.reason, 'missing', f.missing + f.not_subscribed,
    'drifted', f.drifted
  ) order by r.id), '[]')
  from public.incident_runs n
  join public.reconciliations r on r.id = n.reconciliation_id
  cross join lateral public.findings_of(r.id) f
  where n.incident_id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."runs_of_incident"(bigint) FROM PUBLIC, "anon", "authenticated";

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
    'organisations', to_jsonb(public.find_organisations(p_query, p_limit, p_scope)),
    'alerts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'al_' || a.id, 'summary', a.summary, 'severity', a.severity, 'fired_at', public.iso(a.fired_at),
        'resolved_at', public.iso(a.resolved_at)
      ))
      from public.alerts a
      where a.id = public.number_in(p_query, 'al_') and p_query ~ '^al_' and public.in_scope(p_scope, a.organisation_id)
    ), '[]'),
    'alert_rules', coalesce((
      select jsonb_agg(jsonb_build_object('id', 'ar_' || r.id, 'name', r.name, 'enabled', r.enabled))
      from public.alert_rules r
      where r.id = public.number_in(p_query, 'ar_') and p_query ~ '^ar_' and r.archived_at is null
        and public.in_scope(p_scope, r.organisation_id)
    ), '[]')
  );
$function$;

CREATE OR REPLACE FUNCTION public.sees_incident (
  p_id    bigint,
  p_scope text[]
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select exists (select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations));
$function$;

REVOKE ALL ON FUNCTION "public"."sees_incident"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
      'e.variant_of is null and e.provider = %L and e.event_key in (
         select k from jsonb_array_elements_text(%L::jsonb) k
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

CREATE OR REPLACE FUNCTION public.sent_message_of (
  n public.notifications
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select f.remote_id
  from public.notifications f
  where (n).kind in ('resolved', 'acknowledged') and f.alert_id = (n).alert_id and f.kind in ('fired', 'repeated')
    and f.channel_id = (n).channel_id and f.status = 'sent' and f.remote_id is not null
  order by f.id desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."sent_message_of"(public.notifications) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.set_rule_channels (
  p_id       bigint,
  p_channels jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  delete from public.alert_rule_channels c where c.rule_id = p_id;

  insert into public.alert_rule_channels (rule_id, channel_id)
  select distinct p_id, c.id::bigint from jsonb_array_elements_text(p_channels) c(id);
$function$;

REVOKE ALL ON FUNCTION "public"."set_rule_channels"(bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.setting (
  r      public.alert_rules,
  p_name text
)
  RETURNS numeric
  LANGUAGE sql
  IMMUTABLE
RETURN (((r).settings ->> p_name))::numeric;

REVOKE ALL ON FUNCTION "public"."setting"(public.alert_rules, text) FROM PUBLIC, "anon", "authenticated";

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
      from (select * from public.deliveries where id = any (p_deliveries) offset 0) d
      -- From the few deliveries to their items, never the other way round: `offset 0` keeps the order.
      cross join lateral (
        select * from public.replay_items o
        where o.delivery_id = d.id and o.replay_id = d.replay_id and o.fed_at is not null and o.outcome is null
        offset 0
      ) m
      join public.destinations t on t.id = d.destination_id
      join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
      where d.status in ('delivered', 'dead')
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

CREATE OR REPLACE FUNCTION public.settle_findings()
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET enable_seqscan TO 'off'
  SET enable_bitmapscan TO 'off'
  SET enable_hashjoin TO 'off'
  SET enable_mergejoin TO 'off'
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_findings bigint[];
  v_settled integer;
begin
  -- First those in question, which are none most of the time. One statement for both was seen to take seconds, and
  -- once 22 s, with 5,000 findings of a young table on a busy machine.
  select array_agg(x.id) into v_findings
  from (
    select f.id from public.findings f where f.state = 'back_filling' order by f.id for update skip locked
  ) x;
  if v_findings is null then
    return 0;
  end if;

  with s as materialized (
    select x.id, case when i.is_good then 'repaired' when i.is_bad and (r.id is null or i.has_ended) then 'open' end
      ::public.finding_state as state, i.detail
    from public.findings x
    left join public.replays r on r.id = x.replay_id
    cross join lateral (
      select r.id is not null and coalesce(bool_and(coalesce(
          o.outcome in ('changed', 'already_correct', 'superseded', 'delivered')
          or o.skip_reason in ('already_applied', 'superseded'), false
        )), r.completed_at is not null) as is_good,
        r.id is null or coalesce(bool_or(o.outcome = 'failed' or o.outcome = 'skipped'), false) as is_bad,
        r.completed_at is not null as has_ended,
        case when r.id is null then 'The back-fill was discarded.' else coalesce(
          max(o.detail) filter (where o.outcome = 'failed'), 'The back-fill did not deliver it: '
            || replace(max(o.skip_reason::text) filter (where o.outcome = 'skipped'), '_', ' ') || '.'
        ) end as detail
      from public.replay_items o where o.replay_id = r.id and o.event_id = x.event_id
    ) i
    where x.id = any (v_findings)
  )
  update public.findings f set
    state = s.state, closed_at = case when s.state = 'repaired' then public.now_() end,
    detail = case when s.state = 'open' then left(s.detail, 1000) else f.detail end,
    replay_id = case when s.state = 'open' then null else f.replay_id end, checked_at = public.now_()
  from s
  where f.id = any (v_findings) and f.id = s.id and s.state is not null;
  get diagnostics v_settled = row_count;
  return v_settled;
end
$function$;

CREATE OR REPLACE FUNCTION public.settle_incident_items (
  p_id    bigint,
  p_fence bigint
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  i public.incidents;
  v_settled integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  update public.incident_items y set state = 'recovered', reason = null, changed_at = public.now_()
  where y.incident_id = p_id and y.state in ('affected', 'still_missing') and y.event_id is not null
    -- What its rows lost, only a replay of this round has written again.
    and (y.cause not in ('stale', 'drifted') and not public.delivers_again(i) or exists (
      select from public.replay_items r
      join public.incident_stages s on s.replay_id = r.replay_id and s.incident_id = p_id
      where r.replay_id = y.replay_id and r.event_id = y.event_id and r.outcome is not null
        and s.number >= (i.recovery ->> 'first_stage')::integer
    ))
    and not public.lacks_delivery(y.event_id)
    and not exists (
      select from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      join public.events e on e.id = d.event_id
      where d.event_id = y.event_id and public.counts_for(d, t, e) and d.status <> 'delivered' and not exists (
        select from public.replay_items r
        where r.replay_id = y.replay_id and r.delivery_id = d.id
          and r.skip_reason in ('already_applied', 'superseded')
      )
    );
  get diagnostics v_settled = row_count;
  return v_settled;
end
$function$;

REVOKE ALL ON FUNCTION "public"."settle_incident_items"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.signal (
  r          public.alert_rules,
  p_value    numeric,
  p_is_bad   boolean,
  p_expected numeric,
  p_text     text,
  p_link     text
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'value', round(p_value, 2), 'is_bad', coalesce(p_is_bad, false), 'explain', jsonb_build_object(
      'text', p_text, 'observed', round(p_value, 2), 'expected', round(p_expected, 2),
      'threshold', (r).settings -> 'threshold', 'window_minutes', (r).settings -> 'window_minutes', 'link', p_link
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."signal"(public.alert_rules, numeric, boolean, numeric, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.signal_subject (
  p_kind           public.alert_kind,
  p_destination_id bigint
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select case
    when p_kind in ('slow_endpoint', 'endpoint_down', 'endpoint_disabled') or p_destination_id is not null
      then 'destination'
    when p_kind in ('success_rate', 'dead_letters', 'attempts', 'stalled', 'failures_doubled', 'rejections')
      then 'provider'
    when p_kind in ('missing', 'repairs', 'horizon', 'configuration') then 'watched'
    when p_kind in ('silence', 'drop') then 'arrival'
    when p_kind = 'replay_volume' then 'organisation'
    else 'all'
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."signal_subject"(public.alert_kind, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.silence_answer (
  s        public.alert_series,
  p_due_at timestamp with time zone
)
  RETURNS jsonb
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_is_time boolean := (s).asking_until > public.now_();
  v_lacking integer;
  v_incident bigint;
  r public.reconciliations;
begin
  if (s).asking_until is null then
    return case
      when (s).state <> 'firing' and coalesce((s).evaluated_at < p_due_at, true) then '{"waits": true}' else '{}'
    end;
  elsif (s).asking_run_id is null then
    return case when v_is_time then '{"waits": true}' else '{}' end;
  end if;
  select * into r from public.reconciliations x where x.id = (s).asking_run_id;
  if r.status in ('queued', 'running') and v_is_time then
    return '{"waits": true}';
  end if;
  v_lacking := public.lacking_of(r.id, array[(s).event_type]);
  if v_lacking = 0 and r.status is distinct from 'completed' then
    return jsonb_build_object(
      'severity', 'P3', 'text', 'The provider was asked, and did not answer'
        || coalesce(': ' || left(r.reason, 200), ' within two minutes.')
    );
  elsif v_lacking = 0 then
    return jsonb_build_object(
      'severity', 'P4', 'text', 'It is quiet at the provider: its API lists none that we do not have.'
    );
  end if;
  v_incident := public.incident_of_run(r.id);
  if v_incident is null and v_is_time and (s).state <> 'firing' then
    return '{"waits": true}';
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'severity', 'P1', 'incident_id', v_incident,
    'text', format('The provider lists %s that we do not have.', v_lacking)
  ));
end
$function$;

REVOKE ALL ON FUNCTION "public"."silence_answer"(public.alert_series, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.silence_json (
  x       public.alert_silences,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'sl_' || (x).id, 'rule_id', 'ar_' || (x).rule_id,
    'rule', (select r.name from public.alert_rules r where r.id = (x).rule_id), 'kind', (x).kind,
    'provider_slug', (x).provider, 'event_type', (x).event_type, 'org_id', (x).organisation_id,
    'destination_id', 'ds_' || (x).destination_id,
    'destination', (
      select public.destination_name(t, p_scope) from public.destinations t where t.id = (x).destination_id
    ),
    'begins_at', public.iso((x).begins_at), 'ends_at', public.iso((x).ends_at), 'reason', (x).reason,
    'actor', (x).actor, 'ended_by', (x).ended_by,
    'is_active', (x).begins_at <= public.now_() and (x).ends_at > public.now_()
  );
$function$;

REVOKE ALL ON FUNCTION "public"."silence_json"(public.alert_silences, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.silence_of (
  r   public.alert_rules,
  s   public.alert_series,
  OUT is_known boolean,
  OUT is_silent boolean,
  OUT due_at timestamp with time zone,
  OUT asks boolean,
  OUT observed numeric,
  OUT expected numeric,
  OUT threshold numeric,
  OUT minutes integer,
  OUT text text
)
  RETURNS record
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  AS $function$
declare
  v_of text := coalesce((s).organisation_id, '');
  v_type text := coalesce((s).event_type, '');
  v_least integer := greatest(1, ((r).settings ->> 'at_least')::integer);
  v_last timestamptz := public.last_arrival(v_of, (s).provider, v_type);
  a public.arrival_habits;
begin
  minutes := ((r).settings ->> 'window_minutes')::integer;
  is_silent := false;
  select * into a from public.arrival_habits h
  where h.organisation_id = v_of and h.provider = (s).provider and h.event_type = v_type;
  is_known := minutes is not null or a.provider is not null and v_last is not null;
  asks := minutes is null or v_least = 1;

  if not is_known then
    text := 'less than 14 days of history, or fewer than three events a day. Give the rule a window instead.';
    return;
  elsif public.is_switched_off((s).organisation_id, (s).provider) then
    text := 'its source is switched off.';
    due_at := public.now_() + interval '5 minutes';
    return;
  elsif minutes is not null then
    observed := public.arrivals_between(
      v_of, (s).provider, v_type, public.now_() - make_interval(mins => minutes), public.now_()
    );
    threshold := v_least;
    -- Nothing is missing before the rule was there for so long.
    due_at := greatest(v_last, (r).created_at) + make_interval(mins => minutes);
    is_silent := case when v_least = 1 then public.now_() >= due_at
      else observed < v_least and public.now_() >= (r).created_at + make_interval(mins => minutes) end;
    due_at := case when v_least = 1 then due_at end;
    text := format('%s events in the last %s minutes; there should be at least %s.', observed, minutes, v_least);
  else
    observed := 0;
    expected := public.expected_between(a.rates, v_last, public.now_());
    threshold := a.threshold;
    due_at := greatest(public.expected_by(a.rates, v_last, a.threshold), v_last + interval '5 minutes');
    is_silent := public.now_() >= due_at;
    minutes := floor(extract(epoch from public.now_() - v_last) / 60);
    text := format(
      'nothing has arrived since %s UTC. %s events are usual in that time; %s without one are more than chance.',
      to_char(v_last at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), round(expected, 1), round(threshold, 1)
    );
  end if;
end
$function$;

REVOKE ALL ON FUNCTION "public"."silence_of"(public.alert_rules, public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.silence_threshold (
  p_mean     double precision,
  p_variance double precision
)
  RETURNS double precision
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select greatest(
    ln(g.gaps), k.spread * (power(g.gaps, 1 / k.spread) - 1),
    g.bursts * ln(greatest(g.gaps / g.bursts, exp(1.0::double precision)))
  )
  from (select p_mean * 24 * 30 as gaps, greatest(coalesce(p_variance, 1), 1) as bursts) g
  cross join (select public.arrival_spread(p_mean, p_variance) as spread) k;
$function$;

REVOKE ALL ON FUNCTION "public"."silence_threshold"(double precision, double precision) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.skip_notifications()
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with idle as (
    select n.id, case
      when c.archived_at is not null then 'The channel was deleted.'
      when not c.enabled then 'The channel is off.'
      when u.disabled_at is not null then 'The person is disabled.'
      when a.resolved_at is not null then public.healed_text()
      when a.acknowledged_at is not null then 'It was acknowledged before it was sent again.'
    end as outcome
    from public.notifications n
    left join public.channels c on c.id = n.channel_id
    left join public.staff_users u on u.id = n.staff_id
    left join public.alerts a on a.id = n.alert_id and (
      n.kind in ('fired', 'acknowledged') and a.resolved_at is not null or n.kind = 'repeated'
    )
    where n.status = 'pending' and n.due_at <= public.clock_() and coalesce(n.lease_until <= public.clock_(), true)
    for update of n skip locked
  )
  update public.notifications n set
    status = 'skipped', outcome = i.outcome, ended_at = public.now_(), lease_until = null
  from idle i
  where n.id = i.id and i.outcome is not null;
$function$;

REVOKE ALL ON FUNCTION "public"."skip_notifications"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.stages_of_incident (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'number', s.number, 'replay_id', 'wr_' || r.id, 'status', r.status, 'stopped_because', r.stopped_because,
    'total', r.total, 'succeeded', r.succeeded, 'failed', r.failed, 'skipped', r.skipped
  ) order by s.number), '[]')
  from public.incident_stages s
  join public.replays r on r.id = s.replay_id
  where s.incident_id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."stages_of_incident"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.start_incident_run (
  p_id    bigint,
  p_fence bigint,
  p_step  public.incident_step,
  p_run   jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  i public.incidents;
  v_known bigint;
  v_made jsonb;
  v_run bigint;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return '{"result": "lost"}';
  end if;
  select r.id into v_known
  from public.incident_steps s
  cross join lateral jsonb_array_elements(coalesce(s.found -> 'runs', '[]')) n
  join public.reconciliations r on r.id = (n ->> 'id')::bigint
  where s.incident_id = p_id and s.step = p_step and r.provider = p_run ->> 'provider'
    and r.source_id is not distinct from (p_run ->> 'source_id')::bigint
    and (n ->> 'retry_of')::bigint is not distinct from (p_run ->> 'retry_of')::bigint
  limit 1;
  if v_known is not null then
    return jsonb_build_object('result', 'known', 'id', v_known);
  end if;
  v_made := public.create_reconciliation(
    p_run || '{"started_by": "incident", "dry_run": true}', i.scope, i.recovery ->> 'actor', i.recovery ->> 'actor_id',
    coalesce(i.recovery ->> 'request_id', 'in_' || p_id)
  );
  if v_made ->> 'result' <> 'created' then
    return v_made;
  end if;
  v_run := substr(v_made -> 'reconciliation' ->> 'id', 4)::bigint;
  insert into public.incident_runs (incident_id, reconciliation_id, purpose)
  values (p_id, v_run, case when p_step = 'verify' then 'verify' else 'find' end);
  update public.incident_steps s set found = s.found || jsonb_build_object(
    'runs', coalesce(s.found -> 'runs', '[]') || jsonb_build_array(
      jsonb_build_object('id', v_run, 'retry_of', (p_run ->> 'retry_of')::bigint)
    )
  )
  where s.incident_id = p_id and s.step = p_step;
  perform public.write_incident_log(
    p_id, 'reconciliation', format('%s is asked what should be here (rc_%s).', p_run ->> 'provider', v_run),
    jsonb_build_object('reconciliation_id', 'rc_' || v_run, 'step', p_step), 'Recovery', 'recovery',
    i.recovery ->> 'request_id'
  );
  return jsonb_build_object('result', 'created', 'id', v_run);
end
$function$;

REVOKE ALL ON FUNCTION "public"."start_incident_run"(bigint, bigint, public.incident_step, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.state_of_change (
  p_change    jsonb,
  p_candidate jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
begin
  return p_change -> 'state' || jsonb_build_object(
    'version', p_change -> 'version', 'values', p_candidate,
    -- What the provider says about the order, and then receipt.
    'moment', coalesce(
      left(p_change ->> 'version', -1 - length(p_change #>> '{event,key}')), p_change ->> 'version'
    ),
    'received', coalesce(p_change #>> '{event,received}', p_change ->> 'version')
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."state_of_change"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.store_events (
  p_events            jsonb,
  p_suspected         integer[],
  p_deliver_suspected boolean,
  p_for               bigint    DEFAULT NULL::bigint
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
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
  v_new jsonb;
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

  v_new := case when v_other is null then '{}'::jsonb else public.store_events(v_other, '{}', false) -> 'new' end;

  with seen as (
    select o.n, v.id, v.variant_of,
      coalesce(v.id = (v_new ->> o.n::text)::bigint, false) as is_new
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
    -- Bytes that differ from those of a back-fill were counted as a duplicate.
    where e.id = a.variant_of and not public.is_brought_back(e.origin)
    returning e.id
  )
  select coalesce(array_agg(s.n) filter (where not s.is_new), '{}') into v_again from seen s;
  return v_again;
end
$function$;

CREATE OR REPLACE FUNCTION public.stored_in (
  p_class public.retention_class,
  p_what  text
)
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select sum(case p_what
    when 'rows' then greatest(c.reltuples, 0) else pg_catalog.pg_total_relation_size(c.oid)
  end)::bigint
  from pg_catalog.pg_class c
  where c.oid in (
    select (case p_class
      when 'answers' then 'public.attempts' when 'audit' then 'public.staff_actions' else 'public.events'
    end)::regclass
    where p_class <> 'bodies'
    union all
    select i.inhrelid from pg_catalog.pg_inherits i
    where p_class = 'bodies' and i.inhparent = 'public.event_bodies'::regclass
  );
$function$;

REVOKE ALL ON FUNCTION "public"."stored_in"(public.retention_class, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.subject_in_words (
  s public.alert_series
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select concat_ws(' ', coalesce(
    (select t.name from public.destinations t where t.id = (s).destination_id), (s).provider, 'All providers'
  ), (s).event_type, 'of ' || (s).organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."subject_in_words"(public.alert_series) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.sum_latency (
  p_histograms bigint[]
)
  RETURNS bigint[]
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

REVOKE ALL ON FUNCTION "public"."sum_latency"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.suppression_of (
  a public.alerts
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select coalesce(
    (
      select left(format('Silenced by %s: %s', x.actor, x.reason), 200)
      from public.alert_silences x
      where x.begins_at <= public.now_() and x.ends_at > public.now_()
        and coalesce(x.rule_id = (a).rule_id, true) and coalesce(x.kind = (a).kind, true)
        and (x.provider is null or x.provider = (a).provider)
        and (x.event_type is null or x.event_type = (a).event_type)
        and (x.organisation_id is null or x.organisation_id = (a).organisation_id)
        and (x.destination_id is null or x.destination_id = (a).destination_id)
        and public.in_scope(x.scope, (a).organisation_id)
      order by x.ends_at desc
      limit 1
    ),
    (
      select left(format('Part of al_%s: %s', o.id, o.summary), 200)
      from public.alerts o
      where o.resolved_at is null and o.id <> (a).id and public.explains(o, a)
      order by o.severity, o.id
      limit 1
    )
  );
$function$;

REVOKE ALL ON FUNCTION "public"."suppression_of"(public.alerts) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.take_api_turn (
  p_account     text,
  p_interval_us bigint,
  p_burst       integer,
  p_cost        integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_now timestamptz := public.clock_();
  v_interval interval := p_interval_us * interval '1 microsecond';
  v_turn timestamptz;
begin
  -- Nobody waits for the disk: the row is locked for as long, and a turn that a crash forgets is over after it.
  perform set_config('synchronous_commit', 'off', true);
  insert into public.api_budgets as b (account, next_at)
  values (p_account, v_now - (p_burst - 1) * v_interval + p_cost * v_interval)
  on conflict (account) do update set
    next_at = greatest(b.next_at, public.clock_() - (p_burst - 1) * v_interval) + p_cost * v_interval,
    updated_at = public.clock_()
  returning b.next_at - p_cost * v_interval into v_turn;
  return greatest(0, ceil(extract(epoch from v_turn - public.clock_()) * 1000))::integer;
end
$function$;

CREATE OR REPLACE FUNCTION public.take_retention_turn (
  p_worker  text,
  p_seconds integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
begin
  insert into public.retention_turn as t (worker, until)
  values (p_worker, public.clock_() + make_interval(secs => p_seconds))
  on conflict (id) do update set worker = excluded.worker, until = excluded.until
  where (t.worker = p_worker or t.until < public.clock_()) and t.next_at <= public.clock_();
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."take_retention_turn"(text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.take_runs_to_resend (
  p_providers     text[],
  p_lease_seconds integer
)
  RETURNS jsonb
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
  with taken as (
    update public.reconciliations r set resend_lease_until = public.now_() + make_interval(secs => p_lease_seconds)
    where r.id in (
      select x.id from public.reconciliations x
      where not x.dry_run and x.status in ('completed', 'partial') and x.provider = any (p_providers)
        and x.completed_at > public.now_() - interval '1 day'
        and coalesce(x.resend_lease_until < public.now_(), true)
        and (
          x.resent is null
          or not x.resent ? 'checked_at'
            and (x.resent ->> 'asked_at')::timestamptz < public.now_() - interval '1 minute'
        )
      order by x.id
      limit 5
      for update skip locked
    )
    returning r.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', t.id, 'provider', t.provider, 'source_id', t.source_id, 'from_ts', public.iso(t.from_ts),
    'to_ts', public.iso(t.to_ts), 'resent', t.resent, 'settings', (
      select s.settings from public.sources s where s.id = t.source_id
    )
  ) order by t.id), '[]')
  from taken t;
$function$;

REVOKE ALL ON FUNCTION "public"."take_runs_to_resend"(text[], integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.take_silences_to_ask (
  p_limit integer
)
  RETURNS jsonb
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
  with silent as (
    select s.id, x.last_at
    from public.alert_series s
    join public.alert_rules r on r.id = s.rule_id
    cross join lateral (
      select y.is_silent and y.asks as is_due, greatest(
        public.last_arrival(coalesce(s.organisation_id, ''), s.provider, coalesce(s.event_type, '')),
        public.now_() - interval '24 hours'
      ) as last_at
      from public.silence_of(r, s) y
    ) x
    where r.kind = 'silence' and r.enabled and r.archived_at is null and s.state <> 'firing'
      and (s.evaluate_after <= public.now_() or s.state = 'pending') and s.asking_until is null
      and s.provider is not null and x.is_due
    order by s.id
    limit p_limit
    for update of s skip locked
  ),
  taken as (
    update public.alert_series s set asking_until = public.now_() + interval '2 minutes', asking_run_id = null
    from silent x
    where s.id = x.id
    returning s.*, x.last_at
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'series_id', t.id, 'provider', t.provider, 'event_type', t.event_type, 'from_ts', public.iso(t.last_at),
    'source_ids', (
      select jsonb_agg(o.id order by o.turn, o.id) from (
        select null::bigint as id, 1 as turn where t.organisation_id is null
        union all
        select c.id, 2 from public.sources c
        where c.provider = t.provider and c.enabled and c.archived_at is null
          and (t.organisation_id is null or c.organisation_id = t.organisation_id)
      ) o
    )
  ) order by t.id), '[]')
  from taken t;
$function$;

REVOKE ALL ON FUNCTION "public"."take_silences_to_ask"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.told_alert (
  a public.alerts
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'al_' || (a).id, 'rule', r.name, 'rule_id', 'ar_' || (a).rule_id, 'kind', (a).kind,
    'severity', (a).severity, 'summary', (a).summary, 'explain', (a).explain, 'provider_slug', (a).provider,
    'event_type', (a).event_type, 'org_id', (a).organisation_id, 'destination_id', 'ds_' || (a).destination_id,
    'destination', (select d.name from public.destinations d where d.id = (a).destination_id),
    'fired_at', public.iso((a).fired_at), 'resolved_at', public.iso((a).resolved_at),
    'acknowledged_at', public.iso((a).acknowledged_at), 'acknowledged_by', (a).acknowledged_by,
    'incident_id', 'in_' || (a).incident_id
  )
  from public.alert_rules r where r.id = (a).rule_id;
$function$;

REVOKE ALL ON FUNCTION "public"."told_alert"(public.alerts) FROM PUBLIC, "anon", "authenticated";

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
  -- One statement decides: of two callers, the second finds the time of the probe in the past. By the clock, because
  -- its transaction may have begun before that of the first.
  update public.destination_health h set probe_at = public.now_()
  from public.destinations t
  where h.destination_id = p_id and t.id = p_id and public.takes_deliveries(t)
    and public.in_scope(p_scope, t.organisation_id) and h.disable_because is null and h.breaker = 'open'
    and h.probe_at > public.clock_() and h.throttled_until > public.now_() is not true;
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

CREATE OR REPLACE FUNCTION public.undelivered_since (
  s      public.alert_series,
  p_from timestamp with time zone
)
  RETURNS timestamp WITH time zone
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  with minutes as (
    select x.minute, x.outcome from public.statistics x
    where x.organisation_id = coalesce((s).organisation_id, '') and x.minute >= p_from and x.provider = (s).provider
      and x.event_type = coalesce((s).event_type, x.event_type) and x.outcome in ('received', 'delivered')
  )
  select min(m.minute) from minutes m
  where m.outcome = 'received' and m.minute >= coalesce((
    select max(d.minute) from minutes d where d.outcome = 'delivered'
  ) + interval '1 minute', p_from);
$function$;

REVOKE ALL ON FUNCTION "public"."undelivered_since"(public.alert_series, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.unusual_hours (
  p_organisation text,
  p_from         timestamp with time zone,
  p_until        timestamp with time zone
)
  RETURNS TABLE (
    provider text,
    hour     timestamp with time zone
  )
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select p.provider, g.hour
  from public.incidents i
  cross join lateral (
    select distinct y.provider from public.incident_items y where y.incident_id = i.id
  ) p
  cross join lateral generate_series(
    date_trunc('hour', greatest(i.from_ts, p_from), 'UTC'), least(i.to_ts, p_until) - interval '1 microsecond',
    interval '1 hour'
  ) as g(hour)
  where i.to_ts > p_from and i.from_ts < p_until and i.to_ts - i.from_ts <= interval '7 days'
    and (p_organisation = '' or coalesce(p_organisation = any (i.organisations), true))
  union
  select u.provider, unnest(u.unhealthy)
  from (
    select c.provider, count(*) as hours, array_agg(c.hour) filter (where c.is_unhealthy) as unhealthy
    from (
      select h.provider, h.hour,
        coalesce(sum(h.count::float8) filter (where h.outcome = 'rejected'), 0)
          >= greatest(5, coalesce(sum(h.count::float8) filter (where h.outcome = 'received'), 0))
        or coalesce(sum(h.count::float8) filter (where h.outcome in ('failed', 'dead')), 0)
          > greatest(9, coalesce(sum(h.count::float8) filter (where h.outcome = 'delivered'), 0)) as is_unhealthy
      from public.statistics_hours h
      where h.organisation_id = p_organisation and h.hour >= p_from and h.hour < p_until
        and h.outcome in ('received', 'rejected', 'delivered', 'failed', 'dead')
      group by 1, 2
    ) c
    group by 1
  ) u
  where cardinality(u.unhealthy) <= u.hours / 20.0
  union
  select p.provider, a.hour
  from public.hours_away(p_from, p_until) a
  cross join (
    select distinct h.provider from public.statistics_hours h
    where h.organisation_id = p_organisation and h.hour >= p_from and h.hour < p_until and h.outcome = 'received'
  ) p;
$function$;

REVOKE ALL ON FUNCTION "public"."unusual_hours"(text, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.update_webhook_event()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
begin
  if new.status <> 'processed'
    or to_jsonb(new) - '{status,processedAt}'::text[] is distinct from to_jsonb(old) - '{status,processedAt}'::text[]
  then
    raise exception 'Of a webhook event only the status can be changed, from ''failed'' to ''processed''.'
      using hint = 'Replay it to process it again: POST /api/webhooks/replays, or the button of its page.';
  end if;
  if public.resolve_in_sql(old.id, 'Marked as processed in SQL') then
    return new;
  end if;
  raise exception 'Event % is %, not failed.', old.id, old.status
    using hint = 'Add AND status = ''failed'', as the runbook does.';
end
$function$;

REVOKE ALL ON FUNCTION "public"."update_webhook_event"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.verify_incident_items (
  p_id    bigint,
  p_fence bigint,
  p_runs  bigint[],
  p_after integer,
  p_limit integer
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  i public.incidents;
  v_items integer[];
  v_last integer;
begin
  i := public.lock_incident(p_id, p_fence);
  if i.id is null then
    return null;
  end if;
  v_items := array(
    select y.position from public.incident_items y
    where y.incident_id = p_id and y.position > p_after order by y.position limit p_limit
  );
  v_last := v_items[p_limit];
  with named as (
    select f.provider, f.source_id, f.identity, f.event_key, f.logical_key, f.event_id, f.kind
    from public.findings f where f.reconciliation_id = any (p_runs) and f.closed_at is null
  ),
  judged as (
    select y.position, case when s.lacks is null then p.proof end as proof, s.lacks
    from jsonb_to_recordset(public.prove_incident_items(p_id, v_items)) as p(
      position integer, proof jsonb, lacks text
    )
    join public.incident_items y on y.incident_id = p_id and y.position = p.position
    left join lateral (
      select n.kind from named n
      where n.provider = y.provider and n.source_id is not distinct from y.source_id and (
        n.event_id = y.event_id or y.identity in (n.identity, n.event_key, n.logical_key)
      )
      limit 1
    ) n on true
    cross join lateral (select coalesce(
      nullif(p.lacks, ''), 'The provider''s API still shows it as ' || replace(n.kind::text, '_', ' ') || '.'
    ) as lacks) s
    where y.state <> 'unrecoverable'
  )
  update public.incident_items y set
    state = case when j.lacks is null then 'verified' else 'still_missing' end::public.incident_item_state,
    proof = j.proof, reason = left(j.lacks, 1000), changed_at = public.now_()
  from judged j
  where y.incident_id = p_id and y.position = j.position and (
    (y.state = 'verified') is distinct from (j.lacks is null) or y.state not in ('verified', 'still_missing')
    or y.proof is distinct from j.proof or y.reason is distinct from left(j.lacks, 1000)
  );
  return v_last;
end
$function$;

REVOKE ALL ON FUNCTION "public"."verify_incident_items"(bigint, bigint, bigint[], integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.webhooks_per_day()
  RETURNS bigint
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(greatest(
    sum(s.count) filter (where s.hour > public.now_() - interval '1 day'), ceil(sum(s.count) / 7)
  ), 0)::bigint
  from public.statistics_hours s
  where s.organisation_id = '' and s.hour > public.now_() - interval '7 days'
    and s.outcome in ('received', 'duplicate', 'conflict');
$function$;

REVOKE ALL ON FUNCTION "public"."webhooks_per_day"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.wilson_upper (
  p_well numeric,
  p_all  numeric
)
  RETURNS numeric
  LANGUAGE sql
  IMMUTABLE
RETURN CASE WHEN (p_all > (0)::numeric) THEN
  ((((p_well / p_all) + (1.92 / p_all)) + (1.96 * sqrt(((((p_well / p_all) * ((1)::numeric - (p_well / p_all))) + (0.96 / p_all)) / p_all)))) / ((1)::numeric + (3.84 / p_all)))
  ELSE NULL::numeric END;

REVOKE ALL ON FUNCTION "public"."wilson_upper"(numeric, numeric) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.winning_state (
  p_history jsonb,
  p_state   jsonb
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
    case when s.newest ->> 'moment' = p_state ->> 'moment' then s.newest -> 'undecided' end,
    h.history
  from (
    select jsonb_agg(x.state order by x.state ->> 'moment' collate "C", x.state ->> 'received' collate "C") as history
    from (
      select y.state from (
        select o as state from jsonb_array_elements(p_history) o where o ->> 'version' <> p_state ->> 'version'
        union all
        select p_state
      ) y
      -- The oldest tell nothing any more.
      order by y.state ->> 'moment' collate "C" desc, y.state ->> 'received' collate "C" desc
      limit 12
    ) x
  ) h
  cross join lateral (select public.newest_state(h.history) as newest offset 0) s;
$function$;

REVOKE ALL ON FUNCTION "public"."winning_state"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.write_incident_log (
  p_id         bigint,
  p_kind       public.incident_log_kind,
  p_message    text,
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
  insert into public.incident_log (incident_id, kind, message, details, actor, actor_id, request_id)
  values (p_id, p_kind, left(p_message, 4000), p_details, p_actor, p_actor_id, p_request_id);
$function$;

REVOKE ALL ON FUNCTION "public"."write_incident_log"(bigint, public.incident_log_kind, text, jsonb, text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.write_report (
  p_staff_id uuid,
  p_week     bigint,
  p_content  jsonb
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  insert into public.notifications (staff_id, kind, number, group_key, content)
  values (p_staff_id, 'report', p_week, 'report', p_content)
  on conflict on constraint notifications_each_once do nothing;
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."write_report"(uuid, bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

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
      jsonb_agg(w -> 'row' order by w -> 'place') as rows
    from unnest(p_writes) w
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

ALTER TABLE "public"."alert_rules"
  ADD CONSTRAINT "alert_rules_bad_evaluations_check" CHECK (((bad_evaluations >= 1) AND (bad_evaluations <= 60)));

ALTER TABLE "public"."alert_rules"
  ADD CONSTRAINT "alert_rules_destination_id_fkey" FOREIGN KEY (destination_id) REFERENCES public.destinations(id) ON DELETE CASCADE;

ALTER TABLE "public"."alert_rules"
  ADD CONSTRAINT "alert_rules_hold_seconds_check" CHECK (((hold_seconds >= 0) AND (hold_seconds <= 86400)));

ALTER TABLE "public"."alert_rules"
  ADD CONSTRAINT "alert_rules_name_check" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)));

ALTER TABLE "public"."alert_rule_channels"
  ADD CONSTRAINT "alert_rule_channels_rule_id_fkey" FOREIGN KEY (rule_id) REFERENCES public.alert_rules(id) ON DELETE CASCADE;

ALTER TABLE "public"."alert_rules"
  ADD CONSTRAINT "alert_rules_repeat_seconds_check" CHECK (((repeat_seconds >= 300) AND (repeat_seconds <= 604800)));

ALTER TABLE "public"."alert_series"
  ADD CONSTRAINT "alert_series_check" CHECK (((state = 'firing'::public.alert_state) = (alert_id IS NOT NULL)));

ALTER TABLE "public"."alert_series"
  ADD CONSTRAINT "alert_series_destination_id_fkey" FOREIGN KEY (destination_id) REFERENCES public.destinations(id) ON DELETE CASCADE;

ALTER TABLE "public"."alert_series"
  ADD CONSTRAINT "alert_series_problem_check" CHECK ((char_length(problem) <= 500));

ALTER TABLE "public"."alert_series"
  ADD CONSTRAINT "alert_series_rule_id_fkey" FOREIGN KEY (rule_id) REFERENCES public.alert_rules(id) ON DELETE CASCADE;

ALTER TABLE "public"."alert_silences"
  ADD CONSTRAINT "alert_silences_destination_id_fkey" FOREIGN KEY (destination_id) REFERENCES public.destinations(id) ON DELETE CASCADE;

ALTER TABLE "public"."alert_silences"
  ADD CONSTRAINT "alert_silences_reason_check" CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 1000)));

ALTER TABLE "public"."alert_silences"
  ADD CONSTRAINT "alert_silences_rule_id_fkey" FOREIGN KEY (rule_id) REFERENCES public.alert_rules(id) ON DELETE CASCADE;

ALTER TABLE "public"."alerts"
  ADD CONSTRAINT "alerts_acknowledged_by_name" CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL)));

ALTER TABLE "public"."alerts"
  ADD CONSTRAINT "alerts_note_check" CHECK ((char_length(note) <= 2000));

ALTER TABLE "public"."alerts"
  ADD CONSTRAINT "alerts_rule_id_fkey" FOREIGN KEY (rule_id) REFERENCES public.alert_rules(id) ON DELETE CASCADE;

ALTER TABLE "public"."alerts"
  ADD CONSTRAINT "alerts_series_id_fkey" FOREIGN KEY (series_id) REFERENCES public.alert_series(id) ON DELETE SET NULL;

ALTER TABLE "public"."alerts"
  ADD CONSTRAINT "alerts_summary_check" CHECK (((char_length(summary) >= 1) AND (char_length(summary) <= 500)));

ALTER TABLE "public"."alerts"
  ADD CONSTRAINT "alerts_suppressed_because_check" CHECK ((char_length(suppressed_because) <= 200));

ALTER TABLE "public"."channels"
  ADD CONSTRAINT "channels_name_check" CHECK (((char_length(name) >= 1) AND (char_length(name) <= 120)));

ALTER TABLE "public"."alert_rule_channels"
  ADD CONSTRAINT "alert_rule_channels_channel_id_fkey" FOREIGN KEY (channel_id) REFERENCES public.channels(id) ON DELETE CASCADE;

ALTER TABLE "public"."channels"
  ADD CONSTRAINT "channels_problem_check" CHECK ((char_length(problem) <= 500));

ALTER TABLE "public"."event_bodies"
  ADD CONSTRAINT "event_bodies_check" CHECK ((num_nonnulls(raw_body, dense_body) = 1));

ALTER TABLE "public"."event_bodies"
  ADD CONSTRAINT "event_bodies_pkey" PRIMARY KEY (event_id);

ALTER TABLE "public"."event_bodies" ATTACH PARTITION "public"."event_bodies_first" FOR VALUES FROM (MINVALUE) TO (MAXVALUE);

ALTER TABLE "public"."event_bodies_first"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."event_bodies_first" FROM "anon", "authenticated";

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_accepted_by_name"
    CHECK ((((accepted_by IS NULL) = (accepted_at IS NULL)) AND ((accepted_by IS NULL) OR (state = 'unrecoverable'::public.incident_item_state))));

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_exceptions_with_reason" CHECK (((state <> 'unrecoverable'::public.incident_item_state) OR (reason IS NOT NULL)));

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_finding_id_fkey" FOREIGN KEY (finding_id) REFERENCES public.findings(id) ON DELETE SET NULL;

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_reason_check" CHECK ((char_length(reason) <= 1000));

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE SET NULL;

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE SET NULL;

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_verified_with_proof" CHECK (((state <> 'verified'::public.incident_item_state) OR ((proof IS NOT NULL) AND (event_id IS NOT NULL))));

ALTER TABLE "public"."incident_log"
  ADD CONSTRAINT "incident_log_message_check" CHECK (((char_length(message) >= 1) AND (char_length(message) <= 4000)));

ALTER TABLE "public"."incident_requests"
  ADD CONSTRAINT "incident_requests_check" CHECK ((((is_approved IS NULL) = (decided_at IS NULL)) AND ((decided_by IS NULL) = (decided_at IS NULL))));

ALTER TABLE "public"."incident_requests"
  ADD CONSTRAINT "incident_requests_decision_check" CHECK ((char_length(decision) <= 1000));

ALTER TABLE "public"."incident_requests"
  ADD CONSTRAINT "incident_requests_reason_check" CHECK (((char_length(reason) >= 1) AND (char_length(reason) <= 1000)));

ALTER TABLE "public"."incident_runs"
  ADD CONSTRAINT "incident_runs_reconciliation_id_fkey" FOREIGN KEY (reconciliation_id) REFERENCES public.reconciliations(id) ON DELETE CASCADE;

ALTER TABLE "public"."incident_stages"
  ADD CONSTRAINT "incident_stages_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE CASCADE;

ALTER TABLE "public"."incident_steps"
  ADD CONSTRAINT "incident_steps_pkey" PRIMARY KEY (incident_id, step);

ALTER TABLE "public"."incident_steps"
  ADD CONSTRAINT "incident_steps_reason_check" CHECK ((char_length(reason) <= 1000));

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_check1" CHECK (((state = ANY (ARRAY['closed'::public.incident_state, 'closed_with_exceptions'::public.incident_state])) = (closed_at IS NOT NULL)));

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_check" CHECK ((from_ts < to_ts));

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_close_after_verification"
    CHECK (((state <> ALL (ARRAY['closed'::public.incident_state, 'closed_with_exceptions'::public.incident_state])) OR ((verified_at IS NOT NULL) AND (closed_at >= verified_at))));

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_close_at_zero"
    CHECK
    (((state <> ALL (ARRAY['closed'::public.incident_state, 'closed_with_exceptions'::public.incident_state])) OR ((affected = 0) AND (recovered = 0) AND (still_missing = 0))));

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_counts_add_up" CHECK (((total = ((((affected + recovered) + verified) + still_missing) + unrecoverable)) AND (accepted <= unrecoverable)));

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_exceptions_are_accepted" CHECK (((state <> 'closed'::public.incident_state) OR (unrecoverable = 0)));

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_exceptions_have_names" CHECK (((state <> 'closed_with_exceptions'::public.incident_state) OR ((unrecoverable > 0) AND (accepted = unrecoverable))));

ALTER TABLE "public"."alerts"
  ADD CONSTRAINT "alerts_incident_id_fkey" FOREIGN KEY (incident_id) REFERENCES public.incidents(id) ON DELETE SET NULL;

ALTER TABLE "public"."incident_items"
  ADD CONSTRAINT "incident_items_incident_id_fkey" FOREIGN KEY (incident_id) REFERENCES public.incidents(id);

ALTER TABLE "public"."incident_log"
  ADD CONSTRAINT "incident_log_incident_id_fkey" FOREIGN KEY (incident_id) REFERENCES public.incidents(id);

ALTER TABLE "public"."incident_requests"
  ADD CONSTRAINT "incident_requests_incident_id_fkey" FOREIGN KEY (incident_id) REFERENCES public.incidents(id);

ALTER TABLE "public"."incident_runs"
  ADD CONSTRAINT "incident_runs_incident_id_fkey" FOREIGN KEY (incident_id) REFERENCES public.incidents(id);

ALTER TABLE "public"."incident_stages"
  ADD CONSTRAINT "incident_stages_incident_id_fkey" FOREIGN KEY (incident_id) REFERENCES public.incidents(id);

ALTER TABLE "public"."incident_steps"
  ADD CONSTRAINT "incident_steps_incident_id_fkey" FOREIGN KEY (incident_id) REFERENCES public.incidents(id);

ALTER TABLE "public"."notification_preferences"
  ADD CONSTRAINT "notification_preferences_staff_id_fkey" FOREIGN KEY (staff_id) REFERENCES public.staff_users(id) ON DELETE CASCADE;

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_alert_id_fkey" FOREIGN KEY (alert_id) REFERENCES public.alerts(id) ON DELETE CASCADE;

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_channel_id_fkey" FOREIGN KEY (channel_id) REFERENCES public.channels(id) ON DELETE CASCADE;

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_check" CHECK (((status = 'pending'::public.notification_status) = (ended_at IS NULL)));

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_each_once" UNIQUE NULLS NOT DISTINCT (channel_id, staff_id, kind, alert_id, replay_id, number);

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_outcome_check" CHECK ((char_length(outcome) <= 500));

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_remote_id_check" CHECK ((char_length(remote_id) <= 200));

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE CASCADE;

ALTER TABLE "public"."notifications"
  ADD CONSTRAINT "notifications_staff_id_fkey" FOREIGN KEY (staff_id) REFERENCES public.staff_users(id) ON DELETE CASCADE;

ALTER TABLE "public"."retention"
  ADD CONSTRAINT "retention_check1" CHECK (((class <> 'audit'::public.retention_class) OR (days >= 90)));

ALTER TABLE "public"."retention"
  ADD CONSTRAINT "retention_check" CHECK (((organisation_id IS NULL) OR (class = 'bodies'::public.retention_class)));

ALTER TABLE "public"."retention"
  ADD CONSTRAINT "retention_days_check" CHECK (((days >= 1) AND (days <= 36500)));

ALTER TABLE "public"."retention"
  ADD CONSTRAINT "retention_one_per_class_and_organisation" UNIQUE NULLS NOT DISTINCT (class, organisation_id);

ALTER TABLE "public"."statistics"
  ADD CONSTRAINT "statistics_outcome_check"
    CHECK
    ((outcome = ANY (ARRAY['received'::text, 'duplicate'::text, 'conflict'::text, 'rejected'::text, 'delivered'::text, 'failed'::text, 'dead'::text, 'succeeded'::text,
    'lost'::text, 'applied'::text])));

ALTER TABLE "public"."statistics_hours"
  ADD CONSTRAINT "statistics_hours_outcome_check"
    CHECK
    ((outcome = ANY (ARRAY['received'::text, 'duplicate'::text, 'conflict'::text, 'rejected'::text, 'delivered'::text, 'failed'::text, 'dead'::text, 'succeeded'::text,
    'lost'::text, 'applied'::text])));

CREATE VIEW "public"."EventProcessingState" AS  SELECT e.id,
    e.event_key AS "eventId",
    e.event_type AS topic,
    e.organisation_id AS shop,
    w.status,
    e.duplicate_count AS duplicates,
    e.received_at AS "receivedAt",
    e.processed_at AS "processedAt"
   FROM (public.events e
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN (e.status = 'dead'::public.event_status) THEN 'failed'::text
                    WHEN (e.status = ANY (ARRAY['replayed'::public.event_status, 'resolved'::public.event_status])) THEN 'processed'::text
                    ELSE (e.status)::text
                END AS status) w)
  WHERE (e.provider = 'shopify'::text);

REVOKE ALL ON TABLE "public"."EventProcessingState" FROM "anon", "authenticated";

CREATE VIEW "public"."WebhookEvent" AS  SELECT e.id,
    e.provider,
    e.event_key AS "eventId",
    e.event_type AS type,
    s.word AS status,
    e.last_error AS error,
    public.payload_of(e.*) AS payload,
    e.received_at AS "receivedAt",
    e.processed_at AS "processedAt"
   FROM (( VALUES ('received'::text,'received'::text), ('processing'::text,'processing'::text), ('processed'::text,'processed'::text), ('failed'::text,'failed'::text), ('dead'::text,'failed'::text), ('replayed'::text,'processed'::text), ('resolved'::text,'processed'::text), ('ignored'::text,'ignored'::text)) s(status, word)
     JOIN public.events e ON ((e.status = (s.status)::public.event_status)));

REVOKE ALL ON TABLE "public"."WebhookEvent" FROM "anon", "authenticated";

CREATE VIEW "public"."dashboard_facts" AS  SELECT d.id,
    f.fact_type,
        CASE f.fact_type
            WHEN 'support.webhook.retry'::text THEN jsonb_build_object('attempts', d.attempt_count, 'success', (d.status = 'delivered'::public.delivery_status), 'durationMs', ( SELECT a.duration_ms
               FROM public.attempts a
              WHERE ((a.delivery_id = d.id) AND (a.number = d.attempt_count))), 'finalStatus', COALESCE(to_jsonb(d.last_http_status), to_jsonb((d.last_error_class)::text)))
            ELSE jsonb_build_object('payload', ( SELECT public.payload_for_reader(e.*) AS payload_for_reader
               FROM public.events e
              WHERE (e.id = d.event_id)), 'attempts', d.attempt_count, 'lastError', d.last_error)
        END AS value,
    jsonb_build_object('timestamp', d.finished_at, 'event_id', ('we_'::text || d.event_id), 'destination_id', ('ds_'::text || d.destination_id)) AS metadata,
    d.finished_at AS recorded_at
   FROM (public.deliveries d
     CROSS JOIN LATERAL ( SELECT 'support.webhook.retry'::text AS fact_type
        UNION ALL
         SELECT 'support.webhook.dead_letter'::text AS fact_type
           FROM public.events e
          WHERE ((d.status = 'dead'::public.delivery_status) AND (e.id = d.event_id) AND (e.status = 'dead'::public.event_status))) f)
  WHERE ((d.status = ANY (ARRAY['delivered'::public.delivery_status, 'dead'::public.delivery_status])) AND (d.destination_id = ANY (ARRAY( SELECT t.id
           FROM public.destinations t
          WHERE (t.kind = 'http'::public.destination_kind)))) AND (( SELECT e.provider
           FROM public.events e
          WHERE (e.id = d.event_id)) = 'chatwoot'::text));

REVOKE ALL ON TABLE "public"."dashboard_facts" FROM "anon", "authenticated";

CREATE VIEW "public"."failed_webhooks" AS  SELECT e.id,
    e.provider,
    e.event_type,
    e.event_key AS event_id,
    public.payload_of(e.*) AS webhook_data,
    d.last_error AS error_message,
    d.attempt_count AS attempts,
    d.finished_at AS failed_at
   FROM (public.deliveries d
     JOIN public.events e ON (((e.id = d.event_id) AND (e.status = 'dead'::public.event_status))))
  WHERE ((d.status = 'dead'::public.delivery_status) AND (NOT (EXISTS ( SELECT
           FROM public.deliveries x
          WHERE ((x.event_id = d.event_id) AND (x.status = 'dead'::public.delivery_status) AND (ROW(x.finished_at, x.id) > ROW(d.finished_at, d.id)))))));

REVOKE ALL ON TABLE "public"."failed_webhooks" FROM "anon", "authenticated";

CREATE VIEW "public"."webhook_logs" AS  SELECT id,
    ( SELECT e.provider
           FROM public.events e
          WHERE (e.id = d.event_id)) AS provider,
    ( SELECT e.event_type
           FROM public.events e
          WHERE (e.id = d.event_id)) AS event_type,
    ( SELECT e.event_key
           FROM public.events e
          WHERE (e.id = d.event_id)) AS event_id,
        CASE status
            WHEN 'delivered'::public.delivery_status THEN 'success'::text
            ELSE 'failure'::text
        END AS status,
        CASE status
            WHEN 'dead'::public.delivery_status THEN last_error
            ELSE NULL::text
        END AS error_message,
    finished_at AS processed_at
   FROM public.deliveries d
  WHERE (status = ANY (ARRAY['delivered'::public.delivery_status, 'dead'::public.delivery_status]));

REVOKE ALL ON TABLE "public"."webhook_logs" FROM "anon", "authenticated";

CREATE INDEX alert_rule_channels_of_channel ON public.alert_rule_channels USING btree (channel_id);

CREATE INDEX alert_rules_of_destination ON public.alert_rules USING btree (destination_id)
  WHERE (destination_id IS NOT NULL);

CREATE INDEX alert_series_of_destination ON public.alert_series USING btree (destination_id)
  WHERE (destination_id IS NOT NULL);

CREATE INDEX alert_silences_by_end ON public.alert_silences USING btree (ends_at);

CREATE INDEX alert_silences_of_destination ON public.alert_silences USING btree (destination_id)
  WHERE (destination_id IS NOT NULL);

CREATE INDEX alert_silences_of_rule ON public.alert_silences USING btree (rule_id)
  WHERE (rule_id IS NOT NULL);

CREATE INDEX alerts_of_incident ON public.alerts USING btree (incident_id)
  WHERE (incident_id IS NOT NULL);

CREATE INDEX alerts_of_series ON public.alerts USING btree (series_id);

CREATE UNIQUE INDEX alerts_one_open_per_series ON public.alerts USING btree (series_id)
  WHERE (resolved_at IS NULL);

CREATE INDEX api_requests_of_window ON public.api_requests USING btree (window_id)
  WHERE (window_id IS NOT NULL);

CREATE INDEX deliveries_ended ON public.deliveries USING btree (finished_at DESC, id DESC)
  WHERE (status = ANY (ARRAY['delivered'::public.delivery_status, 'dead'::public.delivery_status]));

CREATE INDEX event_assignees_of_person ON public.event_assignees USING btree (assignee_id, event_id);

CREATE INDEX event_notes_of_event ON public.event_notes USING btree (event_id, id);

CREATE INDEX findings_back_filling ON public.findings USING btree (id)
  WHERE (state = 'back_filling'::public.finding_state);

CREATE INDEX findings_of_rejection ON public.findings USING btree (rejection_id)
  WHERE (rejection_id IS NOT NULL);

CREATE INDEX findings_of_replay ON public.findings USING btree (replay_id)
  WHERE (replay_id IS NOT NULL);

CREATE INDEX forgettings_of_id ON public.forgettings USING btree (class, last_id, first_id);

CREATE INDEX incident_items_by_state ON public.incident_items USING btree (incident_id, state, "position");

CREATE INDEX incident_items_of_event ON public.incident_items USING btree (event_id)
  WHERE (event_id IS NOT NULL);

CREATE INDEX incident_items_of_finding ON public.incident_items USING btree (finding_id)
  WHERE (finding_id IS NOT NULL);

CREATE INDEX incident_items_of_replay ON public.incident_items USING btree (replay_id)
  WHERE (replay_id IS NOT NULL);

CREATE INDEX incident_log_of_incident ON public.incident_log USING btree (incident_id, id);

CREATE INDEX incident_requests_of_incident ON public.incident_requests USING btree (incident_id, id);

CREATE INDEX incident_requests_undecided ON public.incident_requests USING btree (id)
  WHERE (decided_at IS NULL);

CREATE INDEX incident_runs_of_run ON public.incident_runs USING btree (reconciliation_id);

CREATE INDEX incident_stages_of_replay ON public.incident_stages USING btree (replay_id);

CREATE INDEX notifications_by_age ON public.notifications USING btree (ended_at)
  WHERE (ended_at IS NOT NULL);

CREATE INDEX notifications_of_alert ON public.notifications USING btree (alert_id, id);

CREATE INDEX notifications_of_channel ON public.notifications USING btree (channel_id, id DESC);

CREATE INDEX notifications_of_person ON public.notifications USING btree (staff_id, id DESC);

CREATE INDEX notifications_of_replay ON public.notifications USING btree (replay_id)
  WHERE (replay_id IS NOT NULL);

CREATE INDEX reconciliations_by_age ON public.reconciliations USING btree (completed_at)
  WHERE (completed_at IS NOT NULL);

CREATE INDEX reconciliations_of_replay ON public.reconciliations USING btree (replay_id)
  WHERE (replay_id IS NOT NULL);

CREATE TRIGGER update_webhook_event
  INSTEAD OF UPDATE ON public."WebhookEvent"
  FOR EACH ROW
  EXECUTE FUNCTION public.update_webhook_event();

CREATE TRIGGER delete_failed_webhook
  INSTEAD OF DELETE ON public.failed_webhooks
  FOR EACH ROW
  EXECUTE FUNCTION public.delete_failed_webhook();

CREATE TRIGGER count_incident_items
  AFTER INSERT ON public.incident_items REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.count_incident_items();

CREATE TRIGGER recount_incident_items
  AFTER UPDATE ON public.incident_items REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.count_incident_items();

CREATE TRIGGER refuse_deleted_items
  BEFORE DELETE ON public.incident_items
  FOR EACH ROW
  EXECUTE FUNCTION public.refuse_lost_items();

CREATE TRIGGER refuse_proved_items
  BEFORE INSERT ON public.incident_items
  FOR EACH ROW
  EXECUTE FUNCTION public.refuse_proved_items();

CREATE TRIGGER refuse_renamed_items
  BEFORE UPDATE ON public.incident_items
  FOR EACH ROW
  EXECUTE FUNCTION public.refuse_renamed_items();

CREATE TRIGGER refuse_truncated_items
  BEFORE TRUNCATE ON public.incident_items
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.refuse_lost_items();

CREATE TRIGGER require_proof
  AFTER UPDATE ON public.incident_items REFERENCING OLD TABLE AS before_change NEW TABLE AS changed
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.require_proof();

CREATE CONSTRAINT TRIGGER log_as_items
  AFTER INSERT ON public.incident_log DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW
  EXECUTE FUNCTION public.require_logged_growth();

CREATE TRIGGER refuse_change_of_log
  BEFORE DELETE OR UPDATE ON public.incident_log
  FOR EACH ROW
  EXECUTE FUNCTION public.refuse_change_of_log();

CREATE TRIGGER refuse_truncated_log
  BEFORE TRUNCATE ON public.incident_log
  FOR EACH STATEMENT
  EXECUTE FUNCTION public.refuse_change_of_log();

CREATE TRIGGER guard_closed_incident
  BEFORE UPDATE ON public.incidents
  FOR EACH ROW
  EXECUTE FUNCTION public.guard_closed_incident();

CREATE TRIGGER guard_incident
  BEFORE UPDATE ON public.incidents
  FOR EACH ROW
  EXECUTE FUNCTION public.guard_incident();

CREATE TRIGGER guard_new_incident
  BEFORE INSERT ON public.incidents
  FOR EACH ROW
  EXECUTE FUNCTION public.guard_incident();

CREATE CONSTRAINT TRIGGER items_as_logged
  AFTER INSERT OR UPDATE ON public.incidents DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW
  EXECUTE FUNCTION public.require_logged_growth();

CREATE TRIGGER count_notification
  AFTER UPDATE ON public.notifications
  FOR EACH ROW
  WHEN (((old.status = 'pending'::public.notification_status) AND (new.status <> 'pending'::public.notification_status)))
  EXECUTE FUNCTION public.count_notification();

REVOKE ALL ON FUNCTION "public"."accept_incident_items"(bigint, integer[], text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."accept_incident_items"(bigint, integer[], text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."acknowledge_alert"(bigint, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."acknowledge_alert"(bigint, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."add_counters"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_counters"(jsonb) TO "service_role";

REVOKE ALL ON FUNCTION "public"."add_expected_series"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_expected_series"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."add_first_rules"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_first_rules"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."add_incident_events"(bigint, bigint[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_incident_events"(bigint, bigint[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."add_incident_findings"(bigint, bigint, bigint[], integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_incident_findings"(bigint, bigint, bigint[], integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."add_incident_findings_of"(bigint, bigint[], text[], integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_incident_findings_of"(bigint, bigint[], text[], integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."add_latency"(bigint[], bigint[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."add_latency"(bigint[], bigint[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."alert_json"(public.alerts, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."alert_json"(public.alerts, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."alert_rule_json"(public.alert_rules, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."alert_rule_json"(public.alert_rules, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."alert_rule_problem"(jsonb, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."alert_rule_problem"(jsonb, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."applied_bounds"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."applied_bounds"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."apply_in_place"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."apply_in_place"(jsonb) TO "service_role";

REVOKE ALL ON FUNCTION "public"."apply_results"(jsonb, bigint[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."apply_results"(jsonb, bigint[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."archive_channel"(bigint, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."archive_channel"(bigint, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."arrival_spread"(double precision, double precision) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."arrival_spread"(double precision, double precision) TO "service_role";

REVOKE ALL ON FUNCTION "public"."arrivals_between"(text, text, text, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."arrivals_between"(text, text, text, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

REVOKE ALL ON FUNCTION "public"."arrivals_in_hour"(text, text, text, timestamp WITH time zone, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."arrivals_in_hour"(text, text, text, timestamp WITH time zone, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."ask_incident_request"(bigint, public.incident_request_action, jsonb, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."ask_incident_request"(bigint, public.incident_request_action, jsonb, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."assign_alert"(bigint, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."assign_alert"(bigint, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."assign_event"(bigint, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."assign_event"(bigint, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."attach_bodies"(text, bigint, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."attach_bodies"(text, bigint, bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."attempt_for_export"(public.attempts) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."attempt_for_export"(public.attempts) TO "service_role";

REVOKE ALL ON FUNCTION "public"."back_fill"(bigint, jsonb, boolean, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."back_fill"(bigint, jsonb, boolean, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."back_test"(jsonb, integer, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."back_test"(jsonb, integer, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."back_test_unit"(public.alert_rules) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."back_test_unit"(public.alert_rules) TO "service_role";

REVOKE ALL ON FUNCTION "public"."bad_past"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."bad_past"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

REVOKE ALL ON FUNCTION "public"."bad_spans"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."bad_spans"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

REVOKE ALL ON FUNCTION "public"."begin_channel_test"(bigint, integer, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."begin_channel_test"(bigint, integer, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."begin_incident_round"(bigint, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."begin_incident_round"(bigint, bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."body_forgotten"(bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."body_forgotten"(bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."body_partitions_ahead"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."body_partitions_ahead"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."catch_up_alerts"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."catch_up_alerts"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."cause_of_event"(bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."cause_of_event"(bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."change_alert_rule"(bigint, integer, jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."change_alert_rule"(bigint, integer, jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."change_channel"(bigint, integer, jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."change_channel"(bigint, integer, jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."change_incident"(bigint, jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."change_incident"(bigint, jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."change_notification_preferences"(uuid, jsonb, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."change_notification_preferences"(uuid, jsonb, text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."change_retention"(public.retention_class, text, integer, boolean, boolean, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."change_retention"(public.retention_class, text, integer, boolean, boolean, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."channel_json"(public.channels) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."channel_json"(public.channels) TO "service_role";

REVOKE ALL ON FUNCTION "public"."claim_incidents"(integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."claim_incidents"(integer, integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."claim_notifications"(integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."claim_notifications"(integer, integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."close_incident"(bigint, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."close_incident"(bigint, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."close_when_done"(bigint, text, text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."close_when_done"(bigint, text, text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_attempts"(jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_attempts"(jsonb) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_firing"(text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_firing"(text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_incident_items"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_incident_items"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_notification"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_notification"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."count_older"(public.retention_class, text, integer, integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."count_older"(public.retention_class, text, integer, integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."counted_with"(public.reconciliations, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."counted_with"(public.reconciliations, jsonb) TO "service_role";

REVOKE ALL ON FUNCTION "public"."counts_between"(public.alert_series, timestamp WITH time zone, timestamp WITH time zone) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."counts_between"(public.alert_series, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

REVOKE ALL ON FUNCTION "public"."counts_of_incident"(bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."counts_of_incident"(bigint) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_alert_rule"(jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_alert_rule"(jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_channel"(jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_channel"(jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."create_silence"(jsonb, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."create_silence"(jsonb, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."days_kept"(public.retention_class, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."days_kept"(public.retention_class, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."decide_incident_request"(bigint, bigint, boolean, text, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."decide_incident_request"(bigint, bigint, boolean, text, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."delete_alert_rule"(bigint, text[], text, text, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_alert_rule"(bigint, text[], text, text, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."delete_events"(bigint[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_events"(bigint[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."delete_failed_webhook"() FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delete_failed_webhook"() TO "service_role";

REVOKE ALL ON FUNCTION "public"."delivers_again"(public.incidents) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."delivers_again"(public.incidents) TO "service_role";

REVOKE ALL ON FUNCTION "public"."draft_alert_incident"(bigint, text[]) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."draft_alert_incident"(bigint, text[]) TO "service_role";

REVOKE ALL ON FUNCTION "public"."drop_bodies"(text, bigint, text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."drop_bodies"(text, bigint, text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."due_reports"(integer) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."due_reports"(integer) TO "service_role";

REVOKE ALL ON FUNCTION "public"."end_heartbeat"(text) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."end_heartbeat"(text) TO "service_role";

REVOKE ALL ON FUNCTION "public"."end_incident_verification"(bigint, bigint, boolean, text, jsonb) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."end_incident_verification"(bigint, bigint, boolean, text, jsonb) TO "service_role";

REVOKE ALL ON FUNCTION "public"."end_of_last_partition"(text, bigint, bigint, bigint) FROM PUBLIC;

GRANT EXECUTE ON FUNCTION "public"."end_of_last_partition"(text, bigint, bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_retention_turn"(text, integer, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_silence"(bigint, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."ending_of"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."ensure_body_partitions"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evaluate_alerts"(integer, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evaluate_series"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evaluation_rank"(public.alert_kind) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_assignee_json"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_note_json"(public.event_notes) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."events_in_use"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."events_link"(public.alert_series, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_by_organisation"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_by_type"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_config"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_counts"(public.incident_item_state[], bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_sources"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."expected_arrivals"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."expected_between"(numeric[], timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."expected_by"(numeric[], timestamp WITH time zone, numeric) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."expected_series"(public.alert_rules) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."explains"(public.alerts, public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."explanation_json"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_forgettable_bodies"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_incident_causes"(bigint, bigint, public.incident_step, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_sealed_channel"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."fire_series"(public.alert_series, public.alert_rules, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."for_address"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_notifications"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_reconciliation"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_rows"(public.retention_class, bigint[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_staff_actions"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forgettable_of"(public.retention_class, bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."free_shard"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_alert"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_alert_rule"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_channel"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_incident"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_notification_preferences"(uuid) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_silence"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."group_due"(bigint, uuid, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."grow_incident"(bigint, jsonb, text, integer, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."guard_closed_incident"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."guard_incident"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."has_body"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."has_due"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."has_events_in_use"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."has_families"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."has_key"(public.events, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."healed_text"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hour_of_week"(timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hours_away"(timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."impact_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_findings_to_store"(bigint, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_in_brief"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_of_run"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_request_json"(public.incident_requests) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_sources"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_forgettable"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_incident_closed"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_recovery_active"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_switched_off"(text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_wanted"(public.alert_series, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."item_identity"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."items_to_recover"(bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."judge_counts"(public.alert_kind, numeric, numeric, numeric, numeric, numeric, numeric, numeric, numeric) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."kept_headers"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."kpi_facts"(timestamp WITH time zone, timestamp WITH time zone, text, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."kpi_json"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lacking_of"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lacks_delivery"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."last_arrival"(text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."last_position"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."latency_histogram"(integer[], integer[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."latency_quantile"(integer[], numeric, integer[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."learn_arrivals"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."learn_arrivals_of"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."link_alert_incident"(bigint, bigint, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."link_incident_events"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_alert_rules"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_alerts"(jsonb, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_body_partitions"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_channel_notifications"(bigint, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_channels"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_event_notes"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_items"(bigint, integer, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_log"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_rejections"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_replays"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_requests"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_forgettable"(public.retention_class, bigint, bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_incident_items"(bigint, jsonb, integer, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_incident_log"(bigint, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_incidents"(jsonb, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_silences"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lock_forgetting"(boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lock_incident"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."low_hours"(bigint[], bigint[], double precision, double precision, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."make_bodies"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."match_entries"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."members_of"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."message_json"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."minutes_in_words"(numeric) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."missing_of"(public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."money_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."move_metric_totals"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."newest_forgettable"(public.retention_class) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."next_channel_id"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."next_event_id"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_channel"(bigint, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_event"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_evidence"(bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_heartbeat"(text, text, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident_organisations"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident_stage"(bigint, bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident_step"(bigint, bigint, public.incident_step, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_notifications"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_resend"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_silences_asked"(bigint[], bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notification_pause"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notify_acknowledged"(public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notify_again"(public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notify_alert"(bigint, public.notification_kind) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notify_fired"(public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."notify_resolved"(public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."oldest_due_seconds"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."oldest_of"(public.retention_class) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_incident"(jsonb, integer, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_incident_request"(bigint, bigint, text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_silence_incidents"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."ordering_key_of"(public.delivery_ordering, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."past_alert"(jsonb, timestamp WITH time zone, timestamp WITH time zone, text, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."past_arrivals"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."past_counts"(public.alert_rules, text, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."past_drops"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."past_silences"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."past_too_few"(public.alert_rules, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_for_reader"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."pick_incident_events"(bigint, integer, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."prove_incident_items"(bigint, integer[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."providers_in_use"() TO "service_role";

GRANT EXECUTE
  ON FUNCTION "public"."proving_attempt"(bigint, public.delivery_status, bigint, public.destination_kind, timestamp WITH time zone, text, text, text, timestamp WITH time zone)
  TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_channel_failing"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_configuration"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_counters"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_counts"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_credential_expiring"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_disk_low"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_drop_signal"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_endpoint_disabled"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_endpoint_down"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_event_to_delivered"(timestamp WITH time zone, timestamp WITH time zone, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_evidence"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_evidence_bodies"(bigint, bigint[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_forgettable"(public.retention_class, bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_horizon"(public.alert_rules, public.alert_series, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_incident_progress"(bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_incident_runs"(bigint, public.incident_step) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_incident_stage"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_kpis"(timestamp WITH time zone, timestamp WITH time zone, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_metrics"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_missing"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_oldest_due"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_provider_metrics"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_repairs"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_repeated_failures"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_replay_volume"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_retention"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_retention_health"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_signal"(public.alert_rules, public.alert_series, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_signs_of_life"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_silence_signal"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_slow_endpoint"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_stuck_replay"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_waiting_metrics"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_worker_gone"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."recipients_of"(public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."recover_incident"(bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_change_of_log"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_lost_items"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_proved_items"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_renamed_items"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."release_incident"(bigint, bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."renew_incident"(bigint, bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reopen_events"(bigint[], text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reopen_incident"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replace_bodies"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_backoff_factor"(public.replays) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_base_delay_ms"(public.replays) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_estimate"(public.replays) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."replay_max_attempts"(public.replays) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."require_logged_growth"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."require_proof"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resolve_in_sql"(bigint, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resolve_series"(public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."row_to_write"(bigint, jsonb, jsonb, jsonb, boolean, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."runs_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sees_incident"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sent_message_of"(public.notifications) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."set_rule_channels"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."setting"(public.alert_rules, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."settle_incident_items"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."signal"(public.alert_rules, numeric, boolean, numeric, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."signal_subject"(public.alert_kind, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."silence_answer"(public.alert_series, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."silence_json"(public.alert_silences, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."silence_of"(public.alert_rules, public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."silence_threshold"(double precision, double precision) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."skip_notifications"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."stages_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."start_incident_run"(bigint, bigint, public.incident_step, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."state_of_change"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."store_events"(jsonb, integer[], boolean, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."stored_in"(public.retention_class, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."subject_in_words"(public.alert_series) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sum_latency"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."suppression_of"(public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_retention_turn"(text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_runs_to_resend"(text[], integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_silences_to_ask"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."told_alert"(public.alerts) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."undelivered_since"(public.alert_series, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."unusual_hours"(text, timestamp WITH time zone, timestamp WITH time zone) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."update_webhook_event"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."verify_incident_items"(bigint, bigint, bigint[], integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."webhooks_per_day"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."wilson_upper"(numeric, numeric) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."winning_state"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."write_incident_log"(bigint, public.incident_log_kind, text, jsonb, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."write_report"(uuid, bigint, jsonb) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."alert_rules_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."alert_rules_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."alert_series_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."alert_series_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."alert_silences_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."alert_silences_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."alerts_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."alerts_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."channels_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."channels_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."event_notes_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."event_notes_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."forgettings_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."forgettings_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."incident_log_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."incident_log_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."incident_requests_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."incident_requests_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."incidents_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."incidents_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."notifications_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."notifications_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."retention_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."retention_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."alert_rule_channels" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."alert_rule_channels" TO "service_role";

REVOKE ALL ON TABLE "public"."alert_rules" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."alert_rules" TO "service_role";

REVOKE ALL ON TABLE "public"."alert_series" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."alert_series" TO "service_role";

REVOKE ALL ON TABLE "public"."alert_silences" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."alert_silences" TO "service_role";

REVOKE ALL ON TABLE "public"."alerts" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."alerts" TO "service_role";

REVOKE ALL ON TABLE "public"."arrival_habits" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."arrival_habits" TO "service_role";

REVOKE ALL ON TABLE "public"."channels" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."channels" TO "service_role";

REVOKE ALL ON TABLE "public"."event_assignees" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_assignees" TO "service_role";

REVOKE ALL ON TABLE "public"."event_bodies" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_bodies" TO "service_role";

REVOKE ALL ON TABLE "public"."event_bodies_first" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_bodies_first" TO "service_role";

REVOKE ALL ON TABLE "public"."event_notes" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_notes" TO "service_role";

REVOKE ALL ON TABLE "public"."forgettings" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."forgettings" TO "service_role";

REVOKE ALL ON TABLE "public"."heartbeats" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."heartbeats" TO "service_role";

REVOKE ALL ON TABLE "public"."incident_items" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."incident_items" TO "service_role";

REVOKE ALL ON TABLE "public"."incident_log" FROM "service_role";

GRANT INSERT, SELECT ON TABLE "public"."incident_log" TO "service_role";

REVOKE ALL ON TABLE "public"."incident_requests" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."incident_requests" TO "service_role";

REVOKE ALL ON TABLE "public"."incident_runs" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."incident_runs" TO "service_role";

REVOKE ALL ON TABLE "public"."incident_stages" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."incident_stages" TO "service_role";

REVOKE ALL ON TABLE "public"."incident_steps" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."incident_steps" TO "service_role";

REVOKE ALL ON TABLE "public"."incidents" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."incidents" TO "service_role";

REVOKE ALL ON TABLE "public"."metric_counters" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."metric_counters" TO "service_role";

REVOKE ALL ON TABLE "public"."metric_totals" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."metric_totals" TO "service_role";

REVOKE ALL ON TABLE "public"."notification_preferences" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."notification_preferences" TO "service_role";

REVOKE ALL ON TABLE "public"."notifications" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."notifications" TO "service_role";

REVOKE ALL ON TABLE "public"."retention" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."retention" TO "service_role";

REVOKE ALL ON TABLE "public"."retention_turn" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."retention_turn" TO "service_role";

REVOKE ALL ON TABLE "public"."EventProcessingState" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."EventProcessingState" TO "service_role";

REVOKE ALL ON TABLE "public"."WebhookEvent" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."WebhookEvent" TO "service_role";

REVOKE ALL ON TABLE "public"."dashboard_facts" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."dashboard_facts" TO "service_role";

REVOKE ALL ON TABLE "public"."failed_webhooks" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."failed_webhooks" TO "service_role";

REVOKE ALL ON TABLE "public"."webhook_logs" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."webhook_logs" TO "service_role";

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."alert_rules"
  ADD COLUMN "updated_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."alert_series"
  ADD COLUMN "since" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."alert_series"
  ADD COLUMN "evaluate_after" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX alert_series_due ON public.alert_series USING btree (evaluate_after);

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "begins_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."alert_silences"
  ADD CONSTRAINT "alert_silences_check" CHECK ((begins_at <= ends_at));

ALTER TABLE "public"."alert_silences"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."alerts"
  ADD COLUMN "fired_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX alerts_firing ON public.alerts USING btree (severity, fired_at)
  WHERE (resolved_at IS NULL);

CREATE INDEX alerts_newest_first ON public.alerts USING btree (fired_at DESC, id DESC);

CREATE INDEX alerts_of_rule ON public.alerts USING btree (rule_id, fired_at DESC);

ALTER TABLE "public"."channels"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."channels"
  ADD COLUMN "updated_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."deliveries"
  ADD COLUMN "error_group" text GENERATED ALWAYS AS (
CASE
    WHEN ((last_error_class IS NOT NULL) OR (last_error IS NOT NULL)) THEN public.error_group_of(last_error_class, last_http_status, last_error)
    ELSE NULL::text
END) STORED;

ALTER TABLE "public"."destinations"
  ADD COLUMN "wants_families" boolean GENERATED ALWAYS AS (public.has_families(event_types)) STORED;

ALTER TABLE "public"."forgettings"
  ADD COLUMN "forgotten_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."incident_items"
  ADD COLUMN "changed_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."incident_log"
  ADD COLUMN "at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."incident_requests"
  ADD COLUMN "requested_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."incidents"
  ADD COLUMN "due_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX incidents_not_closed ON public.incidents USING btree (due_at)
  WHERE (state <> ALL (ARRAY['closed'::public.incident_state, 'closed_with_exceptions'::public.incident_state]));

ALTER TABLE "public"."incidents"
  ADD COLUMN "opened_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."incidents"
  ADD CONSTRAINT "incidents_times_in_order"
    CHECK
    ((COALESCE((recovering_at >= opened_at), true) AND COALESCE((verifying_at >= recovering_at), true) AND COALESCE((closed_at >= opened_at), true) AND COALESCE((reopened_at >=
    opened_at), true)));

CREATE INDEX incidents_newest_first ON public.incidents USING btree (opened_at DESC, id DESC);

ALTER TABLE "public"."notification_preferences"
  ADD COLUMN "updated_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."notifications"
  ADD COLUMN "due_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX notifications_due ON public.notifications USING btree (due_at)
  WHERE (status = 'pending'::public.notification_status);

CREATE INDEX notifications_of_group ON public.notifications USING btree (group_key, due_at);

ALTER TABLE "public"."notifications"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."retention"
  ADD COLUMN "changed_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

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
  (('*'::text = ANY ((p_destination).event_types)) OR (p_event_type = ANY ((p_destination).event_types)) OR ((p_destination).wants_families AND
  public.is_of_family((p_destination).event_types, p_event_type))));

CREATE OR REPLACE FUNCTION public.counts_for (
  d public.deliveries,
  t public.destinations,
  e public.events
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
RETURN
  (((t).archived_at IS NULL) AND (((d).status <> 'cancelled'::public.delivery_status) OR public.wants_event(t, (e).provider, (e).event_type, (e).organisation_id, (e).livemode,
  (e).flags)));

REVOKE ALL ON FUNCTION "public"."counts_for"(public.deliveries, public.destinations, public.events) FROM PUBLIC, "anon", "authenticated";

GRANT EXECUTE ON FUNCTION "public"."counts_for"(public.deliveries, public.destinations, public.events) TO "service_role";

ALTER TABLE "public"."channels"
  ADD CONSTRAINT "channels_organisations_check" CHECK (public.valid_scope(organisations));

CREATE INDEX deliveries_dead_by_cause ON public.deliveries USING btree (error_group, destination_id, finished_at DESC, event_id)
  WHERE (status = 'dead'::public.delivery_status);

-- A comparison of two schemas does not see how a column is stored.
ALTER TABLE "public"."event_bodies" ALTER COLUMN "dense_body" SET STORAGE EXTERNAL;
