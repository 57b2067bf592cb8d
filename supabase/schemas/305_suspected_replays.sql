-- Which events look like a captured request that is sent again. Asked by accept_events.

-- The numbers of those whose bytes came before under another key, from a provider that does not sign its keys: an
-- attacker may have captured a request and send it again as a new one. What equal bytes mean is said per event, in
-- equal_bytes (Identity.equalBytes of lib/providers/provider.ts):
-- * unusual (default): the bytes say when they were written, so nothing honest repeats them. Suspected when they came
--   through the same source in the last 30 days. Bytes of the same moment under another type are no such thing: Shopify
--   sends one state of an order as orders/create and orders/paid, and tries each for four hours.
-- * usual: honest events repeat them. Never suspected.
-- * of_type: honest events of this type repeat them, those of no other type have them. Suspected when they ever came
--   under another type, through whatever source.
-- Two batches with the same bytes wait for each other here, before they write anything.
create function public.suspected_replays(p_events jsonb) returns integer[]
language plpgsql volatile set search_path = '' as $$
declare
  v_suspected integer[];
begin
  if not jsonb_path_exists(p_events, '$[*].unsigned_key ? (@ == true)') then
    return '{}';
  end if;

  perform pg_advisory_xact_lock(k.lock)
  from (
    select distinct hashtextextended('bytes ' || i.provider || ' ' || md5(i.body), 1) as lock
    from jsonb_to_recordset(p_events) as i(provider text, body text, unsigned_key boolean, equal_bytes text)
    where i.unsigned_key and i.equal_bytes is distinct from 'usual'
    order by 1
  ) k;

  with incoming as (
    select i.n, i.provider, i.source_id, i.event_type, i.event_key, sha256(decode(i.body, 'base64')) as body_sha256,
      coalesce(i.equal_bytes = 'of_type', false) as of_type
    from jsonb_to_recordset(p_events) as i(
      n integer, provider text, source_id bigint, event_type text, event_key text, body text, unsigned_key boolean,
      equal_bytes text
    )
    where i.unsigned_key and i.equal_bytes is distinct from 'usual'
  )
  select coalesce(array_agg(i.n), '{}') into v_suspected
  from (
    -- What was before it in this batch. Windows, not pairs: a request may be a thousand events.
    select x.*, case when x.of_type
      then min(x.event_type) over b <> x.event_type or max(x.event_type) over b <> x.event_type
      else min(x.event_key) over w <> x.event_key or max(x.event_key) over w <> x.event_key
    end as again
    from incoming x
    window w as (
      partition by x.provider, x.source_id, x.body_sha256, x.event_type order by x.n
      rows between unbounded preceding and 1 preceding
    ),
    b as (
      partition by x.provider, x.body_sha256 order by x.n rows between unbounded preceding and 1 preceding
    )
  ) i
  where i.again or exists (
    select from (
      -- By the bytes alone: a plan made while there are no events takes any index that begins with the provider.
      select s.provider, s.source_id, s.event_key, s.event_type, s.received_at from public.events s
      where s.body_sha256 = i.body_sha256 and s.unsigned_key
      offset 0
    ) e
    where e.provider = i.provider and e.event_key <> i.event_key and case when i.of_type
      then e.event_type <> i.event_type
      else e.source_id is not distinct from i.source_id and e.received_at > public.now_() - interval '30 days'
        and (e.event_type = i.event_type or e.received_at < public.now_() - interval '5 hours')
    end
  );
  return v_suspected;
end
$$;
