/**
 * Several states of one object in one second, on a real Postgres. What the provider says about their order decides, in
 * whatever order they come; where it says nothing, the one received later counts, and the change says so.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { heyreachEvent } from "@/lib/providers/heyreach/sample";
import { shopifyBody } from "@/lib/providers/shopify/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { FIXTURE_TIME } from "@/lib/samples/ids";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { permutations } from "../support/rows";
import { seededRandom } from "../support/seed";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
const empty = () =>
  desk.sql`truncate event_keys, events, deliveries, attempts, subscriptions, businesses, audit_logs, customers, orders,
    leads, campaigns, messages cascade`;
afterEach(empty);

/** A subscription in a state that followed another one. The ids sort against the order in which they happened. */
function step(n: number, status: string, previous?: string, object: Record<string, unknown> = {}) {
  const type = previous === undefined ? "customer.subscription.created" : "customer.subscription.updated";
  const event = stripeEvent({ id: `evt_${9 - n}`, type, created: FIXTURE_TIME, customer: "cus_tie", status, object });
  return previous === undefined
    ? event
    : { ...event, data: { ...event.data, previous_attributes: { status: previous } } };
}

async function arrive(events: readonly object[]): Promise<number[]> {
  const ids: number[] = [];
  for (const event of events) {
    ids.push(eventIdIn(await send("stripe", event)));
    await workUntilIdle();
  }
  return ids;
}

const status = async () => (await desk.sql`select subscription_status as status from businesses`)[0]?.status;
const undecided = async () => {
  const rows = await desk.sql`
    select c ->> 'table' as "table", c -> 'undecided' as columns
    from attempts a cross join jsonb_array_elements(a.changes) c where c ? 'undecided' order by a.id`;
  return rows.map(({ table, columns }) => [table, columns]);
};

describe("Updates of one second", () => {
  test("previous_attributes, not the event's id, say which came last: in any order of arrival", async () => {
    const story = [
      step(1, "incomplete"),
      step(2, "active", "incomplete"),
      step(3, "past_due", "active"),
      step(4, "active", "past_due"),
      step(5, "canceled", "active"),
    ];
    const random = seededRandom();
    for (let round = 0; round < 10; round += 1) {
      await arrive(round === 0 ? story : [...story].sort(() => random() - 0.5));
      expect(await status()).toBe("canceled");
      await empty();
    }
  });

  test("a round trip ends where it began, when the state before is known", async () => {
    const before = stripeEvent({ id: "evt_0", created: FIXTURE_TIME - 60, customer: "cus_tie", status: "past_due" });
    for (const order of permutations([before, step(1, "active", "past_due"), step(2, "past_due", "active")])) {
      await arrive(order);
      expect(await status()).toBe("past_due");
      await empty();
    }
  });

  test("a round trip from a state that is not known ends in the state that lasts, and is shown as undecided", async () => {
    for (const order of permutations([step(1, "past_due", "active"), step(2, "active", "past_due")])) {
      await arrive(order);
      expect(await status()).toBe("active");
      expect(await undecided()).toEqual([["subscriptions", ["status"]]]);
      await empty();
    }
  });

  test("two that nothing puts in order: the one received later counts, and the change says that it is undecided", async () => {
    const [one, other] = [step(1, "active", "trialing"), step(2, "past_due", "unpaid")];
    for (const order of [
      [one, other],
      [other, one],
    ]) {
      await arrive(order);
      expect(await status()).toBe(order[1] === one ? "active" : "past_due");
      expect(await undecided()).toEqual([["subscriptions", ["status"]]]);
      await empty();
    }
  });

  test("processed in another order than received, receipt decides the same way", async () => {
    const ids = [step(1, "active", "trialing"), step(2, "past_due", "unpaid")];
    for (const event of ids) await send("stripe", event);
    await desk.sql`update deliveries set due_at = now() + interval '1 hour' where event_id = (select min(id) from events)`;
    await workUntilIdle();
    await desk.sql`update deliveries set due_at = now()`;
    await workUntilIdle();
    expect(await status()).toBe("past_due");
  });
});

test("Two updates of a Shopify customer in one second are told apart by when they were triggered", async () => {
  const update = (id: string, firstName: string, milliseconds: number) =>
    [
      shopifyBody({ topic: "customers/update", firstName }),
      { id, topic: "customers/update", at: FIXTURE_TIME + milliseconds / 1000 },
    ] as const;
  for (const order of permutations([update("zzz", "Old", 200), update("aaa", "New", 900)])) {
    for (const [body, options] of order) {
      expect((await send("shopify", body, options)).status).toBe(200);
      await workUntilIdle();
    }
    expect(await desk.sql`select first_name from customers`).toEqual([{ first_name: "New" }]);
    await empty();
  }
});

test("Tags of one microsecond are told apart by the seventh digit that HeyReach writes", async () => {
  const tagged = (tag: string, digit: number) =>
    heyreachEvent({
      type: "lead_tag_updated",
      tags: [tag],
      correlationId: `${digit === 3 ? "f" : "a"}0000000-0000-4000-8000-000000000001`,
      body: { timestamp: `2026-03-02T09:30:00.346478${digit}Z` },
    });
  for (const order of permutations([tagged("first", 3), tagged("second", 7)])) {
    for (const event of order) {
      await send("heyreach", event);
      await workUntilIdle();
    }
    expect(await desk.sql`select tags from leads`).toEqual([{ tags: ["second"] }]);
    await empty();
  }
});

test("Two different tags at the same time are undecided, and the change says which columns", async () => {
  for (const tag of ["first", "second"]) {
    await send("heyreach", heyreachEvent({ type: "lead_tag_updated", tags: [tag] }));
    await workUntilIdle();
  }
  expect(await desk.sql`select tags from leads`).toEqual([{ tags: ["second"] }]);
  expect(await undecided()).toEqual([["leads", ["tags"]]]);
});
