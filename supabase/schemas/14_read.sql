-- What pages and APIs read, as the JSON of lib/contract. Called by lib/queries. Nothing here changes anything.

-- Long because it is a list: one function per question that a page or API asks, none of them knowing another's.

-- Callers stand above what they call.
set check_function_bodies = off;

create function public.iso(p_at timestamptz) returns text
language sql immutable set search_path = '' as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
$$;

-- The condition a filter means, over `public.events e`. The one predicate of list, count, preview and replay.
-- p_scope: 02_scope.sql. Nothing but an event of these organisations meets it.
-- p_filter: the fields of lib/contract/event-filter.ts, checked there. Every value is quoted here.
create function public.event_predicate(p_filter jsonb, p_scope text[]) returns text
language sql immutable set search_path = '' as $$
  select coalesce(string_agg(c.condition, ' and ' order by c.n) filter (where c.field is null or p_filter ? c.field), 'true')
  from (values
    (0, null, case when p_scope is not null then public.scope_condition(p_scope, 'e.organisation_id') end),
    (1, 'provider_slug', public.one_of('e.provider', 'text', p_filter -> 'provider_slug')),
    (2, 'status', public.one_of('e.status', 'public.event_status', p_filter -> 'status')),
    (3, 'error_class', public.one_of('e.last_error_class', 'public.error_class', p_filter -> 'error_class')),
    -- One type or several with commas between them; a type has dots, never commas.
    (4, 'event_type', public.one_of('e.event_type', 'text', to_jsonb(string_to_array(p_filter ->> 'event_type', ',')))),
    (5, 'org_id', format('e.organisation_id = %L', p_filter ->> 'org_id')),
    (6, 'company_id', format('e.company_id = %L', p_filter ->> 'company_id')),
    -- strpos, not like: a searched % or _ means itself. Folded as ASCII, which is twice as fast: a key is no prose.
    (7, 'q', format(
      'strpos(lower(e.event_key collate "C"), lower(%L::text collate "C")) > 0', p_filter ->> 'q'
    )),
    (8, 'from_ts', format('e.received_at >= %L::timestamptz', p_filter ->> 'from_ts')),
    (9, 'to_ts', format('e.received_at < %L::timestamptz', p_filter ->> 'to_ts')),
    -- Moves with the clock, so the filter itself stays the same when it is asked twice.
    (10, 'range', format('e.received_at >= now() - %L::interval', p_filter ->> 'range')),
    (11, 'trust', public.one_of('e.trust', 'public.trust_level', p_filter -> 'trust')),
    (12, 'attempts', format('e.attempt_count >= %L::integer', p_filter ->> 'attempts')),
    (13, 'replayed', case p_filter ->> 'replayed' when '1' then 'e.replay_count > 0' else 'e.replay_count = 0' end),
    -- The dearest comes last. The payload as Postgres prints it: {"name": "value", "list": [1, 2]}.
    (14, 'text', format('strpos(lower(e.payload::text), lower(%L)) > 0', p_filter ->> 'text')),
    -- Null when the filter says nothing of deliveries.
    (15, null, 'exists (select from public.deliveries x where x.event_id = e.id and '
      || public.delivery_predicate(p_filter) || ')')
  ) as c(n, field, condition);
$$;

-- What a filter says about one delivery, over `public.deliveries x`: one and the same has to meet all of it. Null when it
-- says nothing. A replay of such a filter takes those deliveries alone, and leaves others of the same events.
create function public.delivery_predicate(p_filter jsonb) returns text
language sql immutable set search_path = '' as $$
  select string_agg(c.condition, ' and ' order by c.n) filter (where p_filter ? c.field)
  from (values
    (1, 'error_group', format('x.error_group = any (%L::text[])', public.text_array(p_filter -> 'error_group'))),
    -- By slug, or by id as `ds_12`: a slug has no underscore.
    (2, 'destination', format(
      'x.destination_id = any (array(select t.id from public.destinations t
         where t.slug = any (%L::text[]) or ''ds_'' || t.id = any (%1$L::text[])))',
      public.text_array(p_filter -> 'destination')
    )),
    (3, 'delivery_status', format(
      'x.status = any (%L::public.delivery_status[])', public.text_array(p_filter -> 'delivery_status')
    )),
    (4, 'http_status', format(
      'x.last_http_status = any (%L::integer[])', public.http_statuses(p_filter -> 'http_status')
    ))
  ) as c(n, field, condition);
