-- What merchants read of their own events.

-- The same page for the merchant-delivery API of the Globapay runbook: one line per event with its endpoint. It ends
-- early, with a cursor, where the payloads fill the budget of an answer; one event is always in it.
create function public.list_merchant_events(p_filter jsonb, p_limit integer, p_cursor text, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  with listed as materialized (
    select public.list_events(p_filter, p_limit, p_cursor, p_scope) as page
  ),
  weighed as materialized (
    select x.n, e.id, e.received_at,
      sum(public.payload_bytes(e)) over (order by x.n) - public.payload_bytes(e) as bytes_before
    from listed l
    cross join lateral jsonb_array_elements(l.page -> 'events') with ordinality as x(summary, n)
    join public.events e on e.id = substr(x.summary ->> 'id', 4)::bigint
  ),
  fitting as materialized (
    select * from weighed w where w.n = 1 or w.bytes_before < public.payload_budget()
  )
  select jsonb_build_object(
    'events', coalesce(jsonb_agg(jsonb_build_object(
      'id', 'we_' || e.id, 'eventType', e.event_type, 'merchantId', e.organisation_id, 'status', e.status,
      'attempts', e.attempt_count, 'lastAttempt', public.iso(a.started_at), 'lastError', e.last_error,
      'errorClass', e.last_error_class, 'webhookUrl', public.mask_url(a.url), 'payload', public.payload_of(e),
      'createdAt', public.iso(e.received_at), 'provider', e.provider, 'eventKey', e.event_key
    ) order by f.n), '[]'),
    'next_cursor', case
      when (select count(*) from fitting) < (select count(*) from weighed) then (
        select (extract(epoch from l.received_at) * 1000000)::bigint || '.' || l.id
        from fitting l order by l.n desc limit 1
      )
      else (select l.page ->> 'next_cursor' from listed l)
    end
  )
  from fitting f
  join public.events e on e.id = f.id
  left join lateral (
    -- The address of a destination that all organisations share is for those who are scoped to all.
    select case when public.in_scope(p_scope, t.organisation_id) then t.url end as url, a.started_at
    from public.deliveries d
    join public.destinations t on t.id = d.destination_id
    left join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
    where d.event_id = e.id
    order by (t.kind = 'http') desc, d.id
    limit 1
  ) a on true;
$$;
