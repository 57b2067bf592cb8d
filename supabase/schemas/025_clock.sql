-- The clock. Everything here asks it and never Postgres itself, so that a test can let hours pass in a moment: it
-- replaces clock_shift(), which only the owner of the schema may (tests/support/clock.ts). All three have bodies that
-- are parsed when they are created, so they are inlined and cost nothing.

-- How far this clock is ahead of Postgres' own: not at all. Not immutable, or plans would keep its answer when it is
-- replaced.
create function public.clock_shift() returns interval
language sql stable parallel safe
return interval '0';

-- When this transaction began: the same for all that it writes.
create function public.now_() returns timestamptz
language sql stable parallel safe
return now() + public.clock_shift();

-- This moment: for what may have waited since the transaction began, such as a lease.
create function public.clock_() returns timestamptz
language sql volatile parallel safe
return clock_timestamp() + public.clock_shift();
