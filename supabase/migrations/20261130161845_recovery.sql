-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

DROP FUNCTION "public"."back_fill"(bigint, jsonb, text[]);

DROP FUNCTION "public"."counted_with"(jsonb, jsonb);

DROP FUNCTION "public"."reconciliation_json"(public.reconciliations);

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

ALTER TABLE "public"."event_bodies"
  ADD COLUMN "dense_body" bytea;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "resent" jsonb;

ALTER TABLE "public"."reconciliations"
  ADD COLUMN "resend_lease_until" timestamp WITH time zone;

ALTER TABLE "public"."event_bodies"
  ALTER COLUMN "raw_body" DROP NOT NULL;

REVOKE ALL ON SEQUENCE "public"."event_notes_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."event_notes_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."incident_log_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."incident_log_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."incident_requests_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."incident_requests_id_seq" FROM "authenticated";

REVOKE ALL ON SEQUENCE "public"."incidents_id_seq" FROM "anon";

REVOKE ALL ON SEQUENCE "public"."incidents_id_seq" FROM "authenticated";

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

ALTER TABLE "public"."incidents"
  ADD COLUMN "severity" public.incident_severity NOT NULL;

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

ALTER TYPE "public"."replay_kind" ADD VALUE 'incident' AFTER 'back_fill';


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

