-- Whether the database does what Redrive needs of it. Called by lib/queries/health-facts.ts; what it means is decided
-- there.

-- In one call: {at, read_only, standby, waiting: {count, oldest_due_seconds}, requests: [{provider, accepted,
-- rejected}]}. `at` is the database's clock; `requests` are those of the last five minutes.
create function public.read_condition() returns jsonb
language sql stable set search_path = '' set statement_timeout = '3s' as $$
  select jsonb_build_object(
    'at', public.iso(clock_timestamp()),
    -- Not that of this transaction: PostgREST makes every read one that cannot write.
    'read_only', current_setting('default_transaction_read_only') = 'on', 'standby', pg_is_in_recovery(),
    'requests', coalesce((
      select jsonb_agg(jsonb_build_object('provider', r.provider, 'accepted', r.accepted, 'rejected', r.rejected)
        order by r.provider)
      from (
        select s.provider, coalesce(sum(s.count) filter (where s.outcome <> 'rejected'), 0) as accepted,
          coalesce(sum(s.count) filter (where s.outcome = 'rejected'), 0) as rejected
        from public.statistics s
        where s.organisation_id = '' and s.minute > public.now_() - interval '5 minutes'
          and s.outcome in ('received', 'duplicate', 'conflict', 'rejected')
        group by s.provider
      ) r
    ), '[]')
  ) || public.read_backlog(null);
$$;

-- Writes one row, over the one before. Fails when this database takes no writes.
create function public.probe_write() returns void
language sql volatile set search_path = '' set statement_timeout = '3s' as $$
  insert into public.write_probe as w (id, at, filler)
  select 1, public.now_(), convert_to(string_agg(md5(random()::text), ''), 'UTF8') from generate_series(1, 128)
  on conflict (id) do update set at = excluded.at, filler = excluded.filler;
$$;

-- The database's clock, and nothing else: whether a lane gets an answer.
create function public.read_clock() returns text
language sql stable set search_path = '' set statement_timeout = '3s' as $$
  select public.iso(clock_timestamp());
$$;

-- The versions of the migrations that were applied; null where the Supabase CLI did not apply them, or where the
-- server's role may not see which, as in a Supabase project.
create function public.list_applied_migrations() returns text[]
language plpgsql stable set search_path = '' as $$
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
$$;
