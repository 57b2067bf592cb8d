-- What a batch of results locks before it changes anything.

-- Locks the rows that results will change until the end of the transaction: two batches neither deadlock nor make the
-- same row twice. Each row has a lock of its own and shares that of its table, provider and organisation. A result with
-- more than a thousand changes takes the shared ones for itself instead: Postgres can hold a few thousand locks in all.
-- Without p_wait it takes what is free; answers the deliveries it could not have.
create function public.lock_rows(p_results jsonb, p_wait boolean) returns bigint[]
language plpgsql volatile set search_path = '' as $$
declare
  v_locked boolean;
  v_busy bigint[] := '{}';
  k record;
begin
  if not jsonb_path_exists(p_results, '$[*].changes[0]') then
    return v_busy;
  end if;

  for k in
    with locks as materialized (
      select r.delivery_id, r.many,
        hashtextextended(
          concat_ws(' ', c ->> 'table', c #>> '{key,provider}', c #>> '{key,organisation_id}'), 2
        ) as shared,
        hashtextextended((c ->> 'table') || (c -> 'key')::text, 0) as own
      from (
        -- Read once per result: taken out for each of thousands of changes, they are copied as often.
        select (x ->> 'delivery_id')::bigint as delivery_id, x -> 'changes' as changes,
          jsonb_array_length(x -> 'changes') > 1000 as many
        from jsonb_array_elements(p_results) x
        offset 0
      ) r
      cross join jsonb_array_elements(r.changes) g
      cross join lateral (
        select g
        union all
        -- What is derived from it: see derive_business.
        select jsonb_build_object('table', 'businesses', 'key', jsonb_build_object(
          'stripe_customer_id', g #> '{values,stripe_customer_id}'
        ))
        where g ->> 'table' = 'subscriptions'
      ) d(c)
    )
    -- In one order, the shared ones first, and of two equal ones the stronger first.
    select l.lock, l.is_shared, array_agg(distinct l.delivery_id) as deliveries
    from (
      select delivery_id, shared as lock, not many as is_shared, 1 as place from locks
      union all
      select delivery_id, own, false, 2 from locks where not many
    ) l
    group by l.place, l.lock, l.is_shared
    order by l.place, l.lock, l.is_shared
  loop
    if p_wait then
      if k.is_shared then
        perform pg_advisory_xact_lock_shared(k.lock);
      else
        perform pg_advisory_xact_lock(k.lock);
      end if;
    elsif not k.deliveries <@ v_busy then
      v_locked := case
        when k.is_shared then pg_try_advisory_xact_lock_shared(k.lock) else pg_try_advisory_xact_lock(k.lock)
      end;
      if not v_locked then
        v_busy := v_busy || k.deliveries;
      end if;
    end if;
  end loop;
  return v_busy;
end
$$;
