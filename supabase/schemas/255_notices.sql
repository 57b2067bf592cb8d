-- Notices that administrators get without having asked.

-- A notice for every administrator to whom its subject belongs.
create function public.notify_admins(p_subject text, p_message text) returns void
language sql volatile set search_path = '' as $$
  insert into public.notices (actor_id, subject, message)
  select u.id::text, p_subject, p_message
  from public.staff_users u
  where u.role = 'admin' and u.disabled_at is null
    and public.all_in_scope(u.organisations, public.organisations_of(p_subject))
  order by u.id;
$$;
