-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

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
         SELECT 'support.webhook.dead_letter'::text
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

CREATE INDEX deliveries_ended ON public.deliveries USING btree (finished_at DESC, id DESC)
  WHERE (status = ANY (ARRAY['delivered'::public.delivery_status, 'dead'::public.delivery_status]));

CREATE TRIGGER update_webhook_event
  INSTEAD OF UPDATE ON public."WebhookEvent"
  FOR EACH ROW
  EXECUTE FUNCTION public.update_webhook_event();

CREATE TRIGGER delete_failed_webhook
  INSTEAD OF DELETE ON public.failed_webhooks
  FOR EACH ROW
  EXECUTE FUNCTION public.delete_failed_webhook();

GRANT EXECUTE ON FUNCTION "public"."delete_failed_webhook"() TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."payload_for_reader"(public.events) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."resolve_in_sql"(bigint, text) TO "service_role";

GRANT EXECUTE ON FUNCTION "public"."update_webhook_event"() TO "service_role";

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
