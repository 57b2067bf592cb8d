/** The rule of 020_scope.sql, and that every SQL function which a page or the API calls applies it. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApiToken } from "@/lib/commands/api-tokens";
import { inviteStaff } from "@/lib/commands/staff";
import { type Desk, openDesk } from "../support/desk";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** What is called without a scope, and why it neither shows nor changes anything of another organisation. */
const WITHOUT_SCOPE: Record<string, string> = {
  accept_events: "stores what a provider or a publisher sent; a publisher's organisations are checked before",
  accept_invitation: "the link itself is the proof",
  advance_replays: "the worker's own loop",
  maintain_destinations: "the worker's own loop",
  claim_deliveries: "the worker's own loop",
  configure_destinations: "the configuration, when Redrive starts",
  advance_reconciliations: "the worker's own loop",
  claim_windows: "the worker's own loop",
  due_watches: "the worker's own loop",
  fail_window: "the worker's own loop",
  heal_findings: "the worker's own loop",
  hold_api_account: "how fast a provider is asked; answers nobody",
  list_own_objects: "the worker's own loop, of a run that was asked for within the scope",
  match_entries: "the worker's own loop, of a run that was asked for within the scope",
  note_api_requests: "writes what a run asked of a provider",
  finish_back_fill: "the worker's own loop",
  note_configuration: "the worker's own loop",
  record_page: "the worker's own loop",
  release_windows: "the worker's own loop",
  renew_window: "the worker's own loop",
  settle_findings: "the worker's own loop",
  forget_reconciliation: "the worker's own loop",
  note_resend: "the worker's own loop",
  take_runs_to_resend: "the worker's own loop",
  split_window: "the worker's own loop",
  take_api_turn: "how fast a provider is asked; answers nobody",
  take_runs_to_back_fill: "the worker's own loop",
  learn_arrivals: "the worker's own loop",
  take_silences_to_ask: "the worker's own loop",
  note_silences_asked: "the worker's own loop",
  open_silence_incidents: "the worker's own loop",
  add_first_rules: "when Redrive starts",
  oldest_due_seconds: "not called by name: a field of answers has its name",
  evaluate_alerts: "the worker's own loop",
  note_heartbeat: "the worker's own loop",
  end_heartbeat: "the worker's own loop",
  claim_incidents: "the worker's own loop, of an incident that was opened within the scope",
  renew_incident: "the worker's own loop, of an incident that was opened within the scope",
  release_incident: "the worker's own loop, of an incident that was opened within the scope",
  note_incident_step: "the worker's own loop, of an incident that was opened within the scope",
  begin_incident_round: "the worker's own loop, of an incident that was opened within the scope",
  incident_sources: "the worker's own loop, of an incident that was opened within the scope",
  read_incident_runs: "the worker's own loop, of an incident that was opened within the scope",
  add_incident_findings: "the worker's own loop, of an incident that was opened within the scope",
  find_incident_causes: "the worker's own loop, of an incident that was opened within the scope",
  incident_findings_to_store: "the worker's own loop, of an incident that was opened within the scope",
  link_incident_events: "the worker's own loop, of an incident that was opened within the scope",
  pick_incident_events: "the worker's own loop, of an incident that was opened within the scope",
  note_incident_stage: "the worker's own loop, of an incident that was opened within the scope",
  read_incident_stage: "the worker's own loop, of an incident that was opened within the scope",
  read_incident_progress: "the worker's own loop, of an incident that was opened within the scope",
  settle_incident_items: "the worker's own loop, of an incident that was opened within the scope",
  verify_incident_items: "the worker's own loop, of an incident that was opened within the scope",
  end_incident_verification: "the worker's own loop, of an incident that was opened within the scope",
  start_incident_run: "the worker's own loop; the run is made within the scope of who opened the incident",
  claim_notifications: "the worker's own loop, of what was written for those who may see it",
  note_notifications: "the worker's own loop, of what was written for those who may see it",
  due_reports: "the worker's own loop; what a person's report says, is read within the person's scope",
  write_report: "the worker's own loop; what a person's report says, is read within the person's scope",
  forget_notifications: "the worker's own loop",
  ensure_body_partitions: "the worker's own loop",
  take_retention_turn: "the worker's own loop",
  end_retention_turn: "the worker's own loop",
  find_forgettable_bodies: "the worker's own loop",
  drop_bodies: "the worker's own loop",
  list_forgettable: "the worker's own loop, which exports what it deletes to the operator's own disk",
  read_forgettable: "the worker's own loop, which exports what it deletes to the operator's own disk",
  forget_rows: "the worker's own loop",
  body_forgotten: "not called by name: a field of answers has its name",
  read_retention_health: "how the worker's loop goes; names no event",
  next_channel_id: "a number",
  get_notification_preferences: "a person's own preferences",
  change_notification_preferences: "a person's own preferences",
  create_event_view: "a person's own views: names and filters, no events",
  create_first_admin: "when Redrive starts",
  delete_event_view: "a person's own views",
  expire_leases: "the worker's own loop",
  find_invitation: "the link itself is the proof",
  record_senders: "counts the requests of networks, before anyone is known",
  take_allowance: "counts the events of a source that is found already",
  find_sealed_destination: "tries the encryption key when Redrive starts; answers nobody",
  find_staff: "sign-in: who it is, is not known yet",
  get_staff: "reads the very scope of who asks",
  in_flight: "a word of the server's own; SQL alone calls it",
  list_applied_migrations: "which migrations were applied",
  list_event_views: "a person's own views",
  list_source_tokens: "how the webhook endpoints know their sources; answers nobody",
  move_metric_totals: "sums counts of all organisations; answers nothing of them",
  next_due: "the worker's own loop",
  note_endpoint_test: "writes that somebody tested an address, counted by who did; read_sealed came before",
  probe_write: "whether the database takes writes",
  preview_changes: "applies the changes of items that were read within the scope, and rolls them back",
  read_api_credentials: "the keys for the server's own requests; whose source it is, was checked before",
  read_clock: "the database's clock",
  read_condition: "how Redrive as a whole works: the route is for those who see all organisations",
  read_metrics: "counts of all organisations: the route is for those who see all",
  read_signs_of_life: "how Redrive as a whole works: the route is for those who see all organisations",
  read_health: "of destinations that were read within the scope",
  record_attempts: "the worker's own loop",
  record_download: "writes the log, after the bytes were read within the scope",
  record_rejections: "writes what the webhook endpoints refused",
  book_guess: "sign-in: who it is, is not known yet",
  forget_guess: "sign-in: who it is, is not known yet",
  record_refused_sign_in: "sign-in: who it is, is not known yet",
  open_invitation: "the link itself is the proof",
  start_session: "sign-in: the person was just proved",
  use_session: "reads the very scope of who asks",
  sign_out: "the session itself is the proof",
  list_sessions: "a person's own sessions",
  end_session: "a person's own sessions",
  record_signed_token: "the command line",
  record_staff_action: "writes the log; whose row it is, is found from its subject",
  release_leases: "the worker's own loop",
  renew_lease: "the worker's own loop",
  run_expensive: "calls another function of this list with its own arguments, the scope among them",
  set_staff_password: "the command line",
  use_api_token: "reads the very scope of who asks",
};

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

