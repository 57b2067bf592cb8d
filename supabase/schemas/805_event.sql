-- One event with its deliveries, attempts and replays. Called by lib/queries.

-- Everything about one event. Null when there is none. Replays that are not in the scope are left out and not named.
create function public.get_event(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select (public.events_json(array[e.id], p_scope) -> 0) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    -- A compressed body is decoded by the caller, so it must be whole; it is as small as what it came in.
    'body_base64', coalesce(translate(encode(case
      when x.encoding is null then substring(public.body_of(e.id) from 1 for x.most) else public.body_of(e.id)
    end, 'base64'), E'\n', ''), ''),
    'body_cut', x.encoding is null and e.body_size > x.most, 'content_encoding', x.encoding,
    'body_forgotten', public.body_forgotten(e.id),
    'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id, 'privacy_request', public.privacy_request_json(e),
    -- Not filled in events from before it was: those came from their provider.
    'origin', coalesce(e.origin, 'webhook'), 'found', public.find_finding_of_event(e.id, p_scope),
    'versions', public.versions_json(e.id, e.variant_of, p_scope),
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count,
        -- Of the run it is in: a replay begins to count anew, and may have a number of its own.
        'tries', d.tries,
        'max_attempts', coalesce((
          select public.replay_max_attempts(y) from public.replays y where y.id = d.replay_id and d.lane = 'replay'
        ), t.max_attempts),
        'hold', public.hold_of_delivery(d, t, h, p_scope),
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', public.replay_name(d.replay_id, p_scope), 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object(
          'id', t.id, 'slug', case
            when t.organisation_id is null or public.in_scope(p_scope, t.organisation_id) then t.slug
            else 'ds_' || t.id
          end,
          'name', public.destination_name(t, p_scope), 'kind', t.kind,
          'url', case when public.in_scope(p_scope, t.organisation_id) then public.mask_url(t.url) end,
          'rate_per_second', case when public.in_scope(p_scope, t.organisation_id) then t.rate_per_second end
        ),
        'attempts', coalesce((
          select jsonb_agg(
            public.attempt_json(a) || jsonb_build_object('replay_id', public.replay_name(a.replay_id, p_scope))
            order by a.number
          )
          from public.attempts a where a.delivery_id = d.id
        ), '[]')
      ) order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      left join public.destination_health h on h.destination_id = t.id
      where d.event_id = e.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(public.replay_json(r) order by r.id)
      from public.replays r
      where r.id in (select i.replay_id from public.replay_items i where i.event_id = e.id)
        and public.all_in_scope(p_scope, r.organisations)
    ), '[]'),
    'resolutions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'resolved_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.resolve' and a.subject = 'we_' || e.id
    ), '[]'),
    'reopenings', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'reopened_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.reopen' and a.subject = 'we_' || e.id
    ), '[]'),
    'notes', public.list_event_notes(e.id, p_scope), 'assignee', public.event_assignee_json(e.id)
  )
  from public.events e
  cross join lateral (
    select public.header_of(e.headers, 'content-encoding') as encoding, public.shown_body_bytes() as most
  ) x
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$$;

-- How much of a body the page of its event shows. The rest is for the download.
create function public.shown_body_bytes() returns integer
language sql immutable set search_path = '' as $$
  select 1024 * 1024;
$$;

-- The other versions of an event: of the first the ones that came later, of a later one the first and the rest. Oldest
-- first. Each has the key and, all but for a contradiction in its bytes, the organisation of the first.
create function public.versions_json(p_id bigint, p_variant_of bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || v.id, 'is_first', v.variant_of is null, 'status', v.status, 'event_type', v.event_type,
    'body_size', v.body_size, 'body_sha256', encode(v.body_sha256, 'hex'), 'duplicate_count', v.duplicate_count,
    'received_at', public.iso(v.received_at)
  ) order by v.id), '[]')
  from (
    select e.* from public.events e where e.variant_of = coalesce(p_variant_of, p_id)
    union all
    select e.* from public.events e where e.id = p_variant_of
  ) v
  where v.id <> p_id and public.in_scope(p_scope, v.organisation_id);
$$;

create function public.attempt_json(a public.attempts) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'wa_' || a.id, 'number', a.number, 'status', a.status, 'started_at', public.iso(a.started_at),
    'finished_at', public.iso(a.finished_at), 'duration_ms', a.duration_ms, 'http_status', a.http_status,
    'error_class', a.error_class, 'error', a.error, 'response_headers', a.response_headers,
    'response_body_base64', translate(encode(a.response_body, 'base64'), E'\n', ''),
    'response_truncated', a.response_truncated, 'retry_at', public.iso(a.retry_at), 'replay_id', 'wr_' || a.replay_id,
    'worker', a.worker, 'changes', a.changes
  );
$$;

-- The bytes of one event, and what is needed to name, read and cover them: {provider_slug, parse_status,
-- content_encoding, body_base64, body_forgotten}. Null when there is no such event.
create function public.read_event_body(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'provider_slug', e.provider, 'parse_status', e.parse_status,
    'content_encoding', public.header_of(e.headers, 'content-encoding'),
    'body_base64', translate(encode(public.body_of(e.id), 'base64'), E'\n', ''),
    'body_forgotten', public.body_forgotten(e.id)
  )
  from public.events e
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$$;

-- The notes of staff about an event, oldest first: the newest 200. Null when the caller may see no such event.
create function public.list_event_notes(p_event_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce((
    select jsonb_agg(public.event_note_json(n) order by n.id)
    from (
      select x.* from public.event_notes x where x.event_id = p_event_id order by x.id desc limit 200
    ) n
  ), '[]')
  from public.events e
  where e.id = p_event_id and public.in_scope(p_scope, e.organisation_id);
$$;
