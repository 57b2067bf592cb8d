-- The tables of runbook 002 under its names, so that its SQL runs as it is written. They see all organisations: only
-- the server's key, the owner and redrive_reader may read them.

-- One row per event. The statuses are the runbook's four, and `ignored`: no destination received it.
create view public."WebhookEvent" as
select e.id, e.provider, e.event_key as "eventId", e.event_type as type, s.word as status, e.last_error as error,
  public.payload_of(e) as payload, e.received_at as "receivedAt", e.processed_at as "processedAt"
from (
  values ('received', 'received'), ('processing', 'processing'), ('processed', 'processed'), ('failed', 'failed'),
    ('dead', 'failed'), ('replayed', 'processed'), ('resolved', 'processed'), ('ignored', 'ignored')
) s(status, word)
join public.events e on e.status = s.status::public.event_status;

-- Marking a failed event as processed is what "Resolve" does in the console, with its row in the audit log. Nothing
-- else of an event is changed by hand.
create function public.update_webhook_event() returns trigger
language plpgsql volatile set search_path = '' as $$
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
$$;

create trigger update_webhook_event instead of update on public."WebhookEvent"
for each row execute function public.update_webhook_event();

-- In the name of the role that is signed in to the database. Answers whether it was failed or dead.
create function public.resolve_in_sql(p_event_id bigint, p_reason text) returns boolean
language sql volatile set search_path = '' as $$
  select public.resolve_events(
    array[p_event_id], p_reason, null, 'Database user ' || session_user, 'sql:' || session_user, null
  ) = 1;
$$;

-- Which Shopify webhooks were taken, and once each.
create view public."EventProcessingState" as
select e.id, e.event_key as "eventId", e.event_type as topic, e.organisation_id as shop, w.status,
  e.duplicate_count as duplicates, e.received_at as "receivedAt", e.processed_at as "processedAt"
from public.events e
cross join lateral (
  select case
    when e.status = 'dead' then 'failed'
    when e.status in ('replayed', 'resolved') then 'processed'
    else e.status::text
  end as status
) w
where e.provider = 'shopify';
