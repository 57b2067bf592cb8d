-- Asking a provider to send again what failed, for runs that repair what they find. Called by
-- lib/reconciliation/resend.ts.

-- Takes the runs of these providers that ended and were to repair: those that have not asked yet, and those that asked
-- a minute ago and have not looked whether it helped. Each until it is noted or the lease ends: [{id, provider,
-- source_id, settings, from_ts, to_ts, resent}].
create function public.take_runs_to_resend(p_providers text[], p_lease_seconds integer) returns jsonb
language sql volatile set search_path = '' as $$
  with taken as (
    update public.reconciliations r set resend_lease_until = public.now_() + make_interval(secs => p_lease_seconds)
    where r.id in (
      select x.id from public.reconciliations x
      where not x.dry_run and x.status in ('completed', 'partial') and x.provider = any (p_providers)
        and x.completed_at > public.now_() - interval '1 day'
        and coalesce(x.resend_lease_until < public.now_(), true)
        and (
          x.resent is null
          or not x.resent ? 'checked_at'
            and (x.resent ->> 'asked_at')::timestamptz < public.now_() - interval '1 minute'
        )
      order by x.id
      limit 5
      for update skip locked
    )
    returning r.*
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', t.id, 'provider', t.provider, 'source_id', t.source_id, 'from_ts', public.iso(t.from_ts),
    'to_ts', public.iso(t.to_ts), 'resent', t.resent, 'settings', (
      select s.settings from public.sources s where s.id = t.source_id
    )
  ) order by t.id), '[]')
  from taken t;
$$;

-- Keeps what the provider said: {asked, problem?} when it was asked, {failed_after} when it was asked for its numbers a
-- second time. The times are added here.
create function public.note_resend(p_id bigint, p_resent jsonb) returns void
language sql volatile set search_path = '' as $$
  update public.reconciliations r set resend_lease_until = null, resent = coalesce(r.resent, '{}') || p_resent || case
    when r.resent is null then jsonb_build_object('asked_at', public.iso(public.now_()))
    else jsonb_build_object('checked_at', public.iso(public.now_()))
  end
  where r.id = p_id;
$$;
