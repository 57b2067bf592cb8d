import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { call } from "@/lib/db/client";
import { claim, type Work } from "@/lib/pipeline/claim";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { nextUuid } from "@/lib/samples/ids";
import { replaceBodies } from "../support/bodies";
import { type Desk, openDesk, send } from "../support/desk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(() => desk.sql`truncate event_keys, events, deliveries, attempts cascade`);

const sendMany = (count: number, provider: "stripe" | "chatwoot") =>
  Promise.all(
    Array.from({ length: count }, () =>
      provider === "stripe"
        ? send("stripe", stripeEvent({ type: "invoice.payment_failed" }))
        : send("chatwoot", chatwootEvent(), { id: nextUuid() }),
    ),
  );

const finish = (work: Work[]) =>
  call("pipeline", "record_attempts", {
    p_results: work.map((item) => ({
      delivery_id: item.delivery_id,
      fence: item.fence,
      delivered: true,
      duration_ms: 1,
      changes: [],
    })),
  });

describe("claim", () => {
  test("opens the attempt and counts it before anything is sent [CP5]", async () => {
    await sendMany(1, "chatwoot");
    const { work } = await claim("w1", 10, 30);
    expect(work).toMatchObject([{ attempt_number: 1, try: 1, fence: 1, event: { provider: "chatwoot" } }]);
    expect(await desk.sql`select number, status, worker from attempts`).toEqual([
      { number: 1, status: "open", worker: "w1" },
    ]);
    expect(await desk.sql`select status from events`).toMatchObject([{ status: "processing" }]);
  });

  test("leaves an event as it is while its rows are written for the first time, and says so when that is tried again", async () => {
    await sendMany(1, "stripe");
    await claim("w1", 10, 30);
    expect(await desk.sql`select status, attempt_count from events`).toMatchObject([{ status: "received" }]);
    await desk.sql`update deliveries set lease_until = now() - interval '1 second'`;
    expect((await claim("w1", 10, 30)).work).toHaveLength(1);
    expect(await desk.sql`select status, attempt_count from events`).toEqual([
      { status: "processing", attempt_count: 2 },
    ]);
  });

  test("gives each of 1,000 deliveries to one of four racing workers, exactly once, and starves none [F12]", async () => {
    await desk.sql`update destinations set max_concurrency = 1000`;
    for (let round = 0; round < 5; round += 1) await sendMany(200, round % 2 ? "stripe" : "chatwoot");
    const shares = await Promise.all(
      ["a", "b", "c", "d"].map(async (worker) => {
        const mine: number[] = [];
        for (let idle = 0; idle < 20; ) {
          const { work } = await claim(worker, 20, 60);
          mine.push(...work.map((item) => item.delivery_id));
          idle = work.length === 0 ? idle + 1 : 0;
          // The loop's pause after another worker claimed first.
          if (idle > 0) await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return mine;
      }),
    );
    const all = shares.flat();
    expect(all).toHaveLength(1000);
    expect(new Set(all).size).toBe(1000);
    for (const share of shares) expect(share.length).toBeGreaterThan(50);
    await desk.sql`update destinations set max_concurrency = 8`;
  });

  test("shares fairly: a destination with a long queue does not starve another", async () => {
    await sendMany(60, "chatwoot");
    await sendMany(2, "stripe");
    const { work } = await claim("w1", 10, 30);
    expect(work.filter((item) => item.event.provider === "stripe")).toHaveLength(2);
    expect(work.filter((item) => item.event.provider === "chatwoot")).toHaveLength(5);
  });

  test("keeps to a destination's concurrency over all workers [F13]", async () => {
    await sendMany(40, "chatwoot");
    const first = await claim("w1", 100, 30);
    const second = await claim("w2", 100, 30);
    expect([first.work.length, second.work.length]).toEqual([8, 0]);
    await finish(first.work.slice(0, 3));
    expect((await claim("w2", 100, 30)).work).toHaveLength(3);
  });

  test("of eight deliveries of 25 MiB it takes as many as one answer can hold, and each in its turn", async () => {
    await sendMany(8, "chatwoot");
    await replaceBodies(desk.sql, 25 * 1024 * 1024);
    await sendMany(2, "stripe");
    const sizes: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const { work } = await claim("w1", 100, 60);
      const large = work.filter((item) => item.event.body.length > 100_000);
      if (large.length > 0) sizes.push(large.length);
      // Small ones are claimed with them.
      if (round === 0) expect(work.length - large.length).toBe(2);
      await finish(work);
    }
    expect(sizes).toEqual(Array(8).fill(1));
    expect((await claim("w1", 100, 60, { bytes: 0 })).work).toEqual([]);
  });

  test("takes no large body while there is no room for it, and small ones all the same", async () => {
    await sendMany(1, "chatwoot");
    await replaceBodies(desk.sql, 100_000);
    await sendMany(1, "stripe");
    expect((await claim("w1", 10, 30, { bytes: 0 })).work.map((item) => item.event.provider)).toEqual(["stripe"]);
    expect((await claim("w1", 10, 30)).work.map((item) => item.event.provider)).toEqual(["chatwoot"]);
  });

  test("takes nothing for a paused destination, and holds what comes for it", async () => {
    await sendMany(1, "chatwoot");
    await desk.sql`update destinations set paused_at = now() where slug = 'agent-sdk'`;
    await sendMany(1, "chatwoot");
    expect((await claim("w1", 10, 30)).work).toEqual([]);
    expect(await desk.sql`select status from deliveries order by id`).toMatchObject([
      { status: "pending" },
      { status: "held" },
    ]);
    await desk.sql`update destinations set paused_at = null`;
  });

  test("says when the next delivery is due", async () => {
    expect((await claim("w1", 10, 30)).next_due_ms).toBeNull();
    await sendMany(1, "stripe");
    await desk.sql`update deliveries set due_at = now() + interval '5 seconds'`;
    const { work, next_due_ms } = await claim("w1", 10, 30);
    expect(work).toEqual([]);
    expect(next_due_ms).toBeGreaterThan(4000);
    expect(next_due_ms).toBeLessThanOrEqual(5000);
  });
});

describe("a lease that passed", () => {
  test("closes its attempt as lease_expired and makes the delivery due again", async () => {
    await sendMany(1, "stripe");
    await claim("crashed", 10, 30);
    await desk.sql`update deliveries set lease_until = now() - interval '1 second'`;
    const { work } = await claim("w2", 10, 30);
    expect(work).toMatchObject([{ attempt_number: 2, try: 2, fence: 2 }]);
    expect(await desk.sql`select number, status, error_class from attempts order by number`).toEqual([
      { number: 1, status: "lease_expired", error_class: "lease_expired" },
      { number: 2, status: "open", error_class: null },
    ]);
  });

  test("on the last try is the end: an event that kills its worker dies too [F09]", async () => {
    await sendMany(1, "chatwoot");
    for (let round = 0; round < 3; round += 1) {
      expect((await claim("w", 10, 30)).work).toHaveLength(1);
      await desk.sql`update deliveries set lease_until = now() - interval '1 second'`;
    }
    expect((await claim("w", 10, 30)).work).toEqual([]);
    expect(await desk.sql`select status, last_error_class from events`).toEqual([
      { status: "dead", last_error_class: "lease_expired" },
    ]);
  });

  test("given back by a stopping worker is claimed at once by another", async () => {
    await sendMany(2, "stripe");
    await claim("stopping", 10, 60);
    expect(await call("pipeline", "release_leases", { p_worker: "stopping" })).toBe(2);
    expect((await claim("w2", 10, 60)).work).toHaveLength(2);
  });
});
