-- How long what is due has waited. Asked by read_waiting, and by the alerts.

-- Seconds that the oldest due delivery has waited which a worker could have taken: not one that its destination's
-- circuit, throttle, rate or order holds back. Null when nothing is due. One index probe per destination and lane.
create function public.oldest_due_seconds() returns numeric
language sql stable set search_path = '' as $$
  select round(extract(epoch from public.now_() - min(x.due_at))::numeric, 1)
  from public.destinations t
  left join public.destination_health h on h.destination_id = t.id
  cross join (values ('live'::public.delivery_lane), ('replay')) as l(lane)
  cross join lateral (
    select d.due_at from public.deliveries d
    where d.destination_id = t.id and d.lane = l.lane and d.status in ('pending', 'retrying')
    order by d.due_at
    limit 1
  ) x
  where x.due_at <= public.now_() and public.takes_deliveries(t)
    and t.rate_per_second is null and t.ordering = 'none'
    and coalesce(h.breaker, 'closed') = 'closed' and h.ramp is null and h.disable_because is null
    and coalesce(h.throttled_until, '-infinity') <= public.now_();
$$;
