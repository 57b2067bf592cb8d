/** Results that are recorded in one batch change what they would have changed one by one, and say so in the same words. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import type { AttemptResult } from "@/lib/db/functions/journey";
import { accept } from "@/lib/pipeline/accept";
import { claim, type Work } from "@/lib/pipeline/claim";
import { deliver } from "@/lib/pipeline/deliver";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { type Desk, openDesk, send } from "../support/desk";
import { addDestination } from "../support/endpoint";
import { honestRequest, honestTraffic } from "../support/honest-traffic";
import { SEED, seededRandom } from "../support/seed";

const EVENTS = 200;
const TABLES = [
  ...["subscriptions", "businesses", "audit_logs", "call_logs", "sms_logs", "sms_log_recipients", "sms_recipients"],
  ...["orders", "customers", "campaigns", "leads", "messages"],
];
const EVERYTHING = `truncate event_keys, events, deliveries, attempts, statistics, statistics_hours,
  metric_counters, ${TABLES.join(", ")} restart identity cascade`;

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  await desk.sql`update destinations set providers = '{}' where kind = 'http'`;
});
afterAll(() => desk.close());
afterEach(() => desk.sql.unsafe(EVERYTHING));

test("A batch of results gives the rows, changes, states and counts of the same results one by one", async () => {
  const traffic = honestTraffic(EVENTS, seededRandom());
  const run = async (size: number) => {
    await desk.sql.unsafe(EVERYTHING);
    // One after the other, so that both runs store them in the same order.
    for (const event of traffic) expect((await accept(honestRequest(event))).status).toBe(200);
    const results = await resultsOf(await claimAll());
    expect(results.length).toBeGreaterThan(EVENTS / 2);
    for (let from = 0; from < results.length; from += size) await record(results.slice(from, from + size));
    return stateOf();
  };
  const apart = await run(1);
  const together = await run(EVENTS);
  expect(together.length, `seed ${SEED}`).toBe(apart.length);
  for (const [place, row] of together.entries()) expect(row, `seed ${SEED}`).toEqual(apart[place]);
});

test("A delivery that fails in the middle of a batch leaves nothing of itself, and those beside it are whole", async () => {
  for (const id of ["sub_a", "sub_b", "sub_c"]) await send("stripe", subscription(id));
  const results = await resultsOf(await claimAll());
  const broken = results[1] as AttemptResult;
  // Its first change is right; the second is not.
  broken.changes?.push({ table: "call_logs", key: { call_id: "c" }, values: { call_type: "sideways" }, version: "1" });
  const answers = await record(results);
  expect(answers.map(({ status }) => status)).toEqual(["delivered", "dead", "delivered"]);
  expect(answers[1]).toMatchObject({ error_class: "constraint" });
  expect(await desk.sql`select subscription_id from subscriptions order by 1`).toEqual([
    { subscription_id: "sub_a" },
    { subscription_id: "sub_c" },
  ]);
  expect(await desk.sql`select stripe_customer_id from businesses order by 1`).toEqual([
    { stripe_customer_id: "cus_sub_a" },
    { stripe_customer_id: "cus_sub_c" },
  ]);
  expect(await desk.sql`select count(*)::int as count from audit_logs`).toEqual([{ count: 2 }]);
  const [dead] = await desk.sql`select status, changes from attempts where error_class is not null`;
  expect(dead).toEqual({ status: "failed", changes: [] });
});

test("One result that comes twice in a batch counts once", async () => {
  await send("stripe", subscription("sub_twice"));
  const [result] = (await resultsOf(await claimAll())) as [AttemptResult];
  const answers = await record([result, result]);
  expect(answers.map(({ recorded }) => recorded).sort()).toEqual([false, true]);
  const counted = await desk.sql`
    select sum(count)::int as count from statistics where outcome = 'delivered' and organisation_id = ''`;
  expect(counted).toEqual([{ count: 1 }]);
  expect(await desk.sql`select count(*)::int as count from attempts`).toEqual([{ count: 1 }]);
});

test("An old fence among valid results is refused alone, and nothing of it is applied", async () => {
  await send("stripe", subscription("sub_old"));
  const [old] = (await resultsOf(await claimAll())) as [AttemptResult];
  await desk.sql`update deliveries set lease_until = now() - interval '1 second'`;
  await send("stripe", subscription("sub_new"));
  const current = await resultsOf(await claimAll());
  const mine = current.find(({ delivery_id }) => delivery_id !== old.delivery_id) as AttemptResult;
  expect(await record([old, mine])).toMatchObject([{ recorded: false }, { recorded: true, status: "delivered" }]);
  expect(await desk.sql`select subscription_id from subscriptions`).toEqual([{ subscription_id: "sub_new" }]);
  expect(await desk.sql`select status from deliveries order by id`).toEqual([
    { status: "claimed" },
    { status: "delivered" },
  ]);
});

test("Events of several organisations, modes and kinds in one batch go each to its own destinations alone", async () => {
  const made = await Promise.all(
    ["acme", "birch"].flatMap((organisation_id) =>
      ["live", "test"].map((livemode) =>
        addDestination(desk.sql, `${organisation_id}-${livemode}`, "http://127.0.0.1:9/", {
          organisation_id,
          livemode,
        }),
      ),
    ),
  );
  await desk.sql`
    update destinations set providers = '{mixed}', takes_internal = livemode = 'test' where id = any(${made})`;
  const events = ["acme", "birch", null].flatMap((organisation_id) =>
    [true, false, null].flatMap((livemode) =>
      [["internal"], []].map((flags) => ({ organisation_id, livemode, flags })),
    ),
  );
  await desk.sql`select accept_events(${desk.sql.json(
    events.map((event, n) => ({
      ...{ n, ...event, provider: "mixed", event_key: `mixed ${n}`, event_type: "thing.changed", trust: "signed" },
      ...{ parse_status: "ok", body: btoa(`{"n":${n}}`), fingerprint: "00", method: "POST", path: "/", headers: [] },
    })),
  )})`;
  const sent = await desk.sql`
    select e.event_key, t.slug from deliveries d join events e on e.id = d.event_id
    join destinations t on t.id = d.destination_id where e.provider = 'mixed' order by e.id, t.slug`;
  const expected = events.flatMap(({ organisation_id, livemode, flags }, n) =>
    organisation_id === null || (livemode !== false && flags.length > 0)
      ? []
      : [{ event_key: `mixed ${n}`, slug: `${organisation_id}-${livemode === false ? "test" : "live"}` }],
  );
  const inOrder = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
  expect(inOrder(sent)).toEqual(inOrder(expected));
  expect(await desk.sql`select status, count(*)::int as count from events group by 1 order by 1`).toEqual([
    { status: "received", count: expected.length },
    { status: "ignored", count: events.length - expected.length },
  ]);
  await desk.sql`update destinations set archived_at = now() where id = any(${made})`;
});

function subscription(id: string) {
  return stripeEvent({
    type: "customer.subscription.created",
    id: `evt_${id}`,
    object: { id, customer: `cus_${id}` },
  });
}

async function claimAll(): Promise<Work[]> {
  const all: Work[] = [];
  for (;;) {
    const { work } = await claim("w1", 500, 60);
    if (work.length === 0) return all;
    all.push(...work);
  }
}

async function resultsOf(work: Work[]): Promise<AttemptResult[]> {
  const results = await Promise.all(
    work.map(async (item): Promise<AttemptResult> => {
      const outcome = await deliver(item);
      const { delivery_id, fence } = item;
      return outcome.delivered
        ? { delivery_id, fence, delivered: true, duration_ms: 3, changes: outcome.changes }
        : {
            ...{ delivery_id, fence, delivered: false, duration_ms: 3, changes: [] },
            ...{ error_class: outcome.error_class, error: outcome.error, retry_in_ms: null },
          };
    }),
  );
  return results.sort((a, b) => a.delivery_id - b.delivery_id);
}

const record = (results: AttemptResult[]) => call("pipeline", "record_attempts", { p_results: results });

/** Every row of ours, without when it was written. Versions and history name received times, which differ by the run. */
async function stateOf(): Promise<string[]> {
  const rows = TABLES.map(
    (table) => `select '${table} ' || (to_jsonb(t) - '{id,versions,history,created_at,updated_at}'::text[])::text as row
      from ${table} t`,
  );
  const journey = [
    `select concat_ws(' ', 'attempt', d.id, a.number, a.status, a.error, a.changes) as row
      from attempts a join deliveries d on d.id = a.delivery_id`,
    `select concat_ws(' ', 'delivery', id, status, tries, last_error) from deliveries`,
    `select concat_ws(' ', 'event', id, event_key, status, attempt_count, last_error) from events`,
    `select concat_ws(' ', 'statistics', organisation_id, provider, event_type, outcome, sum(count))
      from statistics_hours group by organisation_id, provider, event_type, outcome`,
    `select concat_ws(' ', 'counter', metric, label, outcome, error_class, sum(count))
      from metric_counters where outcome <> 'applied' group by metric, label, outcome, error_class`,
  ];
  return (await desk.sql.unsafe(`${[...rows, ...journey].join(" union all ")} order by 1`)).map(({ row }) => row);
}
