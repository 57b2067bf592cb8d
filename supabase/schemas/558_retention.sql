-- An administrator says how long a class is kept. Called by lib/commands/retention.ts.

-- p_organisation_id: of bodies, for one organisation alone. p_days null: for ever. p_inherits: the organisation has no
-- days of its own any more. A change after which more is deleted needs p_confirmed. Answers {result}: 'done', 'confirm'
-- (with rows: what would go at once, 1,000,001 for more than a million), or 'beyond_scope'.
create function public.change_retention(
  p_class public.retention_class, p_organisation_id text, p_days integer, p_inherits boolean, p_confirmed boolean,
  p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_before integer;
  v_after integer;
begin
  if not public.in_scope(p_scope, p_organisation_id) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  lock table public.retention in share row exclusive mode;
  v_before := public.days_kept(p_class, p_organisation_id);
  v_after := case when p_inherits then public.days_kept(p_class, null) else p_days end;
  if v_after < coalesce(v_before, 'infinity'::float8) and not p_confirmed then
    return jsonb_build_object(
      'result', 'confirm', 'rows', public.count_older(p_class, p_organisation_id, v_after, 1000001)
    );
  end if;

  if p_inherits then
    delete from public.retention r where r.class = p_class and r.organisation_id = p_organisation_id;
  else
    insert into public.retention (class, organisation_id, days, changed_by, changed_at)
    values (p_class, p_organisation_id, p_days, p_actor, public.now_())
    on conflict on constraint retention_one_per_class_and_organisation do update set
      days = excluded.days, changed_by = excluded.changed_by, changed_at = excluded.changed_at;
  end if;
  -- At once, and not when the rest is over.
  update public.retention_turn t set next_at = '-infinity';
  perform public.record_staff_action(
    'retention.change', 'retention', jsonb_strip_nulls(jsonb_build_object(
      'class', p_class, 'organisation', p_organisation_id, 'days_before', v_before, 'days', v_after
    )), p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'done');
end
$$;

-- How many rows of a class are older than p_days, at most p_most: what would go, and what is still needed.
create function public.count_older(
  p_class public.retention_class, p_organisation_id text, p_days integer, p_most integer
) returns bigint
language plpgsql stable set search_path = '' as $$
declare
  v_before timestamptz := public.now_() - make_interval(days => p_days);
  v_count bigint;
begin
  execute format('select count(*) from (select %s limit %s) x', case p_class
    when 'bodies' then 'from public.events e where e.received_at < $1 and public.has_body(e.id)
      and case when $2 is null then not exists (
        select from public.retention o where o.class = ''bodies'' and o.organisation_id = e.organisation_id
      ) else e.organisation_id = $2 end'
    when 'readable' then 'from public.events e where e.received_at < $1 and (
      public.payload_of(e) is not null or e.terms is not null)'
    when 'answers' then 'from public.attempts a where a.finished_at < $1'
    when 'events' then 'from public.events e where e.received_at < $1'
    else 'from public.staff_actions a where a.acted_at < $1'
  end, p_most) into v_count using v_before, p_organisation_id;
  return v_count;
end
$$;
