/** Other bytes under the key of an event: each version is an event of its own, which a user compares and may deliver. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { replayOne } from "@/lib/commands/replay-one";
import { createAndStartReplay, createReplay } from "@/lib/commands/replays";
import { smartleadEvent } from "@/lib/providers/smartlead/sample";
import { standardEvent } from "@/lib/providers/standard/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { getEvent, listEvents } from "@/lib/queries/events";
import { previewReplay } from "@/lib/queries/replay-preview";
import { bodyOf } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { storedBody } from "../support/bodies";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
beforeEach(async () => {
  await desk.sql`truncate events, event_keys, deliveries, attempts, replays, replay_items, businesses, statistics cascade`;
});

const counts = async (id: number) => {
  const [row] = await desk.sql`select duplicate_count, conflict_count from events where id = ${id}`;
  return [row?.duplicate_count, row?.conflict_count];
};
const detail = async (id: number | string) => {
  const event = await getEvent(String(id), EVERYTHING);
  if (!event) throw new Error(`There is no event ${id}.`);
  return event;
};
const variantsOf = (id: number) =>
  desk.sql`select id::int, status, conflict_count from events where variant_of = ${id} order by id`;

/** Two versions of one event; the second says that the subscription is canceled. */
async function twoVersions() {
  const event = stripeEvent({ status: "active" });
  const other = { ...stripeEvent({ status: "canceled" }), id: event.id };
  const id = eventIdIn(await send("stripe", event));
  const answer = await send("stripe", other);
  expect([answer.status, eventIdIn(answer)]).toEqual([200, id]);
  const [variant] = await variantsOf(id);
  return { id, event, other, variant: Number(variant?.id) };
}

