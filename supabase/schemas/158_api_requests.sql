-- What was asked of providers' APIs, and how fast each account may be asked.

-- Every request that a run made: the evidence that it asked.
create table public.api_requests (
  id bigint generated always as identity primary key,
  reconciliation_id bigint references public.reconciliations (id) on delete cascade,
  window_id bigint references public.reconciliation_windows (id) on delete cascade,
  provider text not null,
  method text not null,
  -- Without secrets.
  url text not null,
  -- Null when no answer came.
  status_code integer,
  -- The provider's own id of it, for its support.
  provider_request_id text,
  -- How many events or objects the answer had.
  entries integer,
  problem text check (char_length(problem) <= 500),
  milliseconds integer not null,
  asked_at timestamptz not null default public.now_()
);

create index api_requests_of_run on public.api_requests (reconciliation_id, id);
create index api_requests_of_window on public.api_requests (window_id) where window_id is not null;
create index api_requests_by_age on public.api_requests (asked_at);

alter table public.api_requests enable row level security;

-- One budget per account of a provider, over all processes.
create table public.api_budgets (
  -- A hash of the provider and the key.
  account text primary key check (length(account) <= 64),
  -- When the next request may be sent.
  next_at timestamptz not null,
  updated_at timestamptz not null default public.now_()
) with (fillfactor = 50);

alter table public.api_budgets enable row level security;
