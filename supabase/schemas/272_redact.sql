-- Carries out a privacy request, and counts what it changed.

-- Runs for every request that is written, and again when its event is replayed: then it redacts what a mistake brought
-- back.
create function public.apply_privacy_request() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_events bigint[];
  v_changed jsonb := '{}';
  v_rows integer := 0;
  v_count integer;
  t record;
begin
  select coalesce(array_agg(x.id order by x.id), '{}') into v_events
  from (
    select e.id from public.events e where e.id = any (array(select public.events_about(new))) order by e.id for update
  ) x;
  v_changed := public.redact_events(v_events);

  delete from public.rejections r
  where r.provider = 'shopify' and public.shop_in_headers(r.headers) = new.shop_domain and (
    new.kind = 'shop/redact' or new.people && public.people_in(new.shop_domain, public.text_of_bytes(r.body))
    -- Only the beginning may be kept, and nobody verified it: any number that is one of the ids counts.
    or public.text_of_bytes(r.body) ~ (
      select '\m(' || string_agg(split_part(x, ':', 2), '|') || ')\M' from unnest(new.people) x where x ~ ':\d+$'
    )
  );
  get diagnostics v_count = row_count;
  v_changed := v_changed || jsonb_build_object('rejections', v_count);

  -- That something is missing stays; what it would have said goes.
  update public.findings f set body = null, headers = null, difference = null
  where f.occurred_at <= new.requested_at and (f.body is not null or f.difference is not null)
    and coalesce(public.shop_in_headers(f.headers), lower(f.organisation_id)) = new.shop_domain and (
      new.kind = 'shop/redact' or new.people && public.people_of_finding(f.event_type, new.shop_domain, f.body)
    );
  get diagnostics v_count = row_count;
  v_changed := v_changed || jsonb_build_object('findings', v_count);

  for t in select * from public.tables_of_people() loop
    execute format(
      case t.handling
        when 'row' then 'delete from public.%1$I t where %3$s and public.is_from_before(to_jsonb(t), $1.requested_at)'
        -- Its own trigger does the rest.
        else 'update public.%1$I t set updated_at = public.now_() where %3$s
          and cardinality(public.columns_from_before(%1$L, to_jsonb(t), $1.requested_at)) > 0'
      end,
      t.table_name, t.shop_column, format(
        't.%2$I = $1.shop_domain and (
          $1.kind = ''shop/redact'' or $1.people && public.people_of_row(%1$L, $1.shop_domain, to_jsonb(t))
        )', t.table_name, t.shop_column
      )
    ) using new;
    get diagnostics v_count = row_count;
    v_rows := v_rows + v_count;
    v_changed := v_changed || jsonb_build_object(t.table_name, v_count);
  end loop;

  update public.privacy_requests p set
    events_changed = p.events_changed + cardinality(v_events),
    rows_changed = p.rows_changed + v_rows,
    changed = (
      select jsonb_object_agg(c.key, coalesce((p.changed ->> c.key)::integer, 0) + c.value::integer)
      from jsonb_each_text(v_changed) c
    )
  where p.id = new.id;
  return null;
end
$$;

-- Its own counting is no reason to run again.
create trigger apply_privacy_request after insert or update on public.privacy_requests
for each row when (new.kind in ('customers/redact', 'shop/redact') and pg_trigger_depth() = 0)
execute function public.apply_privacy_request();
