-- Who may do what: service_role, the server's key, calls functions; no other role does anything. Row level security is
-- on for every table without a policy, so even a forgotten grant shows nothing to anon or authenticated.

revoke all on all tables in schema public from anon, authenticated;

revoke all on all sequences in schema public from anon, authenticated;

revoke all on all functions in schema public from public, anon, authenticated;

grant usage on schema public to service_role;

grant select, insert, update, delete on all tables in schema public to service_role;

grant usage on all sequences in schema public to service_role;

grant execute on all functions in schema public to service_role;

-- Append only.
revoke update, delete on public.staff_actions from service_role;

revoke update, delete on public.incident_log from service_role;
