-- How a person and a shop are recognised in what providers sent: by e-mail address and phone number, whatever their
-- spelling, and by the domain of the shop. Used by the privacy requests (265 to 275).

-- The Shopify shop that a request names, in lower case. A privacy request forgets by shop, not by the source that an
-- event came through.
create function public.shop_in_headers(p_headers jsonb) returns text
language sql immutable set search_path = '' as $$
  select lower(btrim(h ->> 1))
  from jsonb_array_elements(p_headers) h
  where lower(h ->> 0) in ('x-shopify-shop-domain', 'shopify-shop-domain') and btrim(h ->> 1) <> ''
  order by lower(h ->> 0)
  limit 1;
$$;

-- Bytes as text to search in: as UTF-8, or what is ASCII of them.
create function public.text_of_bytes(p_bytes bytea) returns text
language plpgsql immutable set search_path = '' as $$
begin
  return convert_from(p_bytes, 'UTF8');
exception when others then
  return encode(p_bytes, 'escape');
end
$$;

-- E-mail addresses and phone numbers are kept as hashes of the shop and the value, so that a request can be applied to
-- what comes late, and no list of addresses remains. lib/providers/shopify/people.ts makes the same ones.
create function public.contact_hash(p_shop text, p_kind text, p_value text) returns text
language sql immutable
return encode(sha256(convert_to(p_shop || ' ' || p_kind || ' ' || p_value, 'UTF8')), 'hex');

-- The hashes of one person. A phone number counts twice: as it is dialled from abroad, and without its country, as
-- people type it at home.
create function public.contacts_of(p_shop text, p_email text, p_phone text) returns text[]
language sql immutable set search_path = '' as $$
  select coalesce(array_agg(distinct public.contact_hash(p_shop, c.kind, c.value)), '{}')
  from (
    select regexp_replace(regexp_replace(coalesce(p_phone, ''), '\D', '', 'g'), '^00', '') as digits
  ) d
  cross join lateral (values
    ('email', lower(nullif(btrim(p_email), '') collate "C")),
    ('phone', case when length(d.digits) >= 7 then d.digits end),
    -- E.164: country codes have one digit, two or three, and none begins another.
    ('national', case
      when p_phone !~ '^\s*(\+|00)' then ltrim(d.digits, '0')
      when d.digits ~ '^[17]' then substr(d.digits, 2)
      when d.digits ~ '^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])' then substr(d.digits, 3)
      else substr(d.digits, 4)
    end)
  ) as c(kind, value)
  where c.value is not null and (c.kind <> 'national' or length(c.value) >= 9);
$$;

-- The same of everyone in a text, JSON or not.
create function public.contacts_in(p_shop text, p_text text) returns text[]
language sql immutable set search_path = '' as $$
  with words as (
    -- What JSON and URLs may write in other characters.
    select regexp_replace(
      replace(replace(replace(p_text, '\u0040', '@'), '%40', '@'), '\u002b', '+'), '\\[nrtbf]', ' ', 'g'
    ) as text
  ),
  addresses as (
    select w.word
    from words t
    cross join lateral regexp_split_to_table(t.text, '[\s"<>(),;:\\\[\]{}]+') as w(word)
    where strpos(t.text, '@') > 0 and w.word like '%_@_%'
  ),
  phones as (
    select m.match[1] as word, regexp_replace(m.match[1], '\D', '', 'g') as digits
    from words t
    cross join lateral regexp_matches(t.text, '([+(]{0,2}\d[\d ().\-/]{5,22}\d)', 'g') as m(match)
  )
  select coalesce(array_agg(distinct public.contact_hash(p_shop, c.kind, c.value)), '{}')
  from (
    select 'email' as kind, lower(btrim(a.part, '.''`*') collate "C") as value
    from (
      select word as part from addresses
      union all
      select p.part from addresses cross join lateral regexp_split_to_table(word, '[=&?|/]+') as p(part)
    ) a
    where a.part like '%_@_%'
    union all
    select 'phone', regexp_replace(p.digits, '^00', '') from phones p
    union all
    select 'national', ltrim(p.digits, '0') from phones p
    -- Without a country: as typed at home. A bare row of digits is more often an id or a time.
    where p.word !~ '^\(?\+' and p.digits !~ '^00' and length(ltrim(p.digits, '0')) >= 9
      and (p.digits ~ '^0' or p.word ~ '[ ().\-/]' or p.digits ~ '^[2-9]\d{9}$')
  ) c;
$$;

-- Whom a text is about, JSON or not: the customers and orders of Shopify that it names at any depth, and contacts_in.
create function public.people_in(p_shop text, p_text text) returns text[]
language sql immutable set search_path = '' as $$
  select coalesce(array_agg(distinct i.kind || ':' || i.id), '{}') || public.contacts_in(p_shop, p_text)
  from (
    select 'customer' as kind, coalesce(m.match[1], m.match[2]) as id
    from regexp_matches(
      p_text, '(?:"customer"\s*:\s*\{\s*"id"|"customer_?[iI]d")\s*:\s*"?(\d+)|Customer\\?/(\d+)', 'g'
    ) as m(match)
    union all
    select 'order', coalesce(m.match[1], m.match[2])
    from regexp_matches(
      p_text, '(?:"order"\s*:\s*\{\s*"id"|"order_?[iI]d")\s*:\s*"?(\d+)|Order\\?/(\d+)', 'g'
    ) as m(match)
  ) i;
$$;

-- Whom a privacy request is about, in the same words.
create function public.people_asked(p_customer_id text, p_order_ids jsonb, p_contact_hashes text[]) returns text[]
language sql immutable set search_path = '' as $$
  select coalesce(array_agg(x.name), '{}') || p_contact_hashes
  from (
    select 'customer:' || p_customer_id as name where p_customer_id is not null
    union all
    select 'order:' || o.id from jsonb_array_elements_text(p_order_ids) as o(id)
  ) x;
$$;

-- The time in a version: `2026-03-02T09:30:00.000000Z#00#key`, also after a rank of its own.
create function public.version_time(p_version text) returns text
language sql immutable
return substring(p_version from '\d{4}-\d\d-\d\dT[^#]*');
