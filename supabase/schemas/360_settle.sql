-- What follows when deliveries moved: the status of their events, and the items of replays.

-- After deliveries moved: their events' status follows, and the replays that drove them count their outcome.
create function public.settle_deliveries(p_deliveries bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_ended record;
begin
  perform public.roll_up_events(array(
    select distinct d.event_id from public.deliveries d where d.id = any (p_deliveries)
  ));

  for v_ended in with ended as (
    update public.replay_items i set
      outcome = public.replay_outcome_of(x.status, x.kind, x.changes),
      attempt_id = x.attempt_id,
      error_class = x.last_error_class,
      detail = x.last_error,
      finished_at = public.now_()
    from (
      select m.replay_id, m.position, d.status, d.last_error_class, d.last_error, t.kind, a.id as attempt_id, a.changes
      from (select * from public.deliveries where id = any (p_deliveries) offset 0) d
      -- From the few deliveries to their items, never the other way round: `offset 0` keeps the order.
      cross join lateral (
        select * from public.replay_items o
        where o.delivery_id = d.id and o.replay_id = d.replay_id and o.fed_at is not null and o.outcome is null
        offset 0
      ) m
      join public.destinations t on t.id = d.destination_id
      join public.attempts a on a.delivery_id = d.id and a.number = d.attempt_count
      where d.status in ('delivered', 'dead')
    ) x
    where i.replay_id = x.replay_id and i.position = x.position and i.outcome is null
    returning i.replay_id, i.outcome
  )
  select replay_id, count(*) filter (where outcome <> 'failed') as succeeded,
    count(*) filter (where outcome = 'failed') as failed
  from ended
  group by replay_id
  -- Sorted, as everything that locks several rows.
  order by replay_id
  loop
    perform public.count_outcomes(v_ended.replay_id, v_ended.succeeded, v_ended.failed, 0);
  end loop;
end
$$;

-- The status of an event is what its deliveries say together. Needs no result of theirs, only their rows.
create function public.roll_up_events(p_events bigint[]) returns void
language plpgsql volatile set search_path = '' as $$
begin
  -- Locked first, read second: two deliveries of one event that end together must see each other.
  perform from public.events e where e.id = any (p_events) order by e.id for update;

  update public.events e set
    status = r.status,
    attempt_count = r.attempts,
    processed_at = case
      when r.status in ('processed', 'replayed') then coalesce(e.processed_at, public.now_())
    end,
    last_error_class = case when r.status in ('failed', 'dead', 'processing') then r.last_error_class end,
    last_error = case when r.status in ('failed', 'dead', 'processing') then r.last_error end
  from (
    select d.event_id,
      case
        when bool_or(d.status = 'claimed') then 'processing'
        when bool_or(d.status = 'dead') then 'dead'
        when bool_or(d.status = 'retrying' or d.status = 'held' and d.tries > 0) then 'failed'
        when bool_or(d.status in ('pending', 'held')) and sum(d.attempt_count) = 0 then 'received'
        when bool_or(d.status in ('pending', 'held')) then 'processing'
        when bool_or(d.status = 'delivered' and d.replay_id is not null) then 'replayed'
        else 'processed'
      end::public.event_status as status,
      sum(d.attempt_count)::integer as attempts,
      (array_agg(d.last_error_class order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error_class,
      (array_agg(d.last_error order by (d.status = 'dead') desc, d.id) filter (where d.last_error is not null))[1]
        as last_error
    from public.deliveries d
    where d.event_id = any (p_events)
    group by d.event_id
  ) r
  where e.id = r.event_id;
end
$$;
