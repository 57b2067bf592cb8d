-- The rules that are there from the start: the runbooks', and those about what no runbook saw. Called when Redrive
-- starts.

-- Inserts those that were never there. One that people changed or archived stays as it is. Answers how many are new.
create function public.add_first_rules() returns integer
language plpgsql volatile set search_path = '' as $$
declare
  v_added integer;
begin
  insert into public.alert_rules (
    slug, kind, name, settings, severity, bad_evaluations, hold_seconds, repeat_seconds
  )
  select x.slug, x.kind::public.alert_kind, x.name, x.settings::jsonb, x.severity::public.incident_severity, x.bad,
    x.hold, case when x.kind in ('silence', 'drop') then 86400 else 14400 end
  from (values
    ('success-rate-50', 'success_rate', 'Success rate below 50 % for 10 minutes',
      '{"threshold": 50, "window_minutes": 10, "at_least": 20}', 'P0', 1, 300),
    ('success-rate-70', 'success_rate', 'Success rate below 70 % for 30 minutes',
      '{"threshold": 70, "window_minutes": 30, "at_least": 20}', 'P0', 1, 300),
    ('success-rate-80', 'success_rate', 'Success rate below 80 % for 15 minutes',
      '{"threshold": 80, "window_minutes": 15, "at_least": 20}', 'P1', 1, 300),
    ('success-rate-95', 'success_rate', 'Success rate below 95 % for an hour',
      '{"threshold": 95, "window_minutes": 60, "at_least": 100}', 'P3', 1, 900),
    ('dead-letters-5', 'dead_letters', 'More than 5 dead letters in an hour',
      '{"threshold": 5, "window_minutes": 60}', 'P3', 1, 300),
    ('dead-letters-10', 'dead_letters', 'More than 10 dead letters in an hour',
      '{"threshold": 10, "window_minutes": 60}', 'P2', 1, 300),
    ('dead-letters-20', 'dead_letters', 'More than 20 dead letters in an hour',
      '{"threshold": 20, "window_minutes": 60}', 'P1', 1, 300),
    ('attempts', 'attempts', 'More than 1.5 attempts per delivery',
      '{"threshold": 1.5, "window_minutes": 60, "at_least": 20}', 'P4', 1, 900),
    ('slow-endpoint', 'slow_endpoint', 'An endpoint takes longer than 2 seconds',
      '{"threshold": 2000, "window_minutes": 15, "at_least": 10}', 'P4', 1, 900),
    ('endpoint-down', 'endpoint_down', 'An endpoint is down for 5 minutes',
      '{"window_minutes": 5, "at_least": 3}', 'P1', 1, 60),
    ('endpoint-disabled', 'endpoint_disabled', 'An endpoint is disabled, or about to be', '{}', 'P1', 1, 0),
    ('stalled', 'stalled', 'Events arrive and none is delivered for 30 minutes',
      '{"window_minutes": 30, "at_least": 3}', 'P1', 1, 60),
    ('replay-volume', 'replay_volume', 'An unusual number of replayed events',
      '{"threshold": 3, "at_least": 100}', 'P3', 1, 300),
    ('repeated-failures', 'repeated_failures', 'The same event failed in 3 replays',
      '{"threshold": 3, "window_minutes": 1440}', 'P2', 1, 0),
    ('stuck-replay', 'stuck_replay', 'A replay takes too long, or does not move',
      '{"threshold": 2, "window_minutes": 5}', 'P3', 1, 60),
    ('failures-doubled', 'failures_doubled', 'Failures have doubled within an hour',
      '{"threshold": 2, "window_minutes": 60, "at_least": 20}', 'P3', 3, 900),
    ('rejections', 'rejections', 'Bad signatures: a secret was probably changed',
      '{"threshold": 50, "window_minutes": 15, "at_least": 10}', 'P2', 1, 900),
    ('silence', 'silence', 'Events that are expected do not arrive', '{}', 'P3', 1, 0),
    ('drop', 'drop', 'Far fewer events than expected', '{}', 'P3', 1, 900),
    ('missing', 'missing', 'Events of a provider are missing', '{"threshold": 0}', 'P1', 1, 0),
    ('repairs', 'repairs', 'More repairs than usual', '{"threshold": 3, "at_least": 20}', 'P3', 1, 900),
    ('horizon', 'horizon', 'Missing events will soon be out of reach', '{"threshold": 48}', 'P1', 1, 0),
    ('configuration', 'configuration', 'A provider is not set up as it should be', '{}', 'P2', 1, 0),
    ('oldest-due', 'oldest_due', 'Deliveries wait for more than 5 minutes', '{"threshold": 300}', 'P1', 2, 120),
    ('worker-gone', 'worker_gone', 'A worker stopped without notice', '{"threshold": 60}', 'P1', 1, 60),
    ('channel-failing', 'channel_failing', 'A channel accepts no messages', '{"threshold": 2}', 'P2', 1, 0),
    ('disk-low', 'disk_low', 'The disk of the database is nearly full', '{"threshold": 1024}', 'P1', 1, 300),
    ('credential-expiring', 'credential_expiring', 'An API token in use expires within 7 days', '{"threshold": 7}',
      'P3', 1, 0)
  ) as x(slug, kind, name, settings, severity, bad, hold)
  order by x.severity, x.slug
  on conflict on constraint alert_rules_one_per_slug do nothing;
  get diagnostics v_added = row_count;
  return v_added;
end
$$;
