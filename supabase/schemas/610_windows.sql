-- The windows of runs, as workers read them: leased, page by page, so that a killed process costs at most a page.

-- Leases due windows to a worker: the first of a run alone, until it has asked how the provider is set up. Answers
-- [{id, fence, cursor, pages, failures, from_ts, to_ts, run: {…}}].
create function public.claim_windows(p_worker text, p_limit integer, p_lease_seconds integer) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_windows bigint[];
begin
  select array_agg(x.id) into v_windows
  from (
    select w.id from public.reconciliation_windows w
    join public.reconciliations r on r.id = w.reconciliation_id
    where w.status = 'pending' and w.due_at <= public.now_() and r.status in ('queued', 'running')
      and (w.lease_until is null or w.lease_until < public.now_())
      and (r.configuration is not null or w.from_ts = r.from_ts)
    order by w.due_at, w.id
    limit p_limit
    for update of w skip locked
  ) x;
  if v_windows is null then
    return '[]';
  end if;

  update public.reconciliation_windows w set
    fence = w.fence + 1, worker = p_worker, lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
  where w.id = any (v_windows);
  update public.reconciliations r set status = 'running', started_at = coalesce(r.started_at, public.now_())
  where r.status = 'queued' and r.id in (
    select w.reconciliation_id from public.reconciliation_windows w where w.id = any (v_windows)
  );

  return (
    select jsonb_agg(jsonb_build_object(
      'id', w.id, 'fence', w.fence, 'cursor', w.cursor, 'pages', w.pages, 'failures', w.failures,
      'from_ts', public.iso(w.from_ts), 'to_ts', public.iso(w.to_ts),
      'run', jsonb_build_object(
        'id', r.id, 'provider', r.provider, 'source_id', r.source_id, 'organisation_id', r.organisation_id,
        'company_id', r.company_id, 'from_ts', public.iso(r.from_ts), 'to_ts', public.iso(r.to_ts),
        'types', to_jsonb(r.types), 'is_configured', r.configuration is not null, 'settings', s.settings
      )
    ) order by w.id)
    from public.reconciliation_windows w
    join public.reconciliations r on r.id = w.reconciliation_id
    left join public.sources s on s.id = r.source_id
    where w.id = any (v_windows)
  );
end
$$;

-- Whether the worker still has the window, which it then keeps for this long.
create function public.renew_window(p_window bigint, p_fence bigint, p_lease_seconds integer) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.reconciliation_windows w set lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
  where w.id = p_window and w.fence = p_fence and w.status = 'pending' and exists (
    select from public.reconciliations r where r.id = w.reconciliation_id and r.status = 'running'
  );
  return found;
end
$$;

-- Gives a worker's windows back, when it stops between two pages.
create function public.release_windows(p_worker text) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_released integer;
begin
  update public.reconciliation_windows w set lease_until = null, worker = null
  where w.status = 'pending' and w.worker = p_worker and w.lease_until is not null;
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

-- A page could not be read. p_retry_ms: when it is tried again, from now; null gives the window up, and so does the
-- eighth failure in a row. p_counts: false when it only waits for its turn. Answers whether the worker still had it.
create function public.fail_window(
  p_window bigint, p_fence bigint, p_problem text, p_retry_ms integer, p_counts boolean
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  update public.reconciliation_windows w set
    failures = w.failures + p_counts::integer, problem = left(p_problem, 500), lease_until = null, worker = null,
    status = case when p_retry_ms is null or p_counts and w.failures >= 7 then 'failed' else w.status end,
    due_at = public.now_() + coalesce(p_retry_ms, 0) * interval '1 millisecond'
  where w.id = p_window and w.fence = p_fence and w.status = 'pending';
  return found;
end
$$;

-- The provider does not list all of the window: both halves are read instead. Windows of a second are not split.
-- Answers whether it was.
create function public.split_window(p_window bigint, p_fence bigint) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  w public.reconciliation_windows;
  v_middle timestamptz;
begin
  update public.reconciliation_windows x set status = 'split', lease_until = null, worker = null, cursor = null
  where x.id = p_window and x.fence = p_fence and x.status = 'pending' and x.to_ts - x.from_ts >= interval '2 seconds'
  returning * into w;
  if not found then
    return false;
  end if;
  -- At a whole second: many providers know no finer time.
  v_middle := date_trunc('second', w.from_ts + (w.to_ts - w.from_ts) / 2);
  insert into public.reconciliation_windows (reconciliation_id, from_ts, to_ts)
  values (w.reconciliation_id, w.from_ts, v_middle), (w.reconciliation_id, v_middle, w.to_ts);
  return true;
end
$$;

-- Keeps what the provider said about how it is set up. p_configuration: {subscribed_types, problems: […], note?}.
create function public.note_configuration(p_id bigint, p_configuration jsonb) returns void
language sql volatile set search_path = '' as $$
  update public.reconciliations r set
    subscribed_types = case
      when jsonb_typeof(p_configuration -> 'subscribed_types') = 'array'
      then coalesce(public.text_array(p_configuration -> 'subscribed_types'), '{}')
    end,
    configuration = p_configuration - 'subscribed_types'
  where r.id = p_id;
$$;

-- Keeps requests to a provider that no page is recorded with. p_window may be null, and so may the run of p_id.
create function public.note_api_requests(p_id bigint, p_window bigint, p_provider text, p_requests jsonb) returns void
language sql volatile set search_path = '' as $$
  insert into public.api_requests (
    reconciliation_id, window_id, provider, method, url, status_code, provider_request_id, entries, problem,
    milliseconds
  )
  select p_id, p_window, p_provider, q.method, q.url, q.status_code, left(q.provider_request_id, 255), q.entries,
    left(q.problem, 500), q.milliseconds
  from jsonb_to_recordset(p_requests) as q(
    method text, url text, status_code integer, provider_request_id text, entries integer, problem text,
    milliseconds integer
  );
$$;
