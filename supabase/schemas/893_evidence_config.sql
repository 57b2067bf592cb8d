-- The configuration that an incident ran with, as its evidence shows it. Called by read_evidence.

-- Destinations that its events go to, its sources, and their schedules: {destinations, sources, watches}. No secrets:
-- of headers the names, of URLs neither passwords nor parameters. What belongs to others is left out.
create function public.evidence_config(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'destinations', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'ds_' || d.id, 'slug', d.slug, 'name', d.name, 'kind', d.kind, 'providers', to_jsonb(d.providers),
        'event_types', to_jsonb(d.event_types), 'organisation', d.organisation_id, 'livemode', d.livemode,
        'url', public.mask_url(d.url), 'headers', coalesce((
          select jsonb_agg(h order by h) from jsonb_object_keys(d.headers) h
        ), '[]'),
        'timeout_ms', d.timeout_ms, 'max_attempts', d.max_attempts, 'base_delay_ms', d.base_delay_ms,
        'backoff_factor', d.backoff_factor, 'max_concurrency', d.max_concurrency,
        'rate_per_second', d.rate_per_second, 'ordering', d.ordering, 'enabled', d.enabled,
        'disabled_at', public.iso(d.disabled_at), 'disabled_because', d.disabled_because,
        'paused_at', public.iso(d.paused_at), 'archived_at', public.iso(d.archived_at),
        'updated_at', public.iso(d.updated_at)
      ) order by d.id)
      from public.destinations d
      where (d.organisation_id is null or public.in_scope(p_scope, d.organisation_id)) and d.id in (
        select x.destination_id
        from public.incident_items i join public.deliveries x on x.event_id = i.event_id
        where i.incident_id = p_id
      )
    ), '[]'),
    'sources', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', 'so_' || s.id, 'provider', s.provider, 'name', s.name, 'organisation', s.organisation_id,
        'company', s.company_id, 'settings', coalesce((
          select jsonb_agg(k order by k) from jsonb_object_keys(s.settings) k
        ), '[]'),
        'enabled', s.enabled, 'max_per_minute', s.max_per_minute,
        'previous_token_expires_at', public.iso(s.previous_token_expires_at),
        'archived_at', public.iso(s.archived_at), 'updated_at', public.iso(s.updated_at)
      ) order by s.id)
      from public.sources s
      where public.in_scope(p_scope, s.organisation_id)
        and s.id in (select x.source_id from public.evidence_sources(p_id) x)
    ), '[]'),
    'watches', coalesce((
      select jsonb_agg(jsonb_build_object(
        'provider', w.provider, 'source_id', 'so_' || w.source_id, 'enabled', w.enabled,
        'every_seconds', w.every_seconds, 'window_seconds', w.window_seconds,
        'daily_window_seconds', w.daily_window_seconds, 'back_fills', w.back_fills,
        'covered_until', public.iso(w.covered_until)
      ) order by w.provider, w.source_id)
      from public.watches w
      join public.evidence_sources(p_id) x on x.provider = w.provider and x.source_id is not distinct from w.source_id
      left join public.sources s on s.id = w.source_id
      where w.source_id is null or public.in_scope(p_scope, s.organisation_id)
    ), '[]')
  );
$$;

-- The sources of its items and of its runs; null is the default endpoint of the provider.
create function public.evidence_sources(p_id bigint) returns table (provider text, source_id bigint)
language sql stable set search_path = '' as $$
  select i.provider, i.source_id from public.incident_items i where i.incident_id = p_id
  union
  select r.provider, r.source_id
  from public.incident_runs x join public.reconciliations r on r.id = x.reconciliation_id
  where x.incident_id = p_id;
$$;
