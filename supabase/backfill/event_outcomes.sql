-- Counts the events that were finished before statistics knew how events ended. Once, with the workers stopped: it replaces
-- whatever was counted so far.
begin;
lock table public.events in share mode;
delete from public.statistics where outcome in ('succeeded', 'lost');
delete from public.statistics_hours where outcome in ('succeeded', 'lost');
insert into public.statistics (organisation_id, minute, provider, event_type, outcome, shard, count)
select o.id, date_trunc('minute', e.received_at), e.provider, e.event_type, public.event_outcome(e.status), 0, count(*)
from public.events e
cross join lateral unnest(array['', nullif(e.organisation_id, '')]) as o(id)
where o.id is not null and public.event_outcome(e.status) is not null
group by 1, 2, 3, 4, 5;
insert into public.statistics_hours (organisation_id, hour, provider, event_type, outcome, shard, count)
select s.organisation_id, date_trunc('hour', s.minute, 'UTC'), s.provider, s.event_type, s.outcome, s.shard, sum(s.count)
from public.statistics s
where s.outcome in ('succeeded', 'lost')
group by 1, 2, 3, 4, 5, 6;
update public.replays r set organisations = (
  select case when bool_and(i.organisation_id is not null) then array_agg(distinct i.organisation_id) end
  from public.replay_items i where i.replay_id = r.id
)
where r.organisations is null;
commit;
