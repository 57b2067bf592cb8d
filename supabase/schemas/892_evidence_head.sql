-- What the evidence of an incident says about all of it. Called by lib/evidence/read.ts.

-- The incident, whom it affected, its steps, runs and requests, and the configuration it ran with. Null when the caller
-- may see no such incident.
create function public.read_evidence(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'in_' || n.id, 'title', n.title, 'cause', n.cause, 'severity', n.severity, 'state', n.state,
    'opened_by', n.opened_by, 'actor', n.actor, 'owner', n.owner, 'from_ts', public.iso(n.from_ts),
    'to_ts', public.iso(n.to_ts), 'selection', n.selection, 'organisations', to_jsonb(n.organisations),
    'counts', jsonb_build_object(
      'total', n.total, 'affected', n.affected, 'recovered', n.recovered, 'verified', n.verified,
      'still_missing', n.still_missing, 'unrecoverable', n.unrecoverable, 'accepted', n.accepted
    ),
    'recovery', n.recovery, 'opened_at', public.iso(n.opened_at), 'responded_at', public.iso(n.responded_at),
    'recovering_at', public.iso(n.recovering_at), 'verifying_at', public.iso(n.verifying_at),
    'verified_at', public.iso(n.verified_at), 'closed_at', public.iso(n.closed_at), 'closed_by', n.closed_by,
    'reopened_at', public.iso(n.reopened_at), 'money', public.money_of_incident(n.id),
    'by_organisation', public.evidence_by_organisation(n), 'by_type', public.evidence_by_type(n.id),
    'steps', coalesce((
      select jsonb_agg(jsonb_build_object(
        'step', s.step, 'status', s.status, 'reason', s.reason, 'found', s.found,
        'started_at', public.iso(s.started_at), 'ended_at', public.iso(s.ended_at)
      ) order by s.step)
      from public.incident_steps s where s.incident_id = n.id
    ), '[]'),
    'runs', coalesce((
      select jsonb_agg(public.run_json(r, p_scope) || jsonb_build_object('purpose', x.purpose) order by r.id)
      from public.incident_runs x join public.reconciliations r on r.id = x.reconciliation_id
      where x.incident_id = n.id
    ), '[]'),
    'requests', coalesce((
      select jsonb_agg(public.incident_request_json(q) order by q.id)
      from public.incident_requests q where q.incident_id = n.id
    ), '[]'),
    'config', public.evidence_config(n.id, p_scope)
  )
  from public.incidents n
  where n.id = p_id and public.all_in_scope(p_scope, n.organisations);
$$;

-- Items by organisation, most affected first, and how its recovery went: `replayed` and how many of those arrived, and
-- the median seconds from opening to verified. The 1,000 most affected.
create function public.evidence_by_organisation(n public.incidents) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'org_id', g.organisation_id, 'counts', public.evidence_counts(g.states, g.accepted), 'replayed', g.replayed,
    'arrived', g.arrived, 'median_seconds', g.median_seconds
  ) order by g.items desc, g.organisation_id), '[]')
  from (
    select i.organisation_id, count(*) as items, array_agg(i.state) as states,
      count(*) filter (where i.accepted_at is not null) as accepted,
      count(*) filter (where i.replay_id is not null) as replayed,
      count(*) filter (where i.replay_id is not null and i.state in ('recovered', 'verified')) as arrived,
      round(
        percentile_cont(0.5) within group (order by extract(epoch from i.changed_at - (n).opened_at)::double precision)
          filter (where i.state = 'verified')
      ) as median_seconds
    from public.incident_items i
    where i.incident_id = (n).id
    group by i.organisation_id
    order by count(*) desc
    limit 1000
  ) g;
$$;

create function public.evidence_by_type(p_id bigint) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'provider', g.provider, 'event_type', g.event_type, 'counts', public.evidence_counts(g.states, g.accepted)
  ) order by g.items desc, g.provider, g.event_type), '[]')
  from (
    select i.provider, i.event_type, count(*) as items, array_agg(i.state) as states,
      count(*) filter (where i.accepted_at is not null) as accepted
    from public.incident_items i
    where i.incident_id = p_id
    group by i.provider, i.event_type
    order by count(*) desc
    limit 1000
  ) g;
$$;

create function public.evidence_counts(p_states public.incident_item_state[], p_accepted bigint) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'total', count(*), 'affected', count(*) filter (where s = 'affected'),
    'recovered', count(*) filter (where s = 'recovered'), 'verified', count(*) filter (where s = 'verified'),
    'still_missing', count(*) filter (where s = 'still_missing'),
    'unrecoverable', count(*) filter (where s = 'unrecoverable'), 'accepted', p_accepted
  )
  from unnest(p_states) s;
$$;
