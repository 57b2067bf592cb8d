-- Deletes rows that lib/retention listed, and exported where that is configured. Whatever happened since then is
-- checked again, under a lock that makers of replays share.

-- Answers {result, rows}: 'done' with how many went, or 'busy': someone makes a replay.
create function public.forget_rows(p_class public.retention_class, p_ids bigint[], p_file text) returns jsonb
language plpgsql volatile set search_path = '' set lock_timeout = '500ms' as $$
declare
  v_ids bigint[];
begin
  perform public.lock_forgetting(true);
  v_ids := p_ids;
  if p_class in ('bodies', 'readable', 'events') then
    -- A webhook that comes late holds the row of its event: that one has time.
    v_ids := array(
      select e.id from public.events e where e.id = any (p_ids) order by e.id for update skip locked
    );
  end if;
  v_ids := array(select f.id from public.forgettable_of(p_class, v_ids) f(id) order by 1);
  if v_ids = '{}' then
    return jsonb_build_object('result', 'done', 'rows', 0);
  end if;

  insert into public.forgettings (class, days, first_id, last_id, ids, rows, file)
  select p_class, x.days, lower(x.ids), upper(x.ids) - 1, x.ids, x.rows, p_file
  from (
    select public.days_kept(p_class, o.organisation_id) as days, count(*) as rows,
      range_agg(int8range(i.id, i.id, '[]')) as ids
    from unnest(v_ids) i(id)
    left join public.events e on p_class = 'bodies' and e.id = i.id
    left join public.retention o on o.class = 'bodies' and o.organisation_id = e.organisation_id
    group by 1
  ) x;

  case p_class
    when 'bodies' then
      delete from public.event_bodies b where b.event_id = any (v_ids);
    when 'audit' then
      perform public.forget_staff_actions(v_ids);
    when 'answers' then
      update public.attempts a set
        response_body = null, response_headers = null, changes = public.redacted_changes(a.changes)
      where a.id = any (v_ids);
    when 'readable' then
      update public.events e set payload = null, terms = null, headers = public.kept_headers(e.headers)
      where e.id = any (v_ids);
    when 'events' then
      perform public.delete_events(v_ids);
  end case;
  return jsonb_build_object('result', 'done', 'rows', cardinality(v_ids));
exception when lock_not_available then
  return jsonb_build_object('result', 'busy', 'rows', 0);
end
$$;

-- Events with all that hangs on them. Their keys stay: what comes again is still a duplicate.
create function public.delete_events(p_ids bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
begin
  delete from public.attempts a using public.deliveries d where d.event_id = any (p_ids) and a.delivery_id = d.id;
  delete from public.deliveries d where d.event_id = any (p_ids);
  delete from public.event_notes n where n.event_id = any (p_ids);
  delete from public.event_assignees n where n.event_id = any (p_ids);
  delete from public.events e where e.id = any (p_ids);
end
$$;

-- The audit log's only way out. As the owner: no role may delete from it, and this deletes nothing that is younger than
-- its retention, which is 90 days at the least.
create function public.forget_staff_actions(p_ids bigint[]) returns void
language sql volatile security definer set search_path = '' as $$
  delete from public.staff_actions a where a.id in (select f.id from public.forgettable_of('audit', p_ids) f(id));
$$;

-- Whether this worker is the one that forgets, for p_seconds from now on: not while another does, nor before the next
-- time.
create function public.take_retention_turn(p_worker text, p_seconds integer) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.retention_turn as t (worker, until)
  values (p_worker, public.clock_() + make_interval(secs => p_seconds))
  on conflict (id) do update set worker = excluded.worker, until = excluded.until
  where (t.worker = p_worker or t.until < public.clock_()) and t.next_at <= public.clock_();
  return found;
end
$$;

-- Ends it: another worker may begin after p_rest_seconds. p_problem: why nothing was deleted; null when all is well.
create function public.end_retention_turn(p_worker text, p_rest_seconds integer, p_problem text) returns void
language sql volatile set search_path = '' as $$
  update public.retention_turn t set
    until = public.clock_(), next_at = public.clock_() + make_interval(secs => p_rest_seconds), problem = p_problem
  where t.worker = p_worker;
$$;
