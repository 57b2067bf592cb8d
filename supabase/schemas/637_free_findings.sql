-- Which findings a back-fill may take. Called by 635_back_fill.sql and the reads of findings.

-- Whether nothing is being done about a finding: it is open, or in a draft of a back-fill, which may never be started.
create function public.is_free(f public.findings) returns boolean
language sql stable set search_path = '' as $$
  select f.state = 'open' or f.state = 'back_filling' and exists (
    select from public.replays r where r.id = f.replay_id and r.status = 'draft'
  );
$$;