REVOKE ALL ON FUNCTION "public"."accept_incident_items"(bigint, integer[], text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."add_incident_events"(bigint, bigint[]) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."add_incident_findings"(bigint, bigint, bigint[], integer) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."add_incident_findings_of"(bigint, bigint[], text[], integer) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."ask_incident_request"(bigint, public.incident_request_action, jsonb, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."assign_event"(bigint, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."back_fill"(bigint, jsonb, boolean, text[]) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."begin_incident_round"(bigint, bigint) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."cause_of_event"(bigint) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."change_incident"(bigint, jsonb, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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
      case when 'incident' = any (s.whats) then 'incidents' end,
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

REVOKE ALL ON FUNCTION "public"."claim_incidents"(integer, integer) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."close_incident"(bigint, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."close_when_done"(bigint, text, text, text, text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."count_incident_items"() FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."counted_with"(public.reconciliations, jsonb) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."counts_of_incident"(bigint) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."decide_incident_request"(bigint, bigint, boolean, text, text[], text, text, text) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."delete_failed_webhook"() FROM PUBLIC, "anon", "authenticated";

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
  select e.id, d.id, public.first_status(d), public.ordering_key_of(d, e)
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

REVOKE ALL ON FUNCTION "public"."delivers_again"(public.incidents) FROM PUBLIC, "anon", "authenticated";

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

REVOKE ALL ON FUNCTION "public"."end_incident_verification"(bigint, bigint, boolean, text, jsonb) FROM PUBLIC, "anon", "authenticated";

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
    ('incident_items', 'customer_id reason', 'event', null),
    ('incident_items', 'provider identity event_type object_id organisation_id currency accepted_by accepted_by_id'
      || ' proof', 'kept', 'ids, kinds, staff'),
    ('incidents', '*', 'kept', 'what staff wrote, and counts'),
    ('incident_log', '*', 'kept', 'what staff did: the log is never changed'),
    ('incident_steps', '*', 'kept', 'counts, our own words'),
    ('incident_runs', '*', 'kept', 'ids'),
    ('incident_requests', '*', 'kept', 'what staff asked for'),
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
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', '')
  ) order by e.id), '[]')
  from public.events e
  where e.id = any (p_event_ids) and public.sees_incident(p_id, p_scope)
    and public.in_scope(p_scope, e.organisation_id)
    and exists (select from public.incident_items i where i.incident_id = p_id and i.event_id = e.id);
$function$;

REVOKE ALL ON FUNCTION "public"."read_evidence_bodies"(bigint, bigint[], text[]) FROM PUBLIC, "anon", "authenticated";

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
    counted = public.counted_with(x, p_page -> 'counts'),
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

ALTER TABLE "public"."event_bodies"
  ADD CONSTRAINT "event_bodies_check" CHECK ((num_nonnulls(raw_body, dense_body) = 1));

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

CREATE INDEX api_requests_of_window ON public.api_requests USING btree (window_id)
  WHERE (window_id IS NOT NULL);

CREATE INDEX deliveries_ended ON public.deliveries USING btree (finished_at DESC, id DESC)
  WHERE (status = ANY (ARRAY['delivered'::public.delivery_status, 'dead'::public.delivery_status]));

CREATE INDEX event_assignees_of_person ON public.event_assignees USING btree (assignee_id, event_id);

CREATE INDEX event_notes_of_event ON public.event_notes USING btree (event_id, id);

CREATE INDEX findings_of_rejection ON public.findings USING btree (rejection_id)
  WHERE (rejection_id IS NOT NULL);

CREATE INDEX findings_of_replay ON public.findings USING btree (replay_id)
  WHERE (replay_id IS NOT NULL);

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

GRANT EXECUTE ON FUNCTION "public"."accept_incident_items"(bigint, integer[], text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."add_incident_events"(bigint, bigint[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."add_incident_findings"(bigint, bigint, bigint[], integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."add_incident_findings_of"(bigint, bigint[], text[], integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."ask_incident_request"(bigint, public.incident_request_action, jsonb, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."assign_event"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."back_fill"(bigint, jsonb, boolean, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."begin_incident_round"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."cause_of_event"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."change_incident"(bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."claim_incidents"(integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."close_incident"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."close_when_done"(bigint, text, text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."count_incident_items"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."counted_with"(public.reconciliations, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."counts_for"(public.deliveries, public.destinations, public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."counts_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."decide_incident_request"(bigint, bigint, boolean, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."delete_failed_webhook"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."delivers_again"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."end_incident_verification"(bigint, bigint, boolean, text, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_assignee_json"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."event_note_json"(public.event_notes) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_by_organisation"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_by_type"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_config"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_counts"(public.incident_item_state[], bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."evidence_sources"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."find_incident_causes"(bigint, bigint, public.incident_step, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."forget_reconciliation"(integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."get_incident"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."grow_incident"(bigint, jsonb, text, integer, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."guard_closed_incident"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."guard_incident"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."impact_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_findings_to_store"(bigint, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_in_brief"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_request_json"(public.incident_requests) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."incident_sources"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_incident_closed"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."is_recovery_active"(public.incidents) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."item_identity"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."items_to_recover"(bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lacks_delivery"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."last_position"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."link_incident_events"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_event_notes"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_items"(bigint, integer, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_log"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_rejections"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_replays"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_evidence_requests"(bigint, bigint, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_incident_items"(bigint, jsonb, integer, integer, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_incident_log"(bigint, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."list_incidents"(jsonb, integer, bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."lock_incident"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."money_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_event"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_evidence"(bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident_organisations"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident_stage"(bigint, bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_incident_step"(bigint, bigint, public.incident_step, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."note_resend"(bigint, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_incident"(jsonb, integer, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."open_incident_request"(bigint, bigint, text[], text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_for_reader"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."pick_incident_events"(bigint, integer, integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."prove_incident_items"(bigint, integer[]) TO "service_role";

GRANT EXECUTE
  ON FUNCTION "public"."proving_attempt"(bigint, public.delivery_status, bigint, public.destination_kind, timestamp WITH time zone, text, text, text, timestamp WITH time zone)
  TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_evidence"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_evidence_bodies"(bigint, bigint[], text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_incident_progress"(bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_incident_runs"(bigint, public.incident_step) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."read_incident_stage"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."recover_incident"(bigint, jsonb, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_change_of_log"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_lost_items"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_proved_items"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."refuse_renamed_items"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."release_incident"(bigint, bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."renew_incident"(bigint, bigint, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reopen_events"(bigint[], text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."reopen_incident"(bigint, text, text[], text, text, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."require_logged_growth"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."require_proof"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resolve_in_sql"(bigint, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."runs_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."sees_incident"(bigint, text[]) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."settle_incident_items"(bigint, bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."stages_of_incident"(bigint) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."start_incident_run"(bigint, bigint, public.incident_step, jsonb) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."take_runs_to_resend"(text[], integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."update_webhook_event"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."verify_incident_items"(bigint, bigint, bigint[], integer, integer) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."write_incident_log"(bigint, public.incident_log_kind, text, jsonb, text, text, text) TO "service_role";

REVOKE ALL ON SEQUENCE "public"."event_notes_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."event_notes_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."incident_log_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."incident_log_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."incident_requests_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."incident_requests_id_seq" TO "service_role";

REVOKE ALL ON SEQUENCE "public"."incidents_id_seq" FROM "service_role";

GRANT USAGE ON SEQUENCE "public"."incidents_id_seq" TO "service_role";

REVOKE ALL ON TABLE "public"."event_assignees" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_assignees" TO "service_role";

REVOKE ALL ON TABLE "public"."event_notes" FROM "service_role";

GRANT DELETE, INSERT, SELECT, UPDATE ON TABLE "public"."event_notes" TO "service_role";

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

-- A comparison of two schemas does not see how a column is stored.
ALTER TABLE "public"."event_bodies" ALTER COLUMN "dense_body" SET STORAGE EXTERNAL;
