-- Subscriptions: which of their states is the newest, and what follows from them for the customer.
-- Stripe's times are whole seconds, and several states of one second come in any order. An update says what it changed
-- (`previous_attributes`), so each state of an update names the one before it: lib/providers/stripe/state.ts hashes
-- both, once over the whole object and once over our columns. The row keeps its newest states, and the newest of them
-- is found anew with each one that comes: the same states give the same row in any order.

-- What a state does to a row with this history, oldest first: the columns it should have, their versions, those that
-- receipt decided, and its history.
create function public.winning_state(p_history jsonb, p_state jsonb)
returns table (columns jsonb, versions jsonb, undecided jsonb, history jsonb)
language sql immutable set search_path = '' as $$
  select s.newest -> 'values',
    (select jsonb_object_agg(k, s.newest -> 'version') from jsonb_object_keys(s.newest -> 'values') k),
    case when s.newest ->> 'moment' = p_state ->> 'moment' then s.newest -> 'undecided' end,
    h.history
  from (
    select jsonb_agg(x.state order by x.state ->> 'moment' collate "C", x.state ->> 'received' collate "C") as history
    from (
      select y.state from (
        select o as state from jsonb_array_elements(p_history) o where o ->> 'version' <> p_state ->> 'version'
        union all
        select p_state
      ) y
      -- The oldest tell nothing any more.
      order by y.state ->> 'moment' collate "C" desc, y.state ->> 'received' collate "C" desc
      limit 12
    ) x
  ) h
  cross join lateral (select public.newest_state(h.history) as newest offset 0) s;
$$;

-- A change's state as the history keeps it. p_candidate: its values as the table prints them.
create function public.state_of_change(p_change jsonb, p_candidate jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
begin
  return p_change -> 'state' || jsonb_build_object(
    'version', p_change -> 'version', 'values', p_candidate,
    -- What the provider says about the order, and then receipt.
    'moment', coalesce(
      left(p_change ->> 'version', -1 - length(p_change #>> '{event,key}')), p_change ->> 'version'
    ),
    'received', coalesce(p_change #>> '{event,received}', p_change ->> 'version')
  );
end
$$;

-- The newest of these states: {version, values, undecided?}. Those of an earlier time or a lower rank come first. Of
-- the others, the last one of the chain that they make is the newest. Where there is no chain, the one received
-- last counts, and the columns in which they differ are undecided.
create function public.newest_state(p_history jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  v_newest jsonb;
  v_last jsonb;
  r record;
begin
  for r in
    select jsonb_agg(s order by s ->> 'received' collate "C") as states, count(distinct s -> 'values') as values
    from jsonb_array_elements(p_history) s
    group by s ->> 'moment'
    order by (s ->> 'moment') collate "C"
  loop
    v_last := r.states -> -1;
    if r.values > 1 then
      v_last := coalesce(
        public.end_of_chain(r.states, v_newest, 0), public.end_of_chain(r.states, v_newest, 1),
        -- A round trip from a state that is not known, or states that nothing connects.
        public.likelier_end(r.states) || jsonb_build_object('undecided', (
          select jsonb_agg(k order by k) from jsonb_object_keys(v_last -> 'values') k
          where (select count(distinct s -> 'values' -> k) from jsonb_array_elements(r.states) s) > 1
        ))
      );
    end if;
    v_newest := v_last;
  end loop;
  return v_newest - '{before,after}'::text[];
end
$$;

-- The state at the end of a chain in which each state follows the one that it names: what more states lead to than
-- from. Where all lead in a circle, the end is where it began: the state of the moment before. Null: there is no one
-- chain. p_level: which hashes, 0 of the whole object, 1 of our columns.
create function public.end_of_chain(p_states jsonb, p_before jsonb, p_level integer) returns jsonb
language sql immutable set search_path = '' as $$
  with steps as (
    select s.state, s.n, s.state #>> array['before', p_level::text] as before,
      s.state #>> array['after', p_level::text] as after
    from jsonb_array_elements(p_states) with ordinality s(state, n)
  ),
  balance as (
    select x.hash, sum(x.step) as surplus
    from (
      select before as hash, -1 as step from steps where before is not null
      union all
      select coalesce(after, 'state ' || n), 1 from steps
    ) x
    group by x.hash
  ),
  ends as (
    select hash from balance where surplus > 0
    union all
    select p_before #>> array['after', p_level::text] where not exists (select from balance where surplus > 0)
  )
  select s.state from steps s
  where coalesce(s.after, 'state ' || s.n) = (select min(e.hash) from ends e having count(*) = 1)
  order by s.n desc
  limit 1;
$$;

-- Without a known beginning: a circle ends where it began, which is more likely a state that lasts (active) than one
-- that does not (past_due). Anything else: what was received last.
create function public.likelier_end(p_states jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select s.state
  from jsonb_array_elements(p_states) with ordinality s(state, n)
  order by case when (
    select bool_and(coalesce(x #>> '{before,1}' = any (array(
      select y #>> '{after,1}' from jsonb_array_elements(p_states) y
    )), false))
    from jsonb_array_elements(p_states) x
  ) then public.subscription_rank(s.state #>> '{values,status}') end, s.n desc
  limit 1;
$$;

-- Which subscription of a customer counts: the lowest.
create function public.subscription_rank(p_status text) returns integer
language sql immutable set search_path = '' as $$
  select coalesce(array_position(array[
    'active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'paused', 'canceled', 'incomplete_expired'
  ], p_status), 99);
$$;

-- What `businesses` should say of the subscription that counts; null for a customer without one.
create function public.subscription_of_customer(p_customer text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'stripe_subscription_id', s.subscription_id, 'subscription_status', s.status, 'subscription_plan', s.plan,
    'subscription_start_date', s.started_at, 'subscription_ended_at', s.ended_at
  )
  from public.subscriptions s
  where s.stripe_customer_id = p_customer
  order by public.subscription_rank(s.status), s.started_at desc nulls last, s.subscription_id collate "C" desc
  limit 1;
$$;

-- The columns of `businesses` about the subscription follow the one that counts, of those with the same status the
-- newest: an old one that ends, or a second checkout that is abandoned, does not touch a customer who pays.
-- Answers the change, as apply_changes does; null for a customer without a subscription.
create function public.derive_business(p_customer text) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_old jsonb;
  v_new jsonb := public.subscription_of_customer(p_customer);
begin
  if v_new is null then
    return null;
  end if;

  select to_jsonb(b) into v_old from public.businesses b where b.stripe_customer_id = p_customer for update;
  if v_old is null or not v_old @> v_new then
    insert into public.businesses as b (
      stripe_customer_id, stripe_subscription_id, subscription_status, subscription_plan, subscription_start_date,
      subscription_ended_at
    )
    select p_customer, r.stripe_subscription_id, r.subscription_status, r.subscription_plan, r.subscription_start_date,
      r.subscription_ended_at
    from jsonb_populate_record(null::public.businesses, v_new) r
    on conflict (stripe_customer_id) do update set
      stripe_subscription_id = excluded.stripe_subscription_id,
      subscription_status = excluded.subscription_status,
      subscription_plan = excluded.subscription_plan,
      subscription_start_date = excluded.subscription_start_date,
      subscription_ended_at = excluded.subscription_ended_at,
      updated_at = public.now_();
  end if;

  return jsonb_build_object(
    'table', 'businesses', 'key', jsonb_build_object('stripe_customer_id', p_customer),
    'effect', case when v_old is null then 'created' when v_old @> v_new then 'unchanged' else 'updated' end,
    'before', case when v_old is not null then public.members_of(v_old, v_new) end, 'after', v_new
  );
end
$$;