/** The SQL functions that the server calls by name. */
function calledFunctions(): string[] {
  const files = ["lib", "app", "server.ts"].flatMap((top) =>
    top.endsWith(".ts")
      ? [top]
      : readdirSync(path.join(ROOT, top), { recursive: true, encoding: "utf8" }).map((file) => path.join(top, file)),
  );
  const sources = files
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith("database.types.ts"))
    .map((file) => readFileSync(path.join(ROOT, file), "utf8"));
  // Every string literal in a file that calls the database: a name that is chosen by a condition counts, too.
  const words = sources
    .filter((text) => /\bcall\b/.test(text))
    .flatMap((text) => text.match(/[a-z]+(?:_[a-z]+)+/g) ?? []);
  // `${action}_destination`
  return [...new Set([...words, ...["pause", "resume", "enable", "disable"].map((action) => `${action}_destination`)])];
}

test("Every SQL function that pages and the API call takes the scope of who asks, and none has a default for it [S24]", async () => {
  const functions = await desk.sql<{ name: string; scoped: boolean; optional: boolean }[]>`
    select p.proname as name, 'p_scope' = any (coalesce(p.proargnames, '{}')) as scoped,
      coalesce(array_position(p.proargnames, 'p_scope') > p.pronargs - p.pronargdefaults, false) as optional
    from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname = any (${calledFunctions()})
      -- Helpers that take a row cannot be called from outside of SQL.
      and not exists (
        select from unnest(p.proargtypes) a(type) join pg_type t on t.oid = a.type where t.typtype = 'c'
      )`;
  expect(functions.length).toBeGreaterThan(60);
  const bare = functions.filter(({ name, scoped }) => !scoped && !(name in WITHOUT_SCOPE)).map(({ name }) => name);
  expect(bare, "without p_scope, and without a reason here").toEqual([]);
  expect(functions.filter(({ optional }) => optional).map(({ name }) => name)).toEqual([]);
  const scoped = new Set(functions.filter((one) => one.scoped).map(({ name }) => name));
  expect(
    Object.keys(WITHOUT_SCOPE).filter((name) => scoped.has(name)),
    "has one by now",
  ).toEqual([]);
});

