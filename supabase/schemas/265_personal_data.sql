-- Where data of people outside lies, declared once. A privacy request goes by this list, and so does the export for a
-- data request. tests/pipeline/personal-data.test.ts fails when a table with text, JSON or bytes is missing here.

-- handling says what a privacy request does with a column:
--   'event'    emptied or replaced with the event that it belongs to (270_privacy.sql)
--   'cleared'  set to null in the rows of the person, by the trigger redact_row that the table needs
--   'row'      the whole row of the person is deleted, because its key names them
--   'kept'     nothing: why says the reason. `*` is every column of a table without data of people outside
create function public.personal_columns()
returns table (table_name text, column_name text, handling text, why text)
language sql immutable set search_path = '' as $$
  select x.table_name, c, x.handling, x.why
  from (values
    ('events', 'payload headers last_error customer_id terms', 'event', null),
    ('events', 'provider event_key event_type flags organisation_id company_id object_id body_sha256'
      || ' fingerprint rendering method path content_type request_id logical_key object_type currency traceparent',
      'kept', 'ids, hashes, kinds'),
    ('event_bodies', 'raw_body dense_body', 'event', null),
    ('event_keys', '*', 'kept', 'hashes'),
    ('retention', '*', 'kept', 'configuration'),
    ('forgettings', '*', 'kept', 'ids and counts'),
    ('retention_turn', '*', 'kept', 'names of processes'),
    ('rejections', 'headers body', 'row', 'a rejection about the person is deleted'),
    ('rejections', 'provider detail method path body_sha256 request_id organisation_id event_key', 'kept',
      'ids, hashes, our own words'),
    ('deliveries', 'last_error', 'event', null),
    ('deliveries', 'ordering_key worker error_group', 'kept', 'ids and hashes'),
    ('attempts', 'error response_headers response_body changes', 'event', null),
    ('attempts', 'worker', 'kept', 'the name of a process'),
    ('findings', 'body headers difference', 'event', null),
    ('findings', 'provider organisation_id identity event_key logical_key event_type object_id detail', 'kept',
      'ids, our own words'),
    ('reconciliations', '*', 'kept', 'what staff asked for, and counts'),
    ('reconciliation_windows', '*', 'kept', 'where the reading of a list is'),
    ('reconciliation_entries', '*', 'kept', 'hashes'),
    ('api_requests', '*', 'kept', 'what we asked, not what was answered'),
    ('api_budgets', '*', 'kept', 'hashes of keys'),
    ('api_credentials', '*', 'kept', 'configuration'),
    ('watches', '*', 'kept', 'configuration'),
    ('replay_items', 'detail', 'event', null),
    ('replay_items', 'organisation_id ordering_key', 'kept', 'ids'),
    ('incident_items', 'customer_id reason', 'event', null),
    ('incident_items', 'provider identity event_type object_id organisation_id currency accepted_by accepted_by_id'
      || ' proof', 'kept', 'ids, kinds, staff'),
    ('incidents', '*', 'kept', 'what staff wrote, and counts'),
    ('incident_log', '*', 'kept', 'what staff did: the log is never changed'),
    ('incident_steps', '*', 'kept', 'counts, our own words'),
    ('incident_runs', '*', 'kept', 'ids'),
    ('incident_requests', '*', 'kept', 'what staff asked for'),
    ('alert_rules', '*', 'kept', 'configuration'),
    ('alert_series', '*', 'kept', 'counts, our own words'),
    ('alerts', '*', 'kept', 'counts, our own words, what staff wrote'),
    ('alert_silences', '*', 'kept', 'what staff wrote'),
    ('arrival_habits', '*', 'kept', 'counts'),
    ('heartbeats', '*', 'kept', 'names of processes'),
    ('channels', '*', 'kept', 'configuration'),
    ('notification_preferences', '*', 'kept', 'staff'),
    ('notifications', '*', 'kept', 'our own words, for staff'),
    ('metric_totals', '*', 'kept', 'counts'),
    ('metric_counters', '*', 'kept', 'counts'),
    ('event_notes', '*', 'kept', 'what staff wrote'),
    ('event_assignees', '*', 'kept', 'staff'),
    ('replays', '*', 'kept', 'what staff wrote: a reason, a filter'),
    ('staff_actions', '*', 'kept', 'what staff did: the log is never changed'),
    ('notices', '*', 'kept', 'our own words, for staff'),
    ('event_views', '*', 'kept', 'what staff wrote'),
    ('staff_users', '*', 'kept', 'staff'),
    ('staff_invitations', '*', 'kept', 'staff'),
    ('staff_sessions', '*', 'kept', 'staff'),
    ('sign_in_guesses', '*', 'kept', 'staff'),
    ('sign_in_refusals', '*', 'kept', 'staff'),
    ('api_tokens', '*', 'kept', 'staff'),
    ('sources', '*', 'kept', 'configuration'),
    ('destinations', '*', 'kept', 'configuration'),
    ('destination_health', '*', 'kept', 'how an endpoint answers, not about whom'),
    ('destination_statistics', '*', 'kept', 'counts'),
    ('statistics', '*', 'kept', 'counts'),
    ('statistics_hours', '*', 'kept', 'counts'),
    ('write_probe', '*', 'kept', 'random bytes'),
    ('orders', 'email phone', 'cleared', null),
    ('orders', 'organisation_id company_id shop order_id customer_id name financial_status fulfillment_status currency'
      || ' versions', 'kept', 'the books: amounts, states and ids'),
    ('customers', 'email phone first_name last_name', 'cleared', null),
    ('customers', 'organisation_id company_id shop customer_id state versions', 'kept', 'ids and states'),
    ('privacy_requests', 'organisation_id company_id source_event kind shop_domain customer_id order_ids'
      || ' contact_hashes people changed versions', 'kept', 'what proves the request, without address and number'),
    ('sms_recipients', 'phone reference', 'cleared', null),
    ('sms_recipients', 'organisation_id message_id status error_code versions', 'kept', 'ids and states'),
    ('leads', 'lead_id email first_name last_name company_name profile_url status category tags', 'row', null),
    ('leads', 'provider organisation_id campaign_id versions', 'kept', 'ids'),
    ('messages', 'lead_id subject body', 'row', null),
    ('messages', 'provider organisation_id message_id campaign_id direction status sequence_number versions', 'kept',
      'ids and states'),
    ('campaigns', '*', 'kept', 'of nobody in particular'),
    ('businesses', '*', 'kept', 'of no shop: a customer of Stripe'),
    ('audit_logs', '*', 'kept', 'of no shop'),
    ('subscriptions', '*', 'kept', 'of no shop: a customer of Stripe'),
    ('sender_networks', '*', 'kept', 'networks that sent webhooks, for a day'),
    ('source_allowances', '*', 'kept', 'counts'),
    ('call_logs', '*', 'kept', 'of no shop: Telnyx names none'),
    ('sms_logs', '*', 'kept', 'of no shop: Telnyx names none'),
    ('sms_log_recipients', '*', 'kept', 'of no shop: Telnyx names none')
  ) as x(table_name, columns, handling, why)
  cross join unnest(string_to_array(x.columns, ' ')) as c;
