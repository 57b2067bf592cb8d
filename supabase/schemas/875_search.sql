-- What a user types to go somewhere: a key, an id, a request id, a name, a number. Called by lib/queries/search.ts.
-- Every part is a lookup in an index or in a table that people fill by hand, so that a million events change nothing.

-- At most p_limit of each: {events: [{id, event_key, event_type, provider_slug, organisation_id, status, received_at}],
-- replays: [{id, status, reason, total, created_at}], destinations: [{id, slug, name, organisation_id, enabled}],
-- organisations: [text], alerts: [{id, summary, severity, fired_at, resolved_at}], alert_rules: [{id, name, enabled}]}.
-- The last two by id alone. p_query has at least one character, p_words are its words as
-- events have them (lib/contract/search-terms.ts).
create function public.search_everything(p_query text, p_words text[], p_limit integer, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'events', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'we_' || e.id, 'event_key', e.event_key, 'event_type', e.event_type, 'provider_slug', e.provider,
        'organisation_id', e.organisation_id, 'status', e.status, 'received_at', public.iso(e.received_at)
      ) order by f.n, e.event_key, e.id)
      from public.find_events(p_query, p_words, p_limit, p_scope) f join public.events e on e.id = f.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'wr_' || r.id, 'status', r.status, 'reason', r.reason, 'total', r.total,
        'created_at', public.iso(r.created_at)
      ) order by r.n, r.id desc)
      from (
        select x.*, 1 as n from public.replays x
        where x.id = public.number_in(p_query, '[wb]r_') and x.status <> 'draft'
          and public.all_in_scope(p_scope, x.organisations)
        union all
        (select x.*, 2 from (
          -- The newest ones: who looks for a reason remembers it.
          select * from public.replays y
          where y.status <> 'draft' and public.all_in_scope(p_scope, y.organisations)
          order by y.created_at desc, y.id desc limit 500
        ) x
        where strpos(lower(x.reason), lower(p_query)) > 0 and x.id is distinct from public.number_in(p_query, '[wb]r_')
        limit p_limit)
        limit p_limit
      ) r
    ), '[]'),
    'destinations', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'ds_' || d.id, 'slug', d.slug, 'name', d.name, 'organisation_id', d.organisation_id, 'enabled', d.enabled
      ) order by strpos(lower(d.name), lower(p_query)), d.name, d.id)
      from (
        select * from public.destinations x
        where x.archived_at is null and public.in_scope(p_scope, x.organisation_id) and (
          strpos(lower(x.name), lower(p_query)) > 0 or strpos(x.slug, lower(p_query)) > 0
          or x.organisation_id = p_query or x.id = public.number_in(p_query, 'ds_')
        )
        order by x.name, x.id
        limit p_limit
      ) d
    ), '[]'),
    'organisations', to_jsonb(public.find_organisations(p_query, p_limit, p_scope)),
    'alerts', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'al_' || a.id, 'summary', a.summary, 'severity', a.severity, 'fired_at', public.iso(a.fired_at),
        'resolved_at', public.iso(a.resolved_at)
      ))
      from public.alerts a
      where a.id = public.number_in(p_query, 'al_') and p_query ~ '^al_' and public.in_scope(p_scope, a.organisation_id)
    ), '[]'),
    'alert_rules', coalesce((
      select jsonb_agg(jsonb_build_object('id', 'ar_' || r.id, 'name', r.name, 'enabled', r.enabled))
      from public.alert_rules r
      where r.id = public.number_in(p_query, 'ar_') and p_query ~ '^ar_' and r.archived_at is null
        and public.in_scope(p_scope, r.organisation_id)
    ), '[]')
  );
$$;

-- Events by id, by request id, by key, by how their key begins, by the idempotency key they were published with, by
-- object, by customer and by words: in this order, each event once. Within a scope, beginnings are looked for in the
-- first 2,000 keys that begin so: a user who has few events among many of others waits no longer for them, and learns
-- nothing from the wait.
create function public.find_events(p_query text, p_words text[], p_limit integer, p_scope text[])
returns table (id bigint, n integer)
language plpgsql stable set search_path = '' as $$
declare
  v_most integer := case when p_scope is null then p_limit else 2000 end;
