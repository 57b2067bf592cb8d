-- Channels as people make, change, test and delete them. Secrets come encrypted, and no answer of these functions has
-- them but find_sealed_channel, for the server itself. Called by lib/commands/channels.ts.

-- The number of the next channel: secrets are encrypted for it before it is there.
create function public.next_channel_id() returns bigint
language sql volatile set search_path = '' as $$
  select nextval(pg_get_serial_sequence('public.channels', 'id'));
$$;

-- p_channel: {id, kind, name, settings, secrets, hints, severities, organisations, tells_replays,
-- enabled}. {result: 'done', channel}
-- or {result: 'beyond_scope'}.
create function public.create_channel(
  p_channel jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  c public.channels;
begin
  c := jsonb_populate_record(null::public.channels, p_channel);
  if not public.all_in_scope(p_scope, c.organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  insert into public.channels (
    id, kind, name, settings, secrets, hints, severities, organisations, tells_replays, enabled
  )
  overriding system value
  values (
    c.id, c.kind, c.name, c.settings, c.secrets, c.hints, c.severities, c.organisations, c.tells_replays, c.enabled
  )
  returning * into c;
  perform public.record_staff_action('channel.create', 'ch_' || c.id, jsonb_build_object(
    'name', c.name, 'kind', c.kind, 'severities', c.severities, 'enabled', c.enabled
  ), p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'channel', public.channel_json(c));
end
$$;

-- Changes what p_changes has, on the version the caller has seen. {result: 'done', channel}, or {result}: 'not_found',
-- 'changed_meanwhile', 'beyond_scope'.
create function public.change_channel(
  p_id bigint, p_version integer, p_changes jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  c public.channels;
  v_new public.channels;
begin
  select * into c from public.channels x
  where x.id = p_id and x.archived_at is null and public.all_in_scope(p_scope, x.organisations)
  for update;
  if not found then
    return jsonb_build_object('result', 'not_found');
  elsif c.version <> p_version then
    return jsonb_build_object('result', 'changed_meanwhile');
  end if;
  v_new := jsonb_populate_record(c, p_changes);
  if not public.all_in_scope(p_scope, v_new.organisations) then
    return jsonb_build_object('result', 'beyond_scope');
  end if;
  update public.channels x set
    name = v_new.name, settings = v_new.settings, secrets = v_new.secrets, hints = v_new.hints,
    severities = v_new.severities, organisations = v_new.organisations,
    tells_replays = v_new.tells_replays, enabled = v_new.enabled,
    -- Other settings: what failed before says nothing about them.
    failures = case when p_changes ? 'settings' then 0 else x.failures end,
    problem = case when p_changes ? 'settings' then null else x.problem end,
    version = x.version + 1, updated_at = public.now_()
  where x.id = p_id
  returning * into v_new;
  perform public.record_staff_action('channel.change', 'ch_' || p_id, jsonb_build_object(
    'fields', (select jsonb_agg(k order by k) from jsonb_object_keys(p_changes - '{secrets,hints}'::text[]) k),
    'enabled', v_new.enabled, 'severities', v_new.severities
  ), p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('result', 'done', 'channel', public.channel_json(v_new));
end
$$;

-- Deletes it. Rules that named it alone tell all channels again. False when the caller may see no such channel.
create function public.archive_channel(
  p_id bigint, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_name text;
begin
  update public.channels c set archived_at = public.now_(), enabled = false, secrets = '{}', hints = '{}'
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations)
  returning c.name into v_name;
  if not found then
    return false;
  end if;
  delete from public.alert_rule_channels x where x.channel_id = p_id;
  perform public.record_staff_action(
    'channel.delete', 'ch_' || p_id, jsonb_build_object('name', v_name), p_actor, p_actor_id, p_request_id
  );
  return true;
end
$$;

-- {channel, secrets}: what the server needs to change or test it. Null when the caller may see no such channel.
create function public.find_sealed_channel(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', c.id, 'kind', c.kind, 'name', c.name, 'settings', c.settings, 'secrets', c.secrets, 'hints', c.hints,
    'version', c.version
  )
  from public.channels c
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations);
$$;

-- Counts tests of the last minute, and begins another: its notification, null when there were p_most.
create function public.begin_channel_test(
  p_id bigint, p_most integer, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  n public.notifications;
begin
  perform from public.channels c
  where c.id = p_id and c.archived_at is null and public.all_in_scope(p_scope, c.organisations) for update;
  if not found or p_most <= (
    select count(*) from public.notifications x
    where x.channel_id = p_id and x.kind = 'test' and x.created_at > public.now_() - interval '1 minute'
  ) then
    return null;
  end if;
  -- Leased to who asks. Nobody else sends it: it is not due before its lease has ended, and then it has failed.
  insert into public.notifications (channel_id, kind, number, group_key, attempts, fence, due_at, lease_until)
  values (
    p_id, 'test', (extract(epoch from public.clock_()) * 1000000)::bigint, 'test', 1, 1, 'infinity',
    public.clock_() + interval '2 minutes'
  )
  returning * into n;
  perform public.record_staff_action('channel.test', 'ch_' || p_id, '{}', p_actor, p_actor_id, p_request_id);
  return jsonb_build_object('id', n.id, 'fence', n.fence);
end
$$;

-- A channel as the API answers it.
create function public.channel_json(c public.channels) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'ch_' || (c).id, 'kind', (c).kind, 'name', (c).name, 'settings', (c).settings, 'hints', (c).hints,
    'severities', (c).severities, 'organisations', (c).organisations, 'tells_replays', (c).tells_replays,
    'enabled', (c).enabled, 'version', (c).version,
    'rules', (
      select count(*) from public.alert_rule_channels x
      join public.alert_rules r on r.id = x.rule_id
      where x.channel_id = (c).id and r.archived_at is null
    ),
    'last_sent_at', public.iso((c).last_sent_at), 'last_failed_at', public.iso((c).last_failed_at),
    'failures', (c).failures, 'problem', (c).problem
  );
$$;
