import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createAndStartReplay } from "@/lib/commands/replays";
import type { Replay } from "@/lib/contract/replays";
import { claim } from "@/lib/pipeline/claim";
import { chatwootEvent } from "@/lib/providers/chatwoot/sample";
import { stripeEvent } from "@/lib/providers/stripe/sample";
import { getReplay, listReplayItems } from "@/lib/queries/replays";
import { nextUuid } from "@/lib/samples/ids";
import { EVERYTHING } from "@/lib/scope";
import { ada } from "../support/actor";
import { type Desk, eventIdIn, openDesk, send, workUntilIdle } from "../support/desk";
import { until } from "../support/processes";
import { startAgentSdk } from "../tools/agent-sdk";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());
afterEach(
  () =>
    desk.sql`truncate event_keys, events, deliveries, attempts, replays, replay_items, businesses, audit_logs, destination_health, destination_statistics cascade`,
);

const replay = (...ids: number[]): Promise<Replay> =>
  createAndStartReplay(
    {
      kind: ids.length === 1 ? "single" : "keys",
      selection: { event_ids: ids },
      options: { skipAlreadyApplied: false },
      reason: "the endpoint was down",
    },
    ada,
  );
const eventRow = async (id: number) =>
  (await desk.sql`select status, replay_count, last_error_class from events where id = ${id}`)[0];

