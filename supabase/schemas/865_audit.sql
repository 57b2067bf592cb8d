-- The audit log, read back by who, what, whom and when, and notices. Called by lib/queries/audit.ts and notices.ts.

-- What was done, newest first, to what is in the scope. p_filter: {actor?, action?: […], subject?, range?, from_ts?,
-- to_ts?}, checked in lib/contract/audit-filter.ts; every value is quoted here. p_cursor: `<acted_at in
-- microseconds>.<id>` of the last row seen.
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
      (6, 'range', format('a.acted_at >= public.now_() - %L::interval', p_filter ->> 'range'))
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

-- Who acted, and what was done, ever: {actors: […], actions: […]}, at most 200 of each. Steps through the indexes from
-- one value to the next, so that its cost follows their number and not the log's length. Within a scope: of its newest
-- 10,000.
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
      select coalesce(jsonb_agg(x.action order by x.action), '[]')
      from (select distinct m.action from mine m limit 200) x
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
  ),
  actions as (
    (select a.action as value, 1 as n from public.staff_actions a order by a.action limit 1)
    union all
    select (select a.action from public.staff_actions a where a.action > c.value order by a.action limit 1), c.n + 1
    from actions c where c.value is not null and c.n < 200
  )
  select jsonb_build_object(
    'actors', (select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actors c),
    'actions', (
      select coalesce(jsonb_agg(c.value order by c.n) filter (where c.value is not null), '[]') from actions c
    )
  );
$$;

-- What a person has not seen yet, newest first.
create function public.list_notices(p_actor_id text, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', n.id, 'subject', n.subject, 'message', n.message, 'created_at', public.iso(n.created_at)
  ) order by n.id desc), '[]')
  from (
    select * from public.notices x
    where x.actor_id = p_actor_id and x.seen_at is null and public.all_in_scope(p_scope, x.organisations)
    order by x.id desc limit 20
  ) n;
$$;
