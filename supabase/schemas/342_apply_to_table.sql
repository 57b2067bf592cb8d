-- The changes of one table, applied together.

-- Changes of one row follow each other in memory, in their order; then each row is written once, and rows with the same
-- columns in one statement. Answers as apply_changes does, each with its place `n`. Rows and answers collect in arrays,
-- because adding to a jsonb copies it.
create function public.apply_to_table(p_table text, p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_where text;
  v_place bigint;
  v_key jsonb;
  -- The row as the changes so far leave it, and those of its columns that they write.
  v_row jsonb;
  v_written jsonb;
  v_is_new boolean;
  v_is_updated boolean;
  v_version text;
  v_decided integer;
  v_state jsonb;
  v_history jsonb;
  v_won record;
  v_effect public.change_effect;
  v_answers jsonb[] := '{}';
  v_writes jsonb[] := '{}';
  r record;
begin
  -- The columns of the key, the same in all of these changes.
  select string_agg(format('t.%I = c.change #>> array[''key'', %L]', k, k), ' and ') into v_where
  from jsonb_object_keys(p_changes #> '{0,key}') k;

  -- First locked, then read: what another transaction wrote meanwhile is there.
  execute format(
    'select count(*) from (
       select distinct jsonb_build_object(''key'', x -> ''key'') as change from jsonb_array_elements($1) x order by 1
     ) c
     cross join lateral (select t.id from public.%I t where %s for update offset 0) l', p_table, v_where
  ) using p_changes;

  -- A row comes with each of its changes, and the values as the table's types print them, so that
  -- 2026-01-01T00:00:00Z equals what is stored.
  for r in execute format(
    'select c.n, c.change, t.id is null as is_new, coalesce(t.row, to_jsonb(k)) as row, v.candidate, v.versions
     from jsonb_array_elements($1) with ordinality c(change, n)
     left join lateral (select t.id, to_jsonb(t) as row from public.%1$I t where %2$s offset 0) t on true
     cross join lateral jsonb_populate_record(null::public.%1$I, c.change -> ''key'') k
     cross join lateral (
       select coalesce(jsonb_object_agg(w.key, p.printed -> w.key), ''{}'') as candidate,
         coalesce(jsonb_object_agg(w.key, c.change -> ''version''), ''{}'') as versions
       from (
         select to_jsonb(jsonb_populate_record(null::public.%1$I, c.change -> ''values'')) as printed offset 0
       ) p
       cross join lateral jsonb_object_keys(c.change -> ''values'') as w(key)
     ) v
     order by c.change -> ''key'', c.n', p_table, v_where
  ) using p_changes
  loop
    if v_key is distinct from r.change -> 'key' then
      v_writes := v_writes || public.row_to_write(v_place, v_key, v_row, v_written, v_is_new, v_is_updated);
      v_place := r.n;
      v_key := r.change -> 'key';
      v_row := r.row;
      v_written := null;
      v_is_new := r.is_new;
      v_is_updated := false;
    end if;
    v_version := r.change ->> 'version';
    -- How much of the version comes before the event's key: what the provider says about the order.
    v_decided := length(v_version) - length(r.change #>> '{event,key}') - 1;

    if r.change ? 'state' then
      v_state := public.state_of_change(r.change, r.candidate);
      v_history := coalesce(nullif(v_row -> 'history', 'null'), '[]');
      if (v_history #>> '{-1,moment}') collate "C" >= (v_state ->> 'moment') collate "C" then
        select * into v_won from public.winning_state(v_history, v_state);
      else
        -- Later than all of them.
        select r.candidate as columns, r.versions, null::jsonb as undecided,
          case when jsonb_array_length(v_history) < 12 then v_history else v_history - 0 end || v_state as history
        into v_won;
      end if;
    elsif r.is_new and v_written is null then
      -- Nothing was written before it.
      select r.candidate as columns, r.versions, null::jsonb as undecided, null::jsonb as history into v_won;
    else
      -- A column is written unless a later event wrote it already. Of two events with the same time and rank, the one
      -- that was received later counts.
      select coalesce(jsonb_object_agg(w.key, w.value) filter (where w.is_newer), '{}') as columns,
        coalesce(jsonb_object_agg(w.key, v_version) filter (where w.is_newer), '{}') as versions,
        jsonb_agg(w.key order by w.key) filter (
          where w.is_tie and v_row -> w.key is distinct from w.value
        ) as undecided, null::jsonb as history
      into v_won
      from (
        select e.key, e.value, o.is_tie, case
          when o.is_tie then public.received_at_of(r.change #>> '{event,provider}', substr(o.stored, v_decided + 2))
            collate "C" <= (r.change #>> '{event,received}') collate "C"
          else o.stored collate "C" <= v_version collate "C"
        end as is_newer
        from jsonb_each(r.candidate) e
        cross join lateral (
          select x.stored, x.stored <> v_version and starts_with(x.stored, left(v_version, v_decided + 1)) as is_tie
          from (select coalesce(v_row #>> array['versions', e.key], '') as stored) x
          offset 0
        ) o
        offset 0
      ) w;
    end if;

    v_effect := case
      when r.is_new and v_written is null then 'created'
      when v_row @> r.candidate and v_row @> v_won.columns then 'unchanged'
      when v_row @> v_won.columns then 'superseded'
      else 'updated'
    end;
    v_answers := array_append(v_answers, jsonb_build_object(
      'n', r.n, 'table', p_table, 'key', v_key, 'effect', v_effect,
      -- Only the columns that the change names.
      'before', case when v_effect <> 'created' then public.members_of(v_row, r.candidate) end,
      'after', case
        when v_effect = 'created' then r.candidate
        else r.candidate || coalesce(public.members_of(v_row || v_won.columns, r.candidate), '{}')
      end
    ) || case when v_won.undecided is null then '{}' else jsonb_build_object('undecided', v_won.undecided) end);

    v_row := v_row || v_won.columns || jsonb_build_object(
      'versions', coalesce(nullif(v_row -> 'versions', 'null'), '{}') || v_won.versions
    );
    v_written := coalesce(v_written, '{}') || v_won.columns;
    if v_won.history is not null then
      v_row := v_row || jsonb_build_object('history', v_won.history);
      v_written := v_written || '{"history": true}';
    end if;
    v_is_updated := v_is_updated or v_effect = 'updated';
  end loop;
  v_writes := v_writes || public.row_to_write(v_place, v_key, v_row, v_written, v_is_new, v_is_updated);

  perform public.write_rows(p_table, v_writes);
  return to_jsonb(v_answers);
end
$$;

-- When an event was received, as a version names it: the earlier, the smaller. Empty when it is gone.
create function public.received_at_of(p_provider text, p_key text) returns text
language sql stable set search_path = '' as $$
  select coalesce(min(
    to_char(e.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '#' || lpad(e.id::text, 12, '0')
  ), '')
  from public.events e
  where e.provider = p_provider and e.event_key = p_key;
$$;

-- Some members of a row, by the names of another object. Null where there are none.
create function public.members_of(p_row jsonb, p_names jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  return (select jsonb_object_agg(k, p_row -> k) from jsonb_object_keys(p_names) k);
end
$$;
