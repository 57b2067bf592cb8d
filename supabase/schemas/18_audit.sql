-- The audit log: written with a reason to quote, read back by who, what, whom and when. Called by lib/queries/audit.ts and
-- by the functions of 18_staff.sql and 18_tokens.sql.

-- Callers stand above what they call.
set check_function_bodies = off;

create index staff_actions_of_actor on public.staff_actions (actor, acted_at desc, id desc);
create index staff_actions_of_action on public.staff_actions (action, acted_at desc, id desc);
create index staff_actions_of_subject on public.staff_actions (subject, acted_at desc, id desc);

create function public.record_staff_action(
  p_action text, p_subject text, p_details jsonb, p_actor text, p_actor_id text, p_request_id text
) returns void
language sql volatile set search_path = '' as $$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, p_action, p_subject, p_details, p_request_id);
$$;

-- Somebody downloads the bytes of an event. Once a minute for each event and actor, so that a program which asks for them
-- again and again does not fill the log.
create function public.record_download(
  p_subject text, p_details jsonb, p_actor text, p_actor_id text, p_request_id text
) returns void
language sql volatile set search_path = '' as $$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  select p_actor, p_actor_id, 'event.download', p_subject, p_details, p_request_id
  where not exists (
    select from public.staff_actions a
    where a.subject = p_subject and a.acted_at > now() - interval '1 minute' and a.action = 'event.download'
      and a.actor_id = p_actor_id
  );
$$;

-- What was done, newest first, to what is in the scope. p_filter: {actor?, action?: […], subject?, range?, from_ts?, to_ts?}, checked in
-- lib/contract/audit-filter.ts; every value is quoted here. p_cursor: `<acted_at in microseconds>.<id>` of the last row seen.
create function public.list_actions(p_filter jsonb, p_limit integer, p_scope text[], p_cursor text default null)
returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_condition text := (
    select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where p_filter ? c.field), 'true')
    from (values
      (1, 'actor', format('a.actor = %L', p_filter ->> 'actor')),
      (2, 'action', format('a.action = any (%L::text[])', public.text_array(p_filter -> 'action'))),
      (3, 'subject', format('a.subject = %L', p_filter ->> 'subject')),
      (4, 'from_ts', format('a.acted_at >= %L::timestamptz', p_filter ->> 'from_ts')),
      (5, 'to_ts', format('a.acted_at < %L::timestamptz', p_filter ->> 'to_ts')),
      (6, 'range', format('a.acted_at >= now() - %L::interval', p_filter ->> 'range'))
    ) as c(n, field, condition)
  );
  v_answer jsonb;
begin
  if p_scope is not null then
    -- Not null, so that the index of such rows answers it.
    v_condition := v_condition || format(' and a.organisations is not null and a.organisations <@ %L::text[]', p_scope);
  end if;
  if p_cursor is not null then
    v_condition := v_condition || format(
      ' and (a.acted_at, a.id) < (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      split_part(p_cursor, '.', 1), split_part(p_cursor, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select a.*, row_number() over (order by a.acted_at desc, a.id desc) as n
       from (
         select * from public.staff_actions a where %s order by a.acted_at desc, a.id desc limit %s + 1
       ) a
     )
     select jsonb_build_object(
       ''actions'', coalesce(jsonb_agg(jsonb_build_object(
         ''id'', p.id, ''at'', public.iso(p.acted_at), ''actor'', p.actor, ''actor_id'', p.actor_id,
         ''action'', p.action, ''subject'', p.subject, ''details'', p.details, ''request_id'', p.request_id
       ) order by p.n) filter (where p.n <= %2$s), ''[]''),
       ''next_cursor'', max((extract(epoch from p.acted_at) * 1000000)::bigint || ''.'' || p.id)
         filter (where p.n = %2$s and (select count(*) from page) > %2$s)
     )
     from page p',
    v_condition, p_limit
  ) into v_answer;
  return v_answer;
end
$$;

