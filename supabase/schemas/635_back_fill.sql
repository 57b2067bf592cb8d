-- Back-fill: what findings miss is stored without deliveries, and an ordinary replay of it delivers it, below live
-- traffic. Called by lib/reconciliation/back-fill.ts.

-- Which findings of a run can be brought back, the oldest p_limit of them: {reconciliation, total, findings: [id]}. A
-- null reconciliation is not there, or not the caller's. p_finding_ids: only these; null is all.
create function public.list_back_fillable(p_id bigint, p_finding_ids bigint[], p_limit integer, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'reconciliation', (
      select public.run_json(r, p_scope) from public.reconciliations r
      where r.id = p_id and public.in_scope(p_scope, r.organisation_id)
    ),
    'total', count(*), 'findings', coalesce(jsonb_agg(x.id order by x.place) filter (where x.place <= p_limit), '[]')
  )
  from (
    select f.id, row_number() over (order by f.occurred_at, f.id) as place
    from public.findings f
    join public.reconciliations r on r.id = f.reconciliation_id
    where r.id = p_id and public.in_scope(p_scope, r.organisation_id)
      and (p_finding_ids is null or f.id = any (p_finding_ids))
      and public.is_free(f) and f.kind <> 'unrecoverable' and (f.body is not null or f.event_id is not null)
  ) x;
$$;

-- Findings with what is stored for them, as many of the first as fit the budget of an answer, one at the least: [{id,
-- kind, provider, source, event_key, logical_key, event_type, occurred_at, origin, body (base64), headers, event_id}].
create function public.read_findings(p_finding_ids bigint[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', f.id, 'kind', f.kind, 'provider', f.provider, 'event_key', f.event_key, 'logical_key', f.logical_key,
    'event_type', f.event_type, 'occurred_at', public.iso(f.occurred_at), 'origin', f.origin, 'headers', f.headers,
    'body', replace(encode(f.body, 'base64'), e'\n', ''), 'event_id', f.event_id, 'source', (
      select jsonb_build_object(
        'id', s.id, 'organisation_id', s.organisation_id, 'company_id', s.company_id, 'settings', s.settings
      )
      from public.sources s where s.id = f.source_id
    )
  ) order by x.place), '[]')
  from (
    select y.id, y.place, sum(y.size) over (order by y.place) - y.size as bytes_before
    from (
      select g.id, p.place, coalesce(octet_length(g.body), 0) as size
      from unnest(p_finding_ids) with ordinality p(id, place)
      join public.findings g on g.id = p.id
      join public.reconciliations r on r.id = g.reconciliation_id and public.in_scope(p_scope, r.organisation_id)
    ) y
  ) x
  join public.findings f on f.id = x.id
  where x.bytes_before < public.payload_budget();
$$;

