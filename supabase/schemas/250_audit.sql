-- The audit log's only way in, and whose each row is.

create function public.record_staff_action(
  p_action text, p_subject text, p_details jsonb, p_actor text, p_actor_id text, p_request_id text
) returns void
language sql volatile set search_path = '' as $$
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, p_action, p_subject, p_details, p_request_id);
$$;

-- A user downloads the bytes of an event. Once a minute for each event and actor, so that a program which asks for them
-- again and again does not fill the log.
create function public.record_download(
  p_subject text, p_details jsonb, p_actor text, p_actor_id text, p_request_id text
) returns void
language sql volatile set search_path = '' as $$
  select public.record_staff_action('event.download', p_subject, p_details, p_actor, p_actor_id, p_request_id)
  where not exists (
    select from public.staff_actions a
    where a.subject = p_subject and a.acted_at > public.now_() - interval '1 minute' and a.action = 'event.download'
      and a.actor_id = p_actor_id
  );
$$;

-- Whose events a token may see and act on: no more than its maker may now.
create function public.token_scope(t public.api_tokens) returns text[]
language sql stable set search_path = '' as $$
  select public.common_scope(
    (t).organisations, (select u.organisations from public.staff_users u where u.id = (t).owner_id)
  );
$$;

-- Whose object a subject of the log is: its organisations, null when it is no one's in particular. What names no object
-- (an export, a test of an address) is theirs who did it.
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
    when p_subject ~ '^rc_\d' then (
      select array[r.organisation_id] from public.reconciliations r
      where r.id = v_number and r.organisation_id is not null
    )
    when p_subject ~ '^in_\d' then (select i.organisations from public.incidents i where i.id = v_number)
    when p_subject ~ '^al_\d' then (
      select array[a.organisation_id] from public.alerts a where a.id = v_number and a.organisation_id is not null
    )
    when p_subject ~ '^ar_\d' then (
      select array[r.organisation_id] from public.alert_rules r where r.id = v_number and r.organisation_id is not null
    )
    when p_subject ~ '^sl_\d' then (select s.scope from public.alert_silences s where s.id = v_number)
    when p_subject ~ '^ch_\d' then (select c.organisations from public.channels c where c.id = v_number)
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

-- Rows of the log and notices say whose they are as they are written, by every function that writes them: then reading
-- them asks no other table, and what an object was when it was changed stays so.
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