begin
  return query
  select f.id, min(f.n)
  from (
    select e.id, 1 as n from public.events e where e.id = public.number_in(p_query, 'we_')
    union all
    (select e.id, 2 from public.events e where e.request_id = p_query limit v_most)
    union all
    -- Below the greatest character, which no key has.
    (select e.id, case when e.event_key = p_query then 3 else 4 end from public.events e
     where e.event_key ~>=~ p_query and e.event_key ~<~ (p_query || chr(1114111))
     order by e.event_key using ~<~ limit v_most)
    union all
    (select e.id, 5 from public.events e
     where e.provider = 'platform' and substr(e.event_key, strpos(e.event_key, '/') + 1) ~>=~ p_query
       and substr(e.event_key, strpos(e.event_key, '/') + 1) ~<~ (p_query || chr(1114111))
     order by substr(e.event_key, strpos(e.event_key, '/') + 1) using ~<~ limit v_most)
    union all
    (select e.id, 6 from public.events e where e.object_id = p_query order by e.received_at desc limit v_most)
    union all
    (select e.id, 7 from public.events e
     where e.customer_id = p_query order by e.received_at desc, e.id desc limit v_most)
    union all
    select w.id, 8 from public.find_by_words(p_words, p_limit, p_scope) w(id)
  ) f
  where p_scope is null
    or exists (select from public.events e where e.id = f.id and public.in_scope(p_scope, e.organisation_id))
  group by f.id
  order by 2, 1 desc
  limit p_limit;
end
$$;

-- Events that have a word beginning with each of these, the newest of the first 5,000 that match. Words of one or two
-- characters are meant whole: half of the events have one that begins so. Only a bitmap scan reads the index of words,
-- and its callers may not make one.
create function public.find_by_words(p_words text[], p_limit integer, p_scope text[]) returns setof bigint
language plpgsql stable set search_path = '' set enable_bitmapscan = on set enable_seqscan = off
set enable_indexscan = off set jit = off as $$
declare
  v_words tsquery;
begin
  select string_agg(
    format('''%s''%s', replace(replace(w, '\', '\\'), '''', ''''''), case when char_length(w) > 2 then ':*' end), ' & '
  )::tsquery
  into v_words
  from unnest(p_words) w;
  return query
  select m.id
  from (
    select e.id from public.events e
    where e.terms @@ v_words and (p_scope is null or e.organisation_id = any (p_scope))
    limit 5000
  ) m
  order by m.id desc
  limit p_limit;
end
$$;

-- Organisations whose id begins with some text: from one to the next by the index that lists their events.
create function public.find_organisations(p_query text, p_limit integer, p_scope text[]) returns text[]
language plpgsql stable set search_path = '' as $$
declare
  v_next text;
  v_found text[] := '{}';
begin
  if p_scope is not null then
    return array(select o from unnest(p_scope) o where starts_with(o, p_query) order by o limit p_limit);
  end if;
  select e.organisation_id into v_next from public.events e
  where e.organisation_id >= p_query order by e.organisation_id limit 1;
  -- Most collations ignore punctuation at first, so others may be between.
  for i in 1 .. 40 loop
    exit when v_next is null or cardinality(v_found) >= p_limit;
    if starts_with(v_next, p_query) then
      v_found := v_found || v_next;
    end if;
    select e.organisation_id into v_next from public.events e
    where e.organisation_id > v_next order by e.organisation_id limit 1;
  end loop;
  return v_found;
end
$$;

-- Organisations that have events, by name, at most p_limit: from one to the next by the index that lists their events.
create function public.list_organisations(p_limit integer, p_scope text[]) returns text[]
language sql stable set search_path = '' as $$
  with recursive names as (
    (
      select e.organisation_id as name, 1 as n from public.events e
      where e.organisation_id is not null order by e.organisation_id limit 1
    )
    union all
    select (
      select e.organisation_id from public.events e where e.organisation_id > x.name order by e.organisation_id limit 1
    ), x.n + 1
    from names x where x.name is not null and x.n < p_limit
  )
  select case
    when p_scope is null then (
      select coalesce(array_agg(x.name order by x.n) filter (where x.name is not null), '{}') from names x
    )
    else array(select o from unnest(p_scope) o order by o limit p_limit)
  end;
$$;