$$;

-- `column = 'a'`, or `column = any ('{a,b}')`: the first alone lets an index give rows in their order.
create function public.one_of(p_column text, p_type text, p_list jsonb) returns text
language sql immutable set search_path = '' as $$
  select case jsonb_array_length(p_list)
    when 1 then format('%s = %L::%s', p_column, p_list ->> 0, p_type)
    else format('%s = any (%L::%s[])', p_column, public.text_array(p_list), p_type)
  end;
$$;

-- A filter as conditions that no two events meet both of: one per value of its first list. Each has an index that gives its
-- newest events in order, where the list as a whole would be sorted first. A search in payloads is made once, not per value.
create function public.event_branches(p_filter jsonb, p_scope text[]) returns text[]
language sql immutable set search_path = '' as $$
  with lists as (
    select l.field, l.list
    from (values
      (1, 'status', p_filter -> 'status'),
      (2, 'event_type', to_jsonb(string_to_array(p_filter ->> 'event_type', ','))),
      (3, 'error_class', p_filter -> 'error_class'),
      (4, 'provider_slug', p_filter -> 'provider_slug'),
      (5, 'org_id', case when not p_filter ? 'org_id' then to_jsonb(p_scope) end)
    ) as l(n, field, list)
    where jsonb_array_length(l.list) between 2 and 12 and not p_filter ? 'text'
    order by l.n
    limit 1
  )
  select coalesce(
    (
      select array_agg(public.event_predicate(p_filter || jsonb_build_object(
        l.field, case when l.field in ('event_type', 'org_id') then v.value else jsonb_build_array(v.value) end
      ), p_scope))
      from lists l
      cross join lateral (select distinct x.value from jsonb_array_elements(l.list) x) v
    ),
    array[public.event_predicate(p_filter, p_scope)]
  );
$$;

-- ["503", "4xx"]: 503, and 400 to 499. One by one, so that the planner knows how rare each is.
create function public.http_statuses(p_list jsonb) returns integer[]
language sql immutable set search_path = '' as $$
  select array_agg(s)
  from jsonb_array_elements_text(p_list) x(word)
  cross join generate_series(replace(x.word, 'xx', '00')::integer, replace(x.word, 'xx', '99')::integer) s;
$$;

create function public.text_array(p_list jsonb) returns text[]
language sql immutable set search_path = '' as $$
  select array_agg(x) from jsonb_array_elements_text(p_list) x;
$$;

