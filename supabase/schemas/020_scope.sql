-- Whose events a user may see and change. Staff and API tokens are scoped: to some organisations (text[]), or to all
-- (null). Every function that a page or the API calls takes the scope as p_scope, without a default, so that a call
-- which forgets it fails. tests/pipeline/scope.test.ts holds all of them to that.
-- What has no organisation belongs to those who are scoped to all, and so does what several organisations share.

-- The rule, about one organisation (null: none). Never null, so that `not in_scope(…)` means what it says.
-- Its body is parsed when it is created, so it needs no search_path, and can be inlined into the statement that asks.
create function public.in_scope(p_scope text[], p_organisation text) returns boolean
language sql immutable
return p_scope is null or p_organisation is not null and p_organisation = any (p_scope);

-- The same rule about something of several organisations, all of which have to be inside (null: not only of
-- organisations).
create function public.all_in_scope(p_scope text[], p_organisations text[]) returns boolean
language sql immutable
return p_scope is null or coalesce(p_organisations <@ p_scope, false);

-- The same rule as a condition over a column, for statements that are put together as text: so the indexes of one
-- organisation answer it.
create function public.scope_condition(p_scope text[], p_column text) returns text
language sql immutable set search_path = '' as $$
  select case
    when p_scope is null then 'true'
    when cardinality(p_scope) = 1 then format('%s = %L', p_column, p_scope[1])
    else format('%s = any (%L::text[])', p_column, p_scope)
  end;
$$;

-- What both have: no user gives, and no token has, more than its maker. Null is all organisations; an empty list is
-- nothing.
create function public.common_scope(p_one text[], p_other text[]) returns text[]
language sql immutable set search_path = '' as $$
  select case
    when p_one is null then p_other
    when p_other is null then p_one
    else array(select o from unnest(p_one) o where o = any (p_other) order by o)
  end;
$$;

-- Which lists may be stored: all (null), or some organisations with a name, each once.
create function public.valid_scope(p_scope text[]) returns boolean
language sql immutable set search_path = '' as $$
  select p_scope is null or cardinality(p_scope) between 1 and 200
    and not exists (select from unnest(p_scope) o where o is null or char_length(o) not between 1 and 255)
    and cardinality(p_scope) = (select count(distinct o) from unnest(p_scope) o);
$$;
