-- What failures have in common: the name of a cause, which deliveries keep in a generated column.

-- A message without what differs from one delivery to the next: … for values in quotes, # for every word with a digit
-- (numbers, times, ids, uuids, hex). Names of columns and the like, which Postgres quotes too, are the cause: they
-- stay.
create function public.normalise_error(p_message text) returns text
language sql immutable set search_path = '' as $$
  select left(btrim(regexp_replace(
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            p_message, '(column|relation|table|constraint|index|type|function) "([^"]*)"', '\1 \2', 'g'
          ),
          -- An apostrophe within a word opens nothing.
          '(^|[^A-Za-z0-9])(''[^'']*''|"[^"]*"|“[^”]*”|`[^`]*`)', '\1…', 'g'
        ),
        '[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*|\m[a-fA-F]{8,}\M', '#', 'g'
      ),
      '#(?:[.:/,]#)+', '#', 'g'
    ),
    '\s+', ' ', 'g'
  )), 300);
$$;

-- The stable name of a cause: class, HTTP status and normalised message. The destination is not in it, so that the same
-- cause can be looked for elsewhere.
create function public.error_group_of(
  p_error_class public.error_class, p_http_status integer, p_message text
) returns text
language sql immutable set search_path = '' as $$
  select case when p_error_class is not null or p_message is not null then left(encode(sha256(convert_to(
    concat_ws(
      E'\n', coalesce(p_error_class::text, ''), coalesce(p_http_status::text, ''), public.normalise_error(p_message)
    ),
    'UTF8'
  )), 'hex'), 16) end;
$$;