describe("a replay", () => {
  test("of a dead forward delivers the received bytes again, and the event becomes replayed", async () => {
    const body = Buffer.from(`{"event":"message_created", "id": 9007199254740993,"account":{"id":1}}`);
    const id = eventIdIn(await send("chatwoot", body, { id: nextUuid() }));
    await workUntilIdle();
    expect(await eventRow(id)).toEqual({ status: "dead", replay_count: 0, last_error_class: "connection_refused" });

    const agent = await startAgentSdk({ port: 0 });
    await desk.sql`update destinations set url = ${`${agent.url}/webhooks/chatwoot`} where slug = 'agent-sdk'`;
    const created = await replay(id);
    await workUntilIdle();
    await agent.close();

    expect(await getReplay(created.id, EVERYTHING)).toMatchObject({
      status: "completed",
      total: 1,
      succeeded: 1,
      failed: 0,
    });
    expect(await eventRow(id)).toEqual({ status: "replayed", replay_count: 1, last_error_class: null });
    const [request] = agent.received;
    expect(request?.body).toEqual(body);
    expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
      "x-redrive-replay": "true",
      "x-redrive-replay-id": created.id,
      "x-redrive-original-timestamp": expect.stringMatching(/^20\d\d-.*Z$/),
      "webhook-id": `we_${id}`,
    });
    const attempts = await desk.sql`select number, status, replay_id from attempts order by number`;
    expect(attempts.map((attempt) => attempt.number)).toEqual([1, 2, 3, 4]);
    expect(attempts[3]).toMatchObject({ status: "succeeded", replay_id: created.id.slice(3) });
  });

  test("whose last item ends while it is advanced stays ended", async () => {
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "customer.subscription.created" })));
    await workUntilIdle();
    const created = await replay(id);
    await desk.sql`select advance_replays()`;
    const { work } = await claim("test", 10, 30);
    const result = work.map(({ delivery_id, fence }) => ({
      delivery_id,
      fence,
      delivered: true,
      duration_ms: 1,
      changes: [],
    }));

    // It has read the replay as running, and waits for the row that the last item's end is about to change.
    const advancing = await desk.sql.begin(async (ending) => {
      await ending`select record_attempts(${JSON.stringify(result)}::text::jsonb)`;
      const waiting = desk.sql`select advance_replay(${Number(created.id.slice(3))}) as fed`.execute();
      waiting.catch(() => {});
      await until("advancing waits for the row", async () => {
        const [found] =
          await desk.sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%advance_replay(%'`;
        return found !== undefined;
      });
      return { waiting };
    });

    expect(await advancing.waiting).toEqual([{ fed: 0 }]);
    expect(await getReplay(created.id, EVERYTHING)).toMatchObject({ status: "completed", succeeded: 1, total: 1 });
  });

  test("of an applied projection says that it was already correct", async () => {
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "customer.subscription.created" })));
    await workUntilIdle();
    const created = await replay(id);
    await workUntilIdle();
    expect(await listReplayItems(created.id, { limit: 10 }, EVERYTHING)).toMatchObject([
      { outcome: "already_correct", destination: "Stripe tables" },
    ]);
    expect(await desk.sql`select count(*)::int from audit_logs`).toEqual([{ count: 1 }]);
  });

  test("that fails again ends as failed, with the reason per item", async () => {
    await desk.sql`update destinations set url = 'http://127.0.0.1:9/' where slug = 'agent-sdk'`;
    const id = eventIdIn(await send("chatwoot", chatwootEvent(), { id: nextUuid() }));
    await workUntilIdle();
    const created = await replay(id);
    await workUntilIdle();
    expect(await getReplay(created.id, EVERYTHING)).toMatchObject({ status: "completed", succeeded: 0, failed: 1 });
    expect((await listReplayItems(created.id, { limit: 10 }, EVERYTHING))[0]?.detail).toContain(
      "refused the connection",
    );
    expect(await eventRow(id)).toMatchObject({ status: "dead", replay_count: 1 });
  });

  test("of an event nobody wanted uses today's routing", async () => {
    await desk.sql`update destinations set providers = '{}' where slug = 'stripe-tables'`;
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    await expect(replay(id)).rejects.toMatchObject({ code: "no_destination" });
    await desk.sql`update destinations set providers = '{stripe}' where slug = 'stripe-tables'`;
    await replay(id);
    await workUntilIdle();
    expect(await eventRow(id)).toMatchObject({ status: "replayed" });
  });

  test("is refused while the event is being delivered, and for an unknown event", async () => {
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    await expect(replay(id)).rejects.toMatchObject({ code: "in_flight" });
    await expect(replay(999_999)).rejects.toMatchObject({ code: "no_event_matches" });
  });

  test("asked for twenty times at once runs a delivery once at a time", async () => {
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    await workUntilIdle();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => replay(id)));
    const created = results.filter((result) => result.status === "fulfilled");
    expect(created.length).toBeGreaterThanOrEqual(1);
    await workUntilIdle();
    const open = await desk.sql`select count(*)::int from replays where status <> 'completed'`;
    expect(open).toEqual([{ count: 0 }]);
    const [totals] = await desk.sql`
      select sum(r.succeeded + r.failed + r.skipped)::int as counted, count(i.*)::int as items
      from replays r join replay_items i on i.replay_id = r.id`;
    expect(totals?.counted).toBe(totals?.items);
    const [{ count } = {}] = await desk.sql`select count(*)::int from attempts where replay_id is not null`;
    const [{ succeeded } = {}] = await desk.sql`select sum(succeeded)::int as succeeded from replays`;
    expect(count).toBe(succeeded);
  });

  test("of 250 events is fed in batches, and its totals equal its items at every look", async () => {
    const ids: number[] = [];
    // Few enough at once that a busy machine does not answer 503.
    for (let sent = 0; sent < 250; sent += 25) {
      const events = Array.from({ length: 25 }, () => stripeEvent({ type: "invoice.payment_failed" }));
      ids.push(...(await Promise.all(events.map((event) => send("stripe", event)))).map(eventIdIn));
    }
    await workUntilIdle();
    const created = await replay(...ids);
    const { call } = await import("@/lib/db/client");
    for (let round = 0; round < 4; round += 1) {
      await workUntilIdle();
      await call("pipeline", "advance_replays", {});
      const [items] = await desk.sql`
        select count(*) filter (where outcome = 'already_correct')::int as done from replay_items where replay_id = ${created.id.slice(3)}`;
      expect((await getReplay(created.id, EVERYTHING))?.succeeded).toBe(items?.done);
    }
    expect(await getReplay(created.id, EVERYTHING)).toMatchObject({ status: "completed", total: 250, succeeded: 250 });
    expect(await desk.sql`select distinct replay_count from events`).toEqual([{ replay_count: 1 }]);
  });

  test("leaves an audit row that says who and why", async () => {
    const id = eventIdIn(await send("stripe", stripeEvent({ type: "invoice.payment_failed" })));
    await workUntilIdle();
    const created = await replay(id);
    expect(
      await desk.sql`select actor, action, subject, details->>'reason' as reason from staff_actions where subject = ${created.id} order by id limit 1`,
    ).toEqual([{ actor: "Ada", action: "replay.start", subject: created.id, reason: "the endpoint was down" }]);
  });
});
