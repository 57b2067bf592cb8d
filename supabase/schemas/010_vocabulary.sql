-- The closed lists of the product. Each list is declared here and nowhere else: the TypeScript types are generated
-- from it, and lib/contract/vocabulary.ts gives each value its words. Append values, never reorder them.

create type public.trust_level as enum ('signed', 'token', 'unsigned', 'provider_api');

create type public.parse_status as enum (
  'ok', 'empty', 'not_json', 'invalid_json', 'invalid_utf8', 'too_large', 'too_deep', 'nul_character', 'lone_surrogate',
  'giant_number'
);

-- How an event came to us: sent by its provider, published by one of our own services, a sample, read from the
-- provider's API, or rebuilt from an object of that API.
create type public.event_origin as enum ('webhook', 'published', 'sample', 'provider_api', 'reconstructed');

-- What is odd about an event that is kept all the same: see flagsOf in lib/pipeline/event-row.ts.
create type public.event_flag as enum (
  'repeated_keys', 'impossible_time', 'unknown_status', 'internal'
);

-- What became of the money an event is about. Of open, failed and cancelled nothing was or will be paid.
create type public.amount_kind as enum (
  'paid', 'due', 'refunded', 'disputed', 'authorised', 'open', 'failed', 'cancelled'
);

-- Which events a destination takes: those of the provider's live mode, or has none; of its test mode; or both.
create type public.livemode_choice as enum ('live', 'test', 'any');

create type public.rejection_reason as enum (
  'unsigned', 'bad_signature', 'stale', 'malformed', 'too_large', 'not_configured', 'wrong_address',
  'rate_limited', 'over_ceiling'
);

create type public.destination_kind as enum ('tables', 'http');

-- Which deliveries of a destination go strictly one after the other: none, those of one object, those of one
-- organisation, or all of them.
create type public.delivery_ordering as enum ('none', 'object', 'organisation', 'all');

-- closed: deliveries flow. open: they wait, because most failed recently. half_open: one is out to try.
create type public.breaker_state as enum ('closed', 'open', 'half_open');

create type public.event_status as enum (
  'received', 'processing', 'processed', 'failed', 'dead', 'replayed', 'resolved', 'ignored'
);

create type public.delivery_status as enum (
  'pending', 'claimed', 'retrying', 'held', 'delivered', 'dead', 'cancelled'
);

-- Live traffic is claimed before replays, so that a big replay cannot starve it.
create type public.delivery_lane as enum ('live', 'replay');

create type public.attempt_status as enum ('open', 'succeeded', 'failed', 'lease_expired');

create type public.error_class as enum (
  'timeout', 'connection_refused', 'connection_reset', 'dns', 'tls', 'http_4xx', 'http_401', 'http_422', 'http_429',
  'http_5xx', 'redirect', 'response_too_large', 'blocked_address', 'invalid_payload', 'constraint', 'handler_error',
  'lease_expired', 'delivery_loop'
);

create type public.change_effect as enum ('created', 'updated', 'unchanged', 'superseded');

create type public.replay_kind as enum (
  'single', 'keys', 'query', 'criteria', 'failures', 'back_fill', 'incident'
);

create type public.replay_status as enum (
  'draft', 'queued', 'running', 'paused', 'completed', 'stopped', 'cancelled'
);

create type public.replay_outcome as enum (
  'changed', 'already_correct', 'superseded', 'delivered', 'failed', 'skipped'
);

-- Why an item of a replay did not run.
create type public.skip_reason as enum (
  'already_applied', 'superseded', 'too_old', 'destination_paused', 'destination_disabled', 'in_flight',
  'predecessor_failed', 'stopped', 'cancelled', 'test_mode', 'body_forgotten'
);

-- What may be forgotten, each after a time of its own. bodies: the received bytes. readable: payload, headers and words
-- of an event. answers: what endpoints answered, and from what to what rows changed. events: the rows of events, with
-- deliveries and attempts. audit: what staff did.
create type public.retention_class as enum ('bodies', 'readable', 'answers', 'events', 'audit');

create type public.staff_role as enum ('viewer', 'support', 'admin');

