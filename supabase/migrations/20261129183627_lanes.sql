-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.list_applied_migrations()
  RETURNS text[]
  LANGUAGE plpgsql
  STABLE
  SET search_path TO ''
  SET jit TO 'off'
  AS $function$
declare
  v_versions text[];
begin
  if to_regclass('supabase_migrations.schema_migrations') is null then
    return null;
  end if;
  execute 'select array_agg(version order by version) from supabase_migrations.schema_migrations' into v_versions;
  return v_versions;
exception
  when insufficient_privilege then
    return null;
end
$function$;
