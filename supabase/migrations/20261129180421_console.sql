-- Generated from supabase/schemas by `npm run db:diff`.

SET local check_function_bodies = off;

CREATE OR REPLACE FUNCTION public.get_event (
  p_id bigint
)
  RETURNS jsonb
  LANGUAGE sql
  STABLE
  SET search_path TO ''
  AS $function$
  select (public.event_summaries(array[e.id]) -> 0) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', ''), 'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id,
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count,
        -- Of the run it is in: a replay begins to count anew, and may have a number of its own.
        'tries', d.tries, 'max_attempts', coalesce((select p.max_attempts from public.replay_retries(d) p), t.max_attempts),
        'hold', public.hold_of(t, h),
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', 'wr_' || d.replay_id, 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object('id', t.id, 'slug', t.slug, 'name', t.name, 'kind', t.kind, 'url', public.mask_url(t.url)),
        'attempts', coalesce((
          select jsonb_agg(public.attempt_detail(a) order by a.number)
          from public.attempts a where a.delivery_id = d.id
        ), '[]')
      ) order by d.id)
      from public.deliveries d
      join public.destinations t on t.id = d.destination_id
      left join public.destination_health h on h.destination_id = t.id
      where d.event_id = e.id
    ), '[]'),
    'replays', coalesce((
      select jsonb_agg(public.get_replay(i.replay_id) order by i.replay_id)
      from (select distinct i.replay_id from public.replay_items i where i.event_id = e.id) i
    ), '[]'),
    'resolutions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'resolved_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.resolve' and a.subject = 'we_' || e.id
    ), '[]')
  )
  from public.events e
  where e.id = p_id;
$function$;
