-- What is known of what a provider lists: in events, held ones and suspected replays among them, and in what was
-- rejected. Asked by match_entries, record_page and heal_findings.

-- p_entries: [{n, event_key, logical_key, event_type, occurred_at?}]. p_subscribed: the types that the provider was
-- told to send, null is all. Answers [{n, event_id, is_waiting, wrote_rows, own_key, kind, rejection_id, detail}]:
-- `event_id` is null for what is not here; `is_waiting`: a back-fill stored it, and nothing delivers it; `own_key`:
-- the key of our event; `kind` is null where nothing is wrong.
create function public.match_keys(p_provider text, p_source_id bigint, p_subscribed text[], p_entries jsonb)
returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  v_known jsonb;
  v_delivered bigint[];
  v_lost bigint[] := '{}';
begin
  select jsonb_agg(jsonb_build_object(
    'n', i.n, 'event_key', i.event_key, 'at', i.occurred_at, 'event_type', i.event_type, 'event_id', k.event_id,
    'is_dead', d.is_dead, 'wrote_rows', coalesce(d.wrote_rows, false), 'delivered', d.delivered,
    'own_key', e.event_key, 'is_waiting', k.event_id is not null and public.is_brought_back(e.origin)
      and not coalesce(d.is_under_way, false) and exists (
        select from public.destinations t
        where public.wants_event(t, e.provider, e.event_type, e.organisation_id, e.livemode, e.flags)
      )
  )) into v_known
  from jsonb_to_recordset(p_entries) as i(
    n integer, event_key text, logical_key text, event_type text, occurred_at timestamptz
  )
  -- Key by key, as in accept_events: a plan that was made while a table was empty must not read the whole of it.
  left join lateral (
    select x.event_id from public.event_keys x
    where x.provider = p_provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
      and x.source_id is not distinct from p_source_id and x.variant = ''
    offset 0
  ) a on true
  left join lateral (
    select x.id as event_id from public.events x
    where a.event_id is null and x.logical_key = i.logical_key and x.provider = p_provider
      and x.source_id is not distinct from p_source_id and x.variant_of is null
    order by x.id
    limit 1
  ) b on true
  left join lateral (
    select x.event_id from public.event_keys x
    where a.event_id is null and b.event_id is null and x.provider = p_provider
      and x.key_hash = sha256(convert_to(i.logical_key, 'UTF8')) and x.source_id is not distinct from p_source_id
      and x.variant = ''
    offset 0
  ) c on true
  cross join lateral (select coalesce(a.event_id, b.event_id, c.event_id) as event_id) k
  left join public.events e on e.id = k.event_id
  left join lateral (
    select bool_or(x.status = 'dead') as is_dead, bool_or(x.status <> 'cancelled') as is_under_way,
      array_agg(x.id) filter (where x.status = 'delivered') as delivered,
      bool_or(x.status = 'delivered' and t.kind = 'tables') as wrote_rows
    from public.deliveries x join public.destinations t on t.id = x.destination_id
    where x.event_id = e.id
    offset 0
  ) d on true;

  v_delivered := array(
    select x.id::bigint
    from jsonb_to_recordset(v_known) as k(delivered jsonb)
    cross join lateral jsonb_array_elements_text(nullif(k.delivered, 'null')) x(id)
  );
  if cardinality(v_delivered) > 0 then
    v_lost := public.lost_deliveries(v_delivered);
  end if;

  return coalesce((
    select jsonb_agg(jsonb_build_object(
      'n', k.n, 'event_id', k.event_id, 'is_waiting', k.is_waiting, 'wrote_rows', k.wrote_rows,
      'own_key', k.own_key,
      'kind', case
        when k.event_id is not null and not k.is_waiting then case
          when k.is_dead then 'undelivered'
          when exists (
            select from jsonb_array_elements_text(nullif(k.delivered, 'null')) x(id)
            where x.id::bigint = any (v_lost)
          ) then 'drifted'
        end
        when j.id is not null then 'rejected'
        when not public.is_subscribed(p_subscribed, k.event_type) then 'not_subscribed'
        else 'missing'
      end,
      'rejection_id', j.id, 'detail', j.detail
    ))
    from jsonb_to_recordset(v_known) as k(
      n integer, event_key text, event_type text, event_id bigint, is_dead boolean, delivered jsonb, is_waiting boolean,
      wrote_rows boolean, own_key text, at timestamptz
    )
    left join lateral (
      select y.id, y.detail from (
        (
          select x.id, x.detail from public.rejections x
          where x.provider = p_provider and x.event_key = k.event_key and x.source_id is not distinct from p_source_id
          order by x.id desc
          limit 1
        )
        union all
        (
          -- What could not be verified has no key: its bytes name it.
          select x.id, x.detail
          from (
            select z.id, z.detail, z.body from public.rejections z
            where z.provider = p_provider and z.event_key is null and z.source_id is not distinct from p_source_id
              and z.received_at between k.at - interval '10 minutes' and k.at + interval '3 days'
            order by z.received_at desc
            limit 200
          ) x
          where octet_length(k.event_key) >= 8 and position(convert_to(k.event_key, 'UTF8') in x.body) > 0
          limit 1
        )
      ) y
      limit 1
    ) j on k.event_id is null and k.event_key is not null
  ), '[]');
end
$$;

-- Whether one of these types is this one, or a pattern of it such as `invoice.*`. Null is every type.
create function public.is_subscribed(p_types text[], p_event_type text) returns boolean
language sql immutable set search_path = '' as $$
  select p_types is null or exists (
    select from unnest(p_types) t(type)
    where p_event_type like replace(regexp_replace(t.type, '([\\%_])', '\\\1', 'g'), '*', '%')
  );
$$;
