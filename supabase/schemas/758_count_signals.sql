-- Rules about counts: how deliveries end, dead letters, attempts, rejections. The back-test judges the past by the same
-- function. Called by read_signal.

create function public.read_counts(r public.alert_rules, s public.alert_series) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_minutes integer := coalesce(public.setting(r, 'window_minutes'), 60);
  v_begin timestamptz := date_trunc('minute', public.now_()) - make_interval(mins => v_minutes);
  c record;
  v_before numeric := 0;
  v_seen record;
  v_what text := public.subject_in_words(s);
  v_in text := 'in the last ' || public.minutes_in_words(v_minutes);
begin
  select * into c from public.counts_between(s, v_begin, public.now_());
  if (r).kind = 'failures_doubled' then
    select b.failed + b.dead into v_before
    from public.counts_between(s, v_begin - make_interval(mins => v_minutes), v_begin - interval '1 minute') b;
  end if;
  select * into v_seen from public.judge_counts(
    (r).kind, public.setting(r, 'threshold'), public.setting(r, 'at_least'), c.received, c.delivered, c.failed, c.dead,
    c.rejected, v_before
  );
  if (r).kind = 'stalled' and v_seen.is_bad then
    v_seen.is_bad := public.undelivered_since(s, v_begin - make_interval(mins => v_minutes)) <= v_begin
      and public.is_wanted(s, v_begin);
  end if;
  return public.signal(r, v_seen.value, v_seen.is_bad, v_seen.expected, case (r).kind
    when 'success_rate' then format('%s: %s of %s delivery attempts succeeded %s (%s %%).', v_what, c.delivered,
      c.delivered + c.failed + c.dead, v_in, coalesce(round(v_seen.value, 1)::text, '–'))
    when 'dead_letters' then format('%s: %s dead letters %s.', v_what, c.dead, v_in)
    when 'attempts' then format('%s: deliveries took %s attempts on average %s.', v_what,
      coalesce(round(v_seen.value, 2)::text, '–'), v_in)
    when 'stalled' then format('%s: %s events came %s, and %s were delivered.', v_what, c.received, v_in,
      case when c.delivered = 0 then 'none' else c.delivered::text end)
    when 'failures_doubled' then format('%s: %s failures %s, %s in as long before.', v_what, c.failed + c.dead, v_in,
      v_before)
    else format('%s: %s requests with a bad signature %s, and %s accepted. Was the secret changed?', v_what, c.rejected,
      v_in, c.received)
  end, public.events_link(s, case (r).kind
    when 'success_rate' then 'status=failed,dead&'
    when 'dead_letters' then 'status=dead&'
    when 'failures_doubled' then 'status=failed,dead&'
    else ''
  end || 'from_ts=' || public.for_address(public.iso(v_begin))));
end
$$;

-- What counts say, of any time: value, whether that is bad, and what was expected. p_before: failures of the window
-- before. A rate is bad when even its upper Wilson bound (95 %) is below the threshold: one failure at night is not.
create function public.judge_counts(
  p_kind public.alert_kind, p_threshold numeric, p_at_least numeric, p_received numeric, p_delivered numeric,
  p_failed numeric, p_dead numeric, p_rejected numeric, p_before numeric, out value numeric, out is_bad boolean,
  out expected numeric
)
language plpgsql immutable set search_path = '' as $$
declare
  v_attempts numeric := p_delivered + p_failed + p_dead;
  v_least numeric := greatest(p_at_least, 1);
begin
  case p_kind
    when 'success_rate' then
      value := 100 * p_delivered / nullif(v_attempts, 0);
      is_bad := v_attempts >= v_least and 100 * public.wilson_upper(p_delivered, v_attempts) < p_threshold;
      expected := p_threshold;
    when 'dead_letters' then
      value := p_dead;
      is_bad := value > p_threshold;
    when 'attempts' then
      value := v_attempts / nullif(p_delivered + p_dead, 0);
      is_bad := p_delivered + p_dead >= v_least and value > p_threshold;
      expected := 1;
    when 'stalled' then
      value := p_received;
      is_bad := p_received >= v_least and p_delivered = 0;
    when 'failures_doubled' then
      value := p_failed + p_dead;
      is_bad := value >= v_least and value >= p_threshold * p_before;
      expected := p_before;
    else
      value := p_rejected;
      is_bad := p_rejected >= v_least and 100 * p_rejected >= p_threshold * (p_rejected + p_received);
  end case;
