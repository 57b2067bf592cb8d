-- Reads that take long run through run_expensive: a person has two at a time, however many processes share the
-- database. Called by lib/db/client.ts for what lib/db/expensive.ts lists.

-- Calls a function of ours by name, with named arguments as json. {result}, or {busy: true} when this person has two
-- under way already. The turn is an advisory lock of the transaction: whatever ends that, a kill included, gives it
-- back, and nothing has to be tidied up. PostgREST makes the timeout that of the whole statement; on a direct
-- connection the caller sets it.
create function public.run_expensive(p_who text, p_function text, p_args jsonb) returns jsonb
language plpgsql volatile set search_path = '' set statement_timeout = '9s' as $$
declare
  v_columns text;
  v_arguments text;
  v_result jsonb;
begin
  if not public.take_turn(p_who) then
    return '{"busy": true}';
  end if;

  select string_agg(format('%I %s', a.name, format_type(t.type, null)), ', ' order by a.n),
    string_agg(format('%I => a.%I', a.name, a.name), ', ' order by a.n)
  into strict v_columns, v_arguments
  from pg_catalog.pg_proc p
  cross join unnest(p.proargnames) with ordinality as a(name, n)
  join unnest(p.proargtypes) with ordinality as t(type, n) on t.n = a.n
  where p.pronamespace = 'public'::regnamespace and p.proname = p_function and p_args ? a.name;

  execute format(
    'select to_jsonb(public.%I(%s)) from jsonb_to_record($1) as a(%s)', p_function, v_arguments, v_columns
  ) into v_result using p_args;
  return jsonb_build_object('result', v_result);
end
$$;

-- True when this person has a turn, until the transaction ends.
create function public.take_turn(p_who text) returns boolean
language sql volatile set search_path = '' as $$
  -- "turn" on a telephone keypad, which no other lock of ours begins with.
  select pg_try_advisory_xact_lock(8876, hashtext(p_who || ' 1'))
    or pg_try_advisory_xact_lock(8876, hashtext(p_who || ' 2'));
$$;
