-- What holds for incidents whoever writes them, the owner of the tables included: counts that add up, a set that does
-- not change silently, a log that is only added to, and nothing verified without proof.

create function public.count_incident_items() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_incidents bigint[] := array(select distinct c.incident_id from changed c);
begin
  -- First the locks: the count below sees what others have written until then.
  perform from public.incidents i where i.id = any (v_incidents) order by i.id for update;
  update public.incidents i set
    total = c.total, affected = c.affected, recovered = c.recovered, verified = c.verified,
    still_missing = c.still_missing, unrecoverable = c.unrecoverable, accepted = c.accepted
  from unnest(v_incidents) n(id)
  cross join lateral public.counts_of_incident(n.id) c
  where i.id = n.id and (
    i.total, i.affected, i.recovered, i.verified, i.still_missing, i.unrecoverable, i.accepted
  ) is distinct from (
    c.total, c.affected, c.recovered, c.verified, c.still_missing, c.unrecoverable, c.accepted
  );
  return null;
end
$$;

create trigger count_incident_items after insert on public.incident_items
referencing new table as changed for each statement execute function public.count_incident_items();

create trigger recount_incident_items after update on public.incident_items
referencing new table as changed for each statement execute function public.count_incident_items();

create function public.counts_of_incident(p_id bigint) returns table (
  total integer, affected integer, recovered integer, verified integer, still_missing integer, unrecoverable integer,
  accepted integer
)
language sql stable set search_path = '' as $$
  select count(*)::integer, (count(*) filter (where y.state = 'affected'))::integer,
    (count(*) filter (where y.state = 'recovered'))::integer, (count(*) filter (where y.state = 'verified'))::integer,
    (count(*) filter (where y.state = 'still_missing'))::integer,
    (count(*) filter (where y.state = 'unrecoverable'))::integer,
    (count(*) filter (where y.accepted_at is not null))::integer
  from public.incident_items y where y.incident_id = p_id;
$$;

-- The counts of an incident are those of its items, and it closes only after a verification that read everything.
create function public.guard_incident() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  c record;
begin
  if tg_op = 'UPDATE' and (
    new.total, new.affected, new.recovered, new.verified, new.still_missing, new.unrecoverable, new.accepted, new.state
  ) is not distinct from (
    old.total, old.affected, old.recovered, old.verified, old.still_missing, old.unrecoverable, old.accepted, old.state
  ) then
    return new;
  end if;
  select * into c from public.counts_of_incident(new.id);
  if (new.total, new.affected, new.recovered, new.verified, new.still_missing, new.unrecoverable, new.accepted)
    is distinct from
    (c.total, c.affected, c.recovered, c.verified, c.still_missing, c.unrecoverable, c.accepted)
  then
    raise exception 'The counts of incident % are those of its items.', new.id;
  end if;
  if public.is_incident_closed(new) and not exists (
    select from public.incident_log l
    where l.incident_id = new.id and l.kind = 'verified' and (l.details ->> 'complete')::boolean
      and l.id > coalesce((
        select max(x.id) from public.incident_log x where x.incident_id = new.id and x.kind in ('reopened', 'grown')
          and (x.kind = 'reopened' or (x.details ->> 'added')::integer > 0)
      ), 0)
  ) then
    raise exception 'Incident % has no complete verification of what it is about now.', new.id;
  end if;
  return new;
end
$$;

create trigger guard_new_incident before insert on public.incidents
for each row execute function public.guard_incident();

create trigger guard_incident before update on public.incidents
for each row execute function public.guard_incident();

-- A closed incident is reopened or left alone.
create function public.guard_closed_incident() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if public.is_incident_closed(old) and new.state not in ('reopened', old.state) then
    raise exception 'Incident % is closed. Reopen it first.', new.id;
  end if;
  return new;
end
$$;

create trigger guard_closed_incident before update on public.incidents
for each row execute function public.guard_closed_incident();

-- Every item is in the log: opened and grown entries say how many were added. Checked at the end of the transaction.
create function public.require_logged_growth() returns trigger
language plpgsql volatile set search_path = '' as $$
declare
  v_id bigint;
  v_total integer;
  v_logged integer;
begin
  if tg_table_name = 'incidents' then
    v_id := new.id;
  else
    v_id := new.incident_id;
  end if;
  select i.total into v_total from public.incidents i where i.id = v_id;
  select coalesce(sum((l.details ->> 'added')::integer), 0) into v_logged from public.incident_log l
  where l.incident_id = v_id and l.kind in ('opened', 'grown');
  if v_logged <> v_total then
    raise exception 'Incident % has % items, and its log says that % were added.', v_id, v_total, v_logged;
  end if;
  return null;
end
$$;

create constraint trigger items_as_logged after insert or update on public.incidents
deferrable initially deferred for each row execute function public.require_logged_growth();

create constraint trigger log_as_items after insert on public.incident_log
deferrable initially deferred for each row execute function public.require_logged_growth();

-- The log is only added to.
create function public.refuse_change_of_log() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if tg_op <> 'TRUNCATE' or exists (select from public.incident_log) then
    raise exception 'The log of an incident is only added to.';
  end if;
  return null;
end
$$;

create trigger refuse_change_of_log before update or delete on public.incident_log
for each row execute function public.refuse_change_of_log();

create trigger refuse_truncated_log before truncate on public.incident_log
for each statement execute function public.refuse_change_of_log();

-- Items stay, and stay what they are.
create function public.refuse_lost_items() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if tg_op <> 'TRUNCATE' or exists (select from public.incident_items) then
    raise exception 'What an incident is about is not deleted.';
  end if;
  return null;
end
$$;

create trigger refuse_deleted_items before delete on public.incident_items
for each row execute function public.refuse_lost_items();

create trigger refuse_truncated_items before truncate on public.incident_items
for each statement execute function public.refuse_lost_items();

create function public.refuse_renamed_items() returns trigger
language plpgsql volatile set search_path = '' as $$
begin
  if (old.incident_id, old.position, old.provider, old.identity)
    is distinct from (new.incident_id, new.position, new.provider, new.identity)
  then
    raise exception 'What an incident is about does not become something else.';
  end if;
  return new;
end
$$;

create trigger refuse_renamed_items before update on public.incident_items
for each row execute function public.refuse_renamed_items();
