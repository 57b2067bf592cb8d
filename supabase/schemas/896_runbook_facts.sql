-- The table of runbook 003: what became of Chatwoot's webhooks on their way to endpoints, one fact per delivery that
-- ended, and one per dead letter.

-- A payload is shown to those who may read payloads in "WebhookEvent": redrive_reader may not, unless it is granted.
create function public.payload_for_reader(e public.events) returns jsonb
language sql stable set search_path = '' as $$
  select case
    when pg_catalog.has_column_privilege('public."WebhookEvent"', 'payload', 'select') then public.payload_of(e)
  end;
$$;

-- What it is of is looked up row by row: then the newest ten are read from the index of what ended, and nothing is
-- sorted. `finalStatus` is the HTTP status, or why there was none.
create view public.dashboard_facts as
select d.id, f.fact_type, case f.fact_type
    when 'support.webhook.retry' then jsonb_build_object(
      'attempts', d.attempt_count, 'success', d.status = 'delivered', 'durationMs', (
        select a.duration_ms from public.attempts a where a.delivery_id = d.id and a.number = d.attempt_count
      ), 'finalStatus', coalesce(to_jsonb(d.last_http_status), to_jsonb(d.last_error_class::text))
    )
    else jsonb_build_object(
      'payload', (select public.payload_for_reader(e) from public.events e where e.id = d.event_id),
      'attempts', d.attempt_count, 'lastError', d.last_error
    )
  end as value,
  jsonb_build_object(
    'timestamp', d.finished_at, 'event_id', 'we_' || d.event_id, 'destination_id', 'ds_' || d.destination_id
  ) as metadata, d.finished_at as recorded_at
from public.deliveries d
cross join lateral (
  select 'support.webhook.retry'::text as fact_type
  union all
  -- What a user resolved is no dead letter any more.
  select 'support.webhook.dead_letter'::text as fact_type from public.events e
  where d.status = 'dead' and e.id = d.event_id and e.status = 'dead'
) f
where d.status in ('delivered', 'dead')
  and d.destination_id = any (array(select t.id from public.destinations t where t.kind = 'http'))
  and (select e.provider from public.events e where e.id = d.event_id) = 'chatwoot';
