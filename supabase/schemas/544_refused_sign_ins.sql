-- The audit log's lines of sign-ins that were refused, bounded for each account and each address.

-- Writes a refused sign-in into the log: once an hour for an account and address, and 20 times an hour for each account
-- and each address, so that no flood hides what happens to others. All accounts that do not exist are one. What is left
-- out is counted, and the log says so after the first, the tenth, the hundredth and so on. What was typed is written
-- for accounts that exist only: people type passwords into the wrong field. The address of a caller who is not invited
-- was not typed: the identity provider vouches for it, and who invites people must know it.
create function public.record_refused_sign_in(
  p_email text, p_address text, p_reason text, p_request_id text
) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_subject text := coalesce(
    (select u.email from public.staff_users u where u.email = lower(p_email)),
    case when p_reason = 'not_invited' then left(lower(p_email), 320) end,
    'an unknown account'
  );
  v_details jsonb := jsonb_build_object('reason', p_reason, 'address', left(p_address, 64));
  v_of_account integer;
  v_of_address integer;
begin
  if exists (
    select from public.staff_actions a
    where a.subject = v_subject and a.acted_at > public.now_() - interval '1 hour' and a.action = 'sign_in.refuse'
      and a.details = v_details
  ) then
    return;
  end if;
  v_of_account := public.count_refused_sign_in('account', v_subject);
  v_of_address := public.count_refused_sign_in('address', public.network_of(p_address));
  if v_of_account > 20 then
    v_details := jsonb_build_object('reason', 'more', 'left_out', v_of_account - 20);
  elsif v_of_address > 20 then
    v_subject := 'several accounts';
    v_details := jsonb_build_object('reason', 'more', 'address', left(p_address, 64), 'left_out', v_of_address - 20);
  end if;
  if coalesce(v_details ->> 'left_out', '1') ~ '^10*$' then
    perform public.record_staff_action(
      'sign_in.refuse', v_subject, v_details, 'An unknown caller', 'sign-in', p_request_id
    );
  end if;
end
$$;

-- Counts one more refused sign-in of this hour: how many that makes. Old counts go.
create function public.count_refused_sign_in(p_kind text, p_subject text) returns integer
language sql volatile set search_path = '' as $$
  delete from public.sign_in_refusals r
  where (r.kind, r.subject, r.hour) in (
    select o.kind, o.subject, o.hour from public.sign_in_refusals o where o.hour < public.now_() - interval '2 hours'
    order by o.hour limit 100 for update skip locked
  );
  insert into public.sign_in_refusals as r (kind, subject, hour, refused)
  values (p_kind, left(p_subject, 320), date_trunc('hour', public.now_()), 1)
  on conflict on constraint sign_in_refusals_pkey do update set refused = r.refused + 1
  returning r.refused;
$$;
