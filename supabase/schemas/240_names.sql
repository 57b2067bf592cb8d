-- What destinations and replays are called for those who may see what they belong to.

-- What a delivery's destination is called for those who may see the delivery. One that went over to another
-- organisation since is not theirs to see.
create function public.destination_name(t public.destinations, p_scope text[]) returns text
language sql immutable set search_path = '' as $$
  select case
    when (t).organisation_id is null or public.in_scope(p_scope, (t).organisation_id) then (t).name
    else 'A destination of another organisation'
  end;
$$;

-- `wr_12`; null for a replay that is not in the scope.
create function public.replay_name(p_replay_id bigint, p_scope text[]) returns text
language sql stable set search_path = '' as $$
  select 'wr_' || r.id from public.replays r where r.id = p_replay_id and public.all_in_scope(p_scope, r.organisations);
$$;
