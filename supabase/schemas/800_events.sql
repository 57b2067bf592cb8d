-- What pages and APIs read, as the JSON of lib/contract. Called by lib/queries. Nothing here changes anything.

-- One page of the history, newest first. p_cursor: `<received_at in microseconds>.<id>` of the last row seen; the page
-- follows it. p_after instead: of the first row seen; the page leads up to it.
create function public.list_events(
  p_filter jsonb, p_limit integer, p_cursor text, p_scope text[], p_after text default null
) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_from text := coalesce(p_after, p_cursor);
  v_order text := case when p_after is null then 'desc' else 'asc' end;
  v_beyond text := '';
  v_found jsonb;
begin
  if v_from is not null then
    v_beyond := format(
      ' and (e.received_at, e.id) %s (timestamptz ''epoch'' + %L::bigint * interval ''1 microsecond'', %L::bigint)',
      case when p_after is null then '<' else '>' end, split_part(v_from, '.', 1), split_part(v_from, '.', 2)
    );
  end if;

  -- One row more than asked for says whether there is another page.
  execute format(
    'with page as (
       select x.id, row_number() over (order by x.received_at %1$s, x.id %1$s) as n,
         (extract(epoch from x.received_at) * 1000000)::bigint || ''.'' || x.id as cursor
       from (%2$s) x
       order by x.received_at %1$s, x.id %1$s
       limit %3$s + 1
     )
     select jsonb_build_object(
       ''events'', public.events_json(array_agg(p.id) filter (where p.n <= %3$s), $1),
       ''nearest'', max(p.cursor) filter (where p.n = 1),
       ''farthest'', max(p.cursor) filter (where p.n = %3$s and (select count(*) from page) > %3$s)
     )
     from page p',
    v_order,
    (
      select string_agg(format(
        '(select e.id, e.received_at from public.events e
          where %s%s order by e.received_at %s, e.id %3$s limit %s + 1)',
        b.condition, v_beyond, v_order, p_limit
      ), ' union all ')
      from unnest(public.event_branches(p_filter, p_scope)) as b(condition)
    ),
    p_limit
  ) into v_found using p_scope;

  return jsonb_build_object(
    'events', v_found -> 'events',
    'next_cursor', v_found -> case when p_after is null then 'farthest' else 'nearest' end,
    -- What was seen before is newer.
    'previous_cursor', case
      when p_after is not null then v_found -> 'farthest'
      when p_cursor is not null then v_found -> 'nearest'
      else 'null'::jsonb
    end
  );
end
$$;

-- Events as lists show them, newest first. For a page of them at once: called for each row, it took twice as long.
create function public.events_json(p_ids bigint[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
      'status', e.status, 'trust', e.trust, 'parse_status', e.parse_status, 'flags', to_jsonb(e.flags),
      'org_id', e.organisation_id,
      'company_id', e.company_id, 'object_id', e.object_id, 'livemode', e.livemode, 'object_type', e.object_type,
      'customer_id', e.customer_id, 'amount', e.amount, 'amount_kind', e.amount_kind, 'currency', e.currency,
      'replay_count', e.replay_count,
      'duplicate_count', e.duplicate_count, 'conflict_count', e.conflict_count, 'variant_of', 'we_' || e.variant_of,
      'attempt_count', e.attempt_count,
      'last_error', e.last_error, 'last_error_class', e.last_error_class, 'occurred_at', public.iso(e.occurred_at),
      'received_at', public.iso(e.received_at), 'created_at', public.iso(e.received_at),
      'processed_at', public.iso(e.processed_at), 'body_size', e.body_size, 'source_id', 'so_' || e.source_id,
      'suspected_replay', e.suspected_replay, 'redacted_at', public.iso(e.redacted_at),
      'deliveries', coalesce((
        select jsonb_agg(jsonb_build_object(
          'id', d.id, 'destination', public.destination_name(t, p_scope), 'kind', t.kind, 'status', d.status
        ) order by d.id)
        from public.deliveries d
        join public.destinations t on t.id = d.destination_id
        where d.event_id = e.id
      ), '[]')
    )
    order by e.received_at desc, e.id desc
  ), '[]')
  from public.events e
  where e.id = any (p_ids) and public.in_scope(p_scope, e.organisation_id);
$$;

-- How many events a filter matches, at most 10,000.
create function public.count_events(p_filter jsonb, p_scope text[]) returns integer
language plpgsql stable set search_path = '' as $$
declare
  v_count integer;
begin
  execute format(
    'select count(*) from (select from public.events e where %s limit 10000) x',
    public.event_predicate(p_filter, p_scope)
  ) into v_count;
  return v_count;
end
$$;
