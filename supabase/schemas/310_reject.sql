-- Rejected requests. Called by lib/pipeline/accept.ts with a micro-batch of them.

-- Keeps rejected requests as evidence, at most 100 per provider, reason and hour, and counts them all.
-- p_samples: [{provider, reason, detail, status_code, method, path, headers, body (base64), body_size, body_read,
-- body_sha256 (hex), request_id, source_id?, organisation_id?, event_key?}]. Of a body its beginning is kept; once
-- those of a provider, reason and hour have 1 MiB together, 1 KiB of each: anyone can send them. A stale one
-- and one over its ceiling are authentic.
-- p_counts: [{provider, reason, organisation_id?, count}], which includes the samples.
-- Answers [{provider, reason}]: those of the samples of which no more are kept in this hour.
create function public.record_rejections(p_samples jsonb, p_counts jsonb) returns jsonb
language sql volatile set search_path = '' as $$
  select public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'organisation_id', c.organisation_id, 'provider', c.provider, 'event_type', c.reason, 'outcome', 'rejected',
      'count', c.count
    ))
    from jsonb_to_recordset(p_counts) as c(organisation_id text, provider text, reason text, count bigint)
  ));

  with samples as materialized (
    select s.*, row_number() over w as turn,
      sum(octet_length(s.body)) over w - octet_length(s.body) as bytes_before
    from jsonb_to_recordset(p_samples) as s(
      provider text, reason public.rejection_reason, detail text, status_code integer, method text, path text,
      headers jsonb, body text, body_size bigint, body_read integer, body_sha256 text, request_id text,
      source_id bigint, organisation_id text, event_key text
    )
    window w as (partition by s.provider, s.reason rows unbounded preceding)
  ),
  recent as materialized (
    select k.provider, k.reason, k.turns, (
      select count(*) from public.rejections x
      where x.provider = k.provider and x.reason = k.reason and x.received_at >= date_trunc('hour', public.now_())
    ) as kept, (
      select coalesce(sum(octet_length(x.body)), 0) from public.rejections x
      where x.provider = k.provider and x.reason = k.reason and x.received_at >= date_trunc('hour', public.now_())
    ) as kept_bytes
    from (select s.provider, s.reason, count(*) as turns from samples s group by s.provider, s.reason) k
  ),
  stored as (
    insert into public.rejections (
      provider, reason, detail, status_code, method, path, headers, body, body_size, body_read, body_sha256,
      request_id, source_id, organisation_id, event_key
    )
    select r.provider, r.reason, r.detail, r.status_code, r.method, r.path, r.headers,
      case
        when r.reason in ('stale', 'over_ceiling') or k.kept_bytes + r.bytes_before < 1048576
          then decode(r.body, 'base64')
        else substring(decode(r.body, 'base64') from 1 for 1024)
      end,
      r.body_size, r.body_read,
      decode(r.body_sha256, 'hex'), r.request_id,
      (select x.id from public.sources x where x.id = r.source_id), r.organisation_id, r.event_key
    from samples r
    join recent k on k.provider = r.provider and k.reason = r.reason
    where r.turn + k.kept <= 100
  )
  select coalesce(jsonb_agg(jsonb_build_object('provider', k.provider, 'reason', k.reason)), '[]')
  from recent k where k.kept + k.turns >= 100;
$$;