-- Events as lists show them, newest first. For a page of them at once: called for each row, it took twice as long.
create function public.event_summaries(p_ids bigint[], p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
      'status', e.status, 'trust', e.trust, 'parse_status', e.parse_status, 'flags', to_jsonb(e.flags), 'org_id', e.organisation_id,
      'company_id', e.company_id, 'object_id', e.object_id, 'livemode', e.livemode, 'replay_count', e.replay_count,
      'duplicate_count', e.duplicate_count, 'conflict_count', e.conflict_count, 'attempt_count', e.attempt_count,
      'last_error', e.last_error, 'last_error_class', e.last_error_class, 'occurred_at', public.iso(e.occurred_at),
      'received_at', public.iso(e.received_at), 'created_at', public.iso(e.received_at),
      'processed_at', public.iso(e.processed_at), 'body_size', octet_length(e.raw_body), 'source_id', 'so_' || e.source_id,
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

-- What a delivery's destination is called for those who may see the delivery. One that went over to another organisation
-- since is not theirs to see.
create function public.destination_name(t public.destinations, p_scope text[]) returns text
language sql immutable set search_path = '' as $$
  select case
    when (t).organisation_id is null or public.in_scope(p_scope, (t).organisation_id) then (t).name
    else 'A destination of another organisation'
  end;
$$;

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
       ''events'', public.event_summaries(array_agg(p.id) filter (where p.n <= %3$s), $1),
       ''nearest'', max(p.cursor) filter (where p.n = 1),
       ''farthest'', max(p.cursor) filter (where p.n = %3$s and (select count(*) from page) > %3$s)
     )
     from page p',
    v_order,
    (
      select string_agg(format(
        '(select e.id, e.received_at from public.events e where %s%s order by e.received_at %s, e.id %3$s limit %s + 1)',
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

-- What stands right beside an event in the filtered history: {newer, older}, each `we_12` or null. The event itself need not
-- match, so that somebody who has just replayed a dead one can go on to the next. Null when there is no such event.
create function public.event_neighbours(p_id bigint, p_filter jsonb, p_scope text[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_condition text := public.event_predicate(p_filter, p_scope);
  v_place text;
  v_answer jsonb;
begin
  select format('(%L::timestamptz, %L::bigint)', e.received_at, e.id) into v_place
  from public.events e where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
  if v_place is null then
    return null;
  end if;

  execute format(
    'select jsonb_build_object(
       ''newer'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) > %2$s
         order by e.received_at, e.id limit 1
       ),
       ''older'', (
         select ''we_'' || e.id from public.events e where %1$s and (e.received_at, e.id) < %2$s
         order by e.received_at desc, e.id desc limit 1
       )
     )',
    v_condition, v_place
  ) into v_answer;
  return v_answer;
end
$$;

-- The events around one that concern the same thing, newest first, the event itself among them: at most 25 that came after
-- it and 25 before. `same` says why: `object` names the same object, `rows` changed a row that this one changed. Rows are
-- compared with the 500 events of the same provider and organisation on either side, so the cost does not grow with the
-- history. Null when there is no such event.
create function public.list_related_events(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with here as (
    select e.id, e.provider, e.organisation_id, e.object_id, e.received_at from public.events e
    where e.id = p_id and public.in_scope(p_scope, e.organisation_id)
  ),
  of_object as (
    select x.id, 'object' as same
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at >= h.received_at and e.id <> h.id
          and public.in_scope(p_scope, e.organisation_id)
        order by e.received_at limit 25)
      union all
      (select e.id from public.events e
        where e.object_id = h.object_id and e.provider = h.provider and e.received_at < h.received_at
          and public.in_scope(p_scope, e.organisation_id)
        order by e.received_at desc limit 25)
    ) x
  ),
  changed as (
    select distinct c.change -> 'table' as of_table, c.change -> 'key' as of_key
    from public.deliveries d
    join public.attempts a on a.delivery_id = d.id
    cross join lateral jsonb_array_elements(a.changes) as c(change)
    where d.event_id = p_id
  ),
  around as (
    select x.id
    from here h
    cross join lateral (
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at >= h.received_at and e.id <> h.id
        order by e.received_at, e.id limit 500)
      union all
      (select e.id from public.events e
        where e.provider = h.provider and e.organisation_id is not distinct from h.organisation_id
          and e.received_at < h.received_at
        order by e.received_at desc, e.id desc limit 500)
    ) x
    where exists (select from changed)
  ),
  of_rows as (
    select n.id, 'rows' as same
    from around n
    where exists (
      select
      from public.deliveries d
      join public.attempts a on a.delivery_id = d.id
      cross join lateral jsonb_array_elements(a.changes) as c(change)
      join changed m on m.of_table = c.change -> 'table' and m.of_key = c.change -> 'key'
      where d.event_id = n.id
    )
  ),
  related as (
    select r.id, array_agg(r.same order by r.same) as same
    from (select * from of_object union all select * from of_rows) r
    group by r.id
  ),
  placed as (
    select e.id, e.received_at, r.same, (e.received_at, e.id) > (h.received_at, h.id) as is_newer,
      row_number() over (
        partition by (e.received_at, e.id) > (h.received_at, h.id)
        order by abs(extract(epoch from e.received_at - h.received_at)), abs(e.id - h.id)
      ) as distance
    from related r
    join public.events e on e.id = r.id
    cross join here h
    union all
    select h.id, h.received_at, '{}', false, 0 from here h
  )
  select case when exists (select from here) then jsonb_build_object('events', coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'provider_slug', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
    'status', e.status, 'received_at', public.iso(e.received_at), 'same', to_jsonb(p.same), 'is_newer', p.is_newer
  ) order by e.received_at desc, e.id desc), '[]')) end
  from placed p
  join public.events e on e.id = p.id
  where p.distance <= 25;
