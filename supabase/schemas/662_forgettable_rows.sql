-- Which rows may be forgotten, and what they say, before 663_forget_rows.sql deletes them: so that what is deleted was
-- exported. Called by lib/retention with a cursor.

-- The rows of a class that may go, among the next p_limit after p_after and before p_before (null: no end): {ids, last,
-- ended}. `last` is the cursor of the next call. Bodies: as many as 16 MiB have.
create function public.list_forgettable(
  p_class public.retention_class, p_after bigint, p_before bigint, p_limit integer
) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_until timestamptz := public.newest_forgettable(p_class);
  v_seen bigint[];
  v_newest timestamptz;
  v_ids bigint[];
  v_source text := case p_class
    when 'bodies' then
      'select e.id, e.received_at as at, sum(e.body_size) over (order by b.event_id) - e.body_size as before
       from (select x.event_id from public.event_bodies x where x.event_id > $1 and ($2 is null or x.event_id < $2)
         order by x.event_id limit $3) b
       join public.events e on e.id = b.event_id'
    when 'answers' then 'select x.id, x.started_at as at, 0 as before from public.attempts x'
    when 'audit' then 'select x.id, x.acted_at as at, 0 as before from public.staff_actions x'
    else 'select x.id, x.received_at as at, 0 as before from public.events x'
  end;
begin
  if v_until is null then
    return jsonb_build_object('ids', '[]'::jsonb, 'last', p_after, 'ended', true);
  end if;
  execute format(
    'select array_agg(s.id order by s.id), (array_agg(s.at order by s.id desc))[1]
     from (%s %s) s where s.before < 16 * 1024 * 1024',
    v_source, case when p_class <> 'bodies' then
      'where x.id > $1 and ($2 is null or x.id < $2) order by x.id limit $3'
    end
  ) into v_seen, v_newest using p_after, p_before, p_limit;
  v_ids := array(select f.id from public.forgettable_of(p_class, coalesce(v_seen, '{}')) f(id) order by 1);
  return jsonb_build_object('ids', to_jsonb(v_ids),
    'last', coalesce((select max(s.id) from unnest(v_seen) s(id)), p_after),
    'ended', v_seen is null or v_newest >= v_until);
end
$$;

-- Those of these rows that may go now.
create function public.forgettable_of(p_class public.retention_class, p_ids bigint[]) returns setof bigint
language plpgsql stable set search_path = '' as $$
declare
  v_days integer := public.days_kept(p_class, null);
begin
  if p_class = 'bodies' then
    return query
      select e.id from public.events e
      left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
      where e.id = any (p_ids) and public.has_body(e.id) and e.received_at < public.now_() - make_interval(
        days => case when o.id is null then v_days else o.days end
      )
      except select u.id from public.events_in_use(p_ids) u(id);
  elsif p_class = 'audit' then
    return query
      select a.id from public.staff_actions a
      where a.id = any (p_ids) and a.acted_at < public.now_() - make_interval(days => v_days);
  elsif p_class = 'answers' then
    return query
      select a.id from public.attempts a join public.deliveries d on d.id = a.delivery_id
      where a.id = any (p_ids) and a.finished_at < public.now_() - make_interval(days => v_days)
        and (a.response_body is not null or a.response_headers is not null
          or a.changes <> public.redacted_changes(a.changes))
        and not exists (select from public.events_in_use(array[d.event_id]));
  else
    -- Not before their bytes: a replay needs the headers, and a row without event is no record.
    return query
      select e.id from public.events e
      where e.id = any (p_ids) and e.received_at < public.now_() - make_interval(days => v_days)
        and not public.has_body(e.id)
        and (p_class = 'events' or public.payload_of(e) is not null or e.terms is not null
          or e.headers <> public.kept_headers(e.headers))
      except select u.id from public.events_in_use(p_ids) u(id);
  end if;
end
$$;

-- Rows as the export has them, one object each, in the order of their ids. Bytes are base64.
create function public.read_forgettable(p_class public.retention_class, p_ids bigint[]) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return coalesce(case p_class
    when 'audit' then (select jsonb_agg(to_jsonb(a) order by a.id) from public.staff_actions a where a.id = any (p_ids))
    when 'answers' then (
      select jsonb_agg(jsonb_build_object('event_id', d.event_id, 'destination_id', d.destination_id)
        || public.attempt_for_export(a) order by a.id)
      from public.attempts a join public.deliveries d on d.id = a.delivery_id where a.id = any (p_ids)
    )
    when 'bodies' then (
      select jsonb_agg(jsonb_build_object(
        'id', e.id, 'provider', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
        'organisation_id', e.organisation_id, 'received_at', public.iso(e.received_at), 'body_size', e.body_size,
        'body_sha256', encode(e.body_sha256, 'hex'),
        'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', '')
      ) order by e.id)
      from public.events e where e.id = any (p_ids)
    )
    else (
      select jsonb_agg(to_jsonb(e) || case when p_class = 'events' then jsonb_build_object('deliveries', (
        select coalesce(jsonb_agg(to_jsonb(d) || jsonb_build_object('attempts', (
          select coalesce(jsonb_agg(public.attempt_for_export(a) order by a.id), '[]')
          from public.attempts a where a.delivery_id = d.id
        )) order by d.id), '[]')
        from public.deliveries d where d.event_id = e.id
      )) else '{}' end order by e.id)
      from public.events e where e.id = any (p_ids)
    )
  end, '[]');
end
$$;

create function public.attempt_for_export(a public.attempts) returns jsonb
language sql stable set search_path = '' as $$
  select to_jsonb(a) - 'response_body'
    || jsonb_build_object('response_body_base64', translate(encode((a).response_body, 'base64'), E'\n', ''));
$$;
