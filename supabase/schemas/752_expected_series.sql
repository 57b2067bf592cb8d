-- Which series there should be: of what is expected, and not of what arrived, because what does not arrive is the
-- point. Called by evaluate_alerts.

-- Adds the series that rules expect, and removes those that are well and expected no more.
create function public.add_expected_series() returns void
language plpgsql volatile set search_path = '' as $$
declare
  r public.alert_rules;
begin
  for r in select * from public.alert_rules x where x.enabled and x.archived_at is null order by x.id loop
    insert into public.alert_series (rule_id, provider, event_type, organisation_id, destination_id)
    select r.id, e.provider, e.event_type, e.organisation_id, e.destination_id from public.expected_series(r) e
    on conflict on constraint alert_series_each_once do nothing;

    -- Written so that it is hashed: there may be thousands.
    delete from public.alert_series s
    where s.rule_id = r.id and s.state <> 'firing' and not exists (
      select from public.expected_series(r) e
      where coalesce(e.provider, '') = coalesce(s.provider, '')
        and coalesce(e.event_type, '') = coalesce(s.event_type, '')
        and coalesce(e.organisation_id, '') = coalesce(s.organisation_id, '')
        and coalesce(e.destination_id, 0) = coalesce(s.destination_id, 0)
    );
  end loop;
  -- What was switched off while it fired is over.
  perform public.resolve_series(s)
  from public.alert_series s
  join public.alert_rules x on x.id = s.rule_id
  where s.state = 'firing' and (not x.enabled or x.archived_at is not null);
  delete from public.alert_series s using public.alert_rules x
  where x.id = s.rule_id and x.archived_at is not null;
end
$$;

-- What a rule's series are made of.
create function public.signal_subject(p_kind public.alert_kind, p_destination_id bigint) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_kind in ('slow_endpoint', 'endpoint_down', 'endpoint_disabled') or p_destination_id is not null
      then 'destination'
    when p_kind in ('success_rate', 'dead_letters', 'attempts', 'stalled', 'failures_doubled', 'rejections')
      then 'provider'
    when p_kind in ('missing', 'repairs', 'horizon', 'configuration') then 'watched'
    when p_kind in ('silence', 'drop') then 'arrival'
    when p_kind = 'replay_volume' then 'organisation'
    else 'all'
  end;
$$;

create function public.expected_series(r public.alert_rules)
returns table (provider text, event_type text, organisation_id text, destination_id bigint)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
  case public.signal_subject((r).kind, (r).destination_id)
    when 'destination' then
      return query select null::text, null::text, t.organisation_id, t.id
      from public.destinations t
      where t.archived_at is null and t.id = coalesce((r).destination_id, t.id)
        and (t.kind = 'http' or (r).kind in ('endpoint_down', 'success_rate'))
        and ((r).organisation_id is null or t.organisation_id = (r).organisation_id)
        and ((r).provider is null or (r).provider = any (t.providers));
    when 'provider' then
      return query select p.provider, (r).event_type, (r).organisation_id, null::bigint
      from public.providers_in_use() p
      where (r).provider is null
      union all
      select (r).provider, (r).event_type, (r).organisation_id, null::bigint where (r).provider is not null;
    when 'watched' then
      return query select p.provider, null::text, null::text, null::bigint
      from (
        select w.provider from public.watches w
        union
        select c.provider from public.api_credentials c
        union
        select x.provider from public.reconciliations x where x.created_at > public.now_() - interval '7 days'
      ) p
      where (r).provider is null or p.provider = (r).provider;
    when 'arrival' then
      -- So many in a window needs no habit, and is about what the rule says.
      if (r).kind = 'silence' and (r).settings ? 'window_minutes' then
        return query select p.provider, (r).event_type, (r).organisation_id, null::bigint
        from (
          select (r).provider as provider where (r).provider is not null
          union
          select x.provider from public.providers_in_use() x where (r).provider is null
          union
          select x.provider from public.expected_arrivals() x where (r).provider is null
        ) p;
        return;
      end if;
      return query select a.provider, a.event_type, a.organisation_id, null::bigint
      from public.expected_arrivals() a
      where a.provider = coalesce((r).provider, a.provider)
        and a.event_type is not distinct from coalesce((r).event_type, a.event_type)
        and a.organisation_id is not distinct from coalesce((r).organisation_id, a.organisation_id)
      union
      -- "At least so many in so long" needs nothing learnt.
      select (r).provider, (r).event_type, (r).organisation_id, null::bigint
      where (r).provider is not null and (r).settings ? 'window_minutes';
    when 'organisation' then
      return query select distinct null::text, null::text, o.id, null::bigint
      from public.replays x
      cross join lateral unnest(coalesce(x.organisations, array[null::text])) as o(id)
      where x.queued_at > public.now_() - interval '1 day'
        and ((r).organisation_id is null or o.id = (r).organisation_id);
    else
      return query select (r).provider, (r).event_type, (r).organisation_id, null::bigint;
  end case;
end
$$;

-- Providers that sent or were delivered anything within a day: one index probe per hour and provider.
create function public.providers_in_use() returns table (provider text)
language sql stable set search_path = '' as $$
  with recursive seen as (
    (
      select s.hour, s.provider from public.statistics_hours s
      where s.organisation_id = '' and s.hour >= date_trunc('hour', public.now_() - interval '1 day', 'UTC')
      order by s.hour, s.provider
      limit 1
    )
    union all
    select n.hour, n.provider
    from seen c
    cross join lateral (
      select s.hour, s.provider from public.statistics_hours s
      where s.organisation_id = '' and (s.hour, s.provider) > (c.hour, c.provider)
      order by s.hour, s.provider
      limit 1
    ) n
  )
  select distinct s.provider from seen s;
$$;