$$;

-- The bytes of one event, and what is needed to name and cover them: {provider_slug, parse_status, body_base64}. Null when there is no such event.
create function public.read_event_body(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'provider_slug', e.provider, 'parse_status', e.parse_status,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', '')
  )
  from public.events e
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$$;

-- How much of payloads one answer carries. Whoever makes, sends and reads 100 MB of JSON waits longer than anybody does.
create function public.payload_budget() returns integer
language sql immutable set search_path = '' as $$
  select 4 * 1024 * 1024;
$$;

-- The bytes that a payload adds to an answer, without reading it: those of the body it was made from.
create function public.payload_bytes(e public.events) returns bigint
language sql immutable set search_path = '' as $$
  select case when e.payload is null then 0 else octet_length(e.raw_body) end;
$$;

-- The same page for the merchant-delivery API of the Globapay runbook: one line per event with its endpoint. It ends early,
-- with a cursor, where the payloads fill the budget of an answer; one event is always in it.
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
      'errorClass', e.last_error_class, 'webhookUrl', public.mask_url(a.url), 'payload', e.payload,
      'createdAt', public.iso(e.received_at), 'provider', e.provider, 'eventKey', e.event_key
    ) order by f.n), '[]'),
    'next_cursor', case
      when (select count(*) from fitting) < (select count(*) from weighed) then (
        select (extract(epoch from l.received_at) * 1000000)::bigint || '.' || l.id from fitting l order by l.n desc limit 1
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

-- How many events a filter matches, at most 10,000.
create function public.count_events(p_filter jsonb, p_scope text[]) returns integer
language plpgsql stable set search_path = '' as $$
declare
  v_count integer;
begin
  execute format(
    'select count(*) from (select from public.events e where %s limit 10000) x', public.event_predicate(p_filter, p_scope)
  ) into v_count;
  return v_count;
end
$$;

-- What destinations are called, by slug: {slug: name}, also of those that were deleted. Those that all organisations share
-- are named to everybody: the events of any of them may go there.
create function public.read_destination_names(p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_object_agg(t.slug, t.name), '{}') from public.destinations t
  where t.organisation_id is null or public.in_scope(p_scope, t.organisation_id);
$$;

-- Everything about one event. Null when there is none. Replays that are not in the scope are left out and not named.
create function public.get_event(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select (public.event_summaries(array[e.id], p_scope) -> 0) || jsonb_build_object(
    'method', e.method, 'path', e.path, 'headers', e.headers, 'content_type', e.content_type,
    'body_base64', translate(encode(e.raw_body, 'base64'), E'\n', ''), 'body_sha256', encode(e.body_sha256, 'hex'),
    'request_id', e.request_id,
    'deliveries', coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', d.id, 'status', d.status, 'attempt_count', d.attempt_count,
        -- Of the run it is in: a replay begins to count anew, and may have a number of its own.
        'tries', d.tries, 'max_attempts', coalesce((select p.max_attempts from public.replay_retries(d) p), t.max_attempts),
        'hold', public.hold_of_delivery(d, t, h, p_scope),
        'due_at', case when d.status in ('pending', 'retrying') then public.iso(d.due_at) end,
        'last_error_class', d.last_error_class, 'last_error', d.last_error, 'last_http_status', d.last_http_status,
        'replay_id', public.replay_name(d.replay_id, p_scope), 'created_at', public.iso(d.created_at),
        'finished_at', public.iso(d.finished_at),
        'destination', jsonb_build_object(
          'id', t.id, 'slug', case when t.organisation_id is null or public.in_scope(p_scope, t.organisation_id) then t.slug else 'ds_' || t.id end,
          'name', public.destination_name(t, p_scope), 'kind', t.kind,
          'url', case when public.in_scope(p_scope, t.organisation_id) then public.mask_url(t.url) end,
          'rate_per_second', case when public.in_scope(p_scope, t.organisation_id) then t.rate_per_second end
        ),
        'attempts', coalesce((
          select jsonb_agg(
            public.attempt_detail(a) || jsonb_build_object('replay_id', public.replay_name(a.replay_id, p_scope))
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
      select jsonb_agg(public.replay_detail(r) order by r.id)
      from public.replays r
      where r.id in (select i.replay_id from public.replay_items i where i.event_id = e.id)
        and public.all_in_scope(p_scope, r.organisations)
    ), '[]'),
    'resolutions', coalesce((
      select jsonb_agg(jsonb_build_object(
        'actor', a.actor, 'reason', a.details ->> 'reason', 'resolved_at', public.iso(a.acted_at)
      ) order by a.id)
      from public.staff_actions a where a.action = 'event.resolve' and a.subject = 'we_' || e.id
    ), '[]')
  )
  from public.events e
  where e.id = p_id and public.in_scope(p_scope, e.organisation_id);
$$;

-- `wr_12`; null for a replay that is not in the scope.
create function public.replay_name(p_replay_id bigint, p_scope text[]) returns text
language sql stable set search_path = '' as $$
  select 'wr_' || r.id from public.replays r where r.id = p_replay_id and public.all_in_scope(p_scope, r.organisations);
$$;

create function public.attempt_detail(a public.attempts) returns jsonb
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

-- The keys of a selection that more than one event has, because several organisations or sources sent them: who replays one
-- has to say which. [{event_key, choices: [{event_id, organisation_id, source_id}]}] of the first ten such keys.
create function public.list_key_choices(p_selection jsonb, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('event_key', c.key, 'choices', c.choices) order by c.n), '[]')
  from (
    select k.key, k.n, jsonb_agg(jsonb_build_object(
      'event_id', 'we_' || e.id, 'organisation_id', e.organisation_id, 'source_id', 'so_' || e.source_id
    ) order by e.organisation_id nulls last, e.id) as choices
    from (
      select x.key, min(x.n) as n
      from jsonb_array_elements_text(p_selection -> 'event_keys') with ordinality as x(key, n) group by x.key
    ) k
    join public.events e on public.has_key(e, k.key, p_selection) and public.in_scope(p_scope, e.organisation_id)
    group by k.key, k.n
    having count(*) > 1
    order by k.n
    limit 10
  ) c;
$$;

-- Whether an event is what a selection by keys means with one of them: {provider_slug, event_keys, organisation_id?,
-- source_id?}. The last two where they are given; null is "without".
create function public.has_key(e public.events, p_key text, p_selection jsonb) returns boolean
language sql immutable
return (e).provider = (p_selection ->> 'provider_slug') and (e).event_key_hash = sha256(convert_to(p_key, 'UTF8'))
  and (not p_selection ? 'organisation_id' or (e).organisation_id is not distinct from (p_selection ->> 'organisation_id'))
  and (not p_selection ? 'source_id' or (e).source_id is not distinct from (p_selection ->> 'source_id')::bigint);

-- The keys or numbers of a selection that no event has, in the order they were asked for.
create function public.list_missing_events(p_selection jsonb, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(m.name order by m.n), '[]')
  from (
    select k.key as name, k.n
    from jsonb_array_elements_text(p_selection -> 'event_keys') with ordinality as k(key, n)
    where not exists (
      select from public.events e
      where public.has_key(e, k.key, p_selection) and public.in_scope(p_scope, e.organisation_id)
    )
    union all
    select 'we_' || k.id, k.n
    from jsonb_array_elements_text(p_selection -> 'event_ids') with ordinality as k(id, n)
    where not exists (
      select from public.events e where e.id = k.id::bigint and public.in_scope(p_scope, e.organisation_id)
    )
  ) m;
$$;

-- A replay with its counts. Null when there is none.
create function public.get_replay(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select public.replay_detail(r) from public.replays r
  where r.id = p_id and public.all_in_scope(p_scope, r.organisations);
$$;

create function public.replay_detail(r public.replays) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'id', 'wr_' || r.id, 'kind', r.kind, 'status', r.status, 'reason', r.reason, 'actor', r.actor,
    'request_id', r.request_id, 'options', r.options, 'selection', r.selection, 'matched', r.matched, 'total', r.total,
    'succeeded', r.succeeded, 'failed', r.failed, 'skipped', r.skipped,
    'in_progress', (
      select count(*) from public.replay_items i
      where i.replay_id = r.id and i.fed_at is not null and i.outcome is null
    ),
    'stopped_because', r.stopped_because, 'scheduled_at', public.iso(r.scheduled_at),
    'created_at', public.iso(r.created_at), 'queued_at', public.iso(r.queued_at),
    'started_at', public.iso(r.started_at), 'completed_at', public.iso(r.completed_at)
  );
$$;

-- Replays, newest first; drafts only when asked for. p_filter: {status?: […], actor?, q?}. p_cursor: the id of the last
-- one seen, as a number.
create function public.list_replays(p_filter jsonb, p_limit integer, p_cursor bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with page as (
    select r.id, row_number() over (order by r.id desc) as n
    from public.replays r
    where (p_cursor is null or r.id < p_cursor) and public.all_in_scope(p_scope, r.organisations)
      and case
        when p_filter ? 'status' then r.status::text = any (public.text_array(p_filter -> 'status'))
        else r.status <> 'draft'
      end
      and (not p_filter ? 'q' or strpos(lower(r.reason || ' ' || r.actor), lower(p_filter ->> 'q')) > 0)
    order by r.id desc
    limit p_limit + 1
  )
  select jsonb_build_object(
    'replays', coalesce(jsonb_agg(public.get_replay(p.id, p_scope) order by p.n) filter (where p.n <= p_limit), '[]'),
    'next_cursor', max(p.id) filter (where p.n = p_limit and (select count(*) from page) > p_limit)
  )
  from page p;
$$;

-- The items of a replay in the order they run, from p_after on. p_outcome: null is all, `waiting` those without one.
create function public.list_replay_items(
  p_replay_id bigint, p_outcome text, p_after integer, p_limit integer, p_scope text[]
) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'event_id', 'we_' || i.event_id, 'event_key', e.event_key, 'event_type', e.event_type,
    'provider_slug', e.provider, 'org_id', e.organisation_id, 'received_at', public.iso(e.received_at),
    'delivery_id', d.id, 'destination', public.destination_name(t, p_scope), 'delivery_status', d.status, 'outcome', i.outcome,
    'skip_reason', i.skip_reason, 'error_class', i.error_class, 'detail', i.detail,
    'finished_at', public.iso(i.finished_at), 'http_status', a.http_status, 'duration_ms', a.duration_ms,
    'attempts', d.tries, 'next_retry', case when i.outcome is null and d.status = 'retrying' then public.iso(d.due_at) end,
    'hold', case when i.outcome is null then public.hold_of_delivery(d, t, h, p_scope) end,
    'changes', coalesce(a.changes, '[]')
  ) order by i.position), '[]')
  from (
    select * from public.replay_items x
    where x.replay_id = p_replay_id and x.position > p_after and public.replay_name(p_replay_id, p_scope) is not null
      and case
        when p_outcome is null then true
        when p_outcome = 'waiting' then x.outcome is null
        else x.outcome::text = p_outcome
      end
    order by x.position
    limit p_limit
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  left join public.destination_health h on h.destination_id = t.id
  left join public.attempts a on a.id = i.attempt_id;
$$;

-- What failed in a replay, for the merchant-delivery API of the Globapay runbook: items that ended so, and those that
-- failed and wait for another try. From p_after on; `total` counts all of them.
create function public.list_replay_failures(p_replay_id bigint, p_after integer, p_limit integer, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  with failing as (
    select i.position, i.event_id, i.error_class, i.detail, i.outcome, d.id as delivery_id, d.last_error_class,
      d.last_error, d.due_at
    from public.replay_items i
    join public.deliveries d on d.id = i.delivery_id
    where i.replay_id = p_replay_id and public.replay_name(p_replay_id, p_scope) is not null
      and (i.outcome = 'failed' or (i.outcome is null and i.fed_at is not null and d.status = 'retrying'))
  )
  select jsonb_build_object(
    'total', (select count(*) from failing),
    'failures', coalesce(jsonb_agg(jsonb_build_object(
      'position', f.position, 'event_id', 'we_' || f.event_id,
      'error_class', coalesce(f.error_class, f.last_error_class), 'detail', coalesce(f.detail, f.last_error),
      'http_status', a.http_status, 'finished_at', public.iso(a.finished_at), 'tries', coalesce(a.tries, 0),
      'next_retry', case when f.outcome is null then public.iso(f.due_at) end
    ) order by f.position), '[]')
  )
  from (select * from failing x where x.position > p_after order by x.position limit p_limit) f
  left join lateral (
    select x.http_status, x.finished_at, count(*) over () as tries
    from public.attempts x
    where x.delivery_id = f.delivery_id and x.replay_id = p_replay_id
    order by x.number desc
    limit 1
  ) a on true;
$$;

-- How a replay's items ended: per outcome, per skip reason, and the failures by class, status and message.
create function public.summarise_replay(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select case when public.replay_name(p_id, p_scope) is not null then jsonb_build_object(
    'outcomes', coalesce((
      select jsonb_object_agg(o.outcome, o.count) from (
        select coalesce(i.outcome::text, 'waiting') as outcome, count(*) as count
        from public.replay_items i where i.replay_id = p_id group by 1
      ) o
    ), '{}'),
    'skip_reasons', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select i.skip_reason, count(*) as count from public.replay_items i
        where i.replay_id = p_id and i.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'failures', coalesce((
      select jsonb_agg(jsonb_build_object(
        'error_class', f.error_class, 'http_status', f.http_status, 'message', f.message, 'destination', f.destination,
        'count', f.count
      ) order by f.count desc, f.message)
      from (
        select i.error_class, a.http_status, i.detail as message,
          public.destination_name(t, p_scope) as destination, count(*) as count
        from public.replay_items i
        join public.deliveries d on d.id = i.delivery_id
        join public.destinations t on t.id = d.destination_id
        left join public.attempts a on a.id = i.attempt_id
        where i.replay_id = p_id and i.outcome = 'failed'
        group by 1, 2, 3, 4
        limit 50
      ) f
    ), '[]'),
    'rows_changed', coalesce((
      select sum(jsonb_array_length(jsonb_path_query_array(
        a.changes, '$[*] ? (@.effect == "created" || @.effect == "updated")'
      )))
      from public.replay_items i
      join public.attempts a on a.id = i.attempt_id
      where i.replay_id = p_id and i.outcome = 'changed'
    ), 0)
  ) end;
$$;

-- What a draft would do: how its items split, and how long deliveries of their destinations take (milliseconds).
create function public.preview_replay(p_id bigint, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with items as (
    select i.skip_reason, e.id as event_id, e.provider, e.event_type, e.organisation_id, e.status, e.received_at,
      t.id as destination_id, public.destination_name(t, p_scope) as destination, t.kind,
      -- How fast and well others' deliveries go there is not told.
      public.in_scope(p_scope, t.organisation_id) as shows_health
    from public.replay_items i
    join public.events e on e.id = i.event_id
    join public.deliveries d on d.id = i.delivery_id
    join public.destinations t on t.id = d.destination_id
    where i.replay_id = p_id and public.replay_name(p_id, p_scope) is not null
  ),
  splits as (
    select s.name, s.value, count(distinct x.event_id) as count
    from items x
    cross join lateral (values
      ('provider', x.provider), ('event_type', x.event_type), ('destination', x.destination),
      ('organisation', x.organisation_id), ('status', x.status::text)
    ) as s(name, value)
    group by s.name, s.value
  )
  select jsonb_build_object(
    'events', (select count(distinct x.event_id) from items x),
    'deliveries', (select count(*) from items x),
    'to_run', (select count(*) from items x where x.skip_reason is null),
    'to_skip', coalesce((
      select jsonb_object_agg(k.skip_reason, k.count) from (
        select x.skip_reason, count(*) as count from items x where x.skip_reason is not null group by 1
      ) k
    ), '{}'),
    'by', coalesce((
      select jsonb_object_agg(g.name, g.split) from (
        select s.name, jsonb_agg(jsonb_build_object('value', s.value, 'count', s.count) order by s.count desc, s.value)
          as split
        from splits s group by s.name
      ) g
    ), '{}'),
    'oldest', (select public.iso(min(x.received_at)) from items x),
    'newest', (select public.iso(max(x.received_at)) from items x),
    'average_ms', (
      select coalesce(avg(a.duration_ms), 100)::integer
      from (select distinct x.destination_id from items x where x.skip_reason is null and x.shows_health) x
      cross join lateral (
        select a.duration_ms from public.deliveries d
        join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
        where d.destination_id = x.destination_id and a.status = 'succeeded'
        order by d.id desc limit 50
      ) a
    ),
    -- Destinations whose newest attempts mostly failed: replaying into them is likely to fail again.
    'unhealthy_destinations', coalesce((
      select jsonb_agg(h.destination order by h.destination) from (
        select x.destination
        from (
          select distinct y.destination_id, y.destination from items y where y.skip_reason is null and y.shows_health
        ) x
        cross join lateral (
          select a.status from public.deliveries d
          join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
          where d.destination_id = x.destination_id and a.status <> 'open'
            and a.finished_at > now() - interval '10 minutes'
          order by d.id desc limit 20
        ) a
        group by x.destination
        having count(*) >= 3 and count(*) filter (where a.status <> 'succeeded') > count(*) / 2
      ) h
    ), '[]')
  );
$$;

-- The events of a draft that would run and be projected, for the preview of their row changes. From p_after on, as many as
-- their bodies fit the budget of an answer, one at the least; none at the end.
create function public.list_projectable_items(p_replay_id bigint, p_after integer, p_limit integer, p_scope text[])
returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'position', i.position, 'kind', t.kind,
    'event', jsonb_build_object(
      'id', e.id, 'provider', e.provider, 'event_key', e.event_key, 'event_type', e.event_type,
      'received_at', public.iso(e.received_at), 'occurred_at', public.iso(e.occurred_at),
      'organisation_id', e.organisation_id, 'company_id', e.company_id,
      'settings', (select s.settings from public.sources s where s.id = e.source_id),
      'body', encode(e.raw_body, 'base64')
    )
  ) order by i.position), '[]')
  from (
    select x.*, sum(octet_length(y.raw_body)) over (order by x.position) - octet_length(y.raw_body) as bytes_before
    from (
      select * from public.replay_items z
      where z.replay_id = p_replay_id and z.position > p_after and z.outcome is null
        and public.replay_name(p_replay_id, p_scope) is not null
      order by z.position limit p_limit
    ) x
    join public.events y on y.id = x.event_id
  ) i
  join public.events e on e.id = i.event_id
  join public.deliveries d on d.id = i.delivery_id
  join public.destinations t on t.id = d.destination_id
  where i.bytes_before < public.payload_budget();
$$;

-- The newest dead deliveries, as the CloudGreet runbook's failed webhooks. Payloads beyond the budget of an answer are left
-- out, and marked: `body_url` has them.
create function public.list_dead_letters(p_limit integer, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'id', 'we_' || e.id, 'webhook_data', case when d.fits then e.payload end, 'webhook_data_omitted', not d.fits,
    'body_url', '/api/webhooks/events/we_' || e.id || '/body', 'error_message', d.last_error,
    'failed_at', public.iso(d.finished_at), 'provider_slug', e.provider, 'event_key', e.event_key,
    'event_type', e.event_type
  ) order by d.finished_at desc, d.id desc), '[]')
  from (
    select n.*, sum(n.bytes) over (order by n.finished_at desc, n.id desc) <= public.payload_budget() as fits
    from (
      select x.id, x.event_id, x.last_error, x.finished_at, public.payload_bytes(y) as bytes
      from public.deliveries x
      join public.events y on y.id = x.event_id
      where x.status = 'dead' and y.status = 'dead' and public.in_scope(p_scope, y.organisation_id)
      order by x.finished_at desc, x.id desc
      limit p_limit
    ) n
  ) d
  join public.events e on e.id = d.event_id;
$$;
