-- The parts of an incident: items, log, stages, runs, requests. Called by lib/queries/incidents.ts.

-- Items by position: {items, next_cursor}. p_filter: {state?: […], cause?: […], org_id?}. p_after: the last position
-- seen. Null when the caller may see no such incident.
create function public.list_incident_items(
  p_id bigint, p_filter jsonb, p_limit integer, p_after integer, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select y.*, row_number() over (order by y.position) as n
    from public.incident_items y
    where y.incident_id = p_id and y.position > coalesce(p_after, 0)
      and (not p_filter ? 'state' or y.state::text = any (public.text_array(p_filter -> 'state')))
      and (not p_filter ? 'cause' or y.cause::text = any (public.text_array(p_filter -> 'cause')))
      and (not p_filter ? 'org_id' or y.organisation_id = p_filter ->> 'org_id')
    order by y.position
    limit p_limit + 1
  )
  select case when exists (
    select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations)
  ) then jsonb_build_object(
    'items', coalesce(jsonb_agg(jsonb_build_object(
      'position', p.position, 'provider_slug', p.provider, 'source_id', 'so_' || p.source_id, 'identity', p.identity,
      'event_type', p.event_type, 'event_id', 'we_' || p.event_id, 'finding_id', 'fi_' || p.finding_id,
      'object_id', p.object_id, 'org_id', p.organisation_id, 'customer_id', p.customer_id,
      'occurred_at', public.iso(p.occurred_at), 'amount', p.amount, 'currency', p.currency, 'cause', p.cause,
      'state', p.state, 'reason', p.reason, 'accepted_by', p.accepted_by, 'accepted_at', public.iso(p.accepted_at),
      'replay_id', 'wr_' || p.replay_id, 'proof', p.proof, 'changed_at', public.iso(p.changed_at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.position) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  ) end
  from page p;
$$;

-- The log, newest first: {entries, next_cursor}. p_after: the number of the last entry seen. Null when the caller may
-- see no such incident.
create function public.list_incident_log(p_id bigint, p_limit integer, p_after bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select l.*, row_number() over (order by l.id desc) as n
    from public.incident_log l
    where l.incident_id = p_id and (p_after is null or l.id < p_after)
    order by l.id desc
    limit p_limit + 1
  )
  select case when exists (
    select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations)
  ) then jsonb_build_object(
    'entries', coalesce(jsonb_agg(jsonb_build_object(
      'id', p.id, 'kind', p.kind, 'message', p.message, 'details', p.details, 'actor', p.actor, 'at', public.iso(p.at)
    ) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  ) end
  from page p;
$$;

create function public.stages_of_incident(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'number', s.number, 'replay_id', 'wr_' || r.id, 'status', r.status, 'stopped_because', r.stopped_because,
    'total', r.total, 'succeeded', r.succeeded, 'failed', r.failed, 'skipped', r.skipped
  ) order by s.number), '[]')
  from public.incident_stages s
  join public.replays r on r.id = s.replay_id
  where s.incident_id = p_id;
$$;

create function public.runs_of_incident(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'reconciliation_id', 'rc_' || r.id, 'purpose', n.purpose, 'provider_slug', r.provider,
    'source_id', 'so_' || r.source_id, 'status', r.status, 'reason', r.reason, 'missing', f.missing + f.not_subscribed,
    'drifted', f.drifted
  ) order by r.id), '[]')
  from public.incident_runs n
  join public.reconciliations r on r.id = n.reconciliation_id
  cross join lateral public.findings_of(r.id) f
  where n.incident_id = p_id;
$$;

create function public.incident_request_json(q public.incident_requests) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'ir_' || (q).id, 'action', (q).action, 'input', (q).input, 'reason', (q).reason, 'actor', (q).actor,
    'requested_at', public.iso((q).requested_at), 'is_approved', (q).is_approved, 'decided_by', (q).decided_by,
    'decision', (q).decision, 'decided_at', public.iso((q).decided_at)
  );
$$;