describe("Other bytes under a known key used to be ten rows that no page showed", () => {
  test("each is an event of its own, which nothing wants by itself [B16]", async () => {
    const { id, event, other, variant } = await twoVersions();
    expect(await storedBody(desk.sql, id)).toEqual(bodyOf(event));
    expect(await storedBody(desk.sql, variant)).toEqual(bodyOf(other));
    expect(await detail(variant)).toMatchObject({
      status: "ignored",
      variant_of: `we_${id}`,
      event_key: event.id,
      deliveries: [],
      versions: [{ id: `we_${id}`, is_first: true }],
    });
    expect(await detail(id)).toMatchObject({
      variant_of: null,
      conflict_count: 1,
      versions: [{ id: `we_${variant}`, is_first: false, status: "ignored" }],
    });
    await workUntilIdle();
    expect(await desk.sql`select event_id::int as id from deliveries`).toEqual([{ id }]);
  });

  test("a repeated version is a duplicate of that version, alone, in one batch, and at once", async () => {
    const { id, other, variant } = await twoVersions();
    await send("stripe", other);
    expect([await counts(id), await counts(variant)]).toEqual([
      [0, 1],
      [1, 0],
    ]);
    await Promise.all(Array.from({ length: 20 }, () => send("stripe", other)));
    expect([await counts(id), await counts(variant)]).toEqual([
      [0, 1],
      [21, 0],
    ]);
    expect(await variantsOf(id)).toHaveLength(1);
    const [counted] = await desk.sql`
      select sum(count) filter (where outcome = 'conflict')::int as conflicts,
        sum(count) filter (where outcome = 'duplicate')::int as duplicates from statistics`;
    expect(counted).toEqual({ conflicts: 1, duplicates: 21 });
  });

  test("the first and another version in one batch, in whatever order they are stored", async () => {
    const event = stripeEvent();
    const answers = await Promise.all(
      [event, { ...event, forged: 1 }, { ...event, forged: 1 }].map((one) => send("stripe", one)),
    );
    const [id] = answers.map(eventIdIn) as [number];
    expect(new Set(answers.map(eventIdIn))).toEqual(new Set([id]));
    expect(await variantsOf(id)).toHaveLength(1);
  });

  test("at most ten are kept; further ones are counted", async () => {
    const event = stripeEvent();
    const id = eventIdIn(await send("stripe", event));
    for (let n = 0; n < 6; n++) await send("stripe", { ...event, forged: n });
    await Promise.all(Array.from({ length: 8 }, (_, n) => send("stripe", { ...event, forged: 100 + n })));
    expect(await variantsOf(id)).toHaveLength(10);
    expect(await counts(id)).toEqual([0, 14]);
  });

  test("its key is the first one's, with the hash of its bytes beside it", async () => {
    const { id } = await twoVersions();
    expect((await detail(id)).versions).toHaveLength(1);
    expect(
      await desk.sql`select variant from event_keys where event_id in (select id from events where variant_of = ${id})`,
    ).toMatchObject([{ variant: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });
});

describe("Delivering another version", () => {
  const ask = (selection: Parameters<typeof createReplay>[0]["selection"]) => ({
    kind: "single" as const,
    selection,
    options: {},
    reason: "These bytes are the right ones.",
  });

  test("previews and writes the rows of those bytes, with a reason in the audit log", async () => {
    const { id, variant } = await twoVersions();
    await workUntilIdle();
    expect(await desk.sql`select subscription_status from businesses`).toEqual([{ subscription_status: "active" }]);

    const draft = await createReplay(ask({ event_ids: [variant] }), ada);
    const preview = await previewReplay(draft, EVERYTHING);
    expect(JSON.stringify(preview.changes)).toContain("canceled");
    expect(await desk.sql`select subscription_status from businesses`).toEqual([{ subscription_status: "active" }]);

    const replay = await createAndStartReplay(ask({ event_ids: [variant] }), ada);
    await workUntilIdle();
    expect(await desk.sql`select subscription_status from businesses`).toEqual([{ subscription_status: "canceled" }]);
    expect([(await detail(variant)).status, (await detail(id)).status]).toEqual(["replayed", "processed"]);
    expect(
      await desk.sql`select details ->> 'reason' as reason from staff_actions where subject = ${replay.id} and action = 'replay.start'`,
    ).toEqual([{ reason: "These bytes are the right ones." }]);
  });

  test("a replay by key or of a window of time means the first version alone", async () => {
    const { id, event, variant } = await twoVersions();
    await workUntilIdle();
    const byKey = await replayOne({ provider: "stripe", eventKey: event.id, wait: false }, ada);
    expect(byKey.items.map(({ event_id }) => event_id)).toEqual([`we_${id}`]);
    await workUntilIdle();
    const window = await createReplay(ask({ filter: { provider_slug: ["stripe"], range: "24h" } }), ada);
    const items = await desk.sql`select event_id::int as id from replay_items where replay_id = ${window.id.slice(3)}`;
    expect(items).toEqual([{ id }]);
    const others = await createReplay(ask({ filter: { provider_slug: ["stripe"], variant: "1" } }), ada);
    expect(
      await desk.sql`select event_id::int as id from replay_items where replay_id = ${others.id.slice(3)}`,
    ).toEqual([{ id: variant }]);
  });

  test("the history finds other versions, and what has some", async () => {
    const { id, variant } = await twoVersions();
    await send("standard", standardEvent());
    const found = async (filter: Parameters<typeof listEvents>[0]) =>
      (await listEvents(filter, { limit: 50 }, EVERYTHING)).events.map((event) => event.id);
    expect(await found({ variant: "1" })).toEqual([`we_${variant}`]);
    expect(await found({ conflict: "1" })).toEqual([`we_${id}`]);
    expect(await found({ variant: "0" })).not.toContain(`we_${variant}`);
    expect((await found({})).length).toBe(3);
  });

  test("secrets in another version are masked as in any event [S18]", async () => {
    const event = smartleadEvent({ eventId: "sl-versions" });
    const id = eventIdIn(await send("smartlead", event));
    await send("smartlead", { ...event, subject: "another" });
    const [variant] = await variantsOf(id);
    const shown = await detail(Number(variant?.id));
    expect(shown.body_covered).toBe(true);
    expect(Buffer.from(shown.body_base64, "base64").toString()).not.toContain("fixture-smartlead-secret-key");
    const [row] = await desk.sql`select payload from events where id = ${Number(variant?.id)}`;
    expect(row?.payload).toMatchObject({ secret_key: "[redacted]", subject: "another" });
  });
});

test("One Stripe event in two API versions used to be a conflict: it is a duplicate", async () => {
  const event = stripeEvent({ type: "invoice.payment_succeeded", shape: "basil" });
  const id = eventIdIn(await send("stripe", event));
  const legacy = { ...stripeEvent({ type: "invoice.payment_succeeded", shape: "legacy" }), id: event.id };
  await send("stripe", legacy);
  expect(await counts(id)).toEqual([1, 0]);
  // In the version of the first, other bytes are another version of the event.
  await send("stripe", { ...event, forged: true });
  expect(await counts(id)).toEqual([1, 1]);
});
