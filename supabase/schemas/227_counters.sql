-- Counters that only rise, added in the same transaction as what they count. Read by read_metrics.

-- Adds to counters: [{metric, label?, outcome, error_class?, count, duration_ms?, latency?}], any order.
create function public.add_counters(p_counts jsonb) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.metric_counters as m (metric, label, outcome, error_class, shard, count, duration_ms, latency)
  select c.metric, coalesce(c.label, ''), c.outcome, coalesce(c.error_class, ''), s.shard, sum(c.count),
    coalesce(sum(c.duration_ms), 0),
    nullif(public.sum_latency(array_agg(c.latency) filter (where c.latency is not null)), '{}')
  from jsonb_to_recordset(p_counts) as c(
    metric text, label text, outcome text, error_class text, count bigint, duration_ms bigint, latency integer[]
  )
  cross join (select public.free_shard() as shard) s
  group by 1, 2, 3, 4, 5
  having sum(c.count) > 0
  -- Sorted: two transactions that share rows lock them in the same order.
  order by 1, 2, 3, 4, 5
  on conflict (metric, label, outcome, error_class, shard) do update
    set count = m.count + excluded.count, duration_ms = m.duration_ms + excluded.duration_ms,
      latency = public.add_latency(m.latency, excluded.latency);
end
$$;

-- Counts finished attempts by the kind of their destination: [{kind, outcome, error_class?, duration_ms?}]. A duration
-- is null where no result was reported.
create function public.count_attempts(p_attempts jsonb) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform public.add_counters(jsonb_agg(to_jsonb(c)))
  from (
    select 'delivery' as metric, a.kind as label, a.outcome, a.error_class, count(*) as count,
      sum(a.duration_ms) as duration_ms,
      public.latency_histogram(array_agg(a.duration_ms) filter (where a.duration_ms is not null)) as latency
    from jsonb_to_recordset(p_attempts) as a(kind text, outcome text, error_class text, duration_ms integer)
    group by 2, 3, 4
  ) c
  having count(*) > 0;
end
$$;

-- Counts what was told, and what could not be, when that is known.
create function public.count_notification() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  perform public.add_counters(jsonb_build_array(jsonb_build_object(
    'metric', 'notification', 'outcome', new.status, 'count', 1,
    'label', coalesce((select c.kind::text from public.channels c where c.id = new.channel_id), 'person')
  )));
  return null;
end
$$;

create trigger count_notification after update on public.notifications
for each row when (old.status = 'pending' and new.status <> 'pending')
execute function public.count_notification();

-- A shard that no other transaction writes to, as long as there is one: then its rows are free in any order.
create function public.free_shard() returns smallint
language plpgsql volatile set search_path = '' as $$
declare
  v_shard integer;
begin
  for v_shard in 0..31 loop
    if pg_try_advisory_xact_lock(1163284301, v_shard) then
      return v_shard;
    end if;
  end loop;
  return pg_backend_pid() % 32;
end
$$;