create type public.reconciliation_status as enum (
  'queued', 'running', 'completed', 'partial', 'failed', 'cancelled'
);

-- Who or what started a run.
create type public.reconciliation_trigger as enum ('person', 'schedule', 'downtime', 'alert', 'incident');

-- A window of a run: waiting or under way, read to its end, replaced by its two halves, or given up.
create type public.window_status as enum ('pending', 'done', 'split', 'failed');

-- What a run found. missing: the provider has it, we do not. rejected: it came, and was refused. undelivered: it is
-- here, and a delivery is dead. drifted: a row differs from the provider's object. not_subscribed: the provider was not
-- told to send it. unrecoverable: nobody can bring it back.
create type public.finding_kind as enum (
  'missing', 'rejected', 'undelivered', 'drifted', 'not_subscribed', 'unrecoverable'
);

-- open; back_filling: a replay of it was made; repaired: that replay delivered it; late: its webhook came by itself.
create type public.finding_state as enum ('open', 'back_filling', 'repaired', 'late');

-- What the provider's API gives: see lib/providers/api.ts.
create type public.coverage_kind as enum ('events', 'objects', 'counts', 'own_ids');

-- How bad an incident is. How soon somebody has to respond is in lib/contract/incidents.ts.
create type public.incident_severity as enum ('P0', 'P1', 'P2', 'P3', 'P4');

-- open → recovering → verifying → closed | closed_with_exceptions, and reopened from either end.
create type public.incident_state as enum (
  'open', 'recovering', 'verifying', 'closed', 'closed_with_exceptions', 'reopened'
);

create type public.incident_opener as enum ('person', 'alert', 'run');

-- Why an event belongs to an incident. missing: it never came. rejected: it came, and was refused. failed: a delivery
-- is dead. waiting: a delivery has not ended. stale: what a delivery wrote is not there any more. drifted: a row
-- differs from the provider's object. delivered: it was selected, and nothing is wrong with it.
create type public.incident_cause as enum (
  'missing', 'rejected', 'failed', 'waiting', 'stale', 'drifted', 'delivered'
);

-- affected; recovered: a replay delivered it; verified: the target has it; still_missing: a verification did not find
-- it; unrecoverable: nobody can bring it back, with the reason.
create type public.incident_item_state as enum (
  'affected', 'recovered', 'verified', 'still_missing', 'unrecoverable'
);

-- The steps of a recovery, in their order.
create type public.incident_step as enum (
  'find_missing', 'find_failed', 'find_stale', 'preview', 'canary', 'run', 'verify', 'evidence'
);

-- waiting: for a person. failed: it stopped, and says why; it can be repeated.
create type public.incident_step_status as enum ('pending', 'running', 'waiting', 'done', 'failed');

create type public.incident_log_kind as enum (
  'opened', 'grown', 'changed', 'note', 'step', 'replay', 'reconciliation', 'verified', 'accepted', 'requested',
  'approved', 'declined', 'evidence', 'closed', 'reopened'
);

-- What a person may ask an administrator to do.
create type public.incident_request_action as enum ('grow', 'recover', 'accept', 'close');

-- What a rule watches. Each has its reading in chapter 7 (read_signal).
create type public.alert_kind as enum (
  'success_rate', 'dead_letters', 'attempts', 'slow_endpoint', 'endpoint_down', 'endpoint_disabled', 'stalled',
  'replay_volume', 'repeated_failures', 'stuck_replay', 'failures_doubled', 'rejections', 'silence', 'drop',
  'missing', 'repairs', 'horizon', 'configuration', 'oldest_due', 'worker_gone', 'channel_failing', 'disk_low',
  'credential_expiring'
);

-- ok → pending (bad, but not yet often enough) → firing → ok
create type public.alert_state as enum ('ok', 'pending', 'firing');

create type public.channel_kind as enum ('email', 'slack', 'teams', 'pagerduty', 'webhook');

create type public.notification_kind as enum (
  'fired', 'repeated', 'resolved', 'replay', 'report', 'test', 'acknowledged'
);

-- pending; sent: the channel accepted it; failed: given up; skipped: it healed before it was sent, or is silenced.
create type public.notification_status as enum ('pending', 'sent', 'failed', 'skipped');
