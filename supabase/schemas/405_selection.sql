-- Which events and deliveries a selection means.

-- How many events a selection matches, at most 100,000.
create function public.count_selection(p_selection jsonb, p_scope text[]) returns integer
language plpgsql stable set search_path = '' as $$
declare
  v_matched integer;
begin
  if not p_selection ? 'filter' then
    return cardinality(public.select_events(p_selection, p_scope, null));
  end if;
  execute format(
    'select count(*) from (select from public.events e where %s limit 100000) x',
    public.event_predicate(public.replayed_filter(p_selection), p_scope)
  ) into v_matched;
  return v_matched;
end
$$;

-- The events a selection names, oldest first, at most p_limit. What is not in the scope is not named by any selection.
create function public.select_events(p_selection jsonb, p_scope text[], p_limit integer) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  v_condition text;
  v_events bigint[];
begin
  v_condition := case
    when p_selection ? 'filter' then public.event_predicate(public.replayed_filter(p_selection), p_scope)
    when p_selection ? 'event_keys' then format(
      'e.variant_of is null and e.provider = %L and e.event_key in (
         select k from jsonb_array_elements_text(%L::jsonb) k
       )%s%s', p_selection ->> 'provider_slug', p_selection -> 'event_keys',
      case when p_selection ? 'organisation_id' then
        format(' and e.organisation_id is not distinct from %L', p_selection ->> 'organisation_id')
      end,
      case when p_selection ? 'source_id' then
        format(' and e.source_id is not distinct from %L::bigint', p_selection ->> 'source_id')
      end
    )
    when p_selection ? 'failures_of' then format(
      'e.id in (
         select i.event_id from public.replay_items i
         where i.replay_id = %1$L::bigint and %3$L::boolean and (
           i.outcome = ''failed'' and (%2$L::text[] is null or i.error_class::text = any (%2$L::text[]))
           or i.skip_reason = ''predecessor_failed''
         )
       )', p_selection ->> 'failures_of', public.text_array(p_selection -> 'error_classes'),
      public.replay_name((p_selection ->> 'failures_of')::bigint, p_scope) is not null
    )
    else format(
      'e.id in (select k::bigint from jsonb_array_elements_text(%L::jsonb) k)', p_selection -> 'event_ids'
    ) || case when (p_selection ->> 'only_dead')::boolean then ' and e.status = ''dead''' else '' end
  end;
  execute format(
    'select array_agg(x.id order by x.received_at, x.id) from (
       select e.id, e.received_at from public.events e where (%s) and %s order by e.received_at, e.id limit %s
     ) x', v_condition, public.scope_condition(p_scope, 'e.organisation_id'), coalesce(p_limit::text, 'all')
  ) into v_events;
  return coalesce(v_events, '{}');
end
$$;

-- The filter of a selection. Other versions of events are replayed only where it asks for them: a window of time must
-- not deliver what nothing delivered.
create function public.replayed_filter(p_selection jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select '{"variant": "0"}'::jsonb || (p_selection -> 'filter');
$$;

-- Which deliveries of these events a selection means; null for all, which is when its filter says nothing about
-- deliveries.
create function public.select_deliveries(p_selection jsonb, p_events bigint[]) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  v_condition text := case
    when (p_selection ->> 'only_dead')::boolean then 'x.status = ''dead'''
    else public.delivery_predicate(p_selection -> 'filter')
  end;
  v_deliveries bigint[];
begin
  if v_condition is null then
    return null;
  end if;
  execute format(
    'select array_agg(x.id) from public.deliveries x where x.event_id = any ($1) and %s', v_condition
  ) into v_deliveries using p_events;
  return coalesce(v_deliveries, '{}');
end
$$;

-- Gives events deliveries to the destinations that want them today: events that nothing wanted when they came, or, with
-- p_all, every event. A new delivery is cancelled until a replay makes it pending.
create function public.reroute_events(p_events bigint[], p_all boolean) returns void
language sql volatile set search_path = '' as $$
  insert into public.deliveries (event_id, destination_id, status, ordering_key, finished_at)
  select e.id, d.id, 'cancelled',
    public.ordering_key_of(d.ordering, e.object_id, e.event_key, e.organisation_id), public.now_()
  from public.events e
  join public.destinations d on public.wants_event(d, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
  where e.id = any (p_events) and (p_all or not exists (select from public.deliveries x where x.event_id = e.id))
  order by e.id, d.id
  on conflict do nothing;
$$;