end
$$;

-- The most that the true rate of p_well in p_all may be (95 %).
create function public.wilson_upper(p_well numeric, p_all numeric) returns numeric
language sql immutable
return case when p_all > 0 then (
  p_well / p_all + 1.92 / p_all + 1.96 * sqrt((p_well / p_all * (1 - p_well / p_all) + 0.96 / p_all) / p_all)
) / (1 + 3.84 / p_all) end;

-- When the first event came, as far back as p_from, after which none was delivered: what came a minute ago is not
-- stalled. Null: none came since the last delivery.
create function public.undelivered_since(s public.alert_series, p_from timestamptz) returns timestamptz
language sql stable set search_path = '' as $$
  with minutes as (
    select x.minute, x.outcome from public.statistics x
    where x.organisation_id = coalesce((s).organisation_id, '') and x.minute >= p_from and x.provider = (s).provider
      and x.event_type = coalesce((s).event_type, x.event_type) and x.outcome in ('received', 'delivered')
  )
  select min(m.minute) from minutes m
  where m.outcome = 'received' and m.minute >= coalesce((
    select max(d.minute) from minutes d where d.outcome = 'delivered'
  ) + interval '1 minute', p_from);
$$;

-- Whether any destination that takes deliveries wants what came of a provider: events that nothing wants are not
-- stalled.
create function public.is_wanted(s public.alert_series, p_from timestamptz) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from public.destinations t
    where public.takes_deliveries(t) and (t.organisation_id is null or t.organisation_id = (s).organisation_id)
      and exists (
        select from public.statistics_hours h
        where h.organisation_id = coalesce((s).organisation_id, '') and h.hour >= date_trunc('hour', p_from, 'UTC')
          and h.provider = (s).provider and h.outcome = 'received'
          and h.event_type = coalesce((s).event_type, h.event_type)
          and public.wants_event(t, h.provider, h.event_type, t.organisation_id, null, '{}')
      )
  );
$$;

-- The counts of a series in whole minutes, both ends included; by hours where that is more than three. One probe per
-- minute or hour. Of a destination its attempts, by minutes up to one hour: they are kept no longer.
create function public.counts_between(
  s public.alert_series, p_from timestamptz, p_to timestamptz, out received numeric, out delivered numeric,
  out failed numeric, out dead numeric, out rejected numeric
)
language plpgsql stable set search_path = '' as $$
declare
  v_unit text := case
    when p_to - p_from > make_interval(mins => case when (s).destination_id is null then 181 else 61 end) then 'hour'
    else 'minute'
  end;
begin
  if (s).destination_id is not null then
    select 0, coalesce(sum(d.succeeded), 0), coalesce(sum(d.failed), 0), 0, 0
    into received, delivered, failed, dead, rejected
    from public.destination_statistics d
    where d.destination_id = (s).destination_id and d.span = v_unit and d.at >= date_trunc(v_unit, p_from, 'UTC')
      and d.at <= p_to;
    return;
  end if;
  select coalesce(sum(x.count) filter (where x.outcome in ('received', 'duplicate')), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'delivered'), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'failed'), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'dead'), 0),
    coalesce(sum(x.count) filter (where x.outcome = 'rejected' and x.event_type = 'bad_signature'), 0)
  into received, delivered, failed, dead, rejected
  from generate_series(date_trunc(v_unit, p_from, 'UTC'), p_to, ('1 ' || v_unit)::interval) g(at)
  cross join lateral (
    select m.outcome, m.event_type, m.count from public.statistics m
    where v_unit = 'minute' and m.organisation_id = coalesce((s).organisation_id, '') and m.minute = g.at
      and m.provider = (s).provider
    union all
    select h.outcome, h.event_type, h.count from public.statistics_hours h
    where v_unit = 'hour' and h.organisation_id = coalesce((s).organisation_id, '') and h.hour = g.at
      and h.provider = (s).provider
  ) x
  where (s).event_type is null or x.event_type = (s).event_type or x.outcome = 'rejected';
end
$$;
