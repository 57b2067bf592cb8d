-- Rules as people make and change them. Called by lib/commands/alert-rules.ts, which knows what each kind takes.

-- p_rule: every field of createRuleRequest in lib/contract/api/alerts.ts, ids as numbers. Answers {result}: 'done' with
-- the id, or as alert_rule_problem.
create function public.create_alert_rule(
  p_rule jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_problem text := public.alert_rule_problem(p_rule, p_scope);
  v_id bigint;
begin
  if v_problem is not null then
    return jsonb_build_object('result', v_problem);
  end if;
  insert into public.alert_rules (
    kind, name, provider, event_type, organisation_id, destination_id, settings, bad_evaluations, hold_seconds,
    repeat_seconds, severity, enabled
  )
  select x.kind, x.name, x.provider, x.event_type, x.organisation_id, x.destination_id, x.settings, x.bad_evaluations,
    x.hold_seconds, x.repeat_seconds, x.severity, x.enabled
  from jsonb_populate_record(null::public.alert_rules, p_rule) x
  returning id into v_id;
  perform public.set_rule_channels(v_id, p_rule -> 'channel_ids');
  perform public.record_staff_action(
    'alert_rule.create', 'ar_' || v_id, p_rule - 'channel_ids', p_actor, p_actor_id, p_request_id
  );
  return jsonb_build_object('result', 'done', 'id', v_id);
end
$$;

-- Changes the fields that p_change has, unless the rule has another version than p_version by now. What it watches now
-- begins anew when that changes. Answers {result}: 'done', 'not_found', 'changed_meanwhile', or as alert_rule_problem.
create function public.change_alert_rule(
  p_id bigint, p_version integer, p_change jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  r public.alert_rules;
  n public.alert_rules;
  v_problem text;
begin
  select * into r from public.alert_rules x
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  elsif r.version <> p_version then
    return '{"result": "changed_meanwhile"}';
  end if;
  v_problem := public.alert_rule_problem(to_jsonb(r) || p_change, p_scope);
  if v_problem is not null then
    return jsonb_build_object('result', v_problem);
  end if;
  n := jsonb_populate_record(r, p_change - 'channel_ids');
  update public.alert_rules x set
    name = n.name, provider = n.provider, event_type = n.event_type, organisation_id = n.organisation_id,
    destination_id = n.destination_id, settings = n.settings, bad_evaluations = n.bad_evaluations,
    hold_seconds = n.hold_seconds, repeat_seconds = n.repeat_seconds, severity = n.severity, enabled = n.enabled,
    version = r.version + 1, updated_at = public.now_()
  where x.id = p_id;
  if p_change ? 'channel_ids' then
    perform public.set_rule_channels(p_id, p_change -> 'channel_ids');
  end if;
  if (r.provider, r.event_type, r.organisation_id, r.destination_id)
    is distinct from (n.provider, n.event_type, n.organisation_id, n.destination_id) then
    perform public.resolve_series(s) from public.alert_series s where s.rule_id = p_id and s.state = 'firing';
    delete from public.alert_series s where s.rule_id = p_id;
  else
    update public.alert_series s set evaluate_after = public.now_() where s.rule_id = p_id;
  end if;
  perform public.record_staff_action('alert_rule.change', 'ar_' || p_id, jsonb_build_object(
    'before', (
      select jsonb_object_agg(k, to_jsonb(r) -> k) from jsonb_object_keys(p_change) k where k <> 'channel_ids'
    ),
    'after', p_change
  ), p_actor, p_actor_id, p_request_id);
  return '{"result": "done"}';
end
$$;

-- Deletes a rule that people made; its alerts stay. Answers {result}: 'done', 'not_found', or 'first_rule' for those
-- that are there from the start, which can be switched off.
create function public.delete_alert_rule(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  r public.alert_rules;
begin
  select * into r from public.alert_rules x
  where x.id = p_id and x.archived_at is null and public.in_scope(p_scope, x.organisation_id) for update;
  if not found then
    return '{"result": "not_found"}';
  elsif r.slug is not null then
    return '{"result": "first_rule"}';
  end if;
  update public.alert_rules x set archived_at = public.now_(), updated_at = public.now_() where x.id = p_id;
  perform public.resolve_series(s) from public.alert_series s where s.rule_id = p_id and s.state = 'firing';
  delete from public.alert_series s where s.rule_id = p_id;
  perform public.record_staff_action(
    'alert_rule.delete', 'ar_' || p_id, jsonb_build_object('name', r.name), p_actor, p_actor_id, p_request_id
  );
  return '{"result": "done"}';
end
$$;

-- Why a rule cannot be as it is: 'beyond_scope', 'no_destination' or 'no_channel'. Null when it can.
create function public.alert_rule_problem(p_rule jsonb, p_scope text[]) returns text
language sql stable set search_path = '' as $$
  select case
    when not public.in_scope(p_scope, p_rule ->> 'organisation_id') then 'beyond_scope'
    when p_rule ->> 'destination_id' is not null and not exists (
      select from public.destinations t
      where t.id = (p_rule ->> 'destination_id')::bigint and t.archived_at is null
        and public.in_scope(p_scope, t.organisation_id)
    ) then 'no_destination'
    when exists (
      select from jsonb_array_elements_text(coalesce(p_rule -> 'channel_ids', '[]')) c(id)
      where not exists (
        select from public.channels x
        where x.id = c.id::bigint and x.archived_at is null and public.all_in_scope(p_scope, x.organisations)
      )
    ) then 'no_channel'
  end;
$$;

create function public.set_rule_channels(p_id bigint, p_channels jsonb) returns void
language sql volatile set search_path = '' as $$
  delete from public.alert_rule_channels c where c.rule_id = p_id;

  insert into public.alert_rule_channels (rule_id, channel_id)
  select distinct p_id, c.id::bigint from jsonb_array_elements_text(p_channels) c(id);
$$;
