-- What people keep and put away in the console: saved filters of the history, and notices. Called by
-- lib/queries/event-views.ts and notices.ts.

-- Saves a view: {view}, or {refused: 'name_taken' | 'too_many'}.
create function public.create_event_view(p_staff_id uuid, p_name text, p_query text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_view public.event_views;
begin
  -- One at a time per person, or two that race would both be the fiftieth.
  perform from public.staff_users u where u.id = p_staff_id for update;
  if (select count(*) from public.event_views v where v.staff_id = p_staff_id) >= 50 then
    return jsonb_build_object('refused', 'too_many');
  end if;
  insert into public.event_views (staff_id, name, query) values (p_staff_id, p_name, p_query)
  on conflict (staff_id, lower(name)) do nothing
  returning * into v_view;
  if v_view.id is null then
    return jsonb_build_object('refused', 'name_taken');
  end if;
  return jsonb_build_object('view', public.event_view_json(v_view));
end
$$;

-- False when this person has no such view.
create function public.delete_event_view(p_staff_id uuid, p_id bigint) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  delete from public.event_views v where v.staff_id = p_staff_id and v.id = p_id;
  return found;
end
$$;

create function public.event_view_json(v public.event_views) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'ev_' || v.id, 'name', v.name, 'query', v.query, 'created_at', public.iso(v.created_at)
  );
$$;

create function public.see_notices(p_actor_id text, p_until bigint, p_scope text[]) returns void
language sql volatile set search_path = '' as $$
  update public.notices n set seen_at = public.now_()
  where n.actor_id = p_actor_id and n.id <= p_until and n.seen_at is null
    and public.all_in_scope(p_scope, n.organisations);
$$;
