-- The schedule of a source as people change it. Called by lib/commands/watch-settings.ts.

-- Changes what p_change names: {enabled, every_seconds, window_seconds, daily_window_seconds, back_fills}. Makes the
-- watch where there is none. A watch that is switched on runs soon. Null when the caller may see no such source.
create function public.set_watch(
  p_provider text, p_source_id bigint, p_change jsonb, p_scope text[], p_actor text, p_actor_id text,
  p_request_id text
) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  w public.watches;
begin
  if not public.may_see_source(p_provider, p_source_id, p_scope) then
    return null;
  end if;
  insert into public.watches (provider, source_id) values (p_provider, p_source_id)
  on conflict on constraint watches_one_per_source do nothing;
  update public.watches x set
    enabled = coalesce((p_change ->> 'enabled')::boolean, x.enabled),
    every_seconds = coalesce((p_change ->> 'every_seconds')::integer, x.every_seconds),
    window_seconds = coalesce((p_change ->> 'window_seconds')::integer, x.window_seconds),
    daily_window_seconds = coalesce((p_change ->> 'daily_window_seconds')::integer, x.daily_window_seconds),
    back_fills = coalesce((p_change ->> 'back_fills')::boolean, x.back_fills),
    next_run_at = case
      when p_change ->> 'enabled' = 'true' and not x.enabled then public.now_()
      -- A shorter interval begins to count now, not after the longer one.
      when p_change ? 'every_seconds' then
        least(x.next_run_at, public.now_() + make_interval(secs => (p_change ->> 'every_seconds')::integer))
      else x.next_run_at
    end,
    updated_at = public.now_()
  where x.provider = p_provider and x.source_id is not distinct from p_source_id
  returning * into w;
  perform public.record_staff_action(
    'watch.update', public.source_subject(p_provider, p_source_id),
    jsonb_build_object('provider', p_provider) || p_change, p_actor, p_actor_id, p_request_id
  );
  return public.watch_json(w);
end
$$;

create function public.watch_json(w public.watches) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'enabled', (w).enabled, 'every_seconds', (w).every_seconds, 'window_seconds', (w).window_seconds,
    'daily_window_seconds', (w).daily_window_seconds, 'back_fills', (w).back_fills,
    'next_run_at', public.iso((w).next_run_at), 'next_daily_run_at', public.iso((w).next_daily_run_at),
    'covered_until', public.iso((w).covered_until)
  );
$$;
