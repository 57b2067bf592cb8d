-- The rows that a batch of results changes: written together, and one that cannot be written fails alone.

-- Applies the changes of the results at these places, all of them together: {delivery_id: {changes} or {error,
-- error_class, retry_in_ms}}, without those that change nothing. When one of them fails, each is applied for itself, so
-- that it fails alone.
create function public.apply_results(p_results jsonb, p_places bigint[]) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_changes jsonb;
  v_deliveries bigint[];
  v_applied jsonb := '{}';
  v_place bigint;
begin
  select jsonb_agg(c.change order by r.delivery_id, c.n), array_agg(r.delivery_id order by r.delivery_id, c.n)
  into v_changes, v_deliveries
  from rows from (jsonb_to_recordset(p_results) as (delivery_id bigint, delivered boolean, changes jsonb))
    with ordinality r(delivery_id, delivered, changes, place)
  cross join lateral jsonb_array_elements(r.changes) with ordinality c(change, n)
  where r.place = any (p_places) and r.delivered;
  if v_changes is null then
    return v_applied;
  end if;

  begin
    if jsonb_array_length(v_changes) > 10000 then
      raise exception using errcode = '23514', message = format(
        'It wants to change %s rows, and one event may change 10,000. Have the sender send it in parts.',
        jsonb_array_length(v_changes)
      );
    end if;
    return (
      select jsonb_object_agg(x.delivery_id, jsonb_build_object('changes', x.changes))
      from (
        select v_deliveries[floor(a.place)::integer] as delivery_id, jsonb_agg(a.answer order by a.place) as changes
        from (
          select w.answer - 'n' as answer, (w.answer ->> 'n')::numeric as place
          from jsonb_array_elements(public.apply_in_place(v_changes)) w(answer)
          offset 0
        ) a
        group by 1
      ) x
    );
  exception when others then
    if v_deliveries[1] = v_deliveries[cardinality(v_deliveries)] then
      -- Classes 22 and 23: the data is wrong, and will be wrong again. Anything else may pass.
      return jsonb_build_object(v_deliveries[1], jsonb_build_object('error', sqlerrm) || case
        when left(sqlstate, 2) in ('22', '23') then '{"error_class": "constraint"}'::jsonb
        else '{"error_class": "handler_error", "retry_in_ms": 1000}'
      end);
    end if;
  end;

  foreach v_place in array p_places loop
    v_applied := v_applied || public.apply_results(p_results, array[v_place]);
  end loop;
  return v_applied;
end
$$;