$$;

-- The columns of a table that people are recognised by and that a request takes away.
create function public.columns_of_person(p_table text) returns text[]
language sql immutable set search_path = '' as $$
  select array_agg(p.column_name)
  from public.personal_columns() p
  where p.table_name = p_table and p.handling in ('cleared', 'row');
$$;

-- The tables of projections with rows of people, and which column says whose shop's a row is. Other providers name a
-- shop where they have it as their organisation.
create function public.tables_of_people()
returns table (table_name text, shop_column text, handling text)
language sql immutable set search_path = '' as $$
  select p.table_name,
    case when p.table_name in ('orders', 'customers') then 'shop' else 'organisation_id' end, min(p.handling)
  from public.personal_columns() p
  where p.handling in ('cleared', 'row') and p.table_name <> 'rejections'
  group by p.table_name;
$$;

-- Whom a row is about, as people_in says it: its ids, and what it says of them.
create function public.people_of_row(p_table text, p_shop text, p_row jsonb) returns text[]
language sql immutable set search_path = '' as $$
  select array_remove(array['customer:' || (p_row ->> 'customer_id'), 'order:' || (p_row ->> 'order_id')], null)
    || public.contacts_in(p_shop, (
      select jsonb_agg(p_row -> c) from unnest(public.columns_of_person(p_table)) c
    )::text);
$$;

-- The personal columns of a row that an event from before a request wrote, and that are still there.
create function public.columns_from_before(p_table text, p_row jsonb, p_requested_at timestamptz) returns text[]
language sql stable set search_path = '' as $$
  select coalesce(array_agg(c), '{}')
  from unnest(public.columns_of_person(p_table)) c
  where p_row ->> c is not null
    and coalesce(public.version_time(p_row -> 'versions' ->> c), '') collate "C"
      <= public.iso(p_requested_at) collate "C";
$$;

-- Whether nothing newer than a request wrote a row.
create function public.is_from_before(p_row jsonb, p_requested_at timestamptz) returns boolean
language sql stable set search_path = '' as $$
  select coalesce(max(public.version_time(v.value) collate "C"), '') <= public.iso(p_requested_at) collate "C"
  from jsonb_each_text(p_row -> 'versions') v;
$$;

-- The shop of a row: what wrote it says so, or its company or organisation is one.
create function public.shop_of_row(p_row jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce(p_row ->> 'shop', (
    select lower(x) from (values (1, p_row ->> 'company_id'), (2, p_row ->> 'organisation_id')) o(n, x)
    where lower(x) like '%.myshopify.com' order by o.n limit 1
  ));
$$;
