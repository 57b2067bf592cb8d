-- How values are written and read as text.

-- A parsed body, so that it is inlined.
create function public.iso(p_at timestamptz) returns text
language sql stable
return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

create function public.text_array(p_list jsonb) returns text[]
language sql immutable set search_path = '' as $$
  select array_agg(x) from jsonb_array_elements_text(p_list) x;
$$;

-- The number of an id such as we_12, or 12 alone; null when it is none.
create function public.number_in(p_text text, p_prefix text) returns bigint
language sql immutable set search_path = '' as $$
  select case when p_text ~ ('^(' || p_prefix || ')?\d{1,18}$') then substring(p_text from '\d+$')::bigint end;
$$;

-- A URL as it may be shown: user, password and query values are hidden.
create function public.mask_url(p_url text) returns text
language sql immutable set search_path = '' as $$
  select regexp_replace(
    regexp_replace(p_url, '^([a-z]+://)[^/?#]*@', '\1••••@'), '([?&])([^=&#]*=)?[^&#]+', '\1\2••••', 'g'
  );
$$;

-- Whether one of these types of events is a family, like `invoice.*`.
create function public.has_families(p_event_types text[]) returns boolean
language plpgsql immutable set search_path = '' as $$
begin
  return exists (select from unnest(p_event_types) t(type) where right(t.type, 2) = '.*');
end
$$;
