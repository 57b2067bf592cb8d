-- Limits at the webhook endpoints, shared by all processes. Called by lib/pipeline/sender-limit.ts and
-- lib/pipeline/source-ceiling.ts.

-- Counts forged requests by network, notes those that sent a verified one, and answers what all processes know of them:
-- [{network, ahead_ms, genuine_ms_ago (null: not within a day)}]. p_forged: [{network, count}]. p_per_minute: how many
-- forged ones a network may send; more than a minute ahead is over it. A network can owe two minutes at most.
create function public.record_senders(p_forged jsonb, p_genuine text[], p_per_minute integer) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_answer jsonb;
begin
  delete from public.sender_networks n
  where n.network = any (array(
    select x.network from public.sender_networks x
    where x.seen_at < public.now_() - interval '24 hours'
    order by x.seen_at limit 100
    for update skip locked
  ));

  with seen as (
    select s.network, sum(s.count) * interval '1 minute' / p_per_minute as charge, bool_or(s.genuine) as genuine
    from (
      select f.network, f.count, false as genuine from jsonb_to_recordset(p_forged) as f(network text, count integer)
      union all
      select g.network, 0, true from unnest(p_genuine) as g(network)
    ) s
    group by s.network
  ),
  noted as (
    insert into public.sender_networks as n (network, charged_until, genuine_at)
    select s.network, least(public.now_() + s.charge, public.now_() + interval '2 minutes'),
      case when s.genuine then public.now_() end
    from seen s
    -- In one order, so that two processes wait for each other instead of deadlocking.
    order by s.network
    on conflict (network) do update set
      charged_until = least(
        greatest(n.charged_until, public.now_()) + (excluded.charged_until - public.now_()),
        public.now_() + interval '2 minutes'
      ),
      genuine_at = coalesce(excluded.genuine_at, n.genuine_at),
      seen_at = public.now_()
    returning n.network, n.charged_until, n.genuine_at
  )
  select coalesce(jsonb_agg(jsonb_build_object(
    'network', n.network,
    'ahead_ms', greatest(0, (extract(epoch from n.charged_until - public.now_()) * 1000)::bigint),
    'genuine_ms_ago', case when n.genuine_at > public.now_() - interval '24 hours' then
      (extract(epoch from public.now_() - n.genuine_at) * 1000)::bigint
    end
  )), '[]')
  into v_answer
  from noted n;
  return v_answer;
end
$$;

-- Takes up to p_wanted events from the ceiling of a source: {granted, wait_ms}; wait_ms is 0 unless fewer are granted.
-- A burst may have as many events as a minute. A source without a ceiling is granted all.
create function public.take_allowance(p_source_id bigint, p_wanted integer) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_ceiling integer;
  v_each interval;
  v_used_until timestamptz;
  v_granted integer;
begin
  select s.max_per_minute into v_ceiling from public.sources s where s.id = p_source_id;
  if v_ceiling is null then
    return jsonb_build_object('granted', p_wanted, 'wait_ms', 0);
  end if;
  v_each := interval '1 minute' / v_ceiling;

  insert into public.source_allowances as a (source_id, used_until) values (p_source_id, public.clock_())
  on conflict (source_id) do update set used_until = greatest(a.used_until, public.clock_())
  returning a.used_until into v_used_until;

  v_granted := least(p_wanted, floor(
    extract(epoch from public.clock_() + interval '1 minute' - v_used_until) / extract(epoch from v_each)
  ))::integer;
  v_granted := greatest(v_granted, 0);
  update public.source_allowances a set used_until = v_used_until + v_granted * v_each where a.source_id = p_source_id;
  return jsonb_build_object('granted', v_granted, 'wait_ms', case when v_granted < p_wanted then
    ceil(extract(epoch from v_each) * 1000)::bigint
  else 0 end);
end
$$;
