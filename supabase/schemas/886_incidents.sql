-- Incidents as lib/contract/api/incidents.ts has them; what their severity asks for is added in TypeScript. Called by
-- lib/queries/incidents.ts.

-- Incidents, newest first. p_filter: {state?: […], severity?: […]}. p_after: the number of the last one seen.
create function public.list_incidents(p_filter jsonb, p_limit integer, p_after bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select i.id, row_number() over (order by i.id desc) as n
    from public.incidents i
    where (p_after is null or i.id < p_after) and public.all_in_scope(p_scope, i.organisations)
      and (not p_filter ? 'state' or i.state::text = any (public.text_array(p_filter -> 'state')))
      and (not p_filter ? 'severity' or i.severity::text = any (public.text_array(p_filter -> 'severity')))
    order by i.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'incidents', coalesce((
      select jsonb_agg(public.incident_in_brief(i) order by p.n)
      from page p join public.incidents i on i.id = p.id
      where p.n <= p_limit
    ), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$$;

-- One incident with its steps, impact, stages, runs, requests and newest log. Null when the caller may see none.
create function public.get_incident(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.incident_in_brief(i) || jsonb_build_object(
    'steps', (
      select jsonb_agg(jsonb_build_object(
        'step', s.step, 'status', s.status, 'reason', s.reason, 'found', s.found,
        'started_at', public.iso(s.started_at), 'ended_at', public.iso(s.ended_at)
      ) order by s.step)
      from public.incident_steps s where s.incident_id = i.id
    ),
    'impact', public.impact_of_incident(i.id),
    'stages', public.stages_of_incident(i.id),
    'runs', public.runs_of_incident(i.id),
    'requests', coalesce((
      select jsonb_agg(public.incident_request_json(q) order by q.id desc)
      from public.incident_requests q where q.incident_id = i.id
    ), '[]'),
    'log', public.list_incident_log(i.id, 100, null, p_scope) -> 'entries'
  )
  from public.incidents i
  where i.id = p_id and public.all_in_scope(p_scope, i.organisations);
$$;

create function public.incident_in_brief(i public.incidents) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'in_' || (i).id, 'title', (i).title, 'cause', (i).cause, 'severity', (i).severity, 'state', (i).state,
    'responded_at', public.iso((i).responded_at), 'opened_by', (i).opened_by, 'actor', (i).actor, 'owner', (i).owner,
    'from_ts', public.iso((i).from_ts), 'to_ts', public.iso((i).to_ts), 'organisations', to_jsonb((i).organisations),
    'counts', jsonb_build_object(
      'total', (i).total, 'affected', (i).affected, 'recovered', (i).recovered, 'verified', (i).verified,
      'still_missing', (i).still_missing, 'unrecoverable', (i).unrecoverable, 'accepted', (i).accepted
    ),
    'money', public.money_of_incident((i).id), 'opened_at', public.iso((i).opened_at),
    'verified_at', public.iso((i).verified_at), 'closed_at', public.iso((i).closed_at), 'closed_by', (i).closed_by,
    'reopened_at', public.iso((i).reopened_at)
  );
$$;

-- What the items are worth by currency, each object once, whatever the number of its events.
create function public.money_of_incident(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'currency', c.currency, 'at_stake', c.at_stake, 'verified', c.verified
  ) order by c.at_stake desc, c.currency), '[]')
  from (
    select o.currency, sum(o.amount)::bigint as at_stake,
      coalesce(sum(o.amount) filter (where o.is_verified), 0)::bigint as verified
    from (
      select y.currency, max(y.amount) as amount, bool_and(y.state = 'verified') as is_verified
      from public.incident_items y
      where y.incident_id = p_id and y.amount is not null
      group by y.currency, y.provider, coalesce(y.object_id, y.identity)
    ) o
    group by o.currency
  ) c;
$$;

-- By organisation and by type, the most affected first, 200 at most.
create function public.impact_of_incident(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  with parts as (
    select y.organisation_id, y.provider, y.event_type, grouping(y.organisation_id) = 0 as is_organisation,
      count(*) as total, jsonb_build_object(
        'total', count(*), 'affected', count(*) filter (where y.state = 'affected'),
        'recovered', count(*) filter (where y.state = 'recovered'),
        'verified', count(*) filter (where y.state = 'verified'),
        'still_missing', count(*) filter (where y.state = 'still_missing'),
        'unrecoverable', count(*) filter (where y.state = 'unrecoverable'),
        'accepted', count(*) filter (where y.accepted_at is not null)
      ) as counts
    from public.incident_items y where y.incident_id = p_id
    group by grouping sets ((y.organisation_id), (y.provider, y.event_type))
  ),
  placed as (
    select p.*, row_number() over (
      partition by p.is_organisation order by p.total desc, p.organisation_id, p.provider, p.event_type
    ) as place
    from parts p
  )
  select jsonb_build_object(
    'organisations', coalesce(jsonb_agg(jsonb_build_object(
      'org_id', p.organisation_id, 'counts', p.counts
    ) order by p.place) filter (where p.is_organisation), '[]'),
    'types', coalesce(jsonb_agg(jsonb_build_object(
      'provider_slug', p.provider, 'event_type', p.event_type, 'counts', p.counts
    ) order by p.place) filter (where not p.is_organisation), '[]')
  )
  from placed p where p.place <= 200;
$$;
