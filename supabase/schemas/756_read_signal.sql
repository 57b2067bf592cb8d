-- What a rule sees of a series now: {value, is_bad, explain, evaluate_after?, severity?, waits?}. Read from statistics,
-- health and small tables: it costs the same with any number of events. Called by evaluate_series.

-- explain is lib/contract/api/alerts.ts' explanation. evaluate_after: before that it cannot become bad. waits: it is
-- bad, and is not told yet.
create function public.read_signal(r public.alert_rules, s public.alert_series, p_horizons jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return case (r).kind
    when 'slow_endpoint' then public.read_slow_endpoint(r, s)
    when 'endpoint_down' then public.read_endpoint_down(r, s)
    when 'endpoint_disabled' then public.read_endpoint_disabled(r, s)
    when 'replay_volume' then public.read_replay_volume(r, s)
    when 'repeated_failures' then public.read_repeated_failures(r, s)
    when 'stuck_replay' then public.read_stuck_replay(r, s)
    when 'silence' then public.read_silence_signal(r, s)
    when 'drop' then public.read_drop_signal(r, s)
    when 'missing' then public.read_missing(r, s)
    when 'repairs' then public.read_repairs(r, s)
    when 'horizon' then public.read_horizon(r, s, p_horizons)
    when 'configuration' then public.read_configuration(r, s)
    when 'oldest_due' then public.read_oldest_due(r, s)
    when 'worker_gone' then public.read_worker_gone(r, s)
    when 'channel_failing' then public.read_channel_failing(r, s)
    when 'disk_low' then public.read_disk_low(r, s)
    when 'credential_expiring' then public.read_credential_expiring(r, s)
    else public.read_counts(r, s)
  end;
end
$$;

-- A setting of a rule, as a number.
create function public.setting(r public.alert_rules, p_name text) returns numeric
language sql immutable
return ((r).settings ->> p_name)::numeric;

create function public.signal(
  r public.alert_rules, p_value numeric, p_is_bad boolean, p_expected numeric, p_text text, p_link text
) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'value', round(p_value, 2), 'is_bad', coalesce(p_is_bad, false), 'explain', jsonb_build_object(
      'text', p_text, 'observed', round(p_value, 2), 'expected', round(p_expected, 2),
      'threshold', (r).settings -> 'threshold', 'window_minutes', (r).settings -> 'window_minutes', 'link', p_link
    )
  );
$$;

-- A span of minutes in words.
create function public.minutes_in_words(p_minutes numeric) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_minutes = 1 then 'minute'
    when p_minutes = 60 then 'hour'
    when p_minutes >= 120 and p_minutes % 60 = 0 then (p_minutes / 60)::integer || ' hours'
    else p_minutes::integer || ' minutes'
  end;
$$;

-- What a series of counts is about, in words.
create function public.subject_in_words(s public.alert_series) returns text
language sql stable set search_path = '' as $$
  select concat_ws(' ', coalesce(
    (select t.name from public.destinations t where t.id = (s).destination_id), (s).provider, 'All providers'
  ), (s).event_type, 'of ' || (s).organisation_id);
$$;

-- A part of an address; null for null.
create function public.for_address(p_value text) returns text
language sql immutable set search_path = '' as $$
  select string_agg(
    case when c.letter ~ '[A-Za-z0-9._~-]' then c.letter
    else regexp_replace(upper(encode(convert_to(c.letter, 'UTF8'), 'hex')), '(..)', '%\1', 'g') end, '' order by c.n
  )
  from regexp_split_to_table(p_value, '') with ordinality c(letter, n)
  where c.letter <> '';
$$;

-- The page of the history with the events of a series.
create function public.events_link(s public.alert_series, p_more text) returns text
language sql stable set search_path = '' as $$
  select '/events?' || concat_ws('&', 'provider_slug=' || public.for_address((s).provider),
    'event_type=' || public.for_address((s).event_type), 'org_id=' || public.for_address((s).organisation_id),
    'destination=ds_' || (s).destination_id, p_more);
$$;
