-- How long the database works on what Redrive asks for. PostgREST makes these settings of a function those of the whole
-- statement; on a direct connection lib/db/connection.ts sets the same times. They are those of DEADLINE_MS in
-- lib/db/lanes.ts; that of accept_events is for large bodies.

do $$
declare
  v_function record;
begin
  for v_function in
    -- A name that is not a function ends this with an error.
    select ('public.' || n.name)::regproc::oid::regprocedure as name, l.timeout
    from (values
      ('3s', array[
        'record_rejections', 'list_source_tokens', 'record_senders', 'take_allowance'
      ]),
      -- Those of the lane `auth`, see lib/db/expensive.ts.
      ('5s', array[
        'get_staff', 'find_staff', 'use_api_token', 'book_guess', 'forget_guess', 'record_refused_sign_in',
        'open_invitation', 'start_session', 'use_session', 'sign_out', 'find_invitation', 'accept_invitation'
      ]),
      ('10s', array[
        'accept_events', 'list_events', 'count_events', 'get_event', 'event_neighbours', 'list_related_events',
        'read_event_body', 'read_event_histogram', 'count_event_types', 'read_analytics', 'list_destinations',
        'list_destination_deliveries', 'list_replays', 'list_replay_items', 'list_replay_failures',
        'summarise_replay', 'preview_replay', 'preview_changes', 'list_actions', 'search_everything',
        'changes_since', 'move_metric_totals', 'read_metrics', 'read_kpis'
      ]),
      ('30s', array[
        'claim_deliveries', 'record_attempts', 'maintain_destinations', 'advance_replays', 'claim_windows',
        'match_entries', 'record_page', 'advance_reconciliations', 'heal_findings', 'settle_findings', 'back_fill',
        'forget_reconciliation', 'take_runs_to_resend',
        'list_own_objects', 'due_watches', 'find_incident_causes', 'pick_incident_events', 'note_incident_stage',
        'settle_incident_items', 'verify_incident_items', 'open_incident', 'grow_incident', 'add_incident_findings',
        'link_incident_events', 'evaluate_alerts', 'back_test', 'learn_arrivals', 'take_silences_to_ask',
        'open_silence_incidents', 'ensure_body_partitions', 'find_forgettable_bodies', 'drop_bodies',
        'list_forgettable', 'read_forgettable', 'forget_rows', 'take_retention_turn', 'end_retention_turn'
      ])
    ) as l(timeout, names)
    cross join unnest(l.names) as n(name)
  loop
    execute format('alter function %s set statement_timeout = %L', v_function.name, v_function.timeout);
  end loop;
end
$$;
