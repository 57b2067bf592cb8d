-- The tables of runbook 004, for SQL and for its TypeScript through the API of Supabase.

-- One row per delivery that ended; what it is of is looked up row by row, as in dashboard_facts.
create view public.webhook_logs as
select d.id, (select e.provider from public.events e where e.id = d.event_id) as provider,
  (select e.event_type from public.events e where e.id = d.event_id) as event_type,
  (select e.event_key from public.events e where e.id = d.event_id) as event_id,
  case d.status when 'delivered' then 'success' else 'failure' end as status,
  case d.status when 'dead' then d.last_error end as error_message, d.finished_at as processed_at
from public.deliveries d
where d.status in ('delivered', 'dead');

-- One row per dead event, as GET /api/webhooks/dlq has them. `id` is what POST /api/webhooks/dlq takes.
create view public.failed_webhooks as
select e.id, e.provider, e.event_type, e.event_key as event_id, public.payload_of(e) as webhook_data,
  d.last_error as error_message, d.attempt_count as attempts, d.finished_at as failed_at
from public.deliveries d join public.events e on e.id = d.event_id and e.status = 'dead'
where d.status = 'dead' and not exists (
  select from public.deliveries x
  where x.event_id = d.event_id and x.status = 'dead' and (x.finished_at, x.id) > (d.finished_at, d.id)
);

-- Deleting a letter is what "Resolve" does in the console: the event leaves the list, with a row in the audit log, and
-- its bytes stay.
create function public.delete_failed_webhook() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  perform public.resolve_in_sql(old.id, 'Deleted from failed_webhooks in SQL');
  return old;
end
$$;

create trigger delete_failed_webhook instead of delete on public.failed_webhooks
for each row execute function public.delete_failed_webhook();
