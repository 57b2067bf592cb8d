-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE TABLE "public"."api_budgets" (
  "account"    text                     NOT NULL,
  "next_at"    timestamp with time zone NOT NULL,
  CONSTRAINT "api_budgets_account_check" CHECK ((length(account) <= 64)),
  CONSTRAINT "api_budgets_pkey" PRIMARY KEY (account),
  "updated_at" timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."api_budgets"
  ENABLE ROW LEVEL SECURITY;

ALTER TABLE "public"."api_budgets"
  SET (fillfactor=50);

REVOKE ALL ON TABLE "public"."api_budgets" FROM "anon", "authenticated";

CREATE TABLE "public"."api_credentials" (
  "id"         bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"   text                     NOT NULL,
  "source_id"  bigint,
  "fields"     jsonb                    NOT NULL,
  "hints"      jsonb                    NOT NULL DEFAULT '{}'::jsonb,
  "tested_at"  timestamp with time zone,
  "problem"    text,
  CONSTRAINT "api_credentials_one_per_source" UNIQUE NULLS NOT DISTINCT (PROVIDER, source_id),
  CONSTRAINT "api_credentials_pkey" PRIMARY KEY (id),
  CONSTRAINT "api_credentials_problem_check" CHECK ((char_length(problem) <= 500)),
  "created_at" timestamp with time zone NOT NULL DEFAULT public.now_(),
  "updated_at" timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."api_credentials"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."api_credentials" FROM "anon", "authenticated";

CREATE TABLE "public"."api_requests" (
  "id"                  bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "reconciliation_id"   bigint,
  "window_id"           bigint,
  "provider"            text                     NOT NULL,
  "method"              text                     NOT NULL,
  "url"                 text                     NOT NULL,
  "status_code"         integer,
  "provider_request_id" text,
  "entries"             integer,
  "problem"             text,
  "milliseconds"        integer                  NOT NULL,
  CONSTRAINT "api_requests_pkey" PRIMARY KEY (id),
  CONSTRAINT "api_requests_problem_check" CHECK ((char_length(problem) <= 500)),
  "asked_at"            timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."api_requests"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."api_requests" FROM "anon", "authenticated";

CREATE TABLE "public"."findings" (
  "id"                bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "reconciliation_id" bigint NOT NULL,
  "provider"          text   NOT NULL,
  "source_id"         bigint,
  "organisation_id"   text,
  CONSTRAINT "findings_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."findings"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."findings" FROM "anon", "authenticated";

CREATE TABLE "public"."reconciliation_entries" (
  "reconciliation_id" bigint NOT NULL,
  "identity_hash"     bytea  NOT NULL,
  CONSTRAINT "reconciliation_entries_pkey" PRIMARY KEY (reconciliation_id, identity_hash)
);

ALTER TABLE "public"."reconciliation_entries"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."reconciliation_entries" FROM "anon", "authenticated";

CREATE TABLE "public"."reconciliation_windows" (
  "id"                bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "reconciliation_id" bigint                   NOT NULL,
  "from_ts"           timestamp with time zone NOT NULL,
  "to_ts"             timestamp with time zone NOT NULL,
  CONSTRAINT "reconciliation_windows_check" CHECK ((from_ts < to_ts)),
  CONSTRAINT "reconciliation_windows_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."reconciliation_windows"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."reconciliation_windows" FROM "anon", "authenticated";

CREATE TABLE "public"."reconciliations" (
  "id"              bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"        text   NOT NULL,
  "source_id"       bigint,
  "organisation_id" text,
  "company_id"      text,
  CONSTRAINT "reconciliations_pkey" PRIMARY KEY (id)
);

ALTER TABLE "public"."reconciliations"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."reconciliations" FROM "anon", "authenticated";

CREATE TABLE "public"."watches" (
  "id"                   bigint                   GENERATED ALWAYS AS IDENTITY NOT NULL,
  "provider"             text                     NOT NULL,
  "source_id"            bigint,
  "enabled"              boolean                  NOT NULL DEFAULT true,
  "every_seconds"        integer                  NOT NULL DEFAULT 900,
  "window_seconds"       integer                  NOT NULL DEFAULT 3600,
  "daily_window_seconds" integer                  NOT NULL DEFAULT 259200,
  "back_fills"           boolean                  NOT NULL DEFAULT false,
  "covered_until"        timestamp with time zone,
  CONSTRAINT "watches_daily_window_seconds_check" CHECK (((daily_window_seconds >= 3600) AND (daily_window_seconds <= 2678400))),
  CONSTRAINT "watches_every_seconds_check" CHECK (((every_seconds >= 60) AND (every_seconds <= 86400))),
  CONSTRAINT "watches_one_per_source" UNIQUE NULLS NOT DISTINCT (PROVIDER, source_id),
  CONSTRAINT "watches_pkey" PRIMARY KEY (id),
  CONSTRAINT "watches_window_seconds_check" CHECK (((window_seconds >= 60) AND (window_seconds <= 2678400))),
  "next_run_at"          timestamp with time zone NOT NULL DEFAULT public.now_(),
  "next_daily_run_at"    timestamp with time zone NOT NULL DEFAULT public.now_(),
  "created_at"           timestamp with time zone NOT NULL DEFAULT public.now_(),
  "updated_at"           timestamp with time zone NOT NULL DEFAULT public.now_()
);

ALTER TABLE "public"."watches"
  ENABLE ROW LEVEL SECURITY;

REVOKE ALL ON TABLE "public"."watches" FROM "anon", "authenticated";

REVOKE ALL ON SEQUENCE "public"."api_credentials_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."api_credentials_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."api_requests_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."api_requests_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."findings_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."findings_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."reconciliation_windows_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."reconciliation_windows_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."reconciliations_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."reconciliations_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."watches_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."watches_id_seq" FROM "authenticated";

CREATE TYPE "public"."coverage_kind" AS ENUM (
  'events',
  'objects',
  'counts',
  'own_ids'
);

CREATE TYPE "public"."finding_kind" AS ENUM (
  'missing',
  'rejected',
  'undelivered',
  'drifted',
  'not_subscribed',
  'unrecoverable'
);

ALTER TABLE "public"."findings"
  ADD COLUMN "kind" public.finding_kind NOT NULL;

CREATE TYPE "public"."finding_state" AS ENUM (
  'open',
  'back_filling',
  'repaired',
  'late'
);

ALTER TABLE "public"."findings"
  ADD COLUMN "state" public.finding_state NOT NULL DEFAULT 'open'::public.finding_state;

ALTER TABLE "public"."findings"
  ADD COLUMN "identity" text NOT NULL;

ALTER TABLE "public"."findings"
  ADD COLUMN "event_key" text;

ALTER TABLE "public"."findings"
  ADD COLUMN "logical_key" text;

ALTER TABLE "public"."findings"
  ADD COLUMN "event_type" text NOT NULL;

ALTER TABLE "public"."findings"
  ADD COLUMN "object_id" text;

ALTER TABLE "public"."findings"
  ADD COLUMN "occurred_at" timestamp WITH time zone NOT NULL;

ALTER TABLE "public"."findings"
  ADD COLUMN "origin" public.event_origin NOT NULL;

ALTER TABLE "public"."findings"
  ADD COLUMN "body" bytea;

ALTER TABLE "public"."findings"
  ADD COLUMN "headers" jsonb;

ALTER TABLE "public"."findings"
  ADD COLUMN "event_id" bigint;

ALTER TABLE "public"."findings"
  ADD COLUMN "rejection_id" bigint;

ALTER TABLE "public"."findings"
  ADD COLUMN "difference" jsonb;

ALTER TABLE "public"."findings"
  ADD COLUMN "detail" text;

ALTER TABLE "public"."findings"
  ADD COLUMN "replay_id" bigint;

ALTER TABLE "public"."findings"
  ADD COLUMN "closed_at" timestamp WITH time zone;

CREATE TYPE "public"."reconciliation_status" AS ENUM (
  'queued',
  'running',
  'completed',
  'partial',
  'failed',
  'cancelled'
);

CREATE TYPE "public"."reconciliation_trigger" AS ENUM (
  'person',
  'schedule',
  'downtime',
  'alert',
  'incident'
);

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "started_by" public.reconciliation_trigger NOT NULL;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "status" public.reconciliation_status NOT NULL DEFAULT 'queued'::public.reconciliation_status;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "from_ts" timestamp WITH time zone NOT NULL;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "to_ts" timestamp WITH time zone NOT NULL;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "types" text[];

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "dry_run" boolean NOT NULL DEFAULT true;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "actor" text NOT NULL;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "actor_id" text NOT NULL;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "request_id" text;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "reason" text;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "subscribed_types" text[];

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "configuration" jsonb;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "listed" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "received" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "counted" jsonb NOT NULL DEFAULT '{}'::jsonb;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "replay_id" bigint;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "back_filled_at" timestamp WITH time zone;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "back_fill_lease_until" timestamp WITH time zone;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "started_at" timestamp WITH time zone;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "completed_at" timestamp WITH time zone;

ALTER TYPE "public"."replay_kind" ADD VALUE 'back_fill' AFTER 'failures';


SET local check_function_bodies = off;

ALTER TYPE "public"."trust_level" ADD VALUE 'provider_api' AFTER 'unsigned';


SET local check_function_bodies = off;

CREATE TYPE "public"."window_status" AS ENUM (
  'pending',
  'done',
  'split',
  'failed'
);

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "status" public.window_status NOT NULL DEFAULT 'pending'::public.window_status;

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "cursor" jsonb;

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "pages" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "failures" integer NOT NULL DEFAULT 0;

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "problem" text;

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "fence" bigint NOT NULL DEFAULT 0;

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "worker" text;

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "lease_until" timestamp WITH time zone;

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

CREATE OR REPLACE FUNCTION public.advance_reconciliations()
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  r record;
  v_ended integer := 0;
begin
  for r in
    select x.id, s.done, s.failed, s.problems
    from public.reconciliations x
    cross join lateral (
      select count(*) filter (where w.status = 'pending') as pending, count(*) filter (where w.status = 'done') as done,
        count(*) filter (where w.status = 'failed') as failed,
        string_agg(distinct w.problem, ' ') filter (where w.status = 'failed') as problems
      from public.reconciliation_windows w where w.reconciliation_id = x.id
    ) s
    where x.status in ('queued', 'running') and s.pending = 0
    order by x.id
    for update of x skip locked
  loop
    update public.reconciliations x set
      status = case when r.failed = 0 then 'completed' when r.done > 0 then 'partial' else 'failed' end
        ::public.reconciliation_status,
      reason = case
        when r.failed > 0 then left(coalesce(r.problems, 'A part of the span could not be read.'), 1000)
      end,
      started_at = coalesce(x.started_at, public.now_()), completed_at = public.now_()
    where x.id = r.id;
    delete from public.reconciliation_entries e where e.reconciliation_id = r.id;
    perform public.note_coverage(r.id);
    v_ended := v_ended + 1;
  end loop;

  -- What those that go on wait for.
  update public.reconciliations x set reason = w.problem
  from (
    select distinct on (y.reconciliation_id) y.reconciliation_id, y.problem
    from public.reconciliation_windows y
    where y.status = 'pending' and y.failures > 0
    order by y.reconciliation_id, y.due_at desc
  ) w
  where x.id = w.reconciliation_id and x.status = 'running' and x.reason is distinct from w.problem;
  return v_ended;
end
$function$;

REVOKE ALL ON FUNCTION "public"."advance_reconciliations"() FROM PUBLIC, "anon", "authenticated";

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
    and (r.kind <> 'back_fill' or d.status <> 'delivered' or d.finished_at <= r.created_at)
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

CREATE OR REPLACE FUNCTION public.api_credentials_json (
  c public.api_credentials
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'provider', (c).provider, 'source_id', 'so_' || (c).source_id,
    -- What is not secret is shown as it is: a secret one has a hint.
    'fields', coalesce((
      select jsonb_object_agg(f.key, case when not (c).hints ? f.key then f.value end)
      from jsonb_each_text((c).fields) f
    ), '{}'),
    'hints', (c).hints, 'tested_at', public.iso((c).tested_at), 'problem', (c).problem,
    'updated_at', public.iso((c).updated_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."api_credentials_json"(public.api_credentials) FROM PUBLIC, "anon", "authenticated";

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

  -- That something is missing stays; what it would have said goes.
  update public.findings f set body = null, headers = null, difference = null
  where f.occurred_at <= new.requested_at and (f.body is not null or f.difference is not null)
    and coalesce(public.shop_in_headers(f.headers), lower(f.organisation_id)) = new.shop_domain and (
      new.kind = 'shop/redact' or new.people && public.people_of_finding(f.event_type, new.shop_domain, f.body)
    );
  get diagnostics v_count = row_count;
  v_changed := v_changed || jsonb_build_object('findings', v_count);

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

CREATE OR REPLACE FUNCTION public.back_fill (
  p_id     bigint,
  p_events jsonb,
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
      event_id = j.event_id, state = j.state, closed_at = case when j.state <> 'open' then public.now_() end,
      detail = case when j.state = 'repaired' then 'Stored. No destination receives it.' else f.detail end
    from judged j
    where f.id = j.id
    returning f.id, f.event_id, f.state
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'finding_id', c.id, 'event_id', case when c.state = 'open' then c.event_id end, 'state', c.state
  ) order by c.id), '[]') into v_answer
  from changed c;
  return v_answer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."back_fill"(bigint, jsonb, text[]) FROM PUBLIC, "anon", "authenticated";

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
    return jsonb_build_object('result', 'ended', 'reconciliation', public.reconciliation_json(r));
  end if;
  update public.reconciliations x set
    status = 'cancelled', completed_at = public.now_(), reason = left('Cancelled by ' || p_actor || '.', 1000)
  where x.id = p_id
  returning * into r;
  delete from public.reconciliation_entries e where e.reconciliation_id = p_id;
  perform public.record_staff_action(
    'reconciliation.cancel', 'rc_' || p_id, '{}', p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'cancelled', 'reconciliation', public.reconciliation_json(r));
end
$function$;

REVOKE ALL ON FUNCTION "public"."cancel_reconciliation"(bigint, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.claim_windows (
  p_worker        text,
  p_limit         integer,
  p_lease_seconds integer
)
  RETURNS jsonb
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
  v_windows bigint[];
begin
  select array_agg(x.id) into v_windows
  from (
    select w.id from public.reconciliation_windows w
    join public.reconciliations r on r.id = w.reconciliation_id
    where w.status = 'pending' and w.due_at <= public.now_() and r.status in ('queued', 'running')
      and (w.lease_until is null or w.lease_until < public.now_())
      and (r.configuration is not null or w.from_ts = r.from_ts)
    order by w.due_at, w.id
    limit p_limit
    for update of w skip locked
  ) x;
  if v_windows is null then
    return '[]';
  end if;

  update public.reconciliation_windows w set
    fence = w.fence + 1, worker = p_worker, lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
  where w.id = any (v_windows);
  update public.reconciliations r set status = 'running', started_at = coalesce(r.started_at, public.now_())
  where r.status = 'queued' and r.id in (
    select w.reconciliation_id from public.reconciliation_windows w where w.id = any (v_windows)
  );

  return (
    select jsonb_agg(jsonb_build_object(
      'id', w.id, 'fence', w.fence, 'cursor', w.cursor, 'pages', w.pages, 'failures', w.failures,
      'from_ts', public.iso(w.from_ts), 'to_ts', public.iso(w.to_ts),
      'run', jsonb_build_object(
        'id', r.id, 'provider', r.provider, 'source_id', r.source_id, 'organisation_id', r.organisation_id,
        'company_id', r.company_id, 'from_ts', public.iso(r.from_ts), 'to_ts', public.iso(r.to_ts),
        'types', to_jsonb(r.types), 'is_configured', r.configuration is not null, 'settings', s.settings
      )
    ) order by w.id)
    from public.reconciliation_windows w
    join public.reconciliations r on r.id = w.reconciliation_id
    left join public.sources s on s.id = r.source_id
    where w.id = any (v_windows)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."claim_windows"(text, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.closed_findings (
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
    'repaired_24h', count(distinct f.identity) filter (where f.state = 'repaired'),
    'late_24h', count(distinct f.identity) filter (where f.state = 'late')
  )
  from public.findings f
  where f.closed_at >= public.now_() - interval '24 hours' and f.provider = p_provider
    and f.source_id is not distinct from p_source_id;
$function$;

REVOKE ALL ON FUNCTION "public"."closed_findings"(text, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.counted_of (
  p_counted jsonb
)
  RETURNS TABLE (
    listed   bigint,
    received bigint,
    by_type  jsonb
  )
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce(sum((c.value ->> 'provider')::bigint), 0)::bigint,
    coalesce(sum((c.value ->> 'received')::bigint), 0)::bigint,
    coalesce(jsonb_agg(jsonb_build_object(
      'event_type', c.key, 'provider', (c.value ->> 'provider')::bigint,
      'received', (c.value ->> 'received')::bigint
    ) order by c.key), '[]')
  from jsonb_each(p_counted) c;
$function$;

REVOKE ALL ON FUNCTION "public"."counted_of"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.counted_with (
  p_counted jsonb,
  p_counts  jsonb
)
  RETURNS jsonb
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select p_counted || coalesce(jsonb_object_agg(
    c.event_type, coalesce((p_counted ->> c.event_type)::bigint, 0) + c.provider
  ), '{}')
  from (
    select x.event_type, sum(x.provider) as provider
    from jsonb_to_recordset(p_counts) as x(event_type text, provider bigint)
    where x.event_type is not null
    group by 1
  ) c;
$function$;

REVOKE ALL ON FUNCTION "public"."counted_with"(jsonb, jsonb) FROM PUBLIC, "anon", "authenticated";

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
  return jsonb_build_object('result', 'created', 'reconciliation', public.reconciliation_json(r));
end
$function$;

REVOKE ALL ON FUNCTION "public"."create_reconciliation"(jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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

  v_new := public.store_events(jsonb_build_array(p_event || '{"n": 0, "origin": "sample"}'), '{}', true, p_id);
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

CREATE OR REPLACE FUNCTION public.delete_api_credentials (
  p_provider   text,
  p_source_id  bigint,
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
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return false;
  end if;
  delete from public.api_credentials c
  where c.provider = p_provider and c.source_id is not distinct from p_source_id;
  if not found then
    return false;
  end if;
  perform public.record_staff_action(
    'api_key.delete', public.source_subject(p_provider, p_source_id), jsonb_build_object('provider', p_provider),
    p_actor, p_actor_id, p_request_id
  );
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."delete_api_credentials"(text, bigint, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.deliver_late_webhooks (
  p_events bigint[]
)
  RETURNS void
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_events bigint[];
begin
  select array_agg(e.id order by e.id) into v_events
  from unnest(p_events) p(id)
  join public.events e on e.id = p.id
  where not exists (select from public.deliveries d where d.event_id = e.id and d.status <> 'cancelled');
  if v_events is null then
    return;
  end if;

  insert into public.deliveries (event_id, destination_id, status, ordering_key)
  select e.id, d.id, public.first_status(d), public.ordering_key_of(d, e)
  from public.events e
  join public.destinations d
    on public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
  where e.id = any (v_events)
  order by e.id, d.id
  on conflict do nothing;

  with waiting as (
    select d.id from public.deliveries d
    where d.event_id = any (v_events) and d.status = 'cancelled'
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

REVOKE ALL ON FUNCTION "public"."deliver_late_webhooks"(bigint[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.due_watches (
  p_sources jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
declare
  v_due jsonb;
begin
  insert into public.watches (provider, source_id)
  select s.provider, s.source_id
  from jsonb_to_recordset(p_sources) as s(provider text, source_id bigint)
  order by 1, 2
  on conflict do nothing;

  with due as (
    select w.*, s.wait_seconds, s.horizon_days, w.next_daily_run_at <= public.now_() as is_daily
    from public.watches w
    join jsonb_to_recordset(p_sources) as s(provider text, source_id bigint, wait_seconds integer, horizon_days integer)
      on s.provider = w.provider and s.source_id is not distinct from w.source_id
    where w.enabled and w.next_run_at <= public.now_() and not exists (
      select from public.reconciliations r
      where r.provider = w.provider and r.source_id is not distinct from w.source_id
        and r.started_by in ('schedule', 'downtime') and r.status in ('queued', 'running')
    )
    order by w.id
    for update of w skip locked
  ),
  taken as (
    update public.watches w set
      next_run_at = public.now_() + make_interval(secs => w.every_seconds),
      next_daily_run_at = case when d.is_daily then public.now_() + interval '1 day' else w.next_daily_run_at end
    from due d
    where w.id = d.id
  ),
  spans as (
    select d.*, public.now_() - make_interval(secs => d.wait_seconds) as until,
      public.now_() - make_interval(secs => d.wait_seconds) - make_interval(
        secs => case when d.is_daily then greatest(d.daily_window_seconds, d.window_seconds) else d.window_seconds end
      ) as since
    from due d
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', s.provider, 'source_id', s.source_id, 'to_ts', public.iso(s.until), 'back_fills', s.back_fills,
    'from_ts', public.iso(greatest(
      least(s.since, s.covered_until), s.until - make_interval(days => least(coalesce(s.horizon_days, 31), 31))
    )),
    'started_by', case when s.covered_until < s.since then 'downtime' else 'schedule' end
  ) order by s.id), '[]') into v_due
  from spans s;
  return v_due;
end
$function$;

REVOKE ALL ON FUNCTION "public"."due_watches"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.fail_window (
  p_window   bigint,
  p_fence    bigint,
  p_problem  text,
  p_retry_ms integer,
  p_counts   boolean
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.reconciliation_windows w set
    failures = w.failures + p_counts::integer, problem = left(p_problem, 500), lease_until = null, worker = null,
    status = case when p_retry_ms is null or p_counts and w.failures >= 7 then 'failed' else w.status end,
    due_at = public.now_() + coalesce(p_retry_ms, 0) * interval '1 millisecond'
  where w.id = p_window and w.fence = p_fence and w.status = 'pending';
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."fail_window"(bigint, bigint, text, integer, boolean) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_back_fill (
  p_id              bigint,
  p_idempotency_key text,
  p_actor_id        text,
  p_scope           text[]
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select 'wr_' || y.id
  from public.replays y
  join public.reconciliations r on r.id = p_id and public.in_scope(p_scope, r.organisation_id)
  where y.actor_id = p_actor_id and y.idempotency_key = p_idempotency_key and y.kind = 'back_fill'
    and public.all_in_scope(p_scope, y.organisations);
$function$;

REVOKE ALL ON FUNCTION "public"."find_back_fill"(bigint, text, text, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.find_finding_of_event (
  p_event_id bigint,
  p_scope    text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'reconciliation_id', 'rc_' || f.reconciliation_id, 'finding_id', 'fi_' || f.id, 'kind', f.kind,
    'state', public.shown_state(f),
    'found_at', public.iso(f.found_at)
  )
  from public.findings f
  join public.reconciliations r on r.id = f.reconciliation_id
  where f.event_id = p_event_id and public.in_scope(p_scope, r.organisation_id)
  order by f.id desc
  limit 1;
$function$;

REVOKE ALL ON FUNCTION "public"."find_finding_of_event"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.finding_json (
  f       public.findings,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'fi_' || (f).id, 'reconciliation_id', 'rc_' || (f).reconciliation_id, 'provider_slug', (f).provider,
    'kind', (f).kind, 'state', public.shown_state(f), 'event_key', (f).event_key, 'logical_key', (f).logical_key,
    'event_type', (f).event_type, 'object_id', (f).object_id, 'org_id', (f).organisation_id,
    'occurred_at', public.iso((f).occurred_at), 'origin', (f).origin, 'detail', (f).detail,
    'difference', (f).difference, 'body_size', octet_length((f).body),
    'event_id', (
      select 'we_' || e.id from public.events e
      where e.id = (f).event_id and public.in_scope(p_scope, e.organisation_id)
    ),
    'rejection', (
      select jsonb_build_object('reason', x.reason, 'detail', x.detail, 'received_at', public.iso(x.received_at))
      from public.rejections x where x.id = (f).rejection_id
    ),
    -- Whether a back-fill has something to store or to deliver.
    'may_back_fill', public.is_free(f) and (f).kind <> 'unrecoverable'
      and ((f).body is not null or (f).kind = 'undelivered' and (f).event_id is not null),
    'replay_id', public.started_replay((f).replay_id, p_scope),
    'found_at', public.iso((f).found_at), 'closed_at', public.iso((f).closed_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."finding_json"(public.findings, text[]) FROM PUBLIC, "anon", "authenticated";

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
    coalesce(sum(x.count) filter (where x.kind = 'missing' and x.open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'rejected' and x.open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'undelivered' and x.open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'drifted' and x.open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'not_subscribed' and x.open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'unrecoverable' and x.open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.state = 'late'), 0)::bigint,
    coalesce(sum(x.count) filter (where x.state = 'repaired'), 0)::bigint,
    coalesce(sum(x.count) filter (where x.state = 'back_filling'), 0)::bigint
  from (
    select y.kind, y.state, y.state in ('open', 'back_filling') as open, count(*) as count
    from (
      select f.kind, public.shown_state(f) as state from public.findings f where f.reconciliation_id = p_id
    ) y
    group by y.kind, y.state
  ) x;
$function$;

REVOKE ALL ON FUNCTION "public"."findings_of"(bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.finish_back_fill (
  p_id      bigint,
  p_problem text
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  update public.reconciliations r set back_filled_at = public.now_(), reason = case
    when p_problem is null then r.reason
    else left(concat_ws(' ', r.reason, 'Nothing was brought back: ' || p_problem), 1000)
  end
  where r.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."finish_back_fill"(bigint, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_api_credentials (
  p_provider  text,
  p_source_id bigint,
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.api_credentials_json(c)
  from public.api_credentials c
  where c.provider = p_provider and c.source_id is not distinct from p_source_id
    and public.may_see_source(p_provider, p_source_id, p_scope);
$function$;

REVOKE ALL ON FUNCTION "public"."get_api_credentials"(text, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
    -- Not filled in events from before it was: those came from their provider.
    'origin', coalesce(e.origin, 'webhook'), 'found', public.find_finding_of_event(e.id, p_scope),
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

CREATE OR REPLACE FUNCTION public.get_finding (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.finding_json(f, p_scope) || jsonb_build_object(
    'headers', coalesce(f.headers, '[]'), 'body_base64', translate(encode(f.body, 'base64'), E'\n', '')
  )
  from public.findings f
  join public.reconciliations r on r.id = f.reconciliation_id
  where f.id = p_id and public.in_scope(p_scope, r.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_finding"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.get_reconciliation (
  p_id    bigint,
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.run_json(r, p_scope)
  from public.reconciliations r
  where r.id = p_id and public.in_scope(p_scope, r.organisation_id);
$function$;

REVOKE ALL ON FUNCTION "public"."get_reconciliation"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.heal_findings (
  p_limit integer
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
  g record;
  v_findings bigint[];
  v_matched jsonb;
  v_closed integer := 0;
  v_count integer;
begin
  select array_agg(x.id) into v_findings
  from (
    select f.id from public.findings f
    where f.state in ('open', 'back_filling') and f.kind <> 'unrecoverable'
      and f.checked_at < public.now_() - case
        when f.found_at > public.now_() - interval '10 minutes' then interval '2 seconds' else interval '1 minute'
      end
      and f.checked_at < public.now_() - interval '2 seconds'
    order by f.checked_at
    limit p_limit
    for update skip locked
  ) x;
  if v_findings is null then
    return 0;
  end if;

  for g in
    select f.provider, f.source_id, jsonb_agg(jsonb_build_object(
      'n', f.id, 'event_key', f.event_key, 'logical_key', f.logical_key, 'event_type', f.event_type
    )) as entries
    from public.findings f where f.id = any (v_findings)
    group by f.provider, f.source_id
  loop
    v_matched := public.match_keys(g.provider, g.source_id, null, g.entries);
    update public.findings f set
      state = h.state, event_id = coalesce(f.event_id, h.event_id), closed_at = public.now_()
    from (
      select x.id, m.event_id, public.healed_state(
        m.event_id, e.origin, m.kind, x.kind, x.state, x.body is not null
      ) as state
      from jsonb_to_recordset(v_matched) as m(n bigint, event_id bigint, is_waiting boolean, kind public.finding_kind)
      join public.findings x on x.id = m.n
      join public.events e on e.id = m.event_id
      where not m.is_waiting
    ) h
    where f.id = h.id and h.state is not null;
    get diagnostics v_count = row_count;
    v_closed := v_closed + v_count;
  end loop;

  update public.findings f set checked_at = public.now_() where f.id = any (v_findings) and f.closed_at is null;
  return v_closed;
end
$function$;

REVOKE ALL ON FUNCTION "public"."heal_findings"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.healed_state (
  p_event_id bigint,
  p_origin   public.event_origin,
  p_wrong    public.finding_kind,
  p_kind     public.finding_kind,
  p_state    public.finding_state,
  p_differs  boolean
)
  RETURNS public.finding_state
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select case
    when p_kind in ('missing', 'rejected', 'not_subscribed') then case
      when not public.is_brought_back(p_origin) then 'late'
      when d.is_delivered and not d.is_open then case when d.is_live then 'late' else 'repaired' end
    end
    -- Of a row that differs from the provider's object only the provider can say that it is right.
    when p_kind in ('undelivered', 'drifted') and not p_differs and p_state = 'open' and p_wrong is null
      and d.is_delivered and not d.is_open then 'repaired'
  end::public.finding_state
  from (
    select coalesce(bool_or(x.status = 'delivered'), false) as is_delivered,
      coalesce(bool_or(x.status not in ('delivered', 'cancelled')), false) as is_open,
      coalesce(bool_or(x.status = 'delivered' and x.replay_id is null), false) as is_live
    from public.deliveries x where x.event_id = p_event_id
  ) d;
$function$;

REVOKE ALL
  ON FUNCTION "public"."healed_state"(bigint, public.event_origin, public.finding_kind, public.finding_kind, public.finding_state, boolean)
  FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.hold_api_account (
  p_account text,
  p_ms      integer
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.api_budgets as b (account, next_at)
  values (p_account, public.clock_() + least(p_ms, 3600000) * interval '1 millisecond')
  on conflict (account) do update set
    next_at = greatest(b.next_at, excluded.next_at), updated_at = public.clock_();
$function$;

REVOKE ALL ON FUNCTION "public"."hold_api_account"(text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_brought_back (
  p_origin public.event_origin
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
RETURN COALESCE((p_origin = ANY (ARRAY['provider_api'::public.event_origin, 'reconstructed'::public.event_origin])), false);

REVOKE ALL ON FUNCTION "public"."is_brought_back"(public.event_origin) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_free (
  f public.findings
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select f.state = 'open' or f.state = 'back_filling' and exists (
    select from public.replays r where r.id = f.replay_id and r.status = 'draft'
  );
$function$;

REVOKE ALL ON FUNCTION "public"."is_free"(public.findings) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_in_use (
  p_provider  text,
  p_source_id bigint
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select case
    when p_source_id is null then (
      select e.id from public.events e
      where e.provider between p_provider and p_provider
      order by e.provider, e.received_at desc, e.id desc
      limit 1
    )
    else (
      select e.id from public.events e
      where e.source_id between p_source_id and p_source_id
      order by e.source_id, e.received_at desc, e.id desc
      limit 1
    )
  end is not null;
$function$;

REVOKE ALL ON FUNCTION "public"."is_in_use"(text, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.is_subscribed (
  p_types      text[],
  p_event_type text
)
  RETURNS boolean
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select p_types is null or exists (
    select from unnest(p_types) t(type)
    where p_event_type like replace(regexp_replace(t.type, '([\\%_])', '\\\1', 'g'), '*', '%')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."is_subscribed"(text[], text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_api_credentials (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(public.api_credentials_json(c) order by c.provider, c.source_id nulls first), '[]')
  from public.api_credentials c
  where public.may_see_source(c.provider, c.source_id, p_scope);
$function$;

REVOKE ALL ON FUNCTION "public"."list_api_credentials"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_api_requests (
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
    select q.*, row_number() over (order by q.id desc) as n
    from public.api_requests q
    where q.reconciliation_id = p_id and (p_after is null or q.id < p_after)
    order by q.id desc
    limit p_limit + 1
  )
  select case when public.get_reconciliation(p_id, p_scope) is not null then jsonb_build_object(
    'requests', coalesce(jsonb_agg(jsonb_build_object(
      'id', p.id, 'method', p.method, 'url', p.url, 'status_code', p.status_code,
      'provider_request_id', p.provider_request_id, 'entries', p.entries, 'problem', p.problem,
      'milliseconds', p.milliseconds, 'asked_at', public.iso(p.asked_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  ) end
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_api_requests"(bigint, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
      select public.reconciliation_json(r) from public.reconciliations r
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

REVOKE ALL ON FUNCTION "public"."list_back_fillable"(bigint, bigint[], integer, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_coverage (
  p_providers text[],
  p_scope     text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with places as (
    select p.provider, null::bigint as source_id, null as name, null as organisation_id
    from unnest(p_providers) as p(provider)
    where public.in_scope(p_scope, null)
    union all
    select s.provider, s.id, s.name, s.organisation_id
    from public.sources s
    where s.provider = any (p_providers) and s.archived_at is null and public.in_scope(p_scope, s.organisation_id)
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', l.provider, 'source_id', 'so_' || l.source_id, 'name', l.name, 'org_id', l.organisation_id,
    'in_use', public.is_in_use(l.provider, l.source_id),
    'credentials', (
      select public.api_credentials_json(c) from public.api_credentials c
      where c.provider = l.provider and c.source_id is not distinct from l.source_id
    ),
    'watch', (
      select public.watch_json(w) from public.watches w
      where w.provider = l.provider and w.source_id is not distinct from l.source_id
    ),
    'running', public.run_in_brief(l.provider, l.source_id, '{queued,running}'),
    'last_complete', public.run_in_brief(l.provider, l.source_id, '{completed}'),
    'last_run', public.run_in_brief(l.provider, l.source_id, '{completed,partial,failed,cancelled}')
  ) || public.open_findings(l.provider, l.source_id) || public.closed_findings(l.provider, l.source_id)
  order by l.provider, l.source_id nulls first), '[]')
  from places l;
$function$;

REVOKE ALL ON FUNCTION "public"."list_coverage"(text[], text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_findings (
  p_id    bigint,
  p_kind  text,
  p_state text,
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
    select f.id, row_number() over (order by f.id) as n
    from public.findings f
    where f.reconciliation_id = p_id and (p_after is null or f.id > p_after)
      and (p_kind is null or f.kind::text = p_kind) and (p_state is null or public.shown_state(f)::text = p_state)
    order by f.id
    limit p_limit + 1
  )
  select case when exists (
    select from public.reconciliations r where r.id = p_id and public.in_scope(p_scope, r.organisation_id)
  ) then jsonb_build_object(
    'findings', coalesce((
      select jsonb_agg(public.finding_json(f, p_scope) order by p.n)
      from page p join public.findings f on f.id = p.id
      where p.n <= p_limit
    ), '[]'),
    'next_cursor', (select p.id from page p where p.n = p_limit and exists (select from page x where x.n > p_limit))
  ) end;
$function$;

REVOKE ALL ON FUNCTION "public"."list_findings"(bigint, text, text, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_own_objects (
  p_provider  text,
  p_source_id bigint,
  p_from      timestamp with time zone,
  p_to        timestamp with time zone,
  p_types     text[],
  p_after     text,
  p_limit     integer
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  SET statement_timeout TO '30s'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'objectId', e.object_id, 'eventKey', e.event_key, 'eventType', e.event_type,
    'occurredAt', public.iso(coalesce(e.occurred_at, e.received_at)), 'payload', public.payload_of(e)
  ) order by e.object_id collate "C"), '[]')
  from (
    select distinct on (o.object_id collate "C") o.id
    from public.events o
    -- What is received is not older than its time, give or take the clocks.
    where o.provider = p_provider and o.source_id is not distinct from p_source_id and o.variant_of is null
      and o.received_at >= p_from - interval '1 hour' and coalesce(o.occurred_at, o.received_at) >= p_from
      and coalesce(o.occurred_at, o.received_at) < p_to and o.object_id collate "C" > coalesce(p_after, '') collate "C"
      and public.is_subscribed(p_types, o.event_type)
    order by o.object_id collate "C", coalesce(o.occurred_at, o.received_at) desc, o.id desc
    limit p_limit
  ) x
  join public.events e on e.id = x.id;
$function$;

REVOKE ALL ON FUNCTION "public"."list_own_objects"(text, bigint, timestamp WITH time zone, timestamp WITH time zone, text[], text, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_reconciliations (
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
    select r.id, row_number() over (order by r.id desc) as n
    from public.reconciliations r
    where (p_after is null or r.id < p_after) and public.in_scope(p_scope, r.organisation_id)
      and (not p_filter ? 'provider' or r.provider = p_filter ->> 'provider')
      and (not p_filter ? 'source_id' or r.source_id is not distinct from (p_filter ->> 'source_id')::bigint)
      and (not p_filter ? 'status' or r.status::text = any (public.text_array(p_filter -> 'status')))
    order by r.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'reconciliations', coalesce(
      jsonb_agg(public.get_reconciliation(p.id, p_scope) order by p.n) filter (where p.n <= p_limit), '[]'
    ),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$function$;

REVOKE ALL ON FUNCTION "public"."list_reconciliations"(jsonb, integer, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.list_sources_of_organisation (
  p_provider        text,
  p_organisation_id text,
  p_company_id      text,
  p_scope           text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(s.id order by s.id), '[]')
  from public.sources s
  where s.provider = p_provider and s.archived_at is null and public.in_scope(p_scope, s.organisation_id)
    and s.organisation_id = p_organisation_id
    and (p_company_id is null or s.company_id is null or s.company_id = p_company_id);
$function$;

REVOKE ALL ON FUNCTION "public"."list_sources_of_organisation"(text, text, text, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.mark_back_filling (
  p_id          bigint,
  p_finding_ids bigint[],
  p_replay_id   bigint,
  p_scope       text[]
)
  RETURNS integer
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_marked integer;
begin
  update public.reconciliations r set replay_id = p_replay_id
  where r.id = p_id and public.in_scope(p_scope, r.organisation_id);
  if not found then
    return 0;
  end if;
  update public.findings f set state = 'back_filling', replay_id = p_replay_id, checked_at = public.now_()
  where f.reconciliation_id = p_id and f.id = any (p_finding_ids) and public.is_free(f);
  get diagnostics v_marked = row_count;
  return v_marked;
end
$function$;

REVOKE ALL ON FUNCTION "public"."mark_back_filling"(bigint, bigint[], bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.match_entries (
  p_window  bigint,
  p_entries jsonb
)
  RETURNS jsonb
  LANGUAGE sql
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
  select public.match_keys(r.provider, r.source_id, r.subscribed_types, p_entries)
  from public.reconciliation_windows w
  join public.reconciliations r on r.id = w.reconciliation_id
  where w.id = p_window;
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
  v_lost bigint[];
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
    where x.logical_key = i.logical_key and x.provider = p_provider and x.source_id is not distinct from p_source_id
      and x.variant_of is null
    order by x.id
    limit 1
  ) b on a.event_id is null
  left join lateral (
    select x.event_id from public.event_keys x
    where x.provider = p_provider and x.key_hash = sha256(convert_to(i.logical_key, 'UTF8'))
      and x.source_id is not distinct from p_source_id and x.variant = ''
    offset 0
  ) c on a.event_id is null and b.event_id is null
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

  v_lost := public.lost_deliveries(array(
    select x.id::bigint
    from jsonb_to_recordset(v_known) as k(delivered jsonb)
    cross join lateral jsonb_array_elements_text(nullif(k.delivered, 'null')) x(id)
  ));

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

REVOKE ALL ON FUNCTION "public"."match_keys"(text, bigint, text[], jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.may_see_source (
  p_provider  text,
  p_source_id bigint,
  p_scope     text[]
)
  RETURNS boolean
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select case
    when p_source_id is null then public.in_scope(p_scope, null)
    else exists (
      select from public.sources s
      where s.id = p_source_id and s.provider = p_provider and s.archived_at is null
        and public.in_scope(p_scope, s.organisation_id)
    )
  end;
$function$;

REVOKE ALL ON FUNCTION "public"."may_see_source"(text, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.missing_counts (
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with open as (
    select x.kind, x.provider, x.source_id, x.identity
    from (
      select f.kind, f.provider, f.source_id, f.identity, f.reconciliation_id
      from public.findings f
      where f.state in ('open', 'back_filling') and f.kind <> 'unrecoverable'
      limit 10000
    ) x
    join public.reconciliations r on r.id = x.reconciliation_id
    where public.in_scope(p_scope, r.organisation_id)
    group by 1, 2, 3, 4
  ),
  closed as (
    select f.state, f.provider, f.source_id, f.identity
    from public.findings f
    join public.reconciliations r on r.id = f.reconciliation_id
    where f.closed_at >= public.now_() - interval '24 hours' and public.in_scope(p_scope, r.organisation_id)
    group by 1, 2, 3, 4
  )
  select jsonb_build_object(
    'missing', count(*) filter (where o.kind = 'missing'), 'rejected', count(*) filter (where o.kind = 'rejected'),
    'undelivered', count(*) filter (where o.kind = 'undelivered'),
    'drifted', count(*) filter (where o.kind = 'drifted'),
    'not_subscribed', count(*) filter (where o.kind = 'not_subscribed'),
    'repaired_24h', (select count(*) from closed c where c.state = 'repaired'),
    'late_24h', (select count(*) from closed c where c.state = 'late')
  )
  from open o;
$function$;

REVOKE ALL ON FUNCTION "public"."missing_counts"(text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.new_entries (
  r         public.reconciliations,
  p_entries jsonb
)
  RETURNS integer[]
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_new integer[];
begin
  with listed as (
    select min(i.n) as n, sha256(convert_to(coalesce(i.event_key, i.logical_key), 'UTF8')) as identity_hash
    from jsonb_to_recordset(p_entries) as i(
      n integer, event_key text, logical_key text, event_type text, occurred_at timestamptz
    )
    where i.occurred_at >= (r).from_ts and i.occurred_at < (r).to_ts
      and ((r).types is null or public.is_subscribed((r).types, i.event_type))
    group by 2
    order by 2
  ),
  added as (
    insert into public.reconciliation_entries (reconciliation_id, identity_hash)
    select (r).id, l.identity_hash from listed l
    on conflict do nothing
    returning identity_hash
  )
  select coalesce(array_agg(l.n), '{}') into v_new
  from added a join listed l on l.identity_hash = a.identity_hash;
  return v_new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."new_entries"(public.reconciliations, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_api_requests (
  p_id       bigint,
  p_window   bigint,
  p_provider text,
  p_requests jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  insert into public.api_requests (
    reconciliation_id, window_id, provider, method, url, status_code, provider_request_id, entries, problem,
    milliseconds
  )
  select p_id, p_window, p_provider, q.method, q.url, q.status_code, left(q.provider_request_id, 255), q.entries,
    left(q.problem, 500), q.milliseconds
  from jsonb_to_recordset(p_requests) as q(
    method text, url text, status_code integer, provider_request_id text, entries integer, problem text,
    milliseconds integer
  );
$function$;

REVOKE ALL ON FUNCTION "public"."note_api_requests"(bigint, bigint, text, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_api_test (
  p_provider   text,
  p_source_id  bigint,
  p_problem    text,
  p_stored     boolean,
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
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return false;
  end if;
  update public.api_credentials c set tested_at = public.now_(), problem = left(p_problem, 500)
  where c.provider = p_provider and c.source_id is not distinct from p_source_id and p_stored;
  perform public.record_staff_action(
    'api_key.test', public.source_subject(p_provider, p_source_id),
    jsonb_strip_nulls(jsonb_build_object('provider', p_provider, 'problem', left(p_problem, 500))),
    p_actor, p_actor_id, p_request_id
  );
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."note_api_test"(text, bigint, text, boolean, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_configuration (
  p_id            bigint,
  p_configuration jsonb
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  update public.reconciliations r set
    subscribed_types = case
      when jsonb_typeof(p_configuration -> 'subscribed_types') = 'array'
      then coalesce(public.text_array(p_configuration -> 'subscribed_types'), '{}')
    end,
    configuration = p_configuration - 'subscribed_types'
  where r.id = p_id;
$function$;

REVOKE ALL ON FUNCTION "public"."note_configuration"(bigint, jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.note_coverage (
  p_id bigint
)
  RETURNS void
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  update public.watches w set covered_until = r.to_ts
  from public.reconciliations r
  where r.id = p_id and r.status = 'completed' and r.types is null and w.provider = r.provider
    and w.source_id is not distinct from r.source_id
    and (w.covered_until is null or w.covered_until between r.from_ts and r.to_ts);
$function$;

REVOKE ALL ON FUNCTION "public"."note_coverage"(bigint) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."open_findings"(text, bigint) FROM PUBLIC, "anon", "authenticated";

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

CREATE OR REPLACE FUNCTION public.paired_events (
  p_events jsonb
)
  RETURNS jsonb
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_pairs jsonb;
begin
  if not jsonb_path_exists(p_events, '$[*].logical_key ? (@ != null)') then
    return p_events;
  end if;

  perform pg_advisory_xact_lock_shared(k.lock)
  from (
    select distinct public.pairing_lock(i.provider, i.source_id) as lock
    from jsonb_to_recordset(p_events) as i(provider text, source_id bigint, logical_key text)
    where i.logical_key is not null
    order by 1
  ) k;

  select jsonb_object_agg(i.n, i.logical_key) into v_pairs
  from jsonb_to_recordset(p_events) as i(n integer, provider text, source_id bigint, event_key text, logical_key text)
  cross join lateral (
    select x.event_id from public.event_keys x
    where x.provider = i.provider and x.key_hash = sha256(convert_to(i.logical_key, 'UTF8'))
      and x.source_id is not distinct from i.source_id and x.variant = ''
    offset 0
  ) k
  join public.events e on e.id = k.event_id and e.origin = 'reconstructed'
  where i.logical_key is not null and i.event_key <> i.logical_key
    -- It came before: it is itself, and what was reconstructed later repaired a row.
    and not exists (
      select from public.event_keys x
      where x.provider = i.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
        and x.source_id is not distinct from i.source_id and x.variant = ''
    );
  if v_pairs is null then
    return p_events;
  end if;

  return (
    select jsonb_agg(case
      when v_pairs ? (x.event ->> 'n') then
        x.event || jsonb_build_object('event_key', v_pairs -> (x.event ->> 'n'))
      else x.event
    end)
    from jsonb_array_elements(p_events) as x(event)
  );
end
$function$;

REVOKE ALL ON FUNCTION "public"."paired_events"(jsonb) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.pairing_lock (
  p_provider  text,
  p_source_id bigint
)
  RETURNS bigint
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select hashtextextended('pairing ' || p_provider || ' ' || coalesce(p_source_id::text, ''), 1);
$function$;

REVOKE ALL ON FUNCTION "public"."pairing_lock"(text, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.people_of_finding (
  p_event_type text,
  p_shop       text,
  p_body       bytea
)
  RETURNS text[]
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select array_remove(array[case
    when p_event_type ~ '^(orders|customers)/' then
      split_part(p_event_type, 's/', 1) || ':' || substring(w.text from '^\s*\{\s*"id"\s*:\s*"?(\d+)')
  end], null) || public.people_in(p_shop, w.text)
  from (select public.text_of_bytes(p_body) as text offset 0) w;
$function$;

REVOKE ALL ON FUNCTION "public"."people_of_finding"(text, text, bytea) FROM PUBLIC, "anon", "authenticated";

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

CREATE OR REPLACE FUNCTION public.read_api_credentials (
  p_provider  text,
  p_source_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select c.fields from public.api_credentials c
  where c.provider = p_provider and c.source_id is not distinct from p_source_id;
$function$;

REVOKE ALL ON FUNCTION "public"."read_api_credentials"(text, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.read_findings (
  p_finding_ids bigint[],
  p_scope       text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', f.id, 'kind', f.kind, 'provider', f.provider, 'event_key', f.event_key, 'logical_key', f.logical_key,
    'event_type', f.event_type, 'occurred_at', public.iso(f.occurred_at), 'origin', f.origin, 'headers', f.headers,
    'body', replace(encode(f.body, 'base64'), e'\n', ''), 'event_id', f.event_id, 'source', (
      select jsonb_build_object(
        'id', s.id, 'organisation_id', s.organisation_id, 'company_id', s.company_id, 'settings', s.settings
      )
      from public.sources s where s.id = f.source_id
    )
  ) order by x.place), '[]')
  from (
    select y.id, y.place, sum(y.size) over (order by y.place) - y.size as bytes_before
    from (
      select g.id, p.place, coalesce(octet_length(g.body), 0) as size
      from unnest(p_finding_ids) with ordinality p(id, place)
      join public.findings g on g.id = p.id
      join public.reconciliations r on r.id = g.reconciliation_id and public.in_scope(p_scope, r.organisation_id)
    ) y
  ) x
  join public.findings f on f.id = x.id
  where x.bytes_before < public.payload_budget();
$function$;

REVOKE ALL ON FUNCTION "public"."read_findings"(bigint[], text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.reconciliation_json (
  r public.reconciliations
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'id', 'rc_' || r.id, 'provider_slug', r.provider, 'source_id', 'so_' || r.source_id,
    'org_id', r.organisation_id, 'company_id', r.company_id, 'status', r.status, 'reason', r.reason,
    'started_by', r.started_by, 'dry_run', r.dry_run, 'from_ts', public.iso(r.from_ts), 'to_ts', public.iso(r.to_ts),
    'types', to_jsonb(r.types),
    'counts', jsonb_build_object('provider', r.listed, 'received', r.received) || (
      select jsonb_build_object(
        'missing', count(*) filter (where f.kind = 'missing' and f.closed_at is null),
        'rejected', count(*) filter (where f.kind = 'rejected' and f.closed_at is null),
        'undelivered', count(*) filter (where f.kind = 'undelivered' and f.closed_at is null),
        'drifted', count(*) filter (where f.kind = 'drifted' and f.closed_at is null),
        'not_subscribed', count(*) filter (where f.kind = 'not_subscribed' and f.closed_at is null),
        'unrecoverable', count(*) filter (where f.kind = 'unrecoverable' and f.closed_at is null),
        'late', count(*) filter (where f.state = 'late'),
        'repaired', count(*) filter (where f.state = 'repaired')
      )
      from public.findings f where f.reconciliation_id = r.id
    ),
    'windows', (
      select jsonb_build_object(
        'total', count(*), 'done', count(*) filter (where w.status = 'done'),
        'failed', count(*) filter (where w.status = 'failed')
      )
      from public.reconciliation_windows w where w.reconciliation_id = r.id and w.status <> 'split'
    ),
    'requests', (select count(*) from public.api_requests a where a.reconciliation_id = r.id),
    'replay_id', 'wr_' || r.replay_id, 'actor', r.actor, 'created_at', public.iso(r.created_at),
    'started_at', public.iso(r.started_at), 'completed_at', public.iso(r.completed_at)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."reconciliation_json"(public.reconciliations) FROM PUBLIC, "anon", "authenticated";

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
  select * into r from public.reconciliations x where x.id = w.reconciliation_id and x.status = 'running' for update;
  if not found then
    return false;
  end if;

  perform public.note_api_requests(r.id, w.id, r.provider, p_page -> 'requests');
  v_new := public.new_entries(r, p_page -> 'entries');
  v_matched := public.match_keys(r.provider, r.source_id, r.subscribed_types, (
    select jsonb_agg(e) from jsonb_array_elements(p_page -> 'entries') e where (e ->> 'n')::integer = any (v_new)
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

REVOKE ALL ON FUNCTION "public"."record_page"(bigint, bigint, jsonb, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.redact_arriving_finding()
  RETURNS TRIGGER
  LANGUAGE plpgsql
  SET search_path TO ''
  AS $function$
declare
  v_shop text := coalesce(public.shop_in_headers(new.headers), lower(new.organisation_id));
begin
  if exists (
    select from public.privacy_requests p
    where p.shop_domain = v_shop and p.kind in ('customers/redact', 'shop/redact') and new.occurred_at <= p.requested_at
      and (p.kind = 'shop/redact' or p.people && public.people_of_finding(new.event_type, v_shop, new.body))
  ) then
    new.body := null;
    new.headers := null;
    new.difference := null;
  end if;
  return new;
end
$function$;

REVOKE ALL ON FUNCTION "public"."redact_arriving_finding"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.release_windows (
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
  update public.reconciliation_windows w set lease_until = null, worker = null
  where w.status = 'pending' and w.worker = p_worker and w.lease_until is not null;
  get diagnostics v_released = row_count;
  return v_released;
end
$function$;

REVOKE ALL ON FUNCTION "public"."release_windows"(text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.renew_window (
  p_window        bigint,
  p_fence         bigint,
  p_lease_seconds integer
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
begin
  update public.reconciliation_windows w set lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
  where w.id = p_window and w.fence = p_fence and w.status = 'pending' and exists (
    select from public.reconciliations r where r.id = w.reconciliation_id and r.status = 'running'
  );
  return found;
end
$function$;

REVOKE ALL ON FUNCTION "public"."renew_window"(bigint, bigint, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.run_in_brief (
  p_provider  text,
  p_source_id bigint,
  p_statuses  text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select jsonb_build_object(
    'id', 'rc_' || r.id, 'status', r.status, 'reason', r.reason, 'started_by', r.started_by,
    'from_ts', public.iso(r.from_ts), 'to_ts', public.iso(r.to_ts), 'created_at', public.iso(r.created_at),
    'completed_at', public.iso(r.completed_at)
  )
  -- Two branches, of which one runs: the index does not answer "is not distinct from".
  from (
    (
      select * from public.reconciliations x
      where p_source_id is null and x.provider = p_provider and x.source_id is null
        and x.status::text = any (p_statuses)
      order by x.created_at desc, x.id desc
      limit 1
    )
    union all
    (
      select * from public.reconciliations x
      where x.provider = p_provider and x.source_id = p_source_id and x.status::text = any (p_statuses)
      order by x.created_at desc, x.id desc
      limit 1
    )
  ) r;
$function$;

REVOKE ALL ON FUNCTION "public"."run_in_brief"(text, bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
    'actor', (r).actor, 'request_id', (r).request_id, 'created_at', public.iso((r).created_at),
    'started_at', public.iso((r).started_at), 'completed_at', public.iso((r).completed_at)
  )
  from public.findings_of((r).id) f, public.counted_of((r).counted) c;
$function$;

REVOKE ALL ON FUNCTION "public"."run_json"(public.reconciliations, text[]) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.set_api_credentials (
  p_provider   text,
  p_source_id  bigint,
  p_fields     jsonb,
  p_hints      jsonb,
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
  c public.api_credentials;
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return null;
  end if;
  insert into public.api_credentials (provider, source_id, fields, hints)
  values (p_provider, p_source_id, p_fields, p_hints)
  on conflict on constraint api_credentials_one_per_source do update set
    fields = excluded.fields, hints = excluded.hints, tested_at = null, problem = null, updated_at = public.now_()
  returning * into c;
  -- Names only: not even a hint of a key belongs in the log.
  perform public.record_staff_action(
    'api_key.set', public.source_subject(p_provider, p_source_id), jsonb_build_object(
      'provider', p_provider, 'fields', (select jsonb_agg(k order by k) from jsonb_object_keys(p_fields) k)
    ), p_actor, p_actor_id, p_request_id
  );
  return public.api_credentials_json(c);
end
$function$;

REVOKE ALL ON FUNCTION "public"."set_api_credentials"(text, bigint, jsonb, jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.set_watch (
  p_provider   text,
  p_source_id  bigint,
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
  w public.watches;
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return null;
  end if;
  insert into public.watches (provider, source_id) values (p_provider, p_source_id)
  on conflict on constraint watches_one_per_source do nothing;
  update public.watches x set
    enabled = coalesce((p_change ->> 'enabled')::boolean, x.enabled),
    every_seconds = coalesce((p_change ->> 'every_seconds')::integer, x.every_seconds),
    window_seconds = coalesce((p_change ->> 'window_seconds')::integer, x.window_seconds),
    daily_window_seconds = coalesce((p_change ->> 'daily_window_seconds')::integer, x.daily_window_seconds),
    back_fills = coalesce((p_change ->> 'back_fills')::boolean, x.back_fills),
    next_run_at = case
      when p_change ->> 'enabled' = 'true' and not x.enabled then public.now_()
      -- A shorter interval begins to count now, not after the longer one.
      when p_change ? 'every_seconds' then
        least(x.next_run_at, public.now_() + make_interval(secs => (p_change ->> 'every_seconds')::integer))
      else x.next_run_at
    end,
    updated_at = public.now_()
  where x.provider = p_provider and x.source_id is not distinct from p_source_id
  returning * into w;
  perform public.record_staff_action(
    'watch.update', public.source_subject(p_provider, p_source_id),
    jsonb_build_object('provider', p_provider) || p_change, p_actor, p_actor_id, p_request_id
  );
  return public.watch_json(w);
end
$function$;

REVOKE ALL ON FUNCTION "public"."set_watch"(text, bigint, jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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
  v_settled integer;
begin
  update public.findings f set
    state = s.state, closed_at = case when s.state = 'repaired' then public.now_() end,
    detail = case when s.state = 'open' then left(s.detail, 1000) else f.detail end,
    replay_id = case when s.state = 'open' then null else f.replay_id end, checked_at = public.now_()
  from (
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
    where x.state = 'back_filling'
    order by x.id
    for update of x skip locked
  ) s
  where f.id = s.id and s.state is not null;
  get diagnostics v_settled = row_count;
  return v_settled;
end
$function$;

REVOKE ALL ON FUNCTION "public"."settle_findings"() FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.shown_state (
  f public.findings
)
  RETURNS public.finding_state
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select case when public.is_free(f) then 'open' else (f).state end;
$function$;

REVOKE ALL ON FUNCTION "public"."shown_state"(public.findings) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.source_subject (
  p_provider  text,
  p_source_id bigint
)
  RETURNS text
  LANGUAGE sql
  IMMUTABLE
  SET search_path TO ''
  AS $function$
  select coalesce('so_' || p_source_id, p_provider);
$function$;

REVOKE ALL ON FUNCTION "public"."source_subject"(text, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.split_window (
  p_window bigint,
  p_fence  bigint
)
  RETURNS boolean
  LANGUAGE plpgsql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  w public.reconciliation_windows;
  v_middle timestamptz;
begin
  update public.reconciliation_windows x set status = 'split', lease_until = null, worker = null, cursor = null
  where x.id = p_window and x.fence = p_fence and x.status = 'pending' and x.to_ts - x.from_ts >= interval '2 seconds'
  returning * into w;
  if not found then
    return false;
  end if;
  -- At a whole second: many providers know no finer time.
  v_middle := date_trunc('second', w.from_ts + (w.to_ts - w.from_ts) / 2);
  insert into public.reconciliation_windows (reconciliation_id, from_ts, to_ts)
  values (w.reconciliation_id, w.from_ts, v_middle), (w.reconciliation_id, v_middle, w.to_ts);
  return true;
end
$function$;

REVOKE ALL ON FUNCTION "public"."split_window"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.started_replay (
  p_replay_id bigint,
  p_scope     text[]
)
  RETURNS text
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  select public.replay_name(r.id, p_scope) from public.replays r where r.id = p_replay_id and r.status <> 'draft';
$function$;

REVOKE ALL ON FUNCTION "public"."started_replay"(bigint, text[]) FROM PUBLIC, "anon", "authenticated";

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
    -- Bytes that differ from those of a back-fill were counted as a duplicate.
    where e.id = a.variant_of and not public.is_brought_back(e.origin)
    returning e.id
  )
  select coalesce(array_agg(s.n) filter (where not s.is_new), '{}') into v_again from seen s;
  return v_again;
end
$function$;

CREATE OR REPLACE FUNCTION public.summarise_api_requests (
  p_ids   bigint[],
  p_scope text[]
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with asked as (
    select q.status_code, q.problem, coalesce(q.entries, 0) as entries, q.url
    from public.api_requests q
    join public.reconciliations r on r.id = q.reconciliation_id
    where r.id = any (p_ids) and public.in_scope(p_scope, r.organisation_id)
  )
  select jsonb_build_object(
    'errors', coalesce((
      select jsonb_object_agg(e.kind, e.count) from (
        select case
            when a.status_code is null then 'network'
            when a.status_code = 401 then 'unauthorised'
            when a.status_code = 403 then 'forbidden'
            when a.status_code = 404 then 'not_found'
            when a.status_code = 429 then 'rate_limited'
            when a.status_code >= 500 then 'unavailable'
            when a.status_code >= 400 then 'refused'
            else 'malformed'
          end as kind, count(*) as count
        from asked a
        where a.problem is not null or a.status_code is null or a.status_code >= 400
        group by 1
      ) e
    ), '{}'),
    'entries', coalesce((
      select jsonb_object_agg(p.path, p.entries) from (
        select regexp_replace(
            regexp_replace(split_part(a.url, '?', 1), '^[a-z]+://[^/]+', ''), '/\d+(?=/|$)', '/{id}', 'g'
          ) as path, sum(a.entries) as entries
        from asked a
        where a.status_code between 200 and 299
        group by 1
        order by 2 desc
        limit 50
      ) p
    ), '{}')
  );
$function$;

REVOKE ALL ON FUNCTION "public"."summarise_api_requests"(bigint[], text[]) FROM PUBLIC, "anon", "authenticated";

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
  insert into public.api_budgets as b (account, next_at)
  values (p_account, v_now - (p_burst - 1) * v_interval + p_cost * v_interval)
  on conflict (account) do update set
    next_at = greatest(b.next_at, public.clock_() - (p_burst - 1) * v_interval) + p_cost * v_interval,
    updated_at = public.clock_()
  returning b.next_at - p_cost * v_interval into v_turn;
  return greatest(0, ceil(extract(epoch from v_turn - public.clock_()) * 1000))::integer;
end
$function$;

REVOKE ALL ON FUNCTION "public"."take_api_turn"(text, bigint, integer, integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.take_runs_to_back_fill (
  p_lease_seconds integer
)
  RETURNS jsonb
  LANGUAGE sql
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
  with taken as (
    update public.reconciliations r set
      back_fill_lease_until = public.now_() + make_interval(secs => p_lease_seconds)
    where r.id in (
      select x.id from public.reconciliations x
      where x.back_filled_at is null and not x.dry_run and x.status in ('completed', 'partial')
        and coalesce(x.back_fill_lease_until < public.now_(), true)
      order by x.id
      limit 10
      for update skip locked
    )
    returning r.id, r.actor, r.actor_id, r.request_id
  )
  select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') from taken t;
$function$;

REVOKE ALL ON FUNCTION "public"."take_runs_to_back_fill"(integer) FROM PUBLIC, "anon", "authenticated";

CREATE OR REPLACE FUNCTION public.watch_json (
  w public.watches
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select jsonb_build_object(
    'enabled', (w).enabled, 'every_seconds', (w).every_seconds, 'window_seconds', (w).window_seconds,
    'daily_window_seconds', (w).daily_window_seconds, 'back_fills', (w).back_fills,
    'next_run_at', public.iso((w).next_run_at), 'next_daily_run_at', public.iso((w).next_daily_run_at),
    'covered_until', public.iso((w).covered_until)
  );
$function$;

REVOKE ALL ON FUNCTION "public"."watch_json"(public.watches) FROM PUBLIC, "anon", "authenticated";

ALTER TABLE "public"."api_credentials"
  ADD CONSTRAINT "api_credentials_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE CASCADE;

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_check" CHECK (((state = ANY (ARRAY['repaired'::public.finding_state, 'late'::public.finding_state])) = (closed_at IS NOT NULL)));

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_detail_check" CHECK ((char_length(detail) <= 1000));

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_identity_check" CHECK (((octet_length(identity) >= 1) AND (octet_length(identity) <= 1024)));

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_once_per_run" UNIQUE (reconciliation_id, kind, identity);

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_rejection_id_fkey" FOREIGN KEY (rejection_id) REFERENCES public.rejections(id) ON DELETE SET NULL;

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE SET NULL;

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE CASCADE;

ALTER TABLE "public"."api_requests"
  ADD CONSTRAINT "api_requests_window_id_fkey" FOREIGN KEY (window_id) REFERENCES public.reconciliation_windows(id) ON DELETE CASCADE;

ALTER TABLE "public"."reconciliation_windows"
  ADD CONSTRAINT "reconciliation_windows_problem_check" CHECK ((char_length(problem) <= 500));

ALTER TABLE "public"."reconciliations"
  ADD CONSTRAINT "reconciliations_check1"
    CHECK
    (((status = ANY (ARRAY['completed'::public.reconciliation_status, 'partial'::public.reconciliation_status, 'failed'::public.reconciliation_status,
    'cancelled'::public.reconciliation_status])) = (completed_at IS NOT NULL)));

ALTER TABLE "public"."reconciliations"
  ADD CONSTRAINT "reconciliations_check" CHECK ((from_ts < to_ts));

ALTER TABLE "public"."api_requests"
  ADD CONSTRAINT "api_requests_reconciliation_id_fkey" FOREIGN KEY (reconciliation_id) REFERENCES public.reconciliations(id) ON DELETE CASCADE;

ALTER TABLE "public"."findings"
  ADD CONSTRAINT "findings_reconciliation_id_fkey" FOREIGN KEY (reconciliation_id) REFERENCES public.reconciliations(id) ON DELETE CASCADE;

ALTER TABLE "public"."reconciliation_entries"
  ADD CONSTRAINT "reconciliation_entries_reconciliation_id_fkey" FOREIGN KEY (reconciliation_id) REFERENCES public.reconciliations(id) ON DELETE CASCADE;

ALTER TABLE "public"."reconciliation_windows"
  ADD CONSTRAINT "reconciliation_windows_reconciliation_id_fkey" FOREIGN KEY (reconciliation_id) REFERENCES public.reconciliations(id) ON DELETE CASCADE;

ALTER TABLE "public"."reconciliations"
  ADD CONSTRAINT "reconciliations_reason_check" CHECK ((char_length(reason) <= 1000));

ALTER TABLE "public"."reconciliations"
  ADD CONSTRAINT "reconciliations_replay_id_fkey" FOREIGN KEY (replay_id) REFERENCES public.replays(id) ON DELETE SET NULL;

ALTER TABLE "public"."reconciliations"
  ADD CONSTRAINT "reconciliations_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE CASCADE;

ALTER TABLE "public"."watches"
  ADD CONSTRAINT "watches_source_id_fkey" FOREIGN KEY (source_id) REFERENCES public.sources(id) ON DELETE CASCADE;

CREATE INDEX api_requests_of_run ON public.api_requests USING btree (reconciliation_id, id);

CREATE INDEX events_by_logical_key ON public.events USING btree (logical_key, PROVIDER)
  WHERE (logical_key IS NOT NULL);

CREATE INDEX findings_closed ON public.findings USING btree (closed_at)
  WHERE (closed_at IS NOT NULL);

CREATE INDEX findings_of_event ON public.findings USING btree (event_id)
  WHERE (event_id IS NOT NULL);

CREATE INDEX findings_open_of_source ON public.findings USING btree (PROVIDER, source_id, kind, occurred_at)
  WHERE (state = ANY (ARRAY['open'::public.finding_state, 'back_filling'::public.finding_state]));

CREATE INDEX reconciliation_windows_of_run ON public.reconciliation_windows USING btree (reconciliation_id, from_ts);

CREATE INDEX reconciliations_not_ended ON public.reconciliations USING btree (id)
  WHERE (status = ANY (ARRAY['queued'::public.reconciliation_status, 'running'::public.reconciliation_status]));

CREATE INDEX reconciliations_to_back_fill ON public.reconciliations USING btree (id)
  WHERE ((NOT dry_run) AND (back_filled_at IS NULL));

CREATE INDEX rejections_of_key ON public.rejections USING btree (PROVIDER, event_key)
  WHERE (event_key IS NOT NULL);

CREATE TRIGGER redact_arriving_finding
  BEFORE INSERT ON public.findings
  FOR EACH ROW
  WHEN (((new.provider = 'shopify'::text) OR (new.organisation_id ~~ '%.myshopify.com'::text)))
  EXECUTE FUNCTION public.redact_arriving_finding();

GRANT EXECUTE ON FUNCTION "public"."advance_reconciliations"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."api_credentials_json"(public.api_credentials) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."back_fill"(bigint, jsonb, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."cancel_reconciliation"(bigint, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."claim_windows"(text, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."closed_findings"(text, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."counted_of"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."counted_with"(jsonb, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."create_reconciliation"(jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."delete_api_credentials"(text, bigint, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."deliver_late_webhooks"(bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."due_watches"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."fail_window"(bigint, bigint, text, integer, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_back_fill"(bigint, text, text, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_finding_of_event"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."finding_json"(public.findings, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."findings_of"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."finish_back_fill"(bigint, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_api_credentials"(text, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_finding"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_reconciliation"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."heal_findings"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."healed_state"(bigint, public.event_origin, public.finding_kind, public.finding_kind, public.finding_state, boolean) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."hold_api_account"(text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_brought_back"(public.event_origin) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_free"(public.findings) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_in_use"(text, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_subscribed"(text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_api_credentials"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_api_requests"(bigint, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_back_fillable"(bigint, bigint[], integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_coverage"(text[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_findings"(bigint, text, text, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_own_objects"(text, bigint, timestamp WITH time zone, timestamp WITH time zone, text[], text, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_reconciliations"(jsonb, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_sources_of_organisation"(text, text, text, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."mark_back_filling"(bigint, bigint[], bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."match_entries"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."match_keys"(text, bigint, text[], jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."may_see_source"(text, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."missing_counts"(text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."new_entries"(public.reconciliations, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_api_requests"(bigint, bigint, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_api_test"(text, bigint, text, boolean, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_configuration"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_coverage"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_findings"(text, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."paired_events"(jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."pairing_lock"(text, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."people_of_finding"(text, text, bytea) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_api_credentials"(text, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_findings"(bigint[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reconciliation_json"(public.reconciliations) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."record_page"(bigint, bigint, jsonb, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."redact_arriving_finding"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."release_windows"(text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."renew_window"(bigint, bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."run_in_brief"(text, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."run_json"(public.reconciliations, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."set_api_credentials"(text, bigint, jsonb, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."set_watch"(text, bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."settle_findings"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."shown_state"(public.findings) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."source_subject"(text, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."split_window"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."started_replay"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."summarise_api_requests"(bigint[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_api_turn"(text, bigint, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_runs_to_back_fill"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."watch_json"(public.watches) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."api_credentials_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."api_credentials_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."api_requests_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."api_requests_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."findings_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."findings_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."reconciliation_windows_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."reconciliation_windows_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."reconciliations_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."reconciliations_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."watches_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."watches_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."api_budgets" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."api_budgets" TO "service_role";

REVOKE ALL ON TABLE "public"."api_credentials" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."api_credentials" TO "service_role";

REVOKE ALL ON TABLE "public"."api_requests" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."api_requests" TO "service_role";

REVOKE ALL ON TABLE "public"."findings" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."findings" TO "service_role";

REVOKE ALL ON TABLE "public"."reconciliation_entries" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."reconciliation_entries" TO "service_role";

REVOKE ALL ON TABLE "public"."reconciliation_windows" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."reconciliation_windows" TO "service_role";

REVOKE ALL ON TABLE "public"."reconciliations" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."reconciliations" TO "service_role";

REVOKE ALL ON TABLE "public"."watches" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."watches" TO "service_role";

CREATE INDEX api_requests_by_age ON public.api_requests USING btree (asked_at);

ALTER TABLE "public"."findings"
  ADD COLUMN "found_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

ALTER TABLE "public"."findings"
  ADD COLUMN "checked_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX findings_open ON public.findings USING btree (checked_at)
  WHERE (state = ANY (ARRAY['open'::public.finding_state, 'back_filling'::public.finding_state]));

ALTER TABLE "public"."reconciliation_windows"
  ADD COLUMN "due_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX reconciliation_windows_due ON public.reconciliation_windows USING btree (due_at)
  WHERE (status = 'pending'::public.window_status);

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "created_at" timestamp WITH time zone NOT NULL DEFAULT public.now_();

CREATE INDEX reconciliations_newest_first ON public.reconciliations USING btree (created_at DESC, id DESC);

CREATE INDEX reconciliations_of_source ON public.reconciliations USING btree (PROVIDER, source_id, created_at DESC);

CREATE INDEX watches_due ON public.watches USING btree (next_run_at)
  WHERE enabled;
