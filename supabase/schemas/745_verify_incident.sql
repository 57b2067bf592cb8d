-- Verification: an item is verified by the state of its targets, never by a status code. Rows hold what the event
-- wrote, or what a newer one did; an endpoint acknowledged it, or a newer state of its object, after the incident
-- began.

-- What proves items: [{position, proof, lacks}]. `proof` is null where `lacks` says what is missing.
create function public.prove_incident_items(p_id bigint, p_positions integer[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_from timestamptz := (select i.from_ts from public.incidents i where i.id = p_id);
  v_lost bigint[];
begin
  v_lost := public.lost_deliveries(array(
    select d.id from public.incident_items y
    join public.deliveries d on d.event_id = y.event_id and d.status = 'delivered'
    join public.destinations t on t.id = d.destination_id and t.kind = 'tables'
    where y.incident_id = p_id and y.position = any (p_positions)
  ));
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'position', x.position, 'lacks', x.lacks, 'proof', case when x.lacks is null then x.proof end
    )), '[]')
    from (
      select y.position,
        case
          when e.id is null then 'It is not here.'
          when p.deliveries = 0 and public.lacks_delivery(e.id) then 'It was not delivered yet.'
          else p.lacks
        end as lacks,
        case
          when p.deliveries = 0 then jsonb_build_array(jsonb_build_object(
            'delivery_id', null, 'destination', 'stored', 'kind', 'stored', 'attempt_id', null,
            'at', public.iso(e.received_at)
          ))
          else p.proof
        end as proof
      from public.incident_items y
      left join lateral (select v.* from public.events v where v.id = y.event_id offset 0) e on true
      cross join lateral (
        select count(*) as deliveries, string_agg(w.lacks, ' ' order by w.id) as lacks, jsonb_agg(jsonb_build_object(
          'delivery_id', w.id, 'destination', w.slug, 'kind', case w.kind when 'tables' then 'rows' else 'endpoint' end,
          'attempt_id', 'wa_' || w.attempt_id, 'at', public.iso(w.finished_at)
        ) order by w.id) as proof
        from (
          select d.id, t.slug, t.kind, a.id as attempt_id, a.finished_at, case
            when a.id is not null and (t.kind <> 'tables' or d.id <> all (v_lost)) then null
            when t.kind = 'tables' and d.status = 'delivered' then
              'Its rows in ' || t.name || ' are gone or were changed by hand.'
            when d.status = 'delivered' then
              t.name || ' has not acknowledged it since the incident began: recover with skipAlreadyApplied false.'
            else concat_ws(': ', t.name || ' has not received it (' || d.status || ')', d.last_error)
          end as lacks
          from public.deliveries d
          join public.destinations t on t.id = d.destination_id
          left join lateral public.proving_attempt(
            d.id, d.status, t.id, t.kind, v_from, e.provider, e.event_type,
            case when e.replaces_older then e.object_id end, coalesce(e.occurred_at, e.received_at)
          ) a on true
          where d.event_id = e.id and public.counts_for(d, t, e)
        ) w
      ) p
      where y.incident_id = p_id and y.position = any (p_positions)
    ) x
  );
end
$$;

-- The attempt that proves a delivery: its own last success, at an endpoint after p_from; or that of a newer state of
-- the same object (null: it has none) at the same endpoint.
create function public.proving_attempt(
  p_delivery_id bigint, p_status public.delivery_status, p_destination_id bigint, p_kind public.destination_kind,
  p_from timestamptz, p_provider text, p_event_type text, p_object_id text, p_at timestamptz
) returns table (id bigint, finished_at timestamptz)
language sql stable set search_path = '' as $$
  select a.id, a.finished_at
  from (
    select 0 as place, p_delivery_id as delivery_id where p_status = 'delivered'
    union all
    select 1, x.id from public.events n
    join public.deliveries x on x.event_id = n.id and x.destination_id = p_destination_id and x.status = 'delivered'
    where p_kind = 'http' and p_status <> 'delivered' and n.provider = p_provider and n.object_id = p_object_id
      and n.event_type = p_event_type and coalesce(n.occurred_at, n.received_at) > p_at
  ) c
  join public.attempts a on a.delivery_id = c.delivery_id and a.status = 'succeeded'
    and (p_kind = 'tables' or a.finished_at >= p_from)
  order by c.place, a.finished_at desc, a.id desc
  limit 1;
$$;

-- No statement makes an item verified unless its targets prove it now, whoever runs it.
create function public.require_proof() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_changed record;
  v_wrong integer[];
begin
  for v_changed in
    select n.incident_id, array_agg(n.position) as positions
    from changed n
    join before_change b on b.incident_id = n.incident_id and b.position = n.position
    where n.state = 'verified' and (b.state, b.proof, b.event_id) is distinct from (n.state, n.proof, n.event_id)
    group by n.incident_id
  loop
    select array_agg(n.position order by n.position) into v_wrong
    from jsonb_to_recordset(public.prove_incident_items(v_changed.incident_id, v_changed.positions)) as p(
      position integer, proof jsonb
    )
    join changed n on n.incident_id = v_changed.incident_id and n.position = p.position
    where p.proof is null or p.proof is distinct from n.proof;
    if v_wrong is not null then
      raise exception 'Items % of incident % are not verified: their targets do not show it.', v_wrong[1:10],
        v_changed.incident_id;
    end if;
  end loop;
  return null;
end
$$;

create trigger require_proof after update on public.incident_items
referencing old table as before_change new table as changed for each statement execute function public.require_proof();

-- An item begins unproved.
create function public.refuse_proved_items() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if new.state = 'verified' or new.accepted_at is not null then
    raise exception 'A new item of an incident is neither verified nor accepted.';
  end if;
  return new;
end
$$;

create trigger refuse_proved_items before insert on public.incident_items
for each row execute function public.refuse_proved_items();