-- Stores events for findings, without deliveries, and says which event each finding is about now. p_events: as
-- accept_events takes them, each with its finding_id; {n, finding_id} alone for a finding whose event is here. What
-- came by itself meanwhile is not stored: the finding becomes late. p_closes: false for a preview, which closes no
-- finding. Answers [{finding_id, event_id, state}]; `event_id` is null where there is nothing to deliver, and `state`
-- what the finding is, or would be.
create function public.back_fill(p_id bigint, p_events jsonb, p_closes boolean, p_scope text[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  r public.reconciliations;
  v_known jsonb;
  v_answer jsonb;
begin
  select * into r from public.reconciliations x where x.id = p_id and public.in_scope(p_scope, x.organisation_id);
  if not found then
    return '[]';
  end if;
  perform set_config('synchronous_commit', 'on', true);
  -- A webhook that is being accepted is here afterwards, or finds what is stored now.
  perform pg_advisory_xact_lock(public.pairing_lock(r.provider, r.source_id));

  select jsonb_object_agg(i.n, k.event_id) into v_known
  from jsonb_to_recordset(p_events) as i(n integer, finding_id bigint, event_key text, logical_key text)
  join public.findings f on f.id = i.finding_id
  cross join lateral (
    select coalesce((
      select x.event_id from public.event_keys x
      where x.provider = r.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
        and x.source_id is not distinct from r.source_id and x.variant = ''
    ), (
      select x.id from public.events x
      where x.logical_key = i.logical_key and x.provider = r.provider and x.source_id is not distinct from r.source_id
        and x.variant_of is null and f.kind <> 'drifted'
      order by x.id
      limit 1
    )) as event_id
    offset 0
  ) k
  where i.event_key is not null and k.event_id is not null;

  perform public.store_events((
    select jsonb_agg(e) from jsonb_array_elements(p_events) e
    where e ? 'event_key' and not coalesce(v_known, '{}') ? (e ->> 'n')
  ), '{}', false);

  with found as (
    select f.id, coalesce((v_known ->> i.n::text)::bigint, k.event_id, f.event_id) as event_id
    from jsonb_to_recordset(p_events) as i(n integer, finding_id bigint, event_key text)
    join public.findings f on f.id = i.finding_id and f.reconciliation_id = p_id and public.is_free(f)
    left join lateral (
      select x.event_id from public.event_keys x
      where x.provider = r.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
        and x.source_id is not distinct from r.source_id and x.variant = ''
      offset 0
    ) k on true
  ),
  judged as (
    select o.id, o.event_id, case
      when f.kind in ('missing', 'rejected', 'not_subscribed') and not public.is_brought_back(e.origin) then 'late'
      when not exists (select from public.deliveries d where d.event_id = e.id) and not exists (
        select from public.destinations t
        where public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
      ) then 'repaired'
      else 'open'
    end::public.finding_state as state
    from found o
    join public.findings f on f.id = o.id
    join public.events e on e.id = o.event_id
  ),
  changed as (
    update public.findings f set
      event_id = j.event_id, state = case when p_closes then j.state else f.state end,
      closed_at = case when p_closes and j.state <> 'open' then public.now_() end,
      detail = case
        when p_closes and j.state = 'repaired' then 'Stored. No destination receives it.' else f.detail
      end
    from judged j
    where f.id = j.id
    returning f.id, f.event_id, j.state
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'finding_id', c.id, 'event_id', case when c.state = 'open' then c.event_id end, 'state', c.state
  ) order by c.id), '[]') into v_answer
  from changed c;
  return v_answer;
end
$$;

-- Says that a replay was made of these findings. Answers how many.
create function public.mark_back_filling(p_id bigint, p_finding_ids bigint[], p_replay_id bigint, p_scope text[])
returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_marked integer;
begin
  update public.reconciliations r set replay_id = p_replay_id
  where r.id = p_id and public.in_scope(p_scope, r.organisation_id);
  if not found then
    return 0;
  end if;
  update public.findings f set state = 'back_filling', replay_id = p_replay_id, checked_at = public.now_()
  where f.reconciliation_id = p_id and f.id = any (p_finding_ids) and public.is_free(f);
  get diagnostics v_marked = row_count;
  return v_marked;
end
$$;

-- Takes the runs that ended and were to repair what they found, each until it is finished or the lease ends: [{id,
-- actor, actor_id, request_id}].
create function public.take_runs_to_back_fill(p_lease_seconds integer) returns jsonb
language sql volatile set search_path = '' as $$
  with taken as (
    update public.reconciliations r set
      back_fill_lease_until = public.now_() + make_interval(secs => p_lease_seconds)
    where r.id in (
      select x.id from public.reconciliations x
      where x.back_filled_at is null and not x.dry_run and x.status in ('completed', 'partial')
        and coalesce(x.back_fill_lease_until < public.now_(), true)
      order by x.id
      limit 10
      for update skip locked
    )
    returning r.id, r.actor, r.actor_id, r.request_id
  )
  select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') from taken t;
$$;

-- The back-fill of a run was started, or there is none; p_problem: why it was not.
create function public.finish_back_fill(p_id bigint, p_problem text) returns void
language sql volatile set search_path = '' as $$
  update public.reconciliations r set back_filled_at = public.now_(), reason = case
    when p_problem is null then r.reason
    else left(concat_ws(' ', r.reason, 'Nothing was brought back: ' || p_problem), 1000)
  end
  where r.id = p_id;
$$;

-- The replay that an actor made of findings of this run under an idempotency key, `wr_12`. Null when there is none.
create function public.find_back_fill(p_id bigint, p_idempotency_key text, p_actor_id text, p_scope text[])
returns text
language sql stable set search_path = '' as $$
  select 'wr_' || y.id
  from public.replays y
  join public.reconciliations r on r.id = p_id and public.in_scope(p_scope, r.organisation_id)
  where y.actor_id = p_actor_id and y.idempotency_key = p_idempotency_key and y.kind = 'back_fill'
    and public.all_in_scope(p_scope, y.organisations);
$$;
