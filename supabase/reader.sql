-- Makes redrive_reader, a role for people's SQL and for Grafana: it reads the views of the runbooks and nothing else, of
-- all organisations. Run by `npm run reader`, or by whoever may create roles: psql -f supabase/reader.sql. Running it
-- again is harmless.
--
-- Payloads need a grant of their own:
--   grant select (payload) on public."WebhookEvent" to redrive_reader;
--   grant select (webhook_data) on public.failed_webhooks to redrive_reader;

do $$
begin
  if not exists (select from pg_roles where rolname = 'redrive_reader') then
    create role redrive_reader nologin noinherit;
  end if;
end
$$;

alter role redrive_reader set default_transaction_read_only = on;
alter role redrive_reader set statement_timeout = '30s';

grant usage on schema public to redrive_reader;

grant select (id, provider, "eventId", type, status, error, "receivedAt", "processedAt") on public."WebhookEvent"
  to redrive_reader;

grant select on public."EventProcessingState", public.dashboard_facts, public.webhook_logs to redrive_reader;

grant select (id, provider, event_type, event_id, error_message, attempts, failed_at) on public.failed_webhooks
  to redrive_reader;

-- What the views call.
grant execute on function public.payload_of, public.payload_for_reader to redrive_reader;
