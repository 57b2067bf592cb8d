-- What signs requests: given a successor by people.

-- Gives it a new secret. The ones before it sign too for p_overlap_hours, at most four of them.
-- Answers {result}: 'done' with the destination, 'not_found' or 'not_managed'.
create function public.rotate_destination_secret(
  p_id bigint, p_secret jsonb, p_overlap_hours numeric, p_scope text[], p_actor text, p_actor_id text, p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_new public.destinations;
begin
  update public.destinations d set
    secrets = public.add_secret(d.secrets, p_secret, public.now_() + make_interval(secs => p_overlap_hours * 3600)),
    updated_at = public.clock_()
  where d.id = p_id and d.archived_at is null and d.managed and public.in_scope(p_scope, d.organisation_id)
  returning d.* into v_new;
  if not found then
    return public.why_not_changed(p_id, p_scope);
  end if;

  perform public.note_destination(
    p_id, 'rotate_secret', p_actor, p_actor_id, p_request_id, jsonb_build_object('overlap_hours', p_overlap_hours)
  );
  return jsonb_build_object('result', 'done', 'destination', public.destination_json(v_new));
end
$$;

-- A destination's secrets with a new one before them. Those before it end at p_until, or when they would have; with the
-- new one, five are kept, so that rotating in anger grows neither the row nor the signature header.
create function public.add_secret(p_secrets jsonb, p_secret jsonb, p_until timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_array(p_secret || jsonb_build_object('created_at', public.iso(public.now_()), 'expires_at', null))
    || coalesce((
      select jsonb_agg(k.secret || jsonb_build_object('expires_at', public.iso(k.expires_at)) order by k.n)
      from (
        select s.secret, s.n, least((s.secret ->> 'expires_at')::timestamptz, p_until) as expires_at
        from jsonb_array_elements(p_secrets) with ordinality as s(secret, n)
        order by s.n
        limit 4
      ) k
      where k.expires_at > public.now_()
    ), '[]');
$$;
