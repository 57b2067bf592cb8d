-- The contents of this book. Chapters are the hundreds:
-- 0 ground      roles, closed lists, scope, text: what knows no table
-- 1 tables      every table with its whole shape, and no other statement
-- 2 rules       what several chapters decide by: routing, capacity, health, filters, audit, privacy
-- 3 journey     accept, claim, record, and what holds deliveries back
-- 4 replay      selecting, starting, feeding, stopping
-- 5 people      the verbs of people and tokens: destinations, sources, staff, resolving
-- 6 reconciliation  asking providers what should exist, and bringing it back
-- 7 incidents    an outage, what it affected, and its recovery until nothing is missing; from 750 on alerts, and who
--              is told of them
-- 8 reads       what pages and APIs ask; 88x is free for the views of the runbooks
-- 9 closing     what is said about all functions and tables at once; 91x is free for partitions
-- A file uses its own chapter and the ones before it. Within a chapter, callers come before what they call, so bodies
-- are not checked as they are created. supabase/book.ts holds the rules, and `npm run check:generated` runs it.

set check_function_bodies = off;
