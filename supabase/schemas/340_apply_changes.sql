-- The changes of a `tables` delivery, applied row by row and column by column, or only tried.

-- Applies row changes and answers, per change, what happened: [{table, key, effect, before, after}].
-- p_changes: [{table, key: {column: text}, values: {column: value}, version}]. Answers collect in an array, because
-- adding to a jsonb copies it: thousands of changes took half a minute that way.
create function public.apply_changes(p_changes jsonb) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_change jsonb;
  v_table text;
  v_where text;
  v_row jsonb;
  v_candidate jsonb;
  v_winning jsonb;
  v_versions jsonb;
  v_columns text;
  v_effect public.change_effect;
  v_answers jsonb[] := '{}';
begin
  for v_change in select c from jsonb_array_elements(p_changes) c loop
    v_table := v_change ->> 'table';
    if v_table is null or not v_table = any (public.projection_tables()) then
      raise exception 'A projection may not write the table %.', coalesce(v_table, '(none)') using errcode = '23514';
    end if;

    select string_agg(format('t.%I = %L', k.key, k.value), ' and ') into v_where
    from jsonb_each_text(v_change -> 'key') k;
    execute format('select to_jsonb(t) from public.%I t where %s for update', v_table, v_where) into v_row;

    -- The values as the table's types print them, so that 2026-01-01T00:00:00Z equals what is stored.
    execute format(
      'select coalesce(jsonb_object_agg(w.key, to_jsonb(r) -> w.key), ''{}'')
       from jsonb_populate_record(null::public.%I, $1) r, jsonb_object_keys($1) as w(key)', v_table
    ) into v_candidate using v_change -> 'values';

    -- A column is written unless a later event wrote it already.
    select coalesce(jsonb_object_agg(w.key, w.value), '{}'),
      coalesce(jsonb_object_agg(w.key, v_change ->> 'version'), '{}')
    into v_winning, v_versions
    from jsonb_each(v_candidate) w
    where coalesce(v_row -> 'versions' ->> w.key, '') collate "C" <= (v_change ->> 'version') collate "C";

    v_effect := case
      when v_row is null then 'created'
      when v_row @> v_candidate then 'unchanged'
      when v_winning = '{}' or v_row @> v_winning then 'superseded'
      else 'updated'
    end;

    if v_effect = 'created' then
      v_winning := v_winning || (v_change -> 'key') || jsonb_build_object('versions', v_versions);
      select string_agg(format('%I', k), ', ') into v_columns from jsonb_object_keys(v_winning) k;
      execute format(
        'insert into public.%I (%s) select %s from jsonb_populate_record(null::public.%I, $1)',
        v_table, v_columns, v_columns, v_table
      ) using v_winning;
    elsif v_winning <> '{}' then
      v_versions := coalesce(v_row -> 'versions', '{}') || v_versions;
      select string_agg(format('%I = r.%I', k, k), ', ') into v_columns from jsonb_object_keys(v_winning) k;
      execute format(
        'update public.%I t set %s, versions = $2%s from jsonb_populate_record(null::public.%I, $1) r where %s',
        v_table, v_columns, case when v_effect = 'updated' then ', updated_at = public.now_()' else '' end, v_table,
        v_where
      ) using v_winning, v_versions;
    end if;

    v_answers := array_append(v_answers, jsonb_build_object(
      'table', v_table,
      'key', v_change -> 'key',
      'effect', v_effect,
      -- Only the columns that the change names.
      'before', (
        select jsonb_object_agg(w.key, v_row -> w.key) from jsonb_object_keys(v_candidate) as w(key)
        where v_row is not null
      ),
      'after', v_candidate || coalesce((
        select jsonb_object_agg(w.key, v_row -> w.key) from jsonb_object_keys(v_candidate) as w(key)
        where v_row is not null and not v_winning ? w.key
      ), '{}')
    ));
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
    'businesses', 'audit_logs', 'call_logs', 'sms_logs', 'campaigns', 'leads', 'messages', 'sms_recipients', 'orders',
    'customers', 'privacy_requests'
  ];
$$;
