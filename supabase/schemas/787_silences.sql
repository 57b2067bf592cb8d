-- Silences: what is not told for a while. Called by lib/commands/alert-silences.ts.

-- p_silence: the fields of silenceRequest in lib/contract/api/alerts.ts, ids as numbers. It silences no more than its
-- maker may see. Answers {result}: 'done' with the id, 'no_rule', 'no_destination', 'beyond_scope', or 'bad_span' when
-- it does not end after it begins and after now, within 31 days.
create function public.create_silence(
  p_silence jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  n public.alert_silences := jsonb_populate_record(null::public.alert_silences, p_silence);
  v_id bigint;
begin
  n.begins_at := coalesce(n.begins_at, public.now_());
  if n.ends_at <= greatest(n.begins_at, public.now_()) or n.ends_at > n.begins_at + interval '31 days' then
    return '{"result": "bad_span"}';
  elsif n.organisation_id is not null and not public.in_scope(p_scope, n.organisation_id) then
    return '{"result": "beyond_scope"}';
  elsif n.rule_id is not null and not exists (
    -- Whose alerts a rule for all makes, who is limited silences by kind and destination.
    select from public.alert_rules r
    where r.id = n.rule_id and r.archived_at is null and public.in_scope(p_scope, r.organisation_id)
  ) then
    return '{"result": "no_rule"}';
  elsif n.destination_id is not null and not exists (
    select from public.destinations t where t.id = n.destination_id and public.in_scope(p_scope, t.organisation_id)
  ) then
    return '{"result": "no_destination"}';
  end if;
  insert into public.alert_silences (
    rule_id, kind, provider, event_type, organisation_id, destination_id, reason, actor, actor_id, scope, begins_at,
    ends_at
  )
  values (
    n.rule_id, n.kind, n.provider, n.event_type, n.organisation_id, n.destination_id, n.reason, p_actor, p_actor_id,
    p_scope, n.begins_at, n.ends_at
  )
  returning id into v_id;
  perform public.record_staff_action('silence.create', 'sl_' || v_id, p_silence, p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'id', v_id);
end
$$;

-- Ends a silence now. Answers {result}: 'done', 'not_found' or 'ended'.
create function public.end_silence(p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text)
returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  x public.alert_silences;
begin
  select * into x from public.alert_silences s where s.id = p_id and public.all_in_scope(p_scope, s.scope) for update;
  if not found then
    return '{"result": "not_found"}';
  elsif x.ends_at <= public.now_() then
    return '{"result": "ended"}';
  end if;
  update public.alert_silences s set
    begins_at = least(s.begins_at, public.now_()), ends_at = public.now_(), ended_by = p_actor
  where s.id = p_id;
  perform public.record_staff_action('silence.end', 'sl_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  return '{"result": "done"}';
end
$$;
