-- How the rows of a table are written after its changes.

-- A row that write_rows is to write; null where the changes write none of its columns.
create function public.row_to_write(
  p_place bigint, p_key jsonb, p_row jsonb, p_written jsonb, p_is_new boolean, p_is_updated boolean
) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  if p_written <> '{}' or p_is_new then
    return jsonb_build_object(
      'place', p_place, 'row', p_row, 'is_new', p_is_new, 'is_updated', p_is_updated and not p_is_new,
      'columns', (
        select jsonb_agg(k order by k)
        from jsonb_object_keys(p_written || '{"versions": true}' || case when p_is_new then p_key else '{}' end) k
      )
    );
  end if;
  return null;
end
$$;

-- Writes rows of a table: one statement for those that are new, or not, with the same columns.
create function public.write_rows(p_table text, p_writes jsonb[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_columns text;
  v_values text;
  r record;
begin
  for r in
    select (w ->> 'is_new')::boolean as is_new, (w ->> 'is_updated')::boolean as is_updated, w -> 'columns' as columns,
      jsonb_agg(w -> 'row' order by w -> 'place') as rows
    from unnest(p_writes) w
    where w is not null
    group by 1, 2, 3
  loop
    select string_agg(format('%I', k), ', ' order by k), string_agg(format('r.%I', k), ', ' order by k)
    into v_columns, v_values
    from jsonb_array_elements_text(r.columns) k;
    if r.is_new then
      execute format(
        'insert into public.%1$I (%2$s) select %3$s
         from jsonb_array_elements($1) w cross join lateral jsonb_populate_record(null::public.%1$I, w) r',
        p_table, v_columns, v_values
      ) using r.rows;
    else
      execute format(
        'update public.%1$I t set (%2$s) = row(%3$s)%4$s
         from jsonb_array_elements($1) w cross join lateral jsonb_populate_record(null::public.%1$I, w) r
         where t.id = r.id',
        p_table, v_columns, v_values, case when r.is_updated then ', updated_at = public.now_()' else '' end
      ) using r.rows;
    end if;
  end loop;
end
$$;
