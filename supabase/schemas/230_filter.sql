-- What the filters of the history mean, as conditions: the same for lists, counts, previews and replays.

-- The condition a filter means, over `public.events e`. The one predicate of list, count, preview and replay.
-- p_scope: 020_scope.sql. Nothing but an event of these organisations meets it.
-- p_filter: the fields of lib/contract/event-filter.ts, checked there. Every value is quoted here.
create function public.event_predicate(p_filter jsonb, p_scope text[]) returns text
language sql immutable set search_path = '' as $$
  select coalesce(
    string_agg(c.condition, ' and ' order by c.n) filter (where c.field is null or p_filter ? c.field), 'true'
  )
  from (values
    (0, null, case when p_scope is not null then public.scope_condition(p_scope, 'e.organisation_id') end),
    (1, 'provider_slug', public.one_of('e.provider', 'text', p_filter -> 'provider_slug')),
    (2, 'status', public.status_condition(p_filter -> 'status')),
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
    (10, 'range', format('e.received_at >= public.now_() - %L::interval', p_filter ->> 'range')),
    (11, 'trust', public.one_of('e.trust', 'public.trust_level', p_filter -> 'trust')),
    (12, 'attempts', format('e.attempt_count >= %L::integer', p_filter ->> 'attempts')),
    (13, 'replayed', case p_filter ->> 'replayed' when '1' then 'e.replay_count > 0' else 'e.replay_count = 0' end),
    -- Other versions of events: 1 for those alone, 0 for first versions alone.
    (14, 'variant', 'e.variant_of is ' || case p_filter ->> 'variant' when '1' then 'not null' else 'null' end),
    (15, 'conflict', case p_filter ->> 'conflict' when '1' then 'e.conflict_count > 0' else 'e.conflict_count = 0' end),
    (16, 'suspected', case p_filter ->> 'suspected' when '0' then 'not ' else '' end || 'e.suspected_replay'),
    (17, 'customer', format('e.customer_id = %L', p_filter ->> 'customer')),
    (18, 'object', format('e.object_id = %L', p_filter ->> 'object')),
    -- A provider without a test mode is live.
    (19, 'livemode', case p_filter ->> 'livemode'
      when 'false' then 'e.livemode = false' else 'e.livemode is not false'
    end),
    -- The most expensive comes last. The payload as Postgres prints it: {"name": "value", "list": [1, 2]}.
    (20, 'text', format('strpos(lower(public.payload_of(e)::text), lower(%L)) > 0', p_filter ->> 'text')),
    -- Null when the filter says nothing about deliveries.
    (21, null, 'exists (select from public.deliveries x where x.event_id = e.id and '
      || public.delivery_predicate(p_filter) || ')')
  ) as c(n, field, condition);
$$;

-- What a filter says about one delivery, over `public.deliveries x`: one and the same has to meet all of it. Null when
-- it says nothing. A replay of such a filter takes those deliveries alone, and leaves others of the same events.
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

-- Statuses, and `timeout`, which is no status: what failed for now or for good, and last by a timeout.
create function public.status_condition(p_list jsonb) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_list = '["timeout"]' then t.timed_out
    when p_list ? 'timeout' then format(
      '(%s or %s)', t.timed_out, public.one_of('e.status', 'public.event_status', p_list - 'timeout')
    )
    else public.one_of('e.status', 'public.event_status', p_list)
  end
  from (values
    ('(e.status in (''failed'', ''dead'') and e.last_error_class = ''timeout'')')
  ) as t(timed_out);
$$;

-- `column = 'a'`, or `column = any ('{a,b}')`: the first alone lets an index give rows in their order.
create function public.one_of(p_column text, p_type text, p_list jsonb) returns text
language sql immutable set search_path = '' as $$
  select case jsonb_array_length(p_list)
    when 1 then format('%s = %L::%s', p_column, p_list ->> 0, p_type)
    else format('%s = any (%L::%s[])', p_column, public.text_array(p_list), p_type)
  end;
$$;

-- A filter as conditions that no two events meet both of: one per value of its first list. Each has an index that gives
-- its newest events in order, where the list as a whole would be sorted first. A search in payloads is made once, not
-- per value.
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
      -- An event may be dead and have timed out: two such branches would give it twice.
      and not (l.field = 'status' and l.list ? 'timeout')
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
