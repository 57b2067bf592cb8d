-- Other bytes under a known key: another version of the event. Called by accept_events, and only when there is one.

-- Stores each new version as an event of its own, which nothing delivers until a user replays it. At most ten per event
-- are stored, further ones are only counted: a sender gone wrong must not fill the disk. p_events: as accept_events
-- takes them; p_other: [{n, of}], which of them they are, and of which event. accept_events has counted each of them as
-- a conflict of that event, and so has locked its row. Answers the numbers (n) of those that repeat a stored version:
-- they are duplicates of it, and no further conflicts.
create function public.store_variants(p_events jsonb, p_other jsonb) returns integer[]
language plpgsql volatile set search_path = '' as $$
declare
  v_other jsonb;
  v_new jsonb;
  v_again integer[];
begin
  select jsonb_agg(y.event) into v_other
  from (
    select x.event, row_number() over (partition by x.of order by x.n) as place,
      (select count(*) from public.events v where v.variant_of = x.of) as stored
    from (
      -- The same version twice in one batch is one.
      select distinct on (o.of, p.event ->> 'fingerprint') o.n, o.of,
        p.event || jsonb_build_object('variant_of', o.of, 'variant', p.event ->> 'fingerprint') as event
      from jsonb_to_recordset(p_other) as o(n integer, of bigint)
      join jsonb_array_elements(p_events) as p(event) on (p.event ->> 'n')::integer = o.n
      where not exists (
        select from public.events v
        where v.variant_of = o.of and v.fingerprint = decode(p.event ->> 'fingerprint', 'hex')
      )
      order by o.of, p.event ->> 'fingerprint', o.n
    ) x
  ) y
  where y.stored + y.place <= 10;

  v_new := case when v_other is null then '{}'::jsonb else public.store_events(v_other, '{}', false) -> 'new' end;

  with seen as (
    select o.n, v.id, v.variant_of,
      coalesce(v.id = (v_new ->> o.n::text)::bigint, false) as is_new
    from jsonb_to_recordset(p_other) as o(n integer, of bigint)
    join jsonb_to_recordset(p_events) as i(n integer, fingerprint text) on i.n = o.n
    join public.events v on v.variant_of = o.of and v.fingerprint = decode(i.fingerprint, 'hex')
  ),
  again as (
    select s.id, s.variant_of, count(*) as times from seen s where not s.is_new group by s.id, s.variant_of
    order by s.id
  ),
  repeated as (
    update public.events v set duplicate_count = v.duplicate_count + a.times from again a where v.id = a.id
    returning v.id
  ),
  corrected as (
    update public.events e set conflict_count = e.conflict_count - a.times
    from (select x.variant_of, sum(x.times) as times from again x group by x.variant_of) a
    -- Bytes that differ from those of a back-fill were counted as a duplicate.
    where e.id = a.variant_of and not public.is_brought_back(e.origin)
    returning e.id
  )
  select coalesce(array_agg(s.n) filter (where not s.is_new), '{}') into v_again from seen s;
  return v_again;
end
$$;
