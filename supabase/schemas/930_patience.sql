-- How long the database works on what Redrive asks for. PostgREST makes these settings of a function those of the whole
-- statement; on a direct connection lib/db/connection.ts sets the same times. They are those of DEADLINE_MS in lib/db/lanes.ts.

do $$
declare
  v_function record;
begin
  for v_function in
    select p.oid::regprocedure as name, l.patience
    from (values
      ('3s', array['accept_events', 'record_rejections', 'list_source_tokens']),
      ('5s', array['get_staff', 'find_staff', 'use_api_token', 'sign_in_allowed', 'record_sign_in']),
      ('10s', array[
        'list_events', 'count_events', 'get_event', 'event_neighbours', 'list_related_events', 'read_event_body',
        'read_event_histogram', 'count_event_types', 'read_analytics', 'list_destinations', 'list_destination_deliveries',
        'list_replays', 'list_replay_items', 'list_replay_failures', 'summarise_replay', 'preview_replay',
        'preview_changes', 'list_actions', 'search_everything', 'changes_since'
      ]),
      ('30s', array['claim_deliveries', 'record_attempts', 'attend_destinations', 'advance_replays'])
    ) as l(patience, names)
    join pg_catalog.pg_proc p on p.pronamespace = 'public'::regnamespace and p.proname = any (l.names)
  loop
    execute format('alter function %s set statement_timeout = %L', v_function.name, v_function.patience);
  end loop;
end
$$;
