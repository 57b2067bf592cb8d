-- Tests of endpoints: each is an action of somebody, and there may be only so many in a minute.
-- Called by lib/destinations/test-limit.ts.

-- Writes the test down and answers true; false when the actor has made as many in the last minute. Two requests at once
-- are counted one after the other.
create function public.note_endpoint_test(
  p_actor text, p_actor_id text, p_subject text, p_details jsonb, p_request_id text, p_most_per_minute integer
) returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('endpoint tests of ' || p_actor_id, 1));
  if (
    select count(*) from public.staff_actions a
    where a.acted_at > now() - interval '1 minute' and a.actor_id = p_actor_id and a.action = 'endpoint.test'
  ) >= p_most_per_minute then
    return false;
  end if;
  insert into public.staff_actions (actor, actor_id, action, subject, details, request_id)
  values (p_actor, p_actor_id, 'endpoint.test', left(p_subject, 300), p_details, p_request_id);
  return true;
end
$$;
