-- That evidence of an incident was taken. Called by lib/commands/evidence.ts.

-- Writes it into the incident's log, before the first byte is sent. Answers false when the caller may see no such
-- incident.
create function public.note_evidence(
  p_id bigint, p_details jsonb, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns boolean
language sql volatile set search_path = '' as $$
  select public.write_incident_log(
    i.id, 'evidence', format(
      'Downloaded the evidence, %s payloads.',
      case when (p_details ->> 'payloads')::boolean then 'with' else 'without' end
    ), p_details, p_actor, p_actor_id, p_request_id
  )
  from public.incidents i
  where i.id = p_id and public.all_in_scope(p_scope, i.organisations);
  select exists (
    select from public.incidents i where i.id = p_id and public.all_in_scope(p_scope, i.organisations)
  );
$$;
