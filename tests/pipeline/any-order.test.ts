/**
 * A thousand random events of all providers, sent twice over in any order, end with the rows of the run in order: none is
 * lost, and none is processed twice.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { accept } from "@/lib/pipeline/accept";
import { type Desk, openDesk, workUntilIdle } from "../support/desk";
import { type HonestEvent, honestRequest, honestTraffic } from "../support/honest-traffic";
import { seededRandom } from "../support/seed";

const EVENTS = 1_000;
const AT_A_TIME = 100;
const TABLES = [
  ...["subscriptions", "businesses", "audit_logs", "call_logs", "sms_logs", "sms_log_recipients", "sms_recipients"],
  ...["orders", "campaigns", "leads", "messages"],
];

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
  // Only the rows count here, and no endpoint answers.
  await desk.sql`update destinations set providers = '{}' where kind = 'http'`;
});
afterAll(() => desk.close());

test("A thousand random events end with the rows of the in-order run, whatever order they come in and however often", async () => {
  const random = seededRandom();
  const events = honestTraffic(EVENTS, random);
  await run(events);
  const expected = await rows();
  expect(expected.length).toBeGreaterThan(EVENTS / 4);

  await desk.sql.unsafe(`truncate event_keys, events, deliveries, attempts, ${TABLES.join(", ")} cascade`);
  const twice = [...events, ...events.filter(() => random() < 0.2)];
  const shuffled = twice.map((event) => ({ event, at: random() })).sort((a, b) => a.at - b.at);
  await run(shuffled.map(({ event }) => event));
  expect(await rows()).toEqual(expected);

  const [stored] = await desk.sql`
    select count(*)::int as events, count(*) filter (where status in ('processed', 'ignored'))::int as done,
      sum(duplicate_count)::int as duplicates, sum(conflict_count)::int as conflicts,
      (select count(*)::int from attempts) as attempts, (select count(*)::int from deliveries) as deliveries
    from events`;
  expect(stored).toMatchObject({
    events: events.length,
    done: events.length,
    duplicates: twice.length - events.length,
    conflicts: 0,
    attempts: stored?.deliveries,
  });
});

async function run(events: readonly HonestEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += AT_A_TIME) {
    const answers = await Promise.all(
      events.slice(from, from + AT_A_TIME).map((event) => accept(honestRequest(event))),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    await workUntilIdle();
  }
}

/** Without what tells when and by which event a row was written. */
async function rows(): Promise<string[]> {
  const all = TABLES.map(
    (table) => `select '${table} ' || (to_jsonb(t) - '{id,versions,history,created_at,updated_at}'::text[])::text as row
      from ${table} t`,
  );
  return (await desk.sql.unsafe(`${all.join(" union all ")} order by 1`)).map(({ row }) => row);
}
