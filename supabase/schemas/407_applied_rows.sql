-- Whether what a delivery wrote is still there. `delivered` says that it was written once.

-- Those of these deliveries whose rows are gone: deleted, restored to an earlier time, or changed by hand. What a later
-- event wrote over them is not lost, nor is what a privacy request removed.
create function public.lost_deliveries(p_deliveries bigint[]) returns bigint[]
language plpgsql stable set search_path = '' as $$
declare
  v_written jsonb := public.rows_written_by(p_deliveries);
  v_kind record;
  v_found bigint[];
  v_lost bigint[] := '{}';
begin
  for v_kind in
    -- Rows of one table and the columns that identify them, each with a condition.
    select k.table_name, string_agg(
      format('t.%I = (w.key ->> %L)::%s', a.attname, a.attname, format_type(a.atttypid, a.atttypmod)), ' and '
    ) as condition, k.columns
    from (
      select distinct w.table_name, array(select jsonb_object_keys(w.key) order by 1) as columns
      from jsonb_to_recordset(v_written) as w(table_name text, key jsonb)
    ) k
    join pg_catalog.pg_attribute a
      on a.attrelid = to_regclass(format('public.%I', k.table_name)) and a.attname = any (k.columns)
    where k.table_name = any (public.projection_tables())
    group by k.table_name, k.columns
  loop
    execute format(
      'select array_agg(distinct w.delivery_id)
       from jsonb_to_recordset($1) as w(
         delivery_id bigint, table_name text, key jsonb, after jsonb, changed_at timestamptz, event_key text
       )
       left join public.%1$I t on %2$s
       where w.table_name = %1$L and array(select jsonb_object_keys(w.key) order by 1) = $2
         and (t.id is null or public.is_row_lost(to_jsonb(t), w.after, w.changed_at, w.event_key))',
      v_kind.table_name, v_kind.condition
    ) into v_found using v_written, v_kind.columns;
    v_lost := v_lost || coalesce(v_found, '{}');
  end loop;
  return v_lost;
end
$$;

-- What the last successful attempts of these deliveries changed: [{delivery_id, table_name, key, after, changed_at,
-- event_key}]. `changed_at` is null where the attempt left the row as it was.
create function public.rows_written_by(p_deliveries bigint[]) returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'delivery_id', d.id, 'table_name', c.change ->> 'table', 'key', c.change -> 'key', 'after', c.change -> 'after',
    'changed_at', case when c.change ->> 'effect' in ('created', 'updated') then a.finished_at end,
    'event_key', e.event_key
  )), '[]')
  from unnest(p_deliveries) p(id)
  join public.deliveries d on d.id = p.id and d.status = 'delivered'
  join public.events e on e.id = d.event_id and e.redacted_at is null
  cross join lateral (
    select x.changes, x.finished_at from public.attempts x
    where x.delivery_id = d.id and x.status = 'succeeded'
    order by x.number desc
    limit 1
  ) a
  cross join lateral jsonb_array_elements(a.changes) as c(change);
$$;

-- Whether a row has lost what an attempt wrote: the row is older than that, a column of which this event is still the
-- last writer (its version ends with the event's key) has another value, or what derive_business derived is not there.
create function public.is_row_lost(p_row jsonb, p_after jsonb, p_changed_at timestamptz, p_event_key text)
returns boolean
language sql stable set search_path = '' as $$
  select coalesce((p_row ->> 'updated_at')::timestamptz < p_changed_at, false) or exists (
    select from jsonb_each(p_after) w
    where right(p_row -> 'versions' ->> w.key, char_length(p_event_key) + 1) = '#' || p_event_key
      and p_row -> w.key is distinct from w.value
  ) or p_after ? 'stripe_subscription_id' and not p_row @> coalesce(
    public.subscription_of_customer(p_row ->> 'stripe_customer_id'), '{}'
  );
$$;
