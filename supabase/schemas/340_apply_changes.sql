-- The changes of a `tables` delivery, applied row by row and column by column, or only tried.

-- Applies row changes and answers, per change, what happened: [{table, key, effect, before, after, undecided?}].
-- p_changes: [{table, key: {column: text}, values: {column: value}, version, state?, event?}], as lib/providers makes
-- them. The rows of a table are read and written in a few statements together, because thousands of changes took half a
-- minute one by one. What is derived from a subscription is a change of its own, right after it. `undecided` names the
-- columns for which the order of two events is known by their receipt alone.
create function public.apply_changes(p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
begin
  return (
    select coalesce(jsonb_agg(a - 'n' order by (a ->> 'n')::numeric), '[]')
    from jsonb_array_elements(public.apply_in_place(p_changes)) a
  );
end
$$;

-- The same in any order, each answer with `n`: the place of its change, from 1, and that and a half for what is derived
-- from it. Changes of many events may come together, in their order.
create function public.apply_in_place(p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_answer jsonb;
  v_answers jsonb[] := '{}';
  r record;
begin
  select c into v_answer
  from jsonb_array_elements(p_changes) c
  where (c ->> 'table' = any (public.projection_tables())) is not true
  limit 1;
  if found then
    raise exception 'A projection may not write the table %.', coalesce(v_answer ->> 'table', '(none)')
      using errcode = '23514';
  end if;

  for r in
    -- What follows from the change of a subscription must be seen change by change: those of one customer take turns.
    select c.name, jsonb_agg(c.change order by c.n) as changes, array_agg(c.n order by c.n) as places
    from (
      select y.*, case when y.name in ('subscriptions', 'businesses') then row_number() over (
        partition by y.name in ('subscriptions', 'businesses'), y.customer order by y.n
      ) end as turn
      from (
        select x.change, x.n, x.change ->> 'table' as name,
          array(select k from jsonb_object_keys(x.change -> 'key') k) as key_columns,
          coalesce(x.change #>> '{values,stripe_customer_id}', x.change #>> '{key,stripe_customer_id}') as customer
        from jsonb_array_elements(p_changes) with ordinality x(change, n)
      ) y
    ) c
    group by c.name, c.key_columns, c.turn
    order by coalesce(c.turn, 0), min(c.n)
  loop
    for v_answer in select a from jsonb_array_elements(public.apply_to_table(r.name, r.changes)) a loop
      v_answers := array_append(v_answers, jsonb_set(v_answer, '{n}', to_jsonb(r.places[(v_answer ->> 'n')::integer])));
    end loop;
    continue when r.name <> 'subscriptions';
    for n in 1..cardinality(r.places) loop
      v_answer := public.derive_business(r.changes #>> array[(n - 1)::text, 'values', 'stripe_customer_id']);
      if v_answer is not null then
        v_answers := array_append(v_answers, v_answer || jsonb_build_object('n', r.places[n] + 0.5));
      end if;
    end loop;
  end loop;

  return to_jsonb(v_answers);
end
$$;

-- What the changes would do if they were applied now, one after the other: applied for real, and rolled back.
create function public.preview_changes(p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_preview jsonb;
begin
  begin
    v_preview := public.apply_changes(p_changes);
    raise exception using errcode = 'RDRVP';
  exception when sqlstate 'RDRVP' then
    -- The rows are as they were; the variable keeps what happened.
    null;
  end;
  return v_preview;
end
$$;

-- The tables a projection may write. Anything else in a change is refused.
create function public.projection_tables() returns text[]
language sql immutable set search_path = '' as $$
  select array[
    'subscriptions', 'businesses', 'audit_logs', 'call_logs', 'sms_logs', 'sms_log_recipients', 'campaigns', 'leads',
    'messages', 'sms_recipients', 'orders', 'customers', 'privacy_requests'
  ];
$$;
