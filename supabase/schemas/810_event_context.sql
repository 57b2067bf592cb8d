-- What is around an event: its neighbours in the filtered history, and the events of the same thing.

-- What is right next to an event in the filtered history: {newer, older}, each `we_12` or null. The event itself need
-- not match, so that a user who has just replayed a dead one can go on to the next. Null when there is no such event.
create function public.event_neighbours(p_id bigint, p_filter jsonb, p_scope text[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_condition text := public.event_predicate(p_filter, p_scope);
  v_place text;
  v_answer jsonb;
begin
  select format('(%L::timestamptz, %L::bigint)', e.received_at, e.id) into v_place
  from public.events e where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
  if v_place is null then
    return null;
  end if;

  execute format(
    'select jsonb_build_object(
       ''newer'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) > %2$s
         order by e.received_at, e.id limit 1
       ),
       ''older'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) < %2$s
         order by e.received_at desc, e.id desc limit 1
       )
     )',
    v_condition, v_place
  ) into v_answer;
  return v_answer;
end
$$;

-- The events around one that concern the same thing, newest first, the event itself among them: at most 25 that came
-- after it and 25 before. `same` says why: `object` names the same object, `rows` changed a row that this one changed.
-- Rows are compared with the 500 events of the same provider and organisation on either side, so the cost does not grow
-- with the history. Null when there is no such event.
create function public.list_related_events(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with here as (
    select e.id, e.provider, e.organisation_id, e.object_id, e.received_at from public.events e
    where e.id = p_id and public.in_scope(p_scope, e.organisation_id)
  ),
  of_object as (
    select x.id, 'object' as same
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at >= h.received_at and e.id <> h.id
          and public.in_scope(p_scope, e.organisation_id)
        order by e.received_at limit 25)
      union all
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at < h.received_at
          and public.in_scope(p_scope, e.organisation_id)
        order by e.received_at desc limit 25)
    ) x
  ),
  changed as (
    select distinct c.change -> 'table' as of_table, c.change -> 'key' as of_key
    from public.deliveries d
    join public.attempts a on a.delivery_id = d.id
    cross join lateral jsonb_array_elements(a.changes) as c(change)
    where d.event_id = p_id
  ),
  around as (
    select x.id
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at >= h.received_at and e.id <> h.id
        order by e.received_at, e.id limit 500)
      union all
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at < h.received_at
        order by e.received_at desc, e.id desc limit 500)
    ) x
    where exists (select from changed)
  ),
  of_rows as (
    select n.id, 'rows' as same
    from around n
    where exists (
      select
      from public.deliveries d
      join public.attempts a on a.delivery_id = d.id
      cross join lateral jsonb_array_elements(a.changes) as c(change)
      join changed m on m.of_table = c.change -> 'table' and m.of_key = c.change -> 'key'
      where d.event_id = n.id
    )
  ),
  related as (
    select r.id, array_agg(r.same order by r.same) as same
    from (select * from of_object union all select * from of_rows) r
    group by r.id
  ),
  placed as (
    select e.id, e.received_at, r.same, (e.received_at, e.id) > (h.received_at, h.id) as is_newer,
      row_number() over (
        partition by (e.received_at, e.id) > (h.received_at, h.id)
        order by abs(extract(epoch from e.received_at - h.received_at)), abs(e.id - h.id)
      ) as distance
    from related r
    join public.events e on e.id = r.id
    cross join here h
    union all
    select h.id, h.received_at, '{}', false, 0 from here h
  )
  select case when exists (select from here) then jsonb_build_object('events', coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
    'status', e.status, 'received_at', public.iso(e.received_at), 'same', to_jsonb(p.same), 'is_newer', p.is_newer
  ) order by e.received_at desc, e.id desc), '[]')) end
  from placed p
  join public.events e on e.id = p.id
  where p.distance <= 25;
$$;
