-- The three roles every Supabase project has, created where they are missing, so that the same files apply to a plain
-- Postgres. Nothing made later is open to them by default: 990_grants.sql is the only place that gives something.
-- An owner who may not create roles does without them: Redrive then works as that owner, and lib/db/migrate.ts
-- leaves out what the roles would be granted.

do $$
declare
  v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      begin
        execute format(
          'create role %I nologin noinherit%s', v_role, case v_role when 'service_role' then ' bypassrls' else '' end
        );
      exception
        when insufficient_privilege then
          raise notice 'The role % is missing and may not be created here.', v_role;
        -- Another database of this server is migrated in the same moment.
        when duplicate_object or unique_violation then
          null;
      end;
    end if;
    if v_role <> 'service_role' and exists (select from pg_roles where rolname = v_role) then
      execute format('alter default privileges in schema public revoke all on tables from %I', v_role);
      execute format('alter default privileges in schema public revoke all on sequences from %I', v_role);
      execute format('alter default privileges in schema public revoke all on functions from %I', v_role);
    end if;
  end loop;
end
$$;

alter default privileges revoke execute on functions from public;
