-- A run as the API has it: where it is asked for, in lists, and on its page.

-- A run as lib/contract/api/reconciliations.ts has it. Findings count by kind while they are open or being back-filled,
-- and by state once they are repaired or late.
create function public.run_json(r public.reconciliations, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'rc_' || (r).id, 'provider_slug', (r).provider, 'source_id', 'so_' || (r).source_id, 'source_name', (
      select s.name from public.sources s where s.id = (r).source_id and public.in_scope(p_scope, s.organisation_id)
    ),
    'org_id', (r).organisation_id, 'company_id', (r).company_id, 'status', (r).status, 'reason', (r).reason,
    'started_by', (r).started_by, 'dry_run', (r).dry_run, 'from_ts', public.iso((r).from_ts),
    'to_ts', public.iso((r).to_ts), 'types', to_jsonb((r).types),
    'subscribed_types', to_jsonb((r).subscribed_types), 'configuration', case
      when (r).configuration is not null then jsonb_build_object(
        'note', (r).configuration ->> 'note', 'problems', coalesce((
          select jsonb_agg(jsonb_build_object(
            'code', p ->> 'code', 'title', p ->> 'title', 'way_out', p ->> 'wayOut', 'repair', p -> 'repair' ->> 'what'
          ))
          from jsonb_array_elements((r).configuration -> 'problems') p
        ), '[]')
      )
    end,
    'counts', jsonb_build_object(
      'provider', (r).listed + c.listed, 'received', (r).received + c.received, 'missing', f.missing,
      'rejected', f.rejected, 'undelivered', f.undelivered, 'drifted', f.drifted, 'not_subscribed', f.not_subscribed,
      'unrecoverable', f.unrecoverable, 'late', f.late, 'repaired', f.repaired
    ),
    'counts_are', case when (r).status = 'completed' then 'exact' else 'at_least' end,
    'counted', c.by_type,
    'windows', (
      select jsonb_build_object(
        'total', count(*) filter (where w.status <> 'split'), 'done', count(*) filter (where w.status = 'done'),
        'failed', count(*) filter (where w.status = 'failed')
      )
      from public.reconciliation_windows w where w.reconciliation_id = (r).id
    ),
    'requests', (select count(*) from public.api_requests q where q.reconciliation_id = (r).id),
    'back_filling', f.back_filling, 'replay_id', public.started_replay((r).replay_id, p_scope),
    'resent', case when (r).resent is not null then jsonb_build_object(
      'asked', (r).resent -> 'asked', 'asked_at', (r).resent -> 'asked_at',
      'failed_after', (r).resent -> 'failed_after', 'checked_at', (r).resent -> 'checked_at',
      'problem', (r).resent -> 'problem'
    ) end,
    'actor', (r).actor, 'request_id', (r).request_id, 'created_at', public.iso((r).created_at),
    'started_at', public.iso((r).started_at), 'completed_at', public.iso((r).completed_at)
  )
  from public.findings_of((r).id) f, public.counted_of((r).counted) c;
$$;

-- How many findings of a run there are, by kind or by how they ended. Counted first and judged then, because a run that
-- is under way is looked at every other second, and may have thousands. shown_state (637_free_findings.sql) has the
-- same rule for one of them.
create function public.findings_of(p_id bigint) returns table (
  missing bigint, rejected bigint, undelivered bigint, drifted bigint, not_subscribed bigint, unrecoverable bigint,
  late bigint, repaired bigint, back_filling bigint
)
language sql stable set search_path = '' as $$
  select
    coalesce(sum(x.count) filter (where x.kind = 'missing' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'rejected' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'undelivered' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'drifted' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'not_subscribed' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.kind = 'unrecoverable' and x.is_open), 0)::bigint,
    coalesce(sum(x.count) filter (where x.state = 'late'), 0)::bigint,
    coalesce(sum(x.count) filter (where x.state = 'repaired'), 0)::bigint,
    -- What a draft has is still open.
    coalesce(sum(x.count) filter (where x.state = 'back_filling' and r.status is distinct from 'draft'), 0)::bigint
  from (
    select f.kind, f.state, f.replay_id, f.state in ('open', 'back_filling') as is_open, count(*) as count
    from public.findings f
    where f.reconciliation_id = p_id
    group by f.kind, f.state, f.replay_id
  ) x
  left join public.replays r on r.id = x.replay_id;
$$;

-- What a provider counts without listing it: the sums, and [{event_type, provider, received}] by type.
create function public.counted_of(p_counted jsonb)
returns table (listed bigint, received bigint, by_type jsonb)
language sql immutable set search_path = '' as $$
  select coalesce(sum((c.value ->> 'provider')::bigint), 0)::bigint,
    coalesce(sum((c.value ->> 'received')::bigint), 0)::bigint,
    coalesce(jsonb_agg(jsonb_build_object(
      'event_type', c.key, 'provider', (c.value ->> 'provider')::bigint,
      'received', (c.value ->> 'received')::bigint
    ) order by c.key), '[]')
  from jsonb_each(p_counted) c;
$$;
