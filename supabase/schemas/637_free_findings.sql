-- Which findings a back-fill may take. Called by 635_back_fill.sql and the reads of findings.

-- Whether nothing is being done about a finding: it is open, or in a draft of a back-fill, which may never be started.
create function public.is_free(f public.findings) returns boolean
language sql stable set search_path = '' as $$
  select f.state = 'open' or f.state = 'back_filling' and exists (
    select from public.replays r where r.id = f.replay_id and r.status = 'draft'
  );
$$;

-- What a draft of a back-fill has is still open: the draft may never be started.
create function public.shown_state(f public.findings) returns public.finding_state
language sql stable set search_path = '' as $$
  select case when public.is_free(f) then 'open' else (f).state end;
$$;

-- The replay of a back-fill. A draft is not named: opening the sheet in the console makes one.
create function public.started_replay(p_replay_id bigint, p_scope text[]) returns text
language sql stable set search_path = '' as $$
  select public.replay_name(r.id, p_scope) from public.replays r where r.id = p_replay_id and r.status <> 'draft';
$$;
