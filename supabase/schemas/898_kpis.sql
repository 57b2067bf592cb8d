-- The figures that runbook 001 sets targets for, from sums by hour: never from events or deliveries. Called by
-- lib/queries/kpis.ts, and for the report of each week.

-- Of the hours that begin between two times: {totals, days: [{day, …}], organisations: [{organisation_id, …}]}, each
-- with the fields of kpi_json. Days are those of UTC. At most 1,000 organisations, those that received most.
create function public.read_kpis(p_from timestamptz, p_to timestamptz, p_scope text[]) returns jsonb
language sql stable set search_path = '' as $$
  with days as materialized (
    select * from public.kpi_facts(p_from, p_to, 'day', p_scope)
  ),
  organisations as (
    select f.key, public.kpi_json(jsonb_object_agg(f.outcome, f.count), jsonb_object_agg(f.outcome, f.ms)) as figures
    from public.kpi_facts(p_from, p_to, 'organisation', p_scope) f
    group by f.key
  )
  select jsonb_build_object(
    'totals', (
      select public.kpi_json(
        coalesce(jsonb_object_agg(t.outcome, t.count), '{}'), coalesce(jsonb_object_agg(t.outcome, t.ms), '{}')
      )
      from (select d.outcome, sum(d.count) as count, sum(d.ms) as ms from days d group by d.outcome) t
    ),
    'days', coalesce((
      select jsonb_agg(jsonb_build_object('day', x.key) || x.figures order by x.key)
      from (
        select d.key, public.kpi_json(
          jsonb_object_agg(d.outcome, d.count), jsonb_object_agg(d.outcome, d.ms)
        ) as figures
        from days d
        group by d.key
      ) x
    ), '[]'),
    'organisations', coalesce((
      select jsonb_agg(jsonb_build_object('organisation_id', o.key) || o.figures
        order by (o.figures ->> 'received')::bigint desc, o.key)
      from (
        select x.key, x.figures from organisations x
        order by (x.figures ->> 'received')::bigint desc, x.key
        limit 1000
      ) o
    ), '[]')
  );
$$;

-- What was counted, by day or by organisation (p_by): the outcomes of statistics, replays asked for in that time, and
-- attempts that say something about an endpoint. A replay of several organisations counts in each of them.
create function public.kpi_facts(p_from timestamptz, p_to timestamptz, p_by text, p_scope text[])
returns table (key text, outcome text, count bigint, ms bigint)
language sql stable set search_path = '' as $$
  select x.key, x.outcome, sum(x.count)::bigint, sum(x.ms)::bigint
  from (
    select to_char(h.hour at time zone 'UTC', 'YYYY-MM-DD') as key, h.outcome, h.count, h.duration_ms as ms
    from public.statistics_hours h
    where p_by = 'day' and h.organisation_id = any (public.statistics_of(p_scope))
      and h.hour >= p_from and h.hour < p_to
    union all
    select h.organisation_id, h.outcome, h.count, h.duration_ms
    from public.statistics_hours h
    where p_by = 'organisation' and h.organisation_id > '' and public.in_scope(p_scope, h.organisation_id)
      and h.hour >= p_from and h.hour < p_to
    union all
    select k.key, o.outcome, o.count, coalesce(o.ms, 0)
    from public.replays r
    cross join lateral (
      select to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD') as key where p_by = 'day'
      union all
      select y.id from unnest(r.organisations) as y(id)
      where p_by = 'organisation' and public.in_scope(p_scope, y.id)
    ) k
    cross join lateral (
      values ('replay_ended', (r.completed_at is not null)::integer::bigint,
          extract(epoch from r.completed_at - coalesce(r.queued_at, r.created_at)) * 1000),
        ('replay_succeeded', r.succeeded::bigint, extract(epoch from r.completed_at - r.started_at) * 1000),
        ('replay_failed', r.failed::bigint, 0)
    ) as o(outcome, count, ms)
    where r.created_at >= p_from and r.created_at < p_to and r.status <> 'draft'
      and public.all_in_scope(p_scope, r.organisations)
    union all
    select case p_by when 'day' then to_char(s.at at time zone 'UTC', 'YYYY-MM-DD') else t.organisation_id end,
      o.outcome, o.count, 0
    from public.destinations t
    join public.destination_statistics s
      on s.destination_id = t.id and s.span = 'hour' and s.at >= p_from and s.at < p_to
    cross join lateral (
      values ('endpoint_counted', s.counted::bigint), ('endpoint_against', s.against::bigint)
    ) as o(outcome, count)
    where t.kind = 'http' and (p_by = 'day' or t.organisation_id is not null)
      and public.in_scope(p_scope, t.organisation_id)
  ) x
  group by x.key, x.outcome;
$$;

-- What the counts say: shares in percent, null without anything to take a share of. delivery_success is of events,
-- error_rate of attempts, endpoint_availability of attempts that say something about the endpoint. mean_time_to_replay
-- is from asking for a replay until it ended.
create function public.kpi_json(p_counts jsonb, p_ms jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'received', c.received, 'succeeded', c.succeeded, 'lost', c.lost,
    'delivery_success', public.event_success_rate(to_jsonb(c)),
    'attempts', c.delivered + c.failed + c.dead, 'failed_attempts', c.failed + c.dead,
    'error_rate', round(100.0 * (c.failed + c.dead) / nullif(c.delivered + c.failed + c.dead, 0), 2),
    'applied', c.applied, 'average_processing_ms', round((p_ms ->> 'applied')::numeric / nullif(c.applied, 0)),
    'replays', c.replay_ended, 'replayed', c.replay_succeeded, 'replay_failures', c.replay_failed,
    'replay_success', round(100.0 * c.replay_succeeded / nullif(c.replay_succeeded + c.replay_failed, 0), 2),
    'mean_time_to_replay_seconds', round((p_ms ->> 'replay_ended')::numeric / nullif(c.replay_ended, 0) / 1000, 1),
    'replayed_per_minute', round(
      60000.0 * (c.replay_succeeded + c.replay_failed) / nullif((p_ms ->> 'replay_succeeded')::numeric, 0), 1
    ),
    'endpoint_availability', round(
      100.0 * (c.endpoint_counted - c.endpoint_against) / nullif(c.endpoint_counted, 0), 2
    )
  )
  from jsonb_to_record('{"received": 0, "succeeded": 0, "lost": 0, "delivered": 0, "failed": 0, "dead": 0, "applied": 0,
    "replay_ended": 0, "replay_succeeded": 0, "replay_failed": 0, "endpoint_counted": 0, "endpoint_against": 0}'::jsonb
    || p_counts) as c(
    received bigint, succeeded bigint, lost bigint, delivered bigint, failed bigint, dead bigint, applied bigint,
    replay_ended bigint, replay_succeeded bigint, replay_failed bigint, endpoint_counted bigint,
    endpoint_against bigint
  );
$$;
