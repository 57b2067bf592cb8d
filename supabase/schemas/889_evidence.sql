-- What the evidence of an incident lists, page by page, so that a bundle of any size is read in constant memory. Called
-- by lib/evidence/read.ts. Each page begins after p_after, and is empty when the caller may see no such incident.

-- Its items by position, with what is known of the event. customer_id is left out where customers are known by a phone
-- number or an address: it is a contact then, not an id. Without statistics a bitmap of all later items would be sorted
-- for each page.
create function public.list_evidence_items(p_id bigint, p_after integer, p_limit integer, p_scope text[]) returns jsonb
language sql stable set search_path = '' set enable_bitmapscan = off as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'provider', i.provider, 'source_id', 'so_' || i.source_id, 'identity', i.identity,
    'event_type', i.event_type, 'event_id', 'we_' || i.event_id, 'finding_id', 'fi_' || i.finding_id,
    'object_id', i.object_id, 'organisation', i.organisation_id,
    'customer_id', case
      when coalesce(e.object_type, '') not in ('call', 'message', 'lead') then i.customer_id
    end,
    'occurred_at', public.iso(i.occurred_at), 'received_at', public.iso(e.received_at), 'origin', e.origin,
    'trust', e.trust, 'request_id', e.request_id, 'amount', i.amount, 'currency', i.currency, 'cause', i.cause,
    'state', i.state, 'reason', i.reason, 'accepted_by', i.accepted_by, 'accepted_at', public.iso(i.accepted_at),
    'replay_id', public.replay_name(i.replay_id, p_scope), 'proof', i.proof, 'changed_at', public.iso(i.changed_at),
    'body_sha256', encode(e.body_sha256, 'hex'), 'body_size', e.body_size
  ) order by i.position), '[]')
  from (
    select x.* from public.incident_items x
    where x.incident_id = p_id and x.position > p_after and public.sees_incident(p_id, p_scope)
    order by x.position
    limit p_limit
  ) i
  left join public.events e on e.id = i.event_id;
$$;

-- Its log, oldest first.
create function public.list_evidence_log(p_id bigint, p_after bigint, p_limit integer, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', l.id, 'at', public.iso(l.at), 'kind', l.kind, 'message', l.message, 'details', l.details, 'actor', l.actor,
    'actor_id', l.actor_id, 'request_id', l.request_id
  ) order by l.id), '[]')
  from (
    select x.* from public.incident_log x
    where x.incident_id = p_id and x.id > p_after and public.sees_incident(p_id, p_scope)
    order by x.id
    limit p_limit
  ) l;
$$;

-- What its runs asked of providers, in the order they asked.
create function public.list_evidence_requests(p_id bigint, p_after bigint, p_limit integer, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', q.id, 'at', public.iso(q.asked_at), 'reconciliation_id', 'rc_' || q.reconciliation_id, 'provider', q.provider,
    'method', q.method, 'url', q.url, 'status_code', q.status_code, 'provider_request_id', q.provider_request_id,
    'entries', q.entries, 'problem', q.problem, 'milliseconds', q.milliseconds
  ) order by q.id), '[]')
  from (
    select x.* from public.api_requests x
    where x.id > p_after and public.sees_incident(p_id, p_scope) and x.reconciliation_id in (
      select r.reconciliation_id from public.incident_runs r where r.incident_id = p_id
    )
    order by x.id
    limit p_limit
  ) q;
$$;

-- What was rejected: of its items, and what the same sources sent in its window.
create function public.list_evidence_rejections(p_id bigint, p_after bigint, p_limit integer, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  with of_items as (
    select f.rejection_id as id
    from public.incident_items i join public.findings f on f.id = i.finding_id
    where i.incident_id = p_id and f.rejection_id is not null
    union
    select r.id
    from public.incidents n
    cross join lateral (
      select distinct i.provider, i.source_id from public.incident_items i where i.incident_id = n.id
    ) s
    join public.rejections r on r.provider = s.provider and r.source_id is not distinct from s.source_id
      and r.received_at >= n.from_ts and r.received_at < n.to_ts
    where n.id = p_id and r.reason <> 'wrong_address'
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', r.id, 'at', public.iso(r.received_at), 'provider', r.provider, 'source_id', 'so_' || r.source_id,
    'organisation', r.organisation_id, 'reason', r.reason, 'detail', r.detail, 'status_code', r.status_code,
    'method', r.method, 'event_key', r.event_key, 'request_id', r.request_id, 'body_size', r.body_size,
    'body_sha256', encode(r.body_sha256, 'hex')
  ) order by r.id), '[]')
  from (
    select x.* from public.rejections x
    where x.id > p_after and x.id in (select o.id from of_items o) and public.sees_incident(p_id, p_scope)
      and public.in_scope(p_scope, x.organisation_id)
    order by x.id
    limit p_limit
  ) r;
$$;

-- Its replays: those of its stages, and others that its items were part of. With who asked and the stage's number.
create function public.list_evidence_replays(p_id bigint, p_after bigint, p_limit integer, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(public.replay_json(r) || jsonb_build_object(
    'number', r.id, 'actor_id', r.actor_id, 'stage', (
      select s.number from public.incident_stages s where s.incident_id = p_id and s.replay_id = r.id
    )
  ) order by r.id), '[]')
  from (
    select x.* from public.replays x
    where x.id > p_after and public.sees_incident(p_id, p_scope) and public.all_in_scope(p_scope, x.organisations)
      and x.id in (
        select s.replay_id from public.incident_stages s where s.incident_id = p_id
        union
        select i.replay_id from public.incident_items i where i.incident_id = p_id and i.replay_id is not null
      )
    order by x.id
    limit p_limit
  ) r;
$$;

-- The bytes of some of its items: {event_id, provider_slug, content_encoding, body_base64}. The caller asks for as many
-- as it can hold. Events that are no items of the incident are left out.
create function public.read_evidence_bodies(p_id bigint, p_event_ids bigint[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'event_id', 'we_' || e.id, 'provider_slug', e.provider,
    'content_encoding', public.header_of(e.headers, 'content-encoding'),
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', ''),
    'body_forgotten', public.body_forgotten(e.id)
  ) order by e.id), '[]')
  from public.events e
  where e.id = any (p_event_ids) and public.sees_incident(p_id, p_scope)
    and public.in_scope(p_scope, e.organisation_id)
    and exists (select from public.incident_items i where i.incident_id = p_id and i.event_id = e.id);
$$;

-- Whether the caller may see an incident: all of its organisations are theirs.
create function public.sees_incident(p_id bigint, p_scope text[]) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations));
$$;
