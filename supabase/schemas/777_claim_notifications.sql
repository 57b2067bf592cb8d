-- How notifications are sent: leased to one sender at a time, in groups, tried again with a backoff. A sender that is
-- killed costs a lease's time, and perhaps a message that is sent twice: `webhook-id`, Message-ID and dedup_key are the
-- same then. Called by lib/notifications/run.ts.

-- Leases what is due: one entry per message, of at most 50 alerts, as message_json makes it. At most one per recipient.
create function public.claim_notifications(p_limit integer, p_lease_seconds integer) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_messages jsonb;
begin
  if not exists (
    select from public.notifications n where n.status = 'pending' and n.due_at <= public.clock_()
  ) then
    return '[]';
  end if;
  -- One claim after the other: two at once would each take a part of a group.
  perform pg_advisory_xact_lock(hashtextextended('claim_notifications', 1));
  perform public.skip_notifications();

  with due as (
    select n.*, public.sent_message_of(n) as updates
    from public.notifications n
    where n.status = 'pending' and n.due_at <= public.clock_() and coalesce(n.lease_until <= public.clock_(), true)
      -- In the order of what happened: the end is not told before the beginning.
      and not exists (
        select from public.notifications o
        where o.alert_id = n.alert_id and o.status = 'pending' and o.id < n.id
          and o.channel_id is not distinct from n.channel_id and o.staff_id is not distinct from n.staff_id
      )
      -- One message at a time per channel, so that one that hangs does not hold up the others.
      and not exists (
        select from public.notifications o
        where o.channel_id = n.channel_id and o.status = 'pending' and o.kind <> 'test'
          and o.lease_until > public.clock_()
      )
  ),
  placed as (
    select d.id, d.updates, d.channel_id, d.staff_id, row_number() over (w order by d.id) as place,
      min(d.due_at) over w as first_due, min(d.id) over w as first_id
    from due d
    window w as (partition by d.channel_id, d.staff_id, d.kind, d.group_key, d.updates)
  ),
  turns as (
    select p.*, dense_rank() over (partition by p.channel_id, p.staff_id order by p.first_due, p.first_id) as turn
    from placed p where p.place <= 50
  ),
  grouped as (
    select t.id, t.updates, dense_rank() over (order by t.first_due, t.first_id) as message
    from turns t where t.turn = 1
  ),
  claimed as (
    update public.notifications n set
      attempts = n.attempts + 1, fence = n.fence + 1,
      lease_until = public.clock_() + make_interval(secs => p_lease_seconds)
    from grouped g
    where n.id = g.id and g.message <= p_limit
    returning g.message, g.updates, n.id, n.fence
  )
  select coalesce(jsonb_agg(jsonb_build_object('updates', m.updates, 'notifications', m.notifications)), '[]')
  into v_messages
  from (
    select c.message, c.updates, jsonb_agg(jsonb_build_object('id', c.id, 'fence', c.fence) order by c.id)
      as notifications
    from claimed c group by c.message, c.updates order by c.message
  ) m;
  -- In a statement of its own, which sees what was claimed.
  return (
    select coalesce(jsonb_agg(public.message_json(m) order by n), '[]')
    from jsonb_array_elements(v_messages) with ordinality as x(m, n)
  );
end
$$;

-- What has become idle: its recipient is gone, or what it tells is over.
create function public.skip_notifications() returns void
language sql volatile set search_path = '' as $$
  with idle as (
    select n.id, case
      when c.archived_at is not null then 'The channel was deleted.'
      when not c.enabled then 'The channel is off.'
      when u.disabled_at is not null then 'The person is disabled.'
      when a.resolved_at is not null then public.healed_text()
      when a.acknowledged_at is not null then 'It was acknowledged before it was sent again.'
    end as outcome
    from public.notifications n
    left join public.channels c on c.id = n.channel_id
    left join public.staff_users u on u.id = n.staff_id
    left join public.alerts a on a.id = n.alert_id and (
      n.kind in ('fired', 'acknowledged') and a.resolved_at is not null or n.kind = 'repeated'
    )
    where n.status = 'pending' and n.due_at <= public.clock_() and coalesce(n.lease_until <= public.clock_(), true)
    for update of n skip locked
  )
  update public.notifications n set
    status = 'skipped', outcome = i.outcome, ended_at = public.now_(), lease_until = null
  from idle i
  where n.id = i.id and i.outcome is not null;
$$;

-- The channel's own id of the message that told of the alert, where that message can be updated.
create function public.sent_message_of(n public.notifications) returns text
language sql stable set search_path = '' as $$
  select f.remote_id
  from public.notifications f
  where (n).kind in ('resolved', 'acknowledged') and f.alert_id = (n).alert_id and f.kind in ('fired', 'repeated')
    and f.channel_id = (n).channel_id and f.status = 'sent' and f.remote_id is not null
  order by f.id desc
  limit 1;
$$;

-- How a message went. p_result: {status: sent, retry, failed or skipped, outcome, remote_id, retry_after_ms}. `failed`
-- is a refusal that another try would not change. Answers whether the sender still had all of it.
create function public.note_notifications(p_notifications jsonb, p_result jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  v_status text := p_result ->> 'status';
  v_noted bigint;
  v_channel bigint;
begin
  with noted as (
    update public.notifications n set
      status = case
        when v_status <> 'retry' then v_status::public.notification_status
        when n.attempts < 5 then 'pending' else 'failed'
      end,
      due_at = case when v_status = 'retry' then public.clock_() + greatest(
        public.notification_pause(n.attempts), (p_result ->> 'retry_after_ms')::bigint * interval '1 millisecond'
      ) else n.due_at end,
      ended_at = case when v_status <> 'retry' or n.attempts >= 5 then public.now_() end,
      lease_until = null, outcome = left(p_result ->> 'outcome', 500),
      remote_id = coalesce(left(p_result ->> 'remote_id', 200), n.remote_id)
    from jsonb_to_recordset(p_notifications) as g(id bigint, fence bigint)
    where n.id = g.id and n.fence = g.fence and n.status = 'pending'
    returning n.channel_id
  )
  select count(*), max(x.channel_id) into v_noted, v_channel from noted x;
  if v_channel is not null then
    perform public.note_channel(v_channel, v_status, p_result ->> 'outcome');
  end if;
  return v_noted = jsonb_array_length(p_notifications);
end
$$;

-- Before the next try: 30 s, 2 min, 10 min, 1 h.
create function public.notification_pause(p_attempts integer) returns interval
language sql immutable set search_path = ''
return (array['30 seconds', '2 minutes', '10 minutes', '1 hour']::interval[])[least(greatest(p_attempts, 1), 4)];

-- How a channel does. A refusal for good counts as two failures: there will be no second try that fails.
create function public.note_channel(p_id bigint, p_status text, p_outcome text) returns void
language sql volatile set search_path = '' as $$
  update public.channels c set
    last_sent_at = case when p_status = 'sent' then public.now_() else c.last_sent_at end,
    last_failed_at = case when p_status in ('retry', 'failed') then public.now_() else c.last_failed_at end,
    failures = case p_status
      when 'sent' then 0
      when 'retry' then c.failures + 1
      when 'failed' then greatest(c.failures + 1, 2)
      else c.failures
    end,
    problem = case
      when p_status = 'sent' then null
      when p_status in ('retry', 'failed') then left(p_outcome, 500)
      else c.problem
    end
  where c.id = p_id;
$$;
