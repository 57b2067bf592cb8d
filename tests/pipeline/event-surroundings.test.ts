/** An event's neighbours in a filtered history, related events, and its bytes alone. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EventFilter } from "@/lib/contract/event-filter";
import { smartleadEvent } from "@/lib/providers/smartlead/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { findNeighbours, listRelatedEvents, readEventBody } from "@/lib/queries/event-context";
import { listEvents } from "@/lib/queries/events";
import { EVERYTHING } from "@/lib/scope";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(() => desk.sql`truncate event_keys, events, deliveries, attempts, statistics cascade`);

/** So many events, oldest first, a second apart. Those of one `moment` came in the same microsecond. */
async function stored(count: number, moment?: string): Promise<string[]> {
  const rows = await desk.sql`
    insert into events (provider, event_key, event_type, trust, parse_status, status, body_size, body_sha256,
      fingerprint, method, path, headers, received_at)
    select 'stripe', 'evt_' || n, 'invoice.paid', 'signed', 'ok',
      case when n % 3 = 0 then 'dead' else 'processed' end::event_status, 0, '', '', 'POST', '/', '[]',
      ${moment ?? "2026-11-22T10:00:00Z"}::timestamptz + case when ${moment !== undefined} then '0' else n * interval '1 second' end
    from generate_series(1, ${count}) n
    returning id`;
  return rows.map(({ id }) => `we_${id}`);
}

describe("neighbours", () => {
  test("walk the whole list, one way as the other, in the list's own order", async () => {
    await stored(7);
    await stored(5, "2026-11-22T10:00:03.5Z");
    for (const filter of [{}, { status: ["dead"] }, { provider_slug: ["stripe"], q: "evt_3" }] as EventFilter[]) {
      const listed = (await listEvents(filter, { limit: 50 }, EVERYTHING)).events.map(({ id }) => id);
      expect(listed.length).toBeGreaterThan(1);
      for (const [place, id] of listed.entries()) {
        const expected = { newer: listed[place - 1] ?? null, older: listed[place + 1] ?? null };
        expect(await findNeighbours(id, filter, EVERYTHING)).toEqual(expected);
      }
    }
  });

  test("are found for an event that no longer matches, and missing where there are none", async () => {
    const ids = await stored(6);
    expect(await findNeighbours(ids[3] as string, { status: ["dead"] }, EVERYTHING)).toEqual({
      newer: ids[5],
      older: ids[2],
    });
    expect(await findNeighbours(ids[3] as string, { provider_slug: ["mitto"] }, EVERYTHING)).toEqual({
      newer: null,
      older: null,
    });
    expect(await findNeighbours("we_999999", {}, EVERYTHING)).toBeNull();
    expect(await findNeighbours("12; drop", {}, EVERYTHING)).toBeNull();
  });
});

describe("related events", () => {
  test("name the same object or changed the same rows, in the order they came, and say which are newer", async () => {
    const customer = "cus_1";
    const of = (
      type: "customer.subscription.created" | "customer.subscription.updated",
      subscription: string,
      who = customer,
    ) => send("stripe", stripeEvent({ type, subscription, customer: who, object: { id: subscription } }));
    const first = eventIdIn(await of("customer.subscription.created", "sub_1"));
    const middle = eventIdIn(await of("customer.subscription.updated", "sub_1"));
    const otherObject = eventIdIn(await of("customer.subscription.updated", "sub_2"));
    await of("customer.subscription.created", "sub_3", "cus_2");
    await workUntilIdle();

    const related = (await listRelatedEvents(`we_${middle}`, EVERYTHING))?.events;
    expect(related?.map(({ id, same, is_newer }) => [id, same, is_newer])).toEqual([
      [`we_${otherObject}`, ["rows"], true],
      [`we_${middle}`, [], false],
      [`we_${first}`, ["object", "rows"], false],
    ]);
  });

  test("are at most 25 on either side, the nearest", async () => {
    const ids = await stored(80);
    await desk.sql`update events set object_id = 'in_1'`;
    const related = (await listRelatedEvents(ids[40] as string, EVERYTHING))?.events.map(({ id }) => id);
    expect(related).toEqual(ids.slice(15, 66).reverse());
  });

  test("of an event without any are the event itself; of none, nothing", async () => {
    const [only = ""] = await stored(1);
    expect((await listRelatedEvents(only, EVERYTHING))?.events.map(({ id }) => id)).toEqual([only]);
    expect(await listRelatedEvents("we_999999", EVERYTHING)).toBeNull();
  });

  test("are found by index, however many events there are", async () => {
    const plan = await desk.sql.begin(async (sql) => {
      await sql`set local enable_seqscan = off`;
      return sql`explain select id from events e where e.object_id = 'in_1' and e.received_at < now()
        order by e.received_at desc limit 25`;
    });
    expect(JSON.stringify(plan)).toContain("events_of_object");
  });
});

describe("the bytes alone", () => {
  test("are those received", async () => {
    const bytes = Buffer.from('{"id": "evt_raw", "type": "x", "big": 9007199254740993}');
    const id = eventIdIn(await send("stripe", bytes));
    expect(await readEventBody(`we_${id}`, EVERYTHING)).toEqual({ id: `we_${id}`, bytes, isJson: true });
    expect(await readEventBody("we_999999", EVERYTHING)).toBeNull();
  });

  test("do not show the secret that a provider puts into them", async () => {
    const id = eventIdIn(await send("smartlead", smartleadEvent()));
    const shown = (await readEventBody(`we_${id}`, EVERYTHING))?.bytes.toString();
    expect(shown).toContain('"secret_key":"***');
  });
});
