-- accept: what a webhook endpoint does, in one transaction. The caller answers 2xx only after it committed.
-- Called by lib/pipeline/accept.ts with a micro-batch of verified events, or of rejected requests.

-- Stores every event once per source, counts duplicates, keeps other versions, and fans out deliveries.
-- p_events: [{n, provider, event_key, event_type, source_id, trust, parse_status, flags, organisation_id, company_id,
-- object_id, replaces_older, livemode, unsigned_key, equal_bytes, rendering, secret_fields, body (base64), shown_body
-- (base64), fingerprint (hex), method, path, headers, content_type, request_id, occurred_at, object_type, customer_id,
-- amount, amount_kind, currency, terms, traceparent}]. p_deliver_suspected: suspected replays are delivered like any
-- other event. Answers [{n, event_id, outcome, suspected_replay, wakes}] with outcome accepted, duplicate or conflict
-- (other bytes under a known key; event_id is that of the first); wakes: the kinds of destinations that get work by
-- this batch, null where that is not known.
create function public.accept_events(p_events jsonb, p_deliver_suspected boolean default false) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_events jsonb;
  v_stored jsonb;
  v_new jsonb;
  v_suspected integer[];
  v_answer jsonb;
  v_other jsonb;
  v_late bigint[];
  v_again integer[] := '{}';
begin
  -- Whatever the server or role is set to: an acknowledged event is on disk.
  perform set_config('synchronous_commit', 'on', true);

  v_events := public.paired_events(p_events);
  v_suspected := public.suspected_replays(v_events);

  v_stored := public.store_events(v_events, v_suspected, p_deliver_suspected);
  v_new := v_stored -> 'new';

  if (select count(*) from jsonb_object_keys(v_new)) = jsonb_array_length(v_events) then
    select jsonb_agg(jsonb_build_object(
      'n', i.n, 'event_id', v_new -> i.n::text, 'outcome', 'accepted', 'provider', i.provider,
      'event_type', i.event_type, 'organisation_id', i.organisation_id, 'suspected_replay', i.n = any (v_suspected),
      'wakes', v_stored -> 'kinds'
    )) into v_answer
    from jsonb_to_recordset(v_events) as i(n integer, provider text, event_type text, organisation_id text);
  else
    -- A new statement sees what another transaction committed while the insert waited for it.
    with seen as (
      select i.n, i.provider, i.event_type, k.event_id, e.organisation_id,
        coalesce(e.suspected_replay, false) as suspected_replay,
        public.is_brought_back(e.origin) as is_late, e.fingerprint <> decode(i.fingerprint, 'hex') as is_other,
        case
          when e.id = (v_new ->> i.n::text)::bigint and row_number() over (partition by e.id order by i.n) = 1
            then 'accepted'
          -- Its event may be gone, and with it what could be compared.
          when e.id is null or e.fingerprint = decode(i.fingerprint, 'hex') then 'duplicate'
          -- One event, written in two versions of the provider's API.
          when i.rendering <> e.rendering then 'duplicate'
          -- The webhook of an event that was brought back: its bytes are kept, and it is delivered once.
          when public.is_brought_back(e.origin) then 'duplicate'
          else 'conflict'
        end as outcome
      from jsonb_to_recordset(v_events) as i(
        n integer, provider text, event_key text, event_type text, source_id bigint, fingerprint text, rendering text
      )
      -- Key by key: planned while the table is empty, a join reads the whole of it for every request ever after.
      cross join lateral (
        select x.event_id from public.event_keys x
        where x.provider = i.provider and x.key_hash = sha256(convert_to(i.event_key, 'UTF8'))
          and x.source_id is not distinct from i.source_id and x.variant = ''
        offset 0
      ) k
      left join public.events e on e.id = k.event_id
    ),
    again as (
      select event_id, count(*) filter (where outcome = 'duplicate') as duplicates,
        count(*) filter (where outcome = 'conflict') as conflicts
      from seen where outcome <> 'accepted'
      group by event_id
      order by event_id
    ),
    counted as (
      update public.events e set
        duplicate_count = e.duplicate_count + a.duplicates,
        conflict_count = e.conflict_count + a.conflicts
      from again a
      where e.id = a.event_id
      returning e.id
    )
    select jsonb_agg(jsonb_build_object(
      'n', s.n, 'event_id', s.event_id, 'outcome', s.outcome, 'provider', s.provider, 'event_type', s.event_type,
      'organisation_id', s.organisation_id, 'suspected_replay', s.suspected_replay
    )), jsonb_agg(jsonb_build_object('n', s.n, 'of', s.event_id)) filter (
      where s.outcome = 'conflict' or s.is_late and s.is_other
    ), array_agg(distinct s.event_id) filter (where s.is_late and (p_deliver_suspected or s.n <> all (v_suspected)))
    into v_answer, v_other, v_late
    from seen s;

    if v_other is not null then
      v_again := public.store_variants(v_events, v_other);
    end if;
    if v_late is not null then
      perform public.deliver_late_webhooks(v_late);
    end if;
  end if;

  perform public.add_statistics((
    select jsonb_agg(jsonb_build_object(
      'organisation_id', s.organisation_id, 'provider', s.provider, 'event_type', s.event_type, 'count', 1,
      'outcome', case
        when s.outcome = 'accepted' then 'received' when s.n = any (v_again) then 'duplicate' else s.outcome
      end
    ))
    from jsonb_to_recordset(v_answer) as s(
      n integer, organisation_id text, provider text, event_type text, outcome text
    )
  ));

  return v_answer;
end
$$;