test("What has no organisation is in no list of organisations, and everything is in the scope of all", async () => {
  const [rule] = await desk.sql`
    select in_scope(null, null) as all_none, in_scope(null, 'a') as all_a, in_scope('{a,b}', 'a') as own,
      in_scope('{a,b}', 'c') as other, in_scope('{a,b}', null) as none, in_scope('{}', 'a') as nothing,
      all_in_scope(null, null) as mixed_for_all, all_in_scope('{a,b}', '{b,a}') as both, all_in_scope('{a}', '{a,b}') as one,
      all_in_scope('{a}', null) as mixed, common_scope(null, '{a}') as narrowed, common_scope('{a,b}', '{b,c}') as common,
      common_scope('{a}', '{b}') as disjoint`;
  expect(rule).toEqual({
    ...{ all_none: true, all_a: true, own: true, other: false, none: false, nothing: false },
    ...{ mixed_for_all: true, both: true, one: false, mixed: false, narrowed: ["a"], common: ["b"], disjoint: [] },
  });
});

test("The rule as a condition over a column says what the rule says, for every kind of scope", async () => {
  const [{ differs } = {}] = await desk.sql`
    select count(*)::int as differs
    from (values (null::text[]), ('{a}'), ('{a,b}'), ('{"it''s"}'), ('{}')) s(scope)
    cross join (values ('a'), ('b'), ('it''s'), (null)) o(organisation)
    where in_scope(s.scope, o.organisation) <> case
      when s.scope is null then true
      else coalesce(scope_condition(s.scope, 'x') = 'x = ' || quote_literal(o.organisation)
        or cardinality(s.scope) <> 1 and o.organisation = any (s.scope), false)
    end`;
  expect(differs).toBe(0);
});

test.each([
  ["an empty list", "{}"],
  ["a name that is empty", '{""}'],
  ["a null", "{null}"],
  ["a name twice", "{a,a}"],
])("Neither people nor tokens can be limited to %s, which would read as nothing or as all", async (_what, list) => {
  const insert = desk.sql`
      insert into staff_users (email, name, role, organisations) values ('x@example.com', 'X', 'viewer', ${list}::text[])`;
  await expect(insert).rejects.toThrow(/check constraint/);
});

test("Whoever is limited and asks for all organisations is refused, never quietly given fewer; who asks for none gets their own", async () => {
  const actor = { kind: "token", id: "t", name: "T", role: "admin", organisations: ["acme"] } as const;
  const asker = { actor, requestId: "r", origin: "http://desk.test" };
  const order = { name: "x", scopes: ["manage" as const], expires_in_days: 1 };
  const refused = expect.objectContaining({
    code: "beyond_scope",
    data: { organisations: ["acme"], field: "organisations" },
  });
  for (const organisations of [null, ["globex"], ["acme", "globex"]]) {
    await expect(createApiToken({ ...order, organisations }, asker)).rejects.toEqual(refused);
    await expect(inviteStaff({ email: "a@example.com", role: "viewer", organisations }, asker)).rejects.toEqual(
      refused,
    );
  }
  expect((await createApiToken(order, asker)).api_token.organisations).toEqual(["acme"]);
  expect((await inviteStaff({ email: "a@example.com", role: "viewer" }, asker)).staff.organisations).toEqual(["acme"]);
});