-- Who acted, and what was done, ever: {actors: […], actions: […]}, at most 200 of each. Steps through the indexes from one
-- value to the next, so that its cost follows their number and not the log's length. Within a scope: of its newest 10,000.
create function public.list_action_choices(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with mine as (
    select a.actor, a.action from public.staff_actions a
    where a.organisations is not null and a.organisations <@ p_scope
    order by a.acted_at desc, a.id desc
    limit 10000
  )
  select case when p_scope is null then public.every_action_choice() else jsonb_build_object(
    'actors', (
      select coalesce(jsonb_agg(x.actor order by x.actor), '[]') from (select distinct m.actor from mine m limit 200) x
    ),
    'actions', (
      select coalesce(jsonb_agg(x.action order by x.action), '[]') from (select distinct m.action from mine m limit 200) x
    )
  ) end;
$$;

create function public.every_action_choice() returns jsonb
language sql stable set search_path = '' as $$
  with recursive actors as (
    (select a.actor as value, 1 as n from public.staff_actions a order by a.actor limit 1)
    union all
    select (select a.actor from public.staff_actions a where a.actor > c.value order by a.actor limit 1), c.n + 1
    from actors c where c.value is not null and c.n < 200
  ), actions as (
    (select a.action as value, 1 as n from public.staff_actions a order by a.action limit 1)
    union all
    select (select a.action from public.staff_actions a where a.action > c.value order by a.action limit 1), c.n + 1
    from actions c where c.value is not null and c.n < 200
  )
  select jsonb_build_object(
    'actors', (select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actors c),
    'actions', (select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actions c)
  );
$$;

-- Whose object a subject of the log is: its organisations, null when it is nobody's in particular. What names no object (an
-- export, a test of an address) is theirs who did it.
create function public.organisations_of(p_subject text, p_actor_id text default null) returns text[]
language plpgsql stable set search_path = '' as $$
declare
  v_number bigint := substring(p_subject from '^[a-z]{2}_(\d{1,18})$')::bigint;
begin
  return case
    when p_subject ~ '^we_\d' then (
      select array[e.organisation_id] from public.events e where e.id = v_number and e.organisation_id is not null
    )
    when p_subject ~ '^[wb]r_\d' then (select r.organisations from public.replays r where r.id = v_number)
    when p_subject ~ '^ds_\d' then (
      select array[d.organisation_id] from public.destinations d where d.id = v_number and d.organisation_id is not null
    )
    when p_subject ~ '^so_\d' then (
      select array[s.organisation_id] from public.sources s where s.id = v_number and s.organisation_id is not null
    )
    when p_subject ~ '^tk_\d' then (select public.token_scope(t) from public.api_tokens t where t.id = v_number)
    when exists (select from public.staff_users u where u.email = p_subject) then (
      select u.organisations from public.staff_users u where u.email = p_subject
    )
    when p_actor_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (
      select u.organisations from public.staff_users u where u.id = p_actor_id::uuid
    )
    when p_actor_id ~ '^tk_\d{1,18}$' then (
      select public.token_scope(t) from public.api_tokens t where t.id = substr(p_actor_id, 4)::bigint
    )
  end;
end
$$;

-- Rows of the log and notices say whose they are as they are written, whoever writes them: then reading them asks no other
-- table, and what an object was when it was changed stays so.
create function public.note_organisations() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if tg_table_name = 'notices' then
    new.organisations := public.organisations_of(new.subject);
    return new;
  end if;
  new.organisations := public.organisations_of(new.subject, new.actor_id);
  -- Who reads a change of scope reads both scopes.
  if new.action = 'staff.change_organisations' then
    new.organisations := case
      when jsonb_typeof(new.details -> 'from') = 'array' and jsonb_typeof(new.details -> 'to') = 'array' then array(
        select distinct o
        from jsonb_array_elements_text((new.details -> 'from') || (new.details -> 'to')) o
        order by o
      )
    end;
  end if;
  return new;
end
$$;

create trigger note_organisations before insert on public.staff_actions
for each row execute function public.note_organisations();
create trigger note_organisations before insert on public.notices
for each row execute function public.note_organisations();
