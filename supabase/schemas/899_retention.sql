-- What is kept for how long, how much that is, and what goes next. Called by lib/queries/retention.ts.

-- {classes: [{class, days, changed_by, changed_at, organisations: [{organisation_id, days}], rows, bytes, oldest,
-- next_at}], forgotten: [{class, days, rows, file, at}], partitions, problem}. rows and bytes are Postgres' estimates.
-- Sizes, what was deleted and partitions are of all organisations: null for who does not see all.
create function public.read_retention(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'classes', (
      select jsonb_agg(jsonb_build_object(
        'class', c.class, 'days', r.days, 'changed_by', r.changed_by, 'changed_at', public.iso(r.changed_at),
        'organisations', coalesce((
          select jsonb_agg(jsonb_build_object('organisation_id', o.organisation_id, 'days', o.days)
            order by o.organisation_id)
          from public.retention o
          where o.class = c.class and o.organisation_id is not null and public.in_scope(p_scope, o.organisation_id)
        ), '[]'),
        'rows', case when p_scope is null then public.stored_in(c.class, 'rows') end,
        'bytes', case when p_scope is null then public.stored_in(c.class, 'bytes') end,
        'oldest', case when p_scope is null then public.iso(x.at) end,
        'next_at', case when p_scope is null then public.iso(x.at + make_interval(days => case
          when c.class = 'bodies' then public.days_kept('bodies', x.organisation_id) else r.days
        end)) end
      ) order by c.class)
      from unnest(enum_range(null::public.retention_class)) c(class)
      left join public.retention r on r.class = c.class and r.organisation_id is null
      left join lateral public.oldest_of(c.class) x on true
    ),
    'forgotten', case when p_scope is null then coalesce((
      select jsonb_agg(jsonb_build_object(
        'class', f.class, 'days', f.days, 'rows', f.rows, 'file', f.file, 'at', public.iso(f.forgotten_at)
      ) order by f.id desc)
      from (select * from public.forgettings y order by y.id desc limit 20) f
    ), '[]') end,
    'partitions', case when p_scope is null then (
      select jsonb_build_object('count', count(*), 'ahead', public.body_partitions_ahead() -> 'ahead')
      from public.list_body_partitions()
    ) end,
    'problem', case when p_scope is null then (select t.problem from public.retention_turn t) end
  );
$$;

create function public.stored_in(p_class public.retention_class, p_what text) returns bigint
language sql stable set search_path = '' as $$
  select sum(case p_what
    when 'rows' then greatest(c.reltuples, 0) else pg_catalog.pg_total_relation_size(c.oid)
  end)::bigint
  from pg_catalog.pg_class c
  where c.oid in (
    select (case p_class
      when 'answers' then 'public.attempts' when 'audit' then 'public.staff_actions' else 'public.events'
    end)::regclass
    where p_class <> 'bodies'
    union all
    select i.inhrelid from pg_catalog.pg_inherits i
    where p_class = 'bodies' and i.inhparent = 'public.event_bodies'::regclass
  );
$$;

-- When the oldest of a class is from, and of bodies whose it is. Of readable and events it is the oldest event.
create function public.oldest_of(p_class public.retention_class)
returns table (at timestamptz, organisation_id text)
language plpgsql stable set search_path = '' as $$
begin
  if p_class = 'audit' then
    return query select min(a.acted_at), null::text from public.staff_actions a;
  elsif p_class = 'answers' then
    return query select a.started_at, null::text from public.attempts a order by a.id limit 1;
  elsif p_class = 'bodies' then
    return query
      select e.received_at, e.organisation_id from public.events e
      where e.id = (select min(b.event_id) from public.event_bodies b);
  else
    return query select e.received_at, null::text from public.events e order by e.received_at, e.id limit 1;
  end if;
end
$$;

-- For health: {ahead, problem}.
create function public.read_retention_health() returns jsonb
language sql stable set search_path = '' set statement_timeout = '3s' as $$
  select jsonb_build_object(
    'ahead', (
      select count(*) from public.list_body_partitions() p
      where p.from_id > public.next_event_id() and p.to_id is not null
    ),
    'problem', (select t.problem from public.retention_turn t)
  );
$$;
